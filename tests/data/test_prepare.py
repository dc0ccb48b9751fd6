"""Preparing: everything in, nothing changed, whole or not at all."""

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import artnb
from artnb.cli import main
from artnb.data import shards, workers
from artnb.data.dataset import open_dataset
from artnb.data.decoding import decode_image
from artnb.data.images import PAINTED_MARK, decode_rgb, fit_square
from artnb.data.manifest import read_manifest
from artnb.data.prepare import check_size, new_folder, prepare
from artnb.data.records import read_shard
from artnb.data.scan import scan
from artnb.data.sources import two_folders
from artnb.errors import InputError, UnfinishedError

from .pictures import CountedProgress, contents, encoded, picture, snapshot, two_filled

SIZE_PX = 32
ROOT = Path(__file__).parents[2]


def manifest_of(folder):
    return json.loads((folder / "dataset.json").read_text(encoding="utf-8"))


def rows_of(folder):
    with (folder / "report.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# What comes out


def test_dataset_json_tells_everything(tmp_path):
    source = two_filled(tmp_path)
    prepare(source, tmp_path / "out", SIZE_PX, seed=3, licence="CC0 — frei")
    manifest = manifest_of(tmp_path / "out")
    domains = manifest.pop("domains")
    assert manifest == {
        "format": 1,
        "artnb": artnb.__version__,
        "x": "photo",
        "y": "painting",
        "size_px": SIZE_PX,
        "paired_test": False,
        "source": source.path,
        "licence": "CC0 — frei",
        "split": {"rule": "sha256 of seed and pixels", "seed": 3},
        "problems": {
            "photo": {"unreadable": 0, "duplicates": 0},
            "painting": {"unreadable": 0, "duplicates": 0},
        },
    }
    assert list(domains) == ["photo", "painting"]
    assert domains["painting"]["splits"]["test"] == {"count": 0, "shards": []}
    (shard,) = domains["photo"]["splits"]["train"]["shards"]
    data = (tmp_path / "out" / "photo-train-00000-of-00001.tfrec").read_bytes()
    assert shard == {
        "file": "photo-train-00000-of-00001.tfrec",
        "count": 9,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def test_the_out_folder_holds_what_dataset_json_names_and_a_report(tmp_path):
    prepare(two_filled(tmp_path), tmp_path / "deep" / "er" / "out", SIZE_PX)
    assert sorted(path.name for path in (tmp_path / "deep" / "er" / "out").iterdir()) == [
        "dataset.json",
        "painting-train-00000-of-00001.tfrec",
        "photo-test-00000-of-00001.tfrec",
        "photo-train-00000-of-00001.tfrec",
        "report.csv",
    ]
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["out"]


def test_records_follow_the_competition(tmp_path):
    prepare(two_filled(tmp_path), tmp_path / "out", SIZE_PX)
    records = [r for _, r in read_shard(tmp_path / "out" / "painting-train-00000-of-00001.tfrec")]
    assert [(r.image_name, r.target) for r in records] == [
        (f"{number:04d}.png", "painting") for number in range(4)
    ]
    expected = fit_square(picture(1002), SIZE_PX)
    difference = decode_rgb(records[2].image).astype(int) - decode_rgb(encoded(expected))
    assert abs(difference).mean() < 2


def test_the_opened_dataset_is_returned(tmp_path):
    returned = prepare(two_filled(tmp_path), tmp_path / "out", SIZE_PX)
    opened = open_dataset(tmp_path / "out")
    assert returned.fingerprint == opened.fingerprint
    assert list(returned.x.train) == list(opened.x.train)


def test_the_seed_of_the_split_is_used(tmp_path):
    source = two_filled(tmp_path).with_test_share(0.5)
    held_out = [prepare(source, tmp_path / f"{s}", SIZE_PX, seed=s).x.test.names for s in (0, 1)]
    assert held_out[0] != held_out[1]
    x, _ = scan(source.domains, SIZE_PX, seed=1)
    assert held_out[1] == [entry.picture.name for entry in x.split("test")]


def test_many_pictures_go_into_several_shards(tmp_path, monkeypatch):
    source = two_filled(tmp_path).with_test_share(0)
    whole = prepare(source, tmp_path / "whole", SIZE_PX)
    monkeypatch.setattr(shards, "RECORDS_PER_SHARD", 4)
    parts = prepare(source, tmp_path / "parts", SIZE_PX)
    listed = manifest_of(tmp_path / "parts")["domains"]["photo"]["splits"]["train"]["shards"]
    assert [(shard["file"], shard["count"]) for shard in listed] == [
        ("photo-train-00000-of-00003.tfrec", 4),
        ("photo-train-00001-of-00003.tfrec", 4),
        ("photo-train-00002-of-00003.tfrec", 2),
    ]
    assert parts.x.train.names == whole.x.train.names
    assert list(parts.x.train) == list(whole.x.train)


def test_the_report_tells_every_file_s_fate(tmp_path):
    source = two_filled(tmp_path)
    (tmp_path / "photos" / "0003.png").write_text("no picture")
    picture(0).save(tmp_path / "photos" / "0009.png")
    prepare(source.with_test_share(0), tmp_path / "out", SIZE_PX)
    rows = rows_of(tmp_path / "out")
    assert [row["name"] for row in rows if row["domain"] == "photo"] == [
        f"{number:04d}.png" for number in range(10)
    ]
    assert rows[3] == {
        "domain": "photo",
        "name": "0003.png",
        "outcome": "unreadable",
        "duplicate_of": "",
        "problem": "it is not a picture in a known format",
        "pixel_sha256": "",
    }
    assert (rows[9]["outcome"], rows[9]["duplicate_of"]) == ("train", "0000.png")
    assert rows[9]["pixel_sha256"] == rows[0]["pixel_sha256"]
    assert len(rows) == 14
    assert manifest_of(tmp_path / "out")["problems"]["photo"] == {"unreadable": 1, "duplicates": 1}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no names of raw bytes")
def test_a_name_that_is_no_unicode_goes_all_the_way(tmp_path):
    two_filled(tmp_path)
    try:
        os.rename(tmp_path / "photos" / "0000.png", os.fsencode(tmp_path) + b"/photos/\xe9.png")
    except OSError:
        pytest.skip("this file system has no names of raw bytes")
    source = two_folders(tmp_path / "photos", tmp_path / "paintings").with_test_share(0)
    dataset = prepare(source, tmp_path / "out", SIZE_PX)
    assert r"\xe9.png" in dataset.x.train.names
    assert r"\xe9.png" in [row["name"] for row in rows_of(tmp_path / "out")]


def test_progress_covers_reading_and_writing(tmp_path):
    progress = CountedProgress()
    prepare(two_filled(tmp_path), tmp_path / "out", SIZE_PX, progress=progress)
    assert progress.calls == {"preparing pictures": [14, 14], "writing shards": [14, 14]}


def test_real_paintings_of_any_size_are_prepared(real_data, tmp_path):
    photos, monet = real_data / "paintings", real_data / "painters-256" / "monet"
    if not (photos.is_dir() and monet.is_dir()):
        pytest.skip(f"{photos} or {monet} is missing")
    dataset = prepare(two_folders(photos, monet), tmp_path / "out", 64)
    assert len(dataset.x.train) + len(dataset.x.test) == 10
    assert {decode_image(jpeg).size for jpeg in (*dataset.x.train, *dataset.y.train)} == {(64, 64)}
    # a painting is far from flat, and scaling down keeps its mean
    name = "monet_impression_sunrise__vicdominguez.jpg"
    split = dataset.x.train if name in dataset.x.train.names else dataset.x.test
    small = decode_rgb(split[split.names.index(name)])
    square = fit_square(decode_image((photos / name).read_bytes()), 512)
    assert small.std() > 10
    assert abs(small.mean() - decode_rgb(encoded(square)).mean()) < 2


# What stays as it was


def test_input_files_are_never_changed(tmp_path):
    source = two_filled(tmp_path)
    before = snapshot(tmp_path)
    prepare(source, tmp_path / "out", SIZE_PX)
    after = {name: facts for name, facts in snapshot(tmp_path).items() if "out/" not in name}
    assert after == before
    assert len(before) == 14


def test_an_out_folder_that_holds_something_is_left_alone(tmp_path):
    source = two_filled(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    before = snapshot(tmp_path)
    with pytest.raises(InputError, match=r"out must be new or empty, and it is not; choose anothe"):
        prepare(source, tmp_path / "out", SIZE_PX)
    assert snapshot(tmp_path) == before


def test_an_out_file_is_left_alone(tmp_path):
    source = two_filled(tmp_path)
    (tmp_path / "out").write_text("years of work")
    with pytest.raises(InputError, match=r"out must be new or empty"):
        prepare(source, tmp_path / "out", SIZE_PX)
    assert (tmp_path / "out").read_text() == "years of work"


def test_an_empty_out_folder_is_used(tmp_path):
    source = two_filled(tmp_path)
    (tmp_path / "out").mkdir()
    prepare(source, tmp_path / "out", SIZE_PX)
    assert (tmp_path / "out" / "dataset.json").is_file()


def test_the_current_folder_cannot_be_the_out_folder(tmp_path, monkeypatch):
    source = two_filled(tmp_path)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for out in (Path("."), tmp_path / "here"):
        with pytest.raises(InputError, match=r"cannot be replaced .*; name a folder in it"):
            prepare(source, out, SIZE_PX)


def test_an_out_folder_below_a_file_is_refused(tmp_path):
    source = two_filled(tmp_path)
    with pytest.raises(
        InputError, match=r"out cannot be made or changed \(.*\); .* choose another"
    ):
        prepare(source, tmp_path / "photos" / "0000.png" / "out", SIZE_PX)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_the_out_folder_is_not_private(tmp_path):
    prepare(two_filled(tmp_path), tmp_path / "out", SIZE_PX)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


# What breaks off goes on


@pytest.fixture
def looked_at(monkeypatch):
    """The names of the pictures that are decoded, in their order."""
    names = []
    real = workers.look_at
    monkeypatch.setattr(
        workers,
        "look_at",
        lambda picture, size_px: names.append(picture.name) or real(picture, size_px),
    )
    return names


def stopping_at(title, count, error=KeyboardInterrupt):
    """A progress that breaks off after so many steps of what has this title."""

    def progress(shown, _total):
        steps = iter(range(1, 1_000))

        def advance():
            if shown == title and next(steps) == count:
                raise error

        return advance

    return progress


@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt(), OSError(28, "No space left on device")], ids=["^C", "full"]
)
@pytest.mark.parametrize(
    "place",
    [
        *("data.workers.look_at", "data.workers.write_chunk", "data.workers.write_shard"),
        *("data.workers.write_whole", "data.prepare.write_report", "data.prepare.write_manifest"),
        *("data.workers.write_planned", "data.shards.write_shard", "data.shards.sha256_of"),
        "files.os.replace",
    ],
)
def test_whatever_breaks_off_the_next_call_gives_the_same(tmp_path, monkeypatch, place, failure):
    source = two_filled(tmp_path)
    before = snapshot(tmp_path)

    def fail(*_arguments, **_settings):
        raise failure

    monkeypatch.setattr(f"artnb.{place}", fail)
    with pytest.raises(type(failure)):
        prepare(source, tmp_path / "out", SIZE_PX)
    monkeypatch.undo()
    seen = {path.name for path in tmp_path.iterdir()}
    assert seen - {".out-unfinished"} == {"paintings", "photos"}
    assert {name: facts for name, facts in snapshot(tmp_path).items() if name[0] == "p"} == before
    prepare(source, tmp_path / "out", SIZE_PX)
    prepare(source, tmp_path / "straight", SIZE_PX)
    assert contents(tmp_path / "out") == contents(tmp_path / "straight")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["out", "paintings", "photos", "straight"]


def test_no_picture_of_a_whole_chunk_is_prepared_twice(tmp_path, small_chunks, looked_at):
    source = two_filled(tmp_path)
    stop = stopping_at("preparing pictures", 6)
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, progress=stop)
    looked_at.clear()
    prepare(source, tmp_path / "out", SIZE_PX)
    photos = [f"{number:04d}.png" for number in range(4, 10)]
    paintings = [f"{number:04d}.png" for number in range(4)]
    assert sorted(looked_at) == paintings + photos


