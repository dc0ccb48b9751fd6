"""Pickles of modules: tensors come out, and nothing that a pickle asks for is run."""

import pickle
import pickletools
import zipfile
from pathlib import Path

import numpy as np
import pytest

from artnb.errors import InputError
from artnb.torch_files import is_plain_pickle, read_modules

GOLDEN = Path(__file__).with_name("golden")
RECONSTRUCT = ("torch_utils.persistence", "_reconstruct_persistent_obj")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stylegan2")
    with zipfile.ZipFile(GOLDEN / "stylegan2.zip") as archive:
        archive.extractall(folder)
    return folder


def call(function, *arguments):
    """Pickle a call of a function that need not be there."""
    module, name = function
    inner = b"".join(pickle.dumps(one, protocol=2)[2:-1] for one in arguments)
    return f"c{module}\n{name}\n".encode() + b"(" + inner + b"tR"


def write(path, *parts):
    path.write_bytes(b"\x80\x02" + b"".join(parts) + b".")
    return path


def refused(path):
    with pytest.raises(InputError) as error:
        read_modules(path)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("name", ["classes", "flat"])
def test_reads_tensors_of_nested_modules(name, files):
    modules = read_modules(files / f"{name}.pkl")
    assert set(modules) == {"G", "D", "G_ema"}
    tensors = modules["G_ema"].tensors()
    assert tensors["synthesis.b4.const"].shape == (8, 4, 4)
    assert tensors["synthesis.b8.conv0.noise_strength"].shape == ()
    assert tensors["mapping.w_avg"].dtype == np.float32
    assert modules["G"].tensors() == {}
    assert modules["G_ema"].settings["img_channels"] == 3
    assert modules["D"].class_name == "Discriminator"


def test_tells_pickles_from_files_of_pytorch(files, tmp_path):
    assert is_plain_pickle(files / "flat.pkl")
    assert not is_plain_pickle(files / "converted.pt")
    assert not is_plain_pickle(GOLDEN / "state_dict_legacy.pth")
    old = tmp_path / "old.pkl"
    old.write_bytes(pickle.dumps([1], protocol=0))
    assert is_plain_pickle(old)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_what_would_run_is_refused_by_name_and_not_run(protocol, tmp_path):
    class Evil:
        def __reduce__(self):
            import os

            return os.mkdir, (str(tmp_path / "was run"),)

    path = tmp_path / "evil.pkl"
    path.write_bytes(pickle.dumps({"G_ema": Evil()}, protocol=protocol))
    assert "it asks for posix.mkdir, which no network needs, and nothing in it was run" in refused(
        path
    )
    assert not (tmp_path / "was run").exists()


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (("os", "system"), "asks for os.system"),
        (("builtins", "eval"), "asks for builtins.eval"),
        (("builtins", "getattr"), "asks for builtins.getattr"),
        (("torch_utils.persistence", "_src_to_module"), "asks for torch_utils.persistence._src"),
        (("dnnlib.tflib.network", "Network"), "StyleGAN for TensorFlow; turn it into one for Py"),
        (("sklearn.cluster", "KMeans"), "it is a model of scikit-learn"),
    ],
)
def test_other_pickles_are_called_what_they_are(function, said, tmp_path):
    assert said in refused(write(tmp_path / "other.pkl", call(function, "true")))


def test_a_tuple_of_tensorflows_networks_is_called_so(tmp_path):
    """StyleGAN2's own pickles are three objects that set their state."""
    network = b"cdnnlib.tflib.network\nNetwork\n)\x81}b"
    assert "for TensorFlow" in refused(write(tmp_path / "ffhq.pkl", network * 3, b"\x87"))


@pytest.mark.parametrize("value", [[1, 2], {"weights": 3}, "text", 5, None])
def test_what_holds_no_network_is_refused(value, tmp_path):
    path = tmp_path / "plain.pkl"
    path.write_bytes(pickle.dumps(value))
    assert "network" in refused(path)


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_cut_file_is_refused(share, files, tmp_path):
    whole = (files / "classes.pkl").read_bytes()
    path = tmp_path / "cut.pkl"
    path.write_bytes(whole[: int(share * len(whole))])
    assert "damaged, cut off or of another kind" in refused(path)


def test_a_module_within_itself_ends(tmp_path):
    """The state is remembered under 0, and gets the module itself as one of its modules."""
    state = b"}q\x00X\x08\x00\x00\x00_modules}q\x01s"
    meta = b"}(" + entries(type="class", class_name="G") + text("state") + state + b"u"
    function = "c" + "\n".join(RECONSTRUCT) + "\n"
    module = function.encode() + b"(" + meta + b"tRq\x02"
    within = b"h\x01" + text("inner") + b"h\x02s0"
    path = write(tmp_path / "loop.pkl", module, within)
    assert read_modules(path)[""].tensors() == {}


def text(value):
    return pickletools.optimize(pickle.dumps(value, protocol=2))[2:-1]


def entries(**values):
    return b"".join(text(one) for pair in values.items() for one in pair)


def test_what_is_no_tensor_is_refused(tmp_path):
    state = {"_parameters": {"weight": [1.0]}, "_buffers": {}, "_modules": {}}
    meta = {"type": "class", "version": 6, "module_src": "", "class_name": "G", "state": state}
    module = read_modules(write(tmp_path / "odd.pkl", call(RECONSTRUCT, meta)))[""]
    with pytest.raises(InputError, match="weight is no tensor"):
        module.tensors()


def test_a_module_is_no_place_to_put_things(tmp_path):
    """BUILD changes what objects are; records cannot be changed."""
    meta = {"type": "class", "version": 6, "module_src": "", "class_name": "G", "state": {}}
    changed = pickle.dumps({"class_name": "other"}, protocol=2)[2:-1] + b"b"
    assert "damaged" in refused(write(tmp_path / "odd.pkl", call(RECONSTRUCT, meta), changed))


@pytest.mark.parametrize("length", [1 << 33, 1 << 62])
def test_what_is_declared_and_not_there_takes_no_memory(length, tmp_path):
    path = tmp_path / "long.pkl"
    path.write_bytes(b"\x80\x04\x8e" + length.to_bytes(8, "little") + b"abc.")
    assert "damaged" in refused(path)
    path.write_bytes(b"\x80\x04K\x01r" + b"\xff\xff\xff\x7f" + b".")
    assert "more memory" in refused(path)


def test_values_that_are_no_storage_are_refused(files, tmp_path):
    whole = (files / "classes.pkl").read_bytes()
    damaged = whole.replace((0x1950A86A20F9469CFC6C).to_bytes(10, "little"), bytes(10))
    assert damaged != whole
    path = tmp_path / "damaged.pkl"
    path.write_bytes(damaged)
    with pytest.raises(InputError, match=r"must be whole, but it does not begin as one"):
        read_modules(path)["G_ema"].tensors()
