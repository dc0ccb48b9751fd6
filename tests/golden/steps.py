"""One training step in numbers, from given weights, pictures and draws; on any backend."""

import keras
import numpy as np

from artnb.methods.cyclegan.config import CycleGANConfig
from artnb.methods.cyclegan.model import CycleGAN
from tests.golden.draws import draw_weights, uniform_pictures

NETWORKS = ("generator_g", "generator_f", "discriminator_x", "discriminator_y")
_SMALL = {"image_size_px": 64, "load_size_px": 64, "flip": False, "pool_size": 0, "batch_size": 2}
CONFIGS = {
    "default": CycleGANConfig(
        generator_filters=4, generator_blocks=1, discriminator_filters=4, **_SMALL
    ),
    "unet_hinge_diffaugment_r1": CycleGANConfig(
        generator="unet",
        generator_filters=4,
        generator_depth=3,
        discriminator_filters=4,
        discriminator_downsamplings=2,
        adversarial_loss="hinge",
        r1_gamma=2.0,
        diffaugment="color,translation,cutout",
        **_SMALL,
    ),
}
# Large enough for logits beyond the hinge's margins.
_SCALE = 0.2
# Chosen so that no gradient lies so near to 0 that rounding decides the sign of Adam's first step,
# and no unit so near to ReLU's kink, nor a pixel to its reconstruction, that it decides there.
PICTURE_SEEDS = {"default": (14, 15), "unet_hinge_diffaugment_r1": (18, 19)}
# The numbers DiffAugment would draw: seven kinds, two pictures.
_DRAW = np.random.default_rng(5).uniform(0, 1, (7, 2)).astype(np.float32)
# For every network, which variables are biases that the following norm takes away again.
_NORMS = ("InstanceNormalization", "GroupNormalization")


def training_step(name):
    """Take one step of one of the configurations; give losses, gradients, weights by name."""
    model = CycleGAN(CONFIGS[name], from_px=64)
    for number, network in enumerate(NETWORKS):
        draw_weights(getattr(model, network), 100 + number, _SCALE)
    model.diffaugment.draw = lambda batch: keras.ops.convert_to_tensor(_DRAW)
    for augment in (model.augment_x, model.augment_y):
        augment.call = lambda pictures: pictures
    found = {}
    _record_gradients(model, found)
    batch = tuple(
        keras.ops.convert_to_tensor(uniform_pictures(s, (2, 64, 64, 3)))
        for s in PICTURE_SEEDS[name]
    )
    for loss, value in model.step(batch).items():
        found[f"{name}/loss/{loss}"] = float(value)
    for network in NETWORKS:
        for number, weight in enumerate(getattr(model, network).get_weights()):
            found[f"{name}/weight/{network}/{number:02}"] = weight
    return {
        key if key.startswith(name) else f"{name}/{key}": np.asarray(value, np.float32)
        for key, value in found.items()
    }


def _record_gradients(model, found):
    apply = model.apply_gradients

    def recorded(gradients, player):
        remaining = list(gradients)
        for network in player.networks:
            for number, _ in enumerate(network.trainable_variables):
                gradient = keras.ops.convert_to_numpy(remaining.pop(0))
                found[f"gradient/{network.name}/{number:02}"] = gradient
        apply(gradients, player)

    model.apply_gradients = recorded


def cancelled_biases(name):
    """Give `network/number` of every bias that feeds a norm: its true gradient is zero."""
    model = CycleGAN(CONFIGS[name], from_px=64)
    found = set()
    for network in NETWORKS:
        keras_model = getattr(model, network)
        numbers = {id(v): n for n, v in enumerate(keras_model.trainable_variables)}
        for layer in keras_model.layers:
            if getattr(layer, "bias", None) is not None and _feeds_norm(layer):
                found.add(f"{network}/{numbers[id(layer.bias)]:02}")
    return found


def _feeds_norm(layer):
    following = [node.operation for node in layer._outbound_nodes]
    while following and type(following[0]).__name__ == "DropFirst":
        following = [node.operation for node in following[0]._outbound_nodes]
    return bool(following) and all(type(f).__name__ in _NORMS for f in following)
