"""What a loss with a gradient in it uses is differentiated rightly, twice, on both backends.

TensorFlow gives wrong second derivatives of some operations, and first ones of one, without an
error. Every operation is compared with differences in float64.
"""

import ast
import inspect
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

import artnb
from artnb.method import METHODS, find_method
from artnb.models.networks import Style, patch_discriminator
from artnb.training.engine import BackendEngine
from artnb.training.losses import r1_penalty
from tests.training import differentiable
from tests.training.differentiable import LAYERS, OPERATIONS, WRONG_ON_TENSORFLOW

_STEP = 1e-5
_BESIDE_KINKS = 1e-7  # a step so small that hardly a leaky ReLU's input changes its sign
_ON_JAX = keras.backend.backend() == "jax"


@pytest.fixture(autouse=True)
def _float64(monkeypatch):
    """Let JAX compute in float64, and Keras, which has a table of its own against it."""
    if not _ON_JAX:
        yield
        return
    import jax
    from keras.src.backend.common import dtypes

    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float64")
    with jax.enable_x64(True):
        yield


def compiled(function):
    """Compile on JAX, where operations one by one take long."""
    if not _ON_JAX:
        return lambda values: ops.convert_to_numpy(function(ops.convert_to_tensor(values)))
    import jax

    jitted = jax.jit(function)
    return lambda values: np.asarray(jitted(values))


def gradient(function):
    return lambda values: BackendEngine().input_gradients(function, values)


def error(function, values, step=_STEP):
    """Compare the derivative along random directions with differences: the relative error."""
    value, derivative = compiled(function), compiled(gradient(function))(values)
    assert derivative.dtype == values.dtype == np.float64
    random, errors = np.random.default_rng(0), []
    for _ in range(2):
        direction = random.normal(size=values.shape)
        around = [value(values + sign * step * direction) for sign in (1, -1)]
        difference = (around[0] - around[1]) / (2 * step)
        scale = max(abs(difference), 1e-3 * np.linalg.norm(derivative))
        errors.append(abs(float((derivative * direction).sum()) - difference) / scale)
    return max(errors)


def sums(operation):
    """Give a weighted sum of the results as a function of pictures and weights laid end to end.

    And R1 of it as a function of the same.
    """
    count = int(np.prod(operation.pictures))

    def taken_apart(both):
        pictures = ops.reshape(both[:count], operation.pictures)
        return pictures, ops.reshape(both[count:], operation.weights)

    def total(pictures, weights):
        result = operation.function(pictures, weights)
        shape = [int(edge) for edge in result.shape]
        factors = np.random.default_rng(1).normal(size=shape)
        return ops.sum(ops.square(result) * factors + result * np.flip(factors))

    def penalty(both):
        pictures, weights = taken_apart(both)
        return ops.sum(ops.square(gradient(lambda x: total(x, weights))(pictures)))

    both = np.random.default_rng(2).normal(size=count + int(np.prod(operation.weights)))
    return (lambda both: total(*taken_apart(both))), penalty, both


@pytest.mark.parametrize("name", OPERATIONS)
def test_first_and_second_derivatives_are_right(name):
    total, penalty, both = sums(OPERATIONS[name])
    assert error(total, both) < 1e-6
    assert error(penalty, both) < 1e-6


@pytest.mark.parametrize("name", WRONG_ON_TENSORFLOW)
def test_these_are_wrong_on_tensorflow(name):
    """Should a new TensorFlow mend one, it may go into the table above."""
    total, penalty, both = sums(WRONG_ON_TENSORFLOW[name])
    try:
        worst = max(error(total, both), error(penalty, both))
    except (LookupError, AttributeError, ValueError):  # it has no second derivative at all
        worst = np.inf
    if _ON_JAX:
        assert worst < 1e-6
    else:
        assert worst > 1e-3


@contextmanager
def _new_layers_in_float64():
    """Inputs go by floatx, layers by the policy."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


@pytest.mark.parametrize(
    "style", [Style(), Style("reflect", affine=True), Style(norm="group"), Style(norm="none")]
)
def test_r1_through_a_discriminator(style):
    """All of it together, by its weights."""
    with _new_layers_in_float64():
        network = patch_discriminator("judge", filters=4, downsamplings=2, style=style)
    # Its last layer is float32 in training, so that half precision does not reach the loss.
    network = keras.Model(network.inputs, network.layers[-1].input)
    shapes = [tuple(weight.shape) for weight in network.weights]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    pictures = np.random.default_rng(3).uniform(-1, 1, (2, 16, 16, 3))

    def penalty(flat):
        parts = ops.split(flat, ends.tolist())
        values = [ops.reshape(p, s) for p, s in zip(parts, shapes, strict=True)]
        given = ops.convert_to_tensor(pictures)
        with keras.StatelessScope(list(zip(network.weights, values, strict=True))):
            logits = gradient(lambda x: ops.sum(ops.mean(network(x), axis=(1, 2, 3))))
            return r1_penalty(logits(given), 5.0)

    random = np.random.default_rng(4)
    flat = np.concatenate([random.normal(size=np.prod(shape)) * 0.2 for shape in shapes])
    assert error(penalty, flat, _BESIDE_KINKS) < 1e-5


def layers_of(network):
    for layer in network.layers:
        yield from layers_of(layer) if isinstance(layer, keras.Model) else [layer]


@pytest.mark.parametrize("name", METHODS)
def test_discriminators_are_of_layers_in_the_table(name):
    method = find_method(name)
    if not (method.can_train and method.judges(run=None)):
        return
    seen = set()
    for settings in ({}, {"norm": "group", "padding": "zero"}):
        model = method.build_model(method.config("smoke", **settings), SimpleNamespace(size_px=36))
        judges = model.players["discriminators"].networks
        seen |= {type(layer) for network in judges for layer in layers_of(network)}
    assert seen
    assert seen <= LAYERS.keys(), "add the layer's operations to tests/training/differentiable.py"
    assert {one for layer in seen for one in LAYERS[layer]} <= OPERATIONS.keys()


def functions_of_keras(path):
    """Find what a module takes from `keras.ops`: `ops.abs`, `ops.image.resize`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        # Not what is called on a result: `ops.abs(x).shape`.
        if isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Call):
            name = ast.unparse(node)
            if name.startswith("ops.") and not name.startswith("ops.image."):
                yield name.split(".")[1]
            elif name.startswith("ops.image."):
                yield name.removeprefix("ops.")


def test_no_loss_uses_an_operation_that_is_not_in_the_table():
    package = Path(artnb.__file__).parent
    modules = [
        p for room in ("models", "training", "methods") for p in (package / room).rglob("*.py")
    ]
    used = {name for path in modules for name in functions_of_keras(path)}
    assert {"mean", "pad", "softplus"} <= used
    unknown = used - differentiable.FUNCTIONS - differentiable.WITHOUT_GRADIENT
    unknown -= differentiable.OF_DRAWS
    assert not unknown, "add it to tests/training/differentiable.py"
    source = inspect.getsource(differentiable)
    assert all(f"ops.{name}" in source for name in differentiable.FUNCTIONS - {"slice"})
