#!/usr/bin/env python3
"""Writes layers.json and layers_training.json: outputs and gradients of layers by PyTorch's own layers, in float64; see README.md beside this file.

Nothing here knows Lamina but the names, layouts and fields that SPEC.md, section 9, gives its parameters: each function turns
them into those of PyTorch, so that the gradients are by the parameters of SPEC.md. The build does not run it.
"""

import json
import sys

import numpy as np
import torch
from torch.nn import functional as F
from torch.nn.utils.stateless import functional_call

from reference_values import array, write

RANDOM = np.random.Generator(np.random.PCG64(20240607))
EPSILON = 1e-5


def normal(*shape):
    return torch.tensor(RANDOM.standard_normal(shape))


def positive(*shape):
    return torch.tensor(RANDOM.uniform(0.5, 2, shape))


def indices(size, *shape):
    return torch.tensor(RANDOM.integers(0, size, shape))


def cotangent(y):
    return (torch.arange(y.numel(), dtype=y.dtype) % 7 - 3).reshape(y.shape)


def arrays(tensors):
    return {name: array(tensor.detach().numpy()) for name, tensor in tensors.items()}


def case(layer, function, inputs, weights=None, states=None, **fields):
    """Outputs, and gradients of the sum of (output times the cotangents -3, -2, ..., 3, -3, ...) by inputs and weights."""
    weights, states = weights or {}, states or {}
    smooth = {"x%d" % i: x for i, x in enumerate(inputs) if x.is_floating_point()}
    smooth.update(weights)
    for tensor in smooth.values():
        tensor.requires_grad_()
    y = function(*inputs, **weights, **states)
    gradients = dict(zip(smooth, torch.autograd.grad((y * cotangent(y)).sum(), list(smooth.values())))) if smooth else {}
    return {
        "layer": json.dumps({"type": layer, **fields}),
        "inputs": [array(x.detach().numpy()) for x in inputs],
        "weights": arrays({**weights, **states}),
        "output": array(y.detach().numpy()),
        "gradients": arrays(gradients),
    }


# ---------------------------------------------------------------- convolutions and pools


def padded(x, padding, value=0.0):
    """PyTorch's layers pad both sides alike; padding before them does not."""
    sides = [side for pair in reversed(padding) for side in pair]
    return F.pad(x, sides, value=value)


