import pytest

from artnb.errors import InputError
from artnb.method import preset_config
from artnb.runs.run import Run, new_name, new_run, open_run, run_folder


@pytest.fixture(autouse=True)
def outputs(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    return tmp_path / "outputs"


def test_a_bare_name_lies_under_the_outputs(outputs, tmp_path):
    assert run_folder("monet") == outputs / "monet"
    assert run_folder(tmp_path / "monet") == tmp_path / "monet"
    assert run_folder("some/where").parts == ("some", "where")


def test_a_new_run_holds_its_settings():
    config = preset_config("smoke", seed=5)
    run = new_run("monet", config)
    assert run.config() == config
    assert run.samples.is_dir()


def test_without_a_name_preset_and_date_make_one():
    assert new_name(preset_config("smoke")).startswith("smoke-2")


def test_an_existing_run_is_left_alone():
    run = new_run("monet", preset_config("smoke"))
    run.log_file.write_text("epoch\n1\n")
    before = run.config_file.read_bytes()
    with pytest.raises(InputError, match=r"exists already .* choose another --run NAME"):
        new_run("monet", preset_config("smoke", seed=9))
    assert run.config_file.read_bytes() == before


def test_facts_add_up():
    run = new_run("monet", preset_config("smoke"))
    run.note(status="training", data={"x": "photo", "y": "monet"})
    run.note(status="finished")
    assert run.facts()["status"] == "finished"
    assert run.domains == ("photo", "monet")


def test_a_run_that_does_not_exist_has_a_nearest_name():
    new_run("monet", preset_config("smoke")).note(status="finished")
    with pytest.raises(InputError, match=r'there is no Run at .*; did you mean "monet"'):
        open_run("monte")


def test_a_run_that_lacks_a_file_is_not_taken_for_none():
    run = new_run("monet", preset_config("smoke"))
    run.facts_file.mkdir()
    with pytest.raises(InputError, match=r"monet has no file run\.json; restore it from a copy"):
        open_run("monet")


def test_settings_that_cannot_be_are_found_in_their_file():
    run = new_run("monet", preset_config("smoke"))
    run.config_file.write_text('{"epochs": 0}')
    with pytest.raises(InputError, match=r"config\.json has settings that cannot be: epochs must"):
        run.config()


def test_where_no_run_is_training_is_named():
    with pytest.raises(InputError, match="artnb train"):
        open_run("monet")


def test_snapshots_are_found_by_number_or_as_the_latest(tmp_path):
    run = Run(tmp_path)
    run.snapshots.mkdir()
    for epoch in (2, 10, 1):
        run.snapshot(epoch).touch()
    assert run.snapshot_epochs() == [1, 2, 10]
    assert run.find_epoch() == run.find_epoch("10") == 10
    with pytest.raises(InputError, match="keeps epochs 1, 2, 10, and 3 was asked for"):
        run.find_epoch(3)
    with pytest.raises(InputError, match="and last was asked for"):
        run.find_epoch("last")


def test_the_best_epoch_is_found_once_it_was_scored(tmp_path):
    run = Run(tmp_path)
    run.snapshots.mkdir()
    for epoch in (1, 5):
        run.snapshot(epoch).touch()
    with pytest.raises(InputError, match=r"so none is best; run artnb evaluate --run"):
        run.find_epoch("best")
    run.note(best={"epoch": 1})
    assert run.find_epoch("best") == 1


def test_a_run_without_snapshots_says_so(tmp_path):
    with pytest.raises(InputError, match="no generator snapshots yet"):
        Run(tmp_path).find_epoch()
