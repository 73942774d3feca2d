"""Writes PyTorch's answers for layers: golden/layers.json and .safetensors, and the state of a network, golden/network.pt.

    pip install torch==2.13.0 numpy && python teenygrad-core/src/test/python/layer_goldens.py

Each case has the layer's state by PyTorch's names, inputs, outputs, cotangents, the gradients of inputs and parameters, and the
buffers afterwards.
"""

import torch
from goldens import RESOURCES, cases, keep, write
from torch import nn


def layer(name, module, *shapes, inputs=None, calls=1, forward=None, train=True, **facts):
    """One case: `forward(module, *inputs)` gives a list of outputs."""
    torch.manual_seed(len(cases))
    module.train(train)
    with torch.no_grad():
        for key, value in module.state_dict().items():
            if value.is_floating_point() and not key.startswith("running"):
                value.copy_(torch.randn_like(value) * 0.5)
            elif key == "running_var":
                value.uniform_(0.5, 1.5)
            elif key == "running_mean":
                value.normal_()
    inputs = inputs if inputs is not None else [torch.randn(shape) for shape in shapes]
    state = {key: keep(f"{name}/state/{key}", value) for key, value in module.state_dict().items()}
    given = [keep(f"{name}/in{i}", x) for i, x in enumerate(inputs)]
    leaves = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    run = forward or (lambda m, *xs: [m(*xs)])
    for _ in range(calls):
        outputs = run(module, *leaves)
    cotangents = [torch.randn_like(y) for y in outputs]
    sum((y * c).sum() for y, c in zip(outputs, cotangents)).backward()
    cases.append(
        {
            "name": name,
            "op": "layer",
            "args": {
                "class": type(module).__name__,
                "train": train,
                "calls": calls,
                "state": list(state),
                "gradients": [
                    keep(f"{name}/gradient/{key}", p.grad).rsplit("/", 1)[1] for key, p in module.named_parameters()
                ],
                "after": [
                    keep(f"{name}/after/{key}", b).rsplit("/", 1)[1] for key, b in module.named_buffers() if b is not None
                ],
                **facts,
            },
            "in": given,
            "out": [keep(f"{name}/out{i}", y) for i, y in enumerate(outputs)],
            "cot": [keep(f"{name}/cot{i}", c) for i, c in enumerate(cotangents)],
            "grad": [
                keep(f"{name}/grad{i}", x.grad) if x.is_floating_point() and x.grad is not None else None
                for i, x in enumerate(leaves)
            ],
        }
    )


def sliding(name, kind, arguments, shape):
    layer(name, getattr(nn, kind)(**arguments), shape, **arguments)


