import json
import shutil

import numpy as np
import pytest
from PIL import ExifTags, Image

from artnb.data.images import PAINTED_MARK
from artnb.errors import InputError
from artnb.evaluation.measure import Cache
from artnb.gallery.make import make_gallery
from artnb.gallery.manifest import read_gallery
from artnb.gallery.painting import PaintingJob
from artnb.gallery.store import THUMBNAIL_PX
from artnb.runs.run import Run
from artnb.translation import translate_image
from tests.evaluation.stand_in import Colours, make_run, write_pictures
from tests.mounts import read_only

# One is longer than file systems take together with a suffix, two have one name, one is hostile.
NAMES = (
    "with spaces.png",
    "Blühende Bäume 🌸.png",
    "<script>alert(1)</script>.png".replace("/", "∕"),
    "a" * 200 + ".png",
    "one/same.png",
    "two/same.png",
)


@pytest.fixture
def run(made, tmp_path):
    """A Run of two epochs whose folder a test may change."""
    shutil.copytree(made.path, tmp_path / "runs" / "monet")
    return Run(tmp_path / "runs" / "monet")


@pytest.fixture
def photos(tmp_path):
    """Photos of unusual names and sizes."""
    return write_odd_photos(tmp_path / "photos")


def write_odd_photos(folder):
    random = np.random.default_rng(0)
    for number, name in enumerate(NAMES):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 256, (5, 6, 3), np.uint8)
        size = (45, 34) if number else (34, 45)
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(path)
    return folder


@pytest.fixture
def extractor(monkeypatch):
    """An extractor without weights, and a cache in memory."""
    monkeypatch.setattr("artnb.gallery.nearest.open_cache", lambda: Cache(None))
    return Colours()


def gallery_of(runs, out, **options):
    return make_gallery(runs, out, **{"page": False, "kinds": ["painting"], **options})


