"""What a Run records of its training: how it goes on, goes back and ends."""

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from artnb.errors import InputError
from artnb.platform.devices import writes_files
from artnb.platform.keepalive import KeepAlive
from artnb.runs.run import Run
from artnb.training.callbacks import DivergedError, training_goes_on
from artnb.training.checkpoint_folder import newest_whole
from artnb.training.ending import TakenOverError, TrainingEnded

if TYPE_CHECKING:
    from artnb.training.training import Training

_MOST_FAILURES = 3


def go_back(training: "Training", error: DivergedError, failures: int) -> None:
    """Put the last whole checkpoint back, with other draws from there on.

    Raises:
        InputError: that has been done often enough.
    """
    say, model = training.options.say, training.model
    checkpoint = newest_whole([training.run.checkpoints], say)
    if failures > _MOST_FAILURES:
        raise InputError(
            f"the training diverges again and again: {error}. The last good checkpoint is "
            f"kept. {training.method.when_diverging}, and go on with --resume --accept-changes"
        ) from error
    where = f"step {checkpoint.step:,}" if checkpoint else "the start"
    say(f"The training has diverged: {error}. Going back to {where} "
        "and on from there with other random draws.")  # fmt: skip
    if checkpoint is None:
        fresh = training.method.build_model(training.plan.config, training.dataset)
        fresh.begin(training.dataset)
        for theirs, ours in zip(fresh.state_variables(), model.state_variables(), strict=True):
            ours.assign(theirs)
    training.put_back(checkpoint)
    model.change_draws(failures)


@contextmanager
def recorded(training: "Training") -> Iterator[None]:
    """Write into the Run how its training ended, and bring the mirror up to date."""
    _note_softly(training, status="training")
    status = "failed"
    try:
        yield
        status = "finished"
        _say_what_is_owed(training)
    except TrainingEnded as ended:
        status = "out of time" if ended.signal_number is None else "interrupted"
        training.options.say(
            f"Stopped by {ended} after step {training.position.step:,}; {_saved(training)}. Go "
            f'on with --run {training.run.path.name} --resume, in a notebook with resume="auto".'
        )
        _say_what_is_owed(training)
        _raise_for_signal(ended.signal_number)
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    except TakenOverError:
        status = ""
        raise
    finally:
        if status:
            _note_ending(training, status)


def _saved(training: "Training") -> str:
    """Say what is saved: all of it, unless the disk would not take the last checkpoint."""
    saved, run = training.writer.step, training.run
    if saved == training.position.step or not writes_files():
        return "everything is saved"
    return f"saved is step {saved or 0:,}, since {run.checkpoints} took no more: free space there"


def _note_softly(training: "Training", **facts: Any) -> None:
    """Write facts into the Run, where that can be: no training ends for it."""
    with training_goes_on(f"a note in {training.run.facts_file}", training.options.say):
        note(training.run, **facts)


def _note_ending(training: "Training", status: str) -> None:
    _note_softly(
        training,
        status=status,
        ended=now(),
        step=training.position.step,
        checkpoints_written=training.writer.written,
        checkpoints_blocked_s=round(training.checkpoints.blocked_s, 3),
        checkpoints_written_s=round(training.writer.written_s, 3),
    )
    if training.mirror:
        training.mirror.close()


def _say_what_is_owed(training: "Training") -> None:
    """Say what could not be written, and that resuming makes it."""
    with training_goes_on("a list of what is owed", training.options.say):
        if owed := training.owed():
            training.options.say(
                f"Not written to {training.run.path}: {', '.join(owed)}. Free space, or close "
                "what holds a file open; the same command with --resume makes up for it."
            )


def _raise_for_signal(number: int | None) -> None:
    """End as the signal wants it; a deadline is none, and what comes after training goes on."""
    if number == signal.SIGINT:
        raise KeyboardInterrupt from None
    if number == signal.SIGTERM:
        raise SystemExit(128 + number) from None


def heartbeat_of(training: "Training") -> AbstractContextManager[KeepAlive | None]:
    """Give what says now and then how far a training is, where somebody wants that."""
    options = training.options
    if options.keep_alive_minutes is None:
        return nullcontext()
    return KeepAlive(
        "training",
        options.keep_alive_minutes,
        training.plan.total_steps,
        deadline=options.deadline,
        say=options.say,
    )


def note(run: Run, **facts: Any) -> None:
    """Write facts into a Run, on the one host that writes."""
    if writes_files():
        run.note(**facts)


def now() -> str:
    """Give this moment as a Run records it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
