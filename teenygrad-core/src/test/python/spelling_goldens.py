"""Writes PyTorch's answers to calls in the spellings that its users choose: golden/spellings.

pip install torch==2.13.0 numpy && python teenygrad-core/src/test/python/spelling_goldens.py
"""

from goldens import RESOURCES
from programs import F, Programs, torch

o = Programs()
torch.manual_seed(0)
x = torch.randn(3, 4)
y = torch.randn(3, 4)
p = torch.rand(3, 4) + 0.5
v = torch.randn(5)
b = torch.randn(2, 3, 4)
n = torch.tensor([[5, -3, 2], [0, 7, -6]])
m = torch.tensor([[True, False, True], [False, False, True]])
image = torch.randn(2, 4, 6, 6)
r = o.record

# operators and methods, with numbers on either side
r(lambda a, c: (a + 2) * 3 - c / 4 + 1 / (c * c + 1), x, y)
r(lambda a: 2 - a, x)
r(lambda a: 2**a, x)
r(lambda a: -(+a) ** 2, x)
r(lambda a: abs(a) % 0.5, x, grad=False)
r(lambda a: (7 // a, a // 2, 100 % a), torch.tensor([3, -2, 5]))
r(lambda a: (a & 3, a | 8, a ^ 5, ~a, a << 1, a >> 1, 1 << a.abs()), n)
r(lambda a, c: (a & c, a | ~c, a ^ True), m, m.flip(0))
r(lambda a: (a == 2, a != 2, a > 0.5, a >= 2, a < 1, a <= 0), n)
r(lambda a, c: torch.add(a, c, alpha=2.5), x, y)
r(lambda a, c: torch.sub(input=a, other=c, alpha=2), x, y)
r(lambda a: torch.rsub(a, 3, alpha=2), x)
r(lambda a, c: a.mul(other=c).true_divide(3).subtract(1).multiply(2).divide(c), x, p)
r(lambda a: torch.div(a, 0.7, rounding_mode="floor"), x, grad=False)
r(lambda a: torch.add(0.1, a), x.double())
r(lambda a: a + 0.1, x.double())
r(lambda a: a.pow(exponent=3), x)
r(lambda a: torch.pow(3, a), x)
r(lambda a: torch.float_power(a, 2), x, grad=False)
r(lambda a, c: torch.where(a > 0, a, 0.0) + torch.where(c > 0, 1.0, c), x, y)
r(lambda a, c: a.where(a > 0, c), x, y)
r(lambda a: torch.where(a > 0, 1, 2), x)
r(lambda a: torch.where(a > 0), x)
r(lambda a: torch.where(condition=a > 0, input=a, other=-a), x)
r(lambda a: a.clamp(min=-0.5), x)
r(lambda a: torch.clamp(a, max=0.5), x)
r(lambda a: a.clamp_min(0.1).clamp_max(0.6), x)
r(lambda a, c: torch.clamp(a, c - 1, c + 1), x, y)
r(lambda a, c: torch.lerp(a, c, 0.3) + a.lerp(end=c, weight=torch.abs(a)), x, y)
r(lambda a: a.absolute().arctan().arcsinh().negative(), x)
r(lambda a: torch.round(a, decimals=1), x, grad=False)
r(lambda a: a.expit() if hasattr(a, "expit") else torch.special.expit(a), x)
r(lambda a: F.gelu(a, approximate="tanh") + F.softplus(a, beta=2) + F.elu(a, 0.5) + F.hardtanh(a, -2, 2) + F.leaky_relu(a, 0.2), x)
r(lambda a: F.dropout(a, 0.5, training=False), x)
r(lambda a, c: (torch.isclose(a, c, rtol=0.5, atol=0.5), torch.greater(a, c), a.less_equal(c), a.not_equal(0)), x, y)
r(lambda a: torch.nan_to_num(a), torch.tensor([1.0, float("nan"), float("inf")]))

# types by their names
r(lambda a: (a.to(torch.float64), a.to(dtype=torch.int32), a.type(torch.half), a.long(), a.byte(), a.short(), a.bfloat16(), a.char()), p * 9, grad=False)
r(lambda a, c: (c.type_as(a), c.to(a)), x, n)
r(lambda a: a.to("cpu").cpu().contiguous().clone().float().double(), x)
r(lambda a: torch.tensor([[1, 2], [3, 4]], dtype=torch.float64) + torch.as_tensor([0.5, 1.5]), x)
r(lambda a: (torch.tensor(3), torch.tensor(2.5), torch.tensor([True, False]), torch.tensor([])), x)
r(lambda a: (a.new_zeros(2, 3), a.new_ones((2,)), a.new_full((2, 2), 7), torch.zeros_like(a, dtype=torch.int32), torch.full((2,), 3), torch.full_like(a, 2)), x)
r(lambda a: (torch.zeros(2, 3), torch.ones((2, 3), dtype=torch.int8), torch.eye(3, 2), torch.eye(2, dtype=torch.long)), x)
r(lambda a: (torch.arange(5), torch.arange(1, 6, 2), torch.arange(0, 1, 0.25), torch.arange(end=3, dtype=torch.float32), torch.linspace(0, 1, steps=4)), x)

# reductions: axes as numbers, tuples, lists, keywords, None
r(lambda a: (a.sum(), a.sum(-1), a.sum((0, 2)), a.sum([0, 1], True), a.sum(dim=None), a.sum(dim=(-1, -3), keepdim=True), a.sum(axis=1)), b)
r(lambda a: (torch.mean(a, 1), a.mean(dim=[1, 2]), a.mean((0,), keepdim=True), a.prod(1), torch.prod(a, dim=2, keepdim=True)), b)
r(lambda a: (n.sum(), n.sum(dtype=torch.float32), n.float().mean(), n.prod(0)), x)
r(lambda a: (a.amax(), a.amax((1, 2)), torch.amin(a, dim=0, keepdim=True)), b)
r(lambda a: (*torch.aminmax(a, dim=1), *a.max(dim=-1), *torch.min(a, 1, keepdim=True), torch.max(a)), b)
r(lambda a, c: torch.max(a, c) + torch.min(a, other=c), x, y)
r(lambda a: (a.argmax(), a.argmax(1), torch.argmin(a, dim=-1, keepdim=True), a.argmax(keepdim=True)), b)
r(lambda a: (a.any(), a.any(1), a.all(dim=0, keepdim=True), torch.count_nonzero(a), a.count_nonzero(dim=1)), m)
r(lambda a: (a.var(), a.var(1), a.var(1, False), a.var(dim=(0, 1), unbiased=False), torch.var(a, 2, correction=0, keepdim=True), a.std(False)), b)
r(lambda a: (*torch.var_mean(a, 1), *torch.std_mean(a, dim=0, unbiased=False)), b)
r(lambda a: (a.norm(), a.norm(1), a.norm(p=2, dim=1), torch.norm(a, dim=(0, 1)), torch.norm(a, "fro"), torch.linalg.norm(a[0]), torch.linalg.vector_norm(a, 3, dim=-1)), b)
r(lambda a: (a.logsumexp(1), torch.logsumexp(a, (0, 2), keepdim=True), torch.softmax(a, 1), F.softmax(a, dim=-1), F.log_softmax(a, 1), a.softmax(0), F.softmin(a, dim=2)), b)
r(lambda a: F.softmax(a, dim=-1, dtype=torch.float64), x, grad=False)
r(lambda a: (a.cumsum(1), torch.cumsum(a, dim=0, dtype=torch.float64), a.cumprod(-1), *torch.cummax(a, 1), *a.cummin(dim=0), a.logcumsumexp(1)), x, grad=False)
r(lambda a: (a.diff(), torch.diff(a, n=2), torch.diff(a, dim=0)), x)
r(lambda a: (*a.sort(), *torch.sort(a, 0, True), a.argsort(descending=True), a.msort()), x)
r(lambda a: (*a.topk(2), *torch.topk(a, 3, dim=0, largest=False), *a.kthvalue(2), *torch.kthvalue(a, k=1, dim=0, keepdim=True)), x)
r(lambda a: a.median(), v)

# products
r(lambda a, c: (a @ c.T, a.mm(c.t()), torch.matmul(a, c.mT), a.mv(c[0]), torch.dot(a[0], c[1]), torch.outer(a[0], c[0]), a[0].ger(c[1])), x, y)
r(lambda a: (a.bmm(a.transpose(1, 2)), torch.einsum("bij,bkj->bik", a, a), torch.einsum("bij,bkj->", [a, a])), b)
r(lambda a, c: F.linear(a, c, torch.ones(3)), x, y)
spd = x @ x.T + 3 * torch.eye(3)
r(lambda a: (torch.inverse(a), torch.linalg.inv(a), torch.det(a), torch.linalg.cholesky(a), torch.linalg.solve(a, torch.ones(3)), a.trace()), spd)
r(lambda a: (torch.linalg.eigvalsh(a), torch.linalg.svdvals(a), torch.linalg.pinv(a)), spd, grad=False, atol=1e-5, rtol=1e-4)

# shapes
r(lambda a: (a.reshape(4, 6), a.reshape((-1,)), a.view(2, -1), a.view((3, 8)), torch.reshape(a, [24]), a.view(torch.int32)), b, grad=False)
r(lambda a: (a.permute(2, 0, 1), a.permute((1, 0, 2)), torch.permute(a, [0, 2, 1]), a.transpose(0, -1), torch.swapaxes(a, 0, 1), a.mT, a[0].T, a.movedim(0, 2), torch.moveaxis(a, (0, 1), (-1, -2))), b)
r(lambda a: (a.flip(0), a.flip(0, 2), a.flip((1,)), torch.flip(a, [0, 1, 2])), b)
r(lambda a: (a[:1].expand(5, -1, 4), a[:1].expand((3, 3, 4)), torch.broadcast_to(a, (2, 2, 3, 4)), a[0].expand_as(a), *torch.broadcast_tensors(a, a[0, 0])), b)
r(lambda a: (a.unsqueeze(-1).squeeze(), a[None].squeeze(0), a.unsqueeze(0).unsqueeze(2).squeeze((0, 2)), torch.squeeze(a, 1)), b)
r(lambda a: (a.flatten(), torch.flatten(a, 1), a.flatten(start_dim=0, end_dim=-2), a.ravel(), a.unflatten(2, (2, 2)), a.reshape_as(a)), b)
r(lambda a: (a.repeat(2, 1), a.repeat((1, 2, 1)), a.tile(2), torch.tile(a, (2, 1, 1)), a.repeat_interleave(2), torch.repeat_interleave(a, 3, dim=1)), x)
r(lambda a: (a.roll(1), torch.roll(a, shifts=(1, -1), dims=(0, 1)), a.roll(2, 1)), x)
r(lambda a: (a.tril(), torch.triu(a, diagonal=1), a.tril(-1), a.diag(), a.diag(1), torch.diag(a[0], -1), a.diagonal(offset=-1), torch.linalg.diagonal(a)), x)
r(lambda a: (a.unfold(1, 2, 1), a.narrow(1, 1, 2), a.select(0, 1), torch.select(a, dim=1, index=-1)), x)
r(lambda a, c: (torch.cat([a, c]), torch.cat((a, c), dim=-1), torch.concat(tensors=[a, c], axis=1), torch.stack([a, c]), torch.stack((a, c), -1)), x, y)
r(lambda a: (*a.split(2, 1), *torch.split(a, [1, 3], dim=-1), *a.chunk(2), *torch.chunk(a, chunks=3, dim=1), *a.unbind(), *torch.unbind(a, 1)), x)
r(lambda a: torch.meshgrid(a, a * 2, indexing="xy"), v)
r(lambda a: (F.pad(a, (1, 2)), F.pad(a, [1, 0, 0, 2], value=1.5), F.pad(a, (1, 1), "constant", 3), F.pad(a, pad=(1, 2), mode="reflect")), b)

# positions
r(lambda a: (a[0], a[-1, 1:], a[..., 0], a[:, None], a[1:, ::2], a[[1, 0]], a[:, [0, 2]], a[torch.tensor([0, 1]), torch.tensor([2, 0])], a[a > 0]), b)
r(lambda a: (a.gather(1, torch.tensor([[0, 3], [1, 1]])), torch.index_select(a, 1, torch.tensor([3, 0])), a.index_select(dim=0, index=torch.tensor([1])), a.take(torch.tensor([0, 5])), torch.take_along_dim(a, torch.tensor([[1], [0], [2]]), dim=1)), x)
r(lambda a: (a.masked_fill(a > 0, -1), torch.masked_fill(a, mask=a < 0, value=2.0), a.masked_fill(a > 0, torch.tensor(5.0)), a.masked_select(a > 0)), x)
r(lambda a: (a.nonzero(), torch.argwhere(a), *a.nonzero(as_tuple=True)), n)
i = torch.tensor([[0, 1, 2], [2, 0, 1]])
r(lambda a, c: (a.scatter(0, i, c), a.scatter(1, i, 3.0), torch.scatter(a, dim=0, index=i, value=2), a.scatter_add(0, i, c), torch.scatter_reduce(a, 0, i, c, reduce="amax")), x, y[:2, :3])
r(lambda a, c: (a.index_add(0, torch.tensor([0, 0]), c), torch.index_add(a, 0, torch.tensor([2, 1]), c, alpha=2), a.index_put((torch.tensor([0]), torch.tensor([1])), c[0, 0])), x, y[:2])
r(lambda a, c: (torch.select_scatter(a, c[0], 0, 1), torch.slice_scatter(a, c[:1], 0, 1, 2)), x, y)
r(lambda a: (F.embedding(torch.tensor([[0, 2]]), a), F.one_hot(torch.tensor([1, 0]), num_classes=3), F.one_hot(torch.tensor([1, 0, 4]))), x)


def changed(a, c):
    z = a * 2
    z += c
    z.mul_(3).clamp_(-2, 2)
    z[0] = 1
    z[:, 1] = c[:, 0]
    return z


r(changed, x, y)


def filled(a):
    z = torch.zeros(3, 4)
    z.fill_(2).masked_fill_(a > 0, 7)
    z[a < -1] = 0.5
    z.copy_(z + 1)
    return z.exp_()


r(filled, x, grad=False)

# networks
w = torch.randn(4, 4, 3, 3)
r(lambda a, k: (F.conv2d(a, k, padding="same"), F.conv2d(a, k, None, 2, 1), F.conv2d(a, k, bias=torch.ones(4), stride=(2, 1), padding=(1, 0)), F.conv2d(a, k, padding="valid")), image, w, atol=1e-4, rtol=1e-4)
r(lambda a, k: (F.conv1d(a[:, :, 0], k[:, :, 0], padding=1), F.conv_transpose2d(a, k, stride=2, padding=1, output_padding=1)), image, w, atol=1e-4, rtol=1e-4)
r(lambda a: (F.max_pool2d(a, 2), F.max_pool2d(a, (3, 2), stride=1, padding=1), F.avg_pool2d(a, kernel_size=3, stride=2, ceil_mode=True), F.max_pool1d(a[0], 2), F.avg_pool1d(a[0], 3, 1)), image)
r(lambda a: (F.adaptive_avg_pool2d(a, 3), F.adaptive_avg_pool2d(a, (None, 1)), F.adaptive_max_pool2d(a, (2, 4)), F.adaptive_avg_pool1d(a[0], 4), *F.max_pool2d(a, 2, return_indices=True)), image)
r(lambda a: (F.interpolate(a, scale_factor=2), F.interpolate(a, size=(3, 4), mode="bilinear", align_corners=True), F.interpolate(a, scale_factor=(2, 1), mode="bilinear")), image)
r(lambda a: (F.layer_norm(a, (6,)), F.layer_norm(a, [6, 6], torch.ones(6, 6), torch.zeros(6, 6), 1e-3), F.group_norm(a, 2), F.group_norm(a, num_groups=4, weight=torch.ones(4), bias=torch.ones(4)), F.instance_norm(a), F.rms_norm(a, (6,))), image, atol=1e-5, rtol=1e-4)
r(lambda a: (F.batch_norm(a, torch.zeros(4), torch.ones(4)), F.batch_norm(a, None, None, training=True), F.batch_norm(a, None, None, torch.ones(4), torch.ones(4), True, 0.1, 1e-3)), image, atol=1e-5, rtol=1e-4)
q = torch.randn(2, 2, 5, 4)
r(lambda a: (F.scaled_dot_product_attention(a, a, a), F.scaled_dot_product_attention(a, a, a, is_causal=True), F.scaled_dot_product_attention(a, a, a, attn_mask=torch.ones(5, 5).tril().bool(), scale=0.5)), q)

# losses
t = torch.tensor([1, 0, 3])
r(lambda a: (F.cross_entropy(a, t), F.cross_entropy(a, t, reduction="sum"), F.cross_entropy(a, t, torch.full((4,), 2.0), ignore_index=0), F.cross_entropy(a, t, label_smoothing=0.1), F.nll_loss(F.log_softmax(a, 1), t, reduction="none")), x)
r(lambda a, c: (F.mse_loss(a, c), F.mse_loss(a, c, reduction="none"), F.l1_loss(a, c, reduction="sum"), F.smooth_l1_loss(a, c, beta=0.5), F.huber_loss(a, c, delta=0.3), F.huber_loss(a, c, "sum", 2.0)), x, y)
r(lambda a, c: (F.kl_div(a, F.softmax(c, 1)), F.kl_div(a, F.log_softmax(c, 1), reduction="batchmean", log_target=True), F.kl_div(a, c.softmax(1), reduction="sum")), x, y)
half = torch.full((3, 4), 0.25)
r(lambda a: (F.binary_cross_entropy(torch.sigmoid(a), half), F.binary_cross_entropy(a.sigmoid(), half, weight=half), F.binary_cross_entropy_with_logits(a, half, pos_weight=half * 8), F.binary_cross_entropy_with_logits(a, half, half, reduction="sum")), x)

# recurrent layers, as PyTorch's modules call them
for layer in (torch.nn.LSTM(4, 3, 2, batch_first=True, bidirectional=True), torch.nn.GRU(4, 3), torch.nn.RNN(4, 3, bias=False)):
    r(lambda a: tuple(torch.utils._pytree.tree_leaves(layer(a))), b)
o.save(str(RESOURCES / "spellings"))
