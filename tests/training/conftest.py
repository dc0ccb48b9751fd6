import pytest

from tests import mounts


@pytest.fixture
def small_disk(tmp_path):
    """A file system of two megabytes."""
    with mounts.small_disk(tmp_path / "small", "2m") as folder:
        yield folder
