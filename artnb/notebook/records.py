"""A record of a shard, in rows to read."""

from artnb.data.records import Frame, Record

_LENGTH_BYTES = 8
_CHECKSUM_BYTES = 4


def frame_rows(frame: Frame) -> list[dict[str, str | int]]:
    """List the parts of a record's frame with their places in the file."""
    end = frame.offset + frame.length
    parts = (
        ("length of the payload", frame.offset - _CHECKSUM_BYTES - _LENGTH_BYTES, _LENGTH_BYTES),
        ("checksum of the length", frame.offset - _CHECKSUM_BYTES, _CHECKSUM_BYTES),
        ("payload", frame.offset, frame.length),
        ("checksum of the payload", end, _CHECKSUM_BYTES),
    )
    return [{"part": name, "from byte": start, "bytes": size} for name, start, size in parts]


def feature_rows(record: Record) -> list[dict[str, str]]:
    """List a record's features; of the picture its first bytes."""
    start = f"{record.image[:8].hex(' ')} … ({len(record.image):,} bytes)"
    values = {"image_name": record.image_name, "image": start, "target": record.target}
    return [{"feature": name, "value": value} for name, value in values.items()]
