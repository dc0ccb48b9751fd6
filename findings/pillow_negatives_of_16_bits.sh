#!/usr/bin/env bash
# Pillow 13.0.0: TIFFs in which 0 is white
#
# One would guess: grey TIFFs whose photometric interpretation is WhiteIsZero (scanners of film and
# paper write them) open upright, or as they are stored, whatever their depth.
# What happens: with 8 bits they are turned around, with 16 bits they are not. The same picture in
# both depths is a positive and a negative.
# Who is hurt: scans of drawings, prints and negatives: half a collection becomes its negative, and
# a network learns from both.
# Instead: for mode "I;16" look at image.tag_v2[262], and take 65535 minus the value where it is 0.
#
# Seen (a ramp from black to white):
#   uint8   WhiteIsZero:    0  63 127 191 255
#   uint16  WhiteIsZero:  255 191 127  63   0   (of 255)

source "$(dirname "$0")/common.sh"
install pillow==13.0.0 tifffile==2026.3.3 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
import tifffile
from PIL import Image

found = {}
for kind in "uint8", "uint16":
    most = np.iinfo(kind).max
    ramp = np.linspace(0, most, 5).astype(kind)[None].repeat(2, 0)
    tifffile.imwrite("ramp.tif", most - ramp, photometric="miniswhite")
    seen = np.asarray(Image.open("ramp.tif"))[0].astype(int)
    found[kind] = seen * 255 // most
    print(f"{kind:7} WhiteIsZero: ", *(f"{value:3}" for value in found[kind]))
if found["uint8"][0] != 0 or found["uint16"][0] != 255:
    sys.exit("Changed: Pillow no longer turns 8 bits around and leaves 16 as they are.")
PYTHON
