#!/usr/bin/env bash
# Keras 3.15.1 on JAX 0.10.2: random numbers within ops.fori_loop, ops.while_loop and ops.map
#
# One would guess: a SeedGenerator moves on with every draw, so a loop that adds noise in each turn
# adds other noise in each turn, or JAX refuses the side effect with a tracer error, as it does in
# ops.scan.
# What happens: the body is traced once, so its seed is a constant of the compiled loop. Every turn
# draws the same numbers, and nothing is said. A random walk of 100 steps ends 100 standard
# deviations wide, not 10. ops.map gives each element the same numbers.
# Who is hurt: samplers of diffusion models and Langevin dynamics written with keras.ops: the same
# noise at every step. Augmentation mapped over a batch: one draw for all pictures.
# Instead: draw the noise of all turns before the loop and index it by the turn; for ops.map, hand
# the noise in as a second array.
#
# Seen:
#   ops.fori_loop, 3 turns:   [0.136 0.136 0.136]
#   ops.while_loop, 3 turns:  [0.136 0.136 0.136]
#   ops.map, 3 elements:      [0.136 0.136 0.136]
#   a plain Python loop:      [0.136 0.709 0.683]
#   10000 walks of 100 steps: standard deviation 101.1, expected 10.0

source "$(dirname "$0")/common.sh"
install keras==3.15.1 jax==0.10.2 numpy==2.4.6
export KERAS_BACKEND=jax
python - <<'PYTHON'
import sys

import keras
import numpy as np
from keras import ops


def draw(seed, shape=(1,)):
    return keras.random.uniform(shape, seed=seed)


def put(values, turn, seed):
    return ops.slice_update(values, (turn,), draw(seed))


def in_fori_loop():
    seed = keras.random.SeedGenerator(1)
    return ops.fori_loop(0, 3, lambda turn, values: put(values, turn, seed), ops.zeros(3))


def in_while_loop():
    seed = keras.random.SeedGenerator(1)
    start = (ops.zeros((), dtype="int32"), ops.zeros(3))
    return ops.while_loop(
        lambda turn, values: turn < 3,
        lambda turn, values: (turn + 1, put(values, turn, seed)),
        start,
    )[1]


def in_map():
    seed = keras.random.SeedGenerator(1)
    return ops.map(lambda zero: zero + draw(seed, ()), ops.zeros(3))


def in_python():
    seed = keras.random.SeedGenerator(1)
    return ops.concatenate([draw(seed) for _ in range(3)])


def walk():
    seed = keras.random.SeedGenerator(2)
    return ops.fori_loop(
        0, 100, lambda _, place: place + keras.random.normal((10_000,), seed=seed), ops.zeros(10_000)
    )


cases = {
    "ops.fori_loop, 3 turns:": in_fori_loop,
    "ops.while_loop, 3 turns:": in_while_loop,
    "ops.map, 3 elements:": in_map,
    "a plain Python loop:": in_python,
}
different = {}
for name, case in cases.items():
    drawn = ops.convert_to_numpy(case())
    different[name] = len(set(drawn.tolist()))
    print(f"{name:25} {np.round(drawn, 3)}")
deviation = float(np.std(ops.convert_to_numpy(walk())))
print(f"10000 walks of 100 steps: standard deviation {deviation:.1f}, expected 10.0")
if list(different.values()) != [1, 1, 1, 3] or not 95 < deviation < 105:
    sys.exit("Changed: the loops no longer repeat one draw in every turn.")
PYTHON
