import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from artnb.collection.clean import BLANK_CONTRAST, GREY_COLOUR
from artnb.collection.inspection import inspect_files, inspect_picture
from tests.collection.paintings import collection_of, framed, painting
from tests.data.pictures import encoded
from tests.data.test_images import png_that_claims


def animation():
    buffer = io.BytesIO()
    frames = [painting(seed) for seed in (0, 1, 2)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def turned_by_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(painting(0).transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95)


def sixteen_bits():
    grey = np.asarray(painting(0).convert("L"), np.uint16) * 257
    return encoded(grey)


@pytest.mark.parametrize(
    "data",
    [
        encoded(painting(0)),
        encoded(painting(0).convert("CMYK"), "JPEG", quality=95),
        sixteen_bits(),
        animation(),
        turned_by_exif(),
    ],
    ids=["plain", "CMYK", "16-bit", "animation", "EXIF"],
)
def test_every_kind_of_file_looks_the_same(data):
    plain, found = inspect_picture(encoded(painting(0))), inspect_picture(data)
    assert (found.width, found.height, found.problem) == (200, 160, "")
    assert found.contrast == pytest.approx(plain.contrast, rel=0.1)
    pairs = zip(plain.hashes, found.hashes, strict=True)
    apart = [(one ^ other).bit_count() for one, other in pairs]
    assert max(apart) <= 6


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a picture in a known format"),
        (b"<html>404 Not Found</html>", "not a picture in a known format"),
        (encoded(painting(0), "JPEG")[:2000], "cannot be decoded"),
        (png_that_claims(30_000, 30_000), "exceeds limit|too many"),
    ],
    ids=["0 bytes", "page", "cut short", "bomb"],
)
def test_what_cannot_be_read_is_a_finding(data, why):
    found = inspect_picture(data)
    assert (found.width, found.hashes) == (0, ())
    assert re.search(why, found.problem)


def test_blank_and_grey_pictures_have_no_contrast_and_no_colour():
    white = np.full((100, 100, 3), 250.0) + np.random.default_rng(0).normal(size=(100, 100, 3))
    assert inspect_picture(encoded(white.astype(np.uint8))).contrast < BLANK_CONTRAST
    grey = inspect_picture(encoded(painting(0).convert("L"), "JPEG"))
    assert grey.colour < GREY_COLOUR < inspect_picture(encoded(painting(0))).colour
    assert grey.contrast > BLANK_CONTRAST


def test_a_painting_is_known_with_and_without_its_border():
    bare, bordered = (
        inspect_picture(encoded(painting(0))),
        inspect_picture(encoded(framed(painting(0), *[25] * 4))),
    )
    assert bordered.inside == "25 25 225 185"
    assert bordered.hashes == bare.hashes


def counted(monkeypatch):
    from artnb.collection import inspection

    seen = []
    real = inspection._inspect_file
    monkeypatch.setattr(
        inspection, "_inspect_file", lambda path: seen.append(path.name) or real(path)
    )
    return seen


def test_nothing_is_looked_at_twice_unless_it_has_changed(tmp_path, monkeypatch):
    images = collection_of(tmp_path, {f"{n}.png": painting(n) for n in range(4)}).images
    seen = counted(monkeypatch)
    files = [f"{number}.png" for number in range(4)]
    first = inspect_files(images, files, tmp_path / "looks.jsonl")
    assert sorted(seen) == files
    assert inspect_files(images, files, tmp_path / "looks.jsonl") == first
    assert len(seen) == 4
    painting(9, 90, 80).save(images / "2.png")
    again = inspect_files(images, files, tmp_path / "looks.jsonl")
    assert seen[4:] == ["2.png"]
    assert (again["2.png"].width, again["1.png"]) == (90, first["1.png"])


def test_after_an_interruption_the_rest_is_looked_at(tmp_path, monkeypatch):
    images = collection_of(tmp_path, {f"{n}.png": painting(n) for n in range(4)}).images
    files = [f"{number}.png" for number in range(4)]
    whole = inspect_files(images, files, tmp_path / "looks.jsonl")
    lines = (tmp_path / "looks.jsonl").read_text().splitlines()
    (tmp_path / "looks.jsonl").write_text("\n".join(lines[:2]) + "\n" + lines[2][:40])
    seen = counted(monkeypatch)
    assert inspect_files(images, files, tmp_path / "looks.jsonl") == whole
    assert sorted(seen) == ["2.png", "3.png"]
    seen.clear()
    inspect_files(images, files, tmp_path / "looks.jsonl")
    assert seen == []


def test_what_another_edition_saw_does_not_count(tmp_path, monkeypatch):
    images = collection_of(tmp_path, {"0.png": painting(0)}).images
    inspect_files(images, ["0.png"], tmp_path / "looks.jsonl")
    entry = json.loads((tmp_path / "looks.jsonl").read_text()) | {"edition": 0}
    (tmp_path / "looks.jsonl").write_text(json.dumps(entry) + "\n")
    seen = counted(monkeypatch)
    inspect_files(images, ["0.png"], tmp_path / "looks.jsonl")
    assert seen == ["0.png"]


def test_a_file_that_is_gone_is_a_finding_until_it_is_back(tmp_path):
    images = collection_of(tmp_path, {"0.png": painting(0)}).images
    gone = inspect_files(images, ["1.png"], tmp_path / "looks.jsonl")["1.png"]
    assert "cannot be opened (No such file or directory)" in gone.problem
    painting(1).save(images / "1.png")
    assert inspect_files(images, ["1.png"], tmp_path / "looks.jsonl")["1.png"].problem == ""
