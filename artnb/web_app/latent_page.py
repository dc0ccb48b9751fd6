"""The app's page of Runs that make pictures out of latents: epoch, seed and truncation."""

import random
from functools import partial

import gradio

from artnb.drawing.grids import shown_size
from artnb.explorer.choices import epoch_choices
from artnb.sampling.choice import DEFAULT_TRUNCATION
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

# A slider on which every seed can still be met.
_LAST_SEED = 999
_BEGIN = "Choose a seed and press Make the picture. The first picture takes some seconds longer."


class LatentPage:
    """Choices to the left, the picture to the right.

    Args:
        service: what makes pictures.
        runs: the names of those of its Runs that are offered.
    """

    def __init__(self, service: PaintingService, runs: list[str]) -> None:
        self.service = service
        with gradio.Row():
            with gradio.Column(scale=2, min_width=280):
                self._add_choices(runs)
            with gradio.Column(scale=5, min_width=320):
                self.status = gradio.HTML(said(_BEGIN))
                self.picture = gradio.Image(
                    label="Picture",
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_classes="artnb-picture artnb-result",
                )
                self.download = gradio.DownloadButton("Download the picture", visible=False)

    def _add_choices(self, runs: list[str]) -> None:
        self.run = gradio.Dropdown(runs, value=runs[0], label="Style", visible=len(runs) > 1)
        self.epoch = gradio.Dropdown(label="Epoch", visible=False)
        self.seed = gradio.Slider(
            0, _LAST_SEED, value=0, step=1, precision=0, label="Seed: each is a picture of its own"
        )
        self.truncation = gradio.Slider(
            -1.0,
            1.5,
            value=DEFAULT_TRUNCATION,
            step=0.05,
            label="Truncation: nearer to 0, pictures are more alike",
        )
        self.make = gradio.Button("Make the picture", variant="primary")
        self.another = gradio.Button("Another seed")

    def listen(self, page: gradio.Blocks) -> None:
        """Let the choices do something."""
        answer = partial(told, self._refuse)
        shown = [self.status, self.picture, self.download]
        choices = [self.run, self.epoch, self.seed, self.truncation]
        gradio.on(
            [page.load, self.run.input],
            answer(self._offer),
            [self.run, self.epoch],
            [self.epoch, self.status],
            **READING,
        )
        drawn = [self.run, self.epoch, self.truncation]
        for event in (
            self.make.click(answer(self._make), choices, shown, **PAINTING),
            self.another.click(answer(self._draw), drawn, [self.seed, *shown], **PAINTING),
        ):
            event.then(js=TO_THE_RESULT)

    def _offer(self, run: str, epoch: str) -> Updates:
        """Offer a Run's epochs; what is chosen stays chosen where the Run has it too."""
        epochs = [(label, str(value)) for label, value in epoch_choices(self.service.run(run))]
        return {
            self.epoch: offer(epochs, wanted_or_first(epochs, epoch)),
            self.status: said(_BEGIN),
        }

    def _draw(self, run: str, epoch: str, truncation: float) -> Updates:
        """Make the picture of a seed that is drawn."""
        seed = random.randint(0, _LAST_SEED)
        return {self.seed: seed, **self._make(run, epoch, seed, truncation)}

    def _make(self, run: str, epoch: str, seed: int, truncation: float) -> Updates:
        sampled = self.service.sample(run, epoch, seed, round(truncation, 2))
        shown_px = shown_size(sampled.painting.shape[0])
        return {
            self.status: said(sampled.describe().replace("\n", ", ")),
            self.picture: str(self.service.file_of(sampled, shown_px)),
            self.download: gradio.update(value=str(self.service.file_of(sampled)), visible=True),
        }

    def _refuse(self, reason: str) -> Updates:
        return {
            self.status: said(reason, alarm=True),
            self.picture: None,
            self.download: gradio.update(value=None, visible=False),
        }