def test_what_is_prepared_is_prepared_when_shards_could_not_be_written(tmp_path, looked_at):
    source = two_filled(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, progress=stopping_at("writing shards", 3))
    looked_at.clear()
    prepare(source, tmp_path / "out", SIZE_PX)
    assert looked_at == []


def test_seed_and_share_may_change_in_between(tmp_path, looked_at):
    source = two_filled(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, progress=stopping_at("writing shards", 3))
    looked_at.clear()
    halved = source.with_test_share(0.5)
    prepare(halved, tmp_path / "out", SIZE_PX, seed=7)
    assert looked_at == []
    prepare(halved, tmp_path / "straight", SIZE_PX, seed=7)
    assert contents(tmp_path / "out") == contents(tmp_path / "straight")


def test_what_has_changed_in_between_is_prepared_again(tmp_path, small_chunks, looked_at):
    source = two_filled(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, progress=stopping_at("writing shards", 3))
    looked_at.clear()
    (tmp_path / "photos" / "0005.png").write_bytes(encoded(picture(77, 60, 60)))
    prepare(source, tmp_path / "out", SIZE_PX)
    assert sorted(looked_at) == ["0004.png", "0005.png", "0006.png", "0007.png"]
    prepare(source, tmp_path / "straight", SIZE_PX)
    assert contents(tmp_path / "out") == contents(tmp_path / "straight")


