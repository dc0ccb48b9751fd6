"""A Run with a latent generator of random weights, as if it had been trained."""

import keras

from artnb.data.dataset import open_dataset
from artnb.method import preset_config
from artnb.runs.run import new_run
from artnb.runs.snapshots import save_snapshot
from artnb.sampling.generating import latents_of
from artnb.training.describe import describe_data
from tests.evaluation.stand_in import write_pictures

SIZE_PX = 16
SMALL = {
    "image_size_px": SIZE_PX,
    "latent_size": 32,
    "mapping_layers": 1,
    "channel_base": 128,
    "channel_max": 16,
}


def make_latent_run(folder, data_folder, epochs=(1, 2), **settings):
    """Make a Run of small random generators, trained as if on pictures of one domain."""
    from artnb.methods.stylegan2.model import build_generator

    dataset = open_dataset(write_pictures(data_folder, 12), domains=1)
    config = preset_config("smoke", "stylegan2", **SMALL | settings)
    run = new_run(folder, config, data=describe_data(dataset), status="finished")
    for epoch in epochs:
        keras.utils.set_random_seed(epoch)
        generator = build_generator(config, "generator")
        w = latents_of(generator, range(64))
        generator.average_w.average.assign(w.mean(axis=0))
        save_snapshot(run.snapshot(epoch), {"generator": generator}, {"epoch": epoch})
    return run
