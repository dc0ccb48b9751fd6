import numpy as np
import pytest
from PIL import Image

from artnb.documents import read_numbers
from artnb.drawing.curves import draw_losses, smooth
from artnb.method import Curve, Panel, find_method, preset_config
from artnb.methods.cyclegan.model import LOSS_NAMES

PANELS = find_method("cyclegan").loss_panels(preset_config("paper"), ("photo", "monet"))


def write_losses(path, rows):
    lines = [",".join(("step", *LOSS_NAMES))]
    lines += [",".join(str(step * 10 + n) for n in range(9)) for step in range(1, rows + 1)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_smoothing_averages_what_there_is_of_its_window():
    values = np.arange(10, dtype=float)
    np.testing.assert_allclose(smooth(values, 4)[2:-2], values[2:-2])
    np.testing.assert_allclose(smooth(values, 4)[:2], [1, 1.5])
    np.testing.assert_allclose(smooth(np.full(5, 3.0), 4), 3)
    spike = np.array([0, 0, 9, 0, 0], float)
    np.testing.assert_allclose(smooth(spike, 3), [0, 3, 3, 3, 0])


def test_columns_are_numbers(tmp_path):
    columns = read_numbers(write_losses(tmp_path / "losses.csv", 3), "")
    np.testing.assert_array_equal(columns["step"], [10, 20, 30])
    assert len(columns) == 1 + len(LOSS_NAMES)


def test_generators_and_discriminators_are_apart(tmp_path):
    figure = draw_losses(write_losses(tmp_path / "losses.csv", 30), PANELS)
    generators, discriminators = figure.axes
    legends = [[t.get_text() for t in axes.get_legend().get_texts()] for axes in figure.axes]
    assert "generator: photo → monet" in legends[0]
    assert "cycle: photo" in legends[0]
    assert "discriminator: monet" in legends[1]
    assert len(generators.lines) == 12
    assert len(discriminators.lines) == 5
    assert generators.get_title() == "Generators"


def test_a_single_point_can_be_drawn(tmp_path):
    figure = draw_losses(write_losses(tmp_path / "losses.csv", 1), PANELS)
    figure.savefig(tmp_path / "losses.png")
    assert (tmp_path / "losses.png").stat().st_size > 5000


@pytest.mark.parametrize("name", ["a$\\b$", "$", "$x_1$", "{$^$}"])
def test_a_name_is_no_formula(tmp_path, name):
    losses = write_losses(tmp_path / "losses.csv", 3)
    curves = (Curve("generator_g", name),)
    draw_losses(losses, (Panel(name, curves),)).savefig(tmp_path / "losses.png")
    assert Image.open(tmp_path / "losses.png").size[0] > 500
