"""Made numpy.npz, compressed.npz and version-*.npy beside it with NumPy 2.4.6; run again only to add a file."""

import numpy as np
from numpy.lib import format

np.savez(
    "numpy.npz",
    float32=np.array([[1.5, -0.0, np.inf], [np.nan, 1e-45, 3.0]], np.float32),
    float64=np.array(np.pi),
    int32=np.array([-(2**31), 2**31 - 1], np.int32),
    int64=np.array([[-(2**63)], [2**63 - 1]], np.int64),
    bool=np.array([True, False]),
    empty=np.zeros((2, 0, 3), np.float32),
    big=np.array([1.0, 2.0, -3.0], ">f8"),
    fortran=np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 4)),
)
np.savez_compressed("compressed.npz", x=np.arange(1000, dtype=np.int64))
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(f"version-{version[0]}.npy", "wb") as out:
        format.write_array(out, np.arange(6, dtype=np.float32).reshape(2, 3), version)
