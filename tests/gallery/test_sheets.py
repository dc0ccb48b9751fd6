import numpy as np
import pytest
from PIL import Image

from artnb.drawing.grids import PAPER, titled_grid
from artnb.errors import InputError
from artnb.gallery.animation import EPOCH_MS, LAST_MS, PHOTO_MS, animate_epochs, draw_frames
from artnb.gallery.manifest import Exhibit, Gallery, GalleryReader, ShownRun, spread
from artnb.gallery.sheets import (
    draw_before_and_after,
    draw_epochs,
    draw_kinds,
    draw_nearest_real,
    draw_styles,
    write_sheets,
)
from artnb.gallery.store import PictureStore

# Grey levels of what the Runs make; photos are 40, their true paintings 250.
LEVELS = {"painting": 100, "reconstruction": 60, "identity": 50, "nearest": 220}
SIZE = (120, 80)


def make_gallery(
    folder, runs=("one",), epochs=(1, 5, 10), best=None, kinds=("painting",), truth=False
):
    """Make a gallery of flat pictures, as if it had been painted."""
    store = PictureStore(folder)

    def view(name, kind, level, **facts):
        store.put(name, np.full((SIZE[1], SIZE[0], 3), level, np.uint8))
        return store.view(name, kind, SIZE, **facts)

    def exhibit(number, way):
        name = f"{way[0]}-{number}"
        views = [view(f"{name}-source", "source", 40)]
        views += [view(f"{name}-truth", "truth", 250)] if truth else []
        views += [
            view(
                f"{name}-{run}-{epoch}-{kind}",
                kind,
                LEVELS[kind] + epoch + 10 * place,
                run=run,
                epoch=epoch,
                distance=0.1 * number if kind == "nearest" else None,
            )
            for place, run in enumerate(runs)
            for epoch in epochs
            for kind in kinds
        ]
        return Exhibit(f"{number}.jpg", *way, *SIZE, tuple(views))

    exhibits = [exhibit(number, ("photo", "monet")) for number in range(5)]
    if "identity" in kinds:
        exhibits += [exhibit(number, ("monet", "photo")) for number in range(3)]
    shown = tuple(ShownRun(run, "photo", "monet", tuple(epochs), best) for run in runs)
    Gallery("photo → monet", shown, tuple(exhibits)).save(folder)
    return folder


def levels_of(sheet):
    """List the grey levels of the flat pictures on a sheet, row by row."""
    pixels = np.asarray(sheet, int)
    grey = np.ptp(pixels, axis=2) <= 2
    rows = []
    for line in range(0, len(pixels), 4):
        found = []
        for level in pixels[line, :, 0][grey[line]]:
            if not found or abs(found[-1][0] - level) > 2:
                found.append([level, 0])
            found[-1][1] += 1
        wide = [int(level) for level, width in found if width >= 30]
        if wide and (not rows or rows[-1] != wide):
            rows.append(wide)
    return rows


def near(levels, expected):
    return len(levels) == len(expected) and np.abs(np.subtract(levels, expected)).max() <= 3


@pytest.fixture
def titles(monkeypatch):
    """Collect the titles of the grids that are drawn."""
    collected = []

    def grid(rows, columns=(), title="", *others, **options):
        collected.append((title, list(columns)))
        return titled_grid(rows, columns, title, *others, **options)

    for module in ("artnb.gallery.sheets", "artnb.drawing.grids"):
        monkeypatch.setattr(f"{module}.titled_grid", grid)
    return collected


def test_epochs_stand_in_columns(tmp_path, titles):
    sheet = draw_epochs(make_gallery(tmp_path, best=5), count=3, edge_px=120)
    assert titles == [("photo → monet", ["photo", "epoch 1", "epoch 5, best", "epoch 10"])]
    assert sheet.height == 16 + 30 + 24 + 3 * 80 + 2 * 6 + 16
    assert sheet.width == 16 + 4 * 120 + 3 * 6 + 2 * 6 + 6 + 16
    assert all(near(row, [40, 101, 105, 110]) for row in levels_of(sheet))


def test_true_paintings_stand_at_the_end(tmp_path, titles):
    draw_epochs(make_gallery(tmp_path, epochs=(1,), truth=True))
    assert titles[0][1] == ["photo", "epoch 1", "true monet"]


def test_of_many_epochs_some_are_shown(tmp_path, titles):
    draw_epochs(make_gallery(tmp_path, epochs=range(1, 31), best=17), count=1, edge_px=40)
    columns = titles[0][1]
    assert len(columns) <= 12
    assert columns[1] == "epoch 1"
    assert columns[-1] == "epoch 30"
    assert "epoch 17, best" in columns


def test_what_was_not_painted_yet_stays_paper(tmp_path):
    folder = make_gallery(tmp_path)
    gallery = GalleryReader(folder).gallery
    first = gallery.exhibits[0]
    exhibits = (Exhibit(**{**vars(first), "views": first.views[:-1]}), *gallery.exhibits[1:])
    Gallery(gallery.title, gallery.runs, exhibits).save(folder)
    sheet = draw_epochs(folder, count=2, edge_px=120)
    assert [len(row) for row in levels_of(sheet)] == [3, 4]
    assert tuple(np.asarray(sheet)[100, -40]) == PAPER


def test_styles_stand_in_columns(tmp_path, titles):
    folder = make_gallery(tmp_path, runs=("one", "monet"), epochs=(1, 5))
    sheet = draw_styles(folder, count=2, edge_px=120)
    assert titles[0][1] == ["photo", "monet (one), epoch 5", "monet, epoch 5"]
    assert all(near(row, [40, 105, 115]) for row in levels_of(sheet))


