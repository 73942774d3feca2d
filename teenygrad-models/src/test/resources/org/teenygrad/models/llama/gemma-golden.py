"""Writes gemma-golden.txt: scores of small Gemma, Gemma 2 and Gemma 3 models, computed in float64 with PyTorch and nothing else.

    python gemma-golden.py > gemma-golden.txt

Weights are a formula (see `weight`), which GemmaTest has too, so that no weights need to be kept.
"""
import math
import torch

torch.set_default_dtype(torch.float64)
VOCAB, HIDDEN, INNER, HEADS, KEYS, DIM, EPS, WINDOW = 23, 12, 20, 4, 2, 6, 1e-6, 3
IDS = [3, 1, 4, 1, 5, 9, 2, 6, 22, 0]


def weight(name, *shape):
    count = math.prod(shape)
    phase = sum(ord(c) * (i + 1) for i, c in enumerate(name)) % 1000
    values = torch.sin(torch.arange(count) ** 2 * 0.37 + phase)
    return ((0.1 if name.endswith("norm.weight") else 0.4) * values).float().double().reshape(shape)


def norm(x, name):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS) * (1 + weight(name + ".weight", x.shape[-1]))


def rotate(x, theta, factor):
    f = theta ** (-torch.arange(0, DIM, 2) / DIM) / factor
    angle = torch.arange(x.shape[-2])[:, None] * torch.cat([f, f])
    turned = torch.cat([-x[..., DIM // 2:], x[..., :DIM // 2]], -1)
    return x * torch.cos(angle) + turned * torch.sin(angle)


def cap(x, limit):
    return limit * torch.tanh(x / limit) if limit else x


def linear(x, name, out):
    return x @ weight(name + ".weight", out, x.shape[-1]).T


def scores(layers, is_local, after, head_norm, query_scalar, attention_cap, score_cap, theta, factor, local_theta):
    time = len(IDS)
    split = lambda y: y.reshape(time, -1, DIM).transpose(0, 1)
    distance = torch.arange(time)[:, None] - torch.arange(time)
    x = weight("model.embed_tokens.weight", VOCAB, HIDDEN)[IDS] * float(torch.tensor(math.sqrt(HIDDEN), dtype=torch.float32))
    for layer in range(layers):
        at = f"model.layers.{layer}."
        hidden = (distance < 0) | (distance >= WINDOW) if is_local(layer) else distance < 0
        h = norm(x, at + "input_layernorm")
        q, k, v = (split(linear(h, at + f"self_attn.{name}_proj", count * DIM)) for name, count in (("q", HEADS), ("k", KEYS), ("v", KEYS)))
        if head_norm:
            q, k = norm(q, at + "self_attn.q_norm"), norm(k, at + "self_attn.k_norm")
        turn = (local_theta, 1) if is_local(layer) else (theta, factor)
        q, k = rotate(q, *turn), rotate(k, *turn)
        k, v = (y.repeat_interleave(HEADS // KEYS, 0) for y in (k, v))
        products = cap(q @ k.transpose(1, 2) / math.sqrt(query_scalar), attention_cap)
        y = torch.softmax(products.masked_fill(hidden, -math.inf), -1) @ v
        y = linear(y.transpose(0, 1).reshape(time, -1), at + "self_attn.o_proj", HIDDEN)
        x = x + (norm(y, at + "post_attention_layernorm") if after else y)
        h = norm(x, at + ("pre_feedforward_layernorm" if after else "post_attention_layernorm"))
        gate = torch.nn.functional.gelu(linear(h, at + "mlp.gate_proj", INNER), approximate="tanh")
        y = linear(gate * linear(h, at + "mlp.up_proj", INNER), at + "mlp.down_proj", HIDDEN)
        x = x + (norm(y, at + "post_feedforward_layernorm") if after else y)
    return cap(norm(x, "model.norm") @ weight("model.embed_tokens.weight", VOCAB, HIDDEN).T, score_cap)


for name, settings in {
    "gemma": (2, lambda layer: False, False, False, DIM, 0, 0, 1e4, 1, 1e4),
    "gemma2": (2, lambda layer: layer % 2 == 0, True, False, 9, 2.0, 3.0, 1e4, 1, 1e4),
    "gemma3_text": (6, lambda layer: layer % 6 != 5, True, True, 9, 0, 0, 1e6, 8, 1e2),
}.items():
    print(name, *("%.7g" % value for value in scores(*settings).flatten().tolist()))
