"""What the competition asks of a submission, as figures."""

from dataclasses import dataclass

from artnb.errors import InputError

SLUG = "gan-getting-started"
ZIP_NAME = "images.zip"
# One entrant's notebook of 307 minutes was turned down and accepted with 300.
SESSION_MINUTES = 300.0


@dataclass(frozen=True)
class Rules:
    """How many pictures of which size a submission holds.

    Source: the competition's page: a zip `images.zip` with 7,000 to 10,000 pictures in JPEG,
    256×256×3. What follows the first two is ours.

    Args:
        fewest: pictures.
        most: pictures.
        size_px: edge of each.
        most_repeated: the share of pictures that may repeat others; the competition's own 7,038
            photos hold 10 repeats, 0.14 %.
        largest_bytes: of one picture; beyond it an entry is not even read. Pure noise of this
            size takes 0.2 MB in quality 95.

    Raises:
        InputError: fewer than one picture would do, or the bounds are in the wrong order.
    """

    fewest: int = 7_000
    most: int = 10_000
    size_px: int = 256
    most_repeated: float = 0.01
    largest_bytes: int = 2_000_000

    def __post_init__(self) -> None:
        if not 1 <= self.fewest <= self.most:
            raise InputError(
                f"a submission holds at least 1 picture and fewest ≤ most, got {self.fewest:,} to "
                f"{self.most:,}; the competition's are 7,000 to 10,000"
            )

    @property
    def span(self) -> str:
        """The bounds in words."""
        return f"{self.fewest:,} to {self.most:,}"

    def check_count(self, count: int, where: str) -> None:
        """Refuse a number of photos that no submission can be made of.

        Raises:
            InputError: there are too few, or too many.
        """
        if count < self.fewest:
            raise InputError(
                f"a submission holds {self.span} pictures, and {where} has {count:,} photos; "
                "the competition's 7,038 photos are enough"
            )
        if count > self.most:
            raise InputError(
                f"a submission holds {self.span} pictures, and {where} has {count:,} photos; "
                f"paint some of them, spread evenly, with --count {self.most}"
            )


COMPETITION = Rules()
