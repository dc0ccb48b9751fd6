"""What a training has around it; nothing in here changes what it computes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artnb.settings import option

if TYPE_CHECKING:
    from artnb.platform.deadline import Deadline

Say = Callable[[str], None]


@dataclass(frozen=True)
class TrainingOptions:
    """Who is told what, where copies go, when it must end; every field says what it is for."""

    say: Say = option(print, "gets the few lines about what happens")
    watch: Callable[[Path], None] | None = option(
        None, "gets the path of every sample grid as soon as it is written"
    )
    tensorboard: bool = option(False, "also write for TensorBoard, into the Run's own folder")
    mirror: Path | None = option(None, "keep a second copy of the Run in this folder")
    deadline: "Deadline | None" = option(None, "stop early enough before it")
    keep_alive_minutes: float | None = option(None, "say this often how far it is")
    scoring: Any = option(
        None, "scores epochs as they end, into the Run's scores.csv: artnb.evaluation's Scoring"
    )

    def __post_init__(self) -> None:
        """Take a mirror's path in words, too."""
        if self.mirror is not None:
            object.__setattr__(self, "mirror", Path(self.mirror))

    def for_a_host_that_only_computes(self) -> "TrainingOptions":
        """Give these for a host beside the one that writes: it says and shows nothing."""
        return replace(self, say=lambda sentence: None, watch=None, tensorboard=False)
