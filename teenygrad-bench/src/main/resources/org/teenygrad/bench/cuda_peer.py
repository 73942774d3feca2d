"""PyTorch's side of teenygrad bench cuda.

Reads lines "CASE COPIES LEAST_SAMPLES SECONDS", answers "answer PEAK_BYTES SECONDS..." with tabs between, or "failed MESSAGE".
"""
import functools
import gc
import math
import re
import sys
import time
import warnings

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    from torch.nn.attention import SDPBackend, flex_attention, sdpa_kernel
except ImportError as e:
    sys.exit(f"no peer: {sys.executable}: {e} (TEENYGRAD_PYTHON names another Python)")

DEVICE = "cuda"
BF16 = torch.bfloat16
SLEEP_CYCLES = 4_000_000  # about two milliseconds, in which the host gets ahead: what is measured waits for nobody; ours rests as long

# A case is a list of functions that make inputs and return the call: ways to do the same, of which the fastest is measured.


def randn(*shape, dtype=BF16):
    return torch.randn(*shape, device=DEVICE, dtype=dtype)


def copy(rows=131072, columns=4096):
    x = randn(rows, columns)
    y = torch.empty_like(x)
    return lambda: y.copy_(x)


def softmax(rows=16384, columns=50304):
    x = randn(rows, columns)
    y = torch.empty_like(x)
    return lambda: torch.softmax(x, -1, out=y)


def layer_norm(rows=65536, columns=4096):
    x, weight, bias = randn(rows, columns), randn(columns), randn(columns)
    return lambda: F.layer_norm(x, (columns,), weight, bias)


def gelu(rows=131072, columns=4096):
    x = randn(rows, columns)
    return lambda: F.gelu(x)


def sum_axis0(rows=32768, columns=768):
    x = randn(rows, columns, dtype=torch.float32)
    y = torch.empty(columns, device=DEVICE)
    return lambda: torch.sum(x, 0, out=y)


def transpose(size=16384):
    x = randn(size, size)
    y = torch.empty_like(x)
    return lambda: y.copy_(x.t())


def add_transposed(size=16384):
    x, other = randn(size, size), randn(size, size)
    y = torch.empty_like(x)
    return lambda: torch.add(x, other.t(), out=y)


def channels_last(batch=256, channels=256, pixels=3136):
    x = randn(batch, channels, pixels)
    return lambda: x.transpose(1, 2).contiguous()


@functools.cache
def compiled_bias_gelu_add():
    return torch.compile(lambda x, bias, residual: F.gelu(x + bias) + residual)


def bias_gelu_add(rows=65536, columns=3072):
    x, bias, residual = randn(rows, columns), randn(columns), randn(rows, columns)
    compiled = compiled_bias_gelu_add()
    return lambda: compiled(x, bias, residual)


def sort(rows=4096, columns=4096):
    x = randn(rows, columns, dtype=torch.float32)
    return lambda: torch.sort(x, -1)


def top(rows=256, columns=50304, count=50):
    x = randn(rows, columns, dtype=torch.float32)
    return lambda: torch.topk(x, count)


def cumsum(size=64 << 20):
    x = randn(size, dtype=torch.float32)
    y = torch.empty_like(x)
    return lambda: torch.cumsum(x, 0, out=y)


def embedding_gradient(rows=65536, columns=768, words=50304):
    x = randn(rows, columns)
    ids = (words ** torch.rand(rows, device=DEVICE) - 1).long()
    return lambda: torch.ops.aten.embedding_dense_backward(x, ids, words, -1, False)


def matmul(m, n, k, dtype=BF16, left_across=False):
    def prepare():
        a = randn(k, m, dtype=dtype).t() if left_across else randn(m, k, dtype=dtype)
        b = randn(k, n, dtype=dtype)
        c = torch.empty(m, n, device=DEVICE, dtype=dtype)
        return lambda: torch.mm(a, b, out=c)

    return [prepare]


def gram(count, m, k):
    def prepare():
        a, c = randn(count, m, k), torch.empty(count, m, m, device=DEVICE, dtype=BF16)
        return lambda: torch.bmm(a, a.mT, out=c)

    return [prepare]


