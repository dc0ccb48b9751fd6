#!/usr/bin/env bash
# scikit-learn 1.9.1: PCA of float32 colours
#
# One would guess: PCA subtracts the mean and then looks at what is left; pixels in float32 are
# precise enough for three colours, and "auto" chooses among solvers by speed.
# What happens: where there are at least ten times as many rows as columns, "auto" takes
# "covariance_eigh", which forms X'X in the type of the data and subtracts n times the mean's square
# afterwards. Of a hundred thousand pale pixels in 0…255 the digits of the variance are lost: the
# second is 25 % off, the third 0 and its whitened colours millions wide. No warning is given.
# "full" on the same array, and float64, are right.
# Who is hurt: palettes, colour transfer, PCA colour augmentation, whitening of pixels or of
# features with a mean that is large against their spread.
# Instead: PCA(svd_solver="full"), or subtract the mean first, or float64.
#
# Seen (variances 9, 1 and 0.09, deviations 1, 1 and 1 are right):
#   float32, auto                   [8.576 0.746 0.   ], deviations [1.023 1.055 4802580.5]
#   float32, full                   [9.052 0.994 0.091], deviations [1. 1. 1.]
#   float32, mean subtracted, auto  [9.052 0.994 0.091], deviations [1. 1. 1.]
#   float64, auto                   [9.052 0.994 0.091], deviations [1. 1. 1.]
#   The digits of the first line depend on the processor.

source "$(dirname "$0")/common.sh"
install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
python - <<'PYTHON'
import sys

import numpy as np
from sklearn.decomposition import PCA

generator = np.random.default_rng(0)
sky = generator.normal((235, 240, 245), (3.0, 1.0, 0.3), (100_000, 3))
print("a pale sky: 100000 pixels, variances 9, 1 and 0.09")
wrong = {}
for name, pixels, solver in (
    ("float32, auto", sky.astype("float32"), "auto"),
    ("float32, full", sky.astype("float32"), "full"),
    ("float32, mean subtracted, auto", (sky - sky.mean(axis=0)).astype("float32"), "auto"),
    ("float64, auto", sky, "auto"),
):
    fitted = PCA(3, svd_solver=solver, whiten=True).fit(pixels)
    whitened = fitted.transform(pixels).std(axis=0)
    print(
        f"{name:31} variances {fitted.explained_variance_.round(3)}, "
        f"whitened deviations {whitened.round(3)}"
    )
    wrong[name] = not np.allclose(fitted.explained_variance_, (9, 1, 0.09), rtol=0.05)
if list(wrong.values()) != [True, False, False, False]:
    sys.exit("Changed: PCA of float32 pixels with svd_solver=auto is no longer the only wrong one.")
PYTHON
