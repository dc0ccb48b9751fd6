"""A Run's generator as a file that others can use: Keras, ONNX, or a PyTorch state dict."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from artnb.errors import InputError, nearest
from artnb.exchange.optional import check_onnx
from artnb.files import disk, write_whole
from artnb.runs.painter import LatentSampler, Painter
from artnb.runs.run import Run

if TYPE_CHECKING:
    import keras

FORMATS = ("keras", "onnx", "pth")
# How a file is used, in the words of its library; `{file}` is its name.
_USES = {
    "keras": (
        'paintings = keras.models.load_model("{file}").predict(photos)',
        "photos: float32 (batch, height, width, 3)",
    ),
    "onnx": (
        'paintings, = onnxruntime.InferenceSession("{file}").run(None, {{"picture": photos}})',
        "photos: float32 (batch, height, width, 3)",
    ),
    "pth": (
        'network.load_state_dict(torch.load("{file}")), network being the CycleGAN authors\' '
        "ResnetGenerator(3, 3, {filters}, {norm}, n_blocks={blocks})",
        "photos: float32 (batch, 3, height, width)",
    ),
}
# How that of a StyleGAN2 is; `{inputs}` are what it is given.
_LATENT_USES = {
    "keras": 'pictures = keras.models.load_model("{file}").predict({inputs})',
    "onnx": 'pictures, = onnxruntime.InferenceSession("{file}").run(None, {inputs})',
}


def export_generator(
    run: Run, out: Path, format: str, epoch: str | int = "latest", to: str = "y"
) -> Path:
    """Write a Run's generator for other programs, as float32, whole or not at all.

    Args:
        run: the Run.
        out: the file to make; its name ends as its format is called.
        format: `"keras"` loads without artnb, `"onnx"` runs in onnxruntime and elsewhere, `"pth"`
            is a state dict in the key layout of the CycleGAN authors' code.
        epoch: counted from 1, `"latest"` or `"best"`.
        to: `"y"` or `"x"` or a domain's name: what the generator paints. Means nothing for one
            that makes pictures of latents.

    Returns:
        The file.

    Raises:
        InputError: `out` exists or is called otherwise, the Run has no such epoch or direction,
            the network cannot be said in this format, or the disk is full.
    """
    check_export(run, out, format, epoch)
    maker = run.sampler(epoch) if run.is_latent else run.painter(epoch, to)
    network = maker.load()
    with disk(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        _WRITERS[format](maker, network, out)
    return out


def check_export(run: Run, out: Path, format: str, epoch: str | int = "latest") -> None:
    """Check what can be checked before Keras is loaded, which takes seconds.

    Raises:
        InputError: as `export_generator` says.
    """
    if format not in FORMATS:
        raise InputError(f"the format must be one of {', '.join(FORMATS)}, got {format!r}; "
                         f"{nearest(format, FORMATS)}")  # fmt: skip
    if out.suffix != f".{format}":
        raise InputError(
            f"a file of the format {format} must end in .{format}, and --out is {out}; "
            f"write --out {out.with_suffix(f'.{format}')}"
        )
    if out.exists():
        raise InputError(
            f"{out} exists already and will not be overwritten; choose another --out, "
            "or remove it first"
        )
    if run.is_latent and format not in _LATENT_USES:
        raise InputError(
            f"the format {format} is for generators that paint photos, and the Run "
            f"{run.path.name} is a {run.method.title}; take {' or '.join(_LATENT_USES)}"
        )
    if format == "onnx":
        check_onnx()
    run.find_epoch(epoch)


def how_to_use(run: Run, out: Path, format: str) -> str:
    """Say in two lines how an exported file is used."""
    if run.is_latent:
        return _how_to_sample(run, out, format)
    config = run.config()
    call, layout = _USES[format]
    call = call.format(
        file=out.name,
        filters=config.generator_filters,
        blocks=config.generator_blocks,
        norm="partial(InstanceNorm2d, affine=True)" if config.norm_affine else "InstanceNorm2d",
    )
    return (
        f"Use it:  {call}\n"
        f"         {layout} in [-1, 1], both sides multiples of {config.multiple_px}; "
        "paintings likewise"
    )


def _how_to_sample(run: Run, out: Path, format: str) -> str:
    config = run.config()
    inputs = '{"z": z, "truncation": truncation}'
    of_class = ""
    if config.class_names:
        inputs = inputs.replace("}", ', "class": kind}')
        of_class = f"; kind: one-hot, float32 (count, {len(config.class_names)})"
    return (
        f"Use it:  {_LATENT_USES[format].format(file=out.name, inputs=inputs)}\n"
        f"         z: float32 (count, {run.sampler().latent_size}) from N(0, 1); truncation: "
        "float32 (count, 1), where 1 leaves pictures as they are and 0 gives the average one"
        f"{of_class}; pictures: (count, {config.image_size_px}, {config.image_size_px}, 3), "
        "mostly in [-1, 1]"
    )


def _portable(maker: Painter | LatentSampler, network: "keras.Model") -> "keras.Model":
    if isinstance(maker, LatentSampler):
        from artnb.exchange.portable_stylegan2 import portable_stylegan2

        return portable_stylegan2(network)
    from artnb.exchange.portable import portable

    return portable(network)


def _write_keras(maker: Painter | LatentSampler, network: "keras.Model", out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        unfinished = Path(folder) / out.name
        _portable(maker, network).save(unfinished)
        write_whole(out, unfinished.read_bytes())


def _write_onnx(maker: Painter | LatentSampler, network: "keras.Model", out: Path) -> None:
    from artnb.exchange.onnx_files import write_onnx

    write_onnx(out, _portable(maker, network), facts_of(maker))


def facts_of(maker: Painter | LatentSampler) -> dict[str, str]:
    """Say what a file records beside a network: what goes in and comes out."""
    import artnb

    if isinstance(maker, LatentSampler):
        size = {"size_px": str(maker.size_px), "latent_size": str(maker.latent_size)}
    else:
        size = {"multiple_px": str(maker.multiple_px)}
    return {
        "artnb_version": artnb.__version__,
        "source_domain": maker.source,
        "target_domain": maker.target,
        "value_range": "[-1, 1]",
        "layout": "NHWC",
        **size,
    }


def _write_pth(painter: Painter, network: "keras.Model", out: Path) -> None:
    from artnb.exchange.torch_layout import to_torch
    from artnb.torch_files import write_state_dict

    write_state_dict(out, to_torch(painter.run.config(), network.get_weights()))


_WRITERS: dict[str, Callable[..., None]] = {
    "keras": _write_keras,
    "onnx": _write_onnx,
    "pth": _write_pth,
}
