"""The demo: data, training, grids, a held-out check and a contact sheet, in minutes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset, fixed_pictures, open_dataset
from artnb.data.images import decode_rgb
from artnb.drawing.grids import save_picture, titled_grid
from artnb.method import preset_config
from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.models.painting import PaintingNetwork
from artnb.progress import Progress, silent
from artnb.runs.painter import LoadedNetworks
from artnb.runs.run import Run
from artnb.stylization.paintings import Paintings
from artnb.stylization.settings import StylizeSettings
from artnb.stylization.stylize import stylize
from artnb.synthetic.dataset import held_out_pairs, large_demo_pictures, make_demo_data
from artnb.training.train import train
from artnb.translation import paint

# With data, checks and start-up the whole demo stays within six minutes on two cores.
DEMO_MINUTES = 3.5
# What "smoke" trains here compiles in half the time and paints nothing worth seeing.
SMOKE_SETTINGS = {
    "generator": "unet",
    "generator_depth": 2,
    "discriminator_downsamplings": 1,
    "norm": "none",
}
_SHEET_ROWS = 6
# Photos and paintings of the sheet with strokes, and how strongly they are painted.
_STROKES_ROWS, _STROKES_PAINTINGS, _STROKES_STRENGTH = 3, 12, 1.5
# A tenth of them is taken with patches: one of each size.
_SMOKE_STEPS = 30


@dataclass(frozen=True)
class HeldOutCheck:
    """How near translations are to the true paintings, in grey levels of 255.

    `untouched` is the distance of the photos themselves, `painted` that of G(photo).
    """

    pairs: int
    untouched: float
    painted: float

    @property
    def improvement(self) -> float:
        """The share of the distance that the painter has covered: 0 none, 1 all."""
        return 1.0 - self.painted / self.untouched

    def describe(self) -> str:
        """Say it in a sentence."""
        return (
            f"On {self.pairs} held-out scenes the photo is {self.untouched:.1f} grey levels from "
            f"the true painting, its translation {self.painted:.1f}: "
            f"{abs(self.improvement):.0%} {'nearer' if self.improvement >= 0 else 'farther'}."
        )


@dataclass(frozen=True)
class DemoResult:
    """What a demo made and where it lies."""

    dataset: Dataset
    run: Run
    contact_sheet: Path
    strokes_sheet: Path
    check: HeldOutCheck | None


def demo_config(
    preset: str = "preview", minutes: float | None = DEMO_MINUTES, seed: int = 0
) -> CycleGANConfig:
    """Give a demo's settings: a preset's, fitted to the minutes there are.

    Args:
        preset: a preset's name; `"auto"` is `"preview"` on every machine, since a demo has
            minutes, and `"smoke"` keeps its handful of steps whatever `minutes` says, of
            a step that is quicker to compile.
        minutes: of training; None takes the preset's.
        seed: of weights, data order and augmentation.
    """
    preset = "preview" if preset == "auto" else preset
    if preset == "smoke":
        return preset_config(preset, seed=seed, **SMOKE_SETTINGS)
    if minutes is None:
        return preset_config(preset, seed=seed)
    return preset_config(preset, seed=seed, minutes=minutes)


def run_demo(
    out: Path,
    data: Path | None = None,
    preset: str = "preview",
    minutes: float | None = DEMO_MINUTES,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> DemoResult:
    """Go the whole way from data to paintings.

    Args:
        out: a new or empty folder for everything.
        data: what to train on instead of the embedded data; see `open_dataset`.
        preset: `"preview"`, or `"smoke"` to see the way without the result.
        minutes: of training; None takes the preset's.
        progress: shows how far it has got.
        say: gets the few lines that tell the story.

    Returns:
        What was made.

    Raises:
        InputError: `out` is not empty, or `data` cannot be used.
    """
    config = demo_config(preset, minutes)
    if data is None:
        dataset = make_demo_data(out / "dataset", progress=progress)
    else:
        dataset = open_dataset(data, progress=progress)
    run = train(dataset, config, out / "run", say=say)
    check = check_held_out(run.painter().ready(), dataset)
    sheet = save_picture(draw_contact_sheet(run, dataset), out / "contact_sheet.png")
    say("Puts photos together from a painting's patches, which have its strokes.")
    photos, paintings = _large_pictures(dataset, embedded=data is None)
    strokes = draw_strokes_sheet(run, photos, paintings, progress)
    return DemoResult(dataset, run, sheet, save_picture(strokes, out / "strokes.png"), check)


def _large_pictures(
    dataset: Dataset, embedded: bool
) -> tuple[Sequence[np.ndarray], Sequence[np.ndarray]]:
    """Give photos and paintings to see strokes on: invented ones larger than the Dataset's."""
    if embedded:
        return large_demo_pictures(_STROKES_ROWS, _STROKES_PAINTINGS, 2 * dataset.size_px)
    photos = min(_STROKES_ROWS, len(dataset.x.shown()))
    paintings = min(_STROKES_PAINTINGS, len(dataset.y.train))
    return (
        fixed_pictures(dataset.x.shown(), photos, dataset.size_px),
        fixed_pictures(dataset.y.train, paintings, dataset.size_px),
    )


