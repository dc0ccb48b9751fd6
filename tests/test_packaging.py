"""pyproject.toml, environment.yml and the constraints say the same."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent


def pyproject():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def wanted():
    """Everything that pyproject asks for by name, but for its own extras."""
    project = pyproject()
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    requirements = [Requirement(line) for lines in groups for line in lines]
    return {canonicalize_name(r.name): r for r in requirements if r.name != "artnb"}


PLATFORMS = ("colab", "colab-tpu", "kaggle")


def pins(name="default"):
    lines = (ROOT / "constraints" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(r.name): r for r in requirements}


def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_everything_is_pinned_exactly_and_within_its_range():
    for name, requirement in wanted().items():
        found = pins({"apache-beam": "beam", "gradio": "app"}.get(name, "default"))
        assert name in found, f"{name} has no pin"
        (pin,) = found[name].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), f"{name}: {pin} and {requirement}"


@pytest.mark.parametrize("platform", [*PLATFORMS, "beam", "app"])
def test_what_a_platform_has_is_within_our_ranges(platform):
    project, found = pyproject(), pins(platform)
    extras = project["optional-dependencies"]
    groups = [project["dependencies"], extras["notebooks"], extras["kaggle"], extras["dev"]]
    needed = [Requirement(line) for lines in groups for line in lines]
    for requirement in needed:
        if requirement.name != "artnb":
            (pin,) = found[canonicalize_name(requirement.name)].specifier
            assert requirement.specifier.contains(pin.version), requirement


@pytest.mark.parametrize(("package", "own"), [("apache-beam", "beam"), ("gradio", "app")])
def test_what_gets_along_with_none_stays_out_of_all_other_environments(package, own):
    for name in {"default", "beam", "app", *PLATFORMS} - {own}:
        assert package not in pins(name)


def test_a_tpus_machine_has_jax_alone():
    assert "tensorflow" not in pins("colab-tpu")
    assert "jax" in pins("colab-tpu")


@pytest.mark.parametrize("name", ["default", "beam", "app", *PLATFORMS])
def test_torch_and_tensorflow_addons_are_in_no_environment(name):
    names = {*pins(name), *wanted()}
    assert not names & {"torch", "torchvision", "tensorflow-addons"}


def test_what_judges_by_pytorch_adds_to_the_default_pins():
    assert "torch" in pins("weights")
    assert not pins("weights").keys() & pins("default").keys()


def test_conda_builds_the_same_environment():
    dependencies = environment()["dependencies"]
    conda = [Requirement(line.replace("=", "==", 1)) for line in dependencies if "=" in str(line)]
    python = next(r for r in conda if r.name == "python")
    (version,) = python.specifier
    assert SpecifierSet(pyproject()["requires-python"]).contains(version.version.rstrip(".*"))
    pip_lines = next(entry["pip"] for entry in dependencies if isinstance(entry, dict))
    assert pip_lines == ["--constraint constraints/default.txt", "--editable .[tensorflow,dev]"]


def test_the_environment_is_named_after_the_project():
    assert environment()["name"] == pyproject()["name"] == "artnb"


CONSTRAINTS = [
    f"constraints/{name}.txt" for name in ("default", "beam", "app", "weights", *PLATFORMS)
]


@pytest.mark.parametrize("path", [*CONSTRAINTS, "environment.yml", "pyproject.toml"])
def test_no_index_or_file_address_is_pinned(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert "file:" not in text
    assert "index-url" not in text


def test_make_and_the_page_on_installing_name_the_same_extras():
    extras = '".[tensorflow,dev]"'
    assert extras in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert extras in (ROOT / "docs" / "installing.md").read_text(encoding="utf-8")