def test_another_size_begins_anew(tmp_path, looked_at):
    source = two_filled(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, progress=stopping_at("writing shards", 3))
    looked_at.clear()
    dataset = prepare(source, tmp_path / "out", 64)
    assert len(looked_at) == 14
    assert {decode_rgb(jpeg).shape for jpeg in dataset.x.train} == {(64, 64, 3)}


def test_a_killed_process_loses_what_it_had_in_hand(tmp_path, small_chunks, looked_at):
    source = two_filled(tmp_path)
    program = f"""
import os, signal
from pathlib import Path
from artnb.data import workers
from artnb.data.prepare import prepare
from artnb.data.sources import two_folders
workers._PICTURES_PER_CHUNK = 4
def progress(title, total):
    left = iter(range(6))
    return lambda: next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL)
root = Path({str(tmp_path)!r})
source = two_folders(root / "photos", root / "paintings")
prepare(source, root / "out", {SIZE_PX}, progress=progress)
"""
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    prepare(source, tmp_path / "out", SIZE_PX)
    assert len(looked_at) == 14 - 4
    prepare(source, tmp_path / "straight", SIZE_PX)
    assert contents(tmp_path / "out") == contents(tmp_path / "straight")


def test_a_torn_chunk_is_an_error_that_the_next_call_gets_over(tmp_path):
    source = two_filled(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / "out", SIZE_PX, progress=stopping_at("writing shards", 3))
    torn = next((tmp_path / ".out-unfinished").glob("*.tfrec"))
    torn.write_bytes(b"")  # as after a power cut
    with pytest.raises(InputError, match=r"\.tfrec is cut off; prepare again"):
        prepare(source, tmp_path / "out", SIZE_PX)
    assert len(prepare(source, tmp_path / "out", SIZE_PX).x.train) == 9


