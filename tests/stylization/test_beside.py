"""Several styles, and several ways to compare them, of one photo."""

import numpy as np
import pytest

from artnb.stylization.settings import StylizeSettings
from tests.stylization.test_stylize import PAINTING, PHOTO, difference, smooth

pytestmark = pytest.mark.backend

PATCHES = StylizeSettings("patches", largest_px=32, steps=1)


def test_each_photo_in_each_style_is_what_it_would_be_alone():
    from artnb.stylization.beside import paint_in_styles
    from artnb.stylization.stylize import stylize

    photos, paintings = [PHOTO, smooth(7, 33, 33)], [PAINTING, smooth(3)]
    painted = paint_in_styles(photos, paintings, PATCHES)
    alone = [stylize(photo, painting, PATCHES) for photo in photos for painting in paintings]
    assert len(painted) == len(alone) == 4
    for one, other in zip(painted, alone, strict=True):
        assert difference(one, other).max() == 0
    assert difference(painted[0], painted[1]).mean() > 3


def test_of_a_painters_paintings_each_photo_takes_one():
    from artnb.stylization import Paintings
    from artnb.stylization.beside import paint_in_styles

    paintings = [np.asarray(smooth(3)), np.asarray(PAINTING)]
    taken = paint_in_styles([PAINTING, smooth(3)], [Paintings(paintings)], PATCHES)
    alone = [paint_in_styles([photo], [photo], PATCHES)[0] for photo in (PAINTING, smooth(3))]
    for one, other in zip(taken, alone, strict=True):
        assert difference(one, other).max() == 0


def test_every_loss_paints_and_patches_beside_them(monkeypatch):
    from artnb.stylization import beside

    asked = []

    def painted(photos, _paintings, settings, say):
        asked.append((settings.features, settings.loss))
        return [np.asarray(photo) for photo in photos]

    monkeypatch.setattr(beside, "paint_in_styles", painted)
    made = beside.paint_by_losses(PHOTO, PAINTING, StylizeSettings("squeezenet"))
    assert list(made) == ["gram", "moments", "sliced", "patches"]
    assert asked[:3] == [("squeezenet", loss) for loss in ("gram", "moments", "sliced")]
    assert asked[3][0] == "patches"
    said = []
    assert list(beside.paint_by_losses(PHOTO, PAINTING, PATCHES, say=said.append)) == ["patches"]
    assert "there are patches alone" in said[0]
