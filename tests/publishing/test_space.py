"""The folder of a Space, and how its app reads photos: without Keras and without Gradio."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

import artnb.publishing
from artnb.data.decoding import decode_image
from artnb.data.images import PAINTED_MARK, is_marked_as_painted
from artnb.publishing.networks import Network
from artnb.publishing.space import GRADIO_VERSION, REQUIREMENTS, write_space
from tests.test_packaging import pins

TEMPLATES = Path(artnb.publishing.__file__).parent / "templates" / "space"
NASTY = '<b>"Monet": *1872*</b>\n# [x](y) | {z}'


def module_of(folder, monkeypatch, name="painting"):
    """Import a module of a Space's folder as its app does."""
    specification = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, name, module)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def painting(monkeypatch):
    return module_of(TEMPLATES, monkeypatch)


@pytest.fixture
def networks():
    told = {"trained_on": "", "licence": "", "scores": (), "bytes": 5}
    return [
        Network(NASTY, "photo", "run, epoch 3", file="networks/a.onnx", statistics=512, **told),
        Network(
            *("Digits", "latents", "run, epoch 2"),
            **{"file": "networks/b.onnx", "size_px": 32, "latent_size": 64},
            **told,
            classes=("0", "1"),
        ),
    ]


def written(folder, networks, *given):
    """Write a Space beside networks that are there."""
    for network in networks:
        (folder / network.file).parent.mkdir(parents=True, exist_ok=True)
        (folder / network.file).write_bytes(b"onnx.")
    write_space(folder, networks, *given)
    return folder


# The folder


def test_the_folder_holds_all_that_a_space_needs(networks, tmp_path):
    folder = written(tmp_path / "space", networks, "Two ways to paint")
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert files == {
        *("app.py", "painting.py", "requirements.txt", "README.md", ".gitattributes"),
        *("space.json", "networks/a.onnx", "networks/b.onnx"),
    }
    facts = json.loads((folder / "space.json").read_text(encoding="utf-8"))
    (painter,), (sampler,) = facts["painters"], facts["latents"]
    assert painter["file"] == "networks/a.onnx"
    assert painter["statistics"] == 512
    assert sampler["classes"] == ["0", "1"]
    assert {*facts["files"], "space.json"} == files


def test_the_front_matter_is_what_spaces_read(networks, tmp_path):
    folder = written(tmp_path / "space", networks, NASTY, "cc-by-4.0")
    _, matter, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    read = yaml.safe_load(matter)
    assert read["title"] == NASTY
    assert read["sdk"] == "gradio"
    assert read["sdk_version"] == GRADIO_VERSION
    assert read["license"] == "cc-by-4.0"
    assert (folder / read["app_file"]).exists()
    assert "<b>" not in text
    heading = next(line for line in text.splitlines() if line.startswith("# "))
    assert "z" in heading  # what follows a line's end is no heading of its own


def test_it_asks_for_what_was_tried(networks, tmp_path):
    folder = written(tmp_path / "space", networks, "Monet")
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").split()
    assert lines == list(REQUIREMENTS)
    assert f"gradio=={GRADIO_VERSION}" in lines
    assert set(lines) <= {str(pin) for pin in pins("app").values()}


# How its app reads and writes pictures


def photo(width=48, height=32):
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([5 * columns, 7 * rows, 255 - 5 * columns], -1).clip(0, 255)
    return Image.fromarray(pixels.astype(np.uint8))


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return photo(), {"exif": exif}


def transparent():
    image = photo().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image, {}


def deep():
    return Image.fromarray(31 * np.arange(2048, dtype=np.uint16).reshape(32, 64)), {}


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("turned.png", turned),
        ("transparent.png", transparent),
        ("grey.png", lambda: (photo().convert("L"), {})),
        ("palette.gif", lambda: (photo().convert("P"), {})),
        ("cmyk.jpg", lambda: (photo().convert("CMYK"), {"quality": 95})),
        ("deep.png", deep),
    ],
)
def test_photos_are_read_as_artnb_reads_them(painting, tmp_path, name, made):
    image, options = made()
    image.save(tmp_path / name, **options)
    wanted = np.asarray(decode_image((tmp_path / name).read_bytes()))
    read = painting.read_photo(str(tmp_path / name))
    assert read.shape == wanted.shape
    assert np.abs(read.astype(int) - wanted).max() <= 1


def test_colour_profiles_are_converted(painting, tmp_path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    photo().save(tmp_path / "wrong.png", icc_profile=profile)  # of another kind than its pixels
    assert (painting.read_photo(str(tmp_path / "wrong.png")) == np.asarray(photo())).all()


def test_large_photos_are_scaled_down(painting, tmp_path):
    photo(3000, 1500).save(tmp_path / "large.jpg")
    assert painting.read_photo(str(tmp_path / "large.jpg")).shape == (768, 1536, 3)


@pytest.mark.parametrize("data", [b"no picture", b"", None])
def test_what_is_no_picture_is_refused_in_a_sentence(painting, tmp_path, data):
    path = tmp_path / "notes.txt"
    photo().save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if data is None else data)
    with pytest.raises(painting.Refused, match=r"notes\.txt is no picture that can be read"):
        painting.read_photo(str(path))


def test_paintings_carry_the_mark(painting):
    path = Path(painting.write_png(np.asarray(photo()), "../a <b>", "photo → monet"))
    assert painting.MARK == PAINTED_MARK
    assert is_marked_as_painted(path.read_bytes())
    assert (np.asarray(Image.open(path)) == np.asarray(photo())).all()
    assert path.parent.parent == painting.PAINTINGS