def scaled_matmul(m, n, k, left=torch.float8_e4m3fn):
    def case(fast):
        def prepare():
            a, b = randn(m, k).to(left), randn(n, k).to(torch.float8_e4m3fn).t()
            scale = torch.ones((), device=DEVICE)
            return lambda: torch._scaled_mm(a, b, scale_a=scale, scale_b=scale, out_dtype=BF16, use_fast_accum=fast)

        return prepare

    return [case(True), case(False)]


def gemm(name):
    """What gemm_SIZE_TYPE means."""
    _, size, dtype = name.split("_")
    return matmul(*(int(size),) * 3, getattr(torch, "float32" if dtype == "tf32" else dtype))


def scaled_dot_product(backend):
    def attend(q, k, v, mask, is_causal):
        with sdpa_kernel(backend):
            return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=is_causal, enable_gqa=q.shape[1] != k.shape[1])

    return attend


def flash_in_a_window(window):
    """FlashAttention with its window, which scaled_dot_product_attention has no argument for. It wants (batch, time, heads, headDim)."""

    def attend(q, k, v, mask, is_causal):
        q, k, v = (x.transpose(1, 2) for x in (q, k, v))
        y = torch.ops.aten._flash_attention_forward(
            q, k, v, None, None, q.shape[1], k.shape[1], 0.0, is_causal, False, window_size_left=window, window_size_right=0)[0]
        return y.transpose(1, 2)

    return attend


@functools.cache
def compiled_flex():
    return torch.compile(flex_attention.flex_attention, dynamic=False)


@functools.cache
def blocks(time, window):
    """The blocks of scores that a causal mask shows, or a window as well."""
    shown = lambda b, h, i, j: (j <= i) & (i - j <= window)
    return flex_attention.create_block_mask(shown, None, None, time, time, device=DEVICE)


@functools.cache
def soft_cap(cap):
    return lambda score, b, h, i, j: cap * torch.tanh(score / cap)


def flex(window=None, cap=None):
    """FlexAttention, compiled: the blocks that are hidden are left out."""

    def attend(q, k, v, mask, is_causal):
        time = q.shape[2]
        return compiled_flex()(q, k, v, score_mod=None if cap is None else soft_cap(cap),
                               block_mask=blocks(time, time if window is None else window), enable_gqa=q.shape[1] != k.shape[1])

    return attend


ATTENTION = re.compile(r"attention_b(?P<batch>\d+)h(?P<heads>\d+)(k(?P<key_heads>\d+))?(q(?P<queries>\d+))?t(?P<time>\d+)d(?P<dim>\d+)"
                       r"(_window(?P<window>\d+)|_softcap(?P<cap>\d+)|_(?P<tensor>mask|bias))?(?P<backward>_backward)?(?P<first>_channels_first)?")


def attention(name):
    """What the names of attention mean; they are explained in AttentionCases."""
    parts = ATTENTION.fullmatch(name).groupdict()
    number = {key: int(value) for key, value in parts.items() if value and value.isdecimal()}
    batch, heads, time, dim = (number[key] for key in ("batch", "heads", "time", "dim"))
    query = (batch, heads, number.get("queries", time), dim)
    key = (batch, number.get("key_heads", heads), time, dim)
    is_causal = not parts["queries"] and not parts["tensor"]

    def case(attend):
        def prepare():
            q, k, v = (randn(*shape) for shape in (query, key, key))
            mask = randn(query[2], time) if parts["tensor"] else None
            mask = mask > 0 if parts["tensor"] == "mask" else mask
            if not parts["backward"]:
                return lambda: attend(q, k, v, mask, is_causal)
            leaves = [x.requires_grad_() for x in (q, k, v)]
            cotangent = randn(*query)
            return lambda: torch.autograd.grad(attend(*leaves, mask, is_causal), leaves, cotangent)

        return prepare

    if parts["window"]:
        ways = [flash_in_a_window(number["window"]), flex(window=number["window"])]
    elif parts["cap"]:
        ways = [flex(cap=number["cap"])]
    else:
        ways = [scaled_dot_product(b) for b in (SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION)]
    return [case(way) for way in ways]


