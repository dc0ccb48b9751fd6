"""The explorer's panel: what is chosen, what comes of it, and what is kept."""

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial, wraps
from itertools import count
from pathlib import Path
from typing import Any

import ipywidgets

from artnb.errors import InputError
from artnb.explorer.choices import direction_choices, epoch_choices, run_choices
from artnb.explorer.paintings import (
    Painted,
    PaintingFolder,
    paint_there_and_back,
    visible_difference,
)
from artnb.explorer.photos import Album, Albums, Photo, read_photo, read_upload
from artnb.explorer.widgets import (
    FavouritesBox,
    View,
    make_button,
    make_dropdown,
    make_grid,
    offer,
    row,
    small_html,
    text_html,
)
from artnb.runs.painter import LoadedNetworks
from artnb.runs.run import Run

# Two Runs in both directions; the paper's generators have 11 million weights each.
_MOST_NETWORKS = 4
_MOST_PAINTINGS = 16
# The place of an uploaded picture among the photos to choose from.
_UPLOADED = -1
# Jupyter's web server closes the connection at a message of 10 MiB, and nothing arrives here.
_UPLOAD_HINT = "Uploads: below 10 MB, or they get lost. Larger pictures: explore(photos=FOLDER)."


def told(method: Callable) -> Callable:
    """Make a widget's callback that tells what goes wrong in the panel."""

    @wraps(method)
    def callback(panel: "Panel", *event: Any) -> None:
        try:
            method(panel, *event)
        except InputError as error:
            panel.say(str(error), alarm=True)
        except Exception as error:  # a callback's traceback would end in a log nobody reads
            reason = f"{type(error).__name__}: {error}"
            panel.say(f"That did not work: {reason}", alarm=True, details=traceback.format_exc())

    return callback


