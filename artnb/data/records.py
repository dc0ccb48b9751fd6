"""TFRecord files without TensorFlow: framing, checksums and the competition's three features.

The framing is TensorFlow's (`tensorflow/core/lib/io/record_writer.h`): length as uint64, its
masked CRC32C, the payload, the payload's masked CRC32C, all little-endian. The payload is a
serialised `tf.train.Example` whose features `image_name`, `image` and `target` hold one byte
string each, as in Kaggle's gan-getting-started. Other programs' files are read too: compressed as
a whole, or with the picture in another feature.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import google_crc32c
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from artnb.data.compressed import LARGEST_UNPACKED_BYTES, Unpacked, is_compressed, unpacked
from artnb.errors import InputError
from artnb.files import pointer_reason, unfinished_file

_HEADER = struct.Struct("<QI")
_FOOTER = struct.Struct("<I")
# A corrupted length must not become an allocation; no encoded picture comes near this.
_LARGEST_RECORD_BYTES = 1 << 30
# In a compressed file its length says nothing of what unpacking takes.
_LARGEST_PACKED_RECORD_BYTES = 1 << 27
# Also "train.tfrecord-00000-of-00008" and "a.tfrecord.gz", as TensorFlow's programs name them.
_SHARD_NAME = re.compile(r"\.(tfrec|tfrecords?)(-\d+-of-\d+)?(\.gz|\.gzip|\.zlib)?$", re.I)
# What other programs call them: TensorFlow's Object Detection and Slim, its tutorials.
_IMAGE_FEATURES = ("image", "image/encoded", "image_raw")
_NAME_FEATURES = ("image_name", "image/filename", "filename", "file_name")
_TARGET_FEATURES = ("target", "image/class/text")
# JPEG, PNG, GIF, TIFF, BMP, and WebP after its size.
_PICTURES_BEGIN = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8|II\*\0|MM\0\*|BM|RIFF....WEBP", re.DOTALL
)


@dataclass(frozen=True)
class Record:
    """One picture of a shard: encoded bytes, its name, and the kind of picture it is."""

    image_name: str
    image: bytes
    target: str


@dataclass(frozen=True)
class Frame:
    """Where one record's payload lies in its file."""

    offset: int
    length: int


def _masked_crc32c(data: bytes) -> int:
    crc = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _example_class() -> type:
    """Build the message class of tf.train.Example, as far as byte features go.

    Numeric features keep their place on the wire and are skipped as unknown fields. The map of
    features is declared as what it is on the wire, a list of entries: the order of a map's
    entries differs between protobuf's implementations, and with it the hash of a shard.
    """
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="artnb/example.proto", package="artnb", syntax="proto3"
    )
    values = file.message_type.add(name="BytesList")
    values.field.add(name="value", number=1, type=field.TYPE_BYTES, label=field.LABEL_REPEATED)
    feature = file.message_type.add(name="Feature")
    _add_message_field(feature, "bytes_list", 1, ".artnb.BytesList")
    features = file.message_type.add(name="Features")
    entry = features.nested_type.add(name="FeatureEntry")
    entry.field.add(name="key", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    _add_message_field(entry, "value", 2, ".artnb.Feature")
    _add_message_field(features, "feature", 1, ".artnb.Features.FeatureEntry", repeated=True)
    example = file.message_type.add(name="Example")
    _add_message_field(example, "features", 1, ".artnb.Features")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("artnb.Example"))


def _add_message_field(
    message: descriptor_pb2.DescriptorProto,
    name: str,
    number: int,
    type_name: str,
    repeated: bool = False,
) -> None:
    field = descriptor_pb2.FieldDescriptorProto
    label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
    message.field.add(
        name=name, number=number, type=field.TYPE_MESSAGE, type_name=type_name, label=label
    )


_Example = _example_class()


def encode_example(record: Record) -> bytes:
    """Serialise a record as a tf.train.Example; equal records give equal bytes."""
    example = _Example()
    fields = {
        "image_name": record.image_name.encode(),
        "image": record.image,
        "target": record.target.encode(),
    }
    for name, value in fields.items():
        example.features.feature.add(key=name).value.bytes_list.value.append(value)
    return example.SerializeToString()


def decode_example(payload: bytes) -> Record:
    """Read a serialised tf.train.Example.

    Args:
        payload: the serialised message, with the features `image_name`, `image`, `target`, or
            others' names for them; without any of these the one feature that begins as an encoded
            picture does is the picture.

    Returns:
        The record; `image_name` and `target` may be empty, `image` may not.

    Raises:
        ValueError: the payload is no Example, or has no `image`.
    """
    example = _Example()
    try:
        example.ParseFromString(payload)
    except Exception as error:  # protobuf's DecodeError differs between its implementations
        raise ValueError("it is no tf.train.Example") from error
    features = {entry.key: entry.value for entry in example.features.feature}
    values = {
        name: feature.bytes_list.value[0]
        for name, feature in features.items()
        if feature.bytes_list.value
    }
    image = _first_of(values, _IMAGE_FEATURES) or _only_picture(values)
    if not image:
        found = ", ".join(sorted(features)) or "none"
        raise ValueError(f'it has no byte feature "image" (its features: {found})')
    return Record(
        image_name=_first_of(values, _NAME_FEATURES).decode(errors="replace"),
        image=image,
        target=_first_of(values, _TARGET_FEATURES).decode(errors="replace"),
    )


