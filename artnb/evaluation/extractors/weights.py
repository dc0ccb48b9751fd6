"""Published weights: which files, from where, under what licence, and whether they are the ones."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from artnb.errors import InputError, nearest
from artnb.platform.where import cache_folder, known_folder
from artnb.progress import Progress, silent
from artnb.web.download import download
from artnb.web.observed import first_seen
from artnb.web.part import hash_problem

# The first sha256 that was seen of files whose publisher gives none.
_OBSERVED = "observed.json"


@dataclass(frozen=True)
class WeightFile:
    """One published file.

    Args:
        name: of the file.
        url: where it is published.
        size_bytes: how long it is.
        sha256: what its hash must be, or None where nobody published one.
        md5: the same for publishers who give only that.
        other_names: under which the same file is published elsewhere.
    """

    name: str
    url: str
    size_bytes: int
    sha256: str | None = None
    md5: str | None = None
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weights:
    """The files that hold one network's weights.

    Args:
        title: of the network, for people.
        licence: of the weights.
        files: any of which will do; the first is fetched where none is at hand.
    """

    title: str
    licence: str
    files: tuple[WeightFile, ...]


_INCEPTION_PTH = WeightFile(
    # mseitzer/pytorch-fid's port. Size and hash as in the evaluation codes of, among others,
    # snap-research/discoscene (models/inception_model.py); the name carries the first 8 digits.
    name="pt_inception-2015-12-05-6726825d.pth",
    url="https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/"
    "pt_inception-2015-12-05-6726825d.pth",
    size_bytes=95_628_359,
    sha256="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
    other_names=("weights-inception-2015-12-05-6726825d.pth",),  # as torch-fidelity calls it
)
_INCEPTION_GRAPH = WeightFile(
    # The original graph. OpenAI's guided-diffusion publishes it by itself, and evaluation codes
    # that build on it publish size and hash; the size is that of the file in the archive below.
    name="classify_image_graph_def.pb",
    url="https://openaipublic.blob.core.windows.net/diffusion/jul-2021/ref_batches/"
    "classify_image_graph_def.pb",
    size_bytes=95_673_916,
    sha256="009d6814d1bc560d4e7b236e170e9b2d5ca6f4b57bd8037f6db05776204415c6",
)
_INCEPTION_ARCHIVE = WeightFile(
    # The graph as TensorFlow published it. The size is in the output of their classify_image.py;
    # a hash of the archive was not to be found.
    name="inception-2015-12-05.tgz",
    url="http://download.tensorflow.org/models/image/imagenet/inception-2015-12-05.tgz",
    size_bytes=88_931_400,
)
_SQUEEZENET = WeightFile(
    # Of rcmalli/keras-squeezenet, whose weights folder holds the same arrays. The hash is that of
    # the copy in DeepCognition/keras-squeezenet, so the address names the commit it was taken at.
    name="squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5",
    url="https://raw.githubusercontent.com/DeepCognition/keras-squeezenet/"
    "a73d4339aa4d37c51a0b3ba044bed55477abec73/squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5",
    size_bytes=3_002_560,
    sha256="17154246284f555591549ac2c83e127abfbf4307dc4b0060fdaa2931d0fa38da",
)
_VGG16 = WeightFile(
    # Address and md5 from the source of keras.applications.vgg16.
    name="vgg16_weights_tf_dim_ordering_tf_kernels.h5",
    url="https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
    "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
    size_bytes=553_467_096,
    md5="64373286793e3c8b2b4e3219cbf3544b",
)
PUBLISHED: Mapping[str, Weights] = {
    "inception": Weights(
        "Inception (2015-12-05)",
        "Apache-2.0",
        (_INCEPTION_PTH, _INCEPTION_GRAPH, _INCEPTION_ARCHIVE),
    ),
    "squeezenet": Weights("SqueezeNet 1.1", "MIT", (_SQUEEZENET,)),
    "vgg16": Weights("VGG16", "CC BY 4.0", (_VGG16,)),
}


def find_weights(
    kind: str,
    download_allowed: bool = True,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    published: Mapping[str, Weights] = PUBLISHED,
) -> Path:
    """Find a network's weights here, or fetch them; either way they are verified.

    `$ARTNB_WEIGHTS` is searched with its subfolders, then the cache. A file whose publisher gives
    no hash is remembered by the one it had when it was first seen, and compared from then on.

    Args:
        kind: `"inception"`, `"squeezenet"` or `"vgg16"`.
        download_allowed: fetch the file where it is not at hand.
        progress: shows how far a download has got.
        say: gets a sentence before a download.
        published: what there is.

    Returns:
        The file.

    Raises:
        InputError: it is not at hand and cannot be fetched, or it is not the published one.
    """
    weights = _known(kind, published)
    path = weights_at_hand(kind, published)
    if path is not None:
        _verify(path, next(f for f in weights.files if path.name in (f.name, *f.other_names)))
        return path
    file, folder = weights.files[0], _cache()
    by_hand = f"put {file.name} from {file.url} into {folder}"
    if not download_allowed:
        raise InputError(
            f"the weights of {weights.title} are not here; {by_hand}, "
            "or let ARTNB_WEIGHTS name the folder that holds it"
        )
    say(
        f"Fetching the weights of {weights.title}: {file.size_bytes / 1e6:.0f} MB from "
        f"{urlsplit(file.url).hostname}, licence {weights.licence}."
    )
    try:
        return _fetch(file, folder, progress, say)
    except InputError as error:
        raise InputError(f"{error}; or {by_hand}") from None


def weights_at_hand(kind: str, published: Mapping[str, Weights] = PUBLISHED) -> Path | None:
    """Give the file of a network's weights where it is here already; it is not verified."""
    return next(_here(_known(kind, published)), None)


def _known(kind: str, published: Mapping[str, Weights]) -> Weights:
    if kind not in published:
        raise InputError(f"there are no weights for {kind!r}; {nearest(kind, published)}")
    return published[kind]


def _cache() -> Path:
    return cache_folder() / "weights"


def _here(weights: Weights) -> Iterator[Path]:
    names = [name for file in weights.files for name in (file.name, *file.other_names)]
    own = known_folder("ARTNB_WEIGHTS")
    for name in names if own else ():
        yield from sorted(path for path in own.rglob(name) if path.is_file())
    yield from (_cache() / name for name in names if (_cache() / name).is_file())


def _fetch(file: WeightFile, folder: Path, progress: Progress, say: Callable[[str], None]) -> Path:
    path = download(
        file.url,
        folder / file.name,
        sha256=file.sha256,
        md5=file.md5,
        size_bytes=file.size_bytes,
        largest_bytes=file.size_bytes,
        progress=progress,
        say=say,
    )
    _verify(path, file)
    return path


def _verify(path: Path, file: WeightFile) -> None:
    found_bytes = path.stat().st_size
    if found_bytes != file.size_bytes:
        problem = f"must have {file.size_bytes:,} bytes, and it has {found_bytes:,}"
    elif file.sha256 or file.md5:
        problem = hash_problem(path, sha256=file.sha256, md5=file.md5)
    else:
        problem = _changed(path)
    if problem:
        raise InputError(f"{path} {problem}; delete it, and it is fetched again from {file.url}")


def _changed(path: Path) -> str:
    """Compare a file's hash with the first that was seen of it, or take note of this one."""
    notes = _cache() / _OBSERVED
    first, now = first_seen(path, notes)
    if first == now:
        return ""
    return f"had the sha256 {first} when it was first used ({notes}), and now has {now}"
