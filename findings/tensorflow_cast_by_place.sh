#!/usr/bin/env bash
# TensorFlow 2.21.0 on x86-64: casting float32 to uint8 beyond 0…255
#
# One would guess: tf.cast cuts at 0 and 255, or it starts again at 0; in any case equal numbers give
# equal bytes.
# What happens: both, by the place in the array. The bulk is cast by vector instructions that cut,
# the last few elements one by one, and these start again at 0: 300 becomes 255 in the middle and 44
# at the end. Arrays below 32 elements always start again. Compiled by XLA, all are cut.
# Who is hurt: pictures saved without clipping: some bright pixels in the last row come out dark,
# only at sizes that are no multiple of the vector's length, and never in a test that looks at the
# middle; a test with a handful of pixels sees the opposite of what a picture gets.
# Instead: tf.saturate_cast, or clip first.
#
# Seen:
#   tf.cast: 300 becomes [ 44 255], 9 of 11529 are not 255; -1 becomes [  0 255]
#   tf.cast compiled by XLA: 300 becomes [255], 0 of 11529 are not 255; -1 becomes [0]
#   tf.saturate_cast: 300 becomes [255], 0 of 11529 are not 255; -1 becomes [0]
#   a short array: [44 44 44 44 44 44 44 44]

source "$(dirname "$0")/common.sh"
install tensorflow==2.21.0 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf


def cast(values):
    return tf.cast(values, tf.uint8)


different = {}
for name, function in (
    ("tf.cast", cast),
    ("tf.cast compiled by XLA", tf.function(cast, jit_compile=True)),
    ("tf.saturate_cast", lambda values: tf.saturate_cast(values, tf.uint8)),
):
    bright, dark = (function(tf.fill([63, 61, 3], value)).numpy() for value in (300.0, -1.0))
    different[name] = len(np.unique(bright)), len(np.unique(dark))
    print(
        f"{name}: 300 becomes {np.unique(bright)}, {np.sum(bright != 255)} of {bright.size} are not "
        f"255; -1 becomes {np.unique(dark)}"
    )
print("a short array:", cast(tf.fill([8], 300.0)).numpy())
if list(different.values()) != [(2, 2), (1, 1), (1, 1)]:
    sys.exit("Changed: equal numbers beyond 0…255 are cast to equal bytes now (or not on x86-64).")
PYTHON
