"""Where a training starts: a new Run, or one to go on with, from its own folder or a mirror."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras

from artnb.data.dataset import Dataset
from artnb.errors import InputError
from artnb.files import require_writable
from artnb.locks import HeldError, Lock, locked
from artnb.method import find_method
from artnb.platform.devices import agreed, this_host, writes_files
from artnb.platform.machine import suitable_precision
from artnb.runs.run import COPY_IT, Run, new_name, new_run, refuse_existing, run_folder
from artnb.training.checkpoint_folder import (
    FORMAT,
    Checkpoint,
    list_checkpoints,
    newest_whole,
    remove,
)
from artnb.training.checkpoints import STATE
from artnb.training.config import TrainingConfig
from artnb.training.describe import (
    describe_data,
    describe_machine,
    installed_versions,
    what_bits_depend_on,
)
from artnb.training.engine import AdversarialModel, compiles
from artnb.training.mirror import restore
from artnb.training.options import Say, TrainingOptions
from artnb.training.plan import Plan
from artnb.training.record import now
from artnb.training.state import load_state, write_state


@dataclass(frozen=True)
class Start:
    """Where a training starts.

    Args:
        run: the Run.
        config: its settings.
        plan: how long it is, where that was found out before.
        checkpoint: where it was left off; None is the start.
        changed: settings that are no longer what they were.
        facts: what the Run shall record once nothing can refuse any more.
    """

    run: Run
    config: TrainingConfig
    plan: Plan | None = None
    checkpoint: Checkpoint | None = None
    changed: frozenset[str] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)


def folder_of_run(
    run_name: str | Path | None, config: TrainingConfig | None, resume: bool | str
) -> Path:
    """Give the folder of the Run to make or to go on with.

    Args:
        run_name: its name or path; None makes a name up.
        config: the settings asked for.
        resume: see `train`.

    Raises:
        InputError: it must be named, or `resume` or `config` are not what they may be.
    """
    if resume not in (True, False, "auto"):
        raise InputError(f'resume must be True, False or "auto", got {resume!r}')
    if run_name is not None:
        return run_folder(run_name)
    if resume is True or this_host()[1] > 1:
        raise InputError(
            "resuming, or several hosts, need the Run's name; add --run NAME, one of artnb runs"
        )
    return run_folder(new_name(_required(config)))


def _required(config: TrainingConfig | None) -> TrainingConfig:
    if config is None:
        raise InputError("a new Run needs settings, and got none; choose a preset, or go on with a "
                         "Run with --resume")  # fmt: skip
    return config


@contextmanager
def locked_by_the_host_that_writes(
    folder: Path, mirror: Path | None, say: Say
) -> Iterator[Sequence[Lock]]:
    """Keep other trainings off a Run and its copy while this one works on it; see `locked`.

    Args:
        folder: of the Run.
        mirror: a folder that holds copies of Runs; where nothing can be written to it now, only the
            Run is locked, since training waits for no mirror.
        say: gets a sentence where there is something to wait for.

    Yields:
        The locks; none on a host that writes nothing.

    Raises:
        InputError: another training works on it, or its place is read-only.
    """
    if not writes_files():
        yield ()
        return
    require_writable(folder, COPY_IT if folder.is_dir() else "choose another folder")
    with ExitStack() as stack:
        locks = [stack.enter_context(locked(folder, f"the Run {folder.name}", say))]
        copy = mirror and Path(mirror) / folder.name
        if copy and copy.absolute() != folder.absolute() and _is_there(copy.parent):
            try:
                locks.append(stack.enter_context(locked(copy, f"the mirror's copy {copy}", say)))
            except HeldError:
                raise
            except InputError as error:
                say(f"Another training could use this mirror: {error}.")
        yield locks


def _is_there(mirror: Path) -> bool:
    """Make a mirror's folder where its parent is there; say whether it is there now."""
    with suppress(OSError):
        mirror.mkdir(exist_ok=True)
    return mirror.is_dir()


def begin(
    dataset: Dataset,
    config: TrainingConfig | None,
    folder: Path,
    resume: bool | str,
    accept_changes: bool,
    options: TrainingOptions,
) -> Start:
    """Make a new Run, or check the one to go on with; see `train`."""
    run = find_run(folder, resume, options.mirror, options.say)
    if run is None:
        return _new(dataset, config, folder, options.say)
    options.say(f"Going on with the Run {run.path}")
    start = open_resumed(run, dataset, config, accept_changes, options.say)
    facts = run.facts()
    if start.checkpoint is None or "steps_per_epoch" not in facts:
        options.say("There is no whole checkpoint in it: it begins again at step 0.")
        return replace(start, checkpoint=None)
    return replace(start, plan=Plan(start.config, facts["steps_per_epoch"], facts["step_s"]))


