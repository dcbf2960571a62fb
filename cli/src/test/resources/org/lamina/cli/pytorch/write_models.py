#!/usr/bin/env python3
"""Writes models of PyTorch's own layers for PortCommandTest: NAME.safetensors, the state_dict; NAME.layer.json, the same layers as
Lamina's; NAME.expected.safetensors, an input x, the output y, dy and the gradients of sum(y dy).

Nothing here knows how Lamina lays weights out. safetensors is written by hand, as Debian has no package of it:
eight bytes of length, a JSON header, the arrays. Made with PyTorch 1.13.1 of Debian 12 (python3-torch); the build does not run it.

    /usr/bin/python3 write_models.py
"""

import json
import struct

import torch
from torch import nn

torch.manual_seed(20240607)
torch.set_num_threads(1)
DTYPES = {torch.float32: "F32", torch.int64: "I64"}


def write(name, tensors):
    header, data = {}, b""
    for key, tensor in tensors.items():
        content = tensor.detach().contiguous().numpy().tobytes()
        header[key] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header).encode()
    with open(name + ".safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Sequence(nn.Module):
    """The outputs of a recurrent or attention layer without its states, under the module's own names."""

    def __new__(cls, module):
        forward = module.forward
        if isinstance(module, nn.MultiheadAttention):
            module.forward = lambda x: forward(x, x, x)[0]
        else:
            module.forward = lambda x: forward(x)[0]
        return module


def spread(module):
    """Other values than those layers begin with, so that none could be missed."""
    with torch.no_grad():
        for key, tensor in module.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + 0.5 if "var" in key else 0.5 * torch.randn_like(tensor))


def model(name, layers, x, architecture):
    net = nn.Sequential(*layers)
    spread(net)
    net.eval()
    write(name, net.state_dict())
    with open(name + ".layer.json", "w") as file:
        json.dump({"type": "Sequential", "layers": architecture}, file, indent=2)
        file.write("\n")
    if x.is_floating_point():
        x.requires_grad_()
    y = net(x)
    dy = torch.randn_like(y)
    (y * dy).sum().backward()
    expected = {"x": x, "y": y, "dy": dy}
    if x.is_floating_point():
        expected["grad.x"] = x.grad
    write(name + ".expected", expected)


def layer(type, **fields):
    return {"type": type, **fields}


model(
    "lenet",
    [
        nn.Conv2d(1, 6, 3, padding=1),
        nn.Sigmoid(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 8, 3, groups=2),
        nn.BatchNorm2d(8, eps=1e-5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8, 12),
        nn.GELU(),
        nn.Linear(12, 10),
    ],
    torch.randn(3, 1, 8, 8),
    [
        layer("Conv2d", filters=6, kernel=[3, 3], stride=[1, 1], padding=[[1, 1], [1, 1]]),
        layer("Sigmoid"),
        layer("AvgPool2d", kernel=[2, 2]),
        layer("Conv2d", filters=8, kernel=[3, 3], stride=[1, 1], padding=[[0, 0], [0, 0]], dilation=[1, 1], groups=2),
        layer("BatchNorm", epsilon=1e-5),
        layer("Relu"),
        layer("MaxPool2d", kernel=[2, 2]),
        layer("Flatten"),
        layer("Dense", units=12),
        layer("Gelu"),
        layer("Dense", units=10),
    ],
)
model(
    "recurrent",
    [
        nn.Embedding(11, 6),
        Sequence(nn.LSTM(6, 5, batch_first=True)),
        Sequence(nn.GRU(5, 4, batch_first=True)),
        Sequence(nn.RNN(4, 4, batch_first=True)),
        nn.Flatten(),
        nn.Linear(28, 3),
    ],
    torch.randint(0, 11, (3, 7)),
    [
        layer("Embedding", size=11, units=6),
        layer("Lstm", units=5),
        layer("Gru", units=4),
        layer("SimpleRnn", units=4),
        layer("Flatten"),
        layer("Dense", units=3),
    ],
)
model(
    "attention",
    [
        nn.Linear(5, 8),
        nn.LayerNorm(8, eps=1e-5),
        Sequence(nn.MultiheadAttention(8, 2, batch_first=True)),
        nn.GroupNorm(1, 4, eps=1e-6),
        nn.Linear(8, 2),
    ],
    torch.randn(2, 4, 5),
    [
        layer("Dense", units=8),
        layer("LayerNorm", epsilon=1e-5),
        layer("MultiHeadAttention", heads=2, units=8),
        layer("GroupNorm", groups=1, epsilon=1e-6),
        layer("Dense", units=2),
    ],
)
