#!/usr/bin/env bash
# Keras 3.15.1 on JAX 0.10.2: float64
#
# One would guess: with jax_enable_x64, floatx float64 and float64 arrays, everything is computed in
# float64.
# What happens: a part of keras.ops quietly gives float32, among it sin, cos, tanh, norm, var and
# floor; their neighbours exp, log, sqrt, std and mean give float64. A result mixed with float64
# afterwards has the type again, not the digits. A layer of dtype float64 with tanh computes in
# float32 on the way.
# Who is hurt: whoever checks gradients by finite differences in float64 (here: wrong by whole
# percents), or gives L-BFGS a loss "in float64".
# Instead: jax.numpy for these functions, and a test on the dtype of the result.
#
# Seen:
#   float32: arccos arcsin arctan average ceil cos cosh floor logaddexp norm sin sinh tan tanh var
#   float64: exp log mean sqrt std sum
#   Dense(1, activation="tanh", dtype="float64") gives float32
#   slope of tanh at 0.5 by differences of 1e-6: keras.ops 0.804663, jax.numpy 0.786448, exact
#   0.786448

source "$(dirname "$0")/common.sh"
install keras==3.15.1 jax==0.10.2 numpy==2.4.6
export KERAS_BACKEND=jax JAX_ENABLE_X64=1
python - <<'PYTHON'
import sys

import jax.numpy as jnp
import keras
import numpy as np
from keras import ops

keras.config.set_floatx("float64")
values = ops.convert_to_tensor(np.linspace(0.1, 0.9, 12).reshape(3, 4))
assert values.dtype == "float64"
names = """arccos arcsin arctan average ceil cos cosh exp floor log logaddexp mean norm sin sinh
    sqrt std sum tan tanh var""".split()
given = {"float32": [], "float64": []}
for name in names:
    function = getattr(ops, name)
    result = function(values, values) if name == "logaddexp" else function(values)
    given[str(result.dtype)].append(name)
for dtype, found in given.items():
    print(f"{dtype}: {' '.join(found)}")
layer = keras.layers.Dense(1, activation="tanh", dtype="float64")(values)
print(f'Dense(1, activation="tanh", dtype="float64") gives {layer.dtype}')


def slope(function, place=0.5, step=1e-6):
    upper, lower = (function(jnp.asarray(place + sign * step)) for sign in (1, -1))
    return float((jnp.asarray(upper, "float64") - jnp.asarray(lower, "float64")) / (2 * step))


exact = 1 - np.tanh(0.5) ** 2
print(
    f"slope of tanh at 0.5 by differences of 1e-6: keras.ops {slope(ops.tanh):.6f}, "
    f"jax.numpy {slope(jnp.tanh):.6f}, exact {exact:.6f}"
)
if not {"cos", "norm", "tanh", "var"} <= set(given["float32"]):
    sys.exit("Changed: cos, norm, tanh and var of float64 are no longer float32 on JAX.")
if not {"exp", "mean", "std"} <= set(given["float64"]):
    sys.exit("Changed: exp, mean and std of float64 are no longer float64 on JAX.")
if abs(slope(jnp.tanh) - exact) > 1e-8 or abs(slope(ops.tanh) - exact) < 1e-3:
    sys.exit("Changed: the slope of ops.tanh by finite differences is exact now.")
PYTHON