def files_of(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.webp")}


def test_every_kind_of_every_epoch_both_ways(run, tmp_path, extractor):
    said = []
    gallery = gallery_of(
        [run], tmp_path / "out", kinds=None, count=3, extractor=extractor, say=said.append
    )
    assert gallery == read_gallery(tmp_path / "out")
    assert gallery.title == "photo → painting"
    (shown,) = gallery.runs
    assert (shown.name, shown.epochs, shown.x, shown.y) == ("monet", (1, 2), "photo", "painting")
    there, back = gallery.exhibits[:3], gallery.exhibits[3:]
    assert {(e.source_domain, e.target_domain) for e in there} == {("photo", "painting")}
    assert {(e.source_domain, e.target_domain) for e in back} == {("painting", "photo")}
    kinds = [(view.kind, view.run, view.epoch) for view in there[0].views]
    of_an_epoch = ["painting", "reconstruction", "identity", "nearest"]
    assert kinds[:2] == [("source", "", None), ("truth", "", None)]
    assert kinds[2:] == [(kind, "monet", epoch) for epoch in (1, 2) for kind in of_an_epoch]
    assert {view.kind for view in back[0].views} == {
        *("source", "truth", "painting", "reconstruction", "identity"),
    }
    views = [view for exhibit in gallery.exhibits for view in exhibit.views]
    for view in views:
        with Image.open(tmp_path / "out" / view.file) as picture:
            assert picture.format == "WEBP"
            mark = picture.getexif().get(ExifTags.Base.ImageDescription)
        made = view.kind in ("painting", "reconstruction", "identity")
        assert mark == (PAINTED_MARK if made else None)
        assert (tmp_path / "out" / view.thumbnail).is_file()
    assert "photo → painting: 3 pictures, 2 epochs of monet" in said


def test_pictures_are_what_the_generators_make(run, tmp_path):
    kinds = ["reconstruction", "identity"]
    gallery = gallery_of([run], tmp_path / "out", count=1, kinds=kinds)
    by_kind = {
        view.kind: np.asarray(Image.open(tmp_path / "out" / view.file).convert("RGB"), float)
        for view in gallery.exhibits[0].views
        if view.epoch in (None, 2)
    }
    pairs = run.facts()["data"]["path"]
    photo = np.asarray(Image.open(f"{pairs}/pictures/pairs/photos/{gallery.exhibits[0].name}"))
    there, back = (run.painter(2, to).load() for to in ("y", "x"))
    painting = translate_image(there, photo)
    made = {
        "source": photo,
        "painting": painting,
        "reconstruction": translate_image(back, painting),
        "identity": translate_image(back, photo),
    }
    for kind, shown in by_kind.items():
        apart = {other: np.abs(shown - picture).mean() for other, picture in made.items()}
        assert min(apart, key=apart.get) == kind
    assert by_kind.keys() == made.keys()


def test_a_folder_that_can_only_be_read_is_refused_before_anything_is_painted(run, tmp_path):
    with read_only(tmp_path), pytest.raises(InputError, match="it is read-only; choose another"):
        make_gallery([run], tmp_path / "gallery")


def test_nearest_real_pictures(run, tmp_path, extractor):
    gallery = gallery_of(
        [run], tmp_path / "out", kinds=["nearest"], extractor=extractor, epochs="latest"
    )
    nearest = [view for e in gallery.exhibits for view in e.views if view.kind == "nearest"]
    assert len(nearest) == len(gallery.exhibits)
    assert all(0 <= view.distance <= 1 for view in nearest)
    assert nearest[0].note == f"distance {nearest[0].distance:.3f}"
    assert (nearest[0].run, nearest[0].epoch) == ("monet", 2)


def test_without_weights_the_nearest_are_left_out(run, tmp_path, monkeypatch):
    monkeypatch.setattr("artnb.gallery.nearest.weights_at_hand", lambda _: None)
    said = []
    gallery = gallery_of(
        [run], tmp_path / "out", kinds=["nearest"], epochs="1", count=1, say=said.append
    )
    assert {view.kind for view in gallery.exhibits[0].views} == {"source", "painting"}
    assert any("left out: they need an extractor's weights" in sentence for sentence in said)


@pytest.fixture(scope="module")
def odd(made, tmp_path_factory):
    """A gallery of odd photos, one of them broken and one there twice, and what was said."""
    folder = tmp_path_factory.mktemp("odd")
    photos = write_odd_photos(folder / "photos")
    (photos / "broken.jpg").write_text("no picture")
    shutil.copy(photos / NAMES[0], photos / "twice.png")
    said = []
    gallery = gallery_of([made], folder / "out", photos=photos, epochs="latest", say=said.append)
    return folder, gallery, said


def test_names_stay_titles_and_never_reach_the_file_system(odd):
    folder, gallery, _ = odd
    assert {exhibit.name for exhibit in gallery.exhibits} == {*NAMES, "twice.png"}
    for view in (view for exhibit in gallery.exhibits for view in exhibit.views):
        name = view.file.rsplit("/", 1)[1]
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
        assert len(name) < 64
    assert read_gallery(folder / "out") == gallery


def test_photos_keep_their_proportions(odd):
    folder, gallery, _ = odd
    for exhibit in gallery.exhibits:
        with Image.open(folder / "photos" / exhibit.name) as photo:
            assert (exhibit.width, exhibit.height) == photo.size
        for view in exhibit.views:
            assert Image.open(folder / "out" / view.file).size == photo.size


def test_equal_photos_are_painted_once_and_shown_twice(odd):
    folder, gallery, _ = odd
    of_name = {exhibit.name: exhibit.views for exhibit in gallery.exhibits}
    assert of_name["twice.png"] == of_name[NAMES[0]]
    assert len(files_of(folder / "out")) == 2 * len(NAMES)


def test_unreadable_photos_are_skipped_and_named(odd):
    _, _, said = odd
    assert "broken.jpg was skipped: it is not a picture in a known format" in said


def test_large_photos_are_scaled_down_and_have_thumbnails(run, tmp_path):
    photos = write_pictures(tmp_path / "photos", 1, size_px=800)
    gallery = gallery_of([run], tmp_path / "out", photos=photos, largest_px=400, epochs="latest")
    (exhibit,) = gallery.exhibits
    assert (exhibit.width, exhibit.height) == (400, 400)
    for view in exhibit.views:
        assert view.thumbnail != view.file
        assert Image.open(tmp_path / "out" / view.thumbnail).size == (THUMBNAIL_PX, THUMBNAIL_PX)


def test_one_photo_by_itself(run, tmp_path, photos):
    gallery = gallery_of([run], tmp_path / "out", photos=photos / NAMES[1], epochs="latest")
    assert [exhibit.name for exhibit in gallery.exhibits] == [NAMES[1]]


def test_photos_that_are_all_unreadable(run, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "broken.jpg").write_text("no picture")
    with pytest.raises(InputError, match=r"none of the photos can be read \(broken.jpg: it is not"):
        gallery_of([run], tmp_path / "out", photos=tmp_path / "photos")
    assert read_gallery(tmp_path / "out").exhibits == ()


def test_the_second_time_nothing_is_painted(run, tmp_path, extractor, monkeypatch):
    options = {"kinds": None, "count": 2, "extractor": extractor, "epochs": "1"}
    first = gallery_of([run], tmp_path / "out", **options)
    before = files_of(tmp_path / "out")
    monkeypatch.setattr(PaintingJob, "_make", lambda *_: pytest.fail("something was painted"))
    second = gallery_of([run], tmp_path / "out", **options)
    assert second.exhibits == first.exhibits
    assert files_of(tmp_path / "out") == before


def test_another_epoch_adds_its_pictures_alone(run, tmp_path):
    gallery_of([run], tmp_path / "out", epochs="1", count=3)
    before = files_of(tmp_path / "out")
    gallery = gallery_of([run], tmp_path / "out", epochs="1,2", count=3)
    after = files_of(tmp_path / "out")
    assert len(gallery.exhibits[0].views) == 3
    assert before.items() <= after.items()
    assert len(after) == len(before) + 3


def test_other_weights_are_painted_anew(run, tmp_path):
    first = gallery_of([run], tmp_path / "out", epochs="2", count=1)
    shutil.copy(run.snapshot(1), run.snapshot(2))
    second = gallery_of([run], tmp_path / "out", epochs="2", count=1)
    assert first.exhibits[0].views[0] == second.exhibits[0].views[0]
    assert first.exhibits[0].views[1].file != second.exhibits[0].views[1].file


def test_an_interrupted_gallery_is_usable_and_goes_on(run, tmp_path, photos, monkeypatch):
    make, painted = PaintingJob._make, []

    def interrupted(self, places):
        if painted:
            raise KeyboardInterrupt
        painted.append(places)
        return make(self, places)

    out = tmp_path / "out"
    monkeypatch.setattr(PaintingJob, "_make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        gallery_of([run], out, photos=photos, epochs="latest")
    unfinished = read_gallery(out)
    assert len(unfinished.exhibits) == len(NAMES)
    views = [view for exhibit in unfinished.exhibits for view in exhibit.views]
    assert sum(view.kind == "painting" for view in views) == 1  # the only one upright
    assert all((out / view.file).is_file() for view in views)
    before = files_of(out)
    monkeypatch.setattr(PaintingJob, "_make", make)
    finished = gallery_of([run], out, photos=photos, epochs="latest")
    assert all(len(exhibit.views) == 2 for exhibit in finished.exhibits)
    assert before.items() <= files_of(out).items()


def test_runs_of_other_sizes_and_epochs_show_the_same_photos(run, tmp_path, photos):
    other = make_run(tmp_path / "other" / "monet", tmp_path / "data", epochs=(2, 5))
    settings = json.loads(other.config_file.read_text())
    other.config_file.write_text(json.dumps(settings | {"image_size_px": 64, "load_size_px": 64}))
    said = []
    gallery = gallery_of(
        [run, other],
        tmp_path / "out",
        photos=photos,
        count=2,
        epochs="1,2",
        say=said.append,
    )
    assert [shown.name for shown in gallery.runs] == ["runs/monet", "other/monet"]
    assert [shown.epochs for shown in gallery.runs] == [(1, 2), (2,)]
    assert "The Run other/monet keeps no epoch 1; the others are shown." in said
    made = {(view.run, view.epoch) for view in gallery.exhibits[0].views if view.run}
    assert made == {("runs/monet", 1), ("runs/monet", 2), ("other/monet", 2)}
    for exhibit in gallery.exhibits:
        sizes = {Image.open(tmp_path / "out" / view.file).size for view in exhibit.views}
        assert sizes == {(exhibit.width, exhibit.height)}


def test_epochs_that_no_snapshot_is_kept_of(run, tmp_path):
    with pytest.raises(InputError, match="keeps epochs 1, 2, and 7 was asked for"):
        gallery_of([run], tmp_path / "out", epochs="7,8")
    assert not (tmp_path / "out").exists()


def test_the_other_way(run, tmp_path):
    gallery = gallery_of([run], tmp_path / "out", to="photo", count=2, epochs="1", kinds=["truth"])
    assert gallery.title == "painting → photo"
    assert [view.kind for view in gallery.exhibits[0].views] == [*("source", "truth", "painting")]


def test_data_that_is_gone_leaves_out_what_needs_it(run, tmp_path, photos, extractor):
    run.note(data=run.facts()["data"] | {"path": str(tmp_path / "gone")})
    said = []
    gallery = gallery_of(
        [run],
        tmp_path / "out",
        photos=photos / NAMES[0],
        epochs="1",
        kinds=None,
        extractor=extractor,
        say=said.append,
    )
    kinds = {view.kind for exhibit in gallery.exhibits for view in exhibit.views}
    assert kinds == {"source", "painting", "reconstruction", "identity"}
    assert sum("is not here" in sentence for sentence in said) == 1
    with pytest.raises(InputError, match="that is not here"):
        gallery_of([run], tmp_path / "out")


def test_what_is_no_gallery_is_left_alone(run, tmp_path, photos):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds something that is no gallery"):
        gallery_of([run], tmp_path / "mine")
    with pytest.raises(InputError, match="is a file, and a gallery is a folder"):
        gallery_of([run], tmp_path / "mine" / "letter.txt")
    with pytest.raises(InputError, match="lies among the photos"):
        gallery_of([run], photos / "gallery", photos=photos)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_what_cannot_be_asked_for(run, tmp_path):
    with pytest.raises(InputError, match='did you mean "nearest"'):
        gallery_of([run], tmp_path / "out", kinds=["nearst"])
    with pytest.raises(InputError, match="at least one photo, got 0"):
        gallery_of([run], tmp_path / "out", count=0)
    with pytest.raises(InputError, match="at least one Run"):
        gallery_of([], tmp_path / "out")
    with pytest.raises(InputError, match="check the path"):
        gallery_of([run], tmp_path / "out", photos=tmp_path / "nothing")


def test_an_epoch_that_is_thinned_out_meanwhile_is_left_out_and_named(run, photos, tmp_path):
    said = []

    def progress(title, total):
        run.snapshot(2).unlink(missing_ok=True)
        return lambda: None

    out = tmp_path / "gallery"
    gallery = make_gallery([run], out, photos, kinds=[], progress=progress, say=said.append)
    epochs = {view.epoch for shown in gallery.exhibits for view in shown.views if view.epoch}
    assert epochs == {1}
    assert any(sentence.startswith("Epoch 2 of monet is left out: the snap") for sentence in said)
    assert read_gallery(out) == gallery
