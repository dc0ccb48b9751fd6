"""What a style study sees in a single picture: maps of colours, skies, directions and haze."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from artnb.drawing.figures import COLOURS, calm, new_figure
from artnb.study.colour import colour_regions, lab_of
from artnb.study.quantities import at_working_size
from artnb.study.sky import sky_mask, upper_third
from artnb.study.texture import (
    coherence_map,
    dark_channel,
    edge_softness,
    local_contrast,
    radial_spectrum,
    spirality_map,
    squared_gradient,
)

Pictures = Mapping[str, np.ndarray]
# Inches.
_WIDTH, _STRIP_WIDTH = 2.7, 4.6
_REGION_COLOURS = {"brown": (140, 84, 40), "green": (70, 140, 50), "blue": (40, 100, 200)}
_VEIL = LinearSegmentedColormap.from_list("veil", ["#1d2b38", "#2f6f8f", "#e8eef0"])
_WARM = LinearSegmentedColormap.from_list("warm", ["#faf9f6", "#e9b58f", "#c1572b", "#6e2c12"])
# A line for every so many pixels.
_LINE_STEP_PX = 8


def draw_colour_regions(pictures: Pictures) -> Figure:
    """Draw which pixels count as brown, green and blue; all others are grey.

    Args:
        pictures: uint8 `(height, width, 3)` by title.
    """

    def regions(panel: Axes, picture: np.ndarray) -> str:
        found = colour_regions(lab_of(picture))
        shown = np.repeat(picture.mean(axis=2, keepdims=True) * 0.35 + 160, 3, axis=2)
        for name, mask in found.items():
            shown[mask] = _REGION_COLOURS[name]
        panel.imshow(shown.astype(np.uint8))
        return ", ".join(f"{name} {mask.mean():.0%}" for name, mask in found.items())

    return _beside(pictures, regions)


def draw_sky(pictures: Pictures) -> Figure:
    """Draw the sky that was found; what is no sky is darkened, a line ends the upper third."""

    def sky(panel: Axes, picture: np.ndarray) -> str:
        mask = sky_mask(picture)
        panel.imshow(np.where(mask[..., None], picture, picture // 4))
        panel.axhline(len(upper_third(picture)), color="white", linewidth=1, linestyle="--")
        return f"sky {mask.mean():.0%}"

    return _beside(pictures, sky)


def draw_directions(pictures: Pictures) -> Figure:
    """Draw the directions of strokes in the upper third; a line is as long as they agree."""

    def directions(panel: Axes, picture: np.ndarray) -> str:
        upper = upper_third(picture)
        squared = squared_gradient(lab_of(upper)[..., 0])
        coherence, energy = coherence_map(squared)
        _draw_lines(panel, squared, coherence)
        panel.imshow(upper, alpha=0.5)
        mean = (coherence * energy).sum() / max(energy.sum(), 1e-9)
        return f"coherence {mean:.2f}"

    return _beside(pictures, directions, upper=True)


def _draw_lines(panel: Axes, squared: np.ndarray, coherence: np.ndarray) -> None:
    from scipy.ndimage import gaussian_filter

    middle = _LINE_STEP_PX // 2
    places = (slice(middle, None, _LINE_STEP_PX),) * 2
    # Strokes run across the gradient, whose angle is half of that of its square.
    angle = np.angle(gaussian_filter(squared, 4.0)[places]) / 2 + np.pi / 2
    y, x = (grid[places] for grid in np.mgrid[: squared.shape[0], : squared.shape[1]])
    long = coherence[places]
    form = {"headwidth": 0, "headlength": 0, "headaxislength": 0, "pivot": "mid"}
    panel.quiver(
        x, y, long * np.cos(angle), long * np.sin(angle), angles="xy", scale_units="xy",
        scale=1 / (0.95 * _LINE_STEP_PX), color=COLOURS[0], width=0.006, zorder=3, **form,
    )  # fmt: skip


def draw_eddies(pictures: Pictures) -> Figure:
    """Draw where strokes of the upper third turn around a point."""

    def eddies(panel: Axes, picture: np.ndarray) -> str:
        found = spirality_map(squared_gradient(lab_of(upper_third(picture))[..., 0]))
        panel.imshow(found, cmap=_WARM, vmin=0, vmax=0.7, interpolation="bilinear")
        return f"spirality {found.max():.2f}"

    return _beside(pictures, eddies, upper=True)


def draw_haze(pictures: Pictures) -> Figure:
    """Draw the dark channel: light where there is a veil, dark in clear air."""

    def haze(panel: Axes, picture: np.ndarray) -> str:
        channel = dark_channel(picture)
        panel.imshow(channel, cmap=_VEIL, vmin=0, vmax=0.8)
        lightness = lab_of(picture)[..., 0]
        contrast, softness = local_contrast(lightness).mean(), edge_softness(lightness)
        means = f"contrast {contrast:.1f}, softness {softness:.2f}"
        return f"dark channel {channel.mean():.2f}\n{means}"

    return _beside(pictures, haze)


def _beside(
    pictures: Pictures, draw_map: Callable[[Axes, np.ndarray], str], upper: bool = False
) -> Figure:
    """Draw pictures in a row and a map beneath each, with what the map says for a title.

    Args:
        pictures: by title.
        draw_map: draws the map of a picture of the working size and gives its title.
        upper: show only the upper thirds, larger.
    """
    width = _STRIP_WIDTH if upper else _WIDTH
    height = width / 3 if upper else width
    figure = new_figure(width * len(pictures) + 0.4, 2 * height + 1)
    panels = figure.subplots(2, len(pictures), squeeze=False)
    for column, (title, picture) in enumerate(pictures.items()):
        shown = at_working_size(picture)
        panels[0, column].imshow(upper_third(shown) if upper else shown)
        panels[0, column].set_title(title, fontsize=11)
        panels[1, column].set_title(draw_map(panels[1, column], shown), fontsize=9)
    for panel in panels.ravel():
        panel.set_axis_off()
    return figure


def draw_spectra(pictures: Pictures) -> Figure:
    """Draw the power of pictures by frequency, both on logarithmic scales, with their slopes."""
    figure = new_figure(6.4, 4.2)
    labels = {"xlabel": "cycles across the picture", "ylabel": "power"}
    panel = calm(figure.subplots(), title="From coarse to fine", **labels)
    for (title, picture), colour in zip(pictures.items(), COLOURS, strict=False):
        frequency, power = radial_spectrum(lab_of(at_working_size(picture))[..., 0])
        slope, _ = np.polyfit(np.log(frequency), np.log(np.maximum(power, 1e-9)), 1)
        label = f"{title}: slope {slope:.2f}"
        panel.loglog(frequency, power, "o-", color=colour, label=label, markersize=4)
    ticks = [8, 16, 32, 64]
    panel.set_xticks(ticks, [str(tick) for tick in ticks])
    panel.set_xticks([], minor=True)
    panel.legend(frameon=False, fontsize=9)
    return figure
