"""What is written is read back: arrays in any order in memory, for all whom the umask lets read."""

import os
import stat

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from artnb.runs.arrays import save_arrays
from artnb.runs.snapshots import read_snapshot, save_weights

DRAWN = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
ARRAYS = {
    "transposed": DRAWN.transpose(2, 0, 1),
    "reversed": DRAWN[::-1],
    "mirrored": DRAWN[:, :, ::-1],
    "fortran": np.asfortranarray(DRAWN),
    "every other": DRAWN[:, ::2],
    "spread": np.broadcast_to(DRAWN[:1], DRAWN.shape),
    "scalar": np.array(2.5, np.float32),
    "empty": np.zeros((0, 3), np.float32),
    "big endian": DRAWN.astype(">f4"),
    "float16": np.asarray(np.asfortranarray(DRAWN), np.float16),
    "numbers": np.arange(12, dtype=np.int64).reshape(3, 4).T,
    "flags": np.array([[True, False], [True, True]]).T,
}


@pytest.mark.parametrize("name", ARRAYS)
def test_what_is_written_is_read_back(tmp_path, name):
    path, array = tmp_path / "arrays.safetensors", ARRAYS[name]
    save_arrays(path, {name: array})
    read = load_file(path)[name]
    assert (read.shape, read.dtype) == (array.shape, array.dtype.newbyteorder("="))
    np.testing.assert_array_equal(read, array)


def test_several_arrays_and_words_share_a_file(tmp_path):
    path = tmp_path / "arrays.safetensors"
    save_arrays(path, ARRAYS, {"facts": "{}"})
    with safe_open(path, framework="numpy") as file:
        assert file.metadata() == {"facts": "{}"}
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(file.get_tensor(name), array, err_msg=name)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_snapshot_holds_its_weights_whatever_their_order(tmp_path, dtype):
    weights = [DRAWN.T, DRAWN[::-1], np.asfortranarray(DRAWN)]
    save_weights(tmp_path / "one.safetensors", {"generator_g": weights}, {}, dtype)
    read = read_snapshot(tmp_path / "one.safetensors", "generator_g")
    for one, other in zip(read, weights, strict=True):
        np.testing.assert_array_equal(one, other.astype(dtype))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_who_may_read_a_file_is_what_the_umask_says(tmp_path, mask):
    before = os.umask(mask)
    try:
        save_weights(tmp_path / "one.safetensors", {"generator_g": [DRAWN]}, {}, np.float16)
        save_arrays(tmp_path / "one.safetensors", {"again": DRAWN})
        (tmp_path / "text").write_text("of the same kind")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("one.safetensors", "text")]
    assert modes == [0o666 & ~mask] * 2
