"""A picture looked at from another place at each step.

Layers with strides see some pixels more often than others, and a picture that is changed until they
are content shows it: rows of dots where a photo has nothing, such as in its sky.
"""

from typing import Any

import numpy as np
from keras import ops

from artnb.stylization.objective import Objective
from artnb.stylization.regions import Region

# Rows and columns left out at the top and left: each remainder of the first two strides, 2 and 2.
SHIFTS_PX = ((0, 0), (1, 2), (2, 3), (3, 1))
# Left out of rows and of columns in all.
SHIFT_PX = 3


class ShiftedObjective:
    """An objective for a picture without some of its outermost pixels, other ones at each step.

    Args:
        objective: of what is left; its gradient is that of the picture, and 0 for what is left out.

    Source: Mordvintsev et al. 2015, the jitter of "Inceptionism". Deviations: four shifts in turn,
        so that what a photo shows is measured four times and never at a step; nothing is wrapped
        around; masks are stretched over what is left, by 3 px at most.
    """

    def __init__(self, objective: Objective) -> None:
        self.objective = objective

    def targets(self, photo: np.ndarray, regions: list[Region]) -> dict[str, Any]:
        """Measure what a picture shall come close to; see `Objective.targets`."""
        return {
            "style": self.objective.of_styles(regions),
            "photo": [
                self.objective.of_photo(_shifted(photo, shift), regions) for shift in SHIFTS_PX
            ],
        }

    def gradient(self, picture: Any, targets: dict[str, Any], step: int = 0) -> tuple[Any, Any]:
        """Give the loss and its gradient by the picture, from where a step looks."""
        number = step % len(SHIFTS_PX)
        here = targets["style"] | targets["photo"][number]
        shift = SHIFTS_PX[number]
        loss, gradient = self.objective.gradient(_shifted(picture, shift), here, step)
        around = [(first, SHIFT_PX - first) for first in shift]
        # Gradients of large pictures are in NumPy, and stay there.
        pad = np.pad if isinstance(gradient, np.ndarray) else ops.pad
        return loss, pad(gradient, ((0, 0), *around, (0, 0)))


def _shifted(picture: Any, shift: tuple[int, int]) -> Any:
    """Leave out three rows and three columns of `(1, height, width, 3)`, so many of them first."""
    rows, columns = (
        slice(first, length - SHIFT_PX + first)
        for first, length in zip(shift, picture.shape[1:3], strict=True)
    )
    return picture[:, rows, columns]
