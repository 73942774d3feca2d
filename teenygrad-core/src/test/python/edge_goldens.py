"""Writes PyTorch's answers for scalars, tensors without elements, zeros, ties and NaN: golden/edges.

pip install torch==2.13.0 numpy && python teenygrad-core/src/test/python/edge_goldens.py
"""

from goldens import RESOURCES
from programs import F, Programs, torch

o = Programs()
torch.manual_seed(0)

S = [torch.tensor(0.5), torch.zeros(0), torch.zeros(2, 0, 3)]
un = {
    n: getattr(torch, n)
    for n in "abs acos asin asinh atan atanh ceil cos cosh erf exp exp2 expm1 floor isfinite isinf isnan log log10 log1p log2 logical_not neg reciprocal round rsqrt sigmoid sign signbit sin sinh sqrt square tan tanh trunc".split()
}
un.update(acosh=torch.acosh)
un.update(
    {
        n: getattr(F, n)
        for n in "celu elu gelu hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish relu relu6 selu silu softplus softsign".split()
    }
)
for n, f in un.items():
    for x in S:
        o.case(n, f, [x + 1 if n == "acosh" else x])
for n in "bool double float half int long zeros_like ones_like detach".split():
    for x in S:
        o.case(n, (lambda x, n=n: getattr(torch, n)(x) if n.endswith("like") else getattr(x, n)()), [x], grad=False)
for n in "atan2 copysign fmod logaddexp maximum minimum logical_and logical_or logical_xor".split():
    for x in S:
        o.case(n, getattr(torch, n), [x + 1, x + 0.5])
    for a, b in ((S[0], S[1]), (S[2], torch.ones(3)), (S[2], S[0]), (torch.ones(1), S[1])):
        o.case(n, getattr(torch, n), [a + 1, b + 0.5], tag=".broadcast")
for x in S:
    o.case("lerp", torch.lerp, [x, x + 1], 0.25)
    o.case("isclose", torch.isclose, [x, x])
    o.case("where", torch.where, [x > 0, x, x + 1])
for x in S + [
    torch.tensor(True),
    torch.zeros(0, dtype=torch.bool),
    torch.zeros(2, 0, 3, dtype=torch.bool),
    torch.tensor(3),
    torch.zeros(0, dtype=torch.long),
]:
    for n in ("any", "all"):
        o.case(n, getattr(torch, n), [x])
        o.case(n, getattr(torch, n), [x], -1)
        o.case(n, getattr(torch, n), [x], 0, True)
        if x.dim() == 3:
            o.case(n, getattr(torch, n), [x], 1)
    for n in ("sum", "prod"):
        o.case(n, getattr(torch, n), [x])
        o.case(n, getattr(torch, n), [x], 0)
        if x.dim() == 3:
            o.case(n, getattr(torch, n), [x], 1)
for n in ("mean", "std", "var", "logsumexp", "amax", "amin", "max", "min", "argmax", "argmin", "norm"):
    f = getattr(torch, n)
    if n == "norm":
        f = lambda x, *a, **k: torch.linalg.vector_norm(x, *a, **k)
    for x in S:
        if n not in ("logsumexp",):
            o.case(n, f, [x])
        for d in ([0, -1] if x.dim() < 2 else [0, 1, 2]):
            if n == "norm":
                o.case(n, f, [x], 2.0, d)
            else:
                o.case(n, f, [x], d)
for p in (0.0, 1.0, 2.0, 3.0, float("inf"), float("-inf"), 0.5, -1.0):
    for x in S + [
        torch.zeros(3),
        torch.tensor([3.0, -3.0, 0.0]),
        torch.tensor([1.0, float("inf")]),
        torch.tensor([1.0, float("nan")]),
        torch.zeros(2, 3),
    ]:
        o.case("norm", lambda x, p: torch.linalg.vector_norm(x, p), [x], p, tag=".p", grad=p != 0 and not x.isnan().any().item())
    o.case(
        "norm",
        lambda x, p, d: torch.linalg.vector_norm(x, p, d),
        [torch.tensor([[1.0, 2, 2], [0, 0, 0]])],
        p,
        1,
        tag=".rows",
        grad=p != 0,
    )
    o.case("norm", lambda x, p, d: torch.linalg.vector_norm(x, p, d), [torch.zeros(2, 0, 3)], p, 0, tag=".rows", grad=p != 0)
