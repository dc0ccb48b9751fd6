"""What people hand in is checked before any work."""

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.stylization.inputs import (
    Style,
    check_weights,
    open_mask,
    open_picture,
    parse_style,
    regions_of,
)


def plain(width=40, height=50, colour="grey"):
    return Image.new("RGB", (width, height), colour)


def test_pictures_come_as_files_images_and_arrays(tmp_path):
    path = tmp_path / "one.png"
    plain().save(path)
    for given in (path, str(path), plain(), np.asarray(plain())):
        opened = open_picture(given, "a photo")
        assert opened.size == (40, 50)
        assert opened.mode == "RGB"


def test_grey_and_transparent_pictures_become_rgb():
    for mode in ("L", "LA", "RGBA", "1"):
        assert open_picture(Image.new(mode, (40, 40)), "a photo").mode == "RGB"


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (500, 31)])
def test_what_is_too_small_is_refused(size):
    with pytest.raises(InputError, match=rf"at least 32 px on each side.*{size[0]}×{size[1]}"):
        open_picture(plain(*size), "a style")


@pytest.mark.parametrize("given", [np.zeros((40, 50, 3), np.float32), np.zeros((40, 50), np.uint8)])
def test_arrays_that_are_no_pictures_are_refused(given):
    with pytest.raises(InputError, match=rf"must be uint8 .*, got {given.dtype} \(40, 50"):
        open_picture(given, "a photo")


def test_what_is_no_picture_is_refused(tmp_path):
    with pytest.raises(InputError, match="a style must be a file, and there is none"):
        open_picture(tmp_path / "missing.jpg", "a style")
    path = tmp_path / "words.jpg"
    path.write_text("no picture")
    with pytest.raises(InputError, match=r"words\.jpg"):
        open_picture(path, "a style")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("monet.jpg", ("monet.jpg", 1.0)),
        ("monet.jpg:2.5", ("monet.jpg", 2.5)),
        ("monet.jpg:0", ("monet.jpg", 0.0)),
        (r"C:\monet.jpg", (r"C:\monet.jpg", 1.0)),
        (r"C:\monet.jpg:3", (r"C:\monet.jpg", 3.0)),
    ],
)
def test_a_style_may_have_a_weight(text, expected):
    path, weight = parse_style(text)
    assert (str(path), weight) == expected


def test_a_file_whose_name_looks_like_a_weight_is_a_file(tmp_path):
    path = tmp_path / "monet:3"
    plain().save(path, "PNG")
    assert parse_style(str(path)) == (path, 1.0)


@pytest.mark.parametrize("weight", ["-1", "nan", "inf", "1000001"])
def test_weights_are_at_least_0(weight):
    with pytest.raises(InputError, match=f"from 0 to 1,000,000, got {weight}"):
        parse_style(f"monet.jpg:{weight}")


def test_some_style_must_count():
    with pytest.raises(InputError, match="sum to more than 0"):
        check_weights([Style(plain(), 0.0), Style(plain(), 0.0)])
    with pytest.raises(InputError, match="a painting is needed"):
        check_weights([])


def test_masks_have_the_photos_size():
    assert open_mask(Image.new("L", (40, 50), 255), plain()).mean() == 1
    with pytest.raises(InputError, match="40×50, got 50×40"):
        open_mask(Image.new("L", (50, 40), 255), plain())
    with pytest.raises(InputError, match="it is all black"):
        open_mask(Image.new("L", (40, 50)), plain())


def halves(width, height, left, right):
    picture = plain(width, height, left)
    picture.paste(right, (width // 4, 0, width, height))
    return picture


def test_regions_are_paired_by_colour():
    photo, painting = plain(40, 50), plain(60, 40)
    style = Style(painting, regions=halves(60, 40, "blue", "red"))
    parts = regions_of(halves(40, 50, "red", "blue"), photo, style)
    assert sorted(share for _, _, share in parts) == [0.25, 0.75]
    for here, there, share in parts:
        assert here.shape == (50, 40)
        assert here.mean() == share
        assert there.mean() == 1 - share


def test_regions_that_cannot_be_paired_are_refused():
    photo = plain(40, 50)
    style = Style(plain(), regions=halves(40, 50, "blue", "red"))
    with pytest.raises(InputError, match="there is no #008000 in it"):
        regions_of(halves(40, 50, "green", "red"), photo, style)
    with pytest.raises(InputError, match="one for the painting; give both"):
        regions_of(plain(), photo, Style(plain()))
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (50, 40, 3), np.uint8))
    with pytest.raises(InputError, match=r"at most 12 flat colours.*save them as PNG"):
        regions_of(noise, photo, style)
    with pytest.raises(InputError, match="must have the size of its photo"):
        regions_of(plain(50, 40), photo, style)


def test_transparent_parts_of_a_mask_stay(tmp_path):
    mask = Image.new("RGBA", (40, 50), (255, 255, 255, 0))
    mask.paste((255, 255, 255, 255), (0, 0, 20, 50))
    mask.save(tmp_path / "mask.png")
    for given in (mask, tmp_path / "mask.png"):
        found = open_mask(given, plain())
        assert (found[:, :20] == 1).all()
        assert (found[:, 20:] == 0).all()


def test_a_mask_may_be_an_array():
    array = np.zeros((50, 40), bool)
    array[:, :20] = True
    for given in (array, np.uint8(255) * array):
        assert (open_mask(given, plain()) == array).all()


def test_a_pillow_image_is_read_as_its_file_is(tmp_path):
    """Upright, over white, and 16 bits as 8."""
    random = np.random.default_rng(0)
    turned = Image.fromarray(random.integers(0, 255, (40, 60, 3), np.uint8))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.png", exif=exif)
    Image.fromarray(random.integers(0, 60000, (40, 60), np.uint16)).save(tmp_path / "deep.png")
    Image.new("RGBA", (40, 60), (9, 9, 9, 100)).save(tmp_path / "clear.png")
    for name in ("turned", "deep", "clear"):
        path = tmp_path / f"{name}.png"
        with Image.open(path) as opened:
            found = open_picture(opened, "a photo")
        assert found.size == (40, 60) if name != "deep" else (60, 40)
        assert (np.asarray(found) == np.asarray(open_picture(path, "a photo"))).all()


@pytest.mark.parametrize("nothing", [None, b"bytes", [1, 2]])
def test_what_is_no_picture_at_all_is_a_sentence(nothing):
    with pytest.raises(InputError, match="a file, a Pillow image or an array, got"):
        open_picture(nothing, "a photo")


def test_a_style_may_be_given_in_any_way(tmp_path):
    plain().save(tmp_path / "style.png")
    for given in (tmp_path / "style.png", str(tmp_path / "style.png"), np.asarray(plain()),
                  plain().convert("L"), plain().convert("RGBA")):  # fmt: skip
        assert Style(given).painting.mode == "RGB"
    for weight in (-1.0, float("inf"), float("nan")):
        with pytest.raises(InputError, match="weight must be from 0"):
            Style(plain(), weight)
