"""Networks as ONNX files that paint in a browser: small, and in tiles where a picture is large."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.exchange.export import facts_of
from artnb.exchange.optional import check_onnx
from artnb.files import disk, write_whole
from artnb.runs.painter import LatentSampler, Painter

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class WebNetwork:
    """A network's file.

    Args:
        path: the file.
        bytes: its size.
        statistics: how many numbers the input `statistics` has; 0 where there is no such input,
            since no norm is over pictures.
    """

    path: Path
    bytes: int
    statistics: int


def write_web_network(path: Path, maker: Painter | LatentSampler, half: bool) -> WebNetwork:
    """Write a network for a web page, whole or not at all; it computes in float32.

    A painter's has the input `picture`, float32 `(batch, height, width, 3)` in [-1, 1], both sides
    multiples of its `multiple_px`, and the output `painting` of the same shape. Where norms are
    over pictures it also has

    - `shared`, bool `()`: whether norms use the statistics that they are given. Else each takes its
      own over the whole batch, height and width;
    - `statistics`, float32 `(statistics,)`, zeros where not shared;
    - the output `found`, `(statistics,)`: the statistics that were used. For each norm, in order,
      they are the means of its channels, or groups, then the factors that bring them to variance 1.

    So one picture is painted by itself, and a large one in tiles that share what was found in a
    batch of some of them, as `translate_image` does. A latent's file is that of `artnb export`.

    Args:
        path: the file to make; one that is there is replaced.
        maker: what paints, or what makes pictures of latents.
        half: keep weights as float16, half as large; see `half_is_enough`.

    Returns:
        The file and what is to know about it. The file itself names, in its metadata, the domains,
        the range of values, the layout and the sizes that it takes.

    Raises:
        InputError: onnx is not installed, the network cannot be said in ONNX or not be read, or the
            disk is full.
    """
    check_onnx()
    from artnb.exchange.onnx_graph import build_onnx
    from artnb.exchange.onnx_statistics import SharedNorms

    norms = SharedNorms()
    model = build_onnx(portable_of(maker), facts_of(maker), norms, half)
    data = model.SerializeToString(deterministic=True)
    with disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    return WebNetwork(path, len(data), norms.count)


def portable_of(maker: Painter | LatentSampler) -> "keras.Model":
    """Build what a file is written of: Keras' own layers, which have the weights that it keeps.

    Raises:
        InputError: the network cannot be read, or holds layers that cannot be said so.
    """
    if isinstance(maker, LatentSampler):
        from artnb.exchange.portable_stylegan2 import portable_stylegan2

        return portable_stylegan2(maker.load())
    from artnb.exchange.portable import portable

    return portable(maker.load(), centred=False)
