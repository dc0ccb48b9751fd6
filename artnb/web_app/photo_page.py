"""The app's page of Runs that paint photos: style, direction, epoch and photo; before and after."""

import time
from functools import partial

import gradio

from artnb.explorer.choices import direction_choices, epoch_choices
from artnb.explorer.paintings import Painted
from artnb.explorer.photos import Photo
from artnb.web_app.answers import (
    PAINTING,
    READING,
    TO_THE_RESULT,
    Updates,
    offer,
    said,
    told,
    wanted_or_first,
)
from artnb.web_app.painting import PaintingService

_BEGIN = "Choose a photo and press Paint. The first painting takes some seconds longer."
# As the style of .artnb-picture has it.
_SHOWN_PX = 560


class PhotoPage:
    """Choices to the left, the photo before and after to the right.

    Args:
        service: what paints.
        runs: the names of those of its Runs that are offered.
    """

    def __init__(self, service: PaintingService, runs: list[str]) -> None:
        self.service = service
        with gradio.Row():
            with gradio.Column(scale=2, min_width=280):
                self._add_choices(runs)
            with gradio.Column(scale=5, min_width=320):
                self._add_pictures()

    def _add_choices(self, runs: list[str]) -> None:
        self.run = gradio.Dropdown(runs, value=runs[0], label="Style", visible=len(runs) > 1)
        self.direction = gradio.Dropdown(label="Direction", visible=False)
        self.epoch = gradio.Dropdown(label="Epoch", visible=False)
        self.place = gradio.Dropdown(label="Photo", visible=False)
        self.file = gradio.File(label="A photo of yours", height=140)
        self.paint = gradio.Button("Paint", variant="primary")

    def _add_pictures(self) -> None:
        self.status = gradio.HTML(said(_BEGIN))
        self.before = gradio.Image(
            label="Photo",
            interactive=False,
            buttons=["fullscreen"],
            elem_classes="artnb-picture",
        )
        self.both = gradio.ImageSlider(
            label="Photo and painting",
            interactive=False,
            buttons=["fullscreen"],
            max_height=_SHOWN_PX,
            visible=False,
            elem_classes="artnb-result",
        )
        self.download = gradio.DownloadButton("Download the painting", visible=False)

    def listen(self, page: gradio.Blocks) -> None:
        """Let the choices do something."""
        answer = partial(told, self._refuse)
        shown = [self.status, self.before, self.both, self.download]
        made = [self.run, self.direction, self.epoch]
        choices = [*made, self.place, self.file]
        offers = [self.direction, self.epoch, self.place]
        changes = [page.load, self.run.input, self.direction.input, self.file.clear]
        gradio.on(changes, answer(self._offer), choices, [*offers, *shown], **READING)
        self.place.input(answer(self._choose), choices, [self.file, *shown], **READING)
        bring = told(self._put_back, self._bring)
        self.file.upload(bring, self.file, [self.place, self.file, *shown], **READING)
        painting = self.paint.click(answer(self._paint), choices, shown, **PAINTING)
        painting.then(js=TO_THE_RESULT)

    def _offer(self, run: str, to: str, epoch: str, place: int, file: str | None) -> Updates:
        """Offer what a Run has; what is chosen stays chosen where that has it too."""
        chosen = self.service.run(run)
        directions = direction_choices(chosen)
        epochs = [(label, str(value)) for label, value in epoch_choices(chosen)]
        to = wanted_or_first(directions, to)
        names, remark = self.service.album(run, to)
        photos = [(name, place) for place, name in enumerate(names)]
        place = None if file else wanted_or_first(photos, place)
        photo = self._photo(run, to, place, file)
        return {
            self.direction: offer(directions, to),
            self.epoch: offer(epochs, wanted_or_first(epochs, epoch)),
            self.place: offer(photos, place),
            **self._show(photo, "" if file else remark),
        }

    def _choose(self, run: str, to: str, epoch: str, place: int, file: str | None) -> Updates:
        """Show a photo of the list, in place of one that was brought."""
        return {self.file: None, **self._show(self._photo(run, to, place, None))}

    def _bring(self, file: str) -> Updates:
        """Show a photo that a visitor has brought, in place of one of the list."""
        return {self.place: None, **self._show(self.service.uploaded(file))}

    def _put_back(self, reason: str) -> Updates:
        """Say what is wrong with a file that was brought."""
        return {self.file: None, **self._refuse(reason)}

    def _photo(self, run: str, to: str, place: int | None, file: str | None) -> Photo | None:
        if file:
            return self.service.uploaded(file)
        return None if place is None else self.service.photo(run, to, place)

    def _show(self, photo: Photo | None, remark: str = "") -> Updates:
        remarks = [photo.remark if photo else "", remark]
        return {
            self.status: said(" ".join([_BEGIN, *filter(None, remarks)])),
            self.before: gradio.update(value=photo.pixels if photo else None, visible=True),
            **self._without_painting(),
        }

    def _without_painting(self) -> Updates:
        return {
            self.both: gradio.update(value=None, visible=False),
            self.download: gradio.update(value=None, visible=False),
        }

    def _paint(self, run: str, to: str, epoch: str, place: int, file: str | None) -> Updates:
        photo = self._photo(run, to, place, file)
        if photo is None:
            return self._refuse("There is no photo to paint yet; bring one of yours.")
        started = time.perf_counter()
        painted = self.service.paint(run, epoch, to, photo)
        seconds = time.perf_counter() - started
        return {
            self.status: said(self._describe(painted, seconds)),
            self.before: gradio.update(visible=False),
            **self._with_painting(painted),
        }

    def _describe(self, painted: Painted, seconds: float) -> str:
        painter = painted.painter
        what = f"{painted.photo.name}: {painter.source} → {painter.target} by {painted.maker}"
        remarks = [painted.photo.remark, *self.service.engines]
        return " ".join([f"{what}, in {seconds:.1f} s.", *filter(None, remarks)])

    def _with_painting(self, painted: Painted) -> Updates:
        file = str(self.service.file_of(painted))
        return {
            self.both: gradio.update(value=(painted.photo.pixels, file), visible=True),
            self.download: gradio.update(value=file, visible=True),
        }

    def _refuse(self, reason: str) -> Updates:
        return {self.status: said(reason, alarm=True), **self._without_painting()}
