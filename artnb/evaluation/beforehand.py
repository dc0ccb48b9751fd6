"""What pictures' headers tell of a comparison, before anything is measured."""

from collections import Counter
from collections.abc import Collection

from artnb.errors import InputError
from artnb.evaluation.pictures import Pictures

# Photos are 4:3, 3:2 or 16:9; two squares side by side are 2:1.
_FORM_OF_FIGURES = 1.9


def check_sizes(*sets: Pictures) -> None:
    """Refuse sets whose pictures are not all of one size.

    Args:
        *sets: what will be compared, the reference first.

    Raises:
        InputError: sizes differ within a set, or between two.
    """
    known = [(pictures, {size for size in pictures.sizes if size}) for pictures in sets]
    for pictures, sizes in known:
        check_one_size(pictures.name, sizes, suspected_figures(pictures))
    first, *others = [(pictures, next(iter(sizes))) for pictures, sizes in known if sizes] or [None]
    for pictures, size in others:
        if size != first[1]:
            hint = suspected_figures(first[0], pictures)
            raise other_sizes(first[0].name, first[1], pictures.name, size, hint)


def check_one_size(
    name: str, sizes: Collection[tuple[int, int]], hint: Collection[str] = ()
) -> None:
    """Refuse a set of several sizes.

    Args:
        name: of the set.
        sizes: widths and heights.
        hint: what may be the cause.

    Raises:
        InputError: there are several.
    """
    if len(set(sizes)) > 1:
        found = ", ".join(_written(size) for size in sorted(set(sizes))[:4])
        raise InputError(
            f"the pictures of {name} must be of one size, got {found}; name the size that they "
            f"shall be brought to with --resize, such as --resize 256{_as_end(hint)}"
        )


def other_sizes(
    real: str,
    real_size: tuple[int, int],
    fake: str,
    fake_size: tuple[int, int],
    hint: Collection[str] = (),
) -> InputError:
    """Give the error of two sets that differ in size."""
    edge = min(real_size[0], fake_size[0])
    return InputError(
        f"both sets must be of one size, and {real} is {_written(real_size)} where {fake} is "
        f"{_written(fake_size)}: sharpness would be measured instead of style; name the size that "
        f"both shall be brought to, such as --resize {edge}{_as_end(hint)}"
    )


def suspected_figures(*sets: Pictures) -> tuple[str, ...]:
    """Warn of sets in which most pictures have one long form, as figures side by side have."""
    warnings = []
    for pictures in sets:
        sizes = Counter(size for size in pictures.as_found if size)
        if not sizes:
            continue
        size, count = sizes.most_common(1)[0]
        total = len(pictures.names)
        if count > max(1, total / 2) and max(size) >= _FORM_OF_FIGURES * min(size):
            warnings.append(
                f"{count} of the {total} pictures of {pictures.name} are {_written(size)}, as are "
                "figures that show a photo and its painting side by side; if they are, cut the "
                "paintings out first"
            )
    return tuple(warnings)


def _written(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"


def _as_end(hint: Collection[str]) -> str:
    return "".join(f"; {sentence}" for sentence in hint)