for n in ("softmax", "log_softmax"):
    for x in S:
        for d in ((0, -1) if x.dim() < 2 else (0, 1, 2)):
            o.case(n, getattr(torch, n), [x], d)
for n in ("cumsum", "cumprod", "logcumsumexp", "cummax"):
    f = getattr(torch, n)
    for x in S:
        for d in ((0, -1) if x.dim() < 2 else (0, 1, 2)):
            o.case(n, f, [x], d)
    for x in (
        torch.tensor([2.0, 0, 3, 0, 4]),
        torch.tensor([0.0, 5, 6]),
        torch.tensor([1.0, 2, 3]),
        torch.tensor([3.0, 1, 3, 3, 2, 5, 5]),
        torch.tensor([1.0, float("nan"), 2, float("inf")]),
        torch.tensor([[1.0, 0, 2], [3, 4, 0], [0, 0, 1]]),
    ):
        o.case(n, f, [x], 0, tag=".values")
        o.case(n, f, [x], -1, tag=".values")
    if n != "logcumsumexp":
        for dt in (torch.int64, torch.int32, torch.uint8, torch.bool):
            o.case(n, f, [torch.tensor([1, 0, 3, 2]).to(dt)], 0, tag=".ints")
    x = torch.randn(600)
    x[300] = 0
    o.case(n, f, [x * (0.2 if n == "logcumsumexp" else 1.0)], 0, tag=".long", atol=1e-4, gatol=1e-3, grtol=1e-3)
x = torch.randint(-3, 4, (2, 700)).float() / 2
o.case("cummax", torch.cummax, [x], 1, tag=".long", pick=1)
o.case("cummax", torch.cummax, [x], 1, tag=".long")
for x in S + [torch.tensor([3.0, 1, 3, 3, 2, 5, 5]), torch.tensor([1.0, float("nan"), 2, float("nan")])]:
    o.case("cummax", torch.cummax, [x], 0, pick=1, tag=".indices")
for x in S:
    o.case("sort", torch.sort, [x], 0)
    o.case("sort", torch.sort, [x], -1, pick=1)
    o.case("argsort", torch.argsort, [x], -1)
    o.case("topk", torch.topk, [x], 0 if x.dim() else 1, -1)
for n in ("prod",):
    for x in (torch.tensor([2.0, 0, 3]), torch.tensor([0.0, 0, 3]), torch.tensor([[1.0, 0], [2, 3]])):
        o.case(n, torch.prod, [x], tag=".zeros")
        o.case(n, torch.prod, [x], 0, tag=".zeros")
for x in S:
    o.case("matmul", torch.matmul, [x, x])
    o.case("outer", torch.outer, [x, x])
    o.case("dot", torch.dot, [x, x])
