"""The cases of teenygrad bench in PyTorch or numpy: python3 peers.py torch|numpy SUITE CONFIG THREADS SECONDS.

With the suite "dialogue" it answers teenygrad bench cpu: reads lines "CASE COPIES LEAST_SAMPLES SECONDS", answers "answer 0 SECONDS..." with
tabs between, or "failed MESSAGE".
"""
import math
import re
import subprocess
import sys
import time

module, suite, config, threads, limit = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5])

import numpy as np  # noqa: E402


def others():
    """Processor seconds that everything but this process has spent so far."""
    try:
        with open("/proc/stat") as f:
            cpu = f.readline().split()
        return sum(int(cpu[i]) for i in (1, 2, 3, 8)) / 100 - time.process_time()
    except OSError:
        return math.nan


def seconds(calls, body):
    start = time.perf_counter()
    for _ in range(calls):
        body()
    return (time.perf_counter() - start) / calls


def measure(case, unit, work, body):
    start, warm = time.perf_counter(), []
    brief = limit < 0.01  # one call warms up and one sample is all
    while len(warm) < (1 if brief else 3) or time.perf_counter() - start < min(limit, 0.5):
        warm.append(seconds(1, body))
    calls = max(1, math.ceil(0.01 / warm[-1]))
    before, start, samples = others(), time.perf_counter(), []
    while len(samples) < (1 if brief else 11) or time.perf_counter() - start < limit:
        s = seconds(calls, body)
        samples.append(s * 1e3 if unit == "ms" else work / s * (1 if unit == "tokens/s" else 1e-9))
    busy = max(0, (others() - before) / (time.perf_counter() - start))
    figures = [float(np.median(samples)), min(samples), max(samples), busy]
    print("\t".join(["figure", case, unit] + [f"{x:.6g}" for x in figures]), flush=True)


class Question(Exception):
    """A line that asks for another case."""


wanted = None  # the case that is asked for; all, if nobody asks


def wants(case):
    return wanted is None or wanted[0] == case


def converse(case, unit, work, body):
    """As measure, for the case that is asked for: answers as long as it is asked for again."""
    if not wants(case):
        return
    for _ in range(3):
        last = seconds(1, body)
    calls = max(1, math.ceil(0.01 / last))
    respond(case, lambda: seconds(calls, body))


def respond(case, sample):
    """Answers for a case, if it is asked for, as long as it is asked for again."""
    while wants(case):
        least, limit, samples, start = int(wanted[2]), float(wanted[3]), [], time.perf_counter()
        while len(samples) < least or time.perf_counter() - start < limit:
            samples.append(sample())
        print("\t".join(["answer", "0", *(f"{s:.6g}" for s in samples)]), flush=True)
        line = sys.stdin.readline()
        if line.split()[:1] != [case]:
            raise Question(line)


def fresh(name):
    """What another suite of this script prints in a Python of its own."""
    command = [*sys.orig_argv[:3], module, name, config, str(threads), "0"]
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout


def answer(suites, version):
    global measure, wanted, config
    measure = converse
    print("ready\tPyTorch " + version, flush=True)
    line = sys.stdin.readline()
    while line:
        wanted = line.split()
        suite = next(name for prefix, name in SUITES if wanted[0].startswith(prefix))
        config = re.sub("^gpt_step_|^decode_|^startup_|^memory_|_[0-9]+$|_cold$|_warm$", "", wanted[0])
        try:
            suites[suite]()
            print("failed\tno case " + wanted[0], flush=True)
            line = sys.stdin.readline()
        except Question as e:
            line = e.args[0]
        except Exception as e:
            print("failed\t" + (str(e).strip() or repr(e)).splitlines()[0], flush=True)
            line = sys.stdin.readline()


SUITES = (("gemm", "gemm"), ("layer_norm", "rows"), ("layer", "layers"), ("gelu", "elementwise"), ("softmax", "rows"), ("cross", "rows"),
          ("sum", "sums"), ("fft", "fft"), ("rfft", "fft"), ("attention", "attention"), ("conv", "conv"), ("adamw", "optimizer"), ("gpt", "gpt-step"), ("decode", "decode"), ("startup", "startup"), ("memory", "memory"),
          *((name, "index") for name in ("sort", "topk", "cumsum", "searchsorted", "embedding")), ("", "linalg"))


