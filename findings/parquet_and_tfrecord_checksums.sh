#!/usr/bin/env bash
# tfrecord 1.14.6 and pyarrow 26.0.1: a byte that changed on its way
#
# One would guess: a TFRecord carries a CRC of every record so that readers notice a changed byte,
# and a Parquet file written with write_page_checksum=True is checked when it is read.
# What happens: the tfrecord package steps over the CRC and returns what stands there. pyarrow
# checks only if page_checksum_verification=True is given at reading too; without it the changed
# value comes back.
# Who is hurt: data sets copied over mounted drives and interrupted downloads: a changed label or
# picture is trained on, though the file holds what would have told.
# Instead: read TFRecords with a reader that checks, give page_checksum_verification=True, or
# compare whole files with a sha256.
#
# Seen:
#   tfrecord                                       reads monet as Monet
#   pyarrow, checksums written                     reads monet as Monet
#   pyarrow, checksums written and asked for       OSError

source "$(dirname "$0")/common.sh"
install tfrecord==1.14.6 pyarrow==26.0.1 numpy==2.4.6
python - <<'PYTHON'
import pathlib
import sys

import pyarrow
import tfrecord
from pyarrow import parquet


def change_a_byte(name):
    file = pathlib.Path(name)
    contents = file.read_bytes()
    if contents.count(b"monet") < 1:
        sys.exit(f"Changed: {name} does not hold the word as it was written.")
    file.write_bytes(contents.replace(b"monet", b"Monet"))


def attempt(name, read):
    try:
        outcome = f"reads monet as {read()}"
    except OSError:
        outcome = "OSError"
    print(f"{name:47}{outcome}")
    return outcome


def read_record():
    (record,) = tfrecord.tfrecord_loader("a.tfrecord", None, {"name": "byte"})
    return bytes(record["name"]).decode()


def read_table(**options):
    return parquet.read_table("a.parquet", **options)["name"][0].as_py()


writer = tfrecord.TFRecordWriter("a.tfrecord")
writer.write({"name": (b"monet", "byte")})
writer.close()
parquet.write_table(
    pyarrow.table({"name": ["monet"]}),
    "a.parquet",
    compression="none",
    use_dictionary=False,
    write_statistics=False,
    write_page_checksum=True,
)
change_a_byte("a.tfrecord")
change_a_byte("a.parquet")
records = attempt("tfrecord", read_record)
table = attempt("pyarrow, checksums written", read_table)
verified = attempt(
    "pyarrow, checksums written and asked for",
    lambda: read_table(page_checksum_verification=True),
)
if verified != "OSError":
    sys.exit("Changed: pyarrow's verification does not notice the byte.")
if records != "reads monet as Monet" or table != "reads monet as Monet":
    sys.exit("Changed: one of the readers notices a changed byte by itself.")
PYTHON
