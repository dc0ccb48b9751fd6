"""Pictures out of latents: samples, truncation, mixtures, ways between them, projection."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.sampling.generating": "generate pictures_of",
    },
)
