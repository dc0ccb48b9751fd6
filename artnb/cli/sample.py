"""Commands on Runs that make pictures out of latents: sample, project."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

import artnb
from artnb import evaluation
from artnb.cli import options
from artnb.cli.maker import Option
from artnb.data.painted import refuse_to_replace, write_painting
from artnb.files import can_write
from artnb.sampling.choice import (
    DEFAULT_TRUNCATION,
    STEPS,
    ProjectionFiles,
    SampleChoice,
    check_steps,
    parse_truncations,
)

_NEAREST = "nearest.png"
_ClassName = Annotated[
    str | None,
    "of a Run with classes: whose pictures (default: all in turn)",
    Option(("--class",), metavar="NAME"),
]


def sample(
    *,
    run: options.RunName,
    count: Annotated[int, "how many pictures"] = 16,
    seed: Annotated[int, "of the first picture; the others follow it"] = 0,
    truncation: Annotated[
        float, "from -2 to 2: below 1 pictures are more alike and better"
    ] = DEFAULT_TRUNCATION,
    class_name: _ClassName = None,
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
    nearest: Annotated[
        bool, "also a sheet: samples beside the nearest real pictures, the most suspicious first"
    ] = False,
    extractor: options.Extractor = "auto",
    data: options.RunData = None,
    backend: options.Backend = None,
) -> None:
    """Make pictures out of latents, named by their seeds: a seed always means the same picture.

    runs:    of a method that has latents, such as stylegan2
    sheets:  of the first 64 pictures, 8 seeds with truncations, 8 × 8 mixed ones; the animation
             passes 24 seeds
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
    sampler = opened.sampler(epoch, class_name)
    out = out or _default_folder(sampler, truncation, class_name)
    choice.check(out)
    if nearest:
        refuse_to_replace([out / _NEAREST])
        dataset = evaluation.open_run_data(opened, data, artnb.bar)
    options.say_backend(backend)
    if nearest:  # what cannot be had is said before the work
        network = artnb.load_extractor(extractor, progress=artnb.bar)
    samples = artnb.sample(opened, out, choice, sampler.epoch, artnb.bar, class_name)
    print(f"{count} picture{'s' * (count != 1)} in {out}")
    for kind, path in samples.drawn.items():
        print(f"{kind.capitalize() + ':':13}{path}")
    if nearest:
        view = evaluation.view_nearest_samples(
            opened,
            network,
            choice,
            sampler.epoch,
            dataset,
            progress=artnb.bar,
            class_name=class_name,
        )
        print(f"Nearest:     {write_painting(np.asarray(view.picture), out / _NEAREST)}")
        print(view.sentence)


def _default_folder(sampler, truncation: float, class_name: str | None) -> Path:
    """Say where samples go: into their Run, each epoch and truncation apart, or beside it."""
    name = f"samples-epoch-{sampler.epoch:04d}-truncation-{truncation:g}"
    name += f"-{class_name}" if class_name else ""
    if can_write(sampler.run.path):
        return sampler.run.path / name
    return artnb.outputs_folder() / f"{sampler.run.path.name}-{name}"


def project(
    *,
    run: options.RunName,
    picture: Annotated[Path, "a file; the middle square of it is taken"],
    out: Annotated[Path, "folder for latent, noises and pictures"],
    steps: Annotated[int, "of the search"] = STEPS,
    features: Annotated[
        Literal["auto", "squeezenet", "vgg19", "pixels"],
        "what is compared; auto takes SqueezeNet where its weights are here, else pixels",
    ] = "auto",
    class_name: _ClassName = None,
    epoch: options.Epoch = "latest",
    seed: Annotated[int, "of what is drawn on the way"] = 0,
    backend: options.Backend = None,
) -> int:
    """Find the latent that paints a picture, and show both side by side.

    The nearer it comes, the better a Run knows pictures like this one. Ctrl-C ends the search, and
    what was found until then is written.
    """
    from artnb.stylization.inputs import open_picture

    opened = artnb.open_run(run)
    sampler = opened.sampler(epoch, class_name)
    check_steps(steps)
    SampleChoice(count=1, seed=seed)
    open_picture(picture, "a picture to be projected")
    files = ProjectionFiles(out, picture)
    files.check()
    options.say_backend(backend)
    found = artnb.project_picture(
        opened, picture, out, steps, features, sampler.epoch, seed, artnb.bar, print, class_name
    )
    print(f"Distance:      {found.distance:.3g}; the average picture's is {found.start:.3g}")
    print(f"Side by side:  {files.beside}")
    print(f"Latent:        {files.latent}")
    if found.whole:
        return 0
    print(f"artnb: interrupted after step {found.steps:,} of {steps:,}", file=sys.stderr)
    return 130
