#!/usr/bin/env bash
# ImageHash 4.3.2: whash(mode="db4")
#
# One would guess: the other wavelet gives another hash of the same kind: hash_size=8 makes 64 bits,
# and one picture in two sizes is a few bits apart, as with the default mode="haar".
# What happens: it has 14 x 14 = 196 bits, so thresholds made for 64 do not fit, and it depends on
# the picture's size: one picture at 512 and at 64 pixels is as far from itself as another picture.
# Who is hurt: whoever looks for near-duplicates among photographs of paintings, which come in all
# sizes.
# Instead: mode="haar", or phash; or resize all pictures to one size first, and set the threshold
# from len(hash), not from hash_size.
#
# Seen:
#   whash           bits    one picture, 512 and 64 px    two pictures
#   mode=haar       64      0                             20
#   mode=db4        196     80                            90

source "$(dirname "$0")/common.sh"
install ImageHash==4.3.2 PyWavelets==1.9.0 scikit-image==0.26.0 pillow==13.0.0 \
    numpy==2.4.6 scipy==1.17.1
python - <<'PYTHON'
import sys

import imagehash
from PIL import Image
from skimage import data

portrait, cup = (Image.fromarray(picture) for picture in (data.astronaut(), data.coffee()))
small = portrait.resize((64, 64), Image.Resampling.LANCZOS)

print("whash           bits    one picture, 512 and 64 px    two pictures")
seen = {}
for mode in "haar", "db4":
    hashes = [imagehash.whash(picture, mode=mode) for picture in (portrait, small, cup)]
    seen[mode] = len(hashes[0]), int(hashes[0] - hashes[1]), int(hashes[0] - hashes[2])
    bits, resized, other = seen[mode]
    print(f"{'mode=' + mode:16}{bits:<8}{resized:<30}{other}")
bits, resized, other = seen["haar"]
if bits != 64 or resized > 4 or other < 12:
    sys.exit("Changed: the default wavelet's hash.")
bits, resized, other = seen["db4"]
if bits == 64 or resized < 0.5 * other:
    sys.exit("Changed: db4 gives 64 bits, or no longer depends on the picture's size.")
PYTHON
