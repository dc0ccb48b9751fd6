"""Neural style transfer: one photo takes on the strokes of one painting, without training."""

from artnb.lazy import offered

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.stylization.beside": "paint_by_losses paint_in_styles",
        "artnb.stylization.losses": "moments",
        "artnb.stylization.inputs": "Style",
        "artnb.stylization.objective": "Objective",
        "artnb.stylization.paintings": "Paintings open_style",
        "artnb.stylization.settings": "StylizeSettings",
        "artnb.stylization.textures": "make_textures",
    },
)
