#!/usr/bin/env bash
# PyTorch 2.13.0: torch.export.save
#
# One would guess: a .pt2 file holds a program and its weights; the inputs that it was traced with
# served to find the shapes.
# What happens: they are in the file, whole, and whoever loads it gets them back
# (`example_inputs`). A small network's file is mostly the picture.
# Who is hurt: whoever publishes a network that was exported with a photo of a person, or with a
# picture that must not be passed on; and those who wonder at the size.
# Instead: export with torch.zeros of that shape.
# On Linux pip's ordinary PyTorch is large; set PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS to have the
# one for CPUs.
#
# Seen:
#   weights:   336 bytes
#   in data/sample_inputs/: 50729 bytes
#   the photo comes back: True

source "$(dirname "$0")/common.sh"
install torch==2.13.0 numpy==2.4.6
python - <<'PYTHON'
import sys
import zipfile

import torch

network = torch.nn.Sequential(torch.nn.Conv2d(3, 3, 3, padding=1)).eval()
photo = torch.rand(1, 3, 64, 64)
torch.export.save(torch.export.export(network, (photo,)), "network.pt2")
entries = zipfile.ZipFile("network.pt2").infolist()
samples = sum(one.file_size for one in entries if "sample_inputs/" in one.filename)
back = torch.export.load("network.pt2").example_inputs
same = back is not None and torch.equal(back[0][0], photo)
print(f"weights:   {sum(4 * one.numel() for one in network.parameters())} bytes")
print(f"in data/sample_inputs/: {samples} bytes")
print(f"the photo comes back: {same}")
if not same or samples < photo.nbytes:
    sys.exit("Changed: torch.export.save no longer keeps the inputs that it was traced with.")
PYTHON
