"""The command line as a person meets it: in a process of its own where exit codes matter."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import artnb as package
from artnb.cli import main
from artnb.errors import InputError
from artnb.method import find_method, preset_config
from artnb.runs.run import new_run
from tests.evaluation.stand_in import Colours
from tests.quick import QUICK

LONGEST_S = 600  # seconds, on a machine that is busy with other things
SETTINGS = [part for name, value in QUICK.items() for part in ("--set", f"{name}={value}")]


def artnb(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "artnb", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=300,
    )


@pytest.fixture(autouse=True)
def outputs(tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path / "outputs"))
    return tmp_path / "outputs"


@pytest.fixture
def folders(tmp_path):
    for name in ("photos", "paintings"):
        folder = tmp_path / name
        folder.mkdir()
        for number in range(4):
            random = np.random.default_rng([number, len(name)])
            pixels = random.integers(0, 256, (40, 48, 3), np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path


@pytest.fixture
def demo_data(tmp_path, monkeypatch, capsys):
    """What `artnb data demo` makes, but for how many pictures."""
    few = partial(package.make_demo_data, images=3, pairs=2)
    monkeypatch.setattr(package, "make_demo_data", few)
    data = tmp_path / "data"
    assert main(["data", "demo", "--out", str(data), "--size-px", "32"]) == 0
    assert "photo (3 train, 2 test) → painting (3 train, 2 test), 32 px" in capsys.readouterr().out
    return data


def complains(capsys, *arguments):
    """Run a command that must fail with code 2 and one sentence; give the sentence."""
    assert main([str(argument) for argument in arguments]) == 2
    sentence = capsys.readouterr().err.strip()
    assert sentence.startswith("artnb: ")
    assert "\n" not in sentence
    return sentence


@pytest.mark.backend
def test_the_way_from_pictures_to_paintings(folders, capsys):
    def run(*arguments):
        assert main([str(argument) for argument in arguments]) == 0
        return capsys.readouterr().out

    data = folders / "dataset"
    prepared = run("data", "prepare", "--photos", folders / "photos", "--paintings",
                   folders / "paintings", "--out", data, "--size-px", 32,
                   "--test-share", 0.25)  # fmt: skip
    assert "photo (3 train, 1 test) → painting (3 train, 1 test), 32 px" in prepared
    assert "Usable whole." in run("data", "check", data)
    trained = run("train", "--data", data, "--preset", "smoke", "--run", "first", "--epochs", 1,
                  "--set", "steps_per_epoch=2", *SETTINGS)  # fmt: skip
    assert "1 epochs of 2 steps" in trained
    out = folders / "out"
    painted = run("translate", "--run", "first", "--photos", folders / "photos", "--out", out)
    assert "4 paintings" in painted
    assert "finished" in run("runs")
    assert sorted(path.name for path in out.iterdir()) == ["0.png", "1.png", "2.png", "3.png"]


@pytest.mark.backend
def test_missing_folder(tmp_path, capsys):
    assert "nothere does not; check the path" in complains(
        capsys, "train", "--data", tmp_path / "nothere", "--preset", "smoke"
    )


@pytest.mark.backend
def test_empty_folder(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert "holds nothing, and training needs" in complains(
        capsys, "train", "--data", tmp_path / "empty"
    )


def test_an_empty_folder_of_photos(folders, capsys):
    (folders / "none").mkdir()
    sentence = complains(capsys, "data", "prepare", "--photos", folders / "none", "--paintings",
                         folders / "paintings", "--out", folders / "out")  # fmt: skip
    assert "none holds no pictures" in sentence
    assert not (folders / "out").exists()


def test_text_files_named_jpg(folders, capsys):
    bad = folders / "bad"
    bad.mkdir()
    for number in range(3):
        (bad / f"{number}.jpg").write_text("not a picture")
    sentence = complains(capsys, "data", "prepare", "--photos", bad, "--paintings",
                         folders / "paintings", "--out", folders / "out")  # fmt: skip
    assert "at least 2 usable photo pictures, got 0" in sentence
    assert "0.jpg: it is not a picture" in sentence


def test_a_size_not_divisible_by_4(folders, capsys):
    sentence = complains(capsys, "data", "prepare", "--photos", folders / "photos", "--paintings",
                         folders / "paintings", "--out", folders / "out",
                         "--size-px", 250)  # fmt: skip
    assert "multiple of 4, got 250; use 248 or 252" in sentence
    assert "got 250; use 248 or 252" in complains(
        capsys, "train", "--data", folders, "--set", "image_size_px=250"
    )


def test_unknown_preset_and_setting(folders, capsys):
    assert 'did you mean "preview"' in complains(
        capsys, "train", "--data", folders, "--preset", "prewiev"
    )
    assert 'did you mean "batch_size"' in complains(
        capsys, "train", "--data", folders, "--set", "batchsize=2"
    )


def test_a_run_that_does_not_exist(folders, capsys):
    sentence = complains(
        capsys, "translate", "--run", "nothere", "--photos", folders / "photos", "--out", folders
    )
    assert "there is no Run at" in sentence


def test_an_existing_run(folders, outputs, capsys):
    new_run("mine", preset_config("smoke")).log_file.write_text("epoch\n1\n")
    sentence = complains(capsys, "train", "--data", folders, "--run", "mine")
    assert "exists already and nothing in it will be overwritten" in sentence


def test_a_backend_that_is_not_installed(folders, capsys, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "jax" else real(name, *rest),
    )
    sentence = complains(capsys, "train", "--data", folders, "--backend", "jax")
    assert "the backend jax is not installed here" in sentence
    assert 'pip install "artnb[jax]"' in sentence


def test_a_backend_that_does_not_exist(folders, capsys):
    sentence = complains(capsys, "train", "--data", folders, "--backend", "tensorflw")
    assert 'did you mean "tensorflow"' in sentence


def test_an_existing_out_folder(folders, capsys):
    sentence = complains(capsys, "data", "demo", "--out", folders)
    assert "must be new or empty" in sentence


@pytest.mark.backend
def test_resuming_needs_a_run_that_is_there(demo_data, outputs, capsys):
    sentence = complains(capsys, "train", "--data", demo_data, "--resume")
    assert "add --run NAME" in sentence
    sentence = complains(capsys, "train", "--data", demo_data, "--resume", "--run", "nothere")
    assert "there is no Run to go on with" in sentence
    assert not (outputs / "nothere").exists()


@pytest.mark.backend
def test_a_deadline_must_be_a_time(folders, capsys):
    sentence = complains(capsys, "train", "--data", folders, "--deadline", "-1")
    assert "minutes must be above 0" in sentence
    sentence = complains(capsys, "train", "--data", folders, "--deadline", 5, "--reserve", 9)
    assert "reserve_minutes must be at least 0 and below minutes" in sentence


@pytest.mark.slow
@pytest.mark.backend
def test_a_terminated_training_saves_exits_with_143_and_goes_on(demo_data, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_OUTPUTS", str(tmp_path))
    command = [sys.executable, "-m", "artnb", "train", "--data", str(demo_data), "--run", "r"]
    settings = ["--preset", "smoke", "--epochs", "1", "--set", "steps_per_epoch=100000", *SETTINGS]
    process = subprocess.Popen([*command, *settings], stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + LONGEST_S
    while not (tmp_path / "r" / "losses.csv").exists():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    process.terminate()
    said, _ = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 143
    assert "Stopped by SIGTERM after step" in said
    facts = json.loads((tmp_path / "r" / "run.json").read_text())
    (saved,) = (tmp_path / "r" / "checkpoints").glob("step-*")
    assert saved.name == f"step-{facts['step']:08d}"
    assert facts["status"] == "interrupted"


def test_bad_input_leaves_no_traceback_and_code_2():
    result = artnb("train", "--data", "nothere", "--preset", "smoke")
    assert result.returncode == 2
    assert result.stderr.startswith("artnb: ")
    assert "Traceback" not in result.stderr


def test_no_command_and_unknown_commands_exit_with_2():
    for arguments in ([], ["paint"]):
        result = artnb(*arguments)
        assert result.returncode == 2
        assert "Traceback" not in result.stderr


def test_damaged_data_is_not_usable(folders, capsys):
    data = folders / "dataset"
    assert main(["data", "prepare", "--x", str(folders / "photos"), "--y",
                 str(folders / "paintings"), "--out", str(data),
                 "--size-px", "32"]) == 0  # fmt: skip
    capsys.readouterr()
    shard = next(data.glob("photo-train*"))
    content = bytearray(shard.read_bytes())
    content[-30] ^= 1
    shard.write_bytes(content)
    assert main(["data", "check", str(data)]) == 2
    assert "record" in capsys.readouterr().err


def test_what_the_system_refuses_is_a_sentence_too(folders, capsys, monkeypatch):
    def no_space(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("artnb.data.shards.write_shard", no_space)
    sentence = complains(capsys, "data", "prepare", "--x", folders / "photos", "--y",
                         folders / "paintings", "--out", folders / "out",
                         "--size-px", 32)  # fmt: skip
    assert "No space left on device" in sentence
    assert not (folders / "out").exists()


@pytest.mark.backend
def test_doctor_says_what_there_is(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("ARTNB_DATA", str(tmp_path))
    (tmp_path / "gan-getting-started").mkdir()
    monkeypatch.delenv("ARTNB_WEIGHTS", raising=False)
    monkeypatch.setenv("ARTNB_CACHE", str(tmp_path / "cache"))
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    for part in ("Platform:", "Python:", "Backend:", "Devices:", "CPU:", "keras 3.",
                 "Disk:", "Memory:", "Kaggle:   credentials: ", "gan-getting-started",
                 "SqueezeNet 1.1: not here"):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(
    "command",
    [
        "translate --run {run} --photos {photos} --out {out}",
        "gallery --run {run} --photos {photos} --out {out}",
        "evaluate --run {run}",
        "study --run {run} --photos {photos}",
        "train --data {data} --preset smoke --run {out}",
        "submit build --run {run} --photos {photos} --out {out}.zip",
        "import {file} --run {out}",
        "demo --out {out}",
    ],
    ids=lambda command: command.split(" --")[0].split(" {")[0],
)
def test_keras_is_loaded_once_the_backend_is_chosen_and_not_before(command, made, tmp_path):
    data = made.path.parent / "data"
    (tmp_path / "file.pth").write_bytes(b"")
    places = {"run": made.path, "photos": data / "pictures" / "photos", "data": data,
              "out": tmp_path / "out", "file": tmp_path / "file.pth"}  # fmt: skip
    script = (
        "import sys\n"
        "from artnb.cli import main\n"
        "from artnb.platform import backend\n"
        "def choose(*_):\n"
        "    sys.exit('early' if 'keras' in sys.modules else 'in time')\n"
        "backend.choose_backend = choose\n"
        "main(sys.argv[1:])\n"
    )
    words = [word.format(**places) for word in command.split()]
    ended = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=False
    )
    assert ended.stderr.splitlines()[-1:] == ["in time"], ended.stdout + ended.stderr


def test_importing_is_light():
    """`import artnb` loads nothing that takes long, and neither does asking for help."""
    code = (
        "import sys, artnb, artnb.cli; artnb.cli.build_parser().format_help();"
        "print([m for m in ('tensorflow', 'jax', 'keras', 'numpy', 'tqdm') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "[]", result.stderr


def test_without_a_method_the_methods_are_listed(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help-settings"])
    assert ended.value.code == 0
    assert "  cyclegan: CycleGAN" in capsys.readouterr().out


def test_all_settings_of_a_method_are_listed(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["train", "--help-settings", "cyclegan"])
    said = capsys.readouterr().out
    for name, rule in find_method("cyclegan").config_class.rules().items():
        assert f"{name}=" in said
        assert rule.help in said
        assert rule.source in said
    sentence = complains(capsys, "train", "--help-settings", "cylegan")
    assert "there is no method 'cylegan'; did you mean \"cyclegan\"?" in sentence


def test_a_method_that_cannot_be_trained_or_is_not_the_runs(folders, capsys):
    train = ("train", "--data", folders, "--run", "mine")
    assert "cannot be trained" in complains(capsys, *train, "--method", "imported")
    assert "there is no method 'pix2pix'" in complains(capsys, *train, "--method", "pix2pix")
    new_run("mine", preset_config("smoke")).log_file.write_text("epoch\n1\n")
    sentence = complains(capsys, *train, "--resume", "--method", "imported")
    assert "is one of cyclegan, got --method imported; leave it out" in sentence


@pytest.mark.backend
@pytest.mark.parametrize(
    ("method", "of_photos"),
    [("cyclegan", {"ssim", "discriminator"}), ("fast_style", {"ssim"}), ("stylegan2", set())],
)
def test_a_training_is_scored_by_what_its_method_has(method, of_photos, tmp_path, monkeypatch):
    asked = set()

    def train(*_, scoring, **__):
        asked.update(metric.name for metric in scoring.evaluator.metrics)
        raise InputError("that will do")

    monkeypatch.setattr(package, "train", train)
    monkeypatch.setattr(package, "load_extractor", lambda *_, **__: Colours())
    monkeypatch.setattr(package, "open_dataset", lambda *_, **__: SimpleNamespace(remarks=()))
    given = ("train", "--data", str(tmp_path), "--method", method, "--evaluate-every", "1")
    assert main(list(given)) == 2
    assert "kernel" in asked
    assert asked & {"ssim", "discriminator"} == of_photos


def test_who_reads_only_the_first_line_is_no_fault_of_the_systems():
    command = [sys.executable, "-m", "artnb", "train", "--help-settings", "fast_style"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141
