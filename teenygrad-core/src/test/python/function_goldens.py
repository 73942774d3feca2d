"""Writes PyTorch's answers for functions that the older files lack: golden/functions.

pip install torch==2.13.0 numpy && python teenygrad-core/src/test/python/function_goldens.py
"""

from goldens import RESOURCES
from programs import F, Programs, torch

o = Programs()
torch.manual_seed(0)
nan, inf = float("nan"), float("inf")
x = torch.randn(3, 4)
y = torch.randn(3, 4)
b = torch.randn(2, 3, 4)
v = torch.randn(6)
n = torch.tensor([[5, -3, 5], [0, 5, -3]])
holes = torch.tensor([[1.0, nan, 3.0, 2.0], [nan, nan, nan, nan], [4.0, 0.0, -1.0, inf]])
odd = torch.tensor([0.0, -0.0, 1.0, -2.5, inf, -inf, nan, 3e30])
image = torch.randn(2, 4, 6, 6)
r = o.record

# how often, where, how many
for t in (n, n.double(), torch.tensor([2.0, nan, 2.0, nan, -0.0, 0.0]), torch.tensor([True, False, True]), torch.zeros(0), n.to(torch.uint8), torch.tensor(3), torch.randint(0, 9, (1000,))):
    r(lambda a: torch.unique(a, return_inverse=True, return_counts=True), t, grad=False)
    r(lambda a: torch.unique_consecutive(a, return_inverse=True, return_counts=True), t, grad=False)
r(lambda a: (torch.unique(a), a.unique(return_counts=True)[1], torch.unique(a, dim=0), torch.unique(a, dim=1)), n, grad=False)
r(lambda a: torch.unique(a, dim=0, return_inverse=True, return_counts=True), torch.tensor([[3, 1], [0, 2], [3, 1], [0, 1]]))
r(lambda a: torch.unique(a, dim=-1, return_inverse=True), torch.randint(0, 2, (2, 2, 9)).float(), grad=False)
counted = torch.tensor([4, 0, 4, 1])
r(lambda a: (torch.bincount(a), a.bincount(minlength=8), torch.bincount(a, torch.tensor([0.5, 1, 2, 4])), torch.bincount(a, weights=torch.tensor([1, 2, 3, 4]))), counted)
r(lambda a: torch.bincount(a), torch.zeros(0, dtype=torch.long))
r(lambda a: (torch.histc(a, 5), torch.histc(a, bins=4, min=-1, max=1), a.histc(3, 0, 0)), v, grad=False)
r(lambda a: torch.histc(a, 4), torch.full((5,), 2.0), grad=False)
edges = torch.tensor([-1.0, 0.0, 0.0, 2.0])
probes = torch.tensor([[0.0, -5.0, nan], [2.0, 2.5, -1.0]])
r(lambda a, e: (torch.searchsorted(e, a), torch.searchsorted(e, a, right=True), torch.bucketize(a, e), torch.bucketize(a, e, right=True), torch.searchsorted(e, a, side="right", out_int32=True)), probes, edges, grad=False)
r(lambda a: torch.searchsorted(a.sort(1)[0], a + 0.1), x, grad=False)
r(lambda a: torch.isin(a, torch.tensor([5, 0])), n)

# quantiles and moments
for q in (0.0, 0.3, 1.0):
    r(lambda a: (torch.quantile(a, q), torch.quantile(a, q, dim=1), a.quantile(q, dim=0, keepdim=True)), x)
    r(lambda a: (torch.nanquantile(a, q, dim=1), torch.quantile(a, q, dim=1), a.nanquantile(q, 0)), holes, grad=False)
for mode in ("linear", "lower", "higher", "nearest", "midpoint"):
    r(lambda a: torch.quantile(a, torch.tensor([0.1, 0.5, 0.9]), dim=-1, interpolation=mode), x)
r(lambda a: (a.quantile(torch.tensor([0.25, 0.75]).double(), dim=0, keepdim=True), torch.nanquantile(a, torch.tensor([0.25, 0.75]).double())), x.double())
r(lambda a: (a.median(), a.nanmedian(), torch.nanmedian(a, dim=1)[0], torch.nanmedian(a, 0, keepdim=True)[0]), holes, grad=False)
r(lambda a: (a.nansum(), torch.nansum(a, dim=1), a.nanmean(), torch.nanmean(a, 0, keepdim=True), torch.nansum(a, (0, 1))), holes)
r(lambda a: torch.nanmean(a, 1), holes, grad=False)
r(lambda a: (torch.cov(a), a.cov(correction=0), torch.cov(a[0]), torch.corrcoef(a), a[0].corrcoef()), x)
r(lambda a: (torch.trapezoid(a), torch.trapezoid(a, dx=0.5, dim=0), torch.cumulative_trapezoid(a), torch.trapz(a, dim=1)), x)

# distances
for p in (0.5, 1.0, 2.0, 3.0, inf):
    r(lambda a, c: torch.cdist(a, c, p=p), b, torch.randn(2, 5, 4), rtol=1e-4)
r(lambda a: torch.cdist(a, a[:1] + 1), x, rtol=1e-4)
r(lambda a, c: (F.pairwise_distance(a, c), F.pairwise_distance(a, c, 1, keepdim=True), F.cosine_similarity(a, c), torch.cosine_similarity(a, c, dim=0)), x, y)
r(lambda a: (F.normalize(a), F.normalize(a, p=1.0, dim=-1), F.normalize(a * 0, dim=0), torch.renorm(a, 2, 0, 1.5), a.renorm(p=1, dim=1, maxnorm=1.0)), x)

