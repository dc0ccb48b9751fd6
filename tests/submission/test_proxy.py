"""A local MiFID: with Inception and under its name, or not at all."""

import pytest

from artnb.submission import proxy
from artnb.submission.proxy import local_mifid
from tests.evaluation.stand_in import Colours, write_pictures
from tests.submission.made import some_pictures, write_zip


@pytest.fixture
def submission(tmp_path):
    return write_zip(tmp_path / "images.zip", some_pictures(12))


@pytest.fixture
def real(tmp_path):
    return write_pictures(tmp_path / "monet", 10, seed=5)


@pytest.fixture
def colours(monkeypatch, tmp_path):
    """Stand in for the extractors, whose weights not every machine has."""

    def load(name, *_):
        extractor = Colours()
        extractor.name, extractor.title = name, name.capitalize()
        return extractor

    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("artnb.evaluation.extractors.load_extractor", load)


def test_without_real_paintings_it_is_not_computed(submission):
    (line,) = local_mifid(submission, None)
    assert line.startswith("MiFID: not computed, since there are no real paintings")


def test_without_weights_it_is_not_computed_and_says_why(submission, real, monkeypatch):
    monkeypatch.setattr(proxy, "weights_at_hand", lambda _kind: None)
    (line,) = local_mifid(submission, real)
    assert line.startswith("MiFID: not computed, since it is defined on Inception, whose weights")


def test_with_inception_it_has_its_name_and_is_called_a_proxy(submission, real, colours):
    lines = local_mifid(submission, real, "inception")
    assert any(line.startswith("MiFID: ") and line[7].isdigit() for line in lines)
    assert any("stands in for Kaggle's" in line for line in lines)


def test_another_extractor_never_gives_a_mifid(submission, real, colours):
    lines = local_mifid(submission, real, "squeezenet")
    assert lines[0] == "MiFID: not computed: it is defined on Inception alone"
    assert lines[1].startswith("memorisation-informed Fréchet distance (Squeezenet): ")
    assert not any(line.startswith("MiFID") for line in lines[1:])


def test_what_must_not_be_compared_is_not(tmp_path, submission, colours):
    own = tmp_path / "own"
    own.mkdir()
    for name, data in some_pictures(12).items():
        (own / name).write_bytes(data)
    (line,) = local_mifid(submission, own, "inception")
    assert line.startswith("MiFID: not computed: a reference set must share no picture")


def test_an_unknown_extractor_is_told(submission, real):
    (line,) = local_mifid(submission, real, "resnet")
    assert "there is no extractor 'resnet'" in line
