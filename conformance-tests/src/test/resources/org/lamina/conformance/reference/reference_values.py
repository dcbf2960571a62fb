#!/usr/bin/env python3
"""Writes functions.json, numpy.json and torch.json, what the oracle is checked against; see README.md beside this file.

Nothing here knows Lamina: values come from NumPy, SciPy, PyTorch and mpmath only. The build does not run it.
"""

import json
import pathlib
import sys

import mpmath
import numpy as np
import scipy
import scipy.special
import torch

HERE = pathlib.Path(__file__).parent
RANDOM = np.random.Generator(np.random.PCG64(20240229))
SPECIAL = np.array([np.nan, -np.inf, -1e30, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, 1e30, np.inf])
FLOATS = ("float32", "float64")
INTEGERS = ("int32", "int64")
NUMERIC = FLOATS + INTEGERS


def text(value):
    """A float in hexadecimal, so that no digit is lost, and as Java reads it."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    digits, exponent = float(value).hex().split("p")
    digits = digits.rstrip("0")
    return digits + ("0p" if digits.endswith(".") else "p") + exponent


def array(value):
    value = np.asarray(value)
    flat = value.ravel()
    values = [text(v) for v in flat.astype(np.float64)] if value.dtype.kind == "f" else [int(v) for v in flat]
    return {"dtype": str(value.dtype), "shape": list(value.shape), "values": values}


def write(name, versions, entries):
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    (HERE / name).write_text('{"versions":%s,"entries":[\n%s\n]}\n' % (json.dumps(versions), lines))


def values(dtype, *shape):
    if dtype in FLOATS:
        return RANDOM.standard_normal(shape).astype(dtype)
    return RANDOM.integers(-100, 101, shape).astype(dtype) if dtype != "bool" else RANDOM.random(shape) < 0.5


def special(dtype):
    if dtype in FLOATS:
        return SPECIAL.astype(dtype)
    if dtype == "int64":
        return np.array([2**53 + 1, -(2**53) - 1, 2**62, -(2**62), 2**63 - 1, -(2**63), 0, 7], dtype)
    return np.array([2**31 - 1, -(2**31), 2**30, 3, 0, -7], dtype) if dtype == "int32" else np.array([True, False])


# ---------------------------------------------------------------- functions, in 60 digits

FUNCTIONS = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "erf": mpmath.erf,
}


def arguments(name):
    small = [s * 10.0**e * m for s in (-1, 1) for e in range(-20, 0, 3) for m in (1, 3.7)]
    middle = list(RANDOM.uniform(-4, 4, 60))
    wide = {
        "exp": RANDOM.uniform(-700, 700, 30),
        "expm1": RANDOM.uniform(-40, 700, 30),
        "log": 10.0 ** RANDOM.uniform(-300, 300, 30),
        "log1p": 10.0 ** RANDOM.uniform(-15, 300, 30),
        "sqrt": 10.0 ** RANDOM.uniform(-300, 300, 30),
        "sin": RANDOM.uniform(-1e5, 1e5, 30),
        "cos": RANDOM.uniform(-1e5, 1e5, 30),
        "tan": RANDOM.uniform(-1e5, 1e5, 30),
        "tanh": RANDOM.uniform(-25, 25, 30),
        "sigmoid": RANDOM.uniform(-700, 50, 30),
        "erf": np.concatenate([RANDOM.uniform(-6.5, 6.5, 200), np.arange(-100, 101) / 16.0, np.arange(1, 97) / 16.0 - 1 / 32]),
    }[name]
    points = small + middle + list(wide)
    if name in ("log", "sqrt"):
        points = [abs(x) for x in points]
    return [x for x in points if name != "log1p" or x > -1]


def functions():
    mpmath.mp.dps = 60
    for name, function in FUNCTIONS.items():
        points = np.array(arguments(name))
        exact = [float(function(mpmath.mpf(float(x)))) for x in points]
        yield {"op": name, "attributes": {}, "inputs": [array(points)], "output": array(np.array(exact))}


# ---------------------------------------------------------------- primitives by NumPy and SciPy

UNARY = {
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "floor": np.floor, "exp": np.exp, "expm1": np.expm1, "log": np.log,
    "log1p": np.log1p, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tan": np.tan, "tanh": np.tanh,
    "sigmoid": scipy.special.expit, "erf": scipy.special.erf,
}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power, "max": np.maximum,
    "min": np.minimum, "equal": np.equal, "less": np.less, "less_equal": np.less_equal,
}
REDUCTIONS = {"sum": np.sum, "mean": np.mean, "reduce_max": np.max, "reduce_min": np.min, "prod": np.prod}
PAIRS = [((2, 3), (2, 3)), ((), (4,)), ((2, 1, 3), (4, 1)), ((5, 1), (0,)), ((2, 1, 2, 1, 3, 1), (2, 1, 2, 1, 2))]
BOOLS = np.array([[True], [False]])


def entry(op, inputs, output, **attributes):
    return {"op": op, "attributes": attributes, "inputs": [array(x) for x in inputs], "output": array(output)}


def numpy_elementwise():
    for op, function in UNARY.items():
        for dtype in NUMERIC if op in ("neg", "abs", "sign") else FLOATS:
            for x in (values(dtype, 2, 5), values(dtype), values(dtype, 0, 3), special(dtype)):
                yield entry(op, [x], function(x).astype(dtype))
    yield entry("not", [BOOLS], ~BOOLS)
    for op, function in BINARY.items():
        for dtype in FLOATS if op in ("div", "pow") else NUMERIC:
            pairs = [(values(dtype, *a), values(dtype, *b)) for a, b in PAIRS]
            pairs.append((special(dtype)[:, None], special(dtype)))
            for x, y in pairs:
                yield entry(op, [x, y], function(x, y))
    yield entry("and", [BOOLS, BOOLS[:, 0]], BOOLS & BOOLS[:, 0])
    yield entry("or", [BOOLS, BOOLS[:, 0]], BOOLS | BOOLS[:, 0])
    for dtype in NUMERIC + ("bool",):
        condition, x, y = values("bool", 3, 1), special(dtype), values(dtype, 2, 1, 1)
        yield entry("select", [condition, x, y], np.where(condition, x, y))


def numpy_reductions():
    for op, function in REDUCTIONS.items():
        for dtype in FLOATS if op == "mean" else NUMERIC:
            for shape, axes in (((5,), (0,)), ((2, 3, 4), (1,)), ((2, 3, 4), (0, 2)), ((2, 3, 4), ()), ((2, 1, 3, 2, 1, 2), (0, 3, 5))):
                for keep in (False, True):
                    x = values(dtype, *shape)
                    yield entry(op, [x], np.asarray(function(x, axis=axes, keepdims=keep)).astype(dtype), axes=axes, keep=keep)
            x = special(dtype)[: len(special(dtype)) // 2 * 2].reshape(-1, 2)
            yield entry(op, [x], function(x, axis=(1,)).astype(dtype), axes=(1,), keep=False)
            if op in ("sum", "prod"):
                empty = values(dtype, 0, 3)
                yield entry(op, [empty], function(empty, axis=(0,)).astype(dtype), axes=(0,), keep=False)
    for dtype in NUMERIC:
        for x, axis in ((values(dtype, 3, 7), 0), (values(dtype, 3, 7), 1), (special(dtype), 0), (np.array([1, 3, 3, 2], dtype), 0)):
            yield entry("argmax", [x], np.argmax(x, axis), axis=axis)
            for exclusive in (False, True):
                for reverse in (False, True):
                    yield entry("cumsum", [x], running(x, axis, exclusive, reverse), axis=axis, exclusive=exclusive, reverse=reverse)


def running(x, axis, exclusive, reverse):
    along = np.flip(x, axis) if reverse else x
    sums = np.cumsum(along, axis, dtype=x.dtype)
    if exclusive:
        first = np.zeros_like(np.take(x, [0], axis))
        sums = np.concatenate([first, np.take(sums, range(x.shape[axis] - 1), axis)], axis)
    return np.flip(sums, axis) if reverse else sums


def numpy_structure():
    for dtype in FLOATS:
        for a, b in (((2, 3), (3, 4)), ((2, 0), (0, 3)), ((5, 2, 3), (3, 4)), ((4, 1, 2, 3), (5, 3, 2)), ((3, 60), (60, 2))):
            x, y = values(dtype, *a), values(dtype, *b)
            yield entry("matmul", [x, y], np.matmul(x, y))
    for dtype in NUMERIC + ("bool",):
        x = values(dtype, 2, 3, 4)
        yield entry("reshape", [x], x.reshape(4, 6), shape=(4, 6))
        yield entry("transpose", [x], x.transpose(2, 0, 1), permutation=(2, 0, 1))
        yield entry("broadcast", [x[:, :1]], np.broadcast_to(x[:, :1], (3, 2, 5, 4)), shape=(3, 2, 5, 4))
        yield entry("concat", [x, x[:, :1]], np.concatenate([x, x[:, :1]], 1), axis=1)
        yield entry("slice", [x], x[:, :, 3::-2], axis=2, start=3, length=2, step=-2)
        yield entry("slice", [x], x[:, 1:], axis=1, start=1, length=2, step=1)
        if dtype != "bool":
            yield entry("pad", [x], np.pad(x, ((0, 0), (1, 2), (0, 0)), constant_values=5), axis=1, before=1, after=2, value=5.0)
        for index_dtype in INTEGERS:
            indices = np.array([[2, 0], [2, 1]], index_dtype)
            yield entry("gather", [x, indices], np.take(x, indices, 1), axis=1)
            if dtype != "bool":
                slices = values(dtype, 3, 2, 2, 2)
                target = np.zeros((3, 4, 2), dtype)
                np.add.at(target, (slice(None), indices), slices)
                yield entry("scatter_add", [slices, indices], target, axis=1, size=4)
        for other in NUMERIC + ("bool",):
            yield entry("cast", [x], x.astype(other), dtype=other)


def from_numpy():
    with np.errstate(all="ignore"):
        for part in (numpy_elementwise, numpy_reductions, numpy_structure):
            yield from part()


# ---------------------------------------------------------------- primitives and derivatives by PyTorch

TORCH_UNARY = {
    "neg": torch.neg, "abs": torch.abs, "sign": torch.sign, "floor": torch.floor, "exp": torch.exp, "expm1": torch.expm1,
    "log": torch.log, "log1p": torch.log1p, "sqrt": torch.sqrt, "sin": torch.sin, "cos": torch.cos, "tan": torch.tan,
    "tanh": torch.tanh, "sigmoid": torch.sigmoid, "erf": torch.erf,
}
TORCH_BINARY = {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "pow": torch.pow, "max": torch.maximum,
    "min": torch.minimum,
}
POSITIVE = ("log", "log1p", "sqrt")


def with_gradients(op, function, *inputs, **attributes):
    """The value, and the gradients of the sum of (value times 1, 2, 3, ...) by the floating inputs."""
    tensors = [torch.tensor(x, requires_grad=np.asarray(x).dtype.kind == "f") for x in inputs]
    y = function(*tensors)
    result = entry(op, inputs, y.detach().numpy(), **attributes)
    smooth = [t for t in tensors if t.requires_grad]
    weights = torch.arange(1, y.numel() + 1, dtype=y.dtype).reshape(y.shape)
    gradients = torch.autograd.grad((y * weights).sum(), smooth)
    result["gradients"] = [array(g.numpy()) for g in gradients]
    return result


def from_torch():
    for op, function in TORCH_UNARY.items():
        for dtype in FLOATS:
            x = values(dtype, 3, 4)
            yield with_gradients(op, function, np.abs(x) if op in POSITIVE else x)
    for op, function in TORCH_BINARY.items():
        for a, b in (((2, 3), (2, 3)), ((3,), (2, 3)), ((2, 1, 2), (3, 1))):
            yield with_gradients(op, function, np.abs(values("float64", *a)) + 0.1, values("float64", *b))
    tied = np.array([1.0, 2, 3]), np.array([2.0, 2, 2])
    yield with_gradients("max", torch.maximum, *tied)
    yield with_gradients("min", torch.minimum, *tied)
    # The exponent is an input too, whose derivative at 0 to the power 0 PyTorch leaves at -infinity or 0 by version: not asked for.
    yield with_gradients("pow", torch.pow, np.array([0.0, 0, 3]), np.array([2.0, 1, 0]))
    for axes in ((1,), (0, 2), (0, 1, 2)):
        x = values("float64", 2, 3, 2)
        for keep in (False, True):
            yield with_gradients("sum", lambda t: torch.sum(t, axes, keep), x, axes=axes, keep=keep)
            yield with_gradients("mean", lambda t: torch.mean(t, axes, keep), x, axes=axes, keep=keep)
            yield with_gradients("reduce_max", lambda t: torch.amax(t, axes, keep), x, axes=axes, keep=keep)
            yield with_gradients("reduce_min", lambda t: torch.amin(t, axes, keep), x, axes=axes, keep=keep)
    ties = np.array([[4.0, 1, 4, 4], [0, 0, 1, 0]])
    yield with_gradients("reduce_max", lambda t: torch.amax(t, 1), ties, axes=(1,), keep=False)
    yield with_gradients("reduce_min", lambda t: torch.amin(t, 1), ties, axes=(1,), keep=False)
    zeros = np.array([[2.0, 0, 3], [0, 5, 0], [2, 3, 4]])
    yield with_gradients("prod", lambda t: torch.prod(t, 1), zeros, axes=(1,), keep=False)
    for a, b in (((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((4, 1, 2, 3), (5, 3, 2))):
        for dtype in FLOATS:
            yield with_gradients("matmul", torch.matmul, values(dtype, *a), values(dtype, *b))
    yield with_gradients("cumsum", lambda t: torch.cumsum(t, 0), values("float64", 4, 2), axis=0, exclusive=False, reverse=False)
    indices = np.array([2, 0, 2, 1])
    yield with_gradients("gather", lambda t, i: torch.index_select(t, 1, i), values("float64", 2, 3), indices, axis=1)
    yield with_gradients(
        "scatter_add", lambda t, i: torch.zeros(2, 5, dtype=t.dtype).index_add(1, i, t), values("float64", 2, 4), indices, axis=1, size=5)
    yield with_gradients("select", torch.where, values("bool", 3, 1), values("float64", 4), values("float64", 3, 4))


def main():
    write("functions.json", {"mpmath": mpmath.__version__}, functions())
    write("numpy.json", {"numpy": np.__version__, "scipy": scipy.__version__}, from_numpy())
    write("torch.json", {"torch": torch.__version__, "numpy": np.__version__}, from_torch())


if __name__ == "__main__":
    sys.exit(main())
