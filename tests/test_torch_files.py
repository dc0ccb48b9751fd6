"""State dicts of PyTorch without PyTorch, and files that ask for more."""

import zipfile
from pathlib import Path
from pickletools import genops

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.files import sha256_of
from artnb.torch_files import is_torch_file, read_state_dict, write_state_dict
from tests.golden.written_state import STATE
from tests.state_dicts import (
    called,
    dictionary,
    named,
    plain,
    storage,
    tensor,
    write_arrays,
    write_legacy,
    write_zip,
)

GOLDEN = Path(__file__).parent / "golden"
FORMATS = {"zip": write_zip, "legacy": write_legacy}
FOUR = np.arange(4, dtype="<f4").tobytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_files_of_pytorch_are_read(kind):
    tensors = read_state_dict(GOLDEN / f"state_dict_{kind}.pth")
    matrix = np.arange(24, dtype=np.float32).reshape(4, 6) / 8
    expected = {
        "matrix": matrix,
        "transposed": matrix.T,
        "every_other": matrix[1:, ::2],
        "half": np.linspace(-1, 1, 5, dtype=np.float16),
        "brain": np.array([1, -2.5, 3e38], np.float32),
        "counts": np.array([-(2**40), 0, 2**40]),
        "scalar": np.array(2.5),
        "empty": np.zeros((0, 3), np.float32),
        "flags": np.array([True, False]),
        "unsigned": np.array([1, 65535], np.uint16),
    }
    assert list(tensors) == list(expected)
    for name, values in expected.items():
        assert (tensors[name].dtype, tensors[name].shape) == (values.dtype, values.shape), name
        # bfloat16 keeps 8 bits of a number
        np.testing.assert_allclose(tensors[name], values, rtol=2**-8 if name == "brain" else 0)


@pytest.mark.parametrize("kind", FORMATS)
def test_shared_storages_stay_shared_and_safe(kind):
    tensors = read_state_dict(GOLDEN / f"state_dict_{kind}.pth")
    assert np.shares_memory(tensors["matrix"], tensors["transposed"])
    with pytest.raises(ValueError, match="read-only"):
        tensors["matrix"][0, 0] = 1


def test_nested_dictionaries_are_joined_by_dots_and_other_entries_left_out():
    tensors = read_state_dict(GOLDEN / "checkpoint_zip.pth")
    assert set(tensors) == {
        *(f"state_dict.{name}" for name in ("weight", "bias", "running_mean", "running_var")),
        "state_dict.num_batches_tracked",
        "scale",
    }
    np.testing.assert_array_equal(tensors["scale"], [1, 1])


def test_begins_like_a_file_of_pytorch(tmp_path):
    (tmp_path / "page.pth").write_text("<html>")
    assert is_torch_file(GOLDEN / "state_dict_zip.pth")
    assert is_torch_file(GOLDEN / "state_dict_legacy.pth")
    assert not is_torch_file(tmp_path / "page.pth")
    assert not is_torch_file(tmp_path / "absent.pth")


@pytest.mark.parametrize("kind", FORMATS)
def test_code_is_refused_by_name_and_not_run(kind, tmp_path):
    touched = tmp_path / "touched"
    attack = called(named("os", "system"), plain(f"touch {touched}"))
    path = FORMATS[kind](tmp_path / "evil.pth", dictionary({"weight": attack}), {})
    with pytest.raises(InputError, match=r"evil\.pth .* asks for os\.system"):
        read_state_dict(path)
    assert not touched.exists()


