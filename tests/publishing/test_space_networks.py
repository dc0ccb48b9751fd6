"""What a Space's networks paint is what artnb paints, in one piece and in tiles."""

import numpy as np
import pytest

from artnb import translation
from artnb.exchange.web_networks import write_web_network
from artnb.sampling.generating import generate
from tests.publishing.test_space import TEMPLATES, module_of
from tests.sampling.latent_run import make_latent_run


@pytest.fixture
def painting(monkeypatch, tmp_path):
    module = module_of(TEMPLATES, monkeypatch)
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    module.load.cache_clear()
    return module


@pytest.fixture
def painter(made, painting, tmp_path):
    maker = made.painter(2, "y")
    network = write_web_network(tmp_path / "monet.onnx", maker, half=False)
    facts = {"multiple_px": maker.multiple_px, "statistics": network.statistics}
    return painting.Painter({"file": "monet.onnx", **facts})


@pytest.fixture
def photo():
    return np.random.default_rng(0).integers(0, 256, (150, 131, 3), np.uint8)


def test_tiles_are_laid_as_translate_lays_them(painting):
    ours = (translation.WHOLE_PIXELS, translation.TILE_PX, translation.OVERLAP_PX)
    assert ours == (painting.WHOLE_PIXELS, painting.TILE_PX, painting.OVERLAP_PX)
    assert painting.TILES_FOR_STATISTICS == translation.TILES_FOR_STATISTICS
    for length in (512, 513, 700, 1536):
        starts = translation.tile_starts(length, 512, 192, 4)
        assert painting.tile_starts(length, 512, 4) == starts


@pytest.mark.parametrize("size", [(150, 131), (20, 9)])
def test_a_photo_in_one_piece(painter, made, photo, size):
    photo = photo[: size[0], : size[1]]
    wanted = translation.translate_image(made.painter(2, "y").load(), photo, painter.multiple_px)
    assert painter.statistics > 0
    assert np.abs(painter.paint(photo).astype(int) - wanted).max() <= 1


def test_a_photo_in_tiles(painter, made, painting, photo, monkeypatch):
    for module in (painting, translation):
        monkeypatch.setattr(module, "WHOLE_PIXELS", 64 * 64)
        monkeypatch.setattr(module, "TILE_PX", 64)
        monkeypatch.setattr(module, "OVERLAP_PX", 24)
    wanted = translation.translate_image(made.painter(2, "y").load(), photo, painter.multiple_px)
    assert np.abs(painter.paint(photo).astype(int) - wanted).max() <= 1


def test_a_seed_is_the_picture_that_it_always_is(painting, tmp_path):
    run = make_latent_run(tmp_path / "run", tmp_path / "pictures")
    sampler = run.sampler("latest")
    write_web_network(tmp_path / "new.onnx", sampler, half=False)
    facts = {"file": "new.onnx", "latent_size": sampler.latent_size, "classes": []}
    (wanted,) = generate(sampler.load(), [7], 0.5)
    assert np.abs(painting.invent(facts, 7, 0.5, None).astype(int) - wanted).max() <= 1
