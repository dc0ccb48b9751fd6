"""Make ada_torch.npz: what adaptive discriminator augmentation does, pixel by pixel, by PyTorch.

Written from the definitions, another way than in the package: transformations are carried out
forwards one by one and then inverted, and each pixel is a sum over an endless reflected line.

README.md beside this file lists the keys. Run from the project root, with PyTorch and NumPy:

    python -m tests.golden.make_torch_ada
"""

import math

import numpy as np
import torch

from tests.golden.ada_draws import (
    COLOURINGS,
    EDGE,
    FILE,
    PLACEMENTS,
    UNCOLOURED,
    UNPLACED,
    draw_picture,
)

GREY = torch.ones(3, dtype=torch.float64) / math.sqrt(3)


def matrix(rows):
    """Make a float64 matrix."""
    return torch.tensor(rows, dtype=torch.float64)


def shift(right, down):
    """Move a picture."""
    return matrix([[1, 0, right], [0, 1, down], [0, 0, 1]])


def scale(width, height):
    """Enlarge a picture."""
    return matrix([[width, 0, 0], [0, height, 0], [0, 0, 1]])


def turn(angle):
    """Turn a picture counter-clockwise as it is seen, with y pointing down."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return matrix([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])


def forward_matrix(p):
    """Say where each point of a picture goes."""
    steps = [
        scale(1 - 2 * p["mirrored"], 1),
        turn(p["quarter_turns"] * math.pi / 2),
        shift(p["whole_right"], p["whole_down"]),
        scale(p["scale"], p["scale"]),
        turn(p["turn_before"]),
        scale(p["stretch"], 1 / p["stretch"]),
        turn(p["turn_after"]),
        shift(p["right"], p["down"]),
    ]
    result = torch.eye(3, dtype=torch.float64)
    for step in steps:
        result = step @ result
    return result


def cubic(distance):
    """Keys' kernel by its definition."""
    d, a = abs(distance), -0.5
    if d < 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0


def reflected(index, count):
    """Find the pixel that is seen at an index of an endless reflected line."""
    index %= 2 * (count - 1)
    return min(index, 2 * (count - 1) - index)


def sample(line, position, step, endless):
    """Take a weighted mean of pixels `(count, channels)` around a position, in pixels."""
    support = max(abs(step), 1.0)
    total, weight_sum = torch.zeros(line.shape[1], dtype=torch.float64), 0.0
    for index in range(math.floor(position - 2 * support), math.ceil(position + 2 * support) + 1):
        if endless or 0 <= index < len(line):
            weight = cubic((index - position) / support)
            total += weight * line[reflected(index, len(line))]
            weight_sum += weight
    return total / weight_sum


def folded(position, count):
    """Bring a position into [0, count - 1]."""
    last = count - 1
    position = math.fmod(math.fmod(position, 2 * last) + 2 * last, 2 * last)
    return min(position, 2 * last - position)


def place(picture, inverse):
    """Resample in two passes: along the rows, extended by half a picture, then the columns."""
    (a, b, c), (d, e, f), _ = inverse.tolist()
    if abs(b) > abs(e):
        return place(picture.transpose(0, 1), inverse[[1, 0, 2]])
    middle, reach = (EDGE - 1) / 2, EDGE // 2
    rows = [picture[reflected(j, EDGE)] for j in range(-reach, EDGE + reach)]
    result = torch.empty_like(picture)
    for column in range(EDGE):
        u, pixels = column - middle, []
        for j, row in enumerate(rows):
            v = (j - reach - middle - d * u - f) / e
            x = a * u + b * v + c + middle
            pixels.append(sample(row, folded(x, EDGE), a - b * d / e, endless=True))
        for row in range(EDGE):
            y = d * u + e * (row - middle) + f + middle + reach
            result[row, column] = sample(
                torch.stack(pixels), folded(y, len(pixels)), e, endless=False
            )
    return result


def recolour(picture, p):
    """Carry out the changes of colour one by one."""
    picture = (picture + p["brightness"]) * p["contrast"]
    light = (picture @ GREY)[..., None] * GREY
    if p["inverted"]:
        picture = picture - 2 * light
    across = matrix([[0, -GREY[2], GREY[1]], [GREY[2], 0, -GREY[0]], [-GREY[1], GREY[0], 0]])
    picture = picture @ torch.linalg.matrix_exp(p["hue"] * across).T
    light = (picture @ GREY)[..., None] * GREY
    return light + (picture - light) * p["saturation"]


def main():
    """Compute in float64 and write."""
    picture = torch.from_numpy(draw_picture()).double()
    arrays = {}
    for name, changed in PLACEMENTS.items():
        inverse = torch.linalg.inv(forward_matrix(UNPLACED | changed))
        arrays[f"place/{name}/inverse"] = inverse.numpy()
        arrays[f"place/{name}/picture"] = place(picture, inverse).numpy().astype(np.float32)
    for name, changed in COLOURINGS.items():
        colours = UNCOLOURED | changed
        arrays[f"colour/{name}/picture"] = recolour(picture, colours).numpy().astype(np.float32)
    np.savez_compressed(FILE, **arrays)
    for name, array in arrays.items():
        print(name, np.shape(array), np.ravel(array)[:5])


if __name__ == "__main__":
    main()