def suffix(dtype):
    return "" if dtype == "float32" else "_" + dtype


def products():
    for dtype in "float32", "float64", "bfloat16":
        for n in 256, 512, 1024, 2048:
            yield f"gemm_{n}{suffix(dtype)}", n, n, n, "NN", dtype
    for m, n, k in (768, 384, 128), (768, 512, 128), (768, 128, 512):
        for form in "NT", "NN", "TN":
            yield f"gemm_{m}x{n}x{k}_{form}", m, n, k, form, "float32"


def layer_products():
    for dtype in "float32", "bfloat16":
        for rows in 256, 1024:
            for i, o in (768, 768), (768, 2304), (768, 3072), (3072, 768), (768, 50304):
                name = f"layer_{rows}_{i}to{o}"
                yield f"{name}_forward{suffix(dtype)}", rows, o, i, "NT", dtype
                yield f"{name}_input_gradient{suffix(dtype)}", rows, i, o, "NN", dtype
                yield f"{name}_weight_gradient{suffix(dtype)}", o, i, rows, "TN", dtype


def with_numpy():
    rng = np.random.default_rng(1337)
    randn = lambda *shape: rng.standard_normal(shape, np.float32)

    def multiply(cases):
        for name, m, n, k, form, dtype in cases:
            if dtype == "bfloat16":  # numpy has none
                continue
            a = (randn(m, k) if form[0] == "N" else randn(k, m).T).astype(dtype)
            b = (randn(k, n) if form[1] == "N" else randn(n, k).T).astype(dtype)
            c = np.empty((m, n), dtype)
            measure(name, "GFLOP/s", 2 * m * n * k, lambda: np.matmul(a, b, out=c))

    def gemm():
        multiply(products())

    def layers():
        multiply(layer_products())

    def elementwise():
        n = 1 << 24
        x, u, t = randn(n), np.empty(n, np.float32), np.empty(n, np.float32)

        def chain():
            np.multiply(x, np.float32(1.25), out=u)
            np.add(u, np.float32(0.5), out=u)
            np.multiply(u, u, out=t)
            np.multiply(t, np.float32(0.044715), out=t)
            np.add(t, np.float32(1), out=t)
            np.multiply(t, u, out=t)
            np.multiply(t, np.float32(math.sqrt(2 / math.pi)), out=t)
            np.tanh(t, out=t)
            np.add(t, np.float32(1), out=t)
            np.multiply(u, np.float32(0.5), out=u)
            np.multiply(u, t, out=u)
            np.add(u, x, out=u)

        measure("gelu_chain_16M", "GB/s", 8 * n, chain)

    def rows():
        x, gain, bias = randn(4096, 1024), randn(1024), randn(1024)

        def softmax():
            e = np.exp(x - x.max(axis=-1, keepdims=True))
            e /= e.sum(axis=-1, keepdims=True)

        def layer_norm():
            y = x - x.mean(axis=-1, keepdims=True)
            y *= 1 / np.sqrt(np.mean(y * y, axis=-1, keepdims=True) + np.float32(1e-5))
            y *= gain
            y += bias

        measure("softmax_4096x1024", "GB/s", 8 * x.size, softmax)
        measure("layer_norm_4096x1024", "GB/s", 8 * x.size, layer_norm)

    def sums():
        x = randn(4096, 4096)
        for axis in 0, 1:
            measure(f"sum_axis{axis}_4096x4096", "GB/s", 4 * x.size, lambda: x.sum(axis=axis))

    return {"gemm": gemm, "layers": layers, "elementwise": elementwise, "rows": rows, "sums": sums}