def test_what_workers_could_not_finish_is_kept(tmp_path):
    class Tired(workers.ThisMachine):
        def write_shards(self, folder, shards):
            raise UnfinishedError("tired")

    source = two_filled(tmp_path)
    with pytest.raises(UnfinishedError, match="tired"):
        prepare(source, tmp_path / "out", SIZE_PX, workers=Tired())
    assert list((tmp_path / ".out-unfinished").glob("*.tfrec"))


def test_too_few_usable_pictures_leave_nothing(tmp_path):
    source = two_filled(tmp_path, paintings=2)
    (tmp_path / "paintings" / "0000.png").write_text("no picture")
    with pytest.raises(InputError, match="at least 2 usable painting pictures, got 1"):
        prepare(source, tmp_path / "out", SIZE_PX)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["paintings", "photos"]


def test_the_folder_appears_when_it_is_whole(tmp_path):
    with new_folder(tmp_path / "out") as unfinished:
        (unfinished / "part").touch()
        assert unfinished.parent == tmp_path  # one file system, so that the last step is one step
        assert not (tmp_path / "out").exists()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["part"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


# Sizes


@pytest.mark.parametrize(
    ("size_px", "error"),
    [
        (250, "must be a multiple of 4, got 250; use 248 or 252"),
        (33, "must be a multiple of 4, got 33; use 32 or 36"),
        (31, "must be at least 32, got 31; use 256"),
        (0, "must be at least 32, got 0; use 256"),
        (-4, "must be at least 32, got -4; use 256"),
    ],
)
def test_a_size_that_networks_cannot_use_is_refused(tmp_path, size_px, error):
    source = two_filled(tmp_path)
    with pytest.raises(InputError, match=f"size_px {error}"):
        prepare(source, tmp_path / "out", size_px)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("size_px", [32, 64, 100, 256])
def test_a_multiple_of_4_is_a_size(size_px):
    assert check_size(size_px) == size_px


def test_a_second_preparing_of_one_dataset_is_refused_and_harms_nothing(tmp_path):
    source, refused = two_filled(tmp_path), []

    def progress(title, total):
        if not refused:
            with pytest.raises(InputError, match="is worked on by process") as error:
                prepare(source, tmp_path / "out", SIZE_PX)
            refused.append(str(error.value))
        return lambda: None

    prepare(source, tmp_path / "out", SIZE_PX, progress=progress)
    assert refused[0].startswith(f"the Dataset {tmp_path / 'out'} is worked on by")
    assert len(rows_of(tmp_path / "out")) == 14
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "paintings", "photos"]


