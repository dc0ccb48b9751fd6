"""Commands on Runs that make pictures out of latents: sample, project."""

from pathlib import Path
from typing import Annotated

import artnb
from artnb.cli import options
from artnb.files import can_write
from artnb.sampling.choice import DEFAULT_TRUNCATION, SampleChoice, parse_truncations


def sample(
    *,
    run: options.RunName,
    count: Annotated[int, "how many pictures"] = 16,
    seed: Annotated[int, "of the first picture; the others follow it"] = 0,
    truncation: Annotated[
        float, "from -2 to 2: below 1 pictures are more alike and better"
    ] = DEFAULT_TRUNCATION,
    epoch: options.Epoch = "latest",
    out: Annotated[Path | None, "folder (default: samples-… in the Run's folder)"] = None,
    truncations: Annotated[
        str | None, "also a sheet: seeds in rows, these truncations in columns, such as 0,0.5,1"
    ] = None,
    mixing: Annotated[
        bool, "also a sheet: coarse styles of the first half of the seeds, fine ones of the second"
    ] = False,
    interpolate: Annotated[
        bool, "also an animation from seed to seed and back to the first"
    ] = False,
    backend: options.Backend = None,
) -> None:
    """Make pictures out of latents, named by their seeds: a seed always means the same picture.

    Runs: of a method that has latents, such as stylegan2
    """
    choice = SampleChoice(
        count,
        seed,
        truncation,
        parse_truncations(truncations) if truncations is not None else (),
        mixing,
        interpolate,
    )
    opened = artnb.open_run(run)
    sampler = opened.sampler(epoch)
    out = out or _default_folder(sampler, truncation)
    choice.check(out)
    options.say_backend(backend)
    samples = artnb.sample(opened, out, choice, sampler.epoch, artnb.bar)
    print(f"{count} picture{'s' * (count != 1)} in {out}")
    for kind, path in samples.drawn.items():
        print(f"{kind.capitalize() + ':':13}{path}")


def _default_folder(sampler, truncation: float) -> Path:
    """Say where samples go: into their Run, each epoch and truncation apart, or beside it."""
    name = f"samples-epoch-{sampler.epoch:04d}-truncation-{truncation:g}"
    if can_write(sampler.run.path):
        return sampler.run.path / name
    return artnb.outputs_folder() / f"{sampler.run.path.name}-{name}"
