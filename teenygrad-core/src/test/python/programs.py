"""Programs of PyTorch calls with their answers, gradients and refusals: a folder that GoldenTest reads."""

import hashlib
import json as text
import os
import struct

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode, resolve_name


class Calls(TorchFunctionMode):
    """Every call of PyTorch, with values by names."""

    SILENT = ("requires_grad", "shape", "dtype", "is_floating_point", "device", "size", "dim", "numel", "ndim", "__len__")

    def __init__(self, values, json):
        super().__init__()
        self.values = values
        self.json = json
        self.ops = []
        self.consts = {}

    def name(self, x):
        for name, value in self.values.items():
            if value is x:
                return name
        return None

    def made(self, x):
        name = self.name(x) or f"v{len(self.values)}"
        self.values[name] = x
        return name

    def argument(self, a):
        if isinstance(a, torch.Tensor):
            name = self.name(a)
            if name is None:
                name = f"c{len(self.consts)}"
                self.values[name] = a
                self.consts[name] = a.detach().clone()
            return {"t": name}
        if isinstance(a, list):
            return [self.argument(i) for i in a]
        if isinstance(a, tuple):
            return {"tuple": [self.argument(i) for i in a]}
        return self.json(a)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = resolve_name(func) or func.__name__
        for prefix in ("torch.nn.functional.", "torch.Tensor.", "torch."):
            name = name[len(prefix) :] if name.startswith(prefix) else name
        op = {"fn": name, "args": [self.argument(a) for a in args], "kwargs": {k: self.argument(v) for k, v in kwargs.items()}}
        result = func(*args, **kwargs)
        if name.split(".")[0] not in self.SILENT:
            several = isinstance(result, (tuple, list))
            op["out"] = [self.made(r) for r in result] if several else self.made(result) if isinstance(result, torch.Tensor) else None
            self.ops.append(op)
        return result

    @staticmethod
    def read(a):
        """The names of values in an argument"""
        if isinstance(a, dict):
            return {a["t"]} if "t" in a else {name for v in a.values() for name in Calls.read(v)}
        return {name for v in a for name in Calls.read(v)} if isinstance(a, list) else set()

    def towards(self, result):
        """The calls that a value depends on, and all that change others"""
        wanted, ops = {result}, []
        for op in reversed(self.ops):
            out = op["out"] if isinstance(op["out"], list) else [op["out"]]
            changes = op["fn"] == "__setitem__" or op["fn"].endswith("_") and not op["fn"].endswith("__")
            if wanted & set(out) or changes:
                wanted |= self.read(op["args"]) | self.read(op["kwargs"])
                ops.insert(0, op)
        return ops, {name for name in self.consts if name in wanted}


