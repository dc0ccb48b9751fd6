"""What a loss with a gradient in it uses is differentiated rightly, twice, on both backends.

TensorFlow gives wrong second derivatives of some operations, and first ones of one, without an
error. Every operation is compared with differences in float64.
"""

import ast
import inspect
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

import artnb
from artnb.method import METHODS, find_method
from artnb.models.networks import Style, patch_discriminator
from artnb.models.stylegan2.networks import Generator, Sizes, build_discriminator
from artnb.training.engine import BackendEngine
from artnb.training.losses import r1_penalty
from tests.float64 import float64, new_layers
from tests.training import differentiable
from tests.training.differentiable import LAYERS, OPERATIONS, WRONG_ON_TENSORFLOW

_STEP = 1e-5
_BESIDE_KINKS = 1e-7  # a step so small that hardly a leaky ReLU's input changes its sign
_ON_JAX = keras.backend.backend() == "jax"


@pytest.fixture(autouse=True)
def _float64():
    with float64():
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


@pytest.mark.parametrize(
    "style", [Style(), Style("reflect", affine=True), Style(norm="group"), Style(norm="none")]
)
def test_r1_through_a_discriminator(style):
    """All of it together, by its weights."""
    with new_layers():
        network = patch_discriminator("judge", filters=4, downsamplings=2, style=style)
    # Its last layer is float32 in training, so that half precision does not reach the loss.
    network = keras.Model(network.inputs, network.layers[-1].input)
    pictures = np.random.default_rng(3).uniform(-1, 1, (2, 16, 16, 3))

    def penalty():
        logits = gradient(lambda x: ops.sum(ops.mean(network(x), axis=(1, 2, 3))))
        return r1_penalty(logits(ops.convert_to_tensor(pictures)), 5.0)

    assert error(*by_weights(penalty, network.weights, 0.2), _BESIDE_KINKS) < 1e-5


def by_weights(function, weights, spread):
    """Give a function of drawn weights laid end to end, and these."""
    shapes = [tuple(weight.shape) for weight in weights]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])

    def of_all(flat):
        parts = ops.split(flat, ends[:-1].tolist())
        values = [ops.reshape(p, s) for p, s in zip(parts, shapes, strict=True)]
        with keras.StatelessScope(list(zip(weights, values, strict=True))):
            return function()

    return of_all, np.random.default_rng(4).normal(size=ends[-1]) * spread


_TINY = Sizes(8, z_size=4, w_size=4, mapping_layers=1, channel_base=32, channel_max=4)


def test_r1_through_stylegan2s_discriminator():
    with new_layers():
        network = build_discriminator(_TINY)
    pictures = np.random.default_rng(3).normal(size=(4, 8, 8, 3))

    def penalty():
        logits = gradient(lambda x: ops.sum(network(x)))
        return r1_penalty(logits(ops.convert_to_tensor(pictures)), 5.0)

    assert error(*by_weights(penalty, network.weights, 1.0), _BESIDE_KINKS) < 1e-5


def test_path_lengths_through_stylegan2s_generator():
    with new_layers():
        generator = Generator(_TINY)
    random = np.random.default_rng(3)
    z, noise = random.normal(size=(2, 4)), random.normal(size=(2, 8, 8, 3))

    def penalty():
        ws = generator.for_all_places(generator.w(ops.convert_to_tensor(z)))
        slopes = gradient(lambda ws: ops.sum(generator.paint(ws) * noise))(ws)
        return ops.sum(ops.square(ops.sqrt(ops.mean(ops.sum(slopes**2, 2), 1)) - 0.5))

    weights = generator.trainable_variables
    assert error(*by_weights(penalty, weights, 1.0), _BESIDE_KINKS) < 1e-5


def layers_of(network):
    for layer in network.layers:
        yield from layers_of(layer) if isinstance(layer, keras.Model) else [layer]


@pytest.mark.parametrize("name", METHODS)
def test_discriminators_are_of_layers_in_the_table(name):
    method = find_method(name)
    run = SimpleNamespace(config=lambda: method.config("smoke"))
    if not (method.can_train and method.judges(run)):
        return
    seen, others = set(), {"norm": "group", "padding": "zero"}
    for settings in ({}, others if "norm" in method.config_class.rules() else {}):
        model = method.build_model(method.config("smoke", **settings), SimpleNamespace(size_px=36))
        networks = [network for player in model.players.values() for network in player.networks]
        judges = [one for one in networks if one.name in method.judges(run).values()]
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
