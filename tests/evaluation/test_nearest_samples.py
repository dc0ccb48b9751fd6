"""Samples beside the real pictures that they are nearest to."""

import numpy as np
import pytest

from artnb.data.dataset import open_dataset
from artnb.data.images import decode_rgb, fit_square
from artnb.evaluation.nearest_samples import view_nearest_samples
from artnb.sampling.choice import SampleChoice
from tests.evaluation.stand_in import Colours
from tests.sampling.latent_run import SIZE_PX, make_latent_run


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latent")
    return make_latent_run(folder / "run", folder / "pictures", epochs=(1,))


def test_the_most_suspicious_come_first(run):
    view = view_nearest_samples(run, Colours(), SampleChoice(count=10), most=3)
    assert view.sentence.startswith("Of 10 samples ")
    assert len(view.nearest.distances) == 10
    assert view.picture.width > view.picture.height  # two rows of two pairs


def test_a_sample_that_is_a_real_picture_is_found(run, monkeypatch):
    from PIL import Image

    dataset = open_dataset(run.facts()["data"]["path"], domains=1)
    learnt = Image.fromarray(decode_rgb(dataset.y.train[2]))
    learnt = np.asarray(fit_square(learnt, SIZE_PX))
    unknown = np.zeros_like(learnt)
    monkeypatch.setattr("artnb.sampling.generating.generate", lambda *_: iter([unknown, learnt]))
    view = view_nearest_samples(run, Colours(), SampleChoice(count=2), dataset=dataset)
    assert view.nearest.order()[0] == 1
    assert view.nearest.distances[1] == pytest.approx(0, abs=1e-3)
    assert "Of 2 samples 1 (50 %) lie nearer" in view.sentence


def test_samples_of_a_class_are_that_class_s(run, monkeypatch):
    """As the files beside the sheet are, whose seeds it names."""
    asked = []
    sampler = type(run).sampler

    def watched(self, epoch="latest", class_name=None):
        asked.append(class_name)
        return sampler(self, epoch)

    monkeypatch.setattr(type(run), "sampler", watched)
    view_nearest_samples(run, Colours(), SampleChoice(count=2), class_name="reds")
    assert asked == ["reds"]