for a, b in (
    ((0,), (0,)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
    ((2, 3), (3, 0)),
    ((0,), (0, 3)),
    ((3, 0), (0,)),
    ((2, 0, 3), (3, 4)),
    ((2, 0, 3), (2, 3, 0)),
    ((4, 2, 0), (0, 5)),
    ((0, 2, 3), (3,)),
):
    o.case("matmul", torch.matmul, [torch.ones(a), torch.ones(b)], tag=".shapes")
o.case("linear", F.linear, [torch.zeros(0, 3), torch.ones(2, 3), torch.ones(2)])
o.case("linear", F.linear, [torch.zeros(4, 0), torch.ones(2, 0), torch.ones(2)])
for x in S:
    for d in ((0, -1) if x.dim() < 2 else (0, 1, 2)):
        o.case("flip", torch.flip, [x], [d])
        o.case("repeat_interleave", torch.repeat_interleave, [x], 2, d)
        o.case("roll", torch.roll, [x], 1, d)
        o.case("unsqueeze", torch.unsqueeze, [x], d)
        o.case("squeeze", torch.squeeze, [x], d)
        o.case("transpose", torch.transpose, [x], d, d)
        o.case("unfold", lambda x, *a: x.unfold(*a), [x], d, 0 if x.numel() == 0 else 1, 1)
    o.case("squeeze", torch.squeeze, [x])
    o.case("flatten", torch.flatten, [x])
    o.case("reshape", torch.reshape, [x], [-1]) if x.numel() or x.dim() == 1 else None
    o.case("expand", lambda x, *s: x.expand(*s), [x], 2, *x.shape)
    o.case("repeat", lambda x, *s: x.repeat(*s), [x], *([2] * max(1, x.dim())))
    o.case("repeat", lambda x, *s: x.repeat(*s), [x], *([0] * max(1, x.dim())))
    o.case("tril", torch.tril, [x])
    o.case("triu", torch.triu, [x])
    o.case("diag", torch.diag, [x])
    o.case("nonzero", torch.nonzero, [x])
    o.case("masked_fill", lambda x, m, v: x.masked_fill(m, v), [x, x > 0], 7.0)
    o.case("masked_select", torch.masked_select, [x, x > 0])
    o.case("one_hot", F.one_hot, [x.long()], 4)
    o.case("full_like", torch.full_like, [x], 3.0)
    for n in ("mse_loss", "l1_loss"):
        for r in ("mean", "sum", "none"):
            o.case(n, getattr(F, n), [x, x + 1], kwargs=dict(reduction=r))
    for r in ("mean", "sum", "none"):
        o.case("binary_cross_entropy", F.binary_cross_entropy, [x, (x > 0).float()], kwargs=dict(reduction=r))
        o.case(
            "binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, [x, (x > 0).float()], kwargs=dict(reduction=r)
        )
for a in ((3, 0), (0, 3), (0, 0)):
    o.case("tril", torch.tril, [torch.ones(a)])
    o.case("diag", torch.diag, [torch.ones(a)])
for r in ("mean", "sum", "none"):
    o.case("cross_entropy", F.cross_entropy, [torch.zeros(0, 5), torch.zeros(0, dtype=torch.long)], kwargs=dict(reduction=r))
    o.case("nll_loss", F.nll_loss, [torch.zeros(0, 5), torch.zeros(0, dtype=torch.long)], kwargs=dict(reduction=r))
o.case("embedding", lambda i, w: F.embedding(i, w), [torch.zeros(2, 0, dtype=torch.long), torch.ones(4, 3)])
for xs, i in (
    (torch.tensor(5.0), torch.tensor(0)),
    (torch.ones(3), torch.zeros(0, dtype=torch.long)),
    (torch.ones(0, 3), torch.zeros(0, 3, dtype=torch.long)),
    (torch.ones(2, 3), torch.zeros(2, 0, dtype=torch.long)),
):
    d = xs.dim() - 1 if xs.dim() else 0
    r = xs.gather(d, i)
    o.lines.append(
        {
            "id": f"gather@{tuple(xs.shape)}{tuple(i.shape)}",
            "inputs": [o.key(xs)],
            "consts": {"c0": o.key(i)},
            "ops": [{"fn": "gather", "args": [{"t": "i0"}, d, {"t": "c0"}], "kwargs": {}, "out": "v0"}],
            "result": "v0",
            "expect": o.key(r),
            "atol": 0,
            "rtol": 0,
        }
    )
    r = xs.scatter(d, i, torch.zeros(i.shape))
    o.lines.append(
        {
            "id": f"scatter@{tuple(xs.shape)}{tuple(i.shape)}",
            "inputs": [o.key(xs)],
            "consts": {"c0": o.key(i), "c1": o.key(torch.zeros(i.shape))},
            "ops": [{"fn": "scatter", "args": [{"t": "i0"}, d, {"t": "c0"}, {"t": "c1"}], "kwargs": {}, "out": "v0"}],
            "result": "v0",
            "expect": o.key(r),
            "atol": 0,
            "rtol": 0,
        }
    )
# networks with empty batches
o.case("conv2d", F.conv2d, [torch.ones(0, 3, 5, 5), torch.ones(4, 3, 3, 3)])
o.case("conv1d", F.conv1d, [torch.ones(0, 3, 5), torch.ones(4, 3, 3)])
o.case("avg_pool2d", F.avg_pool2d, [torch.ones(0, 3, 4, 4)], 2)
for n, f in (
    ("cholesky", torch.linalg.cholesky),
    ("inv", torch.linalg.inv),
    ("det", torch.linalg.det),
    ("svdvals", torch.linalg.svdvals),
    ("eigvalsh", torch.linalg.eigvalsh),
):
    for sh in ((0, 0), (0, 3, 3), (2, 0, 0), (1, 1)):
        o.case(n, f, [torch.ones(sh)], grad=sh == (1, 1))
o.case("solve", torch.linalg.solve, [torch.ones(0, 0), torch.ones(0, 2)], grad=False)
o.case("solve", torch.linalg.solve, [torch.ones(0, 2, 2), torch.ones(0, 2, 1)], grad=False)
o.save(str(RESOURCES / "edges"))
