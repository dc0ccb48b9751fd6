"""What a study compares: photos, paintings by style, and what Runs made of the photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from artnb.errors import InputError
from artnb.evaluation.evaluator import check_comparable
from artnb.evaluation.measure import Measured


@dataclass(frozen=True)
class Translation:
    """What an epoch of a Run made of the photos.

    Args:
        run: name of the Run.
        epoch: of its generator.
        style: which paintings it strives for, a key of the study's paintings.
        measured: the translations, in the order of the photos.
    """

    run: str
    epoch: int
    style: str
    measured: Measured

    @property
    def label(self) -> str:
        """What figures call it."""
        return f"{self.run}, epoch {self.epoch}"


@dataclass(frozen=True)
class StudySets:
    """The sets of a study.

    Args:
        photos: real photos, measured with `MEASURES`.
        paintings: real paintings by style, measured likewise.
        translations: of these photos, measured with `MEASURES` and `MEASURES_OF_PAIRS`, the
            epochs of each Run in order; none in a study of real pictures alone.

    Raises:
        InputError: there are no paintings, a set must not be compared with another (see
            `check_comparable`), or translations are not of these photos.
    """

    photos: Measured
    paintings: Mapping[str, Measured]
    translations: Sequence[Translation] = ()

    def __post_init__(self) -> None:
        if not self.paintings:
            raise InputError(
                "a style study needs paintings to compare with, and got none; give some"
            )
        for real in self.paintings.values():
            check_comparable(real, self.photos)
        for translation in self.translations:
            check_comparable(self.paintings[translation.style], translation.measured)
            if translation.measured.names != self.photos.names:
                raise InputError(
                    f"translations are compared with their own photos, and {translation.label}, "
                    f"has others than {self.photos.name}; paint the same photos"
                )

    @property
    def last_epochs(self) -> list[Translation]:
        """The last epoch of each Run."""
        return list({t.run: t for t in self.translations}.values())

    @property
    def by_label(self) -> dict[str, Measured]:
        """All sets by what figures call them; of Runs the last epoch."""
        return {
            "photo": self.photos,
            **{t.label: t.measured for t in self.last_epochs},
            **self.paintings,
        }
