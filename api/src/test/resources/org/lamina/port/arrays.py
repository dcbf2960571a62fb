"""Writes the data sets of HdfStorageTest with h5py 3.16 (HDF5 2.0): python arrays.py"""
import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

W = np.arange(12, dtype="f4").reshape(3, 4)


def new(name):
    return h5py.File(name + ".h5", "w")


def low(name, kind, data, fill=None, chunk=None, filters=(), memory=h5t.NATIVE_FLOAT):
    with new(name) as f:
        plist = h5p.create(h5p.DATASET_CREATE)
        if chunk:
            plist.set_chunk(chunk)
        for add in filters:
            add(plist)
        d = h5d.create(f.id, b"w", kind, h5s.create_simple(data.shape), plist)
        d.write(h5s.ALL, h5s.ALL, data, memory)


def changed(change, base=h5t.IEEE_F32LE):
    kind = base.copy()
    change(kind)
    return kind


with new("whole") as f:
    f.create_dataset("contiguous", data=W)
    f.create_dataset("chunked", data=W, chunks=(2, 3), compression="gzip", shuffle=True, fillvalue=7)
    f.create_dataset("summed", data=W, chunks=(3, 4), fletcher32=True)
    f.create_dataset("big", data=W.astype(">f4"), chunks=(2, 2))
    f.create_dataset("half", data=W.astype("f2"))
    f.create_dataset("double", data=W.astype("f8"))
    f.create_dataset("long", data=W.astype("i8"))
    f.create_dataset("scalar", data=np.float32(0.1))
    f.create_dataset("empty", data=np.zeros((0, 3), "f4"))
with new("part") as f:
    d = f.create_dataset("w", (4, 4), "f4", chunks=(2, 2), fillvalue=7)
    d[:2] = 1
with new("nothing") as f:
    f.create_dataset("w", (4, 4), "f4", chunks=(2, 2), fillvalue=7)
with new("unallocated") as f:
    f.create_dataset("w", (4, 4), "f4", fillvalue=7)
with h5py.File("latest.h5", "w", libver="latest") as f:
    d = f.create_dataset("w", (4, 4), "f4", chunks=(2, 2), fillvalue=7)
    d[:2] = 1
low("bias", changed(lambda k: k.set_ebias(126)), W)
low("mantissa", changed(lambda k: k.set_fields(31, 22, 9, 0, 22)), W)
low("bfloat16", changed(lambda k: (k.set_fields(15, 7, 8, 0, 7), k.set_size(2), k.set_ebias(127))), W)
low("precision", changed(lambda k: k.set_precision(24), h5t.STD_I32LE), W.astype("i4"), memory=h5t.NATIVE_INT32)
low("bitfield", h5t.STD_B32LE, W.astype("i4"), memory=h5t.STD_B32LE)
low("vax", h5t.VAX_F32, W) if hasattr(h5t, "VAX_F32") else None
with new("opaque") as f:
    f.create_dataset("w", data=np.frombuffer(W.astype("f2").tobytes(), "V2"))
with new("shuffled") as f:
    f.create_dataset("w", data=W, chunks=(3, 4), shuffle=True)
with new("lzf") as f:
    f.create_dataset("w", data=W, chunks=(3, 4), compression="lzf")
with new("unfiltered") as f:
    d = f.create_dataset("w", (3, 4), "f4", chunks=(3, 4), compression="gzip", fletcher32=True)
    d.id.write_direct_chunk((0, 0), W.tobytes(), filter_mask=3)
with new("committed") as f:
    f["kind"] = np.dtype("f4")
    f.create_dataset("w", data=W, dtype=f["kind"])
