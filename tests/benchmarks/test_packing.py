"""What is carried to a lent GPU and back: small enough, whole, and a Run again."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from artnb.errors import InputError
from benchmarks import packing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The competition's folder with 3 paintings and 40 photos of noise."""
    random = np.random.default_rng(0)
    for name, count in (("monet_jpg", 3), ("photo_jpg", 40)):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.integers(0, 256, (64, 64, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "data" / name / f"{number:02d}.jpg")
    return tmp_path / "data"


def test_all_paintings_and_as_many_photos_as_fit(folder: Path, tmp_path: Path) -> None:
    """The limit holds for the file itself, and what is packed is read as a folder again."""
    file = tmp_path / "packed.zip"
    packing.pack(folder, file, limit_mb=0.06, quality=80)
    assert 0.05e6 < file.stat().st_size <= 0.06e6
    data = packing.unpacked(file, tmp_path / "work")
    counts = {d.name: sum(1 for _ in d.iterdir()) for d in data.iterdir()}
    assert counts["monet_jpg"] == 3
    assert 3 < counts["photo_jpg"] < 40
    with Image.open(next((data / "photo_jpg").iterdir())) as picture:
        assert picture.size == (64, 64)


def test_one_folder_of_pictures_is_too_few(folder: Path, tmp_path: Path) -> None:
    """A folder without two domains is refused."""
    with pytest.raises(InputError, match="two folders"):
        packing.pack(folder / "monet_jpg", tmp_path / "packed.zip", limit_mb=1, quality=80)


def test_a_run_is_the_same_after_it_was_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces stay below their size; joined, every array and the facts are there again."""
    monkeypatch.setattr(packing, "PIECE_MB", 0.003)
    run, out = tmp_path / "run", tmp_path / "out"
    for path in (run / "snapshots", run / "samples", out):
        path.mkdir(parents=True)
    (run / "config.json").write_text("{}")
    for number in range(30):
        Image.new("RGB", (8, 8)).save(run / "samples" / f"step-{number:04d}.png")
    arrays = {f"generator_g/{n:03d}": np.full((10, 50), n, np.float16) for n in range(8)}
    for epoch in (1, 2):
        snapshot = run / "snapshots" / f"epoch-{epoch:04d}.safetensors"
        save_file(arrays, snapshot, metadata={"facts": f'{{"epoch": {epoch}}}'})
        packing.keep_looks(run, out)
        packing.keep_snapshot(snapshot, out)
        packing.keep_snapshot(snapshot, out)  # there already: nothing happens

    pieces = sorted(out.glob("snapshot-*/*"))
    assert {piece.parent.name for piece in pieces} == {"snapshot-epoch-0002"}
    assert [len(load_file(piece)) for piece in pieces] == [3, 3, 2]
    with zipfile.ZipFile(out / "looks.zip") as archive:
        grids = [name for name in archive.namelist() if name.startswith("samples/")]
    assert len(grids) == 12
    assert {"samples/step-0000.jpg", "samples/step-0029.jpg"} <= set(grids)

    again = tmp_path / "again"
    packing.join(out, again)
    assert (again / "config.json").read_text() == "{}"
    [joined] = (again / "snapshots").iterdir()
    assert joined.name == "epoch-0002.safetensors"
    read = load_file(joined)
    assert read.keys() == arrays.keys()
    assert all(np.array_equal(read[name], arrays[name]) for name in arrays)
