"""The command that trains."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from artnb.cli import options
from artnb.cli.maker import Option
from artnb.progress import bar


def train(
    *,
    data: Annotated[Path, "a Dataset, the competition's folder, or one with trainA and trainB"],
    preset: Annotated[str | None, "smoke, preview, session or paper (default: preview)"] = None,
    run: Annotated[str | None, "name of the Run (default: preset and date)"] = None,
    resume: Annotated[bool, "go on with the Run where it was left off"] = False,
    accept_changes: Annotated[bool, "go on although settings or data are not the Run's"] = False,
    mirror: Annotated[Path | None, "keep a second copy of the Run in this folder"] = None,
    deadline: Annotated[options.Minutes | None, "stop this long after the start"] = None,
    reserve: Annotated[options.Minutes, "stop so much earlier"] = 0.0,
    heartbeat: Annotated[options.Minutes | None, "say this often how far it is"] = None,
    epochs: Annotated[int | None, "how often every photo is seen"] = None,
    settings: Annotated[
        Sequence[str],
        "any setting, such as steps_per_epoch=200; may be repeated",
        Option(("--set",), metavar="NAME=VALUE"),
    ] = (),
    swap_domains: Annotated[bool, "take X for Y and Y for X"] = False,
    evaluate_every: Annotated[int | None, "score every N epochs, on held-out photos"] = None,
    extractor: options.Extractor = "auto",
    tensorboard: Annotated[bool, "also write for TensorBoard"] = False,
    backend: options.Backend = None,
) -> None:
    """Train a CycleGAN into a Run, or go on with one.

    presets: smoke (seconds, to see that it runs), preview (minutes on a CPU),
             session (one session on a free GPU),
             paper (the original's 200 epochs: days on a free GPU)
    """
    from artnb.method import DEFAULT_METHOD, find_method
    from artnb.runs.run import Run, refuse_existing, run_folder

    method = find_method(DEFAULT_METHOD)
    changes = dict(map(method.config_class.parse, settings))
    if epochs is not None:
        changes["epochs"] = epochs
    config = method.config(preset or "preview", **changes)
    if resume and not (preset or changes):
        config = None
    if run and not resume:
        refuse_existing(Run(run_folder(run)))
    options.say_backend(backend)
    from artnb.data.dataset import open_dataset
    from artnb.platform.deadline import Deadline
    from artnb.platform.devices import join_hosts
    from artnb.training.train import train

    until = Deadline(deadline, reserve) if deadline is not None else None
    join_hosts()
    dataset = open_dataset(data, swap_domains=swap_domains, progress=bar)
    for remark in dataset.remarks:
        print(remark)
    made = train(
        dataset,
        config,
        run,
        tensorboard=tensorboard,
        resume=resume,
        accept_changes=accept_changes,
        mirror=mirror,
        deadline=until,
        keep_alive_minutes=heartbeat,
        scoring=_scoring(evaluate_every, extractor),
    )
    print(f"Grids while training:  {made.samples}")
    print(f"Loss curves:           {made.losses_picture}")
    if made.facts()["status"] == "finished":
        command = f"translate --run {made.path} --photos FOLDER --out FOLDER"
    else:
        command = f"train --data {data} --run {made.path} --resume"
    print(f"Next:                  artnb {command}")


def _scoring(every: int | None, extractor: str):
    if every is None:
        return None
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.extractors import load_extractor
    from artnb.evaluation.runs import DEFAULT_RUN_METRICS, Scoring

    network = load_extractor(extractor, progress=bar)
    return Scoring(every, Evaluator(network, DEFAULT_RUN_METRICS, skip_too_few=True))
