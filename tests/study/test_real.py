"""Real photos and paintings: the quantities separate what they should."""

import pytest

from artnb.evaluation.measure import Cache, measure
from artnb.evaluation.pictures import pictures_of_folder
from artnb.study.quantities import MEASURES
from artnb.study.sets import StudySets
from artnb.study.study import study

# Enough to see a difference of a third, few enough for a test.
COUNT = 80


@pytest.fixture(scope="module")
def found(competition):
    folders = {"photo": competition / "photo_jpg", "monet": competition / "monet_jpg"}
    for painter in ("cezanne", "vangogh"):
        folder = competition.parent / "painters-256" / painter
        if not folder.is_dir():
            pytest.skip(f"needs pictures of further painters, and {folder} does not exist")
        folders[painter] = folder
    sets = {
        name: measure(pictures_of_folder(folder, 256).some(COUNT), MEASURES, Cache(None))
        for name, folder in folders.items()
    }
    return study(StudySets(sets.pop("photo"), sets))


@pytest.mark.parametrize(
    ("quantity", "sign"),
    [
        ("dark channel", 1),
        ("lightness", 1),
        ("sky lightness", 1),
        ("fine grain", 1),
        ("spectrum slope", 1),
        ("coherence", -1),
        ("edge softness", -1),
    ],
)
def test_monets_are_lighter_hazier_and_rougher_than_photos(found, quantity, sign):
    effect = found.effects["monet"][quantity]
    ends = sorted((sign * effect.low, sign * effect.high))
    assert ends[0] > 0, f"{quantity}: {effect}"


def test_cezannes_are_greener_and_warmer_than_photos_and_seem_browner(found):
    """Of eight pictures, the interval of brown reaches to about 0."""
    effects = found.effects["cezanne"]
    assert effects["green"].low > 0
    assert effects["warmth"].low > 0
    assert effects["brown"].value > 0.2


def test_small_sets_are_warned_of(found):
    warnings = " ".join(found.warnings)
    assert "pictures of cezanne" in warnings
    assert "pictures of vangogh" in warnings
    assert "pictures of monet" not in warnings
