"""The explorer's panel of Runs that make pictures out of latents: seed and truncation."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
from PIL import Image

from artnb.drawing.grids import shown_size
from artnb.explorer.choices import epoch_choices, run_choices
from artnb.explorer.paintings import PaintingFolder, Sampled
from artnb.explorer.panel import told
from artnb.explorer.widgets import (
    FavouritesBox,
    View,
    make_button,
    make_dropdown,
    make_grid,
    make_slider,
    offer,
    row,
    text_html,
)
from artnb.runs.painter import LatentSampler, LoadedNetworks
from artnb.runs.run import Run
from artnb.sampling.choice import DEFAULT_TRUNCATION
from artnb.sampling.generating import generate

# A slider on which every seed can still be met.
_LAST_SEED = 999
_MOST_NETWORKS = 2
_MOST_PICTURES = 256


class LatentPanel(ipywidgets.VBox):
    """Seed and truncation above, the picture with and without truncation, and favourites below.

    Args:
        runs: at least one, each with a snapshot and a latent generator.
        folder: for saved pictures and favourites.
        remarks: sentences to begin with.
    """

    def __init__(self, runs: Sequence[Run], folder: Path, remarks: Sequence[str] = ()) -> None:
        self.saved = PaintingFolder(folder / "saved")
        self.networks = LoadedNetworks(_MOST_NETWORKS)
        self.sample = lru_cache(_MOST_PICTURES)(self._sample)
        self.sampled: Sampled | None = None
        self._is_filling = False
        self._make_widgets(runs)
        self.favourites = FavouritesBox(PaintingFolder(folder / "favourites"), self._remove)
        notes = [ipywidgets.HTML(text_html(remark)) for remark in remarks]
        choices = row(self.run, self.epoch, self.seed, self.truncation)
        actions = row(self.save, self.keep)
        parts = [choices, self.status, self.pictures, actions, self.favourites]
        super().__init__([*notes, *parts])
        self.add_class("artnb-explorer")
        self._choose_run()

    def _make_widgets(self, runs: Sequence[Run]) -> None:
        self.run = make_dropdown("Style", run_choices(runs))
        self.epoch = make_dropdown("Epoch")
        self.seed = make_slider(ipywidgets.IntSlider, "Seed", 0, 0, _LAST_SEED, 1)
        self.truncation = make_slider(
            ipywidgets.FloatSlider, "Truncation", DEFAULT_TRUNCATION, -1.0, 1.5, 0.05
        )
        self.status = ipywidgets.HTML(layout={"width": "auto"})
        self.status.add_class("artnb-status")
        self.views = {name: View() for name in ("sample", "whole", "average")}
        self.pictures = make_grid(200, list(self.views.values()))
        self.save = make_button("Save the picture", "save")
        self.keep = make_button("Keep as a favourite", "heart")
        self.run.observe(self._choose_run, "value")
        for chosen in (self.epoch, self.seed, self.truncation):
            chosen.observe(self._show, "value")
        self.save.on_click(self._save)
        self.keep.on_click(self._keep)

    def say(self, text: str, alarm: bool = False, details: str = "") -> None:
        """Put a sentence into the panel, in place of the one before."""
        self.status.value = text_html(text, alarm, details)

    @told
    def _choose_run(self, *_: Any) -> None:
        self._is_filling = True  # an epoch that is offered anew is shown once
        try:
            offer(self.epoch, epoch_choices(self.run.value), self.epoch.value)
        finally:
            self._is_filling = False
        self._show()

    @told
    def _show(self, *_: Any) -> None:
        if self._is_filling:
            return
        self.sampled = None
        self.save.disabled = self.keep.disabled = True
        sampler = self.run.value.sampler(self.epoch.value)
        seed, truncation = self.seed.value, round(self.truncation.value, 2)
        captions = {
            "sample": (f"seed {seed}", f"truncation {truncation:g}", truncation),
            "whole": (f"seed {seed}", "without truncation", 1.0),
            "average": ("the average picture", "truncation 0", 0.0),
        }
        for name, (title, line, its_truncation) in captions.items():
            picture = self.sample(sampler, seed, its_truncation)
            self.views[name].show(_enlarged(picture), title, line)
        self.sampled = Sampled(sampler, seed, truncation, self.sample(sampler, seed, truncation))
        self.save.disabled = self.keep.disabled = False
        self.say(f"{self.run.value.path.name}, epoch {sampler.epoch}.")

    def _sample(self, sampler: LatentSampler, seed: int, truncation: float) -> np.ndarray:
        (picture,) = generate(self.networks.load(sampler), [seed], truncation)
        return picture

    @told
    def _save(self, *_: Any) -> None:
        if self.sampled:
            self.say(f"The picture is saved: {self.saved.put(self.sampled)}")

    @told
    def _keep(self, *_: Any) -> None:
        if self.sampled:
            self.say(f"Kept as a favourite: {self.favourites.add(self.sampled)}")

    @told
    def _remove(self, path: Path, *_: Any) -> None:
        self.favourites.remove(path)
        self.say(f"Removed from the favourites: {path.name}")


def _enlarged(picture: np.ndarray) -> np.ndarray:
    """Bring a small picture to a size at which it can be judged."""
    edge_px = shown_size(picture.shape[0])
    return np.asarray(Image.fromarray(picture).resize((edge_px, edge_px), Image.Resampling.BICUBIC))
