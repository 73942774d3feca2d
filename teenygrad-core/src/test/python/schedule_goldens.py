"""Writes the learning rates of PyTorch's schedulers: golden/schedules.json.

    pip install torch==2.13.0 numpy && python teenygrad-core/src/test/python/schedule_goldens.py
"""

import torch
from goldens import RESOURCES, lines


def schedule(name, steps, make):
    stepper = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = make(stepper)
    rates = []
    for _ in range(steps):
        rates.append(stepper.param_groups[0]["lr"])
        stepper.step()
        scheduler.step()
    return {"name": name, "rates": rates}


def schedules():
    s = torch.optim.lr_scheduler
    return [
        schedule("constant", 5, lambda o: s.LambdaLR(o, lambda i: 1)),
        schedule("linear", 15, lambda o: s.LinearLR(o, 1.0, 0.2, 10)),
        schedule("step", 25, lambda o: s.StepLR(o, 7, 0.3)),
        schedule("multiStep", 25, lambda o: s.MultiStepLR(o, [4, 9, 20], 0.3)),
        schedule("exponential", 30, lambda o: s.ExponentialLR(o, 0.9)),
        schedule("cosine", 85, lambda o: s.CosineAnnealingLR(o, 20, 0.01)),
        schedule("oneCycle", 40, lambda o: s.OneCycleLR(o, 0.5, total_steps=40)),
        schedule("oneCycleLinear", 30, lambda o: s.OneCycleLR(o, 0.5, total_steps=30, pct_start=0.4, anneal_strategy="linear", div_factor=10, final_div_factor=100)),
        schedule("warmup", 70, lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.25, 1.0, 5), s.CosineAnnealingLR(o, 25)], [5])),
        schedule("then", 20, lambda o: s.SequentialLR(o, [s.ConstantLR(o, 0.5, 100), s.ExponentialLR(o, 0.8)], [8])),
    ]


(RESOURCES / "schedules.json").write_text(lines(schedules()))
