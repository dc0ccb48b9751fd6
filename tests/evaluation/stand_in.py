"""An extractor that needs no weights, pictures to measure, and a Run to score."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from artnb.data.dataset import open_dataset
from artnb.method import preset_config
from artnb.runs.run import new_run
from artnb.synthetic.dataset import make_demo_data


class Colours:
    """Features of a picture: the mean colours of its sixteen parts, 48 numbers."""

    name, title = "colours", "colours"
    key, weights_sha256 = "colours 1", "0" * 64

    def __init__(self):
        self.seen = 0

    def __call__(self, pictures, sources=None):
        self.seen += len(pictures)
        n, height, width, _ = pictures.shape
        parts = pictures.reshape(n, 4, height // 4, 4, width // 4, 3).mean(axis=(2, 4))
        return parts.reshape(n, 48).astype(np.float32)


def write_pictures(folder, count, size_px=32, seed=0, tint=0, suffix=".png"):
    """Write blurred noise, `tint` grey levels redder than grey."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        small = random.integers(0, 256 - tint, (6, 6, 3), np.uint8)
        small[..., 0] += tint
        image = Image.fromarray(small).resize((size_px, size_px), Image.Resampling.BICUBIC)
        image.save(folder / f"{number:03d}{suffix}")
    return folder


@cache
def _embedded_data():
    """Make the data of these Runs once, in a folder that is gone when the tests end."""
    folder = tempfile.TemporaryDirectory()
    return folder, make_demo_data(Path(folder.name) / "data", 32, images=12, pairs=8)


@cache
def _networks():
    """Build a smoke preset's networks once, to draw their weights and write them down."""
    from artnb.methods.cyclegan.model import build_discriminator, build_generator

    config = preset_config("smoke")
    return {
        name: build(config, name)
        for build, names in (
            (build_generator, ("generator_g", "generator_f")),
            (build_discriminator, ("discriminator_x", "discriminator_y")),
        )
        for name in names
    }


def make_run(folder, data_folder, epochs=(1, 2), discriminators=True, dataset=None):
    """Make a Run of random networks on embedded data, as if it had been trained."""
    from artnb.runs.snapshots import save_snapshot
    from artnb.training.describe import describe_data
    from tests.golden.draws import draw_weights

    if dataset is None:
        _, embedded = _embedded_data()
        dataset = open_dataset(shutil.copytree(embedded.path, data_folder))
    run = new_run(folder, preset_config("smoke"))
    run.note(data=describe_data(dataset), status="finished")
    networks = dict(list(_networks().items())[: 4 if discriminators else 2])
    for epoch in epochs:
        for number, network in enumerate(networks.values()):
            draw_weights(network, 10 * epoch + number)
        save_snapshot(run.snapshot(epoch), networks, {"epoch": epoch})
    return run
