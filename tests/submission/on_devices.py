"""Paint on two virtual devices; a program, since they must be set before a backend starts."""

import keras
import numpy as np

from artnb.method import preset_config
from artnb.methods.cyclegan.model import build_generator
from artnb.models.painting import PaintingNetwork
from artnb.submission.painting import on_all_devices
from artnb.translation import paint
from tests.golden.draws import draw_weights
from tests.training.on_devices import make_devices


def load():
    """Build a generator with the same weights each time."""
    generator = build_generator(preset_config("smoke"), "generator_g")
    draw_weights(generator, 1)
    return generator


def main():
    """Paint more photos than fit into a batch, with two devices and with one."""
    make_devices(2)
    photos = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 3), np.uint8)
    expected = paint(load(), photos)
    with on_all_devices(lambda: PaintingNetwork(load())) as generator:
        painted = np.concatenate([generator(photos[:32]), generator(photos[32:])])
    difference = np.abs(painted.astype(int) - expected)
    # XLA adds up 16 pictures in another order than 32: 1e-6 apart, which may decide at a half.
    is_same = difference.max() <= 1 and (difference > 0).mean() < 1e-4
    print(f"{generator.batch_size} a batch, as on one device: {is_same}")


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    main()
