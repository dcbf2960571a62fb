"""Trains a small network by PyTorch in float64 and prints the loss before each of 36 steps, for many optimizers.

Written to be compared with Lamina's training: python3 pytorch_losses.py > pytorch-losses.tsv
Made with Python 3.11.2, PyTorch 1.13.1 (Debian 1.13.1+dfsg-4) and NumPy 1.24.2 on Linux x86_64.

The data are the first 500 digits, pixels divided by 16, in batches of 32 in order that wrap around. The network is
x W0 + b0, minus its mean over all elements, relu, times W1 + b1. The weights at the start are exact in binary up to
one division, so that another language can make the same: see weight().
"""

import gzip
import pathlib
import platform

import numpy
import torch

STEPS, BATCH, SAMPLES = 36, 32, 500
DIGITS = pathlib.Path(__file__).parents[5] / "main/resources/org/lamina/conformance/digits.csv.gz"


def weight(rows, columns, salt):
    i, j = numpy.meshgrid(numpy.arange(rows), numpy.arange(columns), indexing="ij")
    values = ((31 * i + 17 * j + 7 * i * j + salt) % 23 - 11) / 64.0
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def bias(size):
    return torch.zeros(size, dtype=torch.float64, requires_grad=True)


OPTIMIZERS = {
    "sgd:lr=0.1": lambda p: torch.optim.SGD(p, lr=0.1),
    "sgd:lr=0.1,weightDecay=0.05": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.05),
    "momentum:lr=0.05,momentum=0.9": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov:lr=0.05,momentum=0.9": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "adam:lr=0.01": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam:lr=0.01,beta1=0.8,beta2=0.95,epsilon=0.001,weightDecay=0.05": lambda p: torch.optim.Adam(
        p, lr=0.01, betas=(0.8, 0.95), eps=0.001, weight_decay=0.05
    ),
    "adamw:lr=0.01,weightDecay=0.1": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
    "rmsprop:lr=0.005": lambda p: torch.optim.RMSprop(p, lr=0.005),
    "rmsprop:lr=0.005,alpha=0.9,weightDecay=0.05": lambda p: torch.optim.RMSprop(
        p, lr=0.005, alpha=0.9, weight_decay=0.05
    ),
    "adagrad:lr=0.05": lambda p: torch.optim.Adagrad(p, lr=0.05),
}


def losses(make, clip=lambda parameters: None, schedule=None):
    rows = numpy.loadtxt(gzip.open(DIGITS), delimiter=",", max_rows=SAMPLES)
    images, labels = torch.tensor(rows[:, :64] / 16), torch.tensor(rows[:, 64].astype(numpy.int64))
    parameters = [weight(64, 16, 3), bias(16), weight(16, 10, 5), bias(10)]
    optimizer = make(parameters)
    scheduler = schedule(optimizer) if schedule else None
    for step in range(STEPS):
        chosen = (torch.arange(BATCH) + step * BATCH) % SAMPLES
        hidden = images[chosen] @ parameters[0] + parameters[1]
        logits = torch.relu(hidden - hidden.mean()) @ parameters[2] + parameters[3]
        loss = torch.nn.functional.cross_entropy(logits, labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        clip(parameters)
        optimizer.step()
        if scheduler:
            scheduler.step()
        yield loss.item()


def show(name, values):
    for step, loss in enumerate(values):
        print(name, step, repr(loss), sep="\t")


torch.set_num_threads(1)
print("#", "python", platform.python_version(), "torch", torch.__version__, "numpy", numpy.__version__)
for name, make in OPTIMIZERS.items():
    show(name, losses(make))
sgd, adam = OPTIMIZERS["sgd:lr=0.1"], OPTIMIZERS["adam:lr=0.01"]
show("sgd:lr=0.1 clip norm=0.1", losses(sgd, lambda p: torch.nn.utils.clip_grad_norm_(p, 0.1)))
show("sgd:lr=0.1 clip value=0.02", losses(sgd, lambda p: torch.nn.utils.clip_grad_value_(p, 0.02)))
schedulers = torch.optim.lr_scheduler
show("adam:lr=0.01 schedule step", losses(adam, schedule=lambda o: schedulers.StepLR(o, 10, 0.3)))
show("adam:lr=0.01 schedule exponential", losses(adam, schedule=lambda o: schedulers.ExponentialLR(o, 0.9)))
show("adam:lr=0.01 schedule cosine", losses(adam, schedule=lambda o: schedulers.CosineAnnealingLR(o, 36)))
show(
    "adam:lr=0.01 schedule warm-up",
    losses(adam, schedule=lambda o: schedulers.LinearLR(o, start_factor=1 / 8, total_iters=7)),
)
