import shutil

import numpy as np
import pytest
from PIL import Image

from artnb.data.images import PAINTED_MARK, encode_jpeg
from artnb.errors import InputError
from artnb.evaluation.evaluator import check_comparable, shared_pictures
from artnb.evaluation.measure import Cache, measure
from artnb.evaluation.pictures import pictures_of_folder
from tests.evaluation.stand_in import write_pictures


@pytest.fixture
def real(tmp_path):
    return write_pictures(tmp_path / "real", 8, seed=1)


@pytest.fixture
def fake(tmp_path):
    return write_pictures(tmp_path / "fake", 8, seed=2)


def looked_at(folder, **options):
    return measure(pictures_of_folder(folder, **options), [], Cache(None))


def test_sets_of_other_pictures_may_be_compared(real, fake):
    check_comparable(looked_at(real), looked_at(fake))
    assert shared_pictures(looked_at(real), looked_at(fake)) == []


def test_a_set_against_itself_is_refused(fake):
    with pytest.raises(InputError, match=r"must share no picture .* and 8 pictures"):
        check_comparable(looked_at(fake), looked_at(fake))


def test_one_shared_picture_is_enough_and_is_named(real, fake):
    shutil.copy(fake / "003.png", real / "borrowed.png")
    with pytest.raises(InputError, match=r"1 pictures of .* such as 003\.png \(borrowed\.png\)"):
        check_comparable(looked_at(real), looked_at(fake))


@pytest.mark.parametrize("quality", [60, 75, 95])
def test_the_same_picture_in_another_format_is_known_again(tmp_path, quality):
    real = write_pictures(tmp_path / "real", 8, size_px=128, seed=1)
    fake = write_pictures(tmp_path / "fake", 8, size_px=128, seed=2)
    Image.open(fake / "005.png").save(real / "copy.jpg", quality=quality)
    assert shared_pictures(looked_at(real), looked_at(fake)) == [("005.png", "copy.jpg")]


def test_the_same_picture_in_another_size_is_known_again(real, fake):
    larger = Image.open(fake / "005.png").resize((64, 64), Image.Resampling.BICUBIC)
    larger.save(real / "larger.png")
    found = shared_pictures(looked_at(real, resize_px=32), looked_at(fake, resize_px=32))
    assert found == [("005.png", "larger.png")]


def test_fog_is_not_taken_for_the_same_picture(real, fake):
    for folder, level in ((real, 200), (fake, 201)):
        Image.new("RGB", (32, 32), (level, level, level)).save(folder / "fog.png")
    check_comparable(looked_at(real), looked_at(fake))


def test_generated_pictures_are_no_reference(real, fake):
    picture = np.asarray(Image.open(real / "000.png"))
    (real / "000.png").unlink()
    (real / "zero.jpg").write_bytes(encode_jpeg(picture, PAINTED_MARK))
    with pytest.raises(InputError, match=r"1 of the 8 in .* painted by a generator, such as zero"):
        check_comparable(looked_at(real), looked_at(fake))


def test_sizes_must_agree(real, tmp_path):
    larger = write_pictures(tmp_path / "larger", 4, size_px=64, seed=3)
    with pytest.raises(InputError, match=r"32×32 where .* is 64×64.* --resize 32"):
        check_comparable(looked_at(real), looked_at(larger))
    check_comparable(looked_at(real, resize_px=32), looked_at(larger, resize_px=32))


def test_real_paintings_and_photos_share_nothing(competition):
    sets = [pictures_of_folder(competition / name).some(150) for name in ("monet_jpg", "photo_jpg")]
    check_comparable(*(measure(pictures, [], Cache(None)) for pictures in sets))
