"""An extractor that needs no weights, pictures to measure, and a Run to score."""

import numpy as np
from PIL import Image

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


def make_run(folder, data_folder, epochs=(1, 2), discriminators=True, dataset=None):
    """Make a Run of random networks on embedded data, as if it had been trained."""
    from artnb.methods.cyclegan.model import build_discriminator, build_generator
    from artnb.runs.snapshots import save_snapshot
    from artnb.training.describe import describe_data
    from tests.golden.draws import draw_weights

    dataset = dataset or make_demo_data(data_folder, 32, images=12, pairs=8)
    config = preset_config("smoke")
    run = new_run(folder, config)
    run.note(data=describe_data(dataset), status="finished")
    names = ["generator_g", "generator_f"]
    networks = {name: build_generator(config, name) for name in names}
    if discriminators:
        names = ["discriminator_x", "discriminator_y"]
        networks |= {name: build_discriminator(config, name) for name in names}
    for epoch in epochs:
        for number, network in enumerate(networks.values()):
            draw_weights(network, 10 * epoch + number)
        save_snapshot(run.snapshot(epoch), networks, {"epoch": epoch})
    return run
