"""Programs of PyTorch calls with their answers, gradients and refusals: a folder that GoldenTest reads."""

import hashlib
import json as text
import os
import struct

import torch
import torch.nn.functional as F


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
