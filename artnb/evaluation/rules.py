"""Rules with teeth: which two sets of pictures may be compared at all."""

import numpy as np
from scipy.spatial import cKDTree

from artnb.errors import InputError
from artnb.evaluation.measure import Measured

# Of 255, averaged over a 16 px thumbnail. The same picture in another file format or size stays
# below it: JPEG of quality 30 moved the competition's paintings by 1.3 at most, while no two of
# them are nearer than 11.
_SAME_LEVELS = 1.5
# A thumbnail with less contrast than this is fog: many pictures would look like it.
_LEAST_CONTRAST = 8.0


def check_comparable(real: Measured, fake: Measured) -> None:
    """Refuse a comparison that cannot mean what it says.

    Args:
        real: the reference set.
        fake: the generated set.

    Raises:
        InputError: the reference holds generated pictures, or pictures of the generated set, or
            the two sets differ in size.
    """
    _refuse_painted(real)
    _refuse_shared(real, fake)
    if real.size_px != fake.size_px:
        edge = min(real.facts[0].width, fake.facts[0].width)
        raise InputError(
            f"both sets must be of one size, and {real.name} is {real.size_px} where "
            f"{fake.name} is {fake.size_px}: sharpness would be measured instead of style; "
            f"name the size that both shall be brought to, such as --resize {edge}"
        )


def _refuse_painted(real: Measured) -> None:
    painted = [name for name, f in zip(real.names, real.facts, strict=True) if f.is_painted]
    if painted:
        raise InputError(
            f"a reference set must hold real pictures, and {len(painted)} of the {len(real)} in "
            f"{real.name} were painted by a generator, such as {painted[0]}; "
            "give the folder of real paintings"
        )


def _refuse_shared(real: Measured, fake: Measured) -> None:
    shared = shared_pictures(real, fake)
    if shared:
        mine, theirs = shared[0]
        raise InputError(
            f"a reference set must share no picture with the generated one, and {len(shared)} "
            f"pictures of {fake.name} are in {real.name} too, such as {mine} ({theirs}); "
            "the score would say how well pictures resemble themselves"
        )


def shared_pictures(real: Measured, fake: Measured) -> list[tuple[str, str]]:
    """List pictures of the generated set that are in the reference too.

    The same pixels count, and the same picture in another file format or size.

    Returns:
        Names in the generated set and in the reference.
    """
    places = {facts.pixels: place for place, facts in enumerate(real.facts)}
    reference, thumbnails = _thumbnails(real), _thumbnails(fake)
    similar = _similar(reference, thumbnails)
    found = []
    for number, facts in enumerate(fake.facts):
        place = places.get(facts.pixels)
        if place is None and thumbnails[number].std() >= _LEAST_CONTRAST:
            place = _same(reference, thumbnails[number], similar[number])
        if place is not None:
            found.append((fake.names[number], real.names[place]))
    return found


def _similar(reference: np.ndarray, thumbnails: np.ndarray) -> list[list[int]]:
    """List for each thumbnail the few that may be the same, by the means of its quarters.

    These differ by no more than the pixels do, so nothing is missed.
    """
    tree = cKDTree(_quarters(reference))
    quarters = _quarters(thumbnails)
    return list(tree.query_ball_point(quarters, _SAME_LEVELS * quarters.shape[1], p=1))


def _quarters(thumbnails: np.ndarray) -> np.ndarray:
    return thumbnails.reshape(-1, 2, 8, 2, 8, 3).mean(axis=(2, 4)).reshape(-1, 12)


def _same(reference: np.ndarray, thumbnail: np.ndarray, candidates: list[int]) -> int | None:
    """Find the place of the nearest candidate that is the same picture."""
    if not candidates:
        return None
    distances = np.abs(reference[candidates] - thumbnail).mean(axis=1)
    nearest = int(distances.argmin())
    return candidates[nearest] if distances[nearest] <= _SAME_LEVELS else None


def _thumbnails(measured: Measured) -> np.ndarray:
    """Give a set's thumbnails, float32 `(n, 768)`."""
    stacked = np.stack([facts.thumbnail for facts in measured.facts])
    return stacked.reshape(len(stacked), -1).astype(np.float32)
