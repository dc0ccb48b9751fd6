"""What visitors ask for, without a page."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from artnb.data.images import is_marked_as_painted
from artnb.errors import InputError
from artnb.explorer.photos import Albums
from artnb.sampling.generating import generate
from artnb.translation import translate_image
from artnb.web_app.painting import PaintingService
from tests.evaluation.stand_in import write_pictures
from tests.sampling.latent_run import make_latent_run


@pytest.fixture(scope="module")
def latents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("latent")
    return make_latent_run(folder / "run", folder / "pictures")


@pytest.fixture
def service(made, latents, tmp_path):
    photos = write_pictures(tmp_path / "photos", 2, size_px=40)
    runs = {"monet": made, "new": latents}
    return PaintingService(runs, Albums(photos), tmp_path / "files", largest_px=32)


def test_a_photo_is_painted_as_the_painter_paints_it(service, made):
    photo = service.photo("monet", "y", 1)
    painted = service.paint("monet", "1", "y", photo)
    painter = made.painter(1, "y")
    wanted = translate_image(painter.load(), photo.pixels, painter.multiple_px)
    assert painted.painting.shape == (32, 32, 3)
    assert np.abs(painted.painting.astype(int) - wanted).max() <= 1
    assert service.paint("monet", "1", "y", photo) is painted


def test_a_seed_is_the_picture_that_it_always_is(service, latents):
    sampled = service.sample("new", "latest", 7, 0.5)
    (wanted,) = generate(latents.sampler("latest").load(), [7], 0.5)
    assert np.abs(sampled.painting.astype(int) - wanted).max() <= 1


def test_one_picture_is_painted_at_a_time(service, monkeypatch):
    at_work, most = [], []

    def paint_photo(networks, painter, pixels):
        at_work.append(painter)
        most.append(len(at_work))
        time.sleep(0.05)
        at_work.pop()
        return pixels

    monkeypatch.setattr("artnb.web_app.painting.paint_photo", paint_photo)
    photos = [service.photo("monet", "y", place) for place in (0, 1)]
    with ThreadPoolExecutor() as threads:
        list(threads.map(lambda photo: service.paint("monet", "2", "y", photo), photos))
    assert most == [1, 1]


def test_files_carry_the_mark_at_either_size(service):
    sampled = service.sample("new", "latest", 3, 0.7)
    for edge_px, size in ((None, (16, 16)), (160, (160, 160))):
        path = service.file_of(sampled, edge_px)
        assert path.name == "seed0003-truncation-0.7-run-epoch-0002.png"
        assert is_marked_as_painted(path.read_bytes())
        assert Image.open(path).size == size


def test_the_list_has_the_folders_photos(service):
    assert service.album("monet", "y") == (["000.png", "001.png"], "")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda service: service.run("manet"), "no Run 'manet' to choose; did you mean \"monet\""),
        (lambda service: service.photo("monet", "y", 2), "there are 2 photos, and no 2"),
        (lambda service: service.photo("monet", "y", -1), "there are 2 photos, and no -1"),
        (lambda service: service.sample("new", "latest", -1, 0.5), "seeds must be from 0"),
        (lambda service: service.sample("new", "latest", 1, 9.0), "a truncation must be"),
        (lambda service: service.sample("monet", "latest", 1, 0.5), "has no latents"),
    ],
)
def test_what_a_page_does_not_offer_is_refused(service, asked, sentence):
    with pytest.raises(InputError, match=sentence):
        asked(service)


def test_a_file_that_is_no_picture_is_refused(service, tmp_path):
    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    with pytest.raises(InputError, match=r"notes\.txt cannot be painted: it is not a picture"):
        service.uploaded(tmp_path / "notes.txt")