@pytest.mark.parametrize(
    "function",
    [
        ("builtins", "eval"),
        ("collections", "OrderedDict.fromkeys"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("torch.nn.modules.container", "Sequential"),
        ("torch._utils", "_rebuild_sparse_tensor"),
    ],
)
def test_all_but_tensors_is_refused(function, tmp_path):
    path = write_zip(tmp_path / "model.pth", dictionary({"a": named(*function)}), {})
    with pytest.raises(InputError, match=f"asks for {'.'.join(function)}, which no state dict"):
        read_state_dict(path)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "view",
    [
        {"shape": (5,)},
        {"shape": (2,), "offset": 3},
        {"shape": (2, 2), "strides": (3, 1)},
        {"shape": (2**40,), "strides": (0,)},
        {"shape": (2**40, 2**40)},
    ],
)
def test_tensors_stay_within_their_storage(kind, view, tmp_path):
    entries = dictionary({"weight": tensor(storage("0", 4), **view)})
    path = FORMATS[kind](tmp_path / "reaching.pth", entries, {"0": FOUR})
    with pytest.raises(InputError, match="reaches beyond its storage"):
        read_state_dict(path)


@pytest.mark.parametrize(
    "view",
    [
        {"shape": (2,), "strides": (-1,), "offset": 1},
        {"shape": (2,), "offset": -1},
        {"shape": (1.0,), "strides": (1,)},
    ],
)
def test_shapes_are_counts(view, tmp_path):
    entries = dictionary({"weight": tensor(storage("0", 4), **view)})
    with pytest.raises(InputError, match="no counts"):
        read_state_dict(write_zip(tmp_path / "odd.pth", entries, {"0": FOUR}))


@pytest.mark.parametrize(("kind", "what"), [("zip", "bytes lie where"), ("legacy", "has 4 values")])
def test_storages_have_the_size_they_claim(kind, what, tmp_path):
    entries = dictionary({"weight": tensor(storage("0", 2**50), (4,))})
    path = FORMATS[kind](tmp_path / "claims.pth", entries, {"0": FOUR})
    with pytest.raises(InputError, match=what):
        read_state_dict(path)


def test_one_storage_has_one_type(tmp_path):
    two_types = {
        "a": tensor(storage("0", 4), (4,)),
        "b": tensor(storage("0", 4, "IntStorage"), (4,)),
    }
    with pytest.raises(InputError, match="describes the storage 0 in two ways"):
        read_state_dict(write_zip(tmp_path / "twice.pth", dictionary(two_types), {"0": FOUR}))


def test_an_archive_that_grows_is_refused(tmp_path):
    entries = dictionary({"weight": tensor(storage("0", 10**6), (10**6,))})
    path = write_zip(
        tmp_path / "bomb.pth", entries, {"0": bytes(4 * 10**6)}, compression=zipfile.ZIP_DEFLATED
    )
    with pytest.raises(InputError, match="compressed, as PyTorch never does"):
        read_state_dict(path)


def test_big_endian_values_are_refused(tmp_path):
    entries = dictionary({"weight": tensor(storage("0", 4), (4,))})
    zipped = write_zip(tmp_path / "zip.pth", entries, {"0": FOUR}, byteorder=b"big")
    legacy = write_legacy(tmp_path / "legacy.pth", entries, {"0": FOUR}, little_endian=False)
    for path in (zipped, legacy):
        with pytest.raises(InputError, match="big-endian"):
            read_state_dict(path)


