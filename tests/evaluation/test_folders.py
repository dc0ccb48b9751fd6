"""Folders: looked at before they are measured, with their photos, in any order, from a zip."""

import itertools
import zipfile

import numpy as np
import pytest
from PIL import Image

from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.folders import evaluate_folders
from artnb.evaluation.measure import Cache, measure
from artnb.evaluation.metrics.pixels import ssim
from artnb.evaluation.metrics.table import METRICS
from artnb.evaluation.pictures import EncodedPictures, pictures_of_folder
from tests.evaluation.stand_in import Colours, write_pictures


class Counted(Colours):
    """Colours of square pictures of any size."""

    def __call__(self, pictures, sources=None):
        return super().__call__(pictures[:, : pictures.shape[1] // 4 * 4])


@pytest.fixture
def colours():
    return Counted()


def evaluator(colours, *metrics, said=None):
    say = (lambda sentence: None) if said is None else said.append
    return Evaluator(colours, metrics or ("frechet",), cache=Cache(None), say=say)


@pytest.fixture
def real(tmp_path):
    return write_pictures(tmp_path / "real", 12, seed=1)


@pytest.fixture
def fake(tmp_path):
    return write_pictures(tmp_path / "fake", 12, seed=2, tint=60)


# Sizes


def test_sizes_that_differ_are_refused_before_anything_is_measured(real, tmp_path, colours):
    larger = write_pictures(tmp_path / "larger", 12, size_px=64, seed=9)
    with pytest.raises(InputError, match=r"32×32 where .*larger is 64×64.*--resize 32"):
        evaluate_folders(real, larger, evaluator(colours))
    assert colours.seen == 0


def test_sizes_that_differ_within_a_folder_are_refused_before_too(real, fake, colours):
    Image.new("RGB", (40, 32)).save(fake / "last.png")
    with pytest.raises(InputError, match=r"fake must be of one size, got 32×32, 40×32"):
        evaluate_folders(real, fake, evaluator(colours))
    assert colours.seen == 0


def test_a_photo_on_its_side_has_the_size_that_is_seen(tmp_path, colours):
    turned = Image.Exif()
    turned[0x0112] = 6
    folder = tmp_path / "turned"
    folder.mkdir()
    for number in range(2):
        upright = Image.effect_noise((40, 32), 50).convert("RGB")
        upright.save(folder / f"{number}.jpg", exif=turned)
    assert set(pictures_of_folder(folder).sizes) == {(32, 40)}


def test_features_once_measured_serve_the_resize_that_is_suggested(real, tmp_path, colours):
    larger = write_pictures(tmp_path / "larger", 12, size_px=64, seed=9)
    asked = evaluator(colours)
    asked.measure(pictures_of_folder(real))
    evaluate_folders(real, larger, asked, resize_px=32)
    assert colours.seen == 12 + 12


def test_a_set_keeps_its_hash_when_its_pictures_have_the_size_already(real):
    """Rows of scores.csv are compared by it, and older ones were hashed so."""
    as_before = pictures_of_folder(real, 32)
    keys = sorted(f"{key} at 32 px" for key in pictures_of_folder(real).keys)
    assert as_before.sha256 == EncodedPictures("", keys, keys, None).sha256


# Figures


@pytest.mark.parametrize(("width", "height"), [(64, 32), (96, 32), (32, 64)])
def test_figures_of_photo_and_painting_are_suspected(real, tmp_path, colours, width, height):
    figures = tmp_path / "figures"
    figures.mkdir()
    for number in range(4):
        noise = np.random.default_rng(number).integers(0, 256, (height, width, 3), np.uint8)
        Image.fromarray(noise).save(figures / f"{number}.png")
    words = rf"4 of the 4 pictures of .*figures are {width}×{height}.*side by side"
    with pytest.raises(InputError, match=words):
        evaluate_folders(real, figures, evaluator(colours))
    (row,) = evaluate_folders(real, figures, evaluator(colours), resize_px=32)
    assert "side by side" in row.warnings


def test_wide_photos_among_others_are_no_figures(real, tmp_path, colours):
    mixed = write_pictures(tmp_path / "mixed", 5, size_px=48, seed=4)
    for width in (64, 70):
        Image.effect_noise((width, 32), 90).convert("RGB").save(mixed / f"{width}.png")
    (row,) = evaluate_folders(real, mixed, evaluator(colours), resize_px=32)
    assert "side by side" not in row.warnings


# Photos beside paintings


def painted_from(photos, folder, **options):
    """Make darker copies of photos, as JPEGs of the same names."""
    folder.mkdir()
    for file in sorted(photos.iterdir()):
        dark = Image.open(file).point(lambda level: level // 2)
        dark.save(folder / f"{file.stem}.jpg", **options)
    return folder


def test_ssim_pairs_paintings_with_photos_by_name(real, tmp_path, colours):
    photos = write_pictures(tmp_path / "photos", 6, seed=7)
    fake = painted_from(photos, tmp_path / "painted")
    (row,) = evaluate_folders(real, fake, evaluator(colours, "ssim"), photos=photos)
    pairs = [[np.asarray(Image.open(file)) for file in sorted(f.iterdir())] for f in (fake, photos)]
    assert row.metric == "SSIM to the photo"
    assert float(row.value) == pytest.approx(float(ssim(*pairs)), rel=1e-6)


def test_a_painting_without_its_photo_is_named(real, tmp_path, colours):
    photos = write_pictures(tmp_path / "photos", 6, seed=7)
    fake = painted_from(photos, tmp_path / "painted")
    (photos / "003.png").unlink()
    with pytest.raises(
        InputError, match=r"1 of 6 pictures of .*painted .*photos, such as 003\.jpg"
    ):
        evaluate_folders(real, fake, evaluator(colours, "ssim"), photos=photos)


def test_photos_of_another_size_are_refused_before_anything_is_measured(real, tmp_path, colours):
    photos = write_pictures(tmp_path / "photos", 6, size_px=64, seed=7)
    fake = write_pictures(tmp_path / "fake", 6, seed=8)
    with pytest.raises(InputError, match=r"one size, .*photos is 64×64.*--resize 32"):
        evaluate_folders(real, fake, evaluator(colours, "frechet", "ssim"), photos=photos)
    assert colours.seen == 0


def test_the_photos_themselves_are_an_anchor(real, tmp_path, colours):
    photos = write_pictures(tmp_path / "photos", 12, seed=7)
    fake = painted_from(photos, tmp_path / "painted")
    rows = evaluate_folders(real, fake, evaluator(colours, "frechet", "ssim"), photos=photos)
    (anchor,) = [row for row in rows if row.split == "photos"]
    (alone,) = evaluate_folders(real, photos, evaluator(colours))
    assert (anchor.metric, anchor.value) == (alone.metric, alone.value)
    assert [row.metric for row in rows if not row.split] == [anchor.metric, "SSIM to the photo"]


def test_photos_that_are_in_the_reference_are_no_anchor(real, tmp_path, colours):
    fake = painted_from(real, tmp_path / "painted")
    said = []
    rows = evaluate_folders(real, fake, evaluator(colours, said=said), photos=real)
    assert [row.split for row in rows] == [""]
    assert len(said) == 1
    assert said[0].startswith("the photos themselves have no score: ")


# Order


@pytest.mark.parametrize("name", ["frechet", "kernel", "memorised-frechet", "precision-recall"])
def test_the_order_of_pictures_changes_no_digit(real, fake, colours, name):
    sets = [pictures_of_folder(folder) for folder in (real, fake)]

    def turned(pictures, order):
        names = [pictures.names[place] for place in order]
        keys = [pictures.keys[place] for place in order]
        return EncodedPictures(pictures.name, names, keys, lambda n: pictures.read_bytes(order[n]))

    orders = [
        list(range(12)),
        list(range(12))[::-1],
        list(np.random.default_rng(3).permutation(12)),
    ]
    answers = set()
    for order in orders:
        one = evaluator(colours, name)
        measured = [measure(turned(each, order), [colours], Cache(None)) for each in sets]
        answers.add(tuple((row.metric, row.score) for row in one.rows(*measured)))
    assert name in METRICS
    assert len(answers) == 1


# Zips


def test_generated_pictures_may_lie_in_a_zip(real, fake, tmp_path, colours):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(fake.iterdir()):
            archive.write(file, f"images/{file.name}")
            archive.writestr(f"__MACOSX/images/._{file.name}", b"\0\5\x16\7")
        archive.writestr("images/.DS_Store", b"")
        archive.writestr("images/notes.txt", "mine")
    (row,) = evaluate_folders(real, path, evaluator(colours))
    (alone,) = evaluate_folders(real, fake, evaluator(colours))
    assert (row.value, row.generated_count) == (alone.value, "12")


@pytest.mark.parametrize("content", [b"no zip", b"PK\3\4 cut off"])
def test_a_file_that_is_no_zip_is_named(real, tmp_path, colours, content):
    (tmp_path / "images.zip").write_bytes(content)
    with pytest.raises(InputError, match=r"images\.zip .*is no zip"):
        evaluate_folders(real, tmp_path / "images.zip", evaluator(colours))


def test_a_zip_without_pictures_is_named(real, tmp_path, colours):
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        archive.writestr("notes.txt", "mine")
    with pytest.raises(InputError, match=r"images\.zip holds no pictures"):
        evaluate_folders(real, tmp_path / "images.zip", evaluator(colours))


def test_a_picture_of_a_zip_that_unpacks_to_too_much_is_left_out(real, fake, tmp_path, colours):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in itertools.islice(sorted(fake.iterdir()), 4):
            archive.write(file, file.name)
        archive.writestr("bomb.png", bytes(70_000_000))
    (row,) = evaluate_folders(real, path, evaluator(colours))
    assert row.generated_count == "4"
    assert "bomb.png (it unpacks to 70 MB" in row.warnings


# Statistics


@pytest.mark.parametrize("side", ["real", "fake"])
def test_statistics_are_refused_with_the_function_that_takes_them(
    real, fake, tmp_path, colours, side
):
    np.savez(tmp_path / "stats.npz", mu=np.zeros(48), sigma=np.eye(48))
    sides = {"real": real, "fake": fake, side: tmp_path / "stats.npz"}
    with pytest.raises(InputError) as caught:
        evaluate_folders(**sides, evaluator=evaluator(colours))
    text = str(caught.value)
    assert "mu and sigma" in text
    assert "artnb.evaluation.frechet_distance(mu1, sigma1, mu2, sigma2)" in text
