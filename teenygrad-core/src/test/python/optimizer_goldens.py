"""Writes PyTorch's answers for optimizers: golden/optimizers.json and .safetensors.

    pip install torch==2.13.0 numpy && python teenygrad-core/src/test/python/optimizer_goldens.py

Each case has the parameters after each step. Muon's iteration runs in float32 instead of bfloat16, as ours does. LAMB is not in
PyTorch: the class below is the paper's algorithm 2 in float64.
"""

import torch
from goldens import cases, keep, write
from torch import nn


class Lamb(torch.optim.Optimizer):
    def __init__(self, groups, lr, betas, eps, weight_decay):
        super().__init__(groups, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                s = self.state[p]
                t = s["step"] = s.get("step", 0) + 1
                g, x = p.grad.double(), p.double()
                s["m"] = beta1 * s.get("m", 0) + (1 - beta1) * g
                s["v"] = beta2 * s.get("v", 0) + (1 - beta2) * g * g
                r = s["m"] / (1 - beta1**t) / ((s["v"] / (1 - beta2**t)).sqrt() + group["eps"]) + group["weight_decay"] * x
                size = x.norm() / r.norm() if x.norm() > 0 and r.norm() > 0 else 1
                p.copy_(x - group["lr"] * size * r)


def optimizer(name, kind, groups, arguments, clip_norm=None, clip_value=None):
    """Six steps on the mean square of tanh(x aᵀ + b) cᵀ - y; the learning rates are halved after the third."""
    torch.manual_seed(len(cases))
    x, y = torch.randn(6, 5), torch.randn(6, 3)
    a, b, c = torch.randn(8, 5) * 0.5, torch.zeros(8), torch.randn(3, 8) * 0.5
    inputs = [keep(f"{name}/in{i}", t) for i, t in enumerate((x, y, a, b, c))]
    p = [t.clone().requires_grad_() for t in (a, b, c)]
    given = [{**{k: v for k, v in g.items()}, "params": [p[i] for i in g["params"]]} for g in groups]
    stepper = kind(given, **arguments)
    results = []
    for step in range(6):
        if step == 3:
            for group in stepper.param_groups:
                group["lr"] /= 2
        stepper.zero_grad()
        (((x @ p[0].T + p[1]).tanh() @ p[2].T - y) ** 2).mean().backward()
        if clip_value is not None:
            nn.utils.clip_grad_value_(p, clip_value)
        if clip_norm is not None:
            nn.utils.clip_grad_norm_(p, clip_norm)
        stepper.step()
        results += [keep(f"{name}/out{3 * step + i}", t) for i, t in enumerate(p)]
    cases.append(
        {
            "name": name,
            "op": "optimizer",
            "args": {"kind": kind.__name__, "groups": groups, "clip_norm": clip_norm, "clip_value": clip_value, **arguments},
            "in": inputs,
            "out": results,
        }
    )


def optimizers():
    everything = [{"params": [0, 1, 2]}]
    apart = [{"params": [0, 2], "lr": 0.03, "weight_decay": 0.2}, {"params": [1]}]
    optim = torch.optim
    optimizer("sgd", optim.SGD, everything, dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01))
    optimizer("sgd groups", optim.SGD, [{**apart[0], "momentum": 0.5, "dampening": 0.2}, {"params": [1], "momentum": 0.0}], dict(lr=0.1, momentum=0.9))
    optimizer("adam", optim.Adam, everything, dict(lr=0.05, betas=[0.8, 0.99], eps=1e-6, weight_decay=0.1))
    optimizer("adamw groups", optim.AdamW, [{**apart[0], "betas": [0.7, 0.9]}, {"params": [1], "eps": 1e-3}], dict(lr=0.05, betas=[0.9, 0.999], eps=1e-8, weight_decay=0.01))
    optimizer("adam amsgrad", optim.Adam, everything, dict(lr=0.05, betas=[0.5, 0.6], eps=1e-8, amsgrad=True))
    optimizer("adamw amsgrad", optim.AdamW, everything, dict(lr=0.05, betas=[0.5, 0.6], eps=1e-8, weight_decay=0.1, amsgrad=True))
    optimizer("rmsprop momentum", optim.RMSprop, [{**apart[0], "momentum": 0.0}, {"params": [1]}], dict(lr=0.01, alpha=0.9, eps=1e-8, momentum=0.8, centered=True))
    optimizer("rmsprop centered", optim.RMSprop, everything, dict(lr=0.01, alpha=0.9, eps=1e-6, centered=True, weight_decay=0.1))
    optimizer("rmsprop groups", optim.RMSprop, [{**apart[0], "alpha": 0.5}, {"params": [1]}], dict(lr=0.01, alpha=0.9, eps=1e-8))
    optimizer("adagrad groups", optim.Adagrad, apart, dict(lr=0.1, eps=1e-10))
    optimizer("lamb", Lamb, everything, dict(lr=0.05, betas=[0.9, 0.99], eps=1e-6, weight_decay=0.1))
    optimizer("lamb groups", Lamb, apart, dict(lr=0.02, betas=[0.9, 0.999], eps=1e-6, weight_decay=0.0))
    torch.Tensor.bfloat16, bfloat16 = torch.Tensor.clone, torch.Tensor.bfloat16
    for nesterov in True, False:
        matrices = [{"params": [0], "momentum": 0.8}, {"params": [2], "weight_decay": 0.0}]
        optimizer(f"muon {nesterov}", optim.Muon, matrices, dict(lr=0.05, momentum=0.95, weight_decay=0.1, nesterov=nesterov))
    optimizer("muon as adamw", optim.Muon, [{"params": [0, 2]}], dict(lr=0.02, momentum=0.95, weight_decay=0.1, nesterov=True, adjust_lr_fn="match_rms_adamw"))
    torch.Tensor.bfloat16 = bfloat16
    optimizer("clipped norm", optim.SGD, everything, dict(lr=0.3), clip_norm=0.1)
    optimizer("clipped values", optim.SGD, everything, dict(lr=0.3), clip_value=0.05)


optimizers()
write("optimizers")
