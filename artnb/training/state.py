"""The state of a training as one flat file: everything that a step reads or writes, by name."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors.numpy import load_file

from artnb.errors import InputError
from artnb.runs.arrays import save_arrays
from artnb.training.engine import AdversarialModel


def named_variables(model: AdversarialModel) -> dict[str, keras.Variable]:
    """Name every variable of a model's state, alike in every process and on every backend.

    Names are the part's and a number, such as `generator_g/003`: Keras' own names count the
    layers that a process has made so far.

    Raises:
        AssertionError: the model has state that is in none of its `parts`; it would be lost.
    """
    named = {
        f"{name}/{number:03d}": variable
        for name, part in model.parts().items()
        for number, variable in enumerate(part.variables)
    }
    known = {id(variable) for variable in named.values()}
    forgotten = [v.path for v in model.state_variables() if id(v) not in known]
    assert not forgotten, f"these variables are in no part of the model: {forgotten}"
    return named


def read_state(model: AdversarialModel) -> dict[str, np.ndarray]:
    """Copy a model's whole state to the host."""
    model.sync()
    return {name: np.array(v.numpy()) for name, v in named_variables(model).items()}


def write_state(model: AdversarialModel, state: dict[str, np.ndarray]) -> None:
    """Give a model the state that another one had.

    Raises:
        InputError: the state is of other networks or other settings; nothing is changed.
    """
    variables = named_variables(model)
    problem = _misfit(variables, state)
    if problem:
        raise InputError(
            f"the checkpoint does not fit these settings: {problem}; settings that change the "
            "networks, the optimizers or the pool's size need a new Run, with --run NAME"
        )
    for name, variable in variables.items():
        variable.assign(state[name].astype(variable.dtype))


def _misfit(variables: dict[str, Any], state: dict[str, np.ndarray]) -> str | None:
    for name in sorted(variables.keys() ^ state.keys()):
        return f"it has {'' if name in state else 'no '}{name}"
    for name, variable in variables.items():
        if tuple(variable.shape) != state[name].shape:
            return f"{name} has shape {state[name].shape} in it and {tuple(variable.shape)} here"
    return None


def save_state(state: dict[str, np.ndarray], path: Path) -> None:
    """Write a state as safetensors: no pickle, nothing that runs on loading."""
    save_arrays(path, state)


def load_state(path: Path) -> dict[str, np.ndarray]:
    """Read what `save_state` wrote."""
    return load_file(path)


def is_finite(state: dict[str, np.ndarray]) -> bool:
    """Say whether no number of a state is NaN or infinite."""
    return all(
        np.isfinite(array).all() for array in state.values() if array.dtype.kind not in "iub"
    )
