"""What several commands take, each written once, and what they do alike."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from artnb.cli.maker import Option
from artnb.errors import InputError

if TYPE_CHECKING:
    from artnb.data.painted import Report

Backend = Annotated[
    str | None, "tensorflow or jax; without it KERAS_BACKEND counts, then what is installed"
]
Extractor = Annotated[
    str, "inception, squeezenet or vgg16; auto takes Inception where its weights are here"
]
Epoch = Annotated[str, "a kept epoch's number, latest or best"]
Epochs = Annotated[str, "of those kept: all, latest, best, or 1,10,20"]
LargestPx = Annotated[int | None, "scale larger pictures down to this longer side"]
Minutes = Annotated[float, Option(metavar="MINUTES")]
Painters = Annotated[
    Sequence[str], "a further painter's pictures; may be repeated", Option(metavar="NAME=DIR")
]
RunData = Annotated[Path | None, "the Run's data, where it has moved"]
RunName = Annotated[str, "name or path of a trained Run"]
RunNames = Annotated[Sequence[str], "name or path; may be repeated"]
RunPhotos = Annotated[Path | None, "to paint (default: the Run's held-out photos)"]
To = Annotated[str, "x, y or a domain's name: what is painted"]

# What a new Dataset shall be like.
DatasetOut = Annotated[Path, "new folder for the Dataset"]
XName = Annotated[str | None, "what the first pictures are"]
YName = Annotated[str | None, "what the second pictures are"]
SizePx = Annotated[int, "edge, a multiple of 4"]
TestShare = Annotated[float, "share held out from training"]
SplitSeed = Annotated[int, "of the choice of what is held out"]
Licence = Annotated[str, "noted in dataset.json"]
Beam = Annotated[
    str | None,
    "prepare as an Apache Beam pipeline, with Beam's options in one word, such as "
    "--beam='--runner=FlinkRunner --flink_master=host:8081'; needs artnb[beam]",
    Option(metavar="OPTIONS", nargs="?", const=""),
]


def say_backend(name: str | None, small_networks: bool = False) -> None:
    """Decide on the backend, say which it is, and import Keras with it."""
    from artnb.platform.backend import start_keras

    print(start_keras(name, small_networks), flush=True)


def say_passed_over(*folders: Path | None) -> None:
    """Say which files of folders of pictures are none; a Dataset's own files are meant to be."""
    from artnb import data
    from artnb.data.manifest import MANIFEST

    for folder in folders:
        if folder is None or not folder.is_dir() or (folder / MANIFEST).is_file():
            continue
        for line in data.describe_reasons(data.look_through(folder).reasons(folder)):
            print(f"artnb: {folder}: {line}", file=sys.stderr)


def say_painted(report: "Report", out: Path) -> int:
    """Say what became of photos that were painted into a folder; gives the exit code."""
    from artnb import data

    count = len(report.written)
    print(f"{count} painting{'s' * (count != 1)} in {out}")
    for path, problem in report.skipped:
        print(f"artnb: {path} was skipped: {problem}", file=sys.stderr)
    for line in data.describe_reasons(report.passed_over):
        print(f"artnb: {line}", file=sys.stderr)
    if report.stopped:
        others = f", and {report.left} photos are not painted" if report.left else ""
        print(
            f"artnb: interrupted: {report.written[-1]} is as it was then{others}", file=sys.stderr
        )
        return 130
    return 2 if report.skipped else 0


def read_painters(texts: Sequence[str]) -> dict[str, Path]:
    """Read each NAME=DIR, a painter's name and the folder of pictures.

    Raises:
        InputError: one is not written so.
    """
    pairs = [(text, *text.partition("=")) for text in texts]
    for text, name, _, folder in pairs:
        if not (name and folder):
            raise InputError(f"a painter is written NAME=DIR, got {text!r}")
    return {name: Path(folder) for _, name, _, folder in pairs}