def _new(dataset: Dataset, config: TrainingConfig | None, folder: Path, say: Say) -> Start:
    config = _required(config)
    requested = config.as_dict()
    method = find_method(config.METHOD)
    config = method.resolved(_with_precision(config, say), dataset)
    sources = method.sources(config, begins=True)
    if not writes_files():
        return Start(Run(folder), config)
    facts = {**describe_machine(), "data": describe_data(dataset), "requested": requested}
    facts |= {"sources": sources} if sources else {}
    run = new_run(folder, config, status="starting", started=now(), **facts)
    return Start(run, config)


def _with_precision(config: TrainingConfig, say: Say) -> TrainingConfig:
    """Take what this machine is fast at, where the precision is left to it."""
    if config.precision != "auto":
        return config
    precision, reason = suitable_precision()
    say(f"Precision is {precision}: {reason}.")
    return config.replace(precision=precision)


def find_run(folder: Path, resume: bool | str, mirror: Path | None, say: Say) -> Run | None:
    """Find the Run to go on with, fetching it from the mirror where that knows more.

    Args:
        folder: its own.
        resume: False for a new Run, True for one that must be there, `"auto"` for either.
        mirror: a folder that holds copies of Runs, or None.
        say: gets a sentence about what was fetched.

    Returns:
        The Run, or None where a new one shall be made.

    Raises:
        InputError: there is none, it was imported, or `resume` is False and it is there already.
    """
    run = Run(folder)
    if not resume:
        refuse_existing(run)
        agreed(0)  # no host makes the folder before all have looked
        _refuse_mirrored(run, mirror)
        return None
    if mirror is not None and writes_files():
        restore(Path(mirror), run, say)
    agreed(0)  # every host waits until host 0 has fetched what there is
    if run.config_file.is_file() and run.facts_file.is_file():
        _refuse_imported(run)
        return run
    if resume is True:
        where = f"{run.path}" + (f" nor in {mirror}" if mirror else "")
        raise InputError(
            f"there is no Run to go on with at {where}; leave --resume out to start it"
        )
    return None


def _refuse_imported(run: Run) -> None:
    if run.is_imported:
        raise InputError(
            f"the Run {run.path.name} was imported: it has neither discriminators nor optimizers, "
            "so that no training can go on with it; train a new one under another --run NAME"
        )


def _refuse_mirrored(run: Run, mirror: Path | None) -> None:
    if mirror is not None and (Path(mirror) / run.path.name / run.config_file.name).exists():
        raise InputError(
            f"the mirror {mirror} holds a Run {run.path.name} already and nothing in it will be "
            "overwritten; go on with it with --resume, or choose another --run NAME"
        )


def open_resumed(
    run: Run, dataset: Dataset, wanted: TrainingConfig | None, accept_changes: bool, say: Say
) -> Start:
    """Check that a Run can be gone on with, and say from where.

    Args:
        run: a Run that exists.
        dataset: what it shall go on with.
        wanted: the settings asked for; None takes the Run's.
        accept_changes: go on although settings, data or format differ.
        say: gets a sentence about each thing that is not as it was.

    Raises:
        InputError: something differs and `accept_changes` is False; the message says what.
    """
    _require_its_method(run, wanted)
    facts = run.facts()
    checkpoint = newest_whole([run.checkpoints], say)
    _require_the_same(checkpoint)
    meta = checkpoint.meta() if checkpoint else {}
    changes = _changed_settings(facts, run.config(), wanted)
    differences = [f"{name} was {old!r} and is {new!r}" for name, (old, new) in changes.items()]
    differences += _other_data(facts, dataset) + _newer_format(meta)
    differences += _other_sources(facts, run)
    if differences and not accept_changes:
        raise InputError(
            f"the Run {run.path.name} cannot go on as it was: {'; '.join(differences)}. Add "
            "--accept-changes to go on so, or choose another --run NAME"
        )
    if "steps_per_epoch" in changes and checkpoint:
        raise InputError(
            f"steps_per_epoch is {facts['steps_per_epoch']} in the Run {run.path.name}, which "
            "counts its steps by it; leave it so, or choose another --run NAME"
        )
    for difference in differences:
        say(f"Going on although {difference}.")
    config = run.config().replace(**{name: new for name, (_, new) in changes.items()})
    config = run.method.resolved(_with_precision(config, say), dataset)
    for remark in _not_bit_exact(meta, config):
        say(remark)
    recorded = {"requested": wanted.as_dict()} if wanted and changes else {}
    if _other_data(facts, dataset):
        recorded["data"] = describe_data(dataset)
    return Start(run, config, None, checkpoint, frozenset(changes), recorded)


def _require_its_method(run: Run, wanted: TrainingConfig | None) -> None:
    if wanted is not None and run.method.name != wanted.METHOD:
        raise InputError(
            f"the Run {run.path.name} is one of {run.method.name}, and the settings are those of "
            f"{wanted.METHOD}; take its own method, or choose another --run NAME"
        )