def check_held_out(
    generator: keras.Model | PaintingNetwork, dataset: Dataset
) -> HeldOutCheck | None:
    """Measure how near translations of held-out photos are to their true paintings.

    Returns:
        The check, or None where the Dataset has no pairs.
    """
    pairs = held_out_pairs(dataset)
    if not pairs:
        return None
    photos = np.stack([decode_rgb(photo) for _, photo, _ in pairs])
    truths = np.stack([decode_rgb(painting) for _, _, painting in pairs])
    painted = np.concatenate([paint(generator, photo[None]) for photo in photos])
    return HeldOutCheck(len(pairs), mean_distance(photos, truths), mean_distance(painted, truths))


def mean_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Give the mean absolute difference of uint8 pictures, in grey levels."""
    return float(np.abs(a.astype(np.float64) - b.astype(np.float64)).mean())


def draw_contact_sheet(run: Run, dataset: Dataset, rows: int = _SHEET_ROWS) -> Image.Image:
    """Show held-out photos as the Run's kept epochs paint them.

    Args:
        run: a trained Run.
        dataset: what it was trained on, or another of the same domains.
        rows: how many photos.

    Returns:
        A grid: photo, an early, a middle and the last epoch, and the true painting if known.
    """
    pairs = held_out_pairs(dataset)
    count = min(rows, len(dataset.x.shown()))
    photos = fixed_pictures(dataset.x.shown(), count, dataset.size_px)
    columns = {dataset.x.name: list(photos)}
    networks = LoadedNetworks()
    for epoch in chosen_epochs(run.snapshot_epochs()):
        generator = networks.ready(run.painter(epoch))
        columns[f"after epoch {epoch}"] = [paint(generator, photo[None])[0] for photo in photos]
    if pairs:
        truths = {name: painting for name, _, painting in pairs}
        places = np.linspace(0, len(pairs) - 1, count).round().astype(int)
        names = [dataset.x.test.names[place] for place in places]
        columns[f"true {dataset.y.name}"] = [decode_rgb(truths[name]) for name in names]
    title = f"{dataset.x.name} → {dataset.y.name}"
    return titled_grid(list(zip(*columns.values(), strict=True)), list(columns), title)


def draw_strokes_sheet(
    run: Run,
    photos: Sequence[np.ndarray],
    paintings: Sequence[np.ndarray],
    progress: Progress = silent,
) -> Image.Image:
    """Show what training learnt of the painter beside what one painting's patches give.

    Args:
        run: a trained Run.
        photos: uint8 `(height, width, 3)`.
        paintings: likewise; each photo takes the one that is laid out most like what the Run makes
            of it.
        progress: shows how far it has got.

    Returns:
        A grid: photo, the Run's translation, the photo in the painting's patches, the painting.
    """
    generator = LoadedNetworks().ready(run.painter())
    few = {"steps": _SMOKE_STEPS} if run.config().preset == "smoke" else {}
    settings = StylizeSettings(strength=_STROKES_STRENGTH, **few)
    painter = Paintings(paintings)
    rows = []
    advance = progress("painting strokes", len(photos))
    for photo in photos:
        translated = paint(generator, photo[None])[0]
        painting = np.asarray(painter.style_for(Image.fromarray(translated)).painting)
        rows.append([photo, translated, np.asarray(stylize(photo, painting, settings)), painting])
        advance()
    return titled_grid(rows, ["photo", "translated", "in the painting's patches", "painting"])


def chosen_epochs(epochs: Sequence[int]) -> list[int]:
    """Pick the first, the one nearest the middle, and the last of the epochs there are."""
    middle = min(epochs, key=lambda epoch: abs(epoch - epochs[-1] / 2))
    return sorted({epochs[0], middle, epochs[-1]})
