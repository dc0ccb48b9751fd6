#!/usr/bin/env bash
# TensorFlow 2.21.0: gradients through tf.linalg.eigh where eigenvalues are equal
#
# One would guess: the gradient of eigenvectors has 1 / (difference of eigenvalues) in it, so equal
# eigenvalues give NaN, as they do in JAX, and one is warned; or the gradient of a function that is
# smooth there, such as the square root of a matrix, comes out right.
# What happens: the division gives 0, so a part of the gradient is missing and the rest is finite
# and looks sound. At the identity matrix, the square root's gradient has no entry off the diagonal.
# Who is hurt: losses with a matrix square root in them: whitening and colouring of features,
# Fréchet distances, Bures distances. They start at equal eigenvalues wherever a covariance is
# initialised as, or pulled towards, the identity.
# Instead: tf.linalg.sqrtm, whose gradient solves a Sylvester equation and is right (of a singular
# matrix it gives NaN).
#
# Seen:
#   diagonal [1.0, 1.0, 2.0]: eigh 0.0000, sqrtm 2.0000, differences 2.0000
#   diagonal [1.0, 1.0, 1.0]: eigh 0.0000, sqrtm 2.0000, differences 2.0000
#   diagonal [1.0, 1.1, 2.0]: eigh 1.9524, sqrtm 1.9524, differences 1.9524
#   (the derivative where the entries beside the first two of the diagonal grow)

source "$(dirname "$0")/common.sh"
install tensorflow==2.21.0 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf

WEIGHTS = np.arange(9.0).reshape(3, 3)


def by_eigh(matrix):
    values, vectors = tf.linalg.eigh(matrix)
    return (vectors * tf.sqrt(values)) @ tf.transpose(vectors)


def along(function, matrix, direction):
    matrix = tf.constant(matrix)
    with tf.GradientTape() as tape:
        tape.watch(matrix)
        loss = tf.reduce_sum(WEIGHTS * function((matrix + tf.transpose(matrix)) / 2))
    return float(tf.reduce_sum(tape.gradient(loss, matrix) * direction))


def differences(matrix, direction, step=1e-5):
    upper, lower = (
        float(tf.reduce_sum(WEIGHTS * by_eigh(tf.constant(matrix + sign * step * direction))))
        for sign in (1, -1)
    )
    return (upper - lower) / (2 * step)


direction = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
for diagonal, equal in (([1.0, 1.0, 2.0], True), ([1.0, 1.0, 1.0], True), ([1.0, 1.1, 2.0], False)):
    matrix = np.diag(diagonal)
    exact = differences(matrix, direction)
    eigh, sqrtm = (along(f, matrix, direction) for f in (by_eigh, tf.linalg.sqrtm))
    print(f"diagonal {diagonal}: eigh {eigh:.4f}, sqrtm {sqrtm:.4f}, differences {exact:.4f}")
    if abs(sqrtm - exact) > 1e-4:
        sys.exit("Changed: the gradient of tf.linalg.sqrtm is wrong.")
    if (abs(eigh - exact) > 1e-4) != equal:
        sys.exit("Changed: gradients through tf.linalg.eigh at equal eigenvalues differ from before.")
PYTHON