def test_a_dictionary_within_itself_is_walked_once(tmp_path):
    weight = plain("weight") + tensor(storage("0", 4), (4,))
    # the dictionary is remembered under number 9, and then put into itself
    itself = b"}r\x09\x00\x00\x00(" + weight + plain("again") + b"j\x09\x00\x00\x00u"
    tensors = read_state_dict(write_zip(tmp_path / "cycle.pth", itself, {"0": FOUR}))
    assert list(tensors) == ["weight"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_pickle_that_remembers_too_much_is_refused(kind, tmp_path):
    # "remember under number 2³¹ - 1" would make Python take 32 GiB
    path = FORMATS[kind](tmp_path / "memo.pth", b"}r\xff\xff\xff\x7f", {})
    with pytest.raises(InputError, match="asks for more memory than tensors need"):
        read_state_dict(path)


def test_a_lone_tensor_is_no_state_dict(tmp_path):
    path = write_zip(tmp_path / "lone.pth", tensor(storage("0", 4), (4,)), {"0": FOUR})
    with pytest.raises(InputError, match="holds no dictionary"):
        read_state_dict(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_cut_short_is_refused(kind, tmp_path):
    whole = (GOLDEN / f"state_dict_{kind}.pth").read_bytes()
    path = tmp_path / "short.pth"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match=r"short\.pth must be a state dict"):
            read_state_dict(path)


def refused_of_damaged(whole, path, every):
    """Turn one byte at a time round; count what is refused, while the rest is read."""
    refused = 0
    for position in range(0, len(whole), every):
        damaged = bytearray(whole)
        damaged[position] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read_state_dict(path)
        except InputError:
            refused += 1
    return refused


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_file_gives_tensors_or_an_input_error(kind, tmp_path):
    whole = (GOLDEN / f"state_dict_{kind}.pth").read_bytes()
    assert refused_of_damaged(whole, tmp_path / "damaged.pth", 5) > len(whole) / 5 / 4


def test_other_files_are_refused_with_advice(tmp_path):
    page = tmp_path / "page.pth"
    page.write_text("<html>404</html>")
    with pytest.raises(InputError, match="of another kind; download it again, or save"):
        read_state_dict(page)
    other = tmp_path / "other.pth"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme", "hello")
    with pytest.raises(InputError, match=r"without PyTorch's data\.pkl"):
        read_state_dict(other)
    with pytest.raises(InputError, match=r"absent\.pth cannot be read .*check the path"):
        read_state_dict(tmp_path / "absent.pth")


def test_handmade_files_are_read_too(tmp_path):
    arrays = {"weight": np.arange(6, dtype=np.float32).reshape(1, 2, 3), "bias": np.ones(2, "f4")}
    tensors = read_state_dict(write_arrays(tmp_path / "arrays.pth", arrays))
    for name, values in arrays.items():
        np.testing.assert_array_equal(tensors[name], values)


def test_what_is_written_is_read_back(tmp_path):
    write_state_dict(tmp_path / "own.pth", STATE)
    back = read_state_dict(tmp_path / "own.pth")
    assert list(back) == list(STATE)
    for name, values in STATE.items():
        np.testing.assert_array_equal(back[name], values)
        assert (back[name].dtype, back[name].shape) == (
            values.dtype.newbyteorder("="),
            values.shape,
        ), name


def test_pytorch_has_loaded_such_a_file(tmp_path):
    """`golden/make_torch_export.py` wrote these very bytes, and PyTorch gave the same tensors."""
    write_state_dict(tmp_path / "own.pth", STATE)
    golden = np.load(GOLDEN / "export_torch.npz")
    assert sha256_of(tmp_path / "own.pth") == golden["state/sha256"].item()


def test_storages_begin_where_memory_maps_want_them(tmp_path):
    write_state_dict(tmp_path / "own.pth", STATE)
    raw = (tmp_path / "own.pth").read_bytes()
    for name, values in STATE.items():
        if values.size:
            contents = values.astype(values.dtype.newbyteorder("<"), order="C").tobytes()
            starts = [start for start in range(0, len(raw), 64) if raw[start:].startswith(contents)]
            assert starts, name


def test_what_is_written_asks_for_tensors_alone(tmp_path):
    write_state_dict(tmp_path / "own.pth", STATE)
    pickled = zipfile.ZipFile(tmp_path / "own.pth").read("archive/data.pkl")
    asked = {argument for opcode, argument, _ in genops(pickled) if opcode.name == "GLOBAL"}
    storages = {name for name in asked if name.endswith("Storage")}
    assert asked - storages == {"collections OrderedDict", "torch._utils _rebuild_tensor_v2"}
    assert {name.partition(" ")[0] for name in storages} == {"torch"}


@pytest.mark.parametrize("kind", [np.complex64, np.str_, np.longdouble])
def test_arrays_that_pytorch_has_not_are_refused(kind, tmp_path):
    with pytest.raises(InputError, match=r"floats, integers and booleans, and odd is"):
        write_state_dict(tmp_path / "own.pth", {"odd": np.zeros(2, kind)})
    assert not list(tmp_path.iterdir())


def test_an_existing_file_stays_when_writing_fails(tmp_path, monkeypatch):
    (tmp_path / "own.pth").write_text("mine")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_state_dict(tmp_path / "own.pth", STATE)
    assert (tmp_path / "own.pth").read_text() == "mine"


@pytest.fixture(scope="module")
def networks(tmp_path_factory):
    """Networks with their code, and state dicts, as PyTorch saved them."""
    folder = tmp_path_factory.mktemp("networks")
    for name in ("torchscript", "torch_generators"):
        with zipfile.ZipFile(GOLDEN / f"{name}.zip") as archive:
            archive.extractall(folder)
    return folder


def test_traced_networks_have_the_tensors_of_their_state_dict(networks):
    tensors = read_state_dict(networks / "traced.pt")
    expected = read_state_dict(networks / "affine.pth")
    assert list(tensors) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(tensors[name], values, err_msg=name)


def test_scripted_networks_have_all_parameters_and_buffers(networks):
    """The names are those that PyTorch gives, and `loose`, which is neither."""
    tensors = read_state_dict(networks / "scripted.pt")
    shapes = {
        "layers.0.weight": (2, 3, 3, 3),
        **{f"layers.1.{name}": (2,) for name in ("weight", "bias", "running_mean", "running_var")},
        **{"layers.0.bias": (2,), "layers.1.num_batches_tracked": ()},
        **{f"{name}.weight": (2, 2) for name in ("tied", "again")},
        **{f"{name}.bias": (2,) for name in ("tied", "again")},
        **{f"recurrent.weight_{name}_l0": (4, 1) for name in ("ih", "hh")},
        **{f"recurrent.bias_{name}_l0": (4,) for name in ("ih", "hh")},
        **{"brain": (3,), "turned": (3, 2), "loose": (4,)},
    }
    assert {name: values.shape for name, values in tensors.items()} == shapes
    for name, values in tensors.items():
        step = 1 if name in ("loose", "layers.1.num_batches_tracked") else 1 / 8
        expected = np.arange(values.size).reshape(values.shape) * step
        np.testing.assert_array_equal(values, expected, err_msg=name)
    assert np.shares_memory(tensors["tied.weight"], tensors["again.weight"])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("frozen", r"weights have no names, .*; save the network before it is frozen"),
        ("packed", r"asks for torch\._utils\._rebuild_qtensor"),
    ],
)
def test_torchscript_without_tensors_by_name_is_refused(name, why, networks):
    with pytest.raises(InputError, match=rf"{name}\.pt must be a state dict or TorchScript.*{why}"):
        read_state_dict(networks / f"{name}.pt")


