"""Whatever becomes of the small files of Runs, Datasets and galleries, a sentence is the answer."""

import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from artnb.data.manifest import read_manifest
from artnb.data.workers import Chunk, ThisMachine, read_chunk
from artnb.drawing.curves import draw_losses
from artnb.errors import InputError
from artnb.evaluation.measure import Cache, Facts, open_cache
from artnb.evaluation.rows import read_scores
from artnb.gallery.manifest import read_gallery
from artnb.method import Curve, Panel
from artnb.methods.imported.network import read_description
from artnb.runs.run import Run
from artnb.runs.table import runs_table
from artnb.submission.unfinished import Unfinished
from artnb.training.checkpoint_folder import Checkpoint, DamagedError, list_checkpoints
from tests.golden import older_runs

FEW, MANY = 60, 600
PANELS = (Panel("Generators", (Curve("generator_g", "G"), Curve("cycle_x", "cycle", 1))),)


def read_run(folder: Path) -> None:
    """Read what a Run says of itself."""
    run = Run(folder / "outputs" / "trained")
    _ = run.facts(), run.domains, run.best_epoch(), run.is_imported, run.snapshot_epochs()
    run.find_epoch("latest")


def newest(folder: Path) -> Checkpoint:
    """Give a Run's newest checkpoint."""
    return list_checkpoints(folder / "outputs" / "trained" / "checkpoints")[0]


KEYS = [f"picture {number}" for number in range(6)]
PICTURES = {f"{number:03d}.jpg": bytes(range(200)) for number in range(6)}


def fill_cache(folder: Path) -> None:
    """Make a cache of a few pictures."""
    folder.mkdir()
    facts = Facts("a" * 64, 32, 32, np.zeros((16, 16, 3), np.uint8), False)
    numbers = dict.fromkeys(KEYS, np.arange(8, dtype=np.float32))
    with closing(Cache(folder / "features.sqlite")) as cache:
        cache.keep(dict.fromkeys(KEYS, facts), {"colours": numbers})


def read_cache(folder: Path) -> None:
    """Ask for what a measurement asks for; what is known has its form."""
    cache = open_cache(folder / "features" / "features.sqlite")
    with closing(cache):
        facts, numbers = cache.facts(KEYS), cache.numbers(KEYS, "colours")
    assert all(one.thumbnail.shape == (16, 16, 3) for one in facts.values())
    assert all(len(one.pixels) == 64 for one in facts.values())
    assert all(one.dtype == np.float32 and one.ndim == 1 for one in numbers.values())


def go_on_with_submission(folder: Path) -> None:
    """Go on with what was painted: every picture is there, or is painted again."""
    shutil.copytree(folder / "submission", folder / "again")
    try:
        unfinished = Unfinished(folder / "again" / "images.zip", {"epoch": 1})
        missing = PICTURES.keys() - unfinished.painted
        unfinished.add({name: PICTURES[name] for name in missing} or {"more.jpg": b""})
        unfinished.finish(list(PICTURES), {})
        with zipfile.ZipFile(folder / "again" / "images.zip") as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == PICTURES
    finally:
        shutil.rmtree(folder / "again")


def begin_submission(folder: Path) -> None:
    """Begin one."""
    folder.mkdir()
    Unfinished(folder / "images.zip", {"epoch": 1}).add(PICTURES)


@dataclass(frozen=True)
class Invented:
    """A picture that lies nowhere; one of them is none."""

    name: str
    group: str = ""
    state: str = "as ever"

    def read(self) -> bytes:
        """Give a PNG, or something else."""
        buffer = io.BytesIO()
        Image.new("RGB", (40, 40), self.name).save(buffer, "PNG")
        return buffer.getvalue() if self.name != "blue" else b"blue"


CHUNK = Chunk([Invented(name) for name in ("red", "green", "blue", "white")], 32)


def prepare_chunk(folder: Path) -> None:
    """Prepare a few pictures."""
    ThisMachine().prepare_chunks(folder, [CHUNK])


def read_prepared(folder: Path) -> None:
    """Read what was prepared."""
    entries = read_chunk(folder / "chunks", CHUNK)
    assert [entry.picture.name for entry in entries] == ["red", "green", "blue", "white"]
    for entry in entries:
        _ = entry.picture.read() if entry.split != "unreadable" else entry.problem


