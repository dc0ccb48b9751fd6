"""A Run and folders of pictures, made once, and files to upload."""

import io
import shutil
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import keras  # noqa: F401  # Runs are made of networks: these tests reach a backend
import numpy as np
import pytest
from PIL import Image

from artnb.data.images import encode_jpeg
from artnb.runs.run import Run
from tests.evaluation.stand_in import make_run, write_pictures


@dataclass(frozen=True)
class Scene:
    """A Run of two epochs and what it paints."""

    run: Run
    photos: Path
    paintings: Path


@pytest.fixture(scope="session")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explorer")
    run = make_run(folder / "outputs" / "monet", folder / "data", discriminators=False)
    photos = write_pictures(folder / "photos", 3)
    paintings = write_pictures(folder / "paintings", 2, seed=1, tint=90)
    return Scene(run, photos, paintings)


@pytest.fixture
def tinting(monkeypatch):
    """Let networks only tint, each as its weights are: nothing is compiled."""

    def tint(painter, photo, multiple_px):
        return photo + np.uint8(abs(painter.generator.get_weights()[0].sum()) * 1e4 % 200 + 20)

    monkeypatch.setattr("artnb.translation.translate_image", tint)


def copy_of(run, folder):
    """Give a Run that may be changed."""
    return Run(Path(shutil.copytree(run.path, folder)))


def without_data(run, folder):
    """Give a copy of a Run whose pictures are gone."""
    copy = copy_of(run, folder)
    copy.note(data={**copy.facts()["data"], "path": str(folder / "gone")})
    return copy


def picture(width=40, height=30, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def encoded(*size, seed=0):
    return encode_jpeg(picture(*size, seed=seed))


def claimed_size(width, height):
    """Give a PNG of a few bytes that claims to be that large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def pixels_of(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
