"""A Method of one layer, for tests of what surrounds a training: it compiles in a second.

It learns the colours of a painting that has nothing to do with the photo before it.
"""

from dataclasses import dataclass
from typing import ClassVar

import keras
from keras import ops

from artnb.data.dataset import fixed_pictures
from artnb.data.pipeline import normalise
from artnb.drawing.grids import titled_grid
from artnb.method import Curve, Method, Panel
from artnb.settings import setting
from artnb.training.augmentation import ScaleCropFlip
from artnb.training.config import TrainingConfig
from artnb.training.engine import AdversarialModel, Player
from artnb.translation import paint


@dataclass(frozen=True)
class ToyConfig(TrainingConfig):
    METHOD: ClassVar = "toy"
    PRESETS: ClassVar = {
        "smoke": {
            "batch_size": 2,
            "learning_rate": 3e-4,
            "epochs": 2,
            "steps_per_epoch": 4,
            "samples_every_steps": 3,
            "sample_count": 2,
            "log_every_steps": 2,
        }
    }

    kernel_px: int = setting(1, "edge of the layer's kernel", at_least=1)


def build_painter(config):
    picture = keras.Input((None, None, 3))
    layer = keras.layers.Conv2D(3, config.kernel_px, padding="same")
    painter = keras.Model(picture, layer(picture), name="painter")
    painter.compile(optimizer=None, jit_compile=False)
    return painter


class Toy(AdversarialModel):
    def __init__(self, config, size_px):
        keras.utils.set_random_seed(config.seed)
        painter = build_painter(config)
        player = Player((painter,), keras.optimizers.Adam(config.learning_rate))
        super().__init__({"painter": player}, ["distance"], config.jit_compile)
        self.painter = painter
        self.flip = ScaleCropFlip(size_px, size_px, size_px, True, config.seed + 1)

    def parts(self):
        return {**super().parts(), "flip": self.flip}

    def step(self, batch):
        photo, painting = self.flip(batch[0]), normalise(batch[1])

        def distance():
            loss = ops.mean(ops.square(self.painter(photo) - painting))
            return loss, {"distance": loss}

        return self.minimize(distance, "painter")


class ToyMethod(Method):
    name = "toy"
    title = "A layer"
    config_class = ToyConfig

    def generators(self, run):
        return {"y": "painter"}

    def build_model(self, config, dataset):
        return Toy(config, dataset.size_px)

    def build_network(self, run, name):
        return build_painter(run.config())

    def sample_grid(self, dataset, config):
        photos = fixed_pictures(dataset.x.shown(), config.sample_count, dataset.size_px)
        return lambda model, title: titled_grid(
            list(zip(photos, paint(model.painter, photos), strict=True)), title=title
        )

    def loss_panels(self, config, domains):
        return (Panel("Distance", (Curve("distance", "to a painting"),)),)


TOY = ToyMethod()
