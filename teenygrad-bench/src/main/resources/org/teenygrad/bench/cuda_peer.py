"""PyTorch's side of teenygrad bench cuda.

Reads lines "CASE COPIES LEAST_SAMPLES SECONDS", answers "answer PEAK_BYTES SECONDS..." with tabs between, or "failed MESSAGE".
"""
import gc
import math
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch.nn.attention import flex_attention
except ImportError as e:
    sys.exit(f"no peer: {sys.executable}: {e} (TEENYGRAD_PYTHON names another Python)")
if not torch.cuda.is_available():
    sys.exit(f"no peer: PyTorch {torch.__version__} sees no GPU")

BF16 = torch.bfloat16
SLEEP_CYCLES = 2_000_000  # about a millisecond, in which the host gets ahead: what is measured waits for nobody


def randn(*shape, dtype=BF16):
    return torch.randn(*shape, device="cuda", dtype=dtype)


def copy():
    x = randn(131072, 4096)
    y = torch.empty_like(x)
    return lambda: y.copy_(x)


def softmax():
    x = randn(16384, 50304)
    y = torch.empty_like(x)
    return lambda: torch.softmax(x, -1, out=y)


def layer_norm():
    x, weight, bias = randn(65536, 4096), randn(4096), randn(4096)
    return lambda: F.layer_norm(x, (4096,), weight, bias)


def gelu():
    x = randn(131072, 4096)
    return lambda: F.gelu(x)


def sum_axis0():
    x = randn(32768, 768, dtype=torch.float32)
    y = torch.empty(768, device="cuda")
    return lambda: torch.sum(x, 0, out=y)


def matmul(n, dtype):
    def prepare():
        a, b = randn(n, n, dtype=dtype), randn(n, n, dtype=dtype)
        c = torch.empty_like(a)
        return lambda: torch.mm(a, b, out=c)

    return prepare


def gemm(name):
    """What gemm_SIZE_TYPE means."""
    _, size, dtype = name.split("_")
    return matmul(int(size), getattr(torch, "float32" if dtype == "tf32" else dtype))


def product(m, n, k, left_across=False):
    def prepare():
        a = randn(k, m).t() if left_across else randn(m, k)
        b = randn(k, n)
        c = torch.empty(m, n, device="cuda", dtype=BF16)
        return lambda: torch.mm(a, b, out=c)

    return prepare


def transpose():
    x = randn(16384, 16384)
    y = torch.empty_like(x)
    return lambda: y.copy_(x.t())


def bias_gelu_add():
    x, bias, residual = randn(65536, 3072), randn(3072), randn(65536, 3072)
    compiled = torch.compile(lambda x, bias, residual: F.gelu(x + bias) + residual)
    return lambda: compiled(x, bias, residual)


def causal(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def attention(batch, heads, time, head_dim, attend=causal):
    def prepare():
        q, k, v = (randn(batch, heads, time, head_dim) for _ in range(3))
        return lambda: attend(q, k, v)

    return prepare


def attention_backward(batch, heads, time, head_dim, attend=causal):
    def prepare():
        leaves = [randn(batch, heads, time, head_dim).requires_grad_() for _ in range(3)]
        cotangent = randn(batch, heads, time, head_dim)
        return lambda: torch.autograd.grad(attend(*leaves), leaves, cotangent)

    return prepare


def in_a_window(q, k, v, window=1024):
    """FlexAttention, compiled: the blocks that the window hides are left out."""
    if "window" not in FLEX:
        mask = lambda b, h, i, j: (j <= i) & (i - j <= window)
        FLEX["mask"] = flex_attention.create_block_mask(mask, None, None, q.shape[2], k.shape[2], device="cuda")
        FLEX["window"] = torch.compile(flex_attention.flex_attention)
    return FLEX["window"](q, k, v, block_mask=FLEX["mask"])


def with_soft_cap(q, k, v, cap=15):
    if "cap" not in FLEX:
        FLEX["causal"] = flex_attention.create_block_mask(lambda b, h, i, j: j <= i, None, None, q.shape[2], k.shape[2], device="cuda")
        FLEX["cap"] = torch.compile(flex_attention.flex_attention)
    return FLEX["cap"](q, k, v, score_mod=lambda score, b, h, i, j: cap * torch.tanh(score / cap), block_mask=FLEX["causal"])


FLEX = {}


def masked_attention():
    q, k, v = (randn(16, 12, 1024, 64) for _ in range(3))
    mask = randn(1024, 1024) > 0
    return lambda: F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


class Block(nn.Module):
    def __init__(self, dim, heads, bias):
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(dim, bias=bias), nn.LayerNorm(dim, bias=bias)
        self.attn, self.attn_proj = nn.Linear(dim, 3 * dim, bias=bias), nn.Linear(dim, dim, bias=bias)
        self.up, self.down = nn.Linear(dim, 4 * dim, bias=bias), nn.Linear(4 * dim, dim, bias=bias)

    def forward(self, x):
        batch, length, dim = x.shape
        parts = self.attn(self.ln_1(x)).split(dim, dim=2)
        q, k, v = (p.view(batch, length, self.heads, dim // self.heads).transpose(1, 2) for p in parts)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.attn_proj(y.transpose(1, 2).contiguous().view(batch, length, dim))
        return x + self.down(F.gelu(self.up(self.ln_2(x))))


class Gpt(nn.Module):
    def __init__(self, vocab, context, layers, heads, dim, bias):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocab, dim), nn.Embedding(context, dim)
        self.blocks = nn.ModuleList(Block(dim, heads, bias) for _ in range(layers))
        self.ln = nn.LayerNorm(dim, bias=bias)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, std=0.02)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions(torch.arange(ids.size(1), device=ids.device))
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.ln(x), self.tokens.weight)
        return F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))


