"""What `artnb stylize` refuses, before any backend is loaded."""

import pytest
from PIL import Image

from artnb.cli import main


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (64, 48), "grey").save(folder / "photo.png")
    Image.new("RGB", (8, 8), "grey").save(tmp_path / "tiny.png")
    Image.new("RGB", (60, 60), "blue").save(tmp_path / "style.png")
    (tmp_path / "words.txt").write_text("no picture")
    (tmp_path / "nothing").mkdir()
    return tmp_path


def complains(capsys, folder, *arguments):
    command = ["stylize", "--photos", folder / "photos", "--out", folder / "out", *arguments]
    assert main([str(argument) for argument in command]) == 2
    assert not (folder / "out").exists()
    sentence = capsys.readouterr().err.strip()
    assert sentence.startswith("artnb: ")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("tiny.png", "at least 32 px on each side"),
        ("missing.png", "there is none at"),
        ("words.txt", "a style must be a picture"),
        ("style.png:0", "weights of styles must sum to more than 0"),
        ("style.png:-2", "a style's weight must be from 0 to 1,000,000, got -2"),
        ("style.png:1e308", "got 1e308 for"),
        ("style.png:much", "a style's weight must be from 0 to 1,000,000, got much for"),
        ("style.png:", "a style's weight must be from 0 to 1,000,000, got none for"),
        ("nothing", "nothing holds none"),
    ],
)
def test_styles_that_cannot_be_used(pictures, capsys, style, expected):
    assert expected in complains(capsys, pictures, "--style", pictures / style)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--mask", "style.png"], "are those of one photo"),
        (["--loss", "gram"], "a loss compares what a network sees; add --features squeezenet"),
        (["--strength", "0"], "strength must be"),
        (["--strength", "nan"], "strength must be from 0.01 to 100, got nan"),
        (["--strength", "1e-300"], "strength must be from 0.01 to 100, got 1e-300"),
        (["--strength", "inf"], "strength must be from 0.01 to 100, got inf"),
        (["--set", "smoothness=inf"], "smoothness must be from 0 to 1000, got inf"),
        (["--stroke-scale", "9"], "stroke_scale must be from 0.1 to 4, got 9"),
        (["--set", "steps=0"], "steps must be at least 1, got 0"),
        (["--set", "brush=3"], "brush"),
        (["--style-regions", "style.png"], "one for the painting; give both"),
    ],
)
def test_settings_that_cannot_be_used(pictures, capsys, arguments, expected):
    given = [pictures / part if part.endswith(".png") else part for part in arguments]
    style = ["--style", pictures / "style.png"]
    assert expected in complains(capsys, pictures, *style, *given)


def test_a_mask_is_checked_before_any_work(pictures, capsys):
    Image.new("L", (64, 48)).save(pictures / "black.png")
    command = ["stylize", "--photos", pictures / "photos" / "photo.png", "--out", pictures / "out",
               "--style", pictures / "style.png", "--mask", pictures / "black.png"]  # fmt: skip
    assert main([str(argument) for argument in command]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "it is all black" in captured.err
    assert not (pictures / "out").exists()


def test_an_empty_path_is_not_the_current_folder(pictures, capsys):
    assert "this is empty; name one" in complains(capsys, pictures, "--style", "")
    command = ["stylize", "--photos", "", "--style", str(pictures / "style.png"), "--out", "out"]
    with pytest.raises(SystemExit) as ended:
        main(command)
    assert ended.value.code == 2
    assert "a path is needed, and this is empty" in capsys.readouterr().err


def test_an_interrupted_command_says_so_and_exits_with_130(tmp_path, capsys):
    from artnb.cli.options import say_painted
    from artnb.data.painted import Report

    report = Report((tmp_path / "a.png",), (), stopped=True, left=2)
    assert say_painted(report, tmp_path) == 130
    assert "a.png is as it was then, and 2 photos are not painted" in capsys.readouterr().err