def script_object(state):
    """Push an object of a program's own class with some state."""
    return named("__torch__.networks.___torch_mangle_0", "Generator") + b")\x81" + state + b"b"


def write_script(path, value, code):
    write_zip(path, value, {"0": FOUR})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/constants.pkl", b"\x80\x02).")
        archive.writestr("archive/code/__torch__/networks.py", code)
    return path


def test_code_is_neither_run_nor_unpacked(tmp_path):
    """However much it would be: what is compressed is never read."""
    inner = script_object(dictionary({"weight": tensor(storage("0", 4), (4,))}))
    outer = script_object(dictionary({"training": plain(True), "layers": inner}))
    path = write_script(tmp_path / "small.pt", outer, "raise SystemExit\n" * 10**5)
    tensors = read_state_dict(path)
    assert list(tensors) == ["layers.weight"]
    np.testing.assert_array_equal(tensors["layers.weight"], np.arange(4, dtype="f4"))


def test_a_storage_cannot_hide_in_the_code(tmp_path):
    """Named like code, it would be left out when compressed bytes are counted."""
    entries = script_object(dictionary({"a": tensor(storage("../code/bomb", 10**6), (10**6,))}))
    path = write_script(tmp_path / "bomb.pt", entries, "")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data/../code/bomb", bytes(4 * 10**6))
    with pytest.raises(InputError, match="tensors are compressed, as PyTorch never does"):
        read_state_dict(path)