class Programs:
    def __init__(self):
        self.tensors = {}
        self.lines = []
        self.count = {}

    NAMES = {
        torch.float32: "F32",
        torch.float64: "F64",
        torch.float16: "F16",
        torch.bfloat16: "BF16",
        torch.int64: "I64",
        torch.int32: "I32",
        torch.int16: "I16",
        torch.int8: "I8",
        torch.uint8: "U8",
        torch.bool: "BOOL",
    }

    def key(self, x):
        x = x.detach().contiguous().clone()
        raw = (
            bytes(x.reshape(-1).view(torch.uint8).tolist())
            if x.numel() and x.dim()
            else (bytes(x.reshape(1).view(torch.uint8).tolist()) if x.numel() else b"")
        )
        h = hashlib.sha256(raw + str((x.dtype, tuple(x.shape))).encode()).hexdigest()[:16]
        self.tensors[h] = (self.NAMES[x.dtype], list(x.shape), raw)
        return h

    def json(self, a):
        if isinstance(a, float) and (a != a or a in (float("inf"), float("-inf"))):
            return {"f": "nan" if a != a else "inf" if a > 0 else "-inf"}
        if isinstance(a, tuple):
            return {"tuple": [self.json(i) for i in a]}
        if isinstance(a, list):
            return [self.json(i) for i in a]
        if isinstance(a, torch.dtype):
            return {"dtype": str(a).split(".")[1]}
        if isinstance(a, slice):
            return {"slice": [a.start, a.stop, a.step]}
        if isinstance(a, torch.device):
            return str(a)
        if a is Ellipsis:
            return {"ellipsis": True}
        return a

    def case(
        self,
        fn,
        f,
        inputs,
        *args,
        tag="",
        pick=None,
        grad=True,
        kwargs=None,
        skip_errors=False,
        atol=1e-6,
        rtol=1e-5,
        gatol=1e-5,
        grtol=1e-4,
    ):
        """f: torch callable taking the inputs then args"""
        kwargs = kwargs or {}
        name = fn + tag
        self.count[name] = self.count.get(name, 0) + 1
        name = f"{name}#{self.count[name]}"
        ins = [x.detach().clone() for x in inputs]
        for x in ins:
            if grad and x.dtype.is_floating_point:
                x.requires_grad_(True)
        n = 1
        line = {
            "id": name + "@" + ",".join(str(tuple(x.shape)) + str(x.dtype)[6:] for x in ins),
            "inputs": [self.key(x) for x in ins],
            "consts": {},
        }
        try:
            r = f(*ins, *args, **kwargs)
        except Exception as e:
            if skip_errors:
                return
            r = None
            err = type(e).__name__ + ": " + str(e).split("\n")[0][:80]
        outs = ["v0"]
        if isinstance(r, (tuple, list)) and not isinstance(r, torch.Tensor):
            outs = [f"v{i}" for i in range(len(r))]
        pk = 0 if pick is None else pick
        line["ops"] = [
            {
                "fn": fn,
                "args": [{"t": f"i{i}"} for i in range(len(ins))] + [self.json(a) for a in args],
                "kwargs": {k: self.json(v) for k, v in kwargs.items()},
                "out": outs if len(outs) > 1 else outs[0],
            }
        ]
        if r is None:
            line["error"] = err
        else:
            if len(outs) > 1:
                res = r[pk]
                line["result"] = outs[pk]
            else:
                res = r[0] if isinstance(r, (tuple, list)) else r
                line["result"] = "v0"
            line["expect"] = self.key(res)
            line["atol"] = atol
            line["rtol"] = rtol
            if grad and res.dtype.is_floating_point and res.requires_grad:
                g = torch.autograd.grad(res.sum(), [x for x in ins if x.requires_grad], allow_unused=True)
                g = iter(g)
                line["grads"] = [
                    (lambda q: self.key(torch.zeros_like(x) if q is None else q))(next(g)) if x.requires_grad else None for x in ins
                ]
                line["grad_atol"] = gatol
                line["grad_rtol"] = grtol
        self.lines.append(line)

    def record(self, f, *inputs, grad=True, atol=1e-6, rtol=1e-5):
        """The calls that f makes of the inputs, and what it returns: a tensor, or several, one case each"""
        ins = [x.detach().clone().requires_grad_(grad and x.dtype.is_floating_point) for x in inputs]
        calls = Calls({f"i{i}": x for i, x in enumerate(ins)}, self.json)
        keys = [self.key(x) for x in ins]
        with calls:
            results = f(*ins)
        results = results if isinstance(results, (tuple, list)) else [results]
        for result in results:
            fn = next(op["fn"] for op in calls.ops if calls.name(result) in (op["out"] if isinstance(op["out"], list) else [op["out"]]))
            self.count[fn] = self.count.get(fn, 0) + 1
            ops, consts = calls.towards(calls.name(result))
            consts = {name: self.key(calls.consts[name]) for name in sorted(consts)}
            line = {"id": f"{fn}#{self.count[fn]}", "inputs": keys, "consts": consts, "ops": ops, "result": calls.name(result)}
            line.update(expect=self.key(result), atol=atol, rtol=rtol)
            if grad and result.requires_grad:
                wanted = [x for x in ins if x.requires_grad]
                g = iter(torch.autograd.grad(result.sum(), wanted, allow_unused=True, retain_graph=True))
                line["grads"] = [self.key(self.gradient(x, next(g))) if x.requires_grad else None for x in ins]
                line.update(grad_atol=1e-5, grad_rtol=1e-4)
            self.lines.append(line)

    @staticmethod
    def gradient(x, g):
        return torch.zeros_like(x) if g is None else g

    def save(self, d):
        os.makedirs(d, exist_ok=True)
        h = {}
        off = 0
        data = b""
        for k, (t, sh, raw) in sorted(self.tensors.items(), key=lambda e: -{"F64": 8, "I64": 8, "F32": 4, "I32": 4}.get(e[1][0], 1)):
            h[k] = {"dtype": t, "shape": sh, "data_offsets": [off, off + len(raw)]}
            data += raw
            off += len(raw)
        j = text.dumps(h, separators=(",", ":")).encode()
        j += b" " * (-len(j) % 8)
        open(d + "/tensors.safetensors", "wb").write(struct.pack("<Q", len(j)) + j + data)
        open(d + "/cases.jsonl", "w").write("".join(text.dumps(l, separators=(",", ":")) + "\n" for l in self.lines))
        print(len(self.lines), "cases", len(data), "bytes", len(j), "header", sum("error" in l for l in self.lines), "errors")