def decode(form, batch=16, heads=32, places=8192, dim=128, page=16):
    """One query for each sequence; what the names mean is explained in DecodeCases. Keys that lie in pages are gathered first."""

    def case(backend):
        def prepare():
            q = randn(batch, heads, 1, dim)
            positions = (torch.arange(batch, device=DEVICE) + 1) * (places // batch) - 1
            mask = None if form == "full" else (torch.arange(places, device=DEVICE) <= positions[:, None])[:, None, None, :]
            attend = scaled_dot_product(backend)
            if form != "pages":
                k, v = (randn(batch, heads, places, dim) for _ in range(2))
                return lambda: attend(q, k, v, mask, False)
            pages = batch * places // page
            table = torch.randperm(pages, device=DEVICE)
            pools = [randn(pages, page, heads, dim) for _ in range(2)]
            gathered = lambda pool: pool[table].view(batch, places, heads, dim).transpose(1, 2)
            return lambda: attend(q, gathered(pools[0]), gathered(pools[1]), mask, False)

        return prepare

    return [case(b) for b in (SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION)]


CONV = re.compile(r"conv(?P<kernel>\d)x\d(s(?P<stride>\d))?_(?P<channels>\d+)_(?P<to>\d+)_(?P<size>\d+)(?P<backward>_backward)?(?P<first>_channels_first)?")


def conv(name, batch=64):
    """What the names of convolutions mean: conv3x3s2_128_256_56 has a stride of 2, 128 channels, 256 of the result, images of 56 x 56;
    all in the layout that is faster, but with _channels_first."""
    parts = CONV.fullmatch(name).groupdict()
    kernel, stride, channels, to, size = (int(parts[key] or 1) for key in ("kernel", "stride", "channels", "to", "size"))

    def case(layout):
        def prepare():
            x = randn(batch, channels, size, size).to(memory_format=layout)
            weight = randn(to, channels, kernel, kernel).to(memory_format=layout)
            convolve = lambda: F.conv2d(x, weight, stride=stride, padding=kernel // 2)
            if not parts["backward"]:
                return convolve
            leaves = [x.requires_grad_(), weight.requires_grad_()]
            cotangent = torch.randn_like(convolve())
            return lambda: torch.autograd.grad(convolve(), leaves, cotangent)

        return prepare

    return [case(torch.contiguous_format)] if parts["first"] else [case(torch.contiguous_format), case(torch.channels_last)]


KERNELS = {
    "copy_1GiB": [copy],
    "softmax_16384x50304": [softmax],
    "layer_norm_65536x4096": [layer_norm],
    "gelu_1GiB": [gelu],
    "sum_axis0_32768x768": [sum_axis0],
    "transpose_16384": [transpose],
    "add_transposed_16384": [add_transposed],
    "channels_last_256x256x3136": [channels_last],
    "bias_gelu_add_65536x3072": [bias_gelu_add],
    "matmul_1024": matmul(1024, 1024, 1024),
    "matmul_2048": matmul(2048, 2048, 2048),
    "matmul_4096": matmul(4096, 4096, 4096),
    "matmul_8192": matmul(8192, 8192, 8192),
    "matmul_2048_float32": matmul(2048, 2048, 2048, torch.float32),
    "matmul_1000x3000x5000": matmul(1000, 3000, 5000),
    "matmul_16x8192x8192": matmul(16, 8192, 8192),
    "weight_gradient_3072x768x65536": matmul(3072, 768, 65536, left_across=True),
    "gram_48x768x768": gram(48, 768, 768),
    "gram_12x768x3072": gram(12, 768, 3072),
    "scaled_matmul_8192_e4m3": scaled_matmul(8192, 8192, 8192),
    "scaled_matmul_65536x3072x768_e4m3": scaled_matmul(65536, 3072, 768),
    "scaled_matmul_65536x768x3072_e5m2": scaled_matmul(65536, 768, 3072, torch.float8_e5m2),
    "sort_4096x4096_float32": [sort],
    "top50_256x50304_float32": [top],
    "cumsum_64Mi_float32": [cumsum],
    "embedding_gradient_65536x768_of_50304": [embedding_gradient],
    "decode": decode("full"),
    "decode_lengths": decode("lengths"),
    "decode_pages": decode("pages"),
}
FAMILIES = {"gemm_": gemm, "attention_": attention, "conv": conv}


def ways(name):
    if name in KERNELS:
        return KERNELS[name]
    for prefix, family in FAMILIES.items():
        if name.startswith(prefix):
            return family(name)
    raise LookupError(f"no case '{name}'")


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


def training(vocab, context, layers, heads, dim, bias, batch, length, compiled, share=lambda model: model):
    """Some steps as ours: forward, backward, gradients clipped at norm 1, AdamW; the last loss is waited for."""
    model = Gpt(vocab, context, layers, heads, dim, bias).to(DEVICE)
    shared = share(model)
    run = torch.compile(shared) if compiled else shared
    weights = list(model.parameters())
    groups = [{"params": [w for w in weights if w.dim() > 1], "weight_decay": 0.1},
              {"params": [w for w in weights if w.dim() == 1], "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.99), fused=True)
    ids, targets = (torch.randint(vocab, (batch, length), device=DEVICE) for _ in range(2))

    def some_steps():
        for _ in range(STEPS_EACH):
            with torch.autocast(DEVICE, dtype=BF16):
                loss = run(ids, targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            adam.step()
            adam.zero_grad(set_to_none=True)
        if not math.isfinite(loss.item()):
            raise ArithmeticError("the loss is not finite")

    return some_steps


STEPS_EACH = 10
STEPS = {
    "nanogpt_baby_step": (65, 256, 6, 6, 384, False, 64, 256),
    "gpt2_124m_step": (50304, 1024, 12, 12, 768, True, 32, 1024),
    "gpt2_124m_b64_step": (50304, 1024, 12, 12, 768, True, 64, 1024),
    "gpt2_350m_b16_step": (50304, 1024, 24, 16, 1024, True, 16, 1024),
    "gpt2_d128_b32_t2048_step": (50304, 2048, 12, 6, 768, True, 32, 2048),
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


def empty():
    gc.collect()
    torch.cuda.empty_cache()


def fastest(prepares, copies):
    """The kernel whose best of some samples is the shortest; a back end that refuses the shape is left out."""
    if len(prepares) == 1:
        return kernel(prepares[0], copies)
    seconds, failures = {}, []
    for prepare in prepares:
        try:
            sample = kernel(prepare, copies)
            for _ in range(3):
                sample()
            seconds[prepare] = min(sample() for _ in range(5))
        except Exception as e:
            failures.append(first_line(e))
        sample = None
        empty()
    if not seconds:
        raise RuntimeError("; ".join(failures))
    return kernel(min(seconds, key=seconds.get), copies)


def wall(some_steps):
    def sample():
        torch.cuda.synchronize()
        start = time.perf_counter()
        some_steps()
        return (time.perf_counter() - start) / STEPS_EACH

    return sample


def prepared(name, copies):
    torch.compiler.reset()  # it compiles a function for so many shapes only
    empty()
    torch.backends.cuda.matmul.allow_tf32 = name.endswith("_tf32")
    model = name.removesuffix("_compile")
    if model in STEPS:
        torch.cuda.reset_peak_memory_stats()
        sample = wall(training(*STEPS[model], name != model))
    else:
        sample = fastest(ways(name), copies)
    for _ in range(2 if model in STEPS else 5):
        sample()
    return sample


def first_line(e):
    return (str(e).strip() or repr(e)).splitlines()[0]


def answer():
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
            print("failed\t" + first_line(e), flush=True)


if __name__ == "__main__":
    if not torch.cuda.is_available():
        sys.exit(f"no peer: PyTorch {torch.__version__} sees no GPU")
    warnings.filterwarnings("ignore")  # each back end says why it refuses a shape
    torch.backends.cudnn.benchmark = True
    print("ready\tPyTorch " + torch.__version__, flush=True)
    answer()
