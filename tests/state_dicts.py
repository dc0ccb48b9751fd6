"""PyTorch's two file formats written by hand, for files that PyTorch would not write.

Values are given as the opcodes that leave them on a pickle's stack; see CPython's pickletools.
"""

import pickle
import struct
import zipfile

MAGIC = 0x1950A86A20F9469CFC6C


def plain(value):
    """Push a number, a string, or a tuple or dictionary of them."""
    return pickle.dumps(value, protocol=2)[2:-1]


def named(module, name):
    """Push what a module calls by a name."""
    return f"c{module}\n{name}\n".encode()


def called(function, *arguments):
    return function + b"(" + b"".join(arguments) + b"tR"


def storage(key, length, kind="FloatStorage"):
    known = plain("storage"), named("torch", kind), plain(key), plain("cpu"), plain(length)
    return b"(" + b"".join(known) + b"tQ"


def tensor(stored, shape, strides=None, offset=0):
    if strides is None:
        strides = tuple(_product(shape[axis + 1 :]) for axis in range(len(shape)))
    arguments = [stored, *map(plain, (offset, tuple(shape), tuple(strides), False))]
    hooks = called(named("collections", "OrderedDict"))
    return called(named("torch._utils", "_rebuild_tensor_v2"), *arguments, hooks)


def _product(lengths):
    product = 1
    for length in lengths:
        product *= length
    return product


def dictionary(entries):
    return b"}(" + b"".join(plain(key) + value for key, value in entries.items()) + b"u"


def write_zip(path, value, storages, byteorder=b"little", compression=zipfile.ZIP_STORED):
    """Write the format of PyTorch 1.6 and later; storages are bytes under their keys."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02" + value + b".")
        archive.writestr("archive/byteorder", byteorder)
        for key, raw in storages.items():
            archive.writestr(f"archive/data/{key}", raw)
    return path


def write_legacy(path, value, storages, item_bytes=4, little_endian=True):
    """Write the format before; every storage has values of the same size."""
    head = [MAGIC, 1001, {"little_endian": little_endian}]
    with path.open("wb") as file:
        file.write(b"".join(pickle.dumps(part, protocol=2) for part in head))
        file.write(b"\x80\x02" + value + b"." + pickle.dumps(list(storages), protocol=2))
        for raw in storages.values():
            file.write(struct.pack("<q", len(raw) // item_bytes) + raw)
    return path


def write_arrays(path, arrays):
    """Write float32 arrays as a state dict in the zip format."""
    entries = {
        name: tensor(storage(str(key), array.size), array.shape)
        for key, (name, array) in enumerate(arrays.items())
    }
    storages = {str(key): array.tobytes() for key, array in enumerate(arrays.values())}
    return write_zip(path, dictionary(entries), storages)