# each element
r(lambda a, c: (torch.hypot(a, c), torch.xlogy(a, c.abs()), torch.logaddexp2(a, c), torch.fmax(a, c), torch.fmin(a, c), torch.addcmul(a, a, c, value=0.3), torch.addcdiv(a, a, c.abs() + 1), a.frac(), torch.sinc(a), torch.deg2rad(a), a.rad2deg(), torch.logit(a.sigmoid()), torch.logit(a, eps=0.2)), x, y)
r(lambda a: (a.hypot(a), torch.heaviside(a, torch.tensor(0.5)), a.frac(), torch.sinc(a[:4]), torch.xlogy(a, a.abs()), torch.fmax(a, torch.tensor(1.0)), torch.fmin(a, torch.tensor(1.0)), torch.isposinf(a), torch.isneginf(a), torch.logaddexp2(a, a), torch.nan_to_num(a), a.nan_to_num(1.5, 2.5, -3.5), torch.nan_to_num(a, posinf=9.0)), odd, grad=False)
r(lambda a: (torch.nextafter(a, torch.tensor(inf)), a.nextafter(torch.tensor(-1.0)), torch.nextafter(a, a)), odd, grad=False, atol=0, rtol=0)
r(lambda a: torch.nextafter(a, torch.tensor(0.5).double()), x.double(), grad=False, atol=0, rtol=0)
r(lambda a: (F.threshold(a, 0.1, 20), F.softshrink(a), F.softshrink(a, 0.2), F.hardshrink(a, 0.7), F.tanhshrink(a), F.glu(a), torch.nn.functional.glu(a, dim=-1), F.prelu(a, torch.tensor([0.25])), F.prelu(a, torch.tensor([0.1, 0.2, 0.3, 0.4]))), x)
r(lambda a, w: F.prelu(a, w), image[:, :, :2, :2], torch.rand(4))
r(lambda a: (F.softshrink(a), F.hardshrink(a), F.threshold(a, 0.5, 2.0), F.tanhshrink(a)), odd, grad=False)

# products
r(lambda a, c: (torch.addmm(torch.ones(3), a, c.T), torch.addmm(a @ c.T, a, c.T, beta=0.5, alpha=2), a.addmm(a, torch.ones(4, 4), beta=0), torch.addmv(torch.ones(3), a, c[0]), torch.inner(a, c), torch.inner(a[0], c[1]), torch.kron(a, c[:2, :2]), a[0].kron(c)), x, y)
r(lambda a: (torch.baddbmm(torch.ones(2, 3, 3), a, a.mT, alpha=0.5), torch.tensordot(a, a.permute(2, 0, 1), dims=1), torch.tensordot(a, a, dims=([1, 0], [1, 0])), torch.tensordot(a[0], a, ([1], [2])), torch.tensordot(a, a, 3), torch.tensordot(a, a, 0)), b, rtol=1e-4, atol=1e-5)
r(lambda a, c: (torch.linalg.cross(a, c), torch.cross(a.T, c.T, dim=0)), x[:, :3].contiguous(), y[:, :3].contiguous())

# arrangements
r(lambda a: (a.flipud(), a.fliplr(), torch.rot90(a), a.rot90(2), torch.rot90(a, -1, (1, 0)), torch.rot90(a, k=3, dims=[0, 1]), torch.diag_embed(a), torch.diag_embed(a, offset=1), a.diag_embed(-2)), x)
r(lambda a: (torch.vander(a), torch.vander(a, N=3, increasing=True)), v, grad=False)
r(lambda a: (F.pixel_shuffle(a, 2), F.pixel_unshuffle(a, 3), torch.pixel_shuffle(a[0], upscale_factor=2)), image)
r(lambda a: (F.unfold(a, 3), F.unfold(a, (2, 3), padding=1, stride=2), F.unfold(a, kernel_size=2, dilation=2)), image)
r(lambda a: F.fold(a, (6, 6), 3, padding=1, stride=2), torch.randn(2, 18, 9))
r(lambda a: F.fold(a, (5, 6), (2, 3), dilation=(2, 1)), torch.randn(1, 12, 12))
r(lambda a, c: (torch.hstack((a, c)), torch.vstack([a, c[0]]), torch.hstack([a[0], c[1]]), torch.block_diag(a, c[0], torch.tensor(2.0)), torch.cartesian_prod(a[0], c[1])), x, y)
r(lambda a: (torch.tril_indices(3, 4), torch.triu_indices(3, 4, 1), torch.tril_indices(2, 2, offset=-1), torch.logspace(0, 2, 5), torch.logspace(-1, 1, steps=3, base=2)), x, grad=False)

# replaced parts
k = torch.tensor([2, 0])
r(lambda a, c: (a.index_fill(0, k, 3.5), torch.index_fill(a, 1, k, -1), a.index_copy(0, k, c[:2]), torch.index_copy(a, 1, k, c[:, 1:3]), a.masked_scatter(a > 0, c), torch.masked_scatter(a, torch.tensor([True, False, True, True]), c)), x, y)
o.save(str(RESOURCES / "functions"))
