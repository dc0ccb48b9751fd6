"""Where a generator comes from: a file of some kind, or the name of a published one."""

from dataclasses import dataclass
from pathlib import Path

from artnb.errors import InputError, nearest
from artnb.exchange.checkpoints import checkpoint_of
from artnb.exchange.keras_files import HDF5_START, is_keras_zip, read_keras
from artnb.exchange.published import PUBLISHED
from artnb.exchange.trained import TrainedGenerator, describe_resnet
from artnb.files import refuse_pointer
from artnb.torch_files import is_plain_pickle, is_torch_file, read_state_dict

_KINDS = (
    "a .pth of PyTorch, a .h5 or .keras of Keras, a .pkl of stylegan2-ada-pytorch, a checkpoint of "
    "TensorFlow, or an .onnx that artnb exported"
)


@dataclass(frozen=True)
class Source:
    """What a person names to import.

    Args:
        path: of the file; None for a published generator that is still to be found.
        name: of a published generator, or empty.
        x: what goes in, where that is known.
        y: what comes out.
    """

    path: Path | None
    name: str = ""
    x: str = "photo"
    y: str = "painting"


def find_source(text: str | Path) -> Source:
    """Tell a file from a published generator's name.

    Raises:
        InputError: it is neither.
    """
    path = Path(text).expanduser()
    if checkpoint := checkpoint_of(path):
        return Source(checkpoint)
    if path.is_file():
        return Source(path)
    if str(text) in PUBLISHED:
        return Source(None, str(text), *PUBLISHED[str(text)])
    if path.is_dir():
        raise InputError(
            f"{path} must be a file with a generator, {_KINDS}, and it is a folder; a SavedModel "
            "can be loaded where it was made, and its generator saved as .h5"
        )
    raise InputError(
        f"there is no file {path}, and no generator is published under that name; "
        f"{nearest(str(text), PUBLISHED)}"
    )


def read_generator(path: Path, network: str | None = None) -> TrainedGenerator:
    """Recognise the generator in a file by what the file begins with.

    Args:
        path: of the file.
        network: which of several in the file.

    Raises:
        InputError: it is of another kind, damaged, or holds a network that cannot be used, or
            several of which none was chosen.
    """
    start = _start(path)
    refuse_pointer(path)
    if path.suffix == ".onnx":
        return _of_onnx(path, network)
    if path.suffix == ".index":
        return _of_checkpoint(path, network)
    if start == HDF5_START or is_keras_zip(path) or path.suffix == ".keras":
        return read_keras(path, network)
    if is_plain_pickle(path):
        return _of_pickle(path, network)
    if is_torch_file(path):
        return _of_torch(path, network)
    raise InputError(f"{path} must be {_KINDS}, and it is none of them; check which file it is")


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(HDF5_START))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check the path") from error


def _of_pickle(path: Path, network: str | None) -> TrainedGenerator:
    from artnb.exchange.stylegan2_pickles import read_stylegan2_pickle

    return read_stylegan2_pickle(path, network)


def _of_torch(path: Path, network: str | None) -> TrainedGenerator:
    from artnb.exchange.stylegan2_state_dicts import from_rosinality, has_stylegan2
    from artnb.exchange.torch_layout import from_torch
    from artnb.exchange.torch_networks import choose_generator

    state = read_state_dict(path)
    try:
        if has_stylegan2(state):
            return from_rosinality(state, network)
        name, own = choose_generator(state, network)
        settings, weights = from_torch(own)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
    description = describe_resnet(settings) + (f", {name} of several networks" if name else "")
    return TrainedGenerator(description, settings, weights)


def _of_checkpoint(path: Path, network: str | None) -> TrainedGenerator:
    from artnb.exchange.checkpoints import read_checkpoint
    from artnb.exchange.keras_files import recognise

    saved = read_checkpoint(path)
    try:
        return recognise(saved, network)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error


def _of_onnx(path: Path, network: str | None) -> TrainedGenerator:
    from artnb.exchange.keras_files import check_single, of_network
    from artnb.exchange.onnx_files import read_onnx

    check_single(path, network)
    return of_network("ONNX network", read_onnx(path))
