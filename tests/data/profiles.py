"""Colour profiles for the tests, written as ICC.1:2001-04 says, and what they mean in numbers."""

import struct

import numpy as np

D65 = (0.3127, 0.3290)
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_D50_XYZ = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def _xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def to_xyz(primaries, white=D65) -> np.ndarray:
    """Give the matrix of linear RGB to XYZ, white being (1, 1, 1)."""
    columns = np.stack([_xyz(*primary) for primary in primaries], axis=1)
    return columns * np.linalg.solve(columns, _xyz(*white))


def rgb_profile(primaries, gamma: float = 563 / 256) -> bytes:
    """Write a matrix profile of version 2."""
    source, target = _BRADFORD @ _xyz(*D65), _BRADFORD @ _D50_XYZ
    adapted = np.linalg.inv(_BRADFORD) @ np.diag(target / source) @ _BRADFORD @ to_xyz(primaries)
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"wtpt": _xyz_tag(_D50_XYZ)}
    for number, name in enumerate("rgb"):
        tags[f"{name}XYZ".encode()] = _xyz_tag(adapted[:, number])
        tags[f"{name}TRC".encode()] = curve
    return _profile(b"RGB ", tags)


def grey_profile(gamma: float) -> bytes:
    """Write a grey profile of version 2."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    return _profile(b"GRAY", {b"wtpt": _xyz_tag(_D50_XYZ), b"kTRC": curve})


def cmyk_profile() -> bytes:
    """Write a printer's profile of 2⁴ points whose ink C gives blue, and whose others none."""
    white, blue = (
        (255, 128, 128),
        (75, 196, 16),
    )  # L*a*b* in 8 bits; the latter is about (0, 0, 255)
    grid = bytes(value for c in (0, 1) for _ in range(8) for value in (blue if c else white))
    identity = bytes(range(256))
    matrix = struct.pack(">9i", *(65536 * (place % 4 == 0) for place in range(9)))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + identity * 4 + grid + identity * 3
    return _profile(b"CMYK", {b"wtpt": _xyz_tag(_D50_XYZ), b"A2B0": table}, b"prtr", b"Lab ")


def _xyz_tag(values) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))


def _profile(space: bytes, tags: dict[bytes, bytes], kind=b"mntr", connection=b"XYZ ") -> bytes:
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78), **tags}
    head, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        head += name + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    header = struct.pack(">I4xI4s4s4s", start + len(body), 0x02100000, kind, space, connection)
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += struct.pack(">3i", *(round(value * 65536) for value in _D50_XYZ)) + bytes(48)
    return header + struct.pack(">I", len(tags)) + head + body


def in_srgb(rgb, primaries, gamma: float = 563 / 256) -> np.ndarray:
    """Give the sRGB values of a colour, 0 to 255, clipped where sRGB does not reach."""
    linear = (np.asarray(rgb, float) / 255) ** gamma
    linear = np.clip(np.linalg.inv(to_xyz(SRGB)) @ to_xyz(primaries) @ linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
