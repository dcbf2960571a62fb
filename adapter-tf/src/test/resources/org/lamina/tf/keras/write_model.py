#!/usr/bin/env python3
"""Writes a model of Keras' own layers for TfFormatTest: the SavedModel that Keras exports, here with Lamina's layer.json, and
expected.safetensors, an input x and the output y, with the channels first.

Made with Keras 3.15.1 on TensorFlow 2.21.0; the build does not run it.

    KERAS_BACKEND=tensorflow python3 write_model.py
"""

import json

import keras
import numpy
from keras import layers
from safetensors.numpy import save_file

generator = numpy.random.default_rng(20240607)
net = keras.Sequential(
    [
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(epsilon=1e-5),
        layers.Flatten(),
        layers.Dense(5, activation="tanh"),
        layers.Dense(3),
    ]
)
net.build((None, 6, 6, 2))
for variable in net.variables:
    spread = generator.uniform(0.5, 1.5, variable.shape) if "variance" in variable.path else 0.5 * generator.normal(size=variable.shape)
    variable.assign(spread.astype("float32"))
net.export(".", verbose=False)
x = generator.normal(size=(3, 6, 6, 2)).astype("float32")
save_file(
    {"x": numpy.ascontiguousarray(numpy.moveaxis(x, -1, 1)), "y": numpy.asarray(net(x, training=False))},
    "expected.safetensors",
)
with open("layer.json", "w") as file:
    architecture = [
        {"type": "Conv2d", "filters": 4, "kernel": [3, 3]},
        {"type": "Relu"},
        {"type": "BatchNorm", "epsilon": 1e-5},
        {"type": "Flatten"},
        {"type": "Dense", "units": 5},
        {"type": "Tanh"},
        {"type": "Dense", "units": 3},
    ]
    json.dump({"type": "Sequential", "layers": architecture}, file, indent=2)
    file.write("\n")
