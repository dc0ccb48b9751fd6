import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import artnb.translation as module
from artnb.data.colour import SRGB_PROFILE
from artnb.data.images import is_marked_as_painted
from artnb.data.records import Record, write_shard
from artnb.data.sources import pictures_to_paint
from artnb.errors import InputError
from artnb.method import preset_config
from artnb.methods.cyclegan.model import build_generator
from artnb.models.networks import resnet_generator
from artnb.runs.run import new_run
from artnb.runs.snapshots import save_snapshot
from artnb.translation import (
    pad_to_multiple,
    tile_starts,
    translate,
    translate_image,
    translate_images,
)
from tests.golden.draws import draw_weights


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    config = preset_config("smoke")
    run = new_run(tmp_path_factory.mktemp("runs") / "run", config)
    run.note(data={"x": "photo", "y": "monet"})
    painters = {name: build_generator(config, name) for name in ("generator_g", "generator_f")}
    for seed, painter in enumerate(painters.values()):
        draw_weights(painter, seed)
    save_snapshot(run.snapshot(1), painters, {"epoch": 1})
    return run


def landscape(height, width, seed=0):
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), np.uint8)
    return Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("size", [(1, 1), (5, 300), (37, 41), (64, 64), (130, 99)])
def test_every_size_comes_back_as_it_was(run, size):
    painter = run.painter().load()
    assert translate_image(painter, np.asarray(landscape(*size))).shape == (*size, 3)


def test_several_of_one_size_are_painted_as_each_alone(run):
    painter = run.painter().load()
    photos = [np.asarray(landscape(37, 41, seed)) for seed in range(3)]
    together = translate_images(painter, photos)
    for photo, painting in zip(photos, together, strict=True):
        difference = painting.astype(int) - translate_image(painter, photo)
        assert np.abs(difference).max() <= 1
    assert [p.shape for p in translate_images(painter, [photos[0], photos[0][:20]])] == [
        (37, 41, 3),
        (20, 41, 3),
    ]


def test_paintings_say_in_their_files_what_they_are(run, tmp_path):
    (tmp_path / "photos").mkdir()
    for name in ("a.jpg", "b.png"):
        landscape(40, 40).save(tmp_path / "photos" / name)
    translate(run, tmp_path / "photos", tmp_path / "out")
    for name in ("a.jpg", "b.png"):
        assert is_marked_as_painted((tmp_path / "out" / name).read_bytes())
        assert not is_marked_as_painted((tmp_path / "photos" / name).read_bytes())


def test_padding_is_cropped_off_without_a_trace(run):
    """What lies beyond the right and lower edge must be mirrored, not black."""
    photo = np.asarray(landscape(30, 34))
    padded = pad_to_multiple(photo, 4)
    assert padded.shape == (32, 36, 3)
    np.testing.assert_array_equal(padded[:30, :34], photo)
    np.testing.assert_array_equal(padded[30:, :34], photo[:-3:-1])


@pytest.mark.parametrize(
    ("length", "tile", "overlap"),
    [(512, 512, 192), (1300, 512, 192), (4000, 512, 192), (516, 512, 192)],
)
def test_tiles_cover_a_side_and_overlap(length, tile, overlap):
    starts = tile_starts(length, tile, overlap, 4)
    assert starts[0] == 0
    assert starts[-1] == length - tile or length == tile
    assert all(start % 4 == 0 for start in starts)
    assert all(b - a <= tile - overlap for a, b in pairwise(starts))


def test_tiles_show_no_seam(monkeypatch):
    """In tiles, a picture must look as it does in one piece, up to the norms' sample."""
    painter = resnet_generator("g", 8, 2)
    draw_weights(painter, 3)
    photo = np.asarray(landscape(400, 560))
    whole = translate_image(painter, photo).astype(float)
    monkeypatch.setattr(module, "WHOLE_PIXELS", 10_000)
    monkeypatch.setattr(module, "TILE_PX", 256)
    monkeypatch.setattr(module, "OVERLAP_PX", 128)
    tiled = translate_image(painter, photo).astype(float)
    difference = np.abs(tiled - whole)
    assert difference.mean() < 6
    # A seam is a step between neighbours that the whole picture does not have.
    steps = np.abs(np.diff(tiled, axis=1) - np.diff(whole, axis=1)).mean(axis=(0, 2))
    assert steps.max() < 4 * np.median(steps) + 0.5


