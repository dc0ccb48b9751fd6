"""TFRecord files without TensorFlow: framing, checksums and the competition's three features.

The framing is TensorFlow's (`tensorflow/core/lib/io/record_writer.h`): length as uint64, its
masked CRC32C, the payload, the payload's masked CRC32C, all little-endian. The payload is a
serialised `tf.train.Example` whose features `image_name`, `image` and `target` hold one byte
string each, as in Kaggle's gan-getting-started.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import google_crc32c
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from artnb.errors import InputError
from artnb.files import unfinished_file

_HEADER = struct.Struct("<QI")
_FOOTER = struct.Struct("<I")
# A corrupted length must not become an allocation; no encoded picture comes near this.
_LARGEST_RECORD_BYTES = 1 << 30


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
        payload: the serialised message, with the features `image_name`, `image`, `target`.

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
    if not values.get("image"):
        found = ", ".join(sorted(features)) or "none"
        raise ValueError(f'it has no byte feature "image" (its features: {found})')
    return Record(
        image_name=values.get("image_name", b"").decode(errors="replace"),
        image=values["image"],
        target=values.get("target", b"").decode(errors="replace"),
    )


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


def read_frames(path: Path) -> Iterator[tuple[Frame, bytes]]:
    """Walk through a TFRecord file, checking every checksum.

    Args:
        path: the file.

    Yields:
        Each payload with the place it lies at.

    Raises:
        InputError: the file is truncated or altered; the message has the record's number,
            counted from 1.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        number = 0
        while header := file.read(_HEADER.size):
            number += 1
            offset = file.tell()
            length = _checked_length(header, size - offset, path, number)
            payload = file.read(length)
            footer = file.read(_FOOTER.size)
            if len(payload) < length or len(footer) < _FOOTER.size:
                raise _damage(path, number, "is truncated")
            if _FOOTER.unpack(footer)[0] != _masked_crc32c(payload):
                raise _damage(path, number, "does not match its checksum")
            yield Frame(offset, length), payload


def _checked_length(header: bytes, bytes_left: int, path: Path, number: int) -> int:
    if len(header) < _HEADER.size:
        raise _damage(path, number, "is truncated")
    length, crc = _HEADER.unpack(header)
    if crc != _masked_crc32c(header[:8]):
        raise _damage(path, number, "has a length that does not match its checksum")
    if length > min(bytes_left, _LARGEST_RECORD_BYTES):
        raise _damage(path, number, "is truncated")
    return length


def _damage(path: Path, number: int, what: str) -> InputError:
    return InputError(f"record {number} of {path} {what}; copy or download this shard again")


def read_shard(path: Path) -> Iterator[tuple[Frame, Record]]:
    """Read a shard's records in order; see `read_frames` for places and errors."""
    for number, (frame, payload) in enumerate(read_frames(path), start=1):
        try:
            yield frame, decode_example(payload)
        except ValueError as error:
            raise _damage(path, number, f"cannot be read: {error}") from error


def read_record_at(path: Path, frame: Frame) -> Record:
    """Read one record whose place is known from an earlier walk through the file."""
    with path.open("rb") as file:
        file.seek(frame.offset)
        return decode_example(file.read(frame.length))