READERS: dict[str, Callable[[Path], Any]] = {
    "outputs/trained/run.json": read_run,
    "outputs/trained/config.json": lambda folder: Run(folder / "outputs" / "trained").config(),
    "outputs/trained/log.csv": lambda folder: runs_table(folder / "outputs"),
    "outputs/trained/losses.csv": lambda folder: draw_losses(
        folder / "outputs/trained/losses.csv", PANELS
    ),
    "outputs/trained/scores.csv": lambda folder: read_scores(folder / "outputs/trained/scores.csv"),
    "outputs/trained/checkpoints/*/meta.json": lambda folder: newest(folder).verify(),
    "data/dataset.json": lambda folder: read_manifest(folder / "data"),
    "gallery/gallery.json": lambda folder: read_gallery(folder / "gallery"),
    "outputs/imported/generator_g.json": lambda folder: read_description(
        folder / "outputs/imported/generator_g.json"
    ),
    "features/features.sqlite": read_cache,
    "submission/images.zip.part/plan.json": go_on_with_submission,
    "submission/images.zip.part/0000.zip": go_on_with_submission,
    "chunks/*.json": read_prepared,
    "chunks/*.tfrec": read_prepared,
}
# These may be changed without being damaged, or are made again without a word.
NOT_REFUSED = {
    "outputs/trained/log.csv",
    "outputs/trained/config.json",
    "submission/images.zip.part/0000.zip",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs, a Dataset and all the rest as they should be."""
    folder = older_runs.unpack(tmp_path_factory.mktemp("whole"))
    fill_cache(folder / "features")
    begin_submission(folder / "submission")
    prepare_chunk(folder / "chunks")
    return folder


def changed_bytes(data: bytes, random: random.Random) -> bytes:
    """Cut, repeat, overwrite or insert a few bytes."""
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice((1, 2, 8, 64, len(data))))
    noise = bytes(random.randrange(256) for _ in range(random.choice((0, 1, 2, 8))))
    middle = random.choice((b"", noise, noise + data[start:end], 2 * data[start:end]))
    return data[:start] + middle + data[end:]


def changed_value(data: bytes, random: random.Random) -> bytes:
    """Replace, or remove, a value somewhere in JSON; a cell or a line in a table."""
    other = random.choice((None, True, -1, 10**30, 1e999, "", "x", [], {}, [[1]], {"a": None}))
    try:
        document = json.loads(data)
    except ValueError:
        with suppress(UnicodeDecodeError):
            lines = data.decode().splitlines()
            return changed_line(lines, random, other)
        return changed_bytes(changed_bytes(data, random), random)
    at = document
    while True:
        keys = list(at) if isinstance(at, dict) else range(len(at))
        key = random.choice(list(keys))
        if not (isinstance(at[key], dict | list) and at[key]) or random.random() < 0.3:
            break
        at = at[key]
    if random.random() < 0.3:
        del at[key]
    else:
        at[key] = other
    return json.dumps(document).encode()


def changed_line(lines: list[str], random: random.Random, other: Any) -> bytes:
    """Change a cell of a table."""
    place = random.randrange(len(lines))
    cells = lines[place].split(",")
    cells[random.randrange(len(cells))] = str(other)
    lines[place] = ",".join(random.choice((cells, cells[1:], [*cells, "1"])))
    return ("\n".join(random.choice((lines, lines + lines[:3]))) + "\n").encode()


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused_in_a_sentence(
    whole: Path, tmp_path: Path, name: str, count: int
) -> None:
    """Seeded mutations of a real file: what is raised is for people, and names the file."""
    folder = tmp_path / "changed"
    shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("pictures", "thumbnails"))
    [file, *_] = sorted(folder.glob(name))[::-1]
    before, dice, refused = file.read_bytes(), random.Random(0), 0
    for number in range(count):
        change = changed_value if number % 2 else changed_bytes
        file.write_bytes(change(before, dice))
        try:
            READERS[name](folder)
        except (InputError, DamagedError):
            refused += 1
        except Exception as error:
            raise AssertionError(f"number {number}: {file.read_bytes()[:2000]!r}") from error
    if name not in NOT_REFUSED:
        assert refused > count / 10


@pytest.mark.parametrize(
    "change", [{"steps_per_epoch": 0}, {"step_s": float("nan")}, {"step_s": -1}, {"best": {}}]
)
def test_numbers_that_cannot_be_are_damage(whole: Path, tmp_path: Path, change: dict) -> None:
    """A training would divide by them."""
    shutil.copytree(whole / "outputs" / "trained", tmp_path / "trained")
    file = tmp_path / "trained" / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(InputError, match=r"run\.json is damaged"):
        Run(tmp_path / "trained").facts()


def test_one_damaged_run_does_not_hide_the_others(whole: Path, tmp_path: Path) -> None:
    """`artnb runs` lists all of them, with question marks for what cannot be read."""
    shutil.copytree(whole / "outputs", tmp_path / "outputs")
    listed = runs_table(tmp_path / "outputs").splitlines()
    (tmp_path / "outputs" / "trained" / "log.csv").write_bytes(b"epoch,\xff\n1\n")
    (tmp_path / "outputs" / "pair" / "run.json").write_text('{"data": 3}')
    after = runs_table(tmp_path / "outputs").splitlines()
    remarks = [line for line in after if ": " in line]
    assert [remark.split(":")[0] for remark in remarks] == ["trained", "pair"]
    after = [line for line in after if line not in remarks]
    assert len(after) == len(listed)
    changed = {tuple(line.split()) for line in after} - {tuple(line.split()) for line in listed}
    assert {row[:2] for row in changed} == {("pair", "?"), ("trained", "?")}