@pytest.mark.parametrize(("height", "width"), [(1024, 1536), (300, 4000), (4000, 300), (512, 513)])
def test_statistics_are_taken_from_edge_to_edge(height, width):
    places = module.sample_places(height, width, 4)
    assert 1 < len(places) <= module.TILES_FOR_STATISTICS
    assert len({(top.stop - top.start, left.stop - left.start) for top, left in places}) == 1
    for side, length in ((0, height), (1, width)):
        if length >= 2 * module.TILE_PX // 2:
            assert min(place[side].start for place in places) == 0
            assert max(place[side].stop for place in places) > length - 4
        assert all(place[side].start % 4 == 0 for place in places)
        assert all(0 <= place[side].start < place[side].stop <= length for place in places)


def test_a_bright_sky_counts(monkeypatch):
    """With samples of the middle alone it was 25 levels off."""
    painter = resnet_generator("g", 8, 2)
    draw_weights(painter, 3)
    photo = np.array(landscape(400, 560)) // 3
    photo[:100] = 255 - photo[:100]
    whole = translate_image(painter, photo).astype(float)
    monkeypatch.setattr(module, "WHOLE_PIXELS", 10_000)
    monkeypatch.setattr(module, "TILE_PX", 256)
    monkeypatch.setattr(module, "OVERLAP_PX", 128)
    assert np.abs(translate_image(painter, photo) - whole).mean() < 10


def test_tiles_without_shared_statistics_would_show_seams(monkeypatch):
    painter = resnet_generator("g", 8, 2)
    draw_weights(painter, 3)
    photo = np.array(landscape(400, 560))
    photo[:, :200] //= 6
    whole = translate_image(painter, photo).astype(float)
    alone = translate_image(painter, photo[:, :256]).astype(float)
    monkeypatch.setattr(module, "WHOLE_PIXELS", 10_000)
    monkeypatch.setattr(module, "TILE_PX", 256)
    monkeypatch.setattr(module, "OVERLAP_PX", 128)
    tiled = translate_image(painter, photo).astype(float)
    shared, own = (np.abs(a - whole[:, :256])[:, :128].mean() for a in (tiled[:, :256], alone))
    assert shared < 0.5 * own


def test_files_keep_names_and_folders(run, tmp_path):
    photos = tmp_path / "photos"
    (photos / "lake").mkdir(parents=True)
    landscape(40, 50).save(photos / "a.jpg")
    landscape(40, 50).save(photos / "lake" / "b.png")
    report = translate(run, photos, tmp_path / "out")
    assert sorted(p.relative_to(tmp_path / "out").as_posix() for p in report.written) == [
        "a.jpg", "lake/b.png",
    ]  # fmt: skip
    assert all(Image.open(path).size == (50, 40) for path in report.written)


def test_orientation_is_honoured(run, tmp_path):
    photo = landscape(40, 60)
    exif = photo.getexif()
    exif[0x0112] = 6  # turn by a quarter
    photo.save(tmp_path / "turned.jpg", exif=exif)
    written = translate(run, tmp_path / "turned.jpg", tmp_path / "out").written
    painted = Image.open(written[0])
    assert painted.size == (40, 60)
    assert painted.getexif().get(0x0112, 1) == 1


def test_both_directions_by_letter_and_name(run):
    forward, back = run.painter(to="y"), run.painter(to="x")
    assert forward == run.painter(to="monet") == run.painter() == back.back
    assert back == run.painter(to="photo") == forward.back
    assert (forward.network, back.network) == ("generator_g", "generator_f")
    assert (forward.source, forward.target) == (back.target, back.source) == ("photo", "monet")
    with pytest.raises(InputError, match="choose photo or monet"):
        run.painter(to="cezanne")


def test_large_pictures_can_be_scaled_down(run, tmp_path):
    landscape(200, 300).save(tmp_path / "large.png")
    written = translate(run, tmp_path / "large.png", tmp_path / "out", largest_px=150).written
    assert Image.open(written[0]).size == (150, 100)


def test_what_cannot_be_read_is_skipped_and_told(run, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "bad.jpg").write_text("no picture")
    landscape(40, 40).save(photos / "good.jpg")
    report = translate(run, photos, tmp_path / "out")
    assert [path.name for path in report.written] == ["good.jpg"]
    assert report.skipped[0][0].name == "bad.jpg"
    assert "not a picture" in report.skipped[0][1]


