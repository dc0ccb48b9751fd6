import os

import pytest

from artnb.method import preset_config
from artnb.platform import machine


@pytest.mark.parametrize("preset", ["smoke", "preview", "paper", "no such"])
def test_a_named_preset_stays_as_it_is(preset):
    assert machine.resolve_preset(preset) == preset


@pytest.mark.parametrize("devices", [[], ["gpu:0"]])
def test_auto_becomes_a_preset_that_exists(monkeypatch, devices):
    monkeypatch.setattr(machine, "accelerators", lambda: devices)
    preset_config(machine.resolve_preset("auto"))


def test_auto_is_preview_on_a_cpu(monkeypatch):
    monkeypatch.setattr(machine, "accelerators", lambda: [])
    assert machine.resolve_preset("auto") == "preview"


@pytest.mark.backend
def test_a_cpu_is_no_accelerator(monkeypatch):
    import keras

    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["cpu:0", "cpu:1"])
    assert machine.accelerators() == []
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["gpu:0"])
    assert machine.accelerators() == ["gpu:0"]


@pytest.mark.backend
def test_the_machine_in_one_line():
    line = machine.this_machine()
    assert "\n" not in line
    assert f"{os.cpu_count()} CPU cores" in line
    assert "Keras" in line


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"avx512f"}, "float32"),
        ({"avx512f", "avx512_bf16"}, "mixed_bfloat16"),
        ({"avx512_bf16", "amx_bf16"}, "mixed_bfloat16"),
    ],
)
def test_precision_on_a_cpu_is_what_it_computes_in(monkeypatch, flags, expected):
    monkeypatch.setattr(machine, "accelerators", lambda: [])
    monkeypatch.setattr(machine, "cpu_flags", lambda: flags)
    precision, reason = machine.suitable_precision()
    assert precision == expected
    assert all(flag in reason for flag in flags if flag.endswith("bf16"))


@pytest.mark.parametrize(
    ("capability", "expected"), [(7.5, "mixed_float16"), (9.0, "mixed_bfloat16")]
)
def test_precision_on_a_gpu_is_by_its_generation(monkeypatch, capability, expected):
    monkeypatch.setattr(machine, "accelerators", lambda: ["gpu:0"])
    monkeypatch.setattr(machine, "_compute_capability", lambda: capability)
    assert machine.suitable_precision()[0] == expected


def test_precision_on_a_tpu_is_bfloat16(monkeypatch):
    monkeypatch.setattr(machine, "accelerators", lambda: ["tpu:0"])
    assert machine.suitable_precision()[0] == "mixed_bfloat16"


def test_memory_grows_with_what_is_held():
    before = machine.memory_in_use_gb()
    held = bytearray(b"x" * 100_000_000)
    assert machine.memory_in_use_gb() - before == pytest.approx(0.1, abs=0.02)
    assert len(held) / 1e9 < machine.memory_in_use_gb()


def test_free_memory_is_some_of_all():
    import psutil

    assert 0 < machine.free_memory_gb() < psutil.virtual_memory().total / 1e9
