"""Shards and zips with anything wrong in them: pictures, or a sentence; never anything else."""

import gzip
import random
import zipfile
import zlib
from contextlib import suppress

import pytest

from artnb.data.decoding import UnreadableImageError
from artnb.data.records import write_shard
from artnb.data.sources import pictures_of_side
from artnb.errors import InputError
from artnb.evaluation.zips import pictures_of_zip
from tests.data.pictures import encoded, picture
from tests.data.test_shards_of_others import RECORDS, example, framed

pytestmark = pytest.mark.slow
MUTATIONS = 400


def mutated(data: bytes, draw: random.Random) -> bytes:
    """Flip, cut, repeat, remove or overwrite something."""
    start, length = draw.randrange(len(data)), draw.choice([1, 1, 2, 4, 8, 40])
    part = data[start : start + length]
    changed = {
        "flip": bytes(byte ^ 1 << draw.randrange(8) for byte in part),
        "overwrite": draw.choice([b"\0", b"\xff", b"\x80"]) * len(part),
        "remove": b"",
        "repeat": part * 2,
        "insert": draw.randbytes(length) + part,
    }
    kind = draw.choice([*changed, "cut"])
    if kind == "cut":
        return data[:start]
    return data[:start] + changed[kind] + data[start + length :]


def original(form: str, folder) -> bytes:
    path = folder / "original"
    if form == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(3):
                archive.writestr(f"{number}.png", encoded(picture(number)))
        return path.read_bytes()
    write_shard(path, RECORDS)
    data = path.read_bytes() + framed(example(image__encoded=RECORDS[0].image, filename=b"a.jpg"))
    return {"plain": bytes, "gzip": gzip.compress, "zlib": zlib.compress}[form](data)


@pytest.mark.parametrize("form", ["plain", "gzip", "zlib", "zip"])
def test_whatever_is_wrong_there_is_a_picture_or_a_sentence(tmp_path, form):
    whole, draw = original(form, tmp_path), random.Random(17)
    path = tmp_path / ("images.zip" if form == "zip" else "a.tfrecord")
    outcomes = {"read": 0, "refused": 0}
    for _ in range(MUTATIONS):
        path.write_bytes(mutated(whole, draw) if draw.random() < 0.7 else
                         mutated(mutated(whole, draw), draw))  # fmt: skip
        try:
            if form == "zip":
                pictures = pictures_of_zip(path)
                pictures.read(range(len(pictures.names)))
            else:
                for each in pictures_of_side(path).pictures:
                    with suppress(UnreadableImageError):
                        each.read()
            outcomes["read"] += 1
        except InputError:
            outcomes["refused"] += 1
    assert outcomes["refused"] > MUTATIONS // 10, outcomes
    assert sum(outcomes.values()) == MUTATIONS
