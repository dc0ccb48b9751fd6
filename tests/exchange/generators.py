"""Small generators of every kind, and a network as others build them."""

from functools import cache

import keras
import numpy as np
from keras import layers

from artnb.method import preset_config
from artnb.methods.cyclegan.model import build_generator
from artnb.runs.run import new_run
from artnb.runs.snapshots import read_snapshot, save_snapshot
from tests.golden.draws import draw_weights

_SMALL = {"generator_filters": 4, "generator_blocks": 1}
KINDS = {
    "paper": preset_config("paper", **_SMALL),
    "affine": preset_config("paper", norm_affine=True, **_SMALL),
    "unet": preset_config("paper", generator="unet", generator_depth=3, **_SMALL),
    "preview": preset_config("preview", **_SMALL),
    # Twelve filters make groups of three channels; four make groups of one.
    "group": preset_config("paper", norm="group", **_SMALL | {"generator_filters": 12}),
    "affine group": preset_config(
        "paper", norm="group", norm_affine=True, **_SMALL | {"generator_filters": 12}
    ),
    "no norm": preset_config("paper", norm="none", **_SMALL),
}


def generator(kind, seed=1):
    """Build a generator with weights large enough to paint something."""
    network = build_generator(KINDS[kind], "generator_g")
    draw_weights(network, seed, scale=0.2)
    return network


def network_of_others():
    """Build a U-Net of nested Sequentials, as tutorials do."""
    pictures = keras.Input((64, 64, 3))
    down = [_down(4, norm=False), _down(6)]
    up = _up(4)
    first = down[0](pictures)
    features = layers.Concatenate()([up(down[1](first)), first])
    paint = layers.Conv2DTranspose(3, 4, 2, padding="same", activation="tanh", name="paint")
    network = keras.Model(pictures, paint(features), name="tutorial")
    random = np.random.default_rng(0)
    # Variances among them: none below 0.
    network.set_weights([random.uniform(0, 0.3, w.shape) for w in network.weights])
    return network


def _down(filters, norm=True):
    convolution = layers.Conv2D(filters, 4, 2, padding="same", use_bias=False, name="convolution")
    norms = [layers.BatchNormalization(name="norm")] if norm else []
    return keras.Sequential([convolution, *norms, layers.LeakyReLU(0.3, name="leaky")])


def _up(filters):
    return keras.Sequential(
        [
            layers.Conv2DTranspose(filters, 4, 2, padding="same", name="transposed"),
            layers.GroupNormalization(-1, name="norm"),
            layers.Dropout(0.5, name="dropout"),
            layers.ReLU(name="relu"),
        ]
    )


def photos(height=32, width=32):
    """Draw two photos, float32 in [-1, 1]."""
    random = np.random.default_rng(height + width)
    return random.uniform(-1, 1, (2, height, width, 3)).astype(np.float32)


def picture(network, given=None):
    """Paint photos; without any, two of 32 px."""
    return keras.ops.convert_to_numpy(network(photos() if given is None else given))


# Building takes half a second; nobody keeps these networks.
_built = cache(build_generator)


def make_run(folder, kind, precision="float32"):
    """Make a Run whose generators are of a kind, as if it had been trained for two epochs."""
    config = KINDS[kind].replace(precision=precision)
    run = new_run(folder, config)
    run.note(data={"x": "photo", "y": "monet"}, status="finished")
    for epoch in (1, 2):
        networks = {name: _built(config, name) for name in ("generator_g", "generator_f")}
        for number, network in enumerate(networks.values()):
            draw_weights(network, 10 * epoch + number, scale=0.2)
        save_snapshot(run.snapshot(epoch), networks, {"epoch": epoch})
    return run


def painter_of(run, direction="generator_g", epoch="latest"):
    """Give what a Run paints with, in float32 whatever its settings say."""
    network = build_generator(run.config().replace(precision="float32"), direction)
    network.set_weights(read_snapshot(run.snapshot(run.find_epoch(epoch)), direction))
    return network
