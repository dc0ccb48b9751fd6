"""Preparing as an Apache Beam pipeline: the same shards, wherever they are made."""

import importlib.util
from pathlib import Path

import pytest

from artnb.cli import main
from artnb.data import shards
from artnb.data.beam import BeamPipeline
from artnb.data.prepare import prepare
from artnb.data.sources import find_source, two_folders
from artnb.data.workers import ThisMachine
from artnb.errors import InputError, UnfinishedError

from .pictures import CountedProgress, contents, encoded, fill, picture, two_filled

SIZE_PX = 32
THREADS = ("--direct_running_mode=multi_threading", "--direct_num_workers=2")

installed = importlib.util.find_spec("apache_beam") is not None
with_beam = pytest.mark.skipif(not installed, reason="needs Apache Beam: make test-beam")


@pytest.fixture
def source(tmp_path, small_chunks):
    """Ten photos, a repeat, a JPEG and a broken file, and four paintings."""
    two_filled(tmp_path)
    (tmp_path / "photos" / "broken.png").write_bytes(b"no picture")
    (tmp_path / "photos" / "jpeg.jpg").write_bytes(encoded(picture(99), "JPEG"))
    (tmp_path / "photos" / "twin.png").write_bytes(encoded(picture(1)))
    return two_folders(tmp_path / "photos", tmp_path / "paintings")


# Where it is not installed


@pytest.mark.skipif(installed, reason="Apache Beam is installed")
@pytest.mark.parametrize("command", ["data", "collection"])
def test_without_beam_one_sentence_says_what_to_do(tmp_path, capsys, command):
    two_filled(tmp_path)
    photos, paintings = str(tmp_path / "photos"), str(tmp_path / "paintings")
    if command == "collection":
        for folder in (photos, paintings):
            assert main(["collection", "read", folder, "--out", f"{folder}-read"]) == 0
        arguments = [f"{photos}-read", f"{paintings}-read", "--beam"]
    else:
        arguments = ["--x", photos, "--y", paintings, "--beam=--runner=FlinkRunner"]
    capsys.readouterr()
    assert main([command, "prepare", *arguments, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("artnb: preparing with Apache Beam needs apache-beam")
    assert "pip install 'artnb[beam]'" in said
    assert "Colab and Kaggle" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


# Where it is


@with_beam
@pytest.mark.parametrize("options", [THREADS, ()], ids=["threads", "processes"])
def test_the_shards_are_those_of_one_machine(tmp_path, source, options):
    prepare(source, tmp_path / "here", SIZE_PX, seed=3, licence="CC0")
    dataset = prepare(
        source, tmp_path / "beam", SIZE_PX, seed=3, licence="CC0", workers=BeamPipeline(options)
    )
    assert contents(tmp_path / "beam") == contents(tmp_path / "here")
    assert len(dataset.x.train) + len(dataset.x.test) == 12
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@with_beam
def test_paths_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    two_filled(tmp_path)
    relative = two_folders(Path("photos"), Path("paintings"))
    prepare(relative, Path("beam"), SIZE_PX, workers=BeamPipeline(THREADS))
    prepare(relative, Path("here"), SIZE_PX)
    assert contents(Path("beam")) == contents(Path("here"))


@with_beam
def test_shards_are_sources_too(tmp_path, source):
    prepare(source.with_test_share(0), tmp_path / "prepared", SIZE_PX)
    for domain in ("photo", "painting"):
        folder = tmp_path / "competition" / f"{domain}_tfrec"
        folder.mkdir(parents=True)
        for shard in (tmp_path / "prepared").glob(f"{domain}-train-*"):
            (folder / shard.name).write_bytes(shard.read_bytes())
    competition = find_source(tmp_path / "competition")
    prepare(competition, tmp_path / "here", SIZE_PX)
    prepare(competition, tmp_path / "beam", SIZE_PX, workers=BeamPipeline(THREADS))
    assert contents(tmp_path / "beam") == contents(tmp_path / "here")


@with_beam
def test_a_pipeline_goes_on_where_one_machine_stopped_and_back(tmp_path, source):
    class Interrupted(ThisMachine):
        def write_shards(self, folder, shards):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, workers=Interrupted())
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / ".out-unfinished").iterdir()}
    assert len(kept) == 2 * 5  # chunks, each with its facts

    class InterruptedPipeline(BeamPipeline):
        write_shards = Interrupted.write_shards

    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, workers=InterruptedPipeline(THREADS))
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    prepare(source, tmp_path / "out", SIZE_PX)
    prepare(source, tmp_path / "straight", SIZE_PX, workers=BeamPipeline(THREADS))
    assert contents(tmp_path / "out") == contents(tmp_path / "straight")


@with_beam
def test_a_failing_worker_is_one_sentence_and_loses_nothing(tmp_path, source, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shards, "write_shard", full)
    with pytest.raises(UnfinishedError, match=r"broke off \(.*No space left.*\); .* run it again"):
        prepare(source, tmp_path / "out", SIZE_PX, workers=BeamPipeline(THREADS))
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    assert list((tmp_path / ".out-unfinished").glob("*.tfrec"))
    prepare(source, tmp_path / "out", SIZE_PX, workers=BeamPipeline(THREADS))


@with_beam
def test_too_few_pictures_are_the_same_error_as_on_one_machine(tmp_path):
    source = two_filled(tmp_path, paintings=1)
    with pytest.raises(InputError, match="at least 2 usable painting pictures, got 1"):
        prepare(source, tmp_path / "out", SIZE_PX, workers=BeamPipeline(THREADS))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["paintings", "photos"]


@with_beam
def test_progress_counts_what_is_done(tmp_path, source):
    progress = CountedProgress()
    prepare(source, tmp_path / "out", SIZE_PX, workers=BeamPipeline(THREADS, progress))
    assert progress.calls == {"preparing pictures": [5, 5], "writing shards": [3, 3]}


@with_beam
def test_the_command_line_hands_beam_its_options(tmp_path, capsys):
    fill(tmp_path / "photos", 6)
    fill(tmp_path / "paintings", 4, first_seed=1000)
    sides = ["--x", str(tmp_path / "photos"), "--y", str(tmp_path / "paintings")]
    out = ["--out", str(tmp_path / "out"), "--size-px", str(SIZE_PX)]
    assert main(["data", "prepare", *sides, *out, f"--beam={' '.join(THREADS)}"]) == 0
    assert main(["data", "check", str(tmp_path / "out")]) == 0
    unknown = [*sides, "--out", str(tmp_path / "other"), "--beam=--runner=NoSuchRunner"]
    capsys.readouterr()
    assert main(["data", "prepare", *unknown]) == 2
    said = capsys.readouterr().err
    assert "artnb: the Beam pipeline broke off" in said
    assert "NoSuchRunner" in said
