"""The networks of a page: which paint or sample, their files, and what is said of them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from artnb.data.manifest import MANIFEST
from artnb.evaluation.rows import Row, read_scores
from artnb.files import sha256_of
from artnb.progress import Progress, silent
from artnb.runs.painter import LatentSampler, Painter
from artnb.runs.run import Run

_NAME_DIGITS = 16
# Domains that tell of no painter.
_NAMELESS = {"painting", "paintings", "y", "b"}
_TOLD_SPLITS = ("test", "")


@dataclass(frozen=True)
class Score:
    """What a page says of a score: its name, its value with the interval, against what."""

    name: str
    value: str
    against: str


@dataclass(frozen=True)
class Network:
    """A network as a page knows it.

    Args:
        title: the style that it paints in, or the pictures that it makes.
        source: what it paints from.
        maker: Run and epoch, in words.
        trained_on: in words, or empty.
        licence: in words, or empty.
        scores: of its epoch.
        file: below the site's folder.
        bytes: its length.
        statistics: how many numbers its norms share between tiles; 0 where there are none.
        multiple_px: what both sides of a photo must be a multiple of.
        size_px: edge of pictures out of latents, else 0.
        latent_size: how many numbers a latent has, else 0.
        classes: their names.
    """

    title: str
    source: str
    maker: str
    trained_on: str
    licence: str
    scores: tuple[Score, ...]
    file: str
    bytes: int
    statistics: int = 0
    multiple_px: int = 1
    size_px: int = 0
    latent_size: int = 0
    classes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give it as the page reads it."""
        return asdict(self)


def find_makers(
    runs: Sequence[Run], epoch: str | int = "latest", to: str | None = None
) -> list[Painter | LatentSampler]:
    """Find what paints or samples: each style of each Run.

    Args:
        runs: at least one.
        epoch: of each: counted from 1, `"latest"` or `"best"`.
        to: what is painted, for Runs that paint photos; None takes the usual domain, in all
            styles that there are.

    Raises:
        InputError: a Run has no such epoch, domain or generator.
    """
    return [maker for run in runs for maker in _makers(run, epoch, to)]


def _makers(run: Run, epoch: str | int, to: str | None) -> Iterator[Painter | LatentSampler]:
    if run.is_latent:
        yield run.sampler(epoch)
        return
    for target in [to] if to else list(run.method.styles(run)) or [None]:
        yield run.painter(epoch, target)


def write_networks(
    makers: Sequence[Painter | LatentSampler],
    site: Path,
    licence: str = "",
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> list[Network]:
    """Write each network's file, with weights in 16 bits where nobody sees it.

    Files are named after what is in them: what a browser has kept under a name stays right.

    Args:
        makers: what paints or samples.
        site: the folder; files go into its `networks`.
        licence: of the networks, in words; empty takes what is known of their data.
        progress: a step for each.
        say: gets a sentence for each whose weights need 32 bits.
    """
    from artnb.exchange.half_precision import half_is_enough
    from artnb.exchange.web_networks import write_web_network

    (site / "networks").mkdir(parents=True, exist_ok=True)
    titles = _titles(makers)
    advance, networks = progress("writing networks", len(makers)), []
    for maker, title in zip(makers, titles, strict=True):
        half = half_is_enough(maker)
        if not half:
            say(f"{title}: its weights stay in 32 bits, since 16 would be seen.")
        written = write_web_network(site / "networks" / "unfinished.onnx", maker, half)
        file = f"networks/{sha256_of(written.path)[:_NAME_DIGITS]}.onnx"
        written.path.replace(site / file)
        told = _told(maker, title, licence)
        networks.append(
            Network(**told, file=file, bytes=written.bytes, statistics=written.statistics)
        )
        advance()
    return networks


def default_title(networks: Sequence[Network]) -> str:
    """Name a page by its painters, or by what its networks make out of latents."""
    painters = [network.title for network in networks if not network.latent_size]
    if not painters:
        return f"Pictures like {', '.join(network.title for network in networks)}"
    if set(painters) <= _NAMELESS:
        return "A painter in your browser"
    return f"Paint like {', '.join(painters)}"


def _titles(makers: Sequence[Painter | LatentSampler]) -> list[str]:
    """Name each by its style, and by its Run too where that leaves it open."""
    targets = [maker.target for maker in makers]
    return [
        target if targets.count(target) == 1 else f"{target} ({maker.run.path.name})"
        for target, maker in zip(targets, makers, strict=True)
    ]


def _told(maker: Painter | LatentSampler, title: str, licence: str) -> dict[str, Any]:
    run = maker.run
    told = {
        "title": title,
        "source": maker.source,
        "maker": f"{run.path.name}, epoch {maker.epoch} ({run.method.title})",
        "trained_on": _trained_on(run),
        "licence": licence or _licence_of(run),
        "scores": tuple(_scores(maker)),
    }
    if isinstance(maker, LatentSampler):
        of_latents = {"size_px": maker.size_px, "latent_size": maker.latent_size}
        return told | of_latents | {"classes": tuple(run.config().class_names)}
    return told | {"multiple_px": maker.multiple_px}


def _trained_on(run: Run) -> str:
    facts = run.facts()
    if run.is_imported:
        return ", ".join(f"imported from {origin['from']}" for origin in _origins(run))
    counts = facts["data"].get("train", {})
    return " and ".join(f"{count:,} of {name}" for name, count in counts.items())


def _origins(run: Run) -> list[dict[str, Any]]:
    imported = run.facts()["imported"]
    return imported if isinstance(imported, list) else [imported]


def _licence_of(run: Run) -> str:
    """Give what is known: of an imported network its own, of others that of their data."""
    if run.is_imported:
        known = {origin["licence"] for origin in _origins(run) if "licence" in origin}
        return ", ".join(sorted(known))
    try:
        data = json.loads((Path(run.facts()["data"]["path"]) / MANIFEST).read_bytes())
        return f"of its data: {data['licence']}" if data.get("licence") else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # the data are not here any more, or are no Dataset


def _scores(maker: Painter | LatentSampler) -> Iterator[Score]:
    rows = read_scores(maker.run.scores_file) if maker.run.scores_file.exists() else []
    for row in rows:
        is_its = row.epoch == str(maker.epoch) and row.direction.endswith(f"→ {maker.target}")
        if is_its and row.split in _TOLD_SPLITS:
            yield Score(row.metric, _value(row), _against(row))


def _value(row: Row) -> str:
    score = row.score
    if score.low is None or score.high is None:
        return f"{score.value:.4g}"
    return f"{score.value:.4g} ({score.low:.4g} to {score.high:.4g})"


def _against(row: Row) -> str:
    if not row.reference:
        return ""
    return f"{row.generated_count} pictures against {row.reference_count} of {row.reference}"
