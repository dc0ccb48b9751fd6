#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0: a gradient penalty through LayerNormalization
#
# One would guess: TensorFlow differentiates a gradient again as exactly as the value, or raises
# where it cannot.
# What happens: LayerNormalization takes mean and variance from ops.moments, that is tf.nn.moments,
# which holds the mean fixed where it computes the variance. The first derivative is right all the
# same, the second lacks a term, and nothing is said. The term cancels where the penalised inputs
# are the layer's own, so that a test of the layer alone passes; with one layer before it the
# penalty's gradient is wrong, by a per cent to a tenth here. GroupNormalization is the same.
# Who is hurt: WGAN-GP, whose authors recommend layer normalisation for the critic, R1, path length,
# and every other loss with a gradient of a normalised network in it.
# Instead: normalise by mean and ops.mean(ops.square(inputs - mean)), which is right.
#
# Seen:
#   LayerNormalization alone   derivative of the penalty  -0.52576, by differences  -0.52576
#   Dense, LayerNormalization  derivative of the penalty  20.80773, by differences  20.94336
#   Dense, GroupNormalization  derivative of the penalty   5.73674, by differences   6.24338
#   Dense, the same by hand    derivative of the penalty -15.81671, by differences -15.81671

source "$(dirname "$0")/common.sh"
install keras==3.15.1 tensorflow==2.21.0 numpy==2.4.6
export KERAS_BACKEND=tensorflow
python - <<'PYTHON'
import sys

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.config.set_floatx("float64")
keras.utils.set_random_seed(0)


class OwnLayerNormalization(layers.Layer):
    def call(self, inputs):
        centred = inputs - ops.mean(inputs, axis=-1, keepdims=True)
        return centred * ops.rsqrt(ops.mean(ops.square(centred), axis=-1, keepdims=True) + 1e-3)


def penalty_gradient(critic, inputs):
    with tf.GradientTape() as outer:
        outer.watch(inputs)
        with tf.GradientTape() as inner:
            inner.watch(inputs)
            score = tf.reduce_sum(critic(inputs))
        penalty = tf.reduce_sum(inner.gradient(score, inputs) ** 2)
    return penalty, outer.gradient(penalty, inputs)


generator = np.random.default_rng(0)
inputs, direction = generator.normal(size=(2, 4, 8))


def compare(*parts):
    critic = keras.Sequential([*parts, layers.Activation("tanh"), layers.Dense(1)])
    critic(inputs)
    upper, lower = (
        penalty_gradient(critic, tf.constant(inputs + step * direction))[0] for step in (1e-6, -1e-6)
    )
    found = penalty_gradient(critic, tf.constant(inputs))[1]
    return float(tf.reduce_sum(found * direction)), float((upper - lower) / 2e-6)


cases = {
    "LayerNormalization alone": compare(layers.LayerNormalization()),
    "Dense, LayerNormalization": compare(layers.Dense(8), layers.LayerNormalization()),
    "Dense, GroupNormalization": compare(layers.Dense(8), layers.GroupNormalization(2)),
    "Dense, the same by hand": compare(layers.Dense(8), OwnLayerNormalization()),
}
wrong = []
for name, (found, exact) in cases.items():
    print(f"{name:26} derivative of the penalty {found:9.5f}, by differences {exact:9.5f}")
    wrong.append(abs(found - exact) > 1e-3 * abs(exact))
if wrong != [False, True, True, False]:
    sys.exit("Changed: penalties through Keras' normalisation are wrong in other places than before.")
PYTHON
