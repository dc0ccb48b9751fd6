"""Which Keras backend runs: an explicit wish, else KERAS_BACKEND, else what is installed."""

import importlib
import importlib.util
import logging
import os
import sys
from dataclasses import dataclass, replace

from artnb.errors import InputError, nearest
from artnb.platform.cpu import tune_tensorflow

BACKENDS = ("tensorflow", "jax")

# What this package put into KERAS_BACKEND itself: a default, not somebody's wish.
_preferred: str | None = None


@dataclass(frozen=True)
class BackendChoice:
    """The backend that was chosen, and why, in words for the log."""

    name: str
    reason: str
    remark: str = ""

    def __str__(self) -> str:
        return f"Keras runs on {self.name}: {self.reason}. {self.remark}".rstrip()


def is_installed(backend: str) -> bool:
    """Say whether a backend could be imported, without importing it."""
    return importlib.util.find_spec(backend) is not None


def _wish(requested: str | None) -> BackendChoice | None:
    if requested is not None:
        return BackendChoice(requested, "it was asked for with --backend")
    from_environment = os.environ.get("KERAS_BACKEND")
    if from_environment and from_environment != _preferred:
        return BackendChoice(from_environment, "KERAS_BACKEND says so")
    return None


def _installed_choice() -> BackendChoice | None:
    for name in BACKENDS:
        if is_installed(name):
            others = [other for other in BACKENDS if other != name and is_installed(other)]
            reason = f"it comes before {others[0]}, also installed" if others else "it is installed"
            return BackendChoice(name, reason)
    return None


def prefer_installed_backend() -> None:
    """Point KERAS_BACKEND at an installed backend, where nobody has chosen one yet."""
    global _preferred  # noqa: PLW0603  one decision for the whole process
    if "KERAS_BACKEND" in os.environ or "keras" in sys.modules:
        return
    choice = _installed_choice()
    if choice:
        os.environ["KERAS_BACKEND"] = _preferred = choice.name


def choose_backend(requested: str | None = None) -> BackendChoice:
    """Decide the backend before Keras is imported, and tell Keras.

    Args:
        requested: `"tensorflow"`, `"jax"`, or None to look at `KERAS_BACKEND` and then at
            what is installed, TensorFlow first.

    Returns:
        The choice with its reason.

    Raises:
        InputError: the wish is no backend of artnb's, is not installed, or comes after Keras
            was imported with another one.
    """
    choice = _wish(requested) or _installed_choice()
    if choice is None:
        raise InputError(
            "Keras needs a backend and none is installed; "
            'type pip install "artnb[tensorflow]" or pip install "artnb[jax]"'
        )
    if choice.name not in BACKENDS:
        raise InputError(
            f"the backend must be tensorflow or jax, got {choice.name}; "
            f"{nearest(choice.name, BACKENDS)}"
        )
    if not is_installed(choice.name):
        raise InputError(
            f"the backend {choice.name} is not installed here ({choice.reason}); "
            f'type pip install "artnb[{choice.name}]" or choose another with --backend'
        )
    _refuse_a_late_change(choice.name)
    os.environ["KERAS_BACKEND"] = choice.name
    return choice


def _refuse_a_late_change(name: str) -> None:
    if "keras" not in sys.modules:
        return
    running = sys.modules["keras"].config.backend()
    if running != name:
        raise InputError(
            f"Keras already runs on {running} in this process and cannot change to {name}; "
            "choose the backend before importing keras, or start again"
        )


def start_keras(requested: str | None = None, small_networks: bool = False) -> BackendChoice:
    """Choose the backend and import Keras with it, without what TensorFlow says at its start.

    Args:
        requested: as for `choose_backend`.
        small_networks: as for `tune_tensorflow`.

    Returns:
        The choice with its reason, and what TensorFlow was given to compute with.

    Raises:
        InputError: as for `choose_backend`.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    choice = choose_backend(requested)
    if choice.name == "tensorflow":
        choice = replace(choice, remark=tune_tensorflow(small_networks))
    import_quietly("keras")
    return choice


def import_quietly(module: str) -> None:
    """Import a module without what its C++ half writes to the standard error stream.

    TensorFlow greets with a dozen lines about CUDA before its log level counts, and later warns
    of every further network that paints. Python's own errors are exceptions and still arrive.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        importlib.import_module(module)
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(silence)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
