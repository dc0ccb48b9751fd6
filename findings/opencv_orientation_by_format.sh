#!/usr/bin/env bash
# opencv-python-headless 5.0.0.93: imread of pictures with an orientation, by format
#
# One would guess: cv2.imread turns pictures as their metadata says, or it does so for no format.
# What happens: JPEG, PNG and WebP are turned. An AVIF that Pillow wrote with the same orientation
# is not. The TIFF is not read at all (a square one is): imread returns None, after an error on its
# log about its own buffer. The same picture without the orientation is read.
# Who is hurt: collections from scanners and archives (TIFF), where one picture in a folder becomes
# None or lies on its side; pairs of photo and mask in different formats that no longer match.
# Instead: open with Pillow and call ImageOps.exif_transpose, for every format alike.
#
# Seen (64 wide, 32 high, orientation 6: to be shown 32 wide and 64 high):
#   format    OpenCV        Pillow, exif_transpose
#   jpeg      32 x 64       32 x 64
#   png       32 x 64       32 x 64
#   webp      32 x 64       32 x 64
#   avif      64 x 32       32 x 64
#   tiff      None          32 x 64

source "$(dirname "$0")/common.sh"
install opencv-python-headless==5.0.0.93 pillow==13.0.0 numpy==2.4.6
export OPENCV_LOG_LEVEL=SILENT
python - <<'PYTHON'
import sys

import cv2
from PIL import Image, ImageOps

ORIENTATION = 0x0112
picture = Image.new("RGB", (64, 32), (200, 100, 50))


def on_its_side():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return exif


def size(array):
    return "None" if array is None else f"{array.shape[1]} x {array.shape[0]}"


print("format    OpenCV        Pillow, exif_transpose")
seen = {}
for kind in "jpeg", "png", "webp", "avif", "tiff":
    picture.save(f"picture.{kind}", exif=on_its_side())
    with Image.open(f"picture.{kind}") as opened:
        width, height = ImageOps.exif_transpose(opened).size
    seen[kind] = size(cv2.imread(f"picture.{kind}"))
    print(f"{kind:10}{seen[kind]:14}{width} x {height}")
    if (width, height) != (32, 64):
        sys.exit(f"Changed: Pillow does not turn {kind}.")
picture.save("plain.tiff")
if size(cv2.imread("plain.tiff")) != "64 x 32":
    sys.exit("Changed: OpenCV reads no TIFF at all.")
turned = "32 x 64"
expected = {"jpeg": turned, "png": turned, "webp": turned, "avif": "64 x 32", "tiff": "None"}
if seen != expected:
    sys.exit("Changed: OpenCV treats orientations otherwise.")
PYTHON
