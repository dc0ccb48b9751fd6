"""Whether a network's weights may be kept in half precision."""

from typing import TYPE_CHECKING

import numpy as np

from artnb.exchange.web_networks import portable_of
from artnb.runs.painter import LatentSampler, Painter

if TYPE_CHECKING:
    import keras

# A grey level of 255, in [-1, 1].
_LEVEL = 2 / 255
_LEAST_PX = 256
_SEEDS = range(3)


def half_is_enough(maker: Painter | LatentSampler) -> bool:
    """Say whether pictures stay within a grey level where weights are rounded to float16.

    A painter paints two invented photos and a painting, `large_demo_pictures(2, 1)`. A sampler
    makes the pictures of seeds 0 to 2 without truncation, whose classes are the seeds' remainders.
    Keras makes each twice in float32, with the weights that a file would keep and with them
    rounded. Then no colour of any pixel may differ by more than 1/255 of its range.

    Args:
        maker: what paints, or what makes pictures of latents.

    Returns:
        Whether float16 is enough; not where a weight is too large for it.

    Raises:
        InputError: the network cannot be read, or said in Keras' own layers.
    """
    network = portable_of(maker)
    given = _latents(maker, network) if isinstance(maker, LatentSampler) else _pictures(maker)
    whole = _made(network, given)
    with np.errstate(over="ignore"):
        rounded = [weight.astype(np.float16) for weight in network.get_weights()]
    network.set_weights(rounded)
    return bool(np.abs(_made(network, given) - whole).max() <= _LEVEL)  # not of NaN either


def _made(network: "keras.Model", given: np.ndarray | dict[str, np.ndarray]) -> np.ndarray:
    return np.clip(network.predict_on_batch(given), -1, 1)


def _pictures(painter: Painter) -> np.ndarray:
    from artnb.data.images import to_float
    from artnb.synthetic.dataset import large_demo_pictures

    edge = -(-_LEAST_PX // painter.multiple_px) * painter.multiple_px
    photos, paintings = large_demo_pictures(2, 1, edge)
    return to_float(np.stack(photos + paintings))


def _latents(sampler: LatentSampler, network: "keras.Model") -> dict[str, np.ndarray]:
    from artnb.exchange.portable_stylegan2 import CLASS, TRUNCATION, Z
    from artnb.models.stylegan2.networks import draw_z

    count = len(_SEEDS)
    given = {Z: draw_z(_SEEDS, sampler.latent_size), TRUNCATION: np.ones((count, 1), np.float32)}
    for one in network.inputs:
        if one.name == CLASS:
            given[CLASS] = np.eye(one.shape[1], dtype=np.float32)[np.array(_SEEDS) % one.shape[1]]
    return given
