"""Make a Run of generators that others have trained."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from artnb.errors import InputError
from artnb.exchange.published import LICENCE, SERVER, address_of, find_published
from artnb.exchange.source import Source, find_source, read_generator
from artnb.exchange.trained import TrainedGenerator
from artnb.files import sha256_of, unfinished_folder
from artnb.locks import locked
from artnb.methods.imported.config import DESCRIBED, ImportedConfig
from artnb.methods.stylegan2.config import StyleGAN2Config
from artnb.progress import Progress, silent
from artnb.runs.run import Run, refuse_existing, run_folder

_NAMES = ("generator_g", "generator_f")
_LATENT_NAMES = ("generator",)
_LATENTS = "latents"


def import_generator(
    source: str | Path,
    run_name: str | Path,
    reverse: str | Path | None = None,
    x: str | None = None,
    y: str | None = None,
    server: str = SERVER,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    network: str | None = None,
    reverse_network: str | None = None,
) -> Run:
    """Make a Run of a generator that somebody has trained, or of a pair.

    The Run has one epoch and no discriminators: it can paint, and cannot be trained on. A StyleGAN2
    makes pictures of latents, and new trainings can begin from it.

    Args:
        source: a file, or the name of a generator that the CycleGAN authors publish.
        run_name: of the new Run, or its path.
        reverse: the generator for the way back, likewise.
        x: what goes in; None takes "photo", or what a published name says. Into a StyleGAN2
            nothing does.
        y: what comes out; None takes "painting", or what a published name says.
        server: of the published generators.
        progress: shows how far a download has got.
        say: gets a line for each generator.
        network: which of several generators in the file.
        reverse_network: which of several for the way back, in its file or, where `reverse` is
            None, in that of `source`.

    Returns:
        The Run.

    Raises:
        InputError: the Run exists, or a generator cannot be found, read or used.
    """
    run = Run(run_folder(run_name))
    refuse_existing(run)
    if reverse is None and reverse_network is not None:
        reverse = source
    sources = [find_source(one) for one in (source, reverse) if one is not None]
    asked, (x, y) = x, (x or sources[0].x, y or sources[0].y)
    _check_domains(x, y)
    paths = [one.path or find_published(one.name, server, progress, say) for one in sources]
    networks = (network, reverse_network)[: len(paths)]
    generators = [read_generator(*one) for one in zip(paths, networks, strict=True)]
    config = _config(generators)
    is_latent = isinstance(config, StyleGAN2Config)
    if is_latent:
        _check_has_no_x(asked)
        x = _LATENTS
    for generator, (there, back) in zip(generators, ((x, y), (y, x)), strict=False):
        say(f"{there} → {back}: {generator.description}")
    parts = zip(sources, paths, networks, generators, strict=True)
    origins = [_origin(*one, server) for one in parts]
    with locked(run.path, f"the Run {run.path.name}", say), unfinished_folder(run.path) as folder:
        staged = Run(folder)
        _fill(staged, config, generators)
        # Like a training on pictures of one kind.
        data = {"x": y if is_latent else x, "y": y, "size_px": config.image_size_px}
        staged.note(status="imported", ended=_now(), data=data, imported=origins)
    return run


def _check_domains(x: str, y: str) -> None:
    if x == y or {x, y} & {"x", "y"}:
        raise InputError(
            f"the two domains need names of their own, other than x and y, and got {x!r} and "
            f"{y!r}; name them with --x and --y"
        )


def _check_has_no_x(x: str | None) -> None:
    if x is not None:
        raise InputError(
            "a StyleGAN2 makes pictures out of nothing, so that nothing goes in that could have a "
            f"name, got --x {x}; leave it out"
        )


def _config(generators: Sequence[TrainedGenerator]) -> ImportedConfig | StyleGAN2Config:
    """Give the settings that describe one generator, or both.

    Raises:
        InputError: the two are of different kinds.
    """
    first, *others = (dict(generator.settings) for generator in generators)
    if {one.method for one in generators} != {"imported"}:
        return _latent_config(generators)
    if first["generator"] == DESCRIBED:
        # Sizes that suit the one that halves more often suit the other too.
        deepest = max([first, *others], key=lambda settings: settings.get("generator_depth", 0))
        if all(other["generator"] == DESCRIBED for other in others):
            return ImportedConfig(**deepest)
    elif all(other == first for other in others):
        return ImportedConfig(**first)
    kinds = " and a ".join(generator.description for generator in generators)
    raise InputError(
        f"the two generators must be of the same kind, and these are a {kinds}; import each into "
        "a Run of its own"
    )


def _latent_config(generators: Sequence[TrainedGenerator]) -> StyleGAN2Config:
    if len(generators) > 1:
        raise InputError(
            "a StyleGAN2 makes pictures out of nothing, so that no other generator leads back; "
            "import each file into a Run of its own"
        )
    return StyleGAN2Config(**generators[0].settings)


def _origin(
    source: Source, path: Path, network: str | None, generator: TrainedGenerator, server: str
) -> dict[str, Any]:
    """Record where a generator comes from."""
    origin = {
        "from": source.name or path.name,
        "sha256": sha256_of(path),
        "recognised": generator.description,
    }
    if network is not None:
        origin |= {"network": network}
    if source.name:
        origin |= {"address": address_of(source.name, server), "licence": LICENCE}
    return origin


def _fill(
    run: Run, config: ImportedConfig | StyleGAN2Config, generators: Sequence[TrainedGenerator]
) -> None:
    from artnb.methods.imported.network import write_description
    from artnb.runs.snapshots import save_weights

    config.save(run.config_file)
    names = _LATENT_NAMES if isinstance(config, StyleGAN2Config) else _NAMES
    named = dict(zip(names, generators, strict=False))
    for name, generator in named.items():
        if generator.architecture is not None:
            write_description(run.architecture_file(name), generator.architecture)
    weights = {name: generator.weights for name, generator in named.items()}
    # All figures of the weights stay, so that the pictures are those of the original.
    save_weights(run.snapshot(1), weights, {"epoch": 1, "imported": True}, np.float32)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
