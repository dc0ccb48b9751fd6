"""Pictures out of nothing: StyleGAN2 with adaptive discriminator augmentation."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.methods.stylegan2.config": "StyleGAN2Config",
        "artnb.methods.stylegan2.model": "StyleGAN2",
    },
)
