import os
import shutil

import pytest

from artnb.method import preset_config
from artnb.runs.run import new_run
from artnb.runs.table import last_row, runs_table


@pytest.fixture
def run(tmp_path):
    run = new_run(tmp_path / "monet", preset_config("smoke", epochs=7))
    run.note(status="interrupted", data={"x": "photo", "y": "monet"})
    header = "epoch,generator_g,generator_f,discriminator_x,discriminator_y"
    run.log_file.write_text(f"{header}\n1,1,1,1,1\n2,0.25,0.5,0.125,0.25\n", encoding="utf-8")
    return run


def test_a_run_is_a_row(run, tmp_path):
    header, row = runs_table(tmp_path).splitlines()
    assert header.split() == ["run", "preset", "data", "epochs", "G", "D", "size", "ended"]
    for cell in ("monet", "smoke", "photo → monet", "2/7", "0.75", "0.38", "0 MB", "interrupted"):
        assert cell in row


def test_a_run_without_epochs_and_a_damaged_one_are_listed_too(run, tmp_path):
    new_run(tmp_path / "new", preset_config("paper")).note(status="starting")
    damaged = new_run(tmp_path / "damaged", preset_config("smoke"))
    damaged.facts_file.write_text("{", encoding="utf-8")
    table = runs_table(tmp_path)
    assert "0/200" in table
    *rows, why = table.splitlines()
    assert len(rows) == 4
    assert "?" in next(line for line in rows if line.startswith("damaged"))
    assert why.startswith(f"damaged: {damaged.facts_file} is damaged")


def test_a_demos_run_is_listed_with_its_path(run, tmp_path):
    (tmp_path / "demo-1").mkdir()
    nested = new_run(tmp_path / "demo-1" / "run", preset_config("preview"))
    nested.note(status="finished")
    _, first, second = runs_table(tmp_path).splitlines()
    assert first.split()[0] == "monet"
    assert second.split()[0] == str(nested.path)


def test_files_that_vanish_while_runs_are_listed_cost_nothing(run, tmp_path, monkeypatch):
    (run.checkpoints / "step-1").mkdir(parents=True)
    (run.checkpoints / "step-1" / "state.safetensors").write_bytes(b"12345")
    walk = os.walk

    def thinned_out(folder):
        for entry in walk(folder):
            shutil.rmtree(run.checkpoints, ignore_errors=True)
            yield entry

    monkeypatch.setattr(os, "walk", thinned_out)
    assert "interrupted" in runs_table(tmp_path).splitlines()[1]


def test_no_runs(tmp_path):
    assert "no Runs yet" in runs_table(tmp_path)


def test_the_last_row(tmp_path):
    assert last_row(tmp_path / "nothing.csv") == {}
