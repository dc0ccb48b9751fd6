#!/usr/bin/env bash
# webdataset 1.0.2: keys with dots in them
#
# One would guess: what TarWriter takes as __key__ comes back as __key__, or is refused.
# What happens: a file's key ends at the first dot of its name, and everything after it is the
# field's name. Written as "monet.1872" and "monet.1873", two pictures come back as one sample with
# the key "monet" and fields "1872.jpg" and "1873.jpg"; a loader that asks for "jpg" finds none.
# Neither writing nor reading says so. With "." in a single key the field is called otherwise.
# Who is hurt: pictures named by artist and year, versions (photo.v2.jpg), sizes, dates or hosts:
# samples are fewer than were written, and pairs are torn or joined wrongly.
# Instead: replace dots in keys before writing, and count what is read back.
#
# Seen:
#   written   monet.1872 ['jpg', 'txt'], monet.1873 ['jpg', 'txt']
#   read      monet ['1872.jpg', '1872.txt', '1873.jpg', '1873.txt']
#   written   monet-1872 ['jpg', 'txt'], monet-1873 ['jpg', 'txt']
#   read      monet-1872 ['jpg', 'txt'], monet-1873 ['jpg', 'txt']

source "$(dirname "$0")/common.sh"
install webdataset==1.0.2 numpy==2.4.6
python - <<'PYTHON'
import sys

import webdataset


def describe(samples):
    return ", ".join(
        f"{sample['__key__']} {sorted(name for name in sample if not name.startswith('__'))}"
        for sample in samples
    )


def round_trip(*keys):
    samples = [{"__key__": key, "jpg": b"picture", "txt": key} for key in keys]
    with webdataset.TarWriter("shard.tar") as writer:
        for sample in samples:
            writer.write(sample)
    found = list(webdataset.WebDataset("shard.tar", shardshuffle=False))
    print("written  ", describe(samples))
    print("read     ", describe(found))
    return len(found)


dots = round_trip("monet.1872", "monet.1873")
dashes = round_trip("monet-1872", "monet-1873")
if dashes != 2:
    sys.exit("Changed: keys without dots do not come back.")
if dots != 1:
    sys.exit("Changed: samples whose keys differ after a dot are no longer read as one.")
PYTHON
