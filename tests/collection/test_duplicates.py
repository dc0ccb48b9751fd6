import io
import time

import numpy as np
import pytest
from PIL import Image, ImageOps

from artnb.collection.duplicates import (
    find_details,
    find_near,
    find_repeats,
    hash_picture,
)
from artnb.data.scan import group_pairs
from tests.collection.paintings import painting


def saved_again(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((90, 72)),
        lambda image: image.resize((320, 250), Image.Resampling.LANCZOS),
        lambda image: saved_again(image, 40),
        lambda image: Image.eval(image, lambda value: min(255, int(value * 1.15))),
        ImageOps.mirror,
        lambda image: ImageOps.mirror(image.resize((150, 120))),
    ],
    ids=["smaller", "larger", "jpeg", "lighter", "mirrored", "mirrored and smaller"],
)
def test_the_same_painting_is_known_again(seed, change):
    hashes = [hash_picture(painting(seed)), hash_picture(change(painting(seed)))]
    assert find_near(hashes) == [(0, 1)]


def test_other_paintings_are_other_pictures():
    assert find_near([hash_picture(painting(seed)) for seed in range(60)]) == []


def test_the_second_hash_has_a_say():
    pattern = 0x0F0F0F0F0F0F0F0F
    assert find_near([(pattern, 0, 1, 1), (pattern, 2**40 - 1, 2, 2)]) == []


def test_the_number_of_bits_is_the_users():
    hashes = [(0, 0, 2**64 - 1, 0), (0b11111111, 0, 2**64 - 1, 0)]
    assert find_near(hashes, 7) == []
    assert find_near(hashes, 8) == [(0, 1)]
    assert find_near([]) == []


def test_seven_thousand_pictures_take_seconds():
    random = np.random.default_rng(0)
    hashes = random.integers(0, 2**63, (7000, 4), dtype=np.uint64)
    hashes[6999] = hashes[17]
    start = time.perf_counter()
    assert find_near(hashes) == [(17, 6999)]
    assert time.perf_counter() - start < 10


def test_what_is_near_only_to_a_repeat_is_kept():
    chain = [(0, 1), (1, 2), (2, 3)]
    assert find_repeats(chain, ranks=[0, 1, 2, 3]) == {1: 0, 3: 2}
    assert find_repeats(chain, ranks=[1, 0, 2, 3]) == {0: 1, 2: 1}
    assert find_repeats([], ranks=[]) == {}


def test_groups_are_what_is_connected():
    assert group_pairs(6, [(0, 4), (4, 5), (1, 2)]) == [[0, 4, 5], [1, 2]]
    assert group_pairs(3, []) == []


@pytest.mark.parametrize(
    "detail",
    [
        "The Night Watch (detail)",
        "Night Watch, detail",
        "night-watch-detail-2",
        "Detail of the Night Watch",
        "The Night Watch (detail: the drum)",
        "The Night Watch: The Drummer (Detail)",
        "Night Watch (Ausschnitt)",
    ],
)
def test_a_detail_goes_with_its_painting(detail):
    artists = ["Rembrandt", "Rembrandt", "Rembrandt", "Follower"]
    titles = ["The Night Watch", "The Anatomy Lesson", detail, "The Night Watch"]
    assert find_details(artists, titles) == [(0, 2)]


def test_two_details_of_one_painting_go_together():
    titles = ["Garden of Delights (detail 1)", "Garden of Delights (detail 2)"]
    assert find_details(["Bosch"] * 2, titles) == [(0, 1)]


def test_many_paintings_of_one_title_are_no_details():
    assert find_details(["Monet"] * 3, ["Water Lilies"] * 3) == []
    assert find_details(["", ""], ["Detail", ""]) == []
