"""Pictures out of latents: samples, truncation, mixtures, ways between them, projection."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.sampling.choice": "SampleChoice",
        "artnb.sampling.generating": "generate pictures_of",
        "artnb.sampling.interpolation": "interpolate",
        "artnb.sampling.mixing": "mixed truncated",
        "artnb.sampling.projection": "Projection project",
        "artnb.sampling.files": "Samples project_picture sample",
    },
)