def test_a_state_in_a_way_of_its_own_is_refused(tmp_path):
    path = write_script(tmp_path / "own.pt", script_object(plain((1, 2))), "")
    with pytest.raises(InputError, match=r"own\.pt .* packs its weights in a way of its own"):
        read_state_dict(path)


@pytest.mark.parametrize("name", ["torch.jit._pickle.build_tensor_from_id", "torch.jit.load"])
def test_programs_may_not_ask_for_more(name, tmp_path):
    asked = script_object(dictionary({"a": named(*name.rsplit(".", 1))}))
    with pytest.raises(InputError, match=f"asks for {name}"):
        read_state_dict(write_script(tmp_path / "asks.pt", asked, ""))


def test_damaged_torchscript_gives_tensors_or_an_input_error(networks, tmp_path):
    whole = (networks / "scripted.pt").read_bytes()
    assert refused_of_damaged(whole, tmp_path / "damaged.pt", 211) > len(whole) / 211 / 10


def test_an_exported_program_is_named(tmp_path):
    path = tmp_path / "program.pt2"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("program/data/weights/weight_0", bytes(16))
        archive.writestr("program/models/model.json", "{}")
        archive.writestr("program/archive_format", "pt2")
    with pytest.raises(InputError, match=r"torch\.export, .*torch\.export\.load.*\.state_dict"):
        read_state_dict(path)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("left", [0.05, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_said_to_be(kind, left, tmp_path):
    whole = (GOLDEN / f"state_dict_{kind}.pth").read_bytes()
    path = tmp_path / "short.pth"
    path.write_bytes(whole[: int(left * len(whole))])
    with pytest.raises(InputError, match=r"it ends too early, after [\d,]+ bytes.* download it"):
        read_state_dict(path)


# What training programs keep beside a network: the run's arguments, paths, losses, sizes.
BESIDE = {
    "argparse.Namespace": called(named("argparse", "Namespace")) + plain({"lr": 1}) + b"b",
    "pathlib.PosixPath": called(named("pathlib", "PosixPath"), plain("outputs")),
    "numpy scalar": called(
        named("numpy._core.multiarray", "scalar"),
        called(named("numpy", "dtype"), plain("f8")),
        called(named("_codecs", "encode"), plain("\x00" * 8), plain("latin1")),
    ),
    "torch.Size": called(named("torch", "Size"), plain((3, 3))),
    "torch.device": called(named("torch", "device"), plain("cpu")),
    "defaultdict": called(named("collections", "defaultdict"), named("__builtin__", "int")),
    "Lightning's hyperparameters": called(named("lightning_fabric.utilities.data", "AttributeDict"))
    + plain("lr") + plain(1) + b"s",
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("beside", BESIDE)
def test_what_training_programs_keep_beside_is_left_out(beside, kind, tmp_path):
    entries = dictionary({"args": BESIDE[beside], "weight": tensor(storage("0", 4), (4,))})
    path = FORMATS[kind](tmp_path / "training.pth", entries, {"0": FOUR})
    tensors = read_state_dict(path)
    assert list(tensors) == ["weight"]
    np.testing.assert_array_equal(tensors["weight"], np.arange(4, dtype="f4"))


def test_what_is_left_out_cannot_be_changed_for_other_files(tmp_path):
    """A state that is given to the class, not to an object, would outlive the file."""
    changed = named("pathlib", "PosixPath") + plain({"append": 1}) + b"b"
    path = write_zip(tmp_path / "odd.pth", dictionary({"a": changed}), {})
    with pytest.raises(InputError, match=r"odd\.pth must be a state dict"):
        read_state_dict(path)
