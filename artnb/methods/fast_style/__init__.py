"""A network that paints photos in a style at once (Johnson et al. 2016)."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.methods.fast_style.config": "FastStyleConfig",
        "artnb.methods.fast_style.model": "FastStyle",
    },
)
