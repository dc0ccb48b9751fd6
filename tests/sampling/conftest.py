import pytest

from tests.sampling.latent_run import make_latent_run


@pytest.fixture(scope="session")
def latent_run(tmp_path_factory):
    """A Run with a latent generator; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("latent")
    return make_latent_run(folder / "run", folder / "pictures")


@pytest.fixture(scope="session")
def generator(latent_run):
    return latent_run.sampler("latest").load()
