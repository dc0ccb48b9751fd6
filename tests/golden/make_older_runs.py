"""Make older_runs.zip: Runs of an earlier release, and what that release itself makes of them.

README.md beside this file lists what is in it. It runs with the release of November 2026 whose last
commit is 9d40f87, the last one that knew no methods: modules are therefore imported by names that
are no longer there. Copy this file and `older_runs.py` into `tests/golden` of a checkout of it; in
its root, first with TensorFlow and then with JAX, each at the versions of constraints/default.txt:

    python -m tests.golden.make_older_runs make FOLDER
    KERAS_BACKEND=jax python -m tests.golden.make_older_runs score FOLDER
    python -m tests.golden.make_older_runs use FOLDER
    KERAS_BACKEND=jax python -m tests.golden.make_older_runs use FOLDER
    python -m tests.golden.make_older_runs pack FOLDER
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import zipfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

from tests.evaluation.stand_in import Colours
from tests.golden import older_runs
from tests.golden.older_runs import GO_ON, HANG, SETTINGS, STOPPED_AT, artnb, at

GOLDEN = Path(__file__).parent
PHOTOS = {"wide.png": (48, 32), "tall.jpg": (37, 50), "more/small.bmp": (20, 24)}


def _old(module: str, name: str):
    return getattr(import_module(f"artnb.{module}"), name)


def make(folder: Path) -> None:
    """Invent data, train three epochs and three steps of five epochs, import, score, hang."""
    folder.mkdir()
    with at(folder):
        dataset = _old("data.demo", "make_demo_data")(Path("data"), 32, images=8, pairs=3)
        shutil.rmtree("data/pictures")
        _draw_photos()
        config = _old("config", "preset_config")("smoke", **SETTINGS)
        with suppress(SystemExit):
            _old("training.train", "train")(dataset, config, "trained", watch=_stop)
        _import(folder)
    score(folder)
    with at(folder):
        artnb(*HANG)
        _thin_out()


def _stop(grid: Path) -> None:
    """Ask the training to stop, as a terminal would, at the end of the step that is under way."""
    if grid.name.startswith(f"step-{STOPPED_AT:07d}"):
        signal.raise_signal(signal.SIGTERM)


def _thin_out() -> None:
    """Leave out what is large and can be missing: earlier checkpoints, figures, grids."""
    *earlier, _ = sorted(Path("outputs/trained/checkpoints").iterdir())
    for folder in (*earlier, Path("gallery/sheets")):
        shutil.rmtree(folder, ignore_errors=True)
    for figure in (*Path("gallery").glob("*.webp"), *Path("outputs/trained").rglob("*.png")):
        figure.unlink()


def _draw_photos() -> None:
    random = np.random.default_rng(15)
    for name, size in PHOTOS.items():
        small = random.integers(0, 256, (6, 6, 3), np.uint8)
        path = Path("photos") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(path)


def _import(folder: Path) -> None:
    """Import a network that needs a description, and two that settings describe."""
    with tempfile.TemporaryDirectory() as others:
        for name in ("addons", "torch_generators"):
            with zipfile.ZipFile(GOLDEN / f"{name}.zip") as archive:
                archive.extractall(others)
        there = Path(others)
        artnb("import", there / "unet.h5", "--run", "imported", "--y", "monet")
        pair = (there / "plain.pth", there / "plain_legacy.pth")
        artnb("import", *pair, "--run", "pair", "--x", "photo", "--y", "monet")


def score(folder: Path) -> None:
    """Score both directions; on a second backend only into the cache of measurements."""
    with at(folder):
        second = Path("outputs/trained/scores.csv").exists()
        name = "second" if second else "trained"
        if second:
            shutil.copytree("outputs/trained", "outputs/second")
        _evaluate(name)
        if second:
            shutil.rmtree("outputs/second")


def _evaluate(name: str) -> None:
    metrics = _old("evaluation.evaluate", "DEFAULT_RUN_METRICS")
    evaluator = _old("evaluation.evaluator", "Evaluator")(Colours(), metrics, skip_too_few=True)
    for to in ("y", "x"):
        _old("evaluation.evaluate", "evaluate_run")(_old("run", "open_run")(name), evaluator, to=to)


def use(folder: Path) -> None:
    """Record what this release makes of the Runs on the backend at hand."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    expected = folder / "expected"
    expected.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place).resolve() / "work"
        shutil.copytree(folder, work)
        with at(work):
            found = {
                "machine": older_runs.machine(backend),
                "runs": artnb("runs"),
                "paintings": older_runs.paint(Path("painted")),
            }
            if backend == "tensorflow":
                shutil.copytree("painted", expected / "painted")
            _evaluate("trained")
            found["scores"] = older_runs.rows(Path("outputs/trained/scores.csv"))
            found["best"] = json.loads(Path("outputs/trained/run.json").read_text())["best"]
            artnb(*HANG)
            found["gallery"] = older_runs.hung()
            found["refused"] = older_runs.refused(*GO_ON, "--set", "lambda_cycle=5")
            artnb(*GO_ON)
            state = older_runs.state()
            found["state"] = older_runs.digest_of(state)
            found["logs"] = older_runs.logs()
            run = Path("outputs/trained")
            found["made"] = older_runs.files(run / "samples") | older_runs.files(run / "snapshots")
        if backend == "tensorflow":
            save_file(state, expected / "state.safetensors")
        text = json.dumps(found, indent=1, ensure_ascii=False)
        (expected / f"{backend}.json").write_text(text, encoding="utf-8")


def pack(folder: Path) -> None:
    """Put everything into one archive, with nothing in it that depends on when."""
    with zipfile.ZipFile(older_runs.ARCHIVE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    {"make": make, "score": score, "use": use, "pack": pack}[sys.argv[1]](
        Path(sys.argv[2]).resolve()
    )
