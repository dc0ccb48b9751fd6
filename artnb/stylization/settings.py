"""The settings of style transfer."""

from dataclasses import dataclass

from artnb.settings import Settings, setting


@dataclass(frozen=True)
class StylizeSettings(Settings):
    """How a photo is painted in a painting's style."""

    features: str = setting(
        "patches",
        "what is looked at: the painting's own patches, which need no weights, or a network",
        choices=("patches", "squeezenet", "vgg19"),
    )
    loss: str = setting(
        "moments",
        "how styles are compared, by the features of a network",
        source="gram: Gatys et al. 2015; moments: Li et al. 2017; sliced: Heitz et al. 2021",
        choices=("gram", "moments", "sliced"),
    )
    optimizer: str = setting(
        "adam", "adam on a pyramid of scales, or lbfgs on pixels", choices=("adam", "lbfgs")
    )
    largest_px: int = setting(
        512, "scale larger photos down until their longer side has this", at_least=32
    )
    steps: int = setting(
        60, "at each of the sizes on the way; patches take a tenth of them", at_least=1
    )
    strength: float = setting(
        1.0,
        "of the style against the photo; 0.3 hints at it, 3 leaves little else",
        at_least=0.01,
        at_most=100,
        usual="usual are 0.3 to 3",
    )
    stroke_scale: float = setting(
        1.0,
        "the painting's longer side over the photo's; 2 makes strokes twice as large",
        at_least=0.1,
        at_most=4,
    )
    smoothness: float = setting(
        1.0, "weight of differences between neighbours", at_least=0, at_most=1000
    )
    keep_colours: bool = setting(False, "leave the photo its colours")
    seed: int = setting(0, "of what is drawn", at_least=0)
