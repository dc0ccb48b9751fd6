"""Files of what a Run makes out of latents: pictures named by their seeds, sheets, an animation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.images import PAINTED_MARK, fit_square
from artnb.data.painted import write_painting
from artnb.drawing.animation import save_animation
from artnb.drawing.grids import titled_grid
from artnb.drawing.titles import headed
from artnb.models.stylegan2.networks import Generator
from artnb.progress import Progress, silent
from artnb.runs.painter import LatentSampler
from artnb.runs.run import Run
from artnb.sampling.choice import ProjectionFiles, SampleChoice, check_steps
from artnb.sampling.distance import load_look
from artnb.sampling.generating import generate
from artnb.sampling.interpolation import FRAMES
from artnb.sampling.projection import STEPS, Projection, project
from artnb.sampling.sheets import (
    FRAME_MS,
    draw_frames,
    draw_mixing,
    draw_samples,
    draw_truncations,
)
from artnb.stylization.inputs import open_picture

# Of many pictures so many are on the sheet, and on the way that is animated.
_MOST_ON_SHEET, _MOST_ON_THE_WAY = 64, 24


@dataclass(frozen=True)
class Samples:
    """What was written.

    Args:
        pictures: by seed.
        drawn: `sheet`, and what else was asked for: `truncations`, `mixing`, `animation`.
    """

    pictures: dict[int, Path]
    drawn: dict[str, Path]


def sample(
    run: Run,
    out: str | Path,
    choice: SampleChoice | None = None,
    epoch: str | int = "latest",
    progress: Progress = silent,
    class_name: str | None = None,
) -> Samples:
    """Make pictures out of latents, each a PNG that is named by its seed.

    Args:
        run: of a method that has latents.
        out: folder to write to; it is made, earlier samples of equal names in it are replaced.
        choice: which, and what is drawn of them; None takes the usual ones.
        epoch: a snapshot's number, `"latest"` or `"best"`.
        progress: shows how far it has got.
        class_name: whose pictures; None takes all classes in turn, where there are any.

    Returns:
        The files.

    Raises:
        InputError: the Run has no latents or no such snapshot, or `out` holds other files under
            these names.
    """
    choice, out = choice or SampleChoice(), Path(out)
    sampler = run.sampler(epoch, class_name)
    choice.check(out)
    job = _Job(sampler, choice, sampler.load(), progress)
    pictures = job.write_pictures(choice.pictures(out))
    drawn = choice.files(out)
    for kind, path in drawn.items():
        job.draw[kind](path)
    return Samples(pictures, drawn)


@dataclass
class _Job:
    sampler: LatentSampler
    choice: SampleChoice
    generator: Generator
    progress: Progress
    shown: list[np.ndarray] = field(default_factory=list)

    @property
    def draw(self) -> dict[str, Callable[[Path], None]]:
        """What draws each kind of file."""
        return {
            "sheet": self._sheet,
            "truncations": self._truncations,
            "mixing": self._mixing,
            "animation": self._animation,
        }

    def write_pictures(self, paths: dict[int, Path]) -> dict[int, Path]:
        """Write a picture for each seed."""
        advance = self.progress("sampling", len(paths))
        pictures = generate(self.generator, self.choice.seeds, self.choice.truncation)
        for (seed, path), picture in zip(paths.items(), pictures, strict=True):
            write_painting(picture, path, f"seed {seed}, {self._about}")
            if len(self.shown) < _MOST_ON_SHEET:
                self.shown.append(picture)
            advance()
        return paths

    @property
    def _of(self) -> str:
        """The Run and the epoch."""
        return f"{self.sampler.run.path.name}, epoch {self.sampler.epoch}"

    @property
    def _about(self) -> str:
        return f"{self._of}, truncation {self.choice.truncation:g}"

    def _sheet(self, path: Path) -> None:
        seeds = self.choice.seeds[: len(self.shown)]
        self._write(draw_samples(self.shown, seeds, self._about), path)

    def _truncations(self, path: Path) -> None:
        choice = self.choice
        sheet = draw_truncations(self.generator, choice.seeds, choice.truncations, self._of)
        self._write(sheet, path)

    def _mixing(self, path: Path) -> None:
        choice = self.choice
        self._write(draw_mixing(self.generator, choice.seeds, choice.truncation, self._about), path)

    def _animation(self, path: Path) -> None:
        seeds = self.choice.seeds[:_MOST_ON_THE_WAY]
        advance = self.progress("interpolating", FRAMES * len(seeds))
        frames = []
        for frame in draw_frames(self.generator, seeds, self.choice.truncation):
            frames.append(frame)
            advance()
        save_animation(frames, FRAME_MS, path, f"{PAINTED_MARK}: {self._about}")

    def _write(self, sheet: Image.Image, path: Path) -> None:
        write_painting(np.asarray(sheet), path, self._about)


def project_picture(
    run: Run,
    picture: str | Path,
    out: str | Path,
    steps: int = STEPS,
    features: str = "auto",
    epoch: str | int = "latest",
    seed: int = 0,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    class_name: str | None = None,
) -> Projection:
    """Find the latent that paints a picture, and write what was found; see `ProjectionFiles`.

    Ctrl-C ends it early; what was found until then is written.

    Args:
        run: of a method that has latents.
        picture: a file; the middle square of it is taken, at the size of the Run's pictures.
        out: folder to write to.
        steps: that are taken.
        features: what is compared; see `load_look`.
        epoch: a snapshot's number, `"latest"` or `"best"`.
        seed: of what is drawn.
        progress: shows how far it has got.
        say: gets a sentence about what is compared.
        class_name: whose average the search begins with; None takes all classes'.

    Raises:
        InputError: the Run has no latents or no such snapshot, the picture is none, weights cannot
            be had, or `out` holds other files under these names.
    """
    sampler, files = run.sampler(epoch, class_name), ProjectionFiles(Path(out), Path(picture))
    opened = open_picture(picture, "a picture to be projected")
    check_steps(steps)
    files.check()
    look, title = load_look(features, progress, say)
    generator = sampler.load()
    target = np.asarray(fit_square(opened, generator.sizes.size_px))
    found = project(generator, target, look, steps, seed, progress=progress)
    of = f"{Path(picture).name} by {run.path.name}, epoch {sampler.epoch}"
    write_painting(found.picture, files.projected, f"{of}, projected")
    beside = titled_grid([[target, found.picture]], ["target", "projected"])
    note = f"Distance {found.distance:.3g} ({title}); the average picture's is {found.start:.3g}."
    write_painting(np.asarray(headed(beside, of, [note])), files.beside, of)
    # Last, so that whose it is shows in what lies beside it.
    found.save(files.latent)
    return found
