"""What pictures in a gallery are called, in a word or two and for those who cannot see them."""

from collections.abc import Sequence

from artnb.gallery.manifest import Exhibit, Gallery, ShownRun

# By kind: what stands beneath a picture, and what it shows. `style` is the domain that the Run
# translates to.
LABELS = {
    "source": "{source}",
    "painting": "{style}",
    "reconstruction": "{style} and back",
    "identity": "identity, {style}",
    "nearest": "nearest real {style}",
    "truth": "true {style}",
}
ALTS = {
    "source": "{name}, {source}",
    "painting": "{name} as {style}",
    "reconstruction": "{name} as {style} and back to {source}",
    "identity": "{name} kept as {source} by the generator back from {style}",
    "nearest": "the real {style} nearest to {name}",
    "truth": "{name} as {style}, the true painting",
}
# What a person chooses by.
_CHOICES = {
    "source": "original",
    "painting": "translation",
    "reconstruction": "reconstruction",
    "identity": "identity",
    "nearest": "nearest real",
    "truth": "truth",
}


def name_choices(gallery: Gallery, kinds: Sequence[str]) -> dict[str, str]:
    """Name the kinds of picture that can be chosen.

    Args:
        gallery: its Runs and photos; where all photos are of the Runs' domain X, the words are
            those of photos and paintings.
        kinds: that there are.

    Returns:
        Names by kind.
    """
    sources = {exhibit.source_domain for exhibit in gallery.exhibits}
    words = dict(_CHOICES)
    if sources <= {run.x for run in gallery.runs} and len(sources) == 1:
        words |= {"source": sources.pop(), "painting": "painting"}
    return {kind: words[kind] for kind in kinds}


def style_of(exhibit: Exhibit, run: ShownRun, runs: Sequence[ShownRun]) -> str:
    """Name what a Run turns a photo into: the domain, and the Run where that leaves it open."""
    opposite = {run.x: run.y, run.y: run.x}
    style = opposite.get(exhibit.source_domain, exhibit.target_domain)
    clear = len(runs) == 1 or run.name == style
    return style if clear else f"{style} ({run.name})"


def describe_epochs(run: ShownRun) -> str:
    """Say which epochs of a Run are shown."""
    if not run.epochs:
        return "no epoch"
    first, last = min(run.epochs), max(run.epochs)
    span = f"epoch {last}" if first == last else f"epochs {first} to {last}"
    return span if run.best is None else f"{span}, best by its scores: {run.best}"
