#!/usr/bin/env bash
# Pillow 13.0.0: one Exif object for several files, one of them AVIF
#
# One would guess: save(..., exif=exif) writes the block and leaves the caller's object alone.
# What happens: saving as AVIF moves the orientation from the block into the file's own structure,
# and does so in the caller's object: afterwards the tag is gone from it. A JPEG saved next with the
# same object has no orientation and lies on its side; saved before the AVIF it stands. The other
# formats leave the object as it is.
# Who is hurt: whoever writes a picture and its small or older variants in one loop for a web page:
# which ones stand upright depends on the order of the formats.
# Instead: turn the pixels first (ImageOps.exif_transpose) and save no orientation, or hand over
# bytes: exif=exif.tobytes().
#
# Seen (the caller's orientation after saving):
#   JPEG 6, PNG 6, WEBP 6, TIFF 6, AVIF None
#   JPEG saved after AVIF, with the same object: orientation None
#   JPEG saved after AVIF, with bytes:           orientation 6

source "$(dirname "$0")/common.sh"
install pillow==13.0.0
python - <<'PYTHON'
import io
import sys

from PIL import Image

ORIENTATION = 0x0112
picture = Image.new("RGB", (64, 32), (200, 100, 50))


def on_its_side():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return exif


def save(kind, exif):
    file = io.BytesIO()
    picture.save(file, kind, exif=exif)
    return file


left = {}
for kind in "JPEG", "PNG", "WEBP", "TIFF", "AVIF":
    exif = on_its_side()
    save(kind, exif)
    left[kind] = exif.get(ORIENTATION)
print(", ".join(f"{kind} {orientation}" for kind, orientation in left.items()))


def orientation_after_avif(exif):
    save("AVIF", exif)
    return Image.open(save("JPEG", exif)).getexif().get(ORIENTATION)


shared, from_bytes = (
    orientation_after_avif(exif) for exif in (on_its_side(), on_its_side().tobytes())
)
print("JPEG saved after AVIF, with the same object: orientation", shared)
print("JPEG saved after AVIF, with bytes:           orientation", from_bytes)
if from_bytes != 6 or any(left[kind] != 6 for kind in left if kind != "AVIF"):
    sys.exit("Changed: orientations are lost elsewhere too.")
if left["AVIF"] is not None or shared is not None:
    sys.exit("Changed: saving as AVIF leaves the caller's orientation alone.")
PYTHON
