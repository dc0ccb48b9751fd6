"""The command that trains."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import artnb
from artnb import evaluation
from artnb.cli import options
from artnb.cli.maker import Option
from artnb.errors import InputError
from artnb.method import DEFAULT_METHOD, METHODS, Method, find_method
from artnb.settings import describe_settings, help_of
from artnb.training.config import TrainingConfig
from artnb.training.options import TrainingOptions


def _describe(method: str) -> str:
    """Give a method's settings, or the methods where none is named."""
    if method:
        return describe_settings(find_method(method).config_class)
    known = [find_method(name) for name in METHODS]
    methods = [f"  {one.name}: {one.title}" for one in known if one.can_train]
    return "\n".join(["Name a method, such as --help-settings cyclegan. Methods:", *methods])


def train(
    *,
    data: Annotated[
        Path,
        "a Dataset, the competition's folder, one with trainA and trainB; stylegan2: any folder",
    ],
    preset: Annotated[
        str | None, "smoke, preview (default), session, paper …: see --help-settings"
    ] = None,
    run: Annotated[str | None, "name of the Run (default: preset and date)"] = None,
    resume: Annotated[bool, "go on with the Run where it was left off"] = False,
    accept_changes: Annotated[bool, "go on although settings or data are not the Run's"] = False,
    mirror: Annotated[Path | None, help_of(TrainingOptions, "mirror")] = None,
    deadline: Annotated[options.Minutes | None, "stop this long after the start"] = None,
    reserve: Annotated[options.Minutes, "stop so much earlier"] = 0.0,
    heartbeat: Annotated[
        options.Minutes | None, help_of(TrainingOptions, "keep_alive_minutes")
    ] = None,
    epochs: Annotated[int | None, help_of(TrainingConfig, "epochs")] = None,
    settings: Annotated[
        Sequence[str],
        "any setting, such as steps_per_epoch=200; may be repeated",
        Option(("--set",), metavar="NAME=VALUE"),
    ] = (),
    begin_from: Annotated[
        str | None,
        "stylegan2: begin from this Run's networks, or RUN@EPOCH's",
        Option(("--from",), metavar="RUN"),
    ] = None,
    method: Annotated[
        str | None, f"what to train (default: the Run's, or {DEFAULT_METHOD})"
    ] = None,
    help_settings: Annotated[
        str | None,
        "list all settings of a method, and exit",
        Option(metavar="METHOD", nargs="?", answer=_describe),
    ] = None,
    swap_domains: Annotated[bool, "take X for Y and Y for X"] = False,
    evaluate_every: Annotated[
        int | None, "score every N epochs, on held-out photos or samples"
    ] = None,
    extractor: options.Extractor = "auto",
    tensorboard: Annotated[bool, help_of(TrainingOptions, "tensorboard")] = False,
    backend: options.Backend = None,
) -> None:
    """Train a method into a Run, or go on with one.

    presets: smoke (seconds, to see that it runs), preview (minutes on a CPU),
             night (a laptop overnight, cyclegan), session (one session on a free GPU),
             paper (the original: days on a free GPU; of stylegan2 paper256)
    """
    from artnb.runs.run import refuse_existing, run_folder

    begun = artnb.Run(run_folder(run)) if run and resume else None
    own = _find_method(method, begun)
    changes = dict(map(own.config_class.parse, settings))
    if epochs is not None:
        changes["epochs"] = epochs
    if begin_from is not None:
        changes["begin_from"] = _begun_from(begin_from, own, resume)
    config = own.config(preset or "preview", **changes)
    if resume and not preset:
        config = _asked_before(begun, own).replace(**changes) if changes and begun else None
    if run and not resume:
        refuse_existing(artnb.Run(run_folder(run)))
    options.say_backend(backend, small_networks=_wants_onednn(config, begun))
    from artnb.platform.devices import join_hosts

    until = artnb.Deadline(deadline, reserve) if deadline is not None else None
    join_hosts()
    dataset = artnb.open_dataset(
        data, swap_domains=swap_domains, progress=artnb.bar, domains=own.domains
    )
    for remark in dataset.remarks:
        print(remark)
    made = artnb.train(
        dataset,
        config,
        run,
        tensorboard=tensorboard,
        resume=resume,
        accept_changes=accept_changes,
        mirror=mirror,
        deadline=until,
        keep_alive_minutes=heartbeat,
        scoring=_scoring(evaluate_every, extractor, own),
    )
    print(f"Grids while training:  {made.samples}")
    print(f"Loss curves:           {made.losses_picture}")
    if made.facts()["status"] == "finished" and made.is_latent:
        command = f"sample --run {made.path}"
    elif made.facts()["status"] == "finished":
        command = f"translate --run {made.path} --photos FOLDER --out FOLDER"
    else:
        again = ["train", "--data", data, "--run", made.path, "--resume"]
        again += ["--mirror", mirror] if mirror else []
        again += ["--swap-domains"] if swap_domains else []
        again += ["--evaluate-every", evaluate_every] if evaluate_every else []
        command = shlex.join(map(str, again))
    print(f"Next:                  artnb {command}")


def _begun_from(name: str, own: Method, resume: bool) -> str:
    if "begin_from" not in own.config_class.rules():
        raise InputError(f"--from is for stylegan2, and the method is {own.name}; leave it out")
    if resume:
        raise InputError("a Run that goes on has its own networks; leave out --from or --resume")
    return name


# Presets whose networks are made for a CPU.
_SMALL = ("smoke", "preview", "night")


def _wants_onednn(config: TrainingConfig | None, begun: Any) -> bool:
    """Say whether small networks are trained; a Run goes on with what it was begun with."""
    if begun is not None and begun.facts_file.is_file():
        return begun.facts().get("bits", {}).get("oneDNN") is True
    return config is not None and config.preset in _SMALL


def _asked_before(run: artnb.Run, own: Method) -> TrainingConfig:
    """Give the settings that a Run was asked for last; `--set` changes these."""
    if not (run.config_file.is_file() and run.facts_file.is_file()):
        return own.config("preview")
    requested = run.facts().get("requested")
    return own.config_class(**requested) if requested else run.config()


def _find_method(name: str | None, run) -> Method:
    """Find what to train: what was asked for, or what the Run to go on with was trained by."""
    if run is not None and run.config_file.is_file() and run.method.can_train:
        if name not in (None, run.method.name):
            raise InputError(
                f"the Run {run.path} is one of {run.method.name}, got --method {name}; leave it out"
            )
        return run.method
    method = find_method(name or DEFAULT_METHOD)
    if not method.can_train:
        raise InputError(f"{method.title} cannot be trained; choose another --method")
    return method


def _scoring(every: int | None, extractor: str, method: Method):
    if every is None:
        return None
    # What learns from one domain paints no photos.
    left_out = {"ssim"} if method.domains == 1 else set()
    left_out |= set() if method.has_judges else {"discriminator"}
    metrics = [name for name in evaluation.DEFAULT_RUN_METRICS if name not in left_out]
    network = artnb.load_extractor(extractor, progress=artnb.bar)
    return evaluation.Scoring(every, artnb.Evaluator(network, metrics, skip_too_few=True))