class Panel(ipywidgets.VBox):
    """What is chosen above, the four pictures, and the favourites below.

    Args:
        runs: at least one, each with a snapshot.
        albums: their pictures.
        folder: for saved paintings and favourites.
        largest_px: see `read_photo`.
        remarks: sentences to begin with.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        albums: Albums,
        folder: Path,
        largest_px: int,
        remarks: Sequence[str] = (),
    ) -> None:
        self.albums, self.largest_px = albums, largest_px
        self.saved = PaintingFolder(folder / "saved")
        self._engines: list[str] = []
        self.networks = LoadedNetworks(_MOST_NETWORKS, self._engines.append)
        self.paint = lru_cache(_MOST_PAINTINGS)(partial(paint_there_and_back, self.networks))
        self.painted: Painted | None = None
        self._uploaded: Photo | None = None
        self._album = Album((), lambda place: b"")
        self._is_filling = False
        self._make_widgets(runs)
        self.favourites = FavouritesBox(PaintingFolder(folder / "favourites"), self._remove)
        notes = [ipywidgets.HTML(text_html(remark)) for remark in remarks]
        hint = ipywidgets.HTML(small_html(_UPLOAD_HINT))
        choices = row(self.run, self.direction, self.epoch, self.photo, self.upload, hint)
        actions = row(self.save, self.keep)
        parts = [choices, self.status, self.pictures, actions, self.favourites]
        super().__init__([*notes, *parts])
        self.add_class("artnb-explorer")
        self._choose_run()
        albums.progress = self._progress

    def _make_widgets(self, runs: Sequence[Run]) -> None:
        self.run = make_dropdown("Style", run_choices(runs))
        self.direction = make_dropdown("Direction")
        self.epoch = make_dropdown("Epoch")
        self.photo = make_dropdown("Photo")
        self.upload = ipywidgets.FileUpload(
            accept="image/*",
            multiple=False,
            description="Upload a picture",
            layout={"width": "auto"},
        )
        self.status = ipywidgets.HTML(layout={"width": "auto"})
        self.status.add_class("artnb-status")
        self.views = {name: View() for name in ("photo", "painting", "back", "difference")}
        self.pictures = make_grid(200, list(self.views.values()))
        self.save = make_button("Save the painting", "save")
        self.keep = make_button("Keep as a favourite", "heart")
        self.run.observe(self._choose_run, "value")
        self.direction.observe(self._choose_direction, "value")
        self.epoch.observe(self._paint, "value")
        self.photo.observe(self._paint, "value")
        self.upload.observe(self._take_upload, "value")
        self.save.on_click(self._save)
        self.keep.on_click(self._keep)

    def say(self, text: str, alarm: bool = False, details: str = "") -> None:
        """Put a sentence into the panel, in place of the one before."""
        self.status.value = text_html(text, alarm, details)

    @told
    def _choose_run(self, *_: Any) -> None:
        run = self.run.value
        with self._new_choice():
            with self._filling():
                offer(self.direction, direction_choices(run), self.direction.value)
                offer(self.epoch, epoch_choices(run), self.epoch.value)
            self._choose_direction()

    @told
    def _choose_direction(self, *_: Any) -> None:
        if self._is_filling:
            return
        with self._new_choice():
            self.say(f"Reading the pictures of {self.run.value.path.name} …")
            self._album = self.albums.of(self.run.value, self.direction.value)
            self._list_photos(self.photo.label)
            self._paint()

    def _list_photos(self, wanted: str | None) -> None:
        """Offer the album and the uploaded picture; a name that is there stays chosen."""
        listed = [(name, place) for place, name in enumerate(self._album.names)]
        if self._uploaded:
            listed.insert(0, (f"your picture: {self._uploaded.name}", _UPLOADED))
        with self._filling():
            offer(self.photo, listed, dict(listed).get(wanted))

    @told
    def _take_upload(self, *_: Any) -> None:
        if not self.upload.value:
            return
        self._uploaded = read_upload(self.upload.value, self.largest_px)
        self._list_photos(None)
        self._paint()

    @told
    def _paint(self, *_: Any) -> None:
        if self._is_filling:
            return
        with self._new_choice():
            if self.photo.value is None:
                self.say(self._album.remark or "Upload a picture to paint.", alarm=True)
            else:
                self.say("Painting …")
                self._show(*self._painted_now())

    def _painted_now(self) -> tuple[Painted, float]:
        started = time.perf_counter()
        painter = self.run.value.painter(self.epoch.value, self.direction.value)
        painted = self.paint(painter, self._chosen_photo())
        return painted, time.perf_counter() - started

    def _chosen_photo(self) -> Photo:
        place = self.photo.value
        if place == _UPLOADED:
            return self._uploaded
        return read_photo(self._album.names[place], self._album.read_bytes(place), self.largest_px)

    def _show(self, painted: Painted, seconds: float) -> None:
        photo, painter = painted.photo, painted.painter
        source, target = painter.source, painter.target
        difference, factor = visible_difference(photo.pixels, painted.painting)
        height, width, _ = photo.pixels.shape
        views = self.views
        views["photo"].show(photo.pixels, source, f"{photo.name}, {width}×{height}")
        views["painting"].show(painted.painting, target, f"painted by {painted.maker}")
        if painted.reconstruction is None:
            views["back"].clear(f"back to {source}", "the Run has no generator for the way back")
        else:
            back = painted.reconstruction
            views["back"].show(back, f"back to {source}", "from the painting alone")
        average = f"{painted.mean_difference:.0f} of 255 on average"
        times = f"difference × {factor}" if factor > 1 else "difference"
        views["difference"].show(difference, times, f"|{target} − {source}|: {average}")
        remarks = [photo.remark, self._album.remark if self.photo.value != _UPLOADED else ""]
        self.painted = painted
        said = [f"Painted in {seconds:.1f} s.", *filter(None, remarks), *self._engines]
        self.say(" ".join(said))

    @told
    def _save(self, *_: Any) -> None:
        if self.painted:
            self.say(f"The painting is saved: {self.saved.put(self.painted)}")

    @told
    def _keep(self, *_: Any) -> None:
        if self.painted:
            path = self.favourites.add(self.painted)
            self.say(f"Kept as a favourite: {path}")

    @told
    def _remove(self, path: Path, *_: Any) -> None:
        self.favourites.remove(path)
        self.say(f"Removed from the favourites: {path.name}")

    def _progress(self, title: str, total: int) -> Callable[[], None]:
        """Tell how far reading has got, twenty times at most."""
        done, step = count(1), max(1, total // 20)

        def advance() -> None:
            number = next(done)
            if number % step == 0:
                self.say(f"{title}: {number:,} of {total:,} …")

        return advance

    @contextmanager
    def _new_choice(self) -> Iterator[None]:
        """Let nothing stay in view, and nothing be saved, that belongs to another choice."""
        self.painted = None
        self.save.disabled = self.keep.disabled = True
        try:
            yield
        finally:
            self.save.disabled = self.keep.disabled = self.painted is None
            self.pictures.layout.display = "grid" if self.painted else "none"

    @contextmanager
    def _filling(self) -> Iterator[None]:
        """Change what is offered without painting at every change."""
        self._is_filling = True
        try:
            yield
        finally:
            self._is_filling = False
