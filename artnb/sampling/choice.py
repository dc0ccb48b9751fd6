"""What a person asks for when pictures are made out of latents, checked before any work."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from artnb.data.painted import refuse_to_replace
from artnb.errors import InputError
from artnb.files import require_writable

# NumPy's generator takes no larger seed.
LARGEST_SEED = 2**32 - 1
_MOST_TRUNCATION = 2.0
DEFAULT_TRUNCATION = 0.7
# Of a projection; Karras et al. 2020, arXiv 1912.04958, appendix D.
STEPS = 1000


def check_truncation(truncation: float) -> None:
    """Refuse what is no truncation.

    Raises:
        InputError: it is not from -2 to 2.
    """
    if not -_MOST_TRUNCATION <= truncation <= _MOST_TRUNCATION:
        raise InputError(
            "a truncation must be from -2 to 2, where 1 leaves pictures as they are and 0 gives "
            f"the average one, got {truncation}; usual are 0.5 to 1"
        )


@dataclass(frozen=True)
class SampleChoice:
    """Which pictures are made, and what is drawn of them.

    Args:
        count: how many.
        seed: of the first; the others follow it.
        truncation: below 1 pictures are more alike and better; see `generate`.
        truncations: draw a sheet of them: seeds in rows, these in columns.
        mixing: draw a sheet on which the first half of the seeds gives the coarse styles and the
            second the fine ones.
        interpolation: animate a way through the seeds that ends where it began.

    Raises:
        InputError: fewer pictures are asked for than it takes, a seed is below 0 or too large, or
            a truncation is out of range.
    """

    count: int = 16
    seed: int = 0
    truncation: float = DEFAULT_TRUNCATION
    truncations: Sequence[float] = ()
    mixing: bool = False
    interpolation: bool = False

    def __post_init__(self) -> None:
        fewest = 2 if self.mixing or self.interpolation else 1
        if self.count < fewest:
            what = "two pictures, to go from one to the other," if fewest > 1 else "one picture,"
            raise InputError(f"there must be at least {what} got {self.count}; ask for more")
        if not 0 <= self.seed <= LARGEST_SEED + 1 - self.count:
            raise InputError(
                f"seeds must be from 0 to {LARGEST_SEED:,}, got {self.seed} for the first of "
                f"{self.count:,}; choose another"
            )
        for truncation in (self.truncation, *self.truncations):
            check_truncation(truncation)

    @property
    def seeds(self) -> range:
        """The seeds; each always means the same picture."""
        return range(self.seed, self.seed + self.count)

    def files(self, out: Path) -> dict[str, Path]:
        """Name what is drawn of the pictures: `sheet`, and `truncations`, `mixing`, `animation`."""
        asked = {
            "sheet": ("sheet.png", True),
            "truncations": ("truncations.png", self.truncations),
            "mixing": ("mixing.png", self.mixing),
            "animation": ("interpolation.webp", self.interpolation),
        }
        return {kind: out / name for kind, (name, wanted) in asked.items() if wanted}

    def pictures(self, out: Path) -> dict[int, Path]:
        """Name the pictures' files by seed."""
        return {seed: out / f"seed{seed:04d}.png" for seed in self.seeds}

    def check(self, out: Path) -> None:
        """Protect what lies where the files shall be.

        Raises:
            InputError: `out` is a file or read-only, or holds other files under these names.
        """
        check_folder(out)
        refuse_to_replace([*self.pictures(out).values(), *self.files(out).values()])


def check_folder(out: Path) -> None:
    """Check that a folder can be written to.

    Raises:
        InputError: it is a file, lies in one, or is read-only.
    """
    if files := [path for path in (out, *out.absolute().parents) if path.is_file()]:
        raise InputError(f"{out} must be a folder, and {files[0]} is a file; name another --out")
    require_writable(out, "choose another folder with --out")


def parse_truncations(text: str) -> list[float]:
    """Read truncations with commas between, such as "0,0.5,1".

    Raises:
        InputError: one is no number, or out of range.
    """
    truncations = []
    for part in text.split(","):
        try:
            truncations.append(float(part))
        except ValueError:
            raise InputError(
                f"truncations are numbers with commas between, such as 0,0.5,1, got {text!r}"
            ) from None
        check_truncation(truncations[-1])
    return truncations


def check_steps(steps: int) -> None:
    """Refuse what is no number of a projection's steps.

    Raises:
        InputError: it is below 1.
    """
    if steps < 1:
        raise InputError(f"there must be at least one step, got {steps}; usual are {STEPS:,}")


@dataclass(frozen=True)
class ProjectionFiles:
    """Where a projection is written.

    Args:
        out: the folder.
        picture: the file that is projected, which gives the names.
    """

    out: Path
    picture: Path

    @property
    def projected(self) -> Path:
        """The picture that was found."""
        return self.out / f"{self.picture.stem}-projected.png"

    @property
    def beside(self) -> Path:
        """Target and projected picture side by side."""
        return self.out / f"{self.picture.stem}-beside.png"

    @property
    def latent(self) -> Path:
        """Latent w and noises."""
        return self.out / f"{self.picture.stem}-projected.npz"

    def check(self) -> None:
        """Protect what lies where the files shall be.

        Raises:
            InputError: `out` is a file or read-only, or holds other files under these names.
        """
        check_folder(self.out)
        refuse_to_replace([self.projected, self.beside])
        if self.latent.exists() and not self.projected.exists():
            raise InputError(
                f"{self.latent} is there without the picture of a projection, and will not be "
                "overwritten; choose another --out"
            )
