"""What scores say where the answer is known, and figures of it."""

import textwrap
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image, ImageFilter

from artnb.data.decoding import UnreadableImageError
from artnb.drawing.figures import COLOURS, calm, new_figure
from artnb.errors import InputError
from artnb.evaluation.evaluator import Evaluator
from artnb.evaluation.measure import measure
from artnb.evaluation.metrics.frechet import fid
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.pictures import EncodedPictures, Pictures, Seen

Distance = Callable[[np.ndarray, np.ndarray], Score]
# From a picture and a strength to a picture of the same shape, the same one every time.
Change = Callable[[np.ndarray, float], np.ndarray]


def halves(features: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Cut a set into two halves at random that share no picture.

    Args:
        features: `(n, d)`, a row for each picture; of an odd number one is left out.
        seed: of the draw.
    """
    order, half = np.random.default_rng(seed).permutation(len(features)), len(features) // 2
    return features[order[:half]], features[order[half : 2 * half]]


def distances_of_halves(
    sets: Mapping[str, np.ndarray], distance: Distance = fid, seed: int = 0
) -> dict[str, Score]:
    """Measure sets of real pictures against themselves and against each other.

    These are the ends of the scale that a score of generated pictures is read on. Every side has
    as many pictures as every other, since the number of pictures moves a distance too.

    Args:
        sets: features `(n, d)` by the name of the set.
        distance: from two sets of features to a score.
        seed: of the draw of the halves.

    Returns:
        A score for one half of each set against its other half, and for each pair of sets, by
        what was compared.

    Raises:
        InputError: as for the distance.
    """
    cut = {name: halves(features, seed) for name, features in sets.items()}
    count = min(len(first) for first, _ in cut.values())
    cut = {name: (first[:count], second[:count]) for name, (first, second) in cut.items()}
    within = {f"{name}: half against half": distance(*both) for name, both in cut.items()}
    between = {f"{a} against {b}": distance(cut[a][0], cut[b][0]) for a, b in combinations(cut, 2)}
    return within | between


def distance_by_count(
    first: np.ndarray,
    second: np.ndarray | None,
    counts: Sequence[int],
    distance: Distance = fid,
    draws: int = 5,
    seed: int = 0,
) -> dict[int, Score]:
    """Measure the same two sets with fewer and more pictures of each.

    Args:
        first: `(n, d)`, features of one set.
        second: `(m, d)`, features of the other; None draws both sides from the first, no picture
            for both of them.
        counts: how many pictures are drawn for either side.
        distance: from two sets of features to a score.
        draws: how often they are drawn.
        seed: of the draws.

    Returns:
        The mean over the draws by the number of pictures. Its interval reaches from the lowest
        draw to the highest.

    Raises:
        InputError: there are fewer pictures than shall be drawn, or as for the distance.
    """
    random, by_count = np.random.default_rng(seed), {}
    for count in map(int, counts):
        drawn = (_draw(first, second, count, random) for _ in range(draws))
        values = [float(distance(*both)) for both in drawn]
        interval = f"lowest and highest of {draws} draws"
        by_count[count] = Score(float(np.mean(values)), min(values), max(values), interval)
    return by_count


def _draw(
    first: np.ndarray, second: np.ndarray | None, count: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    fewest = len(first) // 2 if second is None else min(len(first), len(second))
    if count > fewest:
        raise InputError(
            f"{count} pictures on each side cannot be drawn, there are {fewest}; lower the counts"
        )
    if second is None:
        drawn = first[random.permutation(len(first))[: 2 * count]]
        return drawn[:count], drawn[count:]
    one, other = (side[random.choice(len(side), count, replace=False)] for side in (first, second))
    return one, other


def distances_when_changed(
    pictures: Pictures, change: Change, strengths: Sequence[float], evaluator: Evaluator
) -> dict[float, float]:
    """Measure how far a set moves from itself when its pictures are spoilt step by step.

    Both sides show the same scenes, so few pictures leave nothing but the change.

    Args:
        pictures: the set, all of one size.
        change: what is done to each picture, such as `blur`.
        strengths: how much; 0 leaves pictures as they are.
        evaluator: its extractor gives the features.

    Returns:
        The Fréchet distance to the untouched set by strength.
    """
    untouched = features_of(pictures, evaluator)
    return {
        strength: float(
            fid(
                untouched,
                features_of(ChangedPictures(pictures, change, strength), evaluator),
                with_interval=False,
            )
        )
        for strength in strengths
    }


def features_of(pictures: Pictures, evaluator: Evaluator) -> np.ndarray:
    """Give the features `(n, d)` of a set's readable pictures; see `Evaluator.measure`."""
    extractor = evaluator.extractor
    measured = measure(pictures, [extractor], evaluator.cache, evaluator.progress)
    return measured.numbers[extractor.key]


def write_folder(pictures: EncodedPictures, folder: Path) -> Path:
    """Write a Dataset's pictures as JPEG files, to be scored as a folder; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(len(pictures.names)):
        (folder / f"{place:05d}.jpg").write_bytes(pictures.read_bytes(place))
    return folder


@dataclass(frozen=True)
class ChangedPictures:
    """A set whose pictures are changed when they are read.

    Args:
        unchanged: the set.
        change: what is done to each picture.
        strength: how much.
    """

    unchanged: Pictures
    change: Change
    strength: float

    @property
    def _change(self) -> str:
        return f"{self.change.__name__} {self.strength:g}"

    @property
    def name(self) -> str:
        """The name of the set, and what is done to it."""
        return f"{self.unchanged.name}, {self._change}"

    @property
    def as_found(self) -> Sequence[tuple[int, int] | None]:
        """The sizes of the files."""
        return self.unchanged.as_found

    @property
    def sizes(self) -> Sequence[tuple[int, int] | None]:
        """The sizes of the set."""
        return self.unchanged.sizes

    @property
    def resize(self) -> str:
        """Say how pictures are resized before they are changed."""
        return self.unchanged.resize

    @property
    def names(self) -> Sequence[str]:
        """The names of the unchanged pictures."""
        return self.unchanged.names

    @property
    def keys(self) -> Sequence[str]:
        """A key for each, made of the change and the picture's own."""
        return [f"{self._change} of {key}" for key in self.unchanged.keys]

    def read(self, places: Sequence[int]) -> list[Seen | UnreadableImageError]:
        """Read some of them and change them."""
        return [
            Seen(self.change(seen.picture, self.strength)) if isinstance(seen, Seen) else seen
            for seen in self.unchanged.read(places)
        ]


def blur(picture: np.ndarray, sigma_px: float) -> np.ndarray:
    """Blur uint8 `(height, width, 3)` with a Gaussian of that standard deviation, in pixels."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma_px)))


def add_noise(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Add Gaussian noise to uint8 `(height, width, 3)`.

    Args:
        picture: is given back with the same noise every time.
        sigma: standard deviation of the noise, grey levels of 255.
    """
    random = np.random.default_rng(zlib.crc32(picture.tobytes()))
    noisy = picture + sigma * random.standard_normal(picture.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


_BAR_INCHES = 0.42
_LETTERS = 100


def draw_scale(scores: Mapping[str, Score], title: str = "", xlabel: str = "") -> Figure:
    """Draw scores below each other, with their intervals.

    Args:
        scores: by what was measured.
        title: over the bars.
        xlabel: what the bars are long in.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: there are no scores.
    """
    _refuse_nothing(scores)
    figure = new_figure(9, 1.2 + _BAR_INCHES * len(scores))
    panel = calm(figure.subplots(), title=title, xlabel=xlabel)
    for place, score in enumerate(scores.values()):
        _draw_bar(panel, place, score)
    panel.set_yticks(range(len(scores)), [textwrap.fill(name, 34) for name in scores])
    panel.margins(x=0.1)
    panel.invert_yaxis()
    panel.tick_params(axis="y", length=0)
    panel.grid(visible=False, axis="y")
    return figure


def _draw_bar(panel: Axes, place: int, score: Score) -> None:
    panel.barh(place, score.value, 0.6, color=COLOURS[place % len(COLOURS)])
    end = score.value
    if score.low is not None and score.high is not None:
        panel.plot([score.low, score.high], [place, place], color="0.25", linewidth=1.4)
        end = max(end, score.high)
    beside = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "fontsize": 9}
    panel.annotate(f"{score.value:.4g}", (end, place), **beside)


def draw_by_count(panels: Mapping[str, Mapping[str, Mapping[int, Score]]]) -> Figure:
    """Draw distances against the number of pictures they were measured with.

    Args:
        panels: by the name of the distance: what `distance_by_count` gives, by the names of the
            two sets.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: there is nothing to draw.
    """
    _refuse_nothing(panels)
    figure = new_figure(5 * len(panels), 4)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for panel, (title, lines) in zip(axes, panels.items(), strict=True):
        calm(panel, title=title, xlabel="pictures on each side", ylabel="distance")
        panel.axhline(0, color="0.6", linewidth=1)
        for colour, (name, by_count) in zip(COLOURS, lines.items(), strict=False):
            _draw_line(panel, by_count, name, colour)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False)
    return figure