def conv2d(x, filters, kernel, **fields):
    groups = fields.get("groups", 1)
    weights = {"weight": normal(filters, x.shape[1] // groups, *kernel), "bias": normal(filters)}

    def function(x, weight, bias):
        x = padded(x, fields.get("padding", [[0, 0], [0, 0]]))
        return F.conv2d(x, weight, bias, fields.get("stride", 1), 0, fields.get("dilation", 1), groups)

    return case("Conv2d", function, [x], weights, filters=filters, kernel=kernel, **fields)


def conv1d(x, filters, kernel, **fields):
    groups = fields.get("groups", 1)
    weights = {"weight": normal(filters, x.shape[1] // groups, kernel), "bias": normal(filters)}

    def function(x, weight, bias):
        x = padded(x, [fields.get("padding", [0, 0])])
        return F.conv1d(x, weight, bias, fields.get("stride", 1), 0, fields.get("dilation", 1), groups)

    return case("Conv1d", function, [x], weights, filters=filters, kernel=kernel, **fields)


def transpose2d(x, filters, kernel, padding=(0, 0), extra=(0, 0), **fields):
    groups = fields.get("groups", 1)
    weights = {"weight": normal(x.shape[1], filters // groups, *kernel), "bias": normal(filters)}
    stride, dilation = fields.get("stride", [1, 1]), fields.get("dilation", [1, 1])
    crop = [[p, p - q] for p, q in zip(padding, extra)]

    def function(x, weight, bias):
        return F.conv_transpose2d(x, weight, bias, stride, padding, extra, groups, dilation)

    return case("ConvTranspose2d", function, [x], weights, filters=filters, kernel=kernel, crop=crop, **fields)


def max_pool(x, kernel, **fields):
    def function(x):
        x = padded(x, fields.get("padding", [[0, 0], [0, 0]]), -np.inf)
        return F.max_pool2d(x, kernel, fields.get("stride"))

    return case("MaxPool2d", function, [x], kernel=kernel, **fields)


def avg_pool(x, kernel, stride, padding, count):
    def function(x):
        return F.avg_pool2d(x, kernel, stride, padding, count_include_pad=count)

    both = [[p, p] for p in padding]
    return case("AvgPool2d", function, [x], kernel=kernel, stride=stride, padding=both, countIncludePad=count)


def windows():
    yield conv2d(normal(2, 3, 6, 5), 4, [3, 2])
    yield conv2d(normal(2, 3, 7, 8), 2, [3, 3], stride=[2, 3], padding=[[1, 2], [0, 3]])
    yield conv2d(normal(2, 4, 8, 7), 6, [3, 2], stride=[1, 2], padding=[[2, 0], [1, 1]], dilation=[2, 3], groups=2)
    yield conv2d(normal(3, 4, 5, 5), 4, [3, 3], padding=[[1, 1], [1, 1]], groups=4)
    yield conv2d(normal(2, 3, 4, 4), 5, [1, 1])
    yield conv1d(normal(2, 3, 9), 4, 3)
    yield conv1d(normal(2, 4, 11), 6, 3, stride=2, padding=[3, 1], dilation=2, groups=2)
    yield transpose2d(normal(2, 3, 4, 5), 2, [3, 2])
    yield transpose2d(normal(2, 3, 4, 3), 4, [3, 3], stride=[2, 3], padding=[1, 2], extra=[1, 0])
    yield transpose2d(normal(2, 4, 3, 3), 6, [2, 3], stride=[2, 1], padding=[1, 0], dilation=[3, 2], groups=2)
    yield max_pool(normal(2, 3, 6, 6), [2, 2])
    yield max_pool(normal(2, 2, 7, 6), [3, 2], stride=[2, 1], padding=[[1, 0], [1, 1]])
    yield avg_pool(normal(2, 2, 6, 7), [2, 3], [2, 3], [0, 0], False)
    for count in (False, True):
        yield avg_pool(normal(2, 2, 6, 7), [3, 2], [2, 1], [1, 1], count)
    yield case("GlobalAveragePool", lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1), [normal(2, 3, 4, 5)])
    yield case("Flatten", torch.nn.Flatten(), [normal(2, 3, 2, 2)])


# ---------------------------------------------------------------- normalization


def batch_norm(x, gamma, beta, runningMean, runningVariance):
    return F.batch_norm(x, runningMean, runningVariance, gamma, beta, False, 0, EPSILON)


def rms_norm(x, gamma):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * gamma


def normalization():
    last = {"gamma": normal(5), "beta": normal(5)}
    layer_norm = lambda x, gamma, beta: F.layer_norm(x, (5,), gamma, beta, EPSILON)
    yield case("LayerNorm", layer_norm, [normal(2, 3, 5)], last, epsilon=EPSILON)
    yield case("RmsNorm", rms_norm, [normal(2, 3, 5)], {"gamma": normal(5)}, epsilon=EPSILON)
    group_norm = lambda x, gamma, beta: F.group_norm(x, 2, gamma, beta, EPSILON)
    for shape in ((2, 4, 3, 2), (3, 4)):
        weights = {"gamma": normal(4), "beta": normal(4)}
        yield case("GroupNorm", group_norm, [normal(*shape)], weights, groups=2, epsilon=EPSILON)
        states = {"runningMean": normal(4), "runningVariance": positive(4)}
        weights = {"gamma": normal(4), "beta": normal(4)}
        yield case("BatchNorm", batch_norm, [normal(*shape)], weights, states, epsilon=EPSILON)


def training(shape, decay, unbiased):
    """One step of gradient descent with rate 1 on the mean squared error, in training mode."""
    channels = shape[1]
    before = {"gamma": normal(channels), "beta": normal(channels)}
    states = {"runningMean": normal(channels), "runningVariance": positive(channels)}
    x, target = normal(*shape), normal(*shape)
    gamma, beta = (before[name].clone().requires_grad_() for name in ("gamma", "beta"))
    mean, variance = (states[name].clone() for name in ("runningMean", "runningVariance"))
    loss = F.mse_loss(F.batch_norm(x, mean, variance, gamma, beta, True, 1 - decay, EPSILON), target)
    loss.backward()
    if not unbiased:
        axes = [axis for axis in range(len(shape)) if axis != 1]
        variance = decay * states["runningVariance"] + (1 - decay) * x.var(axes, unbiased=False)
    after = {"gamma": gamma - gamma.grad, "beta": beta - beta.grad, "runningMean": mean, "runningVariance": variance}
    return {
        "layer": json.dumps({"type": "BatchNorm", "epsilon": EPSILON, "decay": decay, "unbiased": unbiased}),
        "inputs": [array(x.numpy()), array(target.numpy())],
        "weights": arrays({**before, **states}),
        "loss": array(loss.detach().numpy()),
        "after": arrays(after),
    }


# ---------------------------------------------------------------- recurrent layers


def gate_parameters(gates, features, units):
    shapes = {"weight": (features, units), "recurrent": (units, units), "bias": (units,)}
    return {kind + gate: 0.5 * normal(*shape) for kind, shape in shapes.items() for gate in gates}


def torch_parameters(parameters, gates, recurrent_bias):
    """PyTorch's layout: the gates one below the other, each (out, in), and two biases."""
    matrices = [torch.cat([parameters[kind + gate].T for gate in gates]) for kind in ("weight", "recurrent")]
    return [*matrices, torch.cat([parameters["bias" + gate] for gate in gates]), recurrent_bias]


def recurrent(layer, torch_layer, gates, x, units, returnSequences, extra=None, **fields):
    weights = gate_parameters(gates, x.shape[2], units)
    if extra:
        weights[extra] = 0.5 * normal(units)

    def function(x, **weights):
        zeros = torch.zeros((len(gates) - (1 if extra else 0)) * units, dtype=x.dtype)
        bias = torch.cat([zeros, weights[extra]]) if extra else zeros
        start = torch.zeros(1, x.shape[0], units, dtype=x.dtype)
        start = (start, start) if layer == "Lstm" else start
        # The functions that torch.nn.LSTM, GRU and RNN call: one layer, no dropout, one direction, batch first.
        y = torch_layer(x, start, torch_parameters(weights, gates, bias), True, 1, 0.0, False, False, True)[0]
        return y if returnSequences else y[:, -1]

    return case(layer, function, [x], weights, units=units, returnSequences=returnSequences, **fields)


def gru_before(x, **p):
    """The paper's GRU, which PyTorch has no layer for: reset before the product."""
    h = torch.zeros(x.shape[0], 3, dtype=x.dtype)
    for t in range(x.shape[1]):
        z = {gate: x[:, t] @ p["weight" + gate] + p["bias" + gate] for gate in ("Reset", "Update", "Candidate")}
        r = torch.sigmoid(z["Reset"] + h @ p["recurrentReset"])
        u = torch.sigmoid(z["Update"] + h @ p["recurrentUpdate"])
        h = u * h + (1 - u) * torch.tanh(z["Candidate"] + (r * h) @ p["recurrentCandidate"])
    return h


def recurrences():
    for sequences in (True, False):
        gates = ("Input", "Forget", "Cell", "Output")
        yield recurrent("Lstm", torch._VF.lstm, gates, normal(2, 5, 3), 4, sequences)
        gates = ("Reset", "Update", "Candidate")
        yield recurrent("Gru", torch._VF.gru, gates, normal(2, 5, 3), 4, sequences, extra="recurrentBias")
        yield recurrent("SimpleRnn", torch._VF.rnn_tanh, ("",), normal(2, 5, 3), 4, sequences)
    relu = {"activation": {"type": "Relu"}}
    yield recurrent("SimpleRnn", torch._VF.rnn_relu, ("",), normal(2, 5, 3), 4, True, **relu)
    weights = gate_parameters(("Reset", "Update", "Candidate"), 2, 3)
    yield case("Gru", gru_before, [normal(2, 4, 2)], weights, units=3, returnSequences=False, resetAfter=False)


# ---------------------------------------------------------------- attention


def attention(inputs, heads, units, causal=False):
    module = torch.nn.MultiheadAttention(units, heads, batch_first=True, dtype=torch.float64)
    weights = {}
    for name in ("query", "key", "value", "output"):
        weights[name + ".weight"] = normal(units, units)
        weights[name + ".bias"] = normal(units)

    def function(*given, **w):
        query, key, value = given[0], given[min(1, len(given) - 1)], given[-1]
        parameters = {
            "in_proj_weight": torch.cat([w[name + ".weight"].T for name in ("query", "key", "value")]),
            "in_proj_bias": torch.cat([w[name + ".bias"] for name in ("query", "key", "value")]),
            "out_proj.weight": w["output.weight"].T, "out_proj.bias": w["output.bias"],
        }
        hidden = torch.ones(query.shape[1], key.shape[1], dtype=torch.bool).triu(1) if causal else None
        y, _ = functional_call(module, parameters, (query, key, value), {"attn_mask": hidden, "need_weights": False})
        return y

    return case("MultiHeadAttention", function, inputs, weights, heads=heads, units=units, causal=causal)


def attentions():
    yield attention([normal(2, 5, 6)], 2, 6)
    yield attention([normal(2, 5, 6)], 3, 6, causal=True)
    yield attention([normal(2, 3, 4), normal(2, 5, 4)], 2, 4)
    yield attention([normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 4)], 1, 4)
    for features in (4, 5):
        time, feature = torch.arange(7.0).double()[:, None], torch.arange(features).double()[None]
        angle = time * torch.exp(-np.log(10000.0) * 2 * torch.div(feature, 2, rounding_mode="floor") / features)
        encoding = torch.where(feature % 2 == 0, torch.sin(angle), torch.cos(angle))
        yield case("PositionalEncoding", lambda x: x + encoding, [normal(2, 7, features)])


# ---------------------------------------------------------------- activations and the rest

# PyTorch's own hardsigmoid has a gradient with the float32 sixth, also in float64.
ACTIVATIONS = (
    ("Relu", F.relu, {}),
    ("LeakyRelu", lambda x: F.leaky_relu(x, 0.2), {"slope": 0.2}),
    ("Elu", lambda x: F.elu(x, 1.5), {"alpha": 1.5}),
    ("Tanh", torch.tanh, {}),
    ("Sigmoid", torch.sigmoid, {}),
    ("HardSigmoid", lambda x: F.relu6(x + 3) / 6, {"slope": 1 / 6, "offset": 0.5}),
    ("Softplus", F.softplus, {}),
    ("Silu", F.silu, {}),
    ("Gelu", F.gelu, {}),
    ("GeluTanh", lambda x: F.gelu(x, approximate="tanh"), {}),
    ("GeluSigmoid", lambda x: x * torch.sigmoid(1.702 * x), {}),
    ("Clip", F.relu6, {"low": 0, "high": 6}),
    ("Softmax", lambda x: F.softmax(x, -1), {}),
    ("LogSoftmax", lambda x: F.log_softmax(x, -1), {}),
)


def others():
    for layer, function, fields in ACTIVATIONS:
        yield case(layer, function, [4 * normal(3, 5)], **fields)
    dense = lambda x, weight, bias: torch.tanh(F.linear(x, weight.T, bias))
    weights = {"weight": normal(4, 3), "bias": normal(3)}
    yield case("Dense", dense, [normal(2, 3, 4)], weights, units=3, activation={"type": "Tanh"})
    yield case("Embedding", lambda x, weight: F.embedding(x, weight), [indices(6, 2, 4)], {"weight": normal(6, 3)}, size=6, units=3)


def main():
    versions = {"torch": torch.__version__, "numpy": np.__version__}
    write("layers.json", versions, [*windows(), *normalization(), *recurrences(), *attentions(), *others()])
    trained = [training((5, 3), 0.75, True), training((3, 2, 2, 3), 0.9, True), training((3, 2, 4), 0.9, False)]
    write("layers_training.json", versions, trained)


if __name__ == "__main__":
    sys.exit(main())
