"""Prints losses and their gradients by the prediction, in float64: name, loss, gradients, separated by tabs.

Written to be compared with Lamina's: python3 pytorch_loss_functions.py > pytorch-loss-functions.tsv
Made with Python 3.11.2 and PyTorch 1.13.1 (Debian 1.13.1+dfsg-4) on Linux x86_64.
"""

import platform

import torch
from torch.nn import functional

PREDICTION = [[0.5, -1.25, 3.0], [-40.0, 0.0, 60.0]]
REAL = [[0.25, -1.0, -2.0], [-40.0, 1.0, 59.5]]
LABELS = [2, 0]
SHARES = [[0.0, 0.25, 1.0], [1.0, 0.5, 0.0]]

LOSSES = {
    "cross-entropy": lambda x: functional.cross_entropy(x, torch.tensor(LABELS)),
    "mse": lambda x: functional.mse_loss(x, torch.tensor(REAL, dtype=torch.float64)),
    "binary-cross-entropy": lambda x: functional.binary_cross_entropy_with_logits(
        x, torch.tensor(SHARES, dtype=torch.float64)
    ),
    "huber:delta=0.5": lambda x: functional.huber_loss(x, torch.tensor(REAL, dtype=torch.float64), delta=0.5),
}

print("#", "python", platform.python_version(), "torch", torch.__version__)
for name, loss in LOSSES.items():
    x = torch.tensor(PREDICTION, dtype=torch.float64, requires_grad=True)
    value = loss(x)
    value.backward()
    print(name, repr(value.item()), *map(repr, x.grad.flatten().tolist()), sep="\t")
