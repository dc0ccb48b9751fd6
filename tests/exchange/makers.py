"""What a Run would paint with, of any network."""

from dataclasses import dataclass

import keras


@dataclass
class Maker:
    """A `Painter` without a Run."""

    network: keras.Model
    source: str = "photo"
    target: str = "monet"
    multiple_px: int = 4

    def load(self):
        return self.network
