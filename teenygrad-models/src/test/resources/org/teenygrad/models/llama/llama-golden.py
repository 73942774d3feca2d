"""Writes llama-golden.txt: scores of small Llama, Qwen2 and Qwen3 models, computed in float64 with PyTorch and nothing else.

    python llama-golden.py > llama-golden.txt

Weights are a formula (see `weight`), which LlamaTest has too, so that no weights need to be kept.
"""
import math
import torch

torch.set_default_dtype(torch.float64)
VOCAB, HIDDEN, INNER, LAYERS, HEADS, KEYS, DIM = 23, 12, 20, 2, 4, 2, 6
IDS = [3, 1, 4, 1, 5, 9, 2, 6, 22, 0]


def weight(name, *shape):
    count = math.prod(shape)
    phase = sum(ord(c) * (i + 1) for i, c in enumerate(name)) % 1000
    values = torch.sin(torch.arange(count) ** 2 * 0.37 + phase)
    return (1 + 0.1 * values if name.endswith("norm.weight") else 0.4 * values).float().double().reshape(shape)


def norm(x, name, eps):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * weight(name + ".weight", x.shape[-1])


def frequencies(theta, llama3):
    f = theta ** (-torch.arange(0, DIM, 2) / DIM)
    if llama3 is None:
        return f
    factor, low, high, original = llama3
    wavelength = 2 * math.pi / f
    smooth = (original / wavelength - low) / (high - low)
    blended = (1 - smooth) * f / factor + smooth * f
    return torch.where(wavelength > original / low, f / factor, torch.where(wavelength < original / high, f, blended))


def rotate(x, f):
    angle = torch.arange(x.shape[-2])[:, None] * torch.cat([f, f])
    half = DIM // 2
    turned = torch.cat([-x[..., half:], x[..., :half]], -1)
    return x * torch.cos(angle) + turned * torch.sin(angle)


def scores(bias, head_norm, tied, theta, llama3, eps):
    def linear(x, name, out, has_bias=False):
        y = x @ weight(name + ".weight", out, x.shape[-1]).T
        return y + weight(name + ".bias", out) if has_bias else y

    f = frequencies(theta, llama3)
    time = len(IDS)
    mask = torch.full((time, time), -math.inf).triu(1)
    x = weight("model.embed_tokens.weight", VOCAB, HIDDEN)[IDS]
    for layer in range(LAYERS):
        at = f"model.layers.{layer}."
        h = norm(x, at + "input_layernorm", eps)
        split = lambda y: y.reshape(time, -1, DIM).transpose(0, 1)
        q = split(linear(h, at + "self_attn.q_proj", HEADS * DIM, bias))
        k = split(linear(h, at + "self_attn.k_proj", KEYS * DIM, bias))
        v = split(linear(h, at + "self_attn.v_proj", KEYS * DIM, bias))
        if head_norm:
            q, k = norm(q, at + "self_attn.q_norm", eps), norm(k, at + "self_attn.k_norm", eps)
        q, k = rotate(q, f), rotate(k, f)
        k, v = (y.repeat_interleave(HEADS // KEYS, 0) for y in (k, v))
        y = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(DIM) + mask, -1) @ v
        x = x + linear(y.transpose(0, 1).reshape(time, -1), at + "self_attn.o_proj", HIDDEN)
        h = norm(x, at + "post_attention_layernorm", eps)
        gated = torch.nn.functional.silu(linear(h, at + "mlp.gate_proj", INNER)) * linear(h, at + "mlp.up_proj", INNER)
        x = x + linear(gated, at + "mlp.down_proj", HIDDEN)
    x = norm(x, "model.norm", eps)
    head = weight("model.embed_tokens.weight" if tied else "lm_head.weight", VOCAB, HIDDEN)
    return x @ head.T


for name, settings in {
    "llama": (False, False, False, 100.0, (4, 1, 4, 16), 1e-5),
    "qwen2": (True, False, True, 1e6, None, 1e-6),
    "qwen3": (False, True, True, 1e6, None, 1e-6),
}.items():
    print(name, *("%.7g" % value for value in scores(*settings).flatten().tolist()))
