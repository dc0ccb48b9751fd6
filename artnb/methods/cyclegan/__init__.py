"""CycleGAN (Zhu et al. 2017)."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.methods.cyclegan.config": "CycleGANConfig",
        "artnb.methods.cyclegan.model": "CycleGAN",
        "artnb.methods.cyclegan.samples": "SampleGrid",
        "artnb.training.pool": "ReplayPool",
    },
)
