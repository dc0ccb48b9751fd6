#!/usr/bin/env bash
# TensorFlow 2.21.0: NaN in max pooling
#
# One would guess: NaN comes through max pooling as it does through tf.reduce_max, so that a broken
# picture or a broken feature is seen in what follows.
# What happens: NaN is skipped. A window with one number in it gives that number, a window of NaN
# alone gives -3.4e38, which is finite, and relu makes it 0. Eagerly and compiled by XLA alike.
# Who is hurt: checks for NaN behind a network with pooling (VGG's features in style and perceptual
# losses, SqueezeNet): features that are NaN throughout are finite after a pooling.
# Instead: check what goes in; tf.reduce_max over patches where it matters.
#
# Seen:
#   [nan, 1, 2, 3]: max_pool2d 3, by XLA 3, reduce_max nan
#   [1, 2, 3, nan]: max_pool2d 3, by XLA 3, reduce_max nan
#   [nan, nan, nan, nan]: max_pool2d -3.40282e+38, by XLA -3.40282e+38, reduce_max nan

source "$(dirname "$0")/common.sh"
install tensorflow==2.21.0 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf

NAN = np.nan


def pool(window):
    square = tf.reshape(tf.constant(window, tf.float32), (1, 2, 2, 1))
    return tf.reshape(tf.nn.max_pool2d(square, 2, 2, "VALID"), ())


compiled = tf.function(pool, jit_compile=True)
for window in ([NAN, 1, 2, 3], [1, 2, 3, NAN], [NAN, NAN, NAN, NAN]):
    pooled, by_xla = float(pool(window)), float(compiled(window))
    reduced = float(tf.reduce_max(tf.constant(window, tf.float32)))
    print(f"{window}: max_pool2d {pooled:g}, by XLA {by_xla:g}, reduce_max {reduced:g}")
    if np.isnan(pooled) or not np.isnan(reduced):
        sys.exit("Changed: NaN is no longer skipped by max pooling alone.")
PYTHON
