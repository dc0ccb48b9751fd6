"""Trainings of `fast_style` by features of drawn weights, also as a process that kills itself.

python -m tests.methods.drawn_style RUN DATA STYLES FILE:COUNT
"""

import sys
from functools import cache
from pathlib import Path
from unittest.mock import patch

import keras

from artnb.data.dataset import open_dataset
from artnb.method import preset_config
from artnb.stylization.features import load_features
from artnb.stylization.objective import Objective
from artnb.training.train import train
from tools.kill_and_resume import die_at


@cache
def drawn_features():
    """Look at pictures with the first layers of SqueezeNet, whose weights are drawn."""
    keras.utils.set_random_seed(5)
    return load_features("squeezenet", None, ("conv1", "fire2", "fire4"))


def drawn_objective(config):
    """Compare pictures by what drawn weights see in them."""
    return Objective(drawn_features(), config.loss, config.strength, config.smoothness)


def with_drawn_weights():
    """Take drawn weights for those that are published."""
    return patch.multiple("artnb.methods.fast_style.model", load_objective=drawn_objective,
                          find_weights=lambda kind: Path(__file__))  # fmt: skip


def short_config(styles="", **changes):
    """A training of two times four steps on small pictures, which saves after each."""
    small = {"image_size_px": 32, "load_size_px": 36, **changes}
    return preset_config(
        "smoke", method="fast_style", styles=styles, checkpoint_minutes=0, deterministic=True,
        **small,
    )  # fmt: skip


def train_or_go_on(path, data, styles, watch=None):
    """Train the whole way, or the rest of it."""
    with with_drawn_weights():
        dataset, config = open_dataset(data), short_config(styles)
        return train(dataset, config, path, resume="auto", say=lambda _line: None, watch=watch)


if __name__ == "__main__":
    die_at(sys.argv[4])
    train_or_go_on(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