def training(vocab, context, layers, heads, dim, bias, batch, length, compiled):
    """Some steps as ours: forward, backward, gradients clipped at norm 1, AdamW; the last loss is waited for."""
    model = Gpt(vocab, context, layers, heads, dim, bias).cuda()
    run = torch.compile(model) if compiled else model
    weights = list(model.parameters())
    groups = [{"params": [w for w in weights if w.dim() > 1], "weight_decay": 0.1},
              {"params": [w for w in weights if w.dim() == 1], "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), fused=True)
    ids, targets = (torch.randint(vocab, (batch, length), device="cuda") for _ in range(2))

    def some_steps():
        for _ in range(STEPS_EACH):
            with torch.autocast("cuda", dtype=BF16):
                loss = run(ids, targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            adam.step()
            adam.zero_grad(set_to_none=True)
        if not math.isfinite(loss.item()):
            raise ArithmeticError("the loss is not finite")

    return some_steps


KERNELS = {
    "copy_1GiB": copy,
    "softmax_16384x50304": softmax,
    "layer_norm_65536x4096": layer_norm,
    "gelu_1GiB": gelu,
    "sum_axis0_32768x768": sum_axis0,
    "matmul_2048": matmul(2048, BF16),
    "matmul_4096": matmul(4096, BF16),
    "matmul_8192": matmul(8192, BF16),
    "matmul_2048_float32": matmul(2048, torch.float32),
    "matmul_1024": matmul(1024, BF16),
    "weight_gradient_3072x768x65536": product(3072, 768, 65536, left_across=True),
    "matmul_1000x3000x5000": product(1000, 3000, 5000),
    "matmul_16x8192x8192": product(16, 8192, 8192),
    "transpose_16384": transpose,
    "bias_gelu_add_65536x3072": bias_gelu_add,
    "attention": attention(16, 12, 1024, 64),
    "attention_backward": attention_backward(16, 12, 1024, 64),
    "attention_128": attention(4, 16, 4096, 128),
    "attention_128_backward": attention_backward(4, 16, 4096, 128),
    "attention_t1000": attention(16, 12, 1000, 64),
    "attention_window": attention(2, 16, 8192, 128, in_a_window),
    "attention_window_backward": attention_backward(2, 16, 8192, 128, in_a_window),
    "attention_soft_cap": attention(16, 12, 1024, 64, with_soft_cap),
    "attention_mask": masked_attention,
}
STEPS_EACH = 10
STEPS = {
    "nanogpt_baby_step": (65, 256, 6, 6, 384, False, 64, 256),
    "gpt2_124m_step": (50304, 1024, 12, 12, 768, True, 32, 1024),
}


def kernel(prepare, copies):
    bodies = [prepare() for _ in range(copies)]
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def sample():
        torch.cuda.synchronize()
        torch.cuda._sleep(SLEEP_CYCLES)
        start.record()
        for body in bodies:
            body()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / 1e3 / copies

    return sample


def wall(some_steps):
    def sample():
        torch.cuda.synchronize()
        start = time.perf_counter()
        some_steps()
        return (time.perf_counter() - start) / STEPS_EACH

    return sample


def prepared(name, copies):
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    torch.backends.cuda.matmul.allow_tf32 = name.endswith("_tf32")
    model = name.removesuffix("_compile")
    if model in STEPS:
        sample = wall(training(*STEPS[model], name != model))
    else:
        sample = kernel(KERNELS.get(name) or gemm(name), copies)
    for _ in range(5):
        sample()
    return sample


print("ready\tPyTorch " + torch.__version__, flush=True)
known, sample = None, None
for line in sys.stdin:
    name, copies, least, seconds = line.split()
    try:
        if name != known:
            known = sample = None
            sample = prepared(name, int(copies))
            known = name
        samples, begin = [], time.perf_counter()
        while len(samples) < int(least) or time.perf_counter() - begin < float(seconds):
            samples.append(sample())
        print("\t".join(["answer", str(torch.cuda.max_memory_reserved()), *(f"{s:.6g}" for s in samples)]), flush=True)
    except Exception as e:
        print("failed\t" + (str(e).strip() or repr(e)).splitlines()[0], flush=True)