def _require_the_same(checkpoint: Checkpoint | None) -> None:
    step = checkpoint.step if checkpoint else -1
    if agreed(step) != step:
        raise InputError(
            f"all hosts must see the same checkpoints, and this one sees step {step} where host 0 "
            "sees another; keep the Run in one folder that all of them share"
        )


def _changed_settings(
    facts: dict[str, Any], resolved: TrainingConfig, wanted: TrainingConfig | None
) -> dict[str, tuple[Any, Any]]:
    """Compare what was asked for then and now; what was fitted or resolved since is no change."""
    if wanted is None:
        return {}
    then = facts.get("requested", resolved.as_dict())
    now = wanted.as_dict()
    return {name: (then.get(name), value) for name, value in now.items() if then.get(name) != value}


def _other_data(facts: dict[str, Any], dataset: Dataset) -> list[str]:
    recorded = facts.get("data", {})
    if recorded.get("fingerprint") == dataset.fingerprint:
        return []
    return [f"the pictures of {dataset.path} are not those of {recorded.get('path', 'the Run')}"]


def _other_sources(facts: Mapping[str, Any], run: Run) -> list[str]:
    """Name what a Run was trained on beside its Dataset, where it is here and has changed."""
    now = run.method.sources(run.config(), begins=False)
    then = facts.get("sources", {})
    return [
        f"{name} is not what it was" for name in then if then[name] != now.get(name, then[name])
    ]


def _newer_format(meta: dict[str, Any]) -> list[str]:
    if meta.get("format", FORMAT) <= FORMAT:
        return []
    return [f"the checkpoint has format {meta['format']}, and this artnb knows up to {FORMAT}"]


def _not_bit_exact(meta: dict[str, Any], config: TrainingConfig) -> list[str]:
    """Say what of this machine differs from the one that wrote the checkpoint."""
    if not meta:
        return []
    backend = keras.backend.backend()
    if meta["backend"] != backend:
        return [
            f"The checkpoint was written on {meta['backend']} and goes on on {backend}: the same "
            "state, no longer the same bits."
        ]
    now = installed_versions()
    changed = [
        f"{package} {version} (now {now.get(package, 'missing')})"
        for package, version in meta["versions"].items()
        if package in ("keras", "tensorflow", "jax") and now.get(package) != version
    ]
    present = what_bits_depend_on()
    # Checkpoints from before there were entries.
    written = {"norms' arithmetic": 1, "convolutions' arithmetic": 1, **meta.get("bits", {})}
    changed += [
        f"{name} {_word(then)} (now {_word(present.get(name))})"
        for name, then in written.items()
        if present.get(name) != then
    ]
    remarks = _other_compiler(meta, config)
    if changed:
        remarks.append(
            f"The checkpoint was written with {', '.join(changed)}: bits may differ from here on."
        )
    return remarks


def _other_compiler(meta: dict[str, Any], config: TrainingConfig) -> list[str]:
    """Say if XLA compiles now and did not then, or the other way."""
    then, now = (
        compiles(wanted)
        for wanted in (meta["config"].get("jit_compile", False), config.jit_compile)
    )
    if then == now:
        return []
    was, becomes = ("with", "without") if then else ("without", "with")
    return [
        f"The checkpoint was written {was} XLA and goes on {becomes} it: TensorFlow draws other "
        "random numbers there, so this is no longer the training that would have been."
    ]


def _word(value: Any) -> str:
    return str(value) if type(value) is int else {True: "on", False: "off"}.get(value, "unknown")


def _remove_newer(run: Run, checkpoint: Checkpoint | None) -> None:
    """Remove checkpoints that come after the newest whole one: they are damaged, and told so.

    By their step they would pass for newer than those that are written from here on.
    """
    for other in list_checkpoints(run.checkpoints):
        if checkpoint is None or other.step > checkpoint.step:
            remove(other.path)


def put_back(model: AdversarialModel, run: Run, checkpoint: Checkpoint | None) -> None:
    """Bring a model to where a checkpoint was written.

    Args:
        model: of the same networks.
        run: it loses the checkpoints that come after.
        checkpoint: a whole one; None is the start.

    Raises:
        InputError: the state does not fit the model.
    """
    if checkpoint is not None:
        write_state(model, load_state(checkpoint.path / STATE))
    if writes_files():
        _remove_newer(run, checkpoint)


def logs_of(checkpoint: Checkpoint, run: Run) -> dict[str, bytes]:
    """Give the logs by name as they were when a checkpoint was written."""
    names = (run.log_file.name, run.losses_file.name)
    files = [checkpoint.path / name for name in names]
    return {file.name: file.read_bytes() for file in files if file.exists()}
