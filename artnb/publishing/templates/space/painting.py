"""Photos into paintings by ONNX networks, and pictures out of latents; written by artnb.

A photo of up to a megapixel goes through a network in one piece, a larger one in overlapping tiles
that share the statistics of its norms, so that no seam shows.
"""

import hashlib
import io
import re
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

FOLDER = Path(__file__).parent
MARK = "painted by artnb"
# Larger photos are scaled down to this longer side, for the sake of whoever waits in line.
LARGEST_PX = 1536
MOST_PIXELS = 200_000_000
WHOLE_PIXELS = 1024 * 1024
TILE_PX, OVERLAP_PX, TILES_FOR_STATISTICS = 512, 192, 16
KEPT_S = 3600
SRGB = ImageCms.createProfile("sRGB")
PAINTINGS = Path(tempfile.mkdtemp(prefix="paintings-"))
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Refused(ValueError):
    """What a visitor has brought cannot be painted; the message says why."""


def read_photo(path: str) -> np.ndarray:
    """Read a picture upright, over white, in sRGB: uint8 `(height, width, 3)`."""
    name = Path(path).name
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            image.draft("RGB", (LARGEST_PX, LARGEST_PX))
            photo = to_rgb(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError as error:
        raise Refused(f"{name} has too many pixels; scale it down first.") from error
    except Exception as error:  # damaged files make Pillow raise almost anything
        raise Refused(f"{name} is no picture that can be read; choose a JPEG or PNG.") from error
    photo.thumbnail((LARGEST_PX, LARGEST_PX), Image.Resampling.LANCZOS)
    return np.asarray(photo)


def to_rgb(image: Image.Image) -> Image.Image:
    """Lay transparency over white, and bring 16 bits and colour profiles to 8 bits of sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image) / 257).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError):
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, given, SRGB, outputMode="RGB")
    return image.convert("RGB")


@lru_cache(2)
def load(file: str) -> onnxruntime.InferenceSession:
    """Load a network; the two that were asked for last stay."""
    return onnxruntime.InferenceSession(FOLDER / file, providers=["CPUExecutionProvider"])


def to_float(pictures: np.ndarray) -> np.ndarray:
    """Map uint8 to float32 in [-1, 1]."""
    return pictures.astype(np.float32) / 127.5 - 1


def to_uint8(pictures: np.ndarray) -> np.ndarray:
    """Map floats in [-1, 1] to uint8."""
    return np.clip(np.rint((pictures + 1) * 127.5), 0, 255).astype(np.uint8)


class Painter:
    """A network that turns photos into paintings.

    Args:
        facts: what space.json says of it.
    """

    def __init__(self, facts: dict) -> None:
        self.multiple_px, self.statistics = facts["multiple_px"], facts["statistics"]
        self.session = load(facts["file"])

    def run(self, pictures: np.ndarray, shared: np.ndarray | None = None) -> list[np.ndarray]:
        """Paint uint8 pictures: floats, and the norms' statistics, their own or those given."""
        inputs = {"picture": to_float(pictures)}
        if self.statistics:
            none = np.zeros(self.statistics, np.float32)
            inputs["statistics"] = none if shared is None else shared
            inputs["shared"] = np.array(shared is not None)
        return self.session.run(["painting", *["found"] * bool(self.statistics)], inputs)

    def paint(self, photo: np.ndarray) -> np.ndarray:
        """Paint a photo of any size; gives uint8 of the same shape."""
        height, width = photo.shape[:2]
        edges = [
            -(-max(32, edge) // self.multiple_px) * self.multiple_px for edge in photo.shape[:2]
        ]
        missing = [(0, edges[0] - height), (0, edges[1] - width), (0, 0)]
        padded = np.pad(photo, missing, mode="symmetric")
        if edges[0] * edges[1] <= WHOLE_PIXELS:
            painting = self.run(padded[None])[0][0]
        else:
            painting = self.paint_tiles(padded)
        return to_uint8(painting)[:height, :width]

    def paint_tiles(self, photo: np.ndarray) -> np.ndarray:
        """Paint in tiles that share statistics, blended where they overlap."""
        height, width = photo.shape[:2]
        tile_height, tile_width = min(TILE_PX, height), min(TILE_PX, width)
        places = [
            (slice(top, top + tile_height), slice(left, left + tile_width))
            for top in tile_starts(height, tile_height, self.multiple_px)
            for left in tile_starts(width, tile_width, self.multiple_px)
        ]
        shared = self.measure(photo) if self.statistics else None
        weight = blending_weight(tile_height, tile_width)
        total = np.zeros((height, width, 3), np.float32)
        weights = np.zeros((height, width, 1), np.float32)
        for place in places:
            total[place] += weight * self.run(photo[place][None], shared)[0][0]
            weights[place] += weight
        return total / weights

    def measure(self, photo: np.ndarray) -> np.ndarray:
        """Take statistics over squares that are spread evenly over the photo, edge to edge."""
        places = sample_places(*photo.shape[:2], self.multiple_px)
        return self.run(np.stack([photo[place] for place in places]))[1]


def tile_starts(length: int, tile_px: int, multiple_px: int) -> list[int]:
    """Place tiles evenly along a side, at multiples of what the network samples by."""
    if length <= tile_px:
        return [0]
    count = -(-(length - OVERLAP_PX) // (tile_px - OVERLAP_PX))
    places = np.linspace(0, (length - tile_px) // multiple_px, count)
    return [int(place) * multiple_px for place in places]


def sample_places(height: int, width: int, multiple_px: int) -> list[tuple[slice, slice]]:
    """Place squares of half a tile's edge evenly over a photo."""
    columns = int(np.sqrt(TILES_FOR_STATISTICS * width / height))
    columns = min(max(columns, 1), TILES_FOR_STATISTICS)
    rows, edge = TILES_FOR_STATISTICS // columns, max(TILE_PX // 2 // multiple_px, 1) * multiple_px

    def along(length: int, most: int) -> list[slice]:
        steps, count = max(length - edge, 0) // multiple_px, min(most, -(-length // edge))
        places = np.linspace(0, steps, count) if count > 1 else [steps // 2]
        starts = [int(place) * multiple_px for place in places]
        return [slice(start, start + min(edge, length)) for start in starts]

    return [(y, x) for y in along(height, rows) for x in along(width, columns)]


def blending_weight(height: int, width: int) -> np.ndarray:
    """Give each pixel of a tile its weight: rising within the overlap, never quite zero."""
    ramps = [
        np.minimum(1, (np.minimum(np.arange(n), np.arange(n)[::-1]) + 1) / OVERLAP_PX)
        for n in (height, width)
    ]
    return (ramps[0][:, None] * ramps[1])[..., None].astype(np.float32)


def invent(facts: dict, seed: int, truncation: float, kind: str | None) -> np.ndarray:
    """Make a picture out of the latent that a seed stands for: uint8 `(size_px, size_px, 3)`."""
    z = np.random.RandomState(seed).randn(1, facts["latent_size"])
    inputs = {"z": z, "truncation": np.array([[truncation]])}
    if classes := facts["classes"]:
        number = classes.index(kind) if kind in classes else seed % len(classes)
        inputs["class"] = np.eye(len(classes))[[number]]
    inputs = {name: values.astype(np.float32) for name, values in inputs.items()}
    return to_uint8(load(facts["file"]).run(None, inputs)[0][0])


def write_png(pixels: np.ndarray, name: str, about: str) -> str:
    """Write a PNG that says that it was painted, and how; those of an hour ago go."""
    for old in PAINTINGS.glob("*/*.png"):
        if time.time() - old.stat().st_mtime > KEPT_S:
            old.unlink(missing_ok=True)
    texts = PngInfo()
    texts.add_text("Comment", f"{MARK}: {about}")
    folder = PAINTINGS / hashlib.sha256(pixels.tobytes()).hexdigest()[:32]
    folder.mkdir(exist_ok=True)
    path = folder / (re.sub(r"[^\w.-]+", "_", name)[:100] + ".png")
    profile = ImageCms.ImageCmsProfile(SRGB).tobytes()
    Image.fromarray(pixels).save(path, pnginfo=texts, icc_profile=profile)
    return str(path)