def test_four_kinds_both_ways(tmp_path, titles):
    kinds = ("painting", "reconstruction", "identity")
    sheet = draw_kinds(make_gallery(tmp_path, kinds=kinds), count=4, edge_px=120)
    title, columns = titles[0]
    assert title == "photo → monet, epoch 10"
    assert columns[:3] == ["photo", "→ monet", "back to photo"]
    assert columns[4:] == ["monet", "→ photo", "back to monet", "identity: monet → monet"]
    both, alone = [40, 110, 70, 60, 40, 110, 70, 60], [40, 110, 70, 60]
    rows = levels_of(sheet)
    assert near(rows[0], both)
    assert near(rows[-1], alone)


def test_kinds_that_were_not_made_are_said(tmp_path):
    folder = make_gallery(tmp_path)
    with pytest.raises(InputError, match="holds no reconstructions or identities"):
        draw_kinds(folder)
    with pytest.raises(InputError, match="holds no nearest real pictures"):
        draw_nearest_real(folder)


def test_the_nearest_come_first(tmp_path):
    folder = make_gallery(tmp_path, kinds=("painting", "nearest"))
    few, more = (draw_nearest_real(folder, count=count, edge_px=120) for count in (1, 3))
    assert near(levels_of(few)[0], [40, 110, 230])
    assert more.height > 2 * few.height


def test_before_and_after_are_not_stretched(tmp_path, titles):
    sheet = draw_before_and_after(make_gallery(tmp_path, epochs=(3,)), count=2, edge_px=240)
    assert titles[0][1] == ["photo", "→ monet, epoch 3"]
    assert sheet.size == (16 + 240 + 6 + 240 + 16, 16 + 24 + 160 + 6 + 160 + 16)


def test_a_row_is_as_high_as_its_highest_picture():
    high, wide = (np.full((*shape, 3), 90, np.uint8) for shape in ((60, 30), (30, 60)))
    sheet = np.asarray(titled_grid([[high, wide], [wide, wide]], edge_px=60))
    assert sheet.shape[0] == 16 + 60 + 6 + 30 + 16
    middle_of_first_row = sheet[16 + 30]
    assert (middle_of_first_row[16 + 30] == 90).all()
    assert tuple(middle_of_first_row[16 + 5]) == PAPER
    assert tuple(sheet[16 + 5, 16 + 60 + 6 + 30]) == PAPER


def test_every_sheet_there_are_pictures_for_is_written(tmp_path):
    one = write_sheets(make_gallery(tmp_path / "one"))
    assert [path.name for path in one] == ["epochs.webp", "before-and-after.webp"]
    kinds = tuple(LEVELS)
    runs = ("Müller <b>", "")
    several = write_sheets(make_gallery(tmp_path / "two", runs=runs, kinds=kinds, epochs=(1,)))
    names = [path.name for path in several]
    assert names[0] == "styles.webp"
    assert names[1:3] == ["epochs-1-m-ller-b.webp", "kinds-1-m-ller-b.webp"]
    assert names[-1] == "before-and-after-2.webp"
    assert all(Image.open(path).format == "WEBP" for path in several)


def test_sheets_of_what_is_no_gallery(tmp_path):
    with pytest.raises(InputError, match="is no gallery"):
        draw_epochs(tmp_path)
    Gallery("empty", (), ()).save(tmp_path)
    with pytest.raises(InputError, match="holds no photos yet"):
        write_sheets(tmp_path)
    with pytest.raises(InputError, match="shows no Run 'on'; did you mean \"one\""):
        draw_epochs(make_gallery(tmp_path / "one"), run="on")


@pytest.mark.parametrize("suffix", [".webp", ".gif"])
def test_an_animation_goes_through_the_epochs(tmp_path, titles, suffix):
    folder = make_gallery(tmp_path, epochs=(1, 20, 60))
    path = animate_epochs(folder, tmp_path / "new" / f"animation{suffix}", count=3, edge_px=120)
    with Image.open(path) as animation:
        assert animation.n_frames == 4
        assert animation.info["loop"] == 0
        assert animation.size == (16 + 120 + 6 + 120 + 16, 16 + 30 + 80 + 6 + 80 + 16)
        durations, levels = [], []
        for number in range(4):
            animation.seek(number)
            animation.load()
            durations.append(animation.info["duration"])
            levels.append(int(np.asarray(animation.convert("RGB"))[80, 60, 0]))
    assert near(levels, [40, 101, 120, 160])
    assert [title for title, _ in titles] == [
        *("photo → monet", "monet, epoch 1", "monet, epoch 20", "monet, epoch 60")
    ]
    if suffix == ".webp":  # GIF counts in hundredths, and Pillow tells of them frame by frame
        assert durations == [PHOTO_MS, EPOCH_MS, EPOCH_MS, LAST_MS]
    assert path.stat().st_size < 60_000


def test_frames_are_all_of_one_size_and_not_too_many(tmp_path):
    folder = make_gallery(tmp_path, epochs=range(1, 41))
    frames = draw_frames(folder, count=1, edge_px=60)
    assert len(frames) == 1 + 24
    assert len({frame.size for frame in frames}) == 1


def test_an_animation_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"a .webp or .gif, got film.mp4"):
        animate_epochs(make_gallery(tmp_path), tmp_path / "film.mp4")


def test_what_stands_for_a_run():
    run = ShownRun("one", "photo", "monet", (1, 5), best=1)
    assert run.shown_epoch == 1
    assert ShownRun("one", "photo", "monet", (1, 5), best=9).shown_epoch == 5
    assert spread([1, 2, 3, 4, 5], 3) == [1, 3, 5]
    assert spread([1, 2], None) == [1, 2]
