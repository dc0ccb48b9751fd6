"""What a Run makes, as files."""

import numpy as np
import pytest
from PIL import Image

from artnb.data.images import is_marked_as_painted
from artnb.errors import InputError
from artnb.sampling.choice import SampleChoice
from artnb.sampling.files import sample
from artnb.sampling.generating import generate
from tests.sampling.latent_run import SIZE_PX

EVERYTHING = SampleChoice(3, 5, 0.5, (0, 1), mixing=True, interpolation=True)


@pytest.fixture(scope="module")
def written(latent_run, tmp_path_factory):
    out = tmp_path_factory.mktemp("samples")
    return out, sample(latent_run, out, EVERYTHING)


def test_pictures_are_named_by_their_seeds(written, generator):
    _, samples = written
    assert [path.name for path in samples.pictures.values()] == [
        "seed0005.png", "seed0006.png", "seed0007.png"
    ]  # fmt: skip
    for path, made in zip(
        samples.pictures.values(), generate(generator, range(5, 8), 0.5), strict=True
    ):
        with Image.open(path) as image:
            assert np.abs(np.asarray(image, int) - made).max() <= 1
            assert "seed" in image.info["Comment"]


def test_all_files_are_there_and_marked(written):
    out, samples = written
    assert {path.name for path in out.iterdir()} == {
        *(path.name for path in samples.pictures.values()),
        *("sheet.png", "truncations.png", "mixing.png", "interpolation.webp"),
    }
    assert all(is_marked_as_painted(path.read_bytes()) for path in out.iterdir())


def test_the_animation_plays_again_and_again(written):
    with Image.open(written[1].drawn["animation"]) as animation:
        assert animation.info["loop"] == 0
        assert 20 < animation.n_frames <= 60
        assert animation.width % SIZE_PX == 0


def test_of_many_pictures_the_first_are_on_the_sheet(latent_run, tmp_path, monkeypatch):
    monkeypatch.setattr("artnb.sampling.files._MOST_ON_SHEET", 2)
    samples = sample(latent_run, tmp_path, SampleChoice(count=3))
    assert len(samples.pictures) == 3
    with Image.open(samples.drawn["sheet"]) as sheet:
        assert 2 * 160 < sheet.width < 3 * 160


def test_earlier_samples_are_replaced_and_nothing_else(latent_run, tmp_path):
    few = SampleChoice(count=1)
    sample(latent_run, tmp_path, few)
    sample(latent_run, tmp_path, few)
    (tmp_path / "sheet.png").write_bytes(b"something else")
    with pytest.raises(InputError, match=r"sheet.png is there and no painting"):
        sample(latent_run, tmp_path, few)
    assert (tmp_path / "sheet.png").read_bytes() == b"something else"


def test_an_epoch_is_chosen(latent_run, tmp_path):
    one = sample(latent_run, tmp_path / "1", SampleChoice(count=1), epoch=1)
    two = sample(latent_run, tmp_path / "2", SampleChoice(count=1), epoch="latest")
    assert one.pictures[0].read_bytes() != two.pictures[0].read_bytes()


def test_interrupted_work_leaves_what_was_written(latent_run, tmp_path):
    def progress(_title, _total):
        calls = []

        def advance():
            calls.append(None)
            if len(calls) == 2:
                raise KeyboardInterrupt

        return advance

    with pytest.raises(KeyboardInterrupt):
        sample(latent_run, tmp_path, SampleChoice(count=4), progress=progress)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seed0000.png", "seed0001.png"]
