import hashlib
import sqlite3

import numpy as np
import pytest
from PIL import Image

from artnb.data.colour import SRGB_PROFILE
from artnb.errors import InputError
from artnb.evaluation.measure import Cache, measure, open_cache
from artnb.evaluation.pictures import EncodedPictures, pictures_of_folder
from tests.data.profiles import ADOBE, rgb_profile
from tests.evaluation.stand_in import Colours, write_pictures


@pytest.fixture
def folder(tmp_path):
    return write_pictures(tmp_path / "pictures", 20)


def test_every_picture_gets_its_own_numbers(folder):
    colours = Colours()
    pictures = pictures_of_folder(folder)
    measured = measure(pictures, [colours], Cache(None))
    assert measured.numbers["colours 1"].shape == (20, 48)
    assert measured.size_px == "32×32"
    for place in (0, 7, 19):
        alone = colours(pictures.read([place])[0].picture[None])[0]
        np.testing.assert_allclose(measured.numbers["colours 1"][place], alone, rtol=1e-6)


def test_the_second_time_no_pixel_is_read(folder, tmp_path, monkeypatch):
    colours = Colours()
    first = measure(pictures_of_folder(folder), [colours], Cache(tmp_path / "cache.sqlite"))
    monkeypatch.setattr(EncodedPictures, "read", lambda *_: pytest.fail("pictures were read"))
    second = measure(pictures_of_folder(folder), [colours], Cache(tmp_path / "cache.sqlite"))
    assert colours.seen == 20
    np.testing.assert_array_equal(first.numbers["colours 1"], second.numbers["colours 1"])
    assert first.sha256 == second.sha256
    assert first.facts[3].pixels == second.facts[3].pixels


def test_an_interrupted_measurement_goes_on(folder, tmp_path):
    class Interrupted(Colours):
        def __call__(self, pictures, sources=None):
            if self.seen >= 16:
                raise KeyboardInterrupt
            return super().__call__(pictures)

    cache = tmp_path / "cache.sqlite"
    with pytest.raises(KeyboardInterrupt):
        measure(pictures_of_folder(folder), [Interrupted()], Cache(cache))
    colours = Colours()
    measure(pictures_of_folder(folder), [colours], Cache(cache))
    assert colours.seen == 4


def test_equal_pictures_are_measured_once_and_counted_twice(folder):
    (folder / "again.png").write_bytes((folder / "000.png").read_bytes())
    colours = Colours()
    measured = measure(pictures_of_folder(folder), [colours], Cache(None))
    assert colours.seen == 20
    assert len(measured) == 21
    assert measured.facts[0].pixels == measured.facts[20].pixels


def test_the_hash_of_a_set_knows_no_order_and_no_names(folder, tmp_path):
    other = write_pictures(tmp_path / "other", 20)
    (other / "000.png").rename(other / "zzz.png")
    cache = Cache(None)
    a, b = (measure(pictures_of_folder(f), [], cache) for f in (folder, other))
    assert a.names != b.names
    assert a.sha256 == b.sha256
    (other / "zzz.png").unlink()
    assert measure(pictures_of_folder(other), [], cache).sha256 != a.sha256


def test_one_unreadable_picture_is_left_out_and_named(folder):
    (folder / "bad.jpg").write_text("no picture")
    measured = measure(pictures_of_folder(folder), [Colours()], Cache(None))
    assert len(measured) == 20
    ((name, why),) = measured.unreadable
    assert name == "bad.jpg"
    assert "not a picture" in why


def test_nothing_readable_is_an_error(tmp_path):
    (tmp_path / "bad.jpg").write_text("no picture")
    with pytest.raises(InputError, match=r"no picture of .* can be read \(it is not a picture"):
        measure(pictures_of_folder(tmp_path), [Colours()], Cache(None))


def test_mixed_sizes_want_a_named_resize(folder):
    write_pictures(folder / "larger", 1, size_px=64)
    with pytest.raises(InputError, match=r"of one size, got 32×32, 64×64; .* --resize"):
        measure(pictures_of_folder(folder), [Colours()], Cache(None))
    resized = measure(pictures_of_folder(folder, resize_px=32), [Colours()], Cache(None))
    assert len(resized) == 21


def test_a_full_cache_forgets_its_older_half(folder, tmp_path):
    path = tmp_path / "cache.sqlite"
    pictures = pictures_of_folder(folder)
    measure(pictures, [Colours()], Cache(path))
    left = Cache(path, largest_gb=0).facts(pictures.keys)
    assert 8 <= len(left) <= 11
    colours = Colours()
    assert len(measure(pictures, [colours], Cache(path))) == 20
    assert 9 <= colours.seen <= 12


def test_a_damaged_cache_says_what_to_do(tmp_path):
    path = tmp_path / "features.sqlite"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(InputError, match=r"is damaged .* delete it"):
        open_cache(path)


def test_where_nothing_can_be_written_memory_will_do(tmp_path):
    (tmp_path / "file").touch()
    cache = open_cache(tmp_path / "file" / "features.sqlite")
    assert cache.path is None


def test_a_cache_that_is_read_only_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "cache.sqlite"
    Cache(path)
    connect = sqlite3.connect

    def read_only(path, **options):
        if path == ":memory:":
            return connect(path, **options)
        return connect(f"{path.as_uri()}?mode=ro", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    assert open_cache(path).path is None


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (sqlite3.OperationalError("database or disk is full"), "disk is full.*ARTNB_CACHE"),
        (sqlite3.DatabaseError("disk image is malformed"), "is damaged .*malformed.* delete it"),
    ],
)
def test_what_happens_to_a_cache_in_use_is_explained(tmp_path, folder, problem, text):
    class Failing:
        def execute(self, *_):
            raise problem

    cache = Cache(tmp_path / "cache.sqlite")
    cache._connection = Failing()
    with pytest.raises(InputError, match=text):
        measure(pictures_of_folder(folder), [Colours()], cache)


def test_what_two_processes_keep_is_in_one_file(tmp_path, folder):
    path = tmp_path / "cache.sqlite"
    first, second = Cache(path), Cache(path)
    pictures = pictures_of_folder(folder)
    measure(pictures, [Colours()], first)
    assert len(second.numbers(pictures.keys, "colours 1")) == 20
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM pictures").fetchone() == (20,)


def test_pictures_that_are_decoded_otherwise_by_now_are_measured_anew(tmp_path):
    """Earlier versions took every number for sRGB; what they measured of others is no answer."""
    kinds = {
        "plain.jpg": {},
        "srgb.jpg": {"icc_profile": SRGB_PROFILE},
        "adobe.jpg": {"icc_profile": rgb_profile(ADOBE)},
    }
    for number, (name, options) in enumerate(kinds.items()):
        noise = np.random.default_rng(number).integers(0, 256, (32, 32, 3), np.uint8)
        Image.fromarray(noise).save(tmp_path / name, quality=95, **options)
    Image.fromarray(np.zeros((32, 32), np.int32)).save(tmp_path / "scan.tif")
    pictures = pictures_of_folder(tmp_path)
    by_bytes = [
        hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in pictures.names
    ]
    as_before = {n for n, key, old in zip(pictures.names, pictures.keys, by_bytes, strict=True)
                 if key == old}  # fmt: skip
    assert as_before == {"plain.jpg", "srgb.jpg"}
    assert len(set(pictures.keys)) == 4
