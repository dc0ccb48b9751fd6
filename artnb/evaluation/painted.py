"""A Run's networks as what evaluation needs of them: painters and judges, built on demand."""

import keras

from artnb.evaluation.metrics.pixels import Verdicts
from artnb.evaluation.pictures import EncodedPictures, PaintedPictures, Painter
from artnb.files import sha256_of
from artnb.runs.run import Run, direction_towards
from artnb.runs.snapshots import load_discriminator, load_painter
from artnb.training.losses import ADVERSARIAL_LOSSES


def letter_towards(run: Run, to: str) -> str:
    """Give `"y"` or `"x"` for a direction that is named by letter or by domain.

    Raises:
        InputError: the Run has no such domain.
    """
    return "y" if direction_towards(run, to) == "generator_g" else "x"


def painted(run: Run, epoch: int, to: str, photos: EncodedPictures) -> PaintedPictures:
    """Give what an epoch's generator makes of photos.

    Args:
        run: the Run.
        epoch: of the snapshot.
        to: `"y"` for generator G, `"x"` for generator F.
        photos: what is painted.
    """
    direction = "generator_g" if to == "y" else "generator_f"
    painter = Painter(
        key=f"{direction} {_snapshot_key(run, epoch)}",
        load=lambda: load_painter(run, direction, epoch),
        multiple_px=run.config().multiple_px,
    )
    return PaintedPictures(f"{run.path.name}, epoch {epoch}: {photos.name}", photos, painter)


def verdicts_of(run: Run, epoch: int, to: str) -> Verdicts:
    """Give the discriminator that judges translations to X or Y, as it was after an epoch."""
    name = f"discriminator_{to}"
    return Verdicts(
        snapshot=f"{name} {_snapshot_key(run, epoch)}",
        load=lambda: load_discriminator(run, name, epoch),
        threshold=ADVERSARIAL_LOSSES[run.config().adversarial_loss].threshold,
    )


def _snapshot_key(run: Run, epoch: int) -> str:
    """Name weights and what computes with them: results differ a little between backends."""
    return f"{sha256_of(run.find_snapshot(epoch))} on {keras.backend.backend()}"
