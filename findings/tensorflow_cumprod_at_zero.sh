#!/usr/bin/env bash
# TensorFlow 2.21.0: the gradient of tf.math.cumprod where a factor is 0
#
# One would guess: a cumulative product is a polynomial, its gradient is exact everywhere, as that of
# tf.reduce_prod is.
# What happens: the gradient divides by the factors and takes 0 where a factor is 0, without a word:
# 0 instead of 0.85 for the factor that is 0. Factors next to 0 are right.
# Who is hurt: pictures composed of transparent layers (strokes of paint, volume rendering), where
# what shines through is the cumulative product of 1 - opacity. A stroke that became fully opaque
# gets no gradient any more and stays so for ever. keras.ops.cumprod on TensorFlow is the same.
# Instead: keep opacities below 1, or multiply in a loop.
#
# Seen:
#   factors [0.5 0. 0.7]: cumprod [1. 0. 0.], a loop and differences [1. 0.85 0.]
#   factors [5.e-01 1.e-06 7.e-01]: all three [1. 0.85 0.]

source "$(dirname "$0")/common.sh"
install tensorflow==2.21.0 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf


def by_loop(factors):
    product, products = tf.constant(1.0, tf.float64), []
    for factor in tf.unstack(factors):
        product = product * factor
        products.append(product)
    return tf.stack(products)


def gradient(function, factors):
    factors = tf.constant(factors, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(factors)
        total = tf.reduce_sum(function(factors))
    return tape.gradient(total, factors).numpy()


def differences(factors, step=1e-6):
    return np.array(
        [
            (np.cumprod(factors + step * one).sum() - np.cumprod(factors - step * one).sum())
            / (2 * step)
            for one in np.eye(len(factors))
        ]
    )


wrong = []
for factors in (np.array([0.5, 0.0, 0.7]), np.array([0.5, 1e-6, 0.7])):
    found, looped = (gradient(function, factors) for function in (tf.math.cumprod, by_loop))
    exact = differences(factors)
    print(
        f"factors {factors}: tf.math.cumprod {found.round(4)}, a loop {looped.round(4)}, "
        f"differences {exact.round(4)}"
    )
    wrong.append(not np.allclose(found, exact, atol=1e-5))
    if not np.allclose(looped, exact, atol=1e-5):
        sys.exit("Changed: the gradient of a plain loop is wrong.")
if wrong != [True, False]:
    sys.exit("Changed: the gradient of tf.math.cumprod at a factor of 0 is right now.")
PYTHON