def _draw_line(panel: Axes, by_count: Mapping[int, Score], name: str, colour: str) -> None:
    counts, scores = list(by_count), list(by_count.values())
    panel.plot(counts, [score.value for score in scores], "o-", color=colour, label=name)
    low, high = ([getattr(score, end) for score in scores] for end in ("low", "high"))
    panel.fill_between(counts, low, high, color=colour, alpha=0.15, linewidth=0)


def draw_changes(
    panels: Mapping[str, Mapping[float, float]], level: float | None = None, level_name: str = ""
) -> Figure:
    """Draw how far a set moves from itself when its pictures are spoilt more and more.

    Args:
        panels: what `distances_when_changed` gives, by the name of the strength.
        level: a distance to compare with, or None.
        level_name: what it is.

    Returns:
        A figure that belongs to no window.

    Raises:
        InputError: there is nothing to draw.
    """
    _refuse_nothing(panels)
    figure = new_figure(5 * len(panels), 4)
    axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for colour, panel, (xlabel, distances) in zip(COLOURS, axes, panels.items(), strict=False):
        calm(panel, xlabel=xlabel)
        panel.plot(list(distances), list(distances.values()), "o-", color=colour)
        if level is not None:
            panel.axhline(level, color="0.45", linestyle=":", label=level_name)
    axes[0].set_ylim(bottom=0)  # for all panels: they share it, so only once they are drawn
    axes[0].set_ylabel("distance to the untouched set")
    if level_name:
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", frameon=False)
    return figure


def _refuse_nothing(drawn: Mapping) -> None:
    if not drawn:
        raise InputError("there must be something to draw, and there is nothing; measure first")


@contextmanager
def refused() -> Iterator[None]:
    """Print why a rule refuses what is done within.

    Raises:
        AssertionError: nothing was refused.
    """
    try:
        yield
    except InputError as error:
        text = f"Refused: {error}"
        print(textwrap.fill(text, _LETTERS, break_long_words=False, break_on_hyphens=False))
    else:
        raise AssertionError("a rule should have refused this, and none did")
