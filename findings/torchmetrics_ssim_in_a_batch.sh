#!/usr/bin/env bash
# torchmetrics 1.9.0 (on PyTorch 2.13.0): SSIM without data_range
#
# One would guess: pictures in [0, 1] may go without data_range (1 is the usual default), and the
# SSIM of a pair of pictures is a matter of these two pictures.
# What happens: without data_range the range is the largest minus the smallest value of all pictures
# of the call. The same pair gets one score alone and another beside a picture with more contrast;
# a different batch size or order gives a different table. Alone, hazy pictures score too low.
# Who is hurt: comparisons of dark, hazy or low-contrast pictures (translated skies, fog), and
# whoever reports a mean over batches: neither agrees with other libraries or with itself.
# Instead: always give data_range (1.0 for pictures in [0, 1]).
# On Linux pip's ordinary PyTorch is large; set PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS to have the
# one for CPUs.
#
# Seen (the same pair of hazy pictures):
#                        alone    beside a picture of full contrast
#   without data_range   0.806    0.866
#   data_range=1.0       0.866    0.866

source "$(dirname "$0")/common.sh"
install torchmetrics==1.9.0 torch==2.13.0 numpy==2.4.6
python - <<'PYTHON'
import sys

import torch
from torchmetrics.functional.image import structural_similarity_index_measure as ssim

torch.manual_seed(0)
contrast = torch.rand(1, 3, 64, 64)
hazy = 0.5 + 0.1 * torch.rand(1, 3, 64, 64)
noisy = hazy + 0.02 * torch.randn(1, 3, 64, 64)
first, second = torch.cat([hazy, contrast]), torch.cat([noisy, contrast])

print(f"{'':21}alone    beside a picture of full contrast")
scores = []
for name, data_range in ("without data_range", None), ("data_range=1.0", 1.0):
    alone = ssim(noisy, hazy, data_range=data_range).item()
    beside = ssim(second, first, data_range=data_range, reduction="none")[0].item()
    print(f"{name:21}{alone:.3f}    {beside:.3f}")
    scores.append((alone, beside))
(alone, beside), (fixed, too) = scores
if abs(fixed - too) > 1e-4:
    sys.exit("Changed: with data_range the score depends on the batch.")
if abs(alone - beside) < 0.05:
    sys.exit("Changed: without data_range the score no longer depends on the batch.")
PYTHON
