"""Says when a training on few pictures goes wrong, and what to do then.

With few pictures the discriminator learns them by heart; from then on the generator gets worse, or
makes one picture again and again, however long the training goes on.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from artnb.methods.stylegan2.config import StyleGAN2Config

# Beyond it augmentation leaks into what is generated: Karras et al. 2020, section 3 and figure 4.
_LEAKING_P = 0.8
# The mean sign of D(real) over an epoch, where nearly no real picture is taken for generated.
_SURE = 0.95
# Measurements in a row, each worse than the one before.
_RISES = 3


def signs_of_collapse(
    losses: Mapping[str, float], distances: Sequence[float], config: StyleGAN2Config
) -> dict[str, str]:
    """Give what looks like a collapse, with what to do, by a name for each.

    Args:
        losses: means over an epoch.
        distances: to real pictures, of the epochs scored so far, oldest first.
        config: the training's settings.
    """
    found, p = {}, losses["augmentation"]
    if config.augmentation == "ada" and p > _LEAKING_P:
        found["p"] = (
            f"the augmentation's p has come to {p:.2f}, and beyond {_LEAKING_P} its changes show "
            "in what is generated: the pictures are too few for so long a training; take the best "
            "epoch, or begin from another Run with --from"
        )
    if losses["real_sign"] > _SURE and (config.augmentation != "ada" or p > _LEAKING_P):
        found["sign"] = (
            f"the discriminator knows {losses['real_sign'] / 2 + 0.5:.0%} of the real pictures by "
            "heart; turn on augmentation=ada, raise r1_gamma, or give more pictures"
        )
    last = list(distances[-_RISES - 1 :])
    if len(last) > _RISES and all(a < b for a, b in pairwise(last)):
        found["distance"] = (
            f"the distance to real pictures has risen {_RISES} times, from {last[0]:.4g} to "
            f"{last[-1]:.4g}; what follows will hardly be better: stop, and take the best epoch "
            "(it is kept), raise r1_gamma, or begin from another Run with --from"
        )
    return found
