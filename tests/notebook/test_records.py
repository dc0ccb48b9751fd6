from artnb.data.records import Frame, Record, read_frames, write_shard
from artnb.notebook.records import feature_rows, frame_rows

RECORD = Record("first", b"\xff\xd8\xff\xe0 and so on", "photo")


def test_the_parts_of_all_frames_cover_the_file(tmp_path):
    path = tmp_path / "a.tfrec"
    write_shard(path, [RECORD, RECORD])
    rows = [row for frame, _ in read_frames(path) for row in frame_rows(frame)]
    ends = [row["from byte"] + row["bytes"] for row in rows]
    assert [row["from byte"] for row in rows] == [0, *ends[:-1]]
    assert ends[-1] == path.stat().st_size


def test_a_frame_is_in_the_format_that_tensorflow_writes():
    rows = frame_rows(Frame(offset=12, length=100))
    assert [row["bytes"] for row in rows] == [8, 4, 100, 4]


def test_features_are_named_as_in_the_competition():
    rows = {row["feature"]: row["value"] for row in feature_rows(RECORD)}
    assert list(rows) == ["image_name", "image", "target"]
    assert rows["image"] == "ff d8 ff e0 20 61 6e 64 … (14 bytes)"
