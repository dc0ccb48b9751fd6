"""Runs that an earlier release trained (`older_runs.zip`): unpacked, used, and what comes of it.

Shared by `make_older_runs.py`, which that release ran, and by the tests. So all is done through the
command line, which stays the same.
"""

import csv
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from safetensors.numpy import load_file

ARCHIVE = Path(__file__).with_name("older_runs.zip")
# What the code of today makes of them, bit by bit: see record_older_bits.py.
BITS = Path(__file__).with_name("older_runs_bits.json")
SETTINGS = {
    "epochs": 5,
    "pool_size": 4,
    "ema_decay": 0.99,
    "r1_gamma": 5.0,
    "diffaugment": "color,translation,cutout",
    "deterministic": True,
}
STOPPED_AT, LAST = 15, 20  # steps; an epoch has 4
GO_ON = ("train", "--data", "data", "--run", "trained", "--resume")
# What is painted, by the name of a folder: the Run, the epoch, the direction.
PAINTED = {
    "trained-latest": ("trained", "latest", "y"),
    "trained-first": ("trained", "1", "y"),
    "trained-best-back": ("trained", "best", "photo"),
    "imported": ("imported", "latest", "monet"),
    "pair": ("pair", "latest", "y"),
    "pair-back": ("pair", "latest", "x"),
}
HANG = (
    *("gallery", "--run", "trained", "--run", "pair", "--out", "gallery"),
    *("--kinds", "painting,reconstruction,identity,truth", "--no-page"),
)
_TIMES = ("seconds", "images_per_s", "date", "artnb")


def unpack(folder: Path) -> Path:
    """Unpack everything into a folder, the Runs in the order in which they were last written."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(folder)
    for number, name in enumerate(("imported", "pair", "trained")):
        os.utime(folder / "outputs" / name / "run.json", (1e9 + number, 1e9 + number))
    return folder


@contextmanager
def at(folder: Path) -> Iterator[None]:
    """Work in a folder with outputs, cache and (no) weights of its own."""
    names = {"ARTNB_OUTPUTS": "outputs", "ARTNB_CACHE": "cache", "ARTNB_WEIGHTS": "weights"}
    before, environment = Path.cwd(), dict(os.environ)
    os.environ |= {variable: str(folder / name) for variable, name in names.items()}
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ |= environment


def refused(*arguments: str) -> str:
    """Give a command that must be refused; the sentence comes back."""
    return artnb(*arguments, code=2).partition("artnb: ")[2]


def artnb(*arguments: str, code: int = 0) -> str:
    """Give a command; what it says comes back, errors included."""
    from artnb.cli import main

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        ended = main([str(argument) for argument in arguments])
    assert ended == code, said.getvalue()
    return said.getvalue()


def machine(backend: str) -> dict[str, Any]:
    """Say what the last bits of a float depend on: processor, cores, versions."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    kind = sorted({line for line in lines if line.split("\t")[0] in ("model name", "flags")})
    packages = ("numpy", "scipy", "pillow", "keras", backend)
    return {
        "processor": hashlib.sha256("\n".join([platform.machine(), *kind]).encode()).hexdigest(),
        "cores": os.cpu_count(),
        "versions": {package: importlib.metadata.version(package) for package in packages},
    }


def state(run: Path = Path("outputs/trained")) -> dict[str, np.ndarray]:
    """Read the state of a Run's newest checkpoint."""
    newest = max((run / "checkpoints").glob("step-*[0-9]"))
    return load_file(newest / "state.safetensors")


def digest_of(arrays: dict[str, np.ndarray]) -> str:
    """Give one hash of names, types, shapes and every bit."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def files(folder: Path) -> dict[str, str]:
    """Give the hash of every file in a folder by its path there."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table without its times and dates."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(map(_without_times, csv.DictReader(file)))


def _without_times(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in _TIMES}


def logs(run: Path = Path("outputs/trained")) -> dict[str, list[dict[str, str]]]:
    """Read both logs of a Run without times."""
    return {name: rows(run / name) for name in ("log.csv", "losses.csv")}


def paint(out: Path) -> dict[str, str]:
    """Translate the photos in every way; give the hashes of the paintings."""
    for name, (run, epoch, to) in PAINTED.items():
        options = ("--photos", "photos", "--out", out / name, "--epoch", epoch, "--to", to)
        artnb("translate", "--run", run, *options)
    return files(out)


def hung(folder: Path = Path("gallery")) -> dict[str, Any]:
    """Read what a gallery says of itself, without times and dates."""
    gallery = json.loads((folder / "gallery.json").read_text(encoding="utf-8"))
    for run in gallery["runs"]:
        run["scores"] = list(map(_without_times, run["scores"]))
    return {**gallery, "made": ""}


def pixels(folder: Path) -> dict[str, np.ndarray]:
    """Read all pictures in a folder."""
    return {
        path.relative_to(folder).as_posix(): np.asarray(Image.open(path).convert("RGB"), np.int16)
        for path in sorted(folder.rglob("*.*"))
    }