def _first_of(values: dict[str, bytes], names: Iterable[str]) -> bytes:
    return next((values[name] for name in names if values.get(name)), b"")


def _only_picture(values: dict[str, bytes]) -> bytes:
    pictures = [value for value in values.values() if _PICTURES_BEGIN.match(value)]
    return pictures[0] if len(pictures) == 1 else b""


def write_shard(path: Path, records: Iterable[Record]) -> int:
    """Write records as one TFRecord file, whole or not at all.

    Args:
        path: the file to make; it appears under this name once it is complete.
        records: what to write, in order.

    Returns:
        The number of records written.
    """
    count = 0
    with unfinished_file(path) as unfinished, unfinished.open("wb") as file:
        for record in records:
            payload = encode_example(record)
            length = struct.pack("<Q", len(payload))
            file.write(_HEADER.pack(len(payload), _masked_crc32c(length)))
            file.write(payload)
            file.write(_FOOTER.pack(_masked_crc32c(payload)))
            count += 1
    return count


def is_shard(path: Path) -> bool:
    """Say whether a file is called as TFRecord files are."""
    return bool(_SHARD_NAME.search(path.name))


def read_frames(path: Path) -> Iterator[tuple[Frame, bytes]]:
    """Walk through a TFRecord file, checking every checksum.

    Args:
        path: the file; GZIP and ZLIB are unpacked on the way.

    Yields:
        Each payload with the place it lies at, in a compressed file among its unpacked bytes.

    Raises:
        InputError: the file is truncated or altered; the message has the record's number,
            counted from 1. Or a compressed one unpacks to more than a gigabyte.
    """
    packed = _is_packed(path)
    size = LARGEST_UNPACKED_BYTES if packed else path.stat().st_size
    largest = _LARGEST_PACKED_RECORD_BYTES if packed else _LARGEST_RECORD_BYTES
    with path.open("rb") as file:
        source = Unpacked(path, file) if packed else file
        number, offset = 1, 0
        try:
            while header := source.read(_HEADER.size):
                offset += _HEADER.size
                length = _checked_length(header, largest, path, number)
                if length > size - offset:
                    raise _damage(path, number, "is truncated")
                payload = source.read(length)
                footer = source.read(_FOOTER.size)
                if len(payload) < length or len(footer) < _FOOTER.size:
                    raise _damage(path, number, "is truncated")
                if _FOOTER.unpack(footer)[0] != _masked_crc32c(payload):
                    raise _damage(path, number, "does not match its checksum")
                yield Frame(offset, length), payload
                offset += length + _FOOTER.size
                number += 1
        except EOFError:
            raise _damage(path, number, "is truncated") from None
        except zlib.error as error:
            raise _damage(path, number, f"cannot be unpacked ({error})") from error


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(64)
    if reason := pointer_reason(start):
        raise InputError(f"{path}: {reason}")
    return is_compressed(start) and not _is_length(start[: _HEADER.size])


def _is_length(header: bytes) -> bool:
    return len(header) == _HEADER.size and _HEADER.unpack(header)[1] == _masked_crc32c(header[:8])


def _checked_length(header: bytes, largest: int, path: Path, number: int) -> int:
    if len(header) < _HEADER.size:
        raise _damage(path, number, "is truncated")
    if not _is_length(header):
        raise _damage(path, number, "has a length that does not match its checksum")
    length, _ = _HEADER.unpack(header)
    if length > largest:
        raise _damage(path, number, f"is truncated, or has {length:,} bytes, as no picture has")
    return length


def _damage(path: Path, number: int, what: str) -> InputError:
    return InputError(f"record {number} of {path} {what}; copy or download this shard again")


def read_shard(path: Path) -> Iterator[tuple[Frame, Record]]:
    """Read a shard's records in order; see `read_frames` for places and errors.

    Raises:
        InputError: also where a record holds no picture.
    """
    for number, (frame, payload) in enumerate(read_frames(path), start=1):
        try:
            yield frame, decode_example(payload)
        except ValueError as error:
            raise InputError(
                f"record {number} of {path} cannot be read: {error}; "
                "write it anew with the picture, encoded, in a feature image"
            ) from error


def read_record_at(path: Path, frame: Frame) -> Record:
    """Read one record whose place is known from an earlier walk through the file.

    Raises:
        ValueError: it holds no picture.
    """
    if _is_packed(path):
        return decode_example(unpacked(path)[frame.offset : frame.offset + frame.length])
    with path.open("rb") as file:
        file.seek(frame.offset)
        return decode_example(file.read(frame.length))
