#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0 and JAX 0.10.2: SpectralNormalization
#
# One would guess: it is the spectral normalisation of Miyato et al. 2018, the same on every backend:
# the kernel is divided by its largest singular value, in training and afterwards, and the gradient
# goes through that division.
# What happens: the layer writes the divided kernel over its own kernel while it is called in
# training. On TensorFlow the kernel is replaced, and the gradient leaves the division out (equation
# 12 of the paper is not what is computed). On JAX, fit keeps a trainable weight's gradient step and
# drops what was written during the call: the gradient is right, but the kernel stays as large as it
# was, and predict and evaluate use it undivided.
# Who is hurt: SN-GANs. On JAX, what is evaluated, exported or saved is another network than the one
# that was trained, here by a factor of 5; on TensorFlow the critic's gradients are other than the
# paper's and PyTorch's.
# Instead: a layer of one's own that divides when it is called, in training or not, and assigns
# nothing but u.
#
# Seen:
#   tensorflow: largest singular value 5.00 before fit, 1.00 after
#   tensorflow: predict gives 1.00 times what was trained
#   tensorflow: derivative of the loss -0.1949, the paper's -0.0076
#   jax: largest singular value 5.00 before fit, 5.00 after
#   jax: predict gives 5.00 times what was trained
#   jax: derivative of the loss -0.0076, the paper's -0.0076

source "$(dirname "$0")/common.sh"
install keras==3.15.1 tensorflow==2.21.0 jax==0.10.2 numpy==2.4.6
cat > spectral.py <<'PYTHON'
import sys

import keras
import numpy as np
from keras import layers, ops

generator = np.random.default_rng(0)
inputs, target = generator.normal(size=(2, 16, 4)).astype("float32")
direction = generator.normal(size=(4, 4))
kernel = generator.normal(size=(4, 4))
kernel = (5 * kernel / np.linalg.norm(kernel, 2)).astype("float32")
normalised = layers.SpectralNormalization(layers.Dense(4, use_bias=False), power_iterations=100)
network = keras.Sequential([keras.Input((4,)), normalised])


def kernel_after_a_step(rate):
    normalised.kernel.assign(kernel)
    network.compile(keras.optimizers.SGD(rate), "mse")
    network.fit(inputs, target, batch_size=16, epochs=1, verbose=0)
    return ops.convert_to_numpy(normalised.kernel)


def loss_of_the_paper(raw):
    return np.mean((inputs @ (raw / np.linalg.norm(raw, 2)) - target) ** 2)


unmoved = kernel_after_a_step(0.0)
largest = np.linalg.norm(unmoved, 2)
trained = inputs @ (kernel / 5)
ratio = np.abs(network.predict(inputs, verbose=0)).mean() / np.abs(trained).mean()
found = np.sum((unmoved - kernel_after_a_step(1.0)) * direction)
upper, lower = (loss_of_the_paper(kernel + step * direction) for step in (1e-5, -1e-5))
exact = (upper - lower) / 2e-5

name = keras.backend.backend()
print(f"{name}: largest singular value 5.00 before fit, {largest:.2f} after")
print(f"{name}: predict gives {ratio:.2f} times what was trained")
print(f"{name}: derivative of the loss {found:.4f}, the paper's {exact:.4f}")
seen = [round(float(ratio), 1), abs(found - exact) < 0.01]
if seen != {"tensorflow": [1.0, False], "jax": [5.0, True]}[name]:
    sys.exit(f"Changed: SpectralNormalization on {name} differs from what was seen.")
PYTHON
KERAS_BACKEND=tensorflow python spectral.py
KERAS_BACKEND=jax python spectral.py
