"""Begin from another Run: whatever of its networks fits is taken, and what does not is named.

With few pictures hardly anybody begins from nothing: a network that has learnt other pictures,
even very different ones, learns new ones in a tenth of the time.

Source: Karras et al. 2020, arXiv 2006.06676, section 4.2; Wang et al. 2018, arXiv 1805.01677.
"""

from typing import TYPE_CHECKING

import keras

from artnb.errors import InputError
from artnb.methods.stylegan2.config import StyleGAN2Config
from artnb.runs.painter import KeptNetwork
from artnb.runs.run import Run, open_run
from artnb.runs.snapshots import snapshot_networks

if TYPE_CHECKING:
    from artnb.methods.stylegan2.model import StyleGAN2


def find_begun_from(name: str) -> tuple[Run, int]:
    """Find the Run and the epoch that `RUN` or `RUN@EPOCH` means; the best epoch, or the latest.

    Raises:
        InputError: there is no such Run or epoch, or it is a Run of another method.
    """
    path, at, epoch = name.rpartition("@")
    if not at or "/" in epoch:  # an @ of a folder's name
        path, epoch = name, ""
    run = open_run(path)
    if run.method.name != StyleGAN2Config.METHOD:
        raise InputError(
            f"a StyleGAN2 begins from another one, and the Run {run.path.name} is a "
            f"{run.method.title}; name a Run of stylegan2 with --from"
        )
    return run, run.find_epoch(epoch or ("best" if run.best_epoch() else "latest"))


def begin_from(model: "StyleGAN2", name: str) -> str:
    """Give a model what fits of the networks of another Run.

    Args:
        model: it is changed.
        name: `RUN` or `RUN@EPOCH`.

    Returns:
        A sentence: what was taken, and what was not.

    Raises:
        InputError: as for `find_begun_from`; or nothing fits.
    """
    run, epoch = find_begun_from(name)
    taken: list[str] = []
    left: list[str] = []
    kept = snapshot_networks(run.snapshot(epoch))
    for network in (model.generator, model.discriminator):
        if network.name not in kept:
            left.append(f"the whole {network.name}, which it does not keep")
            continue
        found = take_what_fits(network, KeptNetwork(run, epoch, network.name).load())
        taken += found[0]
        left += [f"{network.name} {layer}" for layer in found[1]]
    if not taken:
        raise InputError(
            f"nothing of the networks of {run.path.name} fits these settings; take its "
            "latent_size, channel_base and channel_max"
        )
    model.average.set_weights(model.generator.get_weights())
    rest = f"; new is {', '.join(dict.fromkeys(left))}" if left else ""
    return f"Begins from epoch {epoch} of {run.path.name}: {len(taken)} layers are taken{rest}."


def take_what_fits(into: keras.Model, other: keras.Model) -> tuple[list[str], list[str]]:
    """Copy the weights of layers that have the same names and shapes.

    Returns:
        The names of the layers that were taken whole, and of those that were not.
    """
    theirs = {weight.path: weight for weight in other.weights}
    layers: dict[str, list[keras.Variable]] = {}
    for weight in into.weights:
        layers.setdefault(weight.path.rsplit("/", 1)[0], []).append(weight)
    taken, left = [], []
    for layer, weights in layers.items():
        fits = all(w.path in theirs and theirs[w.path].shape == w.shape for w in weights)
        (taken if fits else left).append(layer)
        for weight in weights if fits else ():
            weight.assign(theirs[weight.path])
    return taken, left
