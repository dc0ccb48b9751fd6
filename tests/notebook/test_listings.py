"""Rows about Runs and records."""

from artnb.data.records import Frame, Record, read_frames, write_shard
from artnb.notebook.listings import checkpoint_rows, feature_rows, frame_rows, list_run_files
from artnb.runs.run import Run
from artnb.training.checkpoint_folder import write_checkpoint


def test_what_is_there_is_listed_in_the_runs_own_words(tmp_path):
    run = Run(tmp_path)
    run.config_file.write_text("{}" * 600, encoding="utf-8")
    run.samples.mkdir()
    (run.samples / "step-0000000.png").write_bytes(b"0" * 2_000_000)
    rows = {row["name"]: row for row in list_run_files(run)}
    assert set(rows) == {"config.json", "samples/"}
    assert rows["config.json"]["what it is"] == Run.config_file.__doc__
    assert rows["config.json"]["size"] == "1.2 kB"
    assert rows["samples/"]["size"] == "1 file, 2.0 MB"


def test_checkpoints_say_where_they_go_on(tmp_path):
    run = Run(tmp_path)
    for step in (6, 8):
        facts = {"epoch": step // 4, "batch": step % 4}
        write_checkpoint(run.checkpoints, step, facts, lambda f: (f / "a").write_bytes(b"12"))
    (run.checkpoints / "step-00000008" / "meta.json").write_text("torn")
    newest, before = checkpoint_rows(run)
    assert "torn" in newest["where it goes on"]
    assert before["checkpoint"] == "step-00000006"
    assert before["where it goes on"] == "epoch 2, after 2 of its steps"


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
