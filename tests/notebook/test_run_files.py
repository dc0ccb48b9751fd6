from artnb.notebook.run_files import list_checkpoints, list_run_files
from artnb.runs.run import Run
from artnb.training.generations import write_generation


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
        write_generation(run.checkpoints, step, facts, lambda f: (f / "a").write_bytes(b"12"))
    (run.checkpoints / "step-00000008" / "meta.json").write_text("torn")
    newest, before = list_checkpoints(run)
    assert "torn" in newest["where it goes on"]
    assert before["checkpoint"] == "step-00000006"
    assert before["where it goes on"] == "epoch 2, after 2 of its steps"