def test_no_painting_takes_the_place_of_another(run, tmp_path):
    photos, names = tmp_path / "photos", ("a.jpg", "a.jpeg", "a.webp", "b.tif", "b.png", "c.webp")
    (photos / "more").mkdir(parents=True)
    for number, name in enumerate(names):
        landscape(20, 20 + number).save(photos / name)
    landscape(20, 40).save(photos / "more" / "a.webp")
    report = translate(run, photos, tmp_path / "out")
    sizes = {}
    for path in report.written:
        with Image.open(path) as painting:
            sizes[str(path.relative_to(tmp_path / "out"))] = painting.width
    assert sizes == {
        "a.jpg": 20, "a.jpeg.jpg": 21, "a.webp.jpg": 22, "b.tif.png": 23, "b.png": 24, "c.jpg": 25,
        "more/a.jpg": 40,
    }  # fmt: skip


def test_paintings_among_the_photos_are_not_painted_again(run, tmp_path):
    landscape(20, 20).save(tmp_path / "a.jpg")
    for _ in range(2):
        report = translate(run, tmp_path, tmp_path / "painted")
        assert [path.name for path in report.written] == ["a.jpg"]
    with pytest.raises(InputError, match="holds no photos but those that lie in"):
        translate(run, tmp_path / "painted" / "a.jpg", tmp_path)


def test_photos_are_never_overwritten(run, tmp_path):
    landscape(40, 40).save(tmp_path / "a.jpg")
    with pytest.raises(InputError, match="where the photos come from"):
        translate(run, tmp_path, tmp_path)


def test_missing_and_empty_folders(tmp_path):
    with pytest.raises(InputError, match="nothere does not"):
        pictures_to_paint(tmp_path / "nothere", "x")
    with pytest.raises(InputError, match="holds no pictures"):
        pictures_to_paint(tmp_path, "x")


def test_the_photos_of_a_place_with_two_sides_are_painted_and_shards_too(run, tmp_path):
    (tmp_path / "c" / "monet_jpg").mkdir(parents=True)
    landscape(40, 40).save(tmp_path / "c" / "monet_jpg" / "m.jpg")
    names = ["0001", "v1.2", "../../evil", "a/b.png"]
    photo = io.BytesIO()
    landscape(50, 40).save(photo, "PNG")
    (tmp_path / "c" / "photo_tfrec").mkdir()
    shard = tmp_path / "c" / "photo_tfrec" / "p.tfrec"
    write_shard(shard, [Record(name, photo.getvalue(), "photo") for name in names])
    for photos in (tmp_path / "c", shard):
        out = tmp_path / f"from {photos.name}"
        written = translate(run, photos, out).written
        assert [path.relative_to(out).as_posix() for path in written] == [
            *("0001.jpg", "v1.2.jpg", "evil.jpg", "a/b.png"),
        ]


def test_pictures_of_any_name_are_painted_and_the_rest_is_told(run, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.jpg!Large", "Mr. Smith"):
        Image.new("RGB", (32, 32), "teal").save(folder / name, "JPEG")
    (folder / "notes.txt").write_text("Dear diary")
    report = translate(run, folder, tmp_path / "out")
    assert sorted(path.name for path in report.written) == ["Mr. Smith.jpg", "a.jpg"]
    assert report.passed_over == (("notes.txt", "no picture"),)


def test_paintings_carry_srgb(run, tmp_path):
    Image.new("RGB", (32, 32), "teal").save(tmp_path / "a.jpg")
    (painting,) = translate(run, tmp_path / "a.jpg", tmp_path / "out").written
    with Image.open(painting) as image:
        assert image.info["icc_profile"] == SRGB_PROFILE


def test_nothing_but_paintings_is_replaced(run, tmp_path):
    photos, out = tmp_path / "photos", tmp_path / "out"
    for folder in (photos, out):
        folder.mkdir()
    landscape(40, 40).save(photos / "a.png")
    landscape(40, 40).save(photos / "b.png")
    landscape(40, 40, seed=1).save(out / "b.png")
    mine = (out / "b.png").read_bytes()
    with pytest.raises(InputError, match=r"b\.png is there and no painting of artnb's"):
        translate(run, photos, out)
    assert [path.name for path in out.iterdir()] == ["b.png"]
    assert (out / "b.png").read_bytes() == mine
    (out / "b.png").unlink()
    first = translate(run, photos, out)
    assert translate(run, photos, out).written == first.written
