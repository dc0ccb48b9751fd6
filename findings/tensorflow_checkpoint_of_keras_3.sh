#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0: names in tf.train.Checkpoint
#
# One would guess: tf.train.Checkpoint(generator_g=…, generator_g_optimizer=…), as the CycleGAN
# tutorial writes it, files the weights of generator_g under generator_g/, which is where those who
# read checkpoints without the code look (tf.train.list_variables, load_variable).
# What happens: a Keras 3 optimizer that has been built holds the weights it trains, and the weights
# are filed under it: generator_g_optimizer/_trainable_variables/N. No name begins with generator_g/
# any more. A generator whose optimizer has not taken a step keeps its own names.
# Who is hurt: converters and viewers that go by names. Looking for "generator" they find the other
# generator alone, and translate the wrong way, or nothing.
# Instead: follow the object graph (tensorflow.train.load_checkpoint(…) with the key
# _CHECKPOINTABLE_OBJECT_GRAPH), or restore into the same objects.
#
# Seen (weights of two generators; only the first one's optimizer is built):
#   generator_g/…                                0
#   generator_g_optimizer/_trainable_variables/… 2
#   generator_f/…                                2

source "$(dirname "$0")/common.sh"
install keras==3.15.1 tensorflow==2.21.0 numpy==2.4.6
export KERAS_BACKEND=tensorflow
python - <<'PYTHON'
import sys

import keras
import tensorflow as tf


def generator():
    return keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(3, 3, padding="same")])


parts = {"generator_g": generator(), "generator_f": generator()}
for name in list(parts):
    parts[f"{name}_optimizer"] = keras.optimizers.Adam()
parts["generator_g_optimizer"].build(parts["generator_g"].trainable_variables)
names = [name for name, _ in tf.train.list_variables(tf.train.Checkpoint(**parts).save("saved/x"))]
places = ("generator_g/", "generator_g_optimizer/_trainable_variables/", "generator_f/")
counts = [sum(name.startswith(place) for name in names) for place in places]
for place, count in zip(places, counts):
    print(f"{place + '…':44} {count}")
if counts != [0, 2, 2]:
    sys.exit("Changed: a generator's weights are no longer filed under its optimizer.")
PYTHON