def layers():
    layer("linear", nn.Linear(5, 3), (2, 4, 5), in_features=5, out_features=3)
    conv = dict(in_channels=4, out_channels=6)
    sliding("conv1d", "Conv1d", dict(**conv, kernel_size=3), (2, 4, 7))
    sliding("conv1d same", "Conv1d", dict(**conv, kernel_size=4, dilation=2, padding="same"), (2, 4, 9))
    sliding("conv1d strided", "Conv1d", dict(**conv, kernel_size=3, stride=2, padding=1, groups=2), (2, 4, 8))
    sliding("conv2d", "Conv2d", dict(**conv, kernel_size=3, padding=1), (2, 4, 5, 6))
    sliding("conv2d same", "Conv2d", dict(**conv, kernel_size=[4, 3], dilation=[1, 2], padding="same", bias=False), (2, 4, 6, 7))
    sliding("conv2d all", "Conv2d", dict(**conv, kernel_size=[3, 2], stride=[2, 1], padding=[1, 0], dilation=[1, 2], groups=2), (2, 4, 7, 6))
    sliding("conv2d unbatched", "Conv2d", dict(**conv, kernel_size=3), (4, 5, 5))
    sliding("conv3d", "Conv3d", dict(**conv, kernel_size=2), (2, 4, 3, 4, 3))
    sliding("conv3d same", "Conv3d", dict(**conv, kernel_size=[2, 3, 2], padding="same"), (1, 4, 3, 4, 3))
    sliding("convTranspose1d", "ConvTranspose1d", dict(**conv, kernel_size=3, stride=2, padding=1, output_padding=1), (2, 4, 5))
    sliding("convTranspose2d", "ConvTranspose2d", dict(**conv, kernel_size=[3, 2], stride=2, groups=2, dilation=[1, 2]), (2, 4, 3, 4))
    sliding("convTranspose3d", "ConvTranspose3d", dict(**conv, kernel_size=2, stride=2, bias=False), (1, 4, 2, 3, 2))
    sliding("maxPool1d", "MaxPool1d", dict(kernel_size=3, stride=2, padding=1), (2, 3, 8))
    sliding("maxPool2d", "MaxPool2d", dict(kernel_size=2), (2, 3, 6, 5))
    sliding("maxPool2d all", "MaxPool2d", dict(kernel_size=[3, 2], stride=[2, 1], padding=[1, 0], dilation=[1, 2], ceil_mode=True), (2, 3, 6, 7))
    sliding("maxPool3d", "MaxPool3d", dict(kernel_size=2, stride=1), (1, 2, 3, 4, 3))
    sliding("avgPool1d", "AvgPool1d", dict(kernel_size=3, stride=2, padding=1, count_include_pad=False), (2, 3, 8))
    sliding("avgPool2d", "AvgPool2d", dict(kernel_size=[3, 2], stride=2, padding=[1, 1], ceil_mode=True), (2, 3, 6, 5))
    sliding("avgPool3d", "AvgPool3d", dict(kernel_size=2), (1, 2, 4, 4, 5))
    for kind in "Avg", "Max":
        for sizes, shape in ([3], (2, 3, 8)), ([2, 4], (2, 3, 6, 7)), ([2, 3, 1], (1, 2, 5, 4, 3)), ([1, 1], (2, 3, 4, 5)):
            name = f"Adaptive{kind}Pool{len(sizes)}d"
            layer(f"{name} {sizes}", getattr(nn, name)(sizes), shape, output_size=sizes)
    for name, kind, shape, arguments in (
        ("vectors", "BatchNorm1d", (6, 4), {}),
        ("sequences", "BatchNorm1d", (3, 4, 5), dict(momentum=0.3, eps=1e-3)),
        ("images", "BatchNorm2d", (3, 4, 5, 2), {}),
        ("plain", "BatchNorm2d", (3, 4, 2, 2), dict(affine=False)),
        ("volumes", "BatchNorm3d", (2, 4, 2, 3, 2), {}),
    ):
        for train in True, False:
            module = getattr(nn, kind)(4, **arguments)
            layer(f"batchNorm {name} {train}", module, shape, calls=2 if train else 1, train=train, channels=4, **arguments)
    layer("batchNorm untracked", nn.BatchNorm1d(4, track_running_stats=False), (3, 4, 5), train=False, channels=4, track_running_stats=False)
    layer("groupNorm", nn.GroupNorm(2, 4), (2, 4, 3, 5), groups=2, channels=4)
    layer("groupNorm plain", nn.GroupNorm(4, 4, affine=False, eps=1e-3), (2, 4, 6), groups=4, channels=4, affine=False, eps=1e-3)
    for axes, shape in (1, (2, 4, 6)), (2, (2, 4, 3, 5)), (3, (2, 4, 2, 3, 2)):
        for affine in True, False:
            module = getattr(nn, f"InstanceNorm{axes}d")(4, affine=affine)
            layer(f"instanceNorm{axes}d {affine}", module, shape, channels=4, affine=affine)
    layer("layerNorm", nn.LayerNorm(6), (2, 3, 6), dim=6)
    layer("rmsNorm", nn.RMSNorm(6, eps=1e-6), (2, 3, 6), dim=6)
    torch.manual_seed(1)
    layer("embedding", nn.Embedding(7, 5), inputs=[torch.randint(0, 7, (2, 3))], count=7, dim=5)
    layer(
        "multiheadAttention",
        nn.MultiheadAttention(8, 2, batch_first=True),
        (2, 3, 8), (2, 5, 8), (2, 5, 8),
        forward=lambda m, q, k, v: [m(q, k, v, need_weights=False)[0]],
        dim=8, heads=2,
    )
    layer(
        "RNN relu",
        nn.RNN(3, 4, num_layers=2, nonlinearity="relu", batch_first=True),
        (2, 5, 3), (2, 2, 4),
        forward=lambda m, x, h: list(m(x, h)),
        inputSize=3, hiddenSize=4, layers=2, relu=True,
    )
    for kind in nn.RNN, nn.LSTM, nn.GRU:
        for count, two_ways, bias in (1, False, True), (2, False, True), (1, True, False), (2, True, True):
            module = kind(3, 4, num_layers=count, bidirectional=two_ways, bias=bias, batch_first=True)
            states = (count * (2 if two_ways else 1), 2, 4)
            lstm = kind is nn.LSTM
            layer(
                f"{kind.__name__} {count} {two_ways}",
                module,
                (2, 5, 3), states, *([states] if lstm else []),
                forward=(lambda m, x, h, c: (lambda y, s: [y, *s])(*m(x, (h, c)))) if lstm else (lambda m, x, h: list(m(x, h))),
                inputSize=3, hiddenSize=4, layers=count, bidirectional=two_ways, bias=bias,
            )
    for mode in "reflect", "replicate", "circular":
        other = dict(in_channels=2, out_channels=4, padding_mode=mode)
        sliding(f"conv1d {mode}", "Conv1d", dict(**other, kernel_size=3, padding=2, stride=2), (2, 2, 6))
        sliding(f"conv2d {mode}", "Conv2d", dict(**other, kernel_size=3, padding=[1, 2], groups=2), (2, 2, 4, 5))
        sliding(f"conv2d same {mode}", "Conv2d", dict(**other, kernel_size=[4, 3], padding="same", dilation=[1, 2]), (1, 2, 5, 6))
        sliding(f"conv3d {mode}", "Conv3d", dict(**other, kernel_size=2, padding=1), (1, 2, 3, 2, 3))
    sliding("conv2d valid", "Conv2d", dict(in_channels=2, out_channels=4, kernel_size=3, padding="valid"), (1, 2, 5, 5))


def network():
    """A network's state as torch.save writes it, an input, and the output when evaluating."""
    torch.manual_seed(7)
    net = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding="same"), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.ConvTranspose2d(4, 3, 2, stride=2, bias=False), nn.GroupNorm(3, 3), nn.GELU(), nn.Flatten(), nn.Linear(108, 5),
    )
    for _ in range(3):
        net(torch.randn(4, 2, 6, 6) * 2 + 1)
    x = torch.randn(2, 2, 6, 6)
    torch.save({**net.state_dict(), "x": x, "y": net.eval()(x)}, RESOURCES / "network.pt")


layers()
write("layers")
network()
