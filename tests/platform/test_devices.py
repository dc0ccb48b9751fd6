import keras
import pytest

from artnb.errors import InputError
from artnb.platform import devices


@pytest.mark.parametrize(
    ("batch_size", "available", "used"),
    [(1, 2, 1), (2, 2, 2), (8, 2, 2), (3, 2, 1), (4, 8, 4), (6, 4, 3), (32, 8, 8), (5, 1, 1)],
)
def test_as_many_devices_as_share_a_batch_equally(batch_size, available, used):
    assert devices.sharing_devices(batch_size, available) == used


@pytest.mark.parametrize(
    ("batch_size", "kind", "count", "used", "line"),
    [
        (8, "gpu", 2, 2, "Training on 2 GPUs: each takes 4 of 8 pictures."),
        (4, "tpu", 8, 4, "Training on 4 of 8 TPU cores: each takes 1 of 4 pictures."),
        (
            1, "gpu", 2, 1,
            "Training on 1 of 2 GPUs: a batch of 1 cannot be shared equally; "
            "choose a batch_size that is a multiple of 2 to use all.",
        ),
    ],
)  # fmt: skip
def test_one_line_says_what_was_chosen(batch_size, kind, count, used, line):
    names = [f"{kind}:{number}" for number in range(count)]
    assert devices._describe(batch_size, names, used) == line


def test_on_one_device_nothing_is_said():
    said = []
    with devices.use_devices(8, said.append):
        assert devices.replicas() == 1
    assert said == []


def test_hosts_that_cannot_share_a_batch_are_refused(monkeypatch):
    monkeypatch.setattr(devices, "this_host", lambda: (0, 2))
    with pytest.raises(InputError, match="devices of all 2 hosts, got 12; use 8 or 16"):
        devices._require_a_share_for_each_host(12, 8)


def test_without_a_wish_no_hosts_are_joined():
    assert devices.join_hosts() is False
    assert devices.this_host() == (0, 1)
    assert devices.writes_files()


def test_half_a_wish_for_hosts_names_what_is_missing(monkeypatch):
    monkeypatch.setenv("JAX_COORDINATOR_ADDRESS", "127.0.0.1:1")
    with pytest.raises(InputError, match="JAX_NUM_PROCESSES, JAX_PROCESS_ID is missing"):
        devices.join_hosts()


def test_hosts_that_make_no_sense_are_refused():
    expected = "below JAX_NUM_PROCESSES, got 2 of 2"
    if keras.backend.backend() != "jax":
        expected = "on JAX only, got tensorflow"
    with pytest.raises(InputError, match=expected):
        devices.join_hosts("127.0.0.1:1", 2, 2)