def with_torch():
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    torch.manual_seed(1337)
    randn = torch.randn

    def multiply(cases):
        for name, m, n, k, form, dtype in cases:
            if not wants(name):
                continue
            a = randn(m, k) if form[0] == "N" else randn(k, m).T
            b = randn(k, n) if form[1] == "N" else randn(n, k).T
            a, b = a.to(getattr(torch, dtype)), b.to(getattr(torch, dtype))
            c = torch.empty(m, n, dtype=a.dtype)
            measure(name, "GFLOP/s", 2 * m * n * k, lambda: torch.mm(a, b, out=c))

    def gemm():
        multiply(products())

    def layers():
        multiply(layer_products())

    def elementwise():
        x = randn(1 << 24)
        y, shift = torch.empty_like(x), torch.tensor(0.5)

        def chain():  # the fewest passes that eager PyTorch has
            torch.add(shift, x, alpha=1.25, out=y)
            torch._C._nn.gelu(y, approximate="tanh", out=y)
            y.add_(x)

        measure("gelu_chain_16M", "GB/s", 8 * x.numel(), chain)

    def rows():
        x, gain, bias, y = randn(4096, 1024), randn(1024), randn(1024), torch.empty(4096, 1024)
        mean, rstd = torch.empty(4096, 1), torch.empty(4096, 1)
        measure("softmax_4096x1024", "GB/s", 8 * x.numel(), lambda: torch.softmax(x, -1, out=y))
        norm = lambda: torch.ops.aten.native_layer_norm.out(x, [1024], gain, bias, 1e-5, out0=y, out1=mean, out2=rstd)
        measure("layer_norm_4096x1024", "GB/s", 8 * x.numel(), norm)
        logits, targets = randn(768, 50304), torch.randint(50304, (768,))
        measure("cross_entropy_768x50304", "GB/s", 4 * logits.numel(), lambda: F.cross_entropy(logits, targets))
        leaf = logits.requires_grad_()
        measure("cross_entropy_gradient_768x50304", "GB/s", 8 * leaf.numel(),
                lambda: torch.autograd.grad(F.cross_entropy(leaf, targets), leaf))

    def sums():
        x = randn(4096, 4096)
        for axis in 0, 1:
            y = torch.empty(4096)
            measure(f"sum_axis{axis}_4096x4096", "GB/s", 4 * x.numel(), lambda: torch.sum(x, axis, out=y))

    def fft():
        for m, n in (1, 1 << 20), (4096, 256), (1000, 1000), (1, 1000003):
            x = torch.view_as_complex(randn(m, n, 2))
            measure(f"fft_{m}x{n}", "ms", 0, lambda: torch.fft.fft(x))
        y = randn(1, 1 << 20)
        measure("rfft_1x1048576", "ms", 0, lambda: torch.fft.rfft(y))

    def attention():
        for b, h, t, d in (8, 6, 256, 64), (1, 12, 1024, 64):
            q, k, v, g = (randn(b, h, t, d) for _ in range(4))
            forward = lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True)
            measure(f"attention_b{b}h{h}t{t}d{d}", "ms", 0, forward)
            leaves = [x.requires_grad_() for x in (q, k, v)]
            measure(f"attention_b{b}h{h}t{t}d{d}_backward", "ms", 0, lambda: torch.autograd.grad(forward(), leaves, g))

    def convolution():
        for b, c, to, n, k, stride in [(64, 16, 32, 28, 3, 1), (8, 3, 64, 224, 7, 2), (8, 64, 64, 56, 3, 1), (8, 128, 128, 28, 3, 1), (8, 256, 256, 14, 3, 1), (8, 512, 512, 7, 3, 1),
                                       (8, 128, 128, 56, 3, 2), (8, 512, 512, 14, 3, 2), (8, 64, 256, 56, 1, 1), (8, 1024, 256, 14, 1, 1), (8, 256, 512, 56, 1, 2)]:
            x, w = randn(b, c, n, n), randn(to, c, k, k)
            forward = lambda: F.conv2d(x, w, stride=stride, padding=k // 2)
            name = f"conv{k}x{k}{'' if stride == 1 else f's{stride}'}_{b}x{c}_{to}_{n}"
            g = torch.randn_like(forward())
            measure(name, "ms", 0, forward)
            leaves = [t.requires_grad_() for t in (x, w)]
            measure(name + "_backward", "ms", 0, lambda: torch.autograd.grad(forward(), leaves, g))

    def linalg():
        double, n = torch.float64, 512
        a, b = randn(n, n, dtype=double), randn(n, 64, dtype=double)
        positive, symmetric = a @ a.T + n * torch.eye(n, dtype=double), a + a.T
        measure(f"cholesky_{n}x{n}", "ms", 0, lambda: torch.linalg.cholesky(positive))
        measure(f"solve_{n}x{n}", "ms", 0, lambda: torch.linalg.solve(a, b))
        measure(f"inv_{n}x{n}", "ms", 0, lambda: torch.linalg.inv(a))
        measure(f"slogdet_{n}x{n}", "ms", 0, lambda: torch.linalg.slogdet(a))
        measure(f"eigh_{n}x{n}", "ms", 0, lambda: torch.linalg.eigh(symmetric))
        for m, n in (512, 512), (2048, 256):
            a, b = randn(m, n, dtype=double), randn(m, 64, dtype=double)
            measure(f"qr_{m}x{n}", "ms", 0, lambda: torch.linalg.qr(a))
            measure(f"lstsq_{m}x{n}", "ms", 0, lambda: torch.linalg.lstsq(a, b))
            measure(f"svd_{m}x{n}", "ms", 0, lambda: torch.linalg.svd(a, full_matrices=False))

    def index():
        x = randn(1 << 20)
        measure("sort_1M", "ms", 0, lambda: torch.sort(x))
        measure("topk_1M_50", "ms", 0, lambda: torch.topk(x, 50))
        measure("cumsum_1M", "ms", 0, lambda: torch.cumsum(x, 0))
        ordered = torch.linspace(-3, 3, 1024)
        measure("searchsorted_1M_in_1024", "ms", 0, lambda: torch.searchsorted(ordered, x))
        among = randn(1 << 20).sort().values
        measure("searchsorted_1M_in_1M", "ms", 0, lambda: torch.searchsorted(among, x))
        table, ids, g = randn(50304, 768), torch.randint(50304, (8192,)), randn(8192, 768)
        measure("embedding_8192x768", "ms", 0, lambda: F.embedding(ids, table))
        leaf = table.requires_grad_()
        measure("embedding_gradient_8192x768", "ms", 0, lambda: torch.autograd.grad(F.embedding(ids, leaf), leaf, g))

    def optimizer():
        w = randn(10_000_000).requires_grad_()
        w.grad = randn(10_000_000)
        adam = torch.optim.AdamW([w], lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1, fused=True)
        measure("adamw_10M", "ms", 0, adam.step)

    def training():
        """A training step, which takes whether to compute in bfloat16."""
        layers, heads, dim, context, vocab, bias, batch, length = {
            "char-cpu": (4, 4, 128, 64, 65, False, 12, 64),
            "baby": (6, 6, 384, 256, 65, False, 8, 256),
            "gpt2": (12, 12, 768, 1024, 50304, True, 4, 64),
        }[config]
        weights = []

        def matrix(*shape):
            weights.append((randn(*shape) * 0.02).requires_grad_())
            return weights[-1]

        def vector(value, n):
            weights.append(torch.full((n,), value).requires_grad_())
            return weights[-1]

        maybe = lambda n: vector(0.0, n) if bias else None
        affine = lambda out, n: (matrix(out, n), maybe(out))
        norm = lambda: (vector(1.0, dim), maybe(dim))
        tokens, positions = matrix(vocab, dim), matrix(context, dim)
        blocks = [(norm(), affine(3 * dim, dim), affine(dim, dim), norm(), affine(4 * dim, dim), affine(dim, 4 * dim))
                  for _ in range(layers)]
        last = norm()

        def loss(ids, targets):
            x = F.embedding(ids, tokens) + positions[:length]
            for norm1, qkv, proj, norm2, up, down in blocks:
                parts = F.linear(F.layer_norm(x, (dim,), *norm1), *qkv).split(dim, 2)
                q, k, v = (t.view(batch, length, heads, -1).transpose(1, 2) for t in parts)
                y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, length, dim)
                x = x + F.linear(y, *proj)
                x = x + F.linear(F.gelu(F.linear(F.layer_norm(x, (dim,), *norm2), *up)), *down)
            return F.cross_entropy(F.linear(F.layer_norm(x, (dim,), *last), tokens).view(-1, vocab), targets.view(-1))

        groups = [{"params": [w for w in weights if w.dim() > 1], "weight_decay": 0.1},
                  {"params": [w for w in weights if w.dim() == 1], "weight_decay": 0.0}]
        adam = torch.optim.AdamW([g for g in groups if g["params"]], lr=1e-3, betas=(0.9, 0.99), fused=True)
        ids, targets = torch.randint(vocab, (batch, length)), torch.randint(vocab, (batch, length))

        def step(narrow):
            adam.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
                value = loss(ids, targets)
            value.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            adam.step()
            value.item()

        return step

    def gpt_step():
        step = training()
        measure("gpt_step_" + config, "ms", 0, lambda: step(False))
        measure(f"gpt_step_{config}_bfloat16", "ms", 0, lambda: step(True))

    def startup():
        for cache in "cold", "warm":  # eager kernels are compiled already
            respond(f"startup_{config}_{cache}", lambda: seconds(1, lambda: fresh("first-step")))

    def memory():
        respond("memory_" + config, lambda: float(fresh("most-memory")))

    def most_memory():
        step = training()
        for _ in range(5):
            step(False)
        with open("/proc/self/status") as f:
            print(1024 * int(re.search(r"VmHWM:\s*(\d+)", f.read())[1]))

    @torch.inference_mode()
    def decode():
        layers, heads, dim, context, vocab, bias = {
            "char-cpu": (4, 4, 128, 64, 65, False),
            "baby": (6, 6, 384, 256, 65, False),
            "gpt2": (12, 12, 768, 1024, 50304, True),
        }[config]
        prompt, answer = 32, 32
        maybe = lambda n: torch.zeros(n) if bias else None
        affine = lambda out, n: (randn(out, n) * 0.02, maybe(out))
        norm = lambda: (torch.ones(dim), maybe(dim))
        tokens, positions = randn(vocab, dim) * 0.02, randn(context, dim) * 0.02
        blocks = [(norm(), affine(3 * dim, dim), affine(dim, dim), norm(), affine(4 * dim, dim), affine(dim, 4 * dim))
                  for _ in range(layers)]
        last = norm()

        def generate(rows):
            cache = [torch.empty(2, rows, heads, prompt + answer, dim // heads) for _ in blocks]

            def forward(ids, begin):
                end = begin + ids.shape[1]
                x = F.embedding(ids, tokens) + positions[begin:end]
                for kept, (norm1, qkv, proj, norm2, up, down) in zip(cache, blocks):
                    parts = F.linear(F.layer_norm(x, (dim,), *norm1), *qkv).split(dim, 2)
                    q, k, v = (t.view(rows, -1, heads, dim // heads).transpose(1, 2) for t in parts)
                    kept[0][:, :, begin:end], kept[1][:, :, begin:end] = k, v
                    y = F.scaled_dot_product_attention(q, kept[0][:, :, :end], kept[1][:, :, :end], is_causal=begin == 0)
                    x = x + F.linear(y.transpose(1, 2).reshape(rows, -1, dim), *proj)
                    x = x + F.linear(F.gelu(F.linear(F.layer_norm(x, (dim,), *norm2), *up)), *down)
                return F.linear(F.layer_norm(x[:, -1], (dim,), *last), tokens).argmax(-1, keepdim=True)

            ids = forward(torch.randint(vocab, (rows, prompt)), 0)
            answers = [ids]
            for i in range(answer - 1):
                ids = forward(ids, prompt + i)
                answers.append(ids)
            return torch.cat(answers, 1).tolist()

        for rows in 1, 8:
            measure(f"decode_{config}_{rows}", "tokens/s", rows * answer, lambda: generate(rows))

    suites = {"gemm": gemm, "layers": layers, "elementwise": elementwise, "rows": rows, "sums": sums, "fft": fft, "attention": attention,
              "conv": convolution, "linalg": linalg, "index": index, "optimizer": optimizer, "gpt-step": gpt_step, "decode": decode, "startup": startup, "memory": memory,
              "first-step": lambda: training()(False), "most-memory": most_memory}
    return suites | {"dialogue": lambda: answer(suites, torch.__version__)}


(with_torch() if module == "torch" else with_numpy()).get(suite, lambda: None)()
