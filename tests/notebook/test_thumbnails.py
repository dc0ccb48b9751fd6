import numpy as np
import pytest

from artnb.errors import InputError
from artnb.evaluation import extractors
from artnb.notebook.thumbnails import Thumbnails, network_or_thumbnails


def test_thumbnails_know_colour_vividness_and_grain():
    plain = np.full((1, 64, 64, 3), 128, np.uint8)
    red = plain.copy()
    red[..., 0] = 255
    striped = plain.copy()
    striped[:, ::2] = 160
    base, coloured, grained = (Thumbnails()(pictures)[0] for pictures in (plain, red, striped))
    colours, vividness, grain = slice(192), slice(192, 256), slice(256, 320)
    assert base[vividness].max() == base[grain].max() == 0
    assert coloured[vividness].min() == pytest.approx(2 * 127 / 255)
    assert coloured[grain].max() == 0
    assert grained[grain].min() > 1
    assert grained[colours] == pytest.approx(0.3 * (144 / 255 - 0.5), abs=1e-5)


def test_without_weights_thumbnails_take_the_place_and_say_so(monkeypatch, tmp_path):
    monkeypatch.setenv("ARTNB_WEIGHTS", str(tmp_path))
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path))
    said = []
    assert isinstance(network_or_thumbnails(fetch=False, say=said.append), Thumbnails)
    assert "the weights of SqueezeNet are not here" in said[0]

    def refuse(*_):
        raise InputError("the server cannot be reached")

    monkeypatch.setattr(extractors, "load_extractor", refuse)
    assert isinstance(network_or_thumbnails(fetch=True, say=said.append), Thumbnails)
    assert "the server cannot be reached" in said[1]


def test_weights_at_hand_are_used(monkeypatch):
    monkeypatch.setattr("artnb.notebook.thumbnails.weights_at_hand", lambda kind: "here")
    monkeypatch.setattr(extractors, "load_extractor", lambda name, *_: f"the network {name}")
    assert network_or_thumbnails(fetch=False) == "the network squeezenet"
