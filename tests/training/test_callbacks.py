import pytest
from PIL import Image

from artnb.method import preset_config
from artnb.runs.run import new_run
from artnb.training.callbacks import SampleGrids, learning_rate_factor
from artnb.training.plan import Position


def test_the_schedule_is_the_authors():
    factors = [learning_rate_factor(epoch, 200, 0.5, "linear") for epoch in range(200)]
    assert factors[:100] == [1.0] * 100
    assert factors[100:102] == pytest.approx([100 / 101, 99 / 101])
    assert factors[-1] == pytest.approx(1 / 101)


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("epochs", [1, 2, 3, 10])
def test_short_trainings_never_reach_zero(epochs, schedule):
    factors = [learning_rate_factor(epoch, epochs, 0.5, schedule) for epoch in range(epochs)]
    assert min(factors) > 0
    assert factors == sorted(factors, reverse=True)


def test_a_single_epoch_runs_at_the_full_rate():
    assert learning_rate_factor(0, 1, 0.5, "linear") == 1


def test_a_constant_rate_stays():
    assert {learning_rate_factor(epoch, 10, 1.0, "linear") for epoch in range(10)} == {1.0}
    assert {learning_rate_factor(epoch, 10, 0.0, "constant") for epoch in range(10)} == {1.0}


def test_cosine_by_hand():
    factors = [learning_rate_factor(epoch, 3, 0.0, "cosine") for epoch in range(3)]
    assert factors == pytest.approx([(1 + 2**-0.5) / 2, 0.5, (1 - 2**-0.5) / 2])


def test_who_watches_gets_every_grid(tmp_path):
    class Model:
        def sync(self):
            pass

    def grid(model, title):
        return Image.new("RGB", (8, 8))

    config = preset_config("smoke", samples_every_steps=2)
    seen = []
    position = Position(steps_per_epoch=4)
    run = new_run(tmp_path / "run", config)
    grids = SampleGrids(run, config, grid, position, [seen.append])
    grids.set_model(Model())
    grids.make_up(0)
    for batch in range(4):
        position.step += 1
        grids.on_train_batch_end(batch)
    grids.on_epoch_end(0)
    assert [path.stem for path in seen] == ["step-0000000", "step-0000002", "epoch-0001"]
    assert all(path.is_file() for path in seen)