def test_what_was_passed_over_stands_in_the_report(tmp_path):
    two_filled(tmp_path, photos=4, paintings=4)
    (tmp_path / "photos" / "notes.txt").write_text("Dear diary")
    (tmp_path / "photos" / "a.nef").touch()
    source = two_folders(tmp_path / "photos", tmp_path / "paintings")
    prepare(source, tmp_path / "data", 32)
    rows = list(csv.DictReader((tmp_path / "data" / "report.csv").open()))
    passed = {row["name"]: row["problem"] for row in rows if row["outcome"] == "passed over"}
    assert passed == {
        "a.nef": "a camera's raw file; develop it to JPEG or TIFF first",
        "notes.txt": "no picture",
    }
    assert read_manifest(tmp_path / "data")["problems"]["photo"]["passed_over"] == 2
    assert any("notes.txt (no picture)" in note for note in source.notes)


def test_what_spoils_a_training_is_said(tmp_path, capsys):
    """Own paintings, pictures on both sides, and one side enlarged: by both commands."""
    source = two_filled(tmp_path, 6, 4)
    photos, paintings = tmp_path / "photos", tmp_path / "paintings"
    painted = encoded(picture(5), "JPEG", comment=PAINTED_MARK.encode())
    (paintings / "own.jpg").write_bytes(painted)
    (paintings / "same.png").write_bytes((photos / "0003.png").read_bytes())
    for number in range(4):
        picture(2000 + number, 24, 24).save(paintings / f"small{number}.png")
        picture(3000 + number, 24, 24).save(paintings / f"smaller{number}.png")
    command = ["data", "prepare", "--photos", str(photos), "--paintings", str(paintings)]
    assert main([*command, "--out", str(tmp_path / "out"), "--size-px", "32"]) == 0
    told = (
        "1 of 14 painting pictures were painted by artnb, such as own.jpg",
        "1 pictures are both photo and painting, such as 0003.png = same.png",
        "most painting pictures are enlarged to 32 px and photo pictures are not",
    )
    prepared = capsys.readouterr().out
    assert main(["data", "check", str(tmp_path / "out")]) == 0
    checked = capsys.readouterr().out
    for one in told:
        assert one in prepared
        assert one in checked
    assert source.x.name == "photo"


def test_pictures_as_they_should_be_are_passed_without_a_word(tmp_path):
    prepare(two_filled(tmp_path), tmp_path / "out", size_px=32)
    assert "remarks" not in read_manifest(tmp_path / "out")
