"""The pictures and parameters of ada_torch.npz; see README.md beside this file."""

from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("ada_torch.npz")
EDGE = 16
UNPLACED = {
    "mirrored": 0,
    "quarter_turns": 0,
    "whole_right": 0,
    "whole_down": 0,
    "scale": 1,
    "turn_before": 0,
    "stretch": 1,
    "turn_after": 0,
    "right": 0,
    "down": 0,
}
# By fields of `Placement`. At 45° exactly, rounding decides which way a picture is transposed.
PLACEMENTS = {
    "nothing": {},
    "mirrored": {"mirrored": 1},
    "quarter_turn": {"quarter_turns": 1},
    "half_turn": {"quarter_turns": 2},
    "three_quarter_turns": {"quarter_turns": 3},
    "whole_shift": {"whole_right": 2, "whole_down": -1},
    "enlarged": {"scale": 1.7},
    "enlarged_much": {"scale": 3},
    "reduced": {"scale": 0.6},
    "turned_30": {"turn_before": np.pi / 6},
    "turned_60": {"turn_before": np.pi / 3},
    "turned_135": {"turn_before": 0.751 * np.pi},
    "turned_after": {"turn_after": -2},
    "stretched": {"stretch": 1.4},
    "narrowed": {"stretch": 0.7},
    "shifted": {"right": 2.3, "down": -3.6},
    "shifted_far": {"right": -13.2, "down": 21.7},
    "all": {
        "mirrored": 1,
        "quarter_turns": 3,
        "whole_right": -2,
        "whole_down": 1,
        "scale": 0.9,
        "turn_before": 0.4,
        "stretch": 1.2,
        "turn_after": 2.5,
        "right": 1.4,
        "down": 0.7,
    },
}
UNCOLOURED = {"brightness": 0, "contrast": 1, "inverted": 0, "hue": 0, "saturation": 1}
# By fields of `Colours`.
COLOURINGS = {
    "unchanged": {},
    "brighter": {"brightness": 0.3},
    "harder": {"contrast": 1.6},
    "inverted": {"inverted": 1},
    "other_hue": {"hue": 1.1},
    "grey": {"saturation": 0},
    "saturated": {"saturation": 2.2},
    "all": {"brightness": -0.2, "contrast": 0.7, "inverted": 1, "hue": -2.4, "saturation": 1.5},
}


def draw_picture() -> np.ndarray:
    """Draw noise, the hardest to resample: float32 `(EDGE, EDGE, 3)` in [-1, 1]."""
    return np.random.default_rng(2006).uniform(-1, 1, (EDGE, EDGE, 3)).astype(np.float32)
