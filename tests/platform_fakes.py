"""Colab and Kaggle as far as artnb meets them: variables, secrets, attached files.

The functions take a test's `monkeypatch`; the fixtures are for tests that import them in a
`conftest.py`.
"""

import shutil
import sys
import types

import pytest

from artnb.platform.where import kaggle_inputs

# What may hold credentials, or say where this is.
VARIABLES = (
    "KAGGLE_API_TOKEN",
    "KAGGLE_API_V1_TOKEN",
    "KAGGLE_USERNAME",
    "KAGGLE_KEY",
    "KAGGLE_KERNEL_RUN_TYPE",
    "KAGGLE_DATA_PROXY_URL",
    "KAGGLE_DATA_PROXY_TOKEN",
    "KAGGLE_USER_SECRETS_TOKEN",
    "KAGGLEHUB_CACHE",
    "COLAB_RELEASE_TAG",
)
LAYOUTS = ("newer", "older")


def bare_machine(monkeypatch, home):
    """Make this a machine without credentials, whose home is an empty folder."""
    home.mkdir(parents=True, exist_ok=True)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    # kagglehub notes the home when it is imported.
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(home / ".kaggle"))


class SecretNotFoundError(Exception):
    """What Colab raises; what Kaggle raises is as little known beforehand."""


def pretend_colab(monkeypatch, secrets=None, granted=True):
    """Make this a Colab notebook with secrets; gives the list of those that were asked for."""
    asked, secrets = [], dict(secrets or {})

    def get(name):
        asked.append(name)
        if not granted:
            raise PermissionError(f"Notebook does not have access to secret {name}")
        if name not in secrets:
            raise SecretNotFoundError(f"Secret {name} does not exist.")
        return secrets[name]

    colab = types.ModuleType("google.colab")
    colab.userdata = types.SimpleNamespace(get=get)
    colab.drive = types.SimpleNamespace(mount=lambda _: None)
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab-external")
    return asked


def pretend_kaggle(monkeypatch, secrets=None):
    """Make this a Kaggle notebook with secrets; gives the list of those that were asked for.

    Colab's variable and module are there too, as on Kaggle, and whoever asks them gets a token
    that is none.
    """
    pretend_colab(monkeypatch, {"KAGGLE_API_TOKEN": "of Colab"})
    asked, secrets = [], dict(secrets or {})

    class UserSecretsClient:
        def get_secret(self, name):
            asked.append(name)
            if name not in secrets:
                raise ConnectionError(f"No user secrets exist for kernel id 1 and label {name}.")
            return secrets[name]

    module = types.ModuleType("kaggle_secrets")
    module.UserSecretsClient = UserSecretsClient
    monkeypatch.setitem(sys.modules, "kaggle_secrets", module)
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    return asked


def mount_competition(attached, files, slug="gan-getting-started", layout="newer"):
    """Attach a competition's files.

    Args:
        attached: the folder that stands for `/kaggle/input`.
        files: a folder to copy from.
        slug: the competition's.
        layout: one of `LAYOUTS`.

    Returns:
        Where they are.
    """
    place = kaggle_inputs(slug, attached)[LAYOUTS.index(layout)]
    shutil.copytree(files, place)
    return place


@pytest.fixture
def on_bare_machine(monkeypatch, tmp_path):
    """A machine without credentials; gives its home."""
    bare_machine(monkeypatch, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def on_colab(monkeypatch, on_bare_machine):
    """Give a function that makes this a Colab notebook with secrets."""
    return lambda secrets=None, granted=True: pretend_colab(monkeypatch, secrets, granted)


@pytest.fixture
def on_kaggle(monkeypatch, on_bare_machine):
    """Give a function that makes this a Kaggle notebook with secrets."""
    return lambda secrets=None: pretend_kaggle(monkeypatch, secrets)
