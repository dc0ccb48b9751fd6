#!/usr/bin/env bash
# TensorFlow 2.21.0: the gradient of tf.image.ssim_multiscale
#
# One would guess: MS-SSIM is made as a loss too, and where its value is finite its gradient is.
# What happens: the contrast of a scale can be negative, is cut to 0, and 0 is raised to a power
# below 1. The value is then 0, which is right by the usual convention; the gradient is NaN in every
# pixel. It takes no extreme picture: with noise against a smooth picture it happens in one of
# several, because the coarsest scale has few pixels left, which are at times anticorrelated.
# tf.image.ssim has no such trouble.
# Who is hurt: trainings with 1 - MS-SSIM as a loss: autoencoders, compression, super-resolution,
# where outputs resemble noise at the beginning. One picture makes all weights NaN.
# Instead: tf.image.ssim until outputs resemble their targets, or a loss written with a floor above
# 0 before the power.
#
# Seen:
#   ssim_multiscale of a picture and its inverse: 0.000, 100% of its gradient is NaN
#   ssim_multiscale of 24 pictures of noise: all values finite True, 4 gradients NaN
#   ssim of a picture and its inverse: 0.176, 0% of its gradient is NaN
#   ssim of 24 pictures of noise: all values finite True, 0 gradients NaN

source "$(dirname "$0")/common.sh"
install tensorflow==2.21.0 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf

generator = np.random.default_rng(0)
down, across = np.mgrid[:192, :192] / 192
smooth = 0.5 + 0.3 * np.sin(6 * across) * np.cos(5 * down) + 0.1 * np.sin(40 * across * down)
smooth = tf.constant(smooth[None, ..., None], tf.float32)


def measure(function, picture):
    picture = tf.constant(picture, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        value = function(smooth, picture, 1.0)
    gradient = tape.gradient(value, picture).numpy()
    return float(value[0]), float(np.mean(np.isnan(gradient)))


inverse = 1 - smooth.numpy()
broken = []
for function in (tf.image.ssim_multiscale, tf.image.ssim):
    value, share = measure(function, inverse)
    name = function.__name__
    print(f"{name} of a picture and its inverse: {value:.3f}, {share:.0%} of its gradient is NaN")
    noise = [measure(function, generator.uniform(size=smooth.shape)) for _ in range(24)]
    count = sum(share > 0 for _, share in noise)
    finite = all(np.isfinite(value) for value, _ in noise)
    print(f"{name} of 24 pictures of noise: all values finite {finite}, {count} gradients NaN")
    broken.append((share == 1, count > 0, finite))
if broken != [(True, True, True), (False, False, True)]:
    sys.exit("Changed: the gradient of tf.image.ssim_multiscale is finite where its value is.")
PYTHON
