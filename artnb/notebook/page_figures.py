"""Figures of a web page's folder: what its networks' files hold, and what a visit fetches."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from artnb.drawing.figures import COLOURS, calm, new_figure
from artnb.publishing.headers import MANIFEST

# Megabits a second, of a slow phone and of two lines at home.
_LINES = (5, 50, 250)
_BITS = 8
_MOST_OPERATIONS = 10


def _facts(site: Path) -> dict[str, Any]:
    return json.loads((site / MANIFEST).read_bytes())


def draw_network_files(site: Path) -> Figure:
    """Draw how large a page's networks are and would be in 32 bits, and what the first does.

    Args:
        site: the folder of a page.

    Returns:
        A figure that belongs to no window.
    """
    networks = _networks(site)
    figure = new_figure(10.5, max(3.6, 1.6 + 0.6 * len(networks)))
    sizes, operations = figure.subplots(1, 2, width_ratios=(3, 2))
    contents = [_content(site / network["file"]) for network in networks]
    _draw_sizes(sizes, [network["title"] for network in networks], contents)
    counts = contents[0][1].most_common(_MOST_OPERATIONS)[::-1]
    bars = operations.barh(*zip(*counts, strict=True), color=COLOURS[1])
    operations.bar_label(bars, padding=3, fontsize=9)
    calm(operations, title=f"{networks[0]['title']}: its operations", xlabel="how often")
    return figure


def _networks(site: Path) -> list[dict[str, Any]]:
    facts = _facts(site)
    return [*facts["painters"], *facts["samplers"]]


def _content(path: Path) -> tuple[dict[str, float], Counter[str]]:
    """Read which parts of a file take how many MB, and how often each operation is in it."""
    import onnx

    model = onnx.load(path, load_external_data=False)
    half = onnx.TensorProto.FLOAT16
    weights = [(t.data_type == half, t.ByteSize() / 1e6) for t in model.graph.initializer]
    parts = {
        "weights in 16 bits": sum(size for is_half, size in weights if is_half),
        "numbers in 32 bits": sum(size for is_half, size in weights if not is_half),
    }
    parts["operations, and words about it"] = path.stat().st_size / 1e6 - sum(parts.values())
    return parts, Counter(node.op_type for node in model.graph.node)


def _draw_sizes(
    panel: Axes, titles: Sequence[str], contents: Sequence[tuple[dict[str, float], Counter[str]]]
) -> None:
    places = np.arange(len(titles))[::-1]
    left = np.zeros(len(titles))
    for colour, part in zip((*COLOURS[:2], COLOURS[7]), contents[0][0], strict=True):
        sizes = np.array([parts[part] for parts, _ in contents])
        panel.barh(places, sizes, 0.5, left=left, color=colour, label=part)
        left += sizes
    whole = left + [parts["weights in 16 bits"] for parts, _ in contents]
    outline = {"color": "none", "edgecolor": "0.5", "linestyle": (0, (3, 3))}
    panel.barh(places, whole, 0.5, label="all of it in 32 bits", **outline)
    for place, size, in_32_bits in zip(places, left, whole, strict=True):
        instead = f", not {in_32_bits:.2g}" if in_32_bits > size else ""
        panel.text(in_32_bits, place, f"  {size:.2g} MB{instead}", va="center", fontsize=9)
    panel.set_yticks(places, titles)
    panel.set_xlim(0, 1.4 * whole.max())
    calm(panel, title="The networks' files", xlabel="MB")
    panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2, frameon=False)


def draw_costs(site: Path) -> Figure:
    """Draw what a first visit fetches, in MB, and how long that takes on three lines.

    Args:
        site: the folder of a page.

    Returns:
        A figure that belongs to no window.
    """
    always, at_wish = _fetched(site)
    figure = new_figure(10.5, max(3.4, 1.8 + 0.42 * (len(always) + len(at_wish))))
    sizes, seconds = figure.subplots(1, 2, width_ratios=(3, 2))
    parts = {**at_wish, **dict(reversed(always.items()))}
    colours = [COLOURS[7] if part in at_wish else COLOURS[0] for part in parts]
    _draw_bars(sizes, parts, colours, "{:.2f}")
    calm(sizes, title="What a first visit fetches", xlabel="MB; grey: only who asks for it")
    total = sum(always.values())
    waits = {f"{line} Mbit/s": _BITS * total / line for line in reversed(_LINES)}
    _draw_bars(seconds, waits, [COLOURS[1]] * len(waits), "{:.1f}")
    calm(seconds, title=f"How long {total:.1f} MB take", xlabel="seconds, the first time alone")
    return figure


def _draw_bars(panel: Axes, lengths: dict[str, float], colours: Sequence[str], form: str) -> None:
    bars = panel.barh(list(lengths), list(lengths.values()), 0.6, color=colours)
    panel.bar_label(bars, fmt=form, padding=3, fontsize=9)
    panel.set_xlim(0, 1.2 * max(lengths.values()))


def _fetched(site: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Give the MB of what every visit fetches, and of what a graphics card needs."""
    facts = _facts(site)
    runtime, networks = facts["runtime"], _networks(site)
    apart = {network["file"] for network in networks}
    apart |= {file for kind in runtime.values() for file in kind.values() if isinstance(file, str)}
    page = sum((site / file).stat().st_size for file in facts["files"] if file not in apart)
    always = {
        "page, words, photos to try": page / 1e6,
        "WebAssembly, which computes": _megabytes_of(site, runtime["wasm"]),
        **{network["title"]: network["bytes"] / 1e6 for network in networks},
    }
    return always, {"the same for a graphics card": _megabytes_of(site, runtime["webgpu"])}


def _megabytes_of(site: Path, runtime: dict[str, Any]) -> float:
    files = [site / runtime[part] for part in ("module", "loader", "binary")]
    return sum(file.stat().st_size for file in files) / 1e6
