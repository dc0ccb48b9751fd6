#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0: ops.histogram of uint8 pictures
#
# One would guess: ops.histogram counts like numpy.histogram; the values are bytes, the counts are
# not.
# What happens: counts are kept in the type of the values. A bin of a uint8 picture starts again at
# 0 after 255 pixels: a plain picture of 64 by 64 pixels (4096 = 16 * 256) has a histogram of zeros,
# and no bin can hold more than 255. Bin edges are cut to whole bytes as well: range=(0, 256) ends
# at 0. JAX as backend counts in float32.
# Who is hurt: colour statistics of pictures: palettes, histogram losses and matching, exposure
# checks. Small test pictures pass.
# Instead: ops.histogram(ops.cast(picture, "float32"), …), or numpy.
#
# Seen:
#   plain picture of 4096 pixels: 0 counted in bins of uint8
#   shade of 65536 pixels:    [31 32 32 32 32 32 32 33]
#   cast to float32 first:    [8224 8224 8224 8224 8224 8224 8224 7968]
#   numpy:                    [8224 8224 8224 8224 8224 8224 8224 7968]
#   edges of 4 bins of 0…256: [  0  64 128 192   0]

source "$(dirname "$0")/common.sh"
install keras==3.15.1 tensorflow==2.21.0 numpy==2.4.6
export KERAS_BACKEND=tensorflow
python - <<'PYTHON'
import sys

import numpy as np
from keras import ops


def counts(picture, bins=8):
    values = ops.reshape(picture, (-1,))
    return ops.convert_to_numpy(ops.histogram(values, bins=bins, range=(0, 255))[0])


plain = np.full((64, 64), 100, "uint8")
counted = counts(plain)
print(f"plain picture of {plain.size} pixels: {counted.sum()} counted in bins of {counted.dtype}")
shade = np.linspace(0, 255, 256 * 256).astype("uint8").reshape(256, 256)
expected = np.histogram(shade, bins=8, range=(0, 255))[0]
shaded, cast = counts(shade), counts(ops.cast(shade, "float32"))
print(f"shade of {shade.size} pixels:  {shaded}")
print(f"cast to float32 first:    {cast.astype(int)}")
print(f"numpy:                    {expected}")
edges = ops.convert_to_numpy(ops.histogram(shade.ravel(), bins=4, range=(0, 256))[1])
print(f"edges of 4 bins of 0…256: {edges}")
if counted.sum() != 0 or shaded.dtype != "uint8" or edges[-1] == 256:
    sys.exit("Changed: ops.histogram no longer counts the pixels of a picture in bytes.")
if not np.array_equal(cast, expected):
    sys.exit("Changed: ops.histogram of float32 no longer counts as numpy does.")
PYTHON
