"""The command that paints photos in the style of a painting, without any training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import artnb
from artnb.cli import options
from artnb.cli.maker import Option
from artnb.errors import InputError
from artnb.settings import help_of
from artnb.stylization.settings import StylizeSettings


def _help(name: str) -> str:
    return help_of(StylizeSettings, name)


def stylize(
    *,
    photos: Annotated[Path, "a file or a folder"],
    style: Annotated[
        Sequence[str],
        "a painting, or a folder: each photo takes the one most like it; several, each "
        "with a weight if need be, are blended",
        Option(metavar="FILE[:WEIGHT]"),
    ],
    out: Annotated[Path, "folder for the results"],
    features: Annotated[Literal["patches", "squeezenet", "vgg19"], _help("features")] = "patches",
    loss: Annotated[
        Literal["gram", "moments", "sliced"] | None, f"{_help('loss')} (default: moments)"
    ] = None,
    largest_px: Annotated[int, _help("largest_px")] = 512,
    strength: Annotated[float, _help("strength")] = 1.0,
    stroke_scale: Annotated[float, _help("stroke_scale")] = 1.0,
    keep_colours: Annotated[bool, _help("keep_colours")] = False,
    mask: Annotated[Path | None, "white is painted, black stays; of the photo's size"] = None,
    regions: Annotated[
        Path | None, "flat colours: each part takes on the style of the painting's same colour"
    ] = None,
    style_regions: Annotated[Path | None, "the same for the painting"] = None,
    settings: Annotated[
        Sequence[str],
        "any setting: steps, smoothness, optimizer (adam or lbfgs), seed; may be repeated",
        Option(("--set",), metavar="NAME=VALUE"),
    ] = (),
    backend: options.Backend = None,
) -> int:
    """Paint photos in the style of a painting: some seconds for 512 px on two CPU cores."""
    from artnb.stylization.inputs import check_parts, check_weights, open_picture, parse_style
    from artnb.stylization.paintings import open_style

    changes = dict(map(StylizeSettings.parse, settings))
    asked = StylizeSettings(
        features, loss or "moments", largest_px=largest_px, strength=strength,
        stroke_scale=stroke_scale, keep_colours=keep_colours,
    ).replace(**changes)  # fmt: skip
    if (loss or "loss" in changes) and asked.features == "patches":
        raise InputError("a loss compares what a network sees; add --features squeezenet or vgg19")
    if (regions is None) != (style_regions is None):
        raise InputError("regions need a map for the photo and one for the painting; give both")
    parts = style_regions and open_picture(style_regions, "a map of regions")
    styles = [
        open_style(path, weight, parts, progress=artnb.bar)
        for path, weight in map(parse_style, style)
    ]
    check_weights(styles)
    check_parts(photos, mask, regions, styles)
    options.say_backend(backend)
    report = artnb.stylize_photos(
        photos, styles, out, asked, mask=mask, regions=regions, progress=artnb.bar
    )
    return options.say_painted(report, out)
