#!/usr/bin/env bash
# Pillow 13.0.0: going back in an animated PNG
#
# One would guess: seek() goes to any frame, backwards too, as it does in GIF, WebP and AVIF.
# What happens: going forwards is right, and so is starting again after the last frame. After going
# back from any frame before the last, the next step raises SyntaxError "APNG contains frame
# sequence errors", and so does going back to any frame but the first. Nothing is wrong with the
# file: Pillow wrote it, and a fresh Image.open shows all of its frames.
# Who is hurt: whoever shows training as an animation and looks back from the middle, or draws
# frames in another order: a healthy file is called damaged.
# Instead: decode all frames once, in order, and keep them, or open the file again to go back.
#
# Seen:
#           0 1 2 3 4 0 1 2   0 1 2 0 1      0 3 1
#   PNG     right             SyntaxError    SyntaxError
#   GIF     right             right          right
#   WEBP    right             right          right
#   AVIF    right             right          right

source "$(dirname "$0")/common.sh"
install pillow==13.0.0
python - <<'PYTHON'
import io
import sys

from PIL import Image

COLOURS = (200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0), (90, 90, 90)
ORDERS = (0, 1, 2, 3, 4, 0, 1, 2), (0, 1, 2, 0, 1), (0, 3, 1)
frames = [Image.new("RGB", (16, 16), colour) for colour in COLOURS]


def visit(file, order):
    animation = Image.open(file)
    try:
        for number in order:
            animation.seek(number)
            seen = animation.convert("RGB").getpixel((8, 8))
            if max(abs(a - b) for a, b in zip(seen, COLOURS[number], strict=True)) > 8:
                return "wrong"
    except SyntaxError:
        return "SyntaxError"
    return "right"


outcome = {}
for kind in "PNG", "GIF", "WEBP", "AVIF":
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    outcome[kind] = [visit(file, order) for order in ORDERS]
    print(f"{kind:8}{outcome[kind][0]:18}{outcome[kind][1]:15}{outcome[kind][2]}")
if outcome.pop("PNG") != ["right", "SyntaxError", "SyntaxError"]:
    sys.exit("Changed: an animated PNG can be gone back in, or not even be gone through.")
if any(result != ["right"] * 3 for result in outcome.values()):
    sys.exit("Changed: another format cannot be gone back in either.")
PYTHON
