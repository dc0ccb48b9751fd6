"""What the numbers in a picture file stand for: profiles, and other ways to say it, become sRGB.

Nothing is converted where a file says sRGB, or says nothing.
"""

import io
import struct
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import ExifTags, Image, ImageCms

_D65 = (0.3127, 0.3290)
_SRGB_PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
_ADOBE_GAMMA = 563 / 256
# Parameters g, a, b, c, d of IEC 61966-2-1's curve: (a x + b)^g, and c x below d.
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_D50_XYZ = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_USUAL_GAMMA = 0.45455  # as PNG counts it
# Profiles that say sRGB differ by rounding.
_SAME_WITHIN = 2
# White paper becomes white and the darkest ink black, as in programs for photos.
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def matrix_profile(
    name: str,
    primaries: Sequence[tuple[float, float]],
    curve: Sequence[float],
    white: tuple[float, float] = _D65,
) -> bytes:
    """Write a colour profile for RGB; equal arguments give equal bytes.

    Args:
        name: for people, ASCII.
        primaries: chromaticities x, y of red, green and blue.
        curve: the parameters of a parametric curve: one for a power, five for sRGB's kind.
        white: x, y of white.

    Source:
        ICC.1:2022, sections 7.2 and 8.3.2; adaptation to D50 by Bradford's matrix, annex E.
    """
    scale = (_BRADFORD @ _D50_XYZ) / (_BRADFORD @ _xyz(*white))
    adaptation = np.linalg.inv(_BRADFORD) @ np.diag(scale) @ _BRADFORD
    columns = np.stack([_xyz(*primary) for primary in primaries], axis=1)
    colorants = adaptation @ (columns * np.linalg.solve(columns, _xyz(*white)))
    kind = {1: 0, 5: 3}[len(curve)]
    shared = b"para" + bytes(4) + struct.pack(">Hxx", kind) + _fixed(curve)
    tags = {
        b"desc": _text(name),
        b"cprt": _text("CC0"),
        b"wtpt": b"XYZ " + bytes(4) + _fixed(_D50_XYZ),
    }
    tags[b"chad"] = b"sf32" + bytes(4) + _fixed(adaptation.ravel())
    for number, colour in enumerate(("r", "g", "b")):
        tags[f"{colour}XYZ".encode()] = b"XYZ " + bytes(4) + _fixed(colorants[:, number])
        tags[f"{colour}TRC".encode()] = shared
    return _with_header(tags)


def _xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _fixed(values: Sequence[float]) -> bytes:
    return b"".join(struct.pack(">i", round(float(value) * 65536)) for value in values)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(encoded), 28) + encoded


def _with_header(tags: dict[bytes, bytes]) -> bytes:
    places: dict[bytes, int] = {}
    table, body = b"", b""
    start = 132 + 12 * len(tags)
    for name, value in tags.items():
        if value not in places:
            places[value] = start + len(body)
            body += value + bytes(-len(value) % 4)
        table += name + struct.pack(">II", places[value], len(value))
    header = struct.pack(">I4xI", start + len(body), 0x04300000) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += _fixed(_D50_XYZ) + bytes(48)
    return header + struct.pack(">I", len(tags)) + table + body


# What paintings carry, so that no program has to guess.
SRGB_PROFILE = matrix_profile("sRGB", _SRGB_PRIMARIES, _SRGB_CURVE)


def profile_of(image: Image.Image, exif: Image.Exif) -> bytes:
    """Give the profile that a picture names in one way or another; nothing stands for sRGB.

    Args:
        image: opened.
        exif: its tags, or an empty one where they cannot be read.
    """
    if profile := image.info.get("icc_profile"):
        return profile
    if "gamma" in image.info and "srgb" not in image.info:
        return _of_png(image)
    return _adobe_rgb() if _says_adobe_rgb(exif) else b""


def _of_png(image: Image.Image) -> bytes:
    """Make a profile of what a PNG says of its colours in numbers (PNG 3, 11.3.2.2)."""
    gamma, chromaticities = image.info["gamma"], image.info.get("chromaticity")
    if not 0.1 < gamma < 10:
        return b""
    if chromaticities is None and abs(gamma - _USUAL_GAMMA) < 0.01:
        return b""
    if chromaticities is None:
        return _of_numbers(gamma, _D65, _SRGB_PRIMARIES)
    white, *primaries = zip(chromaticities[::2], chromaticities[1::2], strict=True)
    return _of_numbers(gamma, white, tuple(primaries))


@lru_cache(maxsize=8)
def _of_numbers(gamma: float, white: tuple, primaries: tuple) -> bytes:
    curve = _SRGB_CURVE if abs(gamma - _USUAL_GAMMA) < 0.01 else (1 / gamma,)
    try:
        return matrix_profile("PNG", primaries, curve, white)
    except (ArithmeticError, ValueError, struct.error):  # numbers that no light has
        return b""


@lru_cache(maxsize=1)
def _adobe_rgb() -> bytes:
    return matrix_profile("Adobe RGB (1998)", _ADOBE_RGB, (_ADOBE_GAMMA,))


def _says_adobe_rgb(exif: Image.Exif) -> bool:
    """Say whether a camera wrote Adobe RGB, which has tags and no profile (DCF 2.0)."""
    if ExifTags.IFD.Exif not in exif:
        return False
    try:
        space = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace)
        if space == 2:  # some cameras' own way
            return True
        return space == 0xFFFF and str(exif.get_ifd(ExifTags.IFD.Interop).get(1)) == "R03"
    except Exception:  # damaged tags make Pillow raise almost anything
        return False


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Bring a picture without transparency to RGB.

    Args:
        image: of any mode.
        profile: see `profile_of`; one that is damaged or for other pictures counts as none.
    """
    mode, transform = _transform(profile, image.mode) if profile else ("", None)
    if transform is None:
        return image.convert("RGB")
    image = image if image.mode == mode else image.convert(mode)
    return ImageCms.applyTransform(image, transform)


def changes_colours(image: Image.Image, profile: bytes) -> bool:
    """Say whether `to_srgb` would give other colours than the numbers themselves."""
    return bool(profile) and _transform(profile, image.mode)[1] is not None


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """Give the mode that a picture must have, and what converts it; None where nothing does."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        wanted = _MODES.get(source.profile.xcolor_space, "")
        if not wanted or not _suits(mode, wanted):
            return "", None
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, wanted, "RGB", _INTENT, _FLAGS)
    except Exception:  # damaged profiles make Pillow raise almost anything
        return "", None
    return wanted, None if _is_srgb(transform, wanted) else transform


def _suits(mode: str, wanted: str) -> bool:
    """Say whether a profile can be for a picture: RGB's also for grey, none for another's inks."""
    grey, inks = mode in ("1", "L"), mode == "CMYK"
    return {"L": grey, "CMYK": inks, "RGB": not inks and mode != "LAB"}[wanted]


def _is_srgb(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Try a profile on colours from all over the cube."""
    if mode == "CMYK":
        return False
    levels = np.linspace(0, 255, 18).round().astype(np.uint8)
    if mode == "L":
        tried = Image.fromarray(levels[None])
    else:
        cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1)
        tried = Image.fromarray(cube.reshape(18, -1, 3))
    before = np.asarray(tried.convert("RGB"), np.int16)
    after = np.asarray(ImageCms.applyTransform(tried, transform), np.int16)
    return bool(np.abs(after - before).max() <= _SAME_WITHIN)
