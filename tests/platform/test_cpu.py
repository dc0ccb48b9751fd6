"""What TensorFlow is given to compute with on a CPU, and when nothing is changed."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from artnb.platform import cpu

AVX2 = {"sse4_2", "avx", "avx2", "fma"}


@pytest.fixture
def laptop(monkeypatch):
    """A process on an x86 CPU with AVX2 alone, in which TensorFlow is not imported."""
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    for name in (cpu.ONEDNN, cpu.POOL):
        monkeypatch.setenv(name, "")  # so that what is set is taken back
        monkeypatch.delenv(name)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    monkeypatch.setattr(cpu, "cpu_flags", lambda: AVX2)


def chosen():
    return {name: os.environ[name] for name in (cpu.ONEDNN, cpu.POOL) if name in os.environ}


def test_memory_is_pooled_and_for_small_networks_onednn_is_taken(laptop, monkeypatch):
    said = cpu.tune_tensorflow()
    assert said.endswith("which is faster on this CPU (TF_CPU_ALLOCATOR_USE_BFC=true).")
    assert chosen() == {cpu.POOL: "true"}
    monkeypatch.delenv(cpu.POOL)
    assert "oneDNN's kernels" in cpu.tune_tensorflow(small_networks=True)
    assert chosen() == {cpu.ONEDNN: "1"}


@pytest.mark.parametrize(
    "more", ["avx512_vnni", "avx512_bf16", "avx_vnni", "amx_int8", "amx_bf16", "amx_tile"]
)
def test_tensorflow_is_left_alone_where_it_takes_onednn_by_itself(laptop, monkeypatch, more):
    monkeypatch.setattr(cpu, "cpu_flags", lambda: AVX2 | {more})
    assert (cpu.tune_tensorflow(), cpu.tune_tensorflow(True), chosen()) == ("", "", {})


def test_avx512_without_neural_instructions_gains_too(laptop, monkeypatch):
    monkeypatch.setattr(cpu, "cpu_flags", lambda: AVX2 | {"avx512f"})
    assert cpu.tune_tensorflow(small_networks=True)


@pytest.mark.parametrize(
    ("machine", "flags"), [("aarch64", {"asimd"}), ("x86_64", {"avx"}), ("x86_64", set())]
)
def test_other_cpus_are_left_alone(laptop, monkeypatch, machine, flags):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(cpu, "cpu_flags", lambda: flags)
    assert (cpu.tune_tensorflow(), cpu.tune_tensorflow(True), chosen()) == ("", "", {})


@pytest.mark.parametrize("value", ["0", "1"])
def test_what_somebody_has_set_stays(laptop, monkeypatch, value):
    monkeypatch.setenv(cpu.ONEDNN, value)
    assert cpu.tune_tensorflow(small_networks=True) == ""
    assert chosen() == {cpu.ONEDNN: value}
    monkeypatch.setenv(cpu.POOL, "false")
    assert (cpu.tune_tensorflow(), os.environ[cpu.POOL]) == ("", "false")


def test_too_late_nothing_is_said(laptop, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", object())
    assert (cpu.tune_tensorflow(), cpu.tune_tensorflow(True), chosen()) == ("", "", {})


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="Linux says what its CPU can do")
def test_the_instruction_sets_of_this_cpu_are_named():
    assert set(cpu.instruction_sets()) <= cpu.cpu_flags()
    assert cpu.instruction_sets()


@pytest.mark.slow
@pytest.mark.backend
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="oneDNN is for x86")
def test_whether_onednn_is_on_is_what_tensorflow_says():
    """In this process as it was started, and in another one the other way round."""
    pytest.importorskip("tensorflow")
    here = cpu.onednn_is_on()
    assert here == (os.environ.get(cpu.ONEDNN, str(int(here))) == "1")
    code = (
        "from artnb.platform.cpu import onednn_is_on\n"
        "assert onednn_is_on() is None\n"
        "import tensorflow\n"
        "print(onednn_is_on())\n"
    )
    environment = os.environ | {cpu.ONEDNN: str(int(not here))}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert result.stdout.strip() == str(not here), result.stderr
