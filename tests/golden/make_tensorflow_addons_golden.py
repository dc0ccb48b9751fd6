"""Make addons.zip: what tensorflow-addons computes, and networks as its users saved them.

README.md beside this file lists what is in it. Run from the project root on Python 3.11, with
tensorflow 2.15, tensorflow-addons 0.23.0 and NumPy below 2:

    python -m tests.golden.make_tensorflow_addons_golden
"""

import tempfile
import zipfile
from pathlib import Path

import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa
from tensorflow import keras
from tensorflow.keras import layers

OUTPUT = Path(__file__).with_name("addons.zip")
# Shape of the features, and epsilon.
LAYER_CASES = (
    ((2, 8, 8, 4), 1e-3),
    ((1, 5, 7, 3), 1e-5),
    ((3, 16, 2, 6), 1e-3),
    ((1, 1, 1, 4), 1e-3),
)
UNET_SEED, RESNET_SEED = 11, 12
# One value in so many each way is kept of the large picture.
KEPT_EVERY = 8


class ReflectionPadding2D(layers.Layer):
    """What the keras.io example pads with; a whole model can be saved with `get_config` alone."""

    def __init__(self, padding=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.padding = tuple(padding)

    def call(self, features):
        across, down = self.padding
        return tf.pad(features, [[0, 0], [down, down], [across, across], [0, 0]], "REFLECT")

    def get_config(self):
        return {**super().get_config(), "padding": self.padding}


def kaggle_unet(filters: int) -> keras.Model:
    """Build the generator of Kaggle's Monet tutorial with fewer filters."""

    def down(count: int, norm: bool = True) -> keras.Sequential:
        block = keras.Sequential()
        block.add(layers.Conv2D(count, 4, 2, "same", use_bias=False))
        if norm:
            block.add(tfa.layers.InstanceNormalization())
        block.add(layers.LeakyReLU())
        return block

    def up(count: int, dropout: bool) -> keras.Sequential:
        block = keras.Sequential()
        block.add(layers.Conv2DTranspose(count, 4, 2, "same", use_bias=False))
        block.add(tfa.layers.InstanceNormalization())
        if dropout:
            block.add(layers.Dropout(0.5))
        block.add(layers.ReLU())
        return block

    counts = [filters * factor for factor in (1, 2, 4, 8, 8, 8, 8, 8)]
    downs = [down(count, norm=place > 0) for place, count in enumerate(counts)]
    ups = [up(count, dropout=place < 3) for place, count in enumerate(reversed(counts[:-1]))]
    last = layers.Conv2DTranspose(3, 4, 2, "same", activation="tanh")
    features = pictures = layers.Input((256, 256, 3))
    passed_on = []
    for block in downs:
        features = block(features)
        passed_on.append(features)
    for block, skip in zip(ups, reversed(passed_on[:-1]), strict=True):
        features = layers.Concatenate()([block(features), skip])
    return keras.Model(pictures, last(features))


def keras_io_resnet(filters: int, blocks: int, size_px: int) -> keras.Model:
    """Build the generator of the keras.io example with fewer filters and blocks."""

    def normed(features, layer, relu=True):
        features = tfa.layers.InstanceNormalization()(layer(features))
        return layers.Activation("relu")(features) if relu else features

    pictures = layers.Input((size_px, size_px, 3), name="generator_G_img_input")
    padded = ReflectionPadding2D((3, 3))(pictures)
    features = normed(padded, layers.Conv2D(filters, 7, use_bias=False))
    for factor in (2, 4):
        layer = layers.Conv2D(factor * filters, 3, 2, "same", use_bias=False)
        features = normed(features, layer)
    for _ in range(blocks):
        residual = ReflectionPadding2D()(features)
        residual = normed(residual, layers.Conv2D(4 * filters, 3, use_bias=False))
        residual = ReflectionPadding2D()(residual)
        residual = normed(residual, layers.Conv2D(4 * filters, 3, use_bias=False), relu=False)
        features = layers.add([features, residual])
    for factor in (2, 1):
        layer = layers.Conv2DTranspose(factor * filters, 3, 2, "same", use_bias=False)
        features = normed(features, layer)
    painted = layers.Conv2D(3, 7)(ReflectionPadding2D((3, 3))(features))
    return keras.Model(pictures, layers.Activation("tanh")(painted), name="generator_G")


def draw_weights(network: keras.Model, seed: int) -> None:
    """Fill kernels around 0, scales around 1 and offsets around 0."""
    rng = np.random.default_rng(seed)
    drawn = []
    for weight in network.weights:
        values = rng.standard_normal(weight.shape, dtype=np.float32)
        name = weight.name.split("/")[-1]
        if name.startswith("kernel"):
            values *= 1.5 / np.sqrt(np.prod(weight.shape[:2]) * min(weight.shape[2:]))
        else:
            values = 0.3 * values + name.startswith("gamma")
        drawn.append(values)
    network.set_weights(drawn)


def draw_pictures(size_px: int, seed: int) -> np.ndarray:
    """Draw a picture, uniform in [-1, 1)."""
    return np.random.default_rng(seed).uniform(-1, 1, (1, size_px, size_px, 3)).astype(np.float32)


def layer_golden() -> dict[str, np.ndarray]:
    """Normalise random features with random scales and offsets."""
    golden = {}
    for number, (shape, epsilon) in enumerate(LAYER_CASES):
        rng = np.random.default_rng(number)
        features, gamma, beta = (
            (3 * rng.standard_normal(size) + 1).astype(np.float32)
            for size in (shape, shape[-1:], shape[-1:])
        )
        layer = tfa.layers.InstanceNormalization(epsilon=epsilon)
        layer.build(shape)
        layer.set_weights([gamma, beta])
        values = {"epsilon": np.array(epsilon), "features": features, "gamma": gamma, "beta": beta}
        values["output"] = layer(features).numpy()
        golden |= {f"layer/{number}/{name}": value for name, value in values.items()}
    return golden


def write_networks(folder: Path) -> tuple[keras.Model, keras.Model]:
    """Save both networks in every way that Keras 2 knows, whole and as weights alone."""
    unet = kaggle_unet(filters=1)
    draw_weights(unet, UNET_SEED)
    unet.compile(keras.optimizers.Adam(2e-4, beta_1=0.5), "mae")
    unet.save(folder / "unet.h5")
    unet.save_weights(folder / "unet_weights.h5")
    resnet = keras_io_resnet(filters=2, blocks=1, size_px=32)
    draw_weights(resnet, RESNET_SEED)
    resnet.save(folder / "resnet.h5")
    resnet.save(folder / "resnet.keras")
    resnet.save_weights(folder / "resnet_weights.h5")
    resnet.save_weights(folder / "resnet.weights.h5")
    resnet.save_weights(folder / "resnet_checkpoint")
    unet.save_weights(folder / "unet_checkpoint")
    (folder / "checkpoint").unlink()  # names the newest of them, and no more
    return unet, resnet


def pack(folder: Path) -> None:
    """Put a folder's files into the zip, under one date, so that it changes with them alone."""
    with zipfile.ZipFile(OUTPUT, "w") as archive:
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)
            print(f"{path.name}: {path.stat().st_size:,} bytes")


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        unet, resnet = write_networks(Path(folder))
        small, large = draw_pictures(32, RESNET_SEED), draw_pictures(256, UNET_SEED)
        golden = layer_golden() | {
            "resnet/seed": np.array(RESNET_SEED),
            "resnet/painting": resnet(small, training=False).numpy(),
            "unet/seed": np.array(UNET_SEED),
            "unet/kept_every": np.array(KEPT_EVERY),
            "unet/painting": unet(large, training=False).numpy()[:, ::KEPT_EVERY, ::KEPT_EVERY],
        }
        np.savez(Path(folder) / "golden.npz", **golden)
        pack(Path(folder))
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
