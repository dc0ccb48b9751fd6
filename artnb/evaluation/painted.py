"""A Run's networks as what evaluation needs of them: painters and judges, built on demand."""

from artnb.evaluation.metrics.pixels import Verdicts
from artnb.evaluation.pictures import EncodedPictures, PaintedPictures, Painter
from artnb.runs.run import Run


def letter_towards(run: Run, to: str) -> str:
    """Give `"y"` or `"x"` for a direction that is named by letter or by domain.

    Raises:
        InputError: the Run has no such domain.
    """
    return run.target_role(to)


def painted(run: Run, epoch: int, to: str, photos: EncodedPictures) -> PaintedPictures:
    """Give what an epoch's generator makes of photos.

    Args:
        run: the Run.
        epoch: of the snapshot.
        to: `"y"` for generator G, `"x"` for generator F.
        photos: what is painted.
    """
    kept = run.painter(epoch, to)
    painter = Painter(key=kept.key, load=kept.load, multiple_px=kept.multiple_px)
    return PaintedPictures(f"{run.path.name}, epoch {epoch}: {photos.name}", photos, painter)


def verdicts_of(run: Run, epoch: int, to: str) -> Verdicts:
    """Give the discriminator that judges translations to X or Y, as it was after an epoch."""
    judge = run.judge(run.painter(epoch, to))
    return Verdicts(snapshot=judge.key, load=judge.load, threshold=judge.real_from)
