"""Commands on Runs: list them, paint with them, bring generators in and take them out."""

from pathlib import Path
from typing import Annotated, Literal

import artnb
from artnb import data
from artnb.cli import options
from artnb.cli.maker import Option


def translate(
    *,
    run: options.RunName,
    photos: Annotated[Path, "a file or a folder, also of shards"],
    out: Annotated[Path, "folder for the paintings"],
    epoch: options.Epoch = "latest",
    to: options.To = "y",
    largest_px: options.LargestPx = None,
    backend: options.Backend = None,
) -> int:
    """Turn photos of any size into paintings."""
    from artnb.runs.painter import other_role

    opened = artnb.open_run(run)
    painter = opened.painter(epoch, to)
    data.pictures_to_paint(photos, other_role(painter.to))
    options.say_backend(backend)
    report = artnb.translate(opened, photos, out, epoch, to, largest_px, artnb.bar, print)
    return options.say_painted(report, out)


def runs(folder: Annotated[Path | None, "where (default: outputs)"] = None) -> None:
    """List Runs: how far they got, how they ended."""
    from artnb.runs.table import runs_table

    print(runs_table(folder or artnb.outputs_folder()))


def import_(
    source: Annotated[str, "the generator that turns x into y", Option(metavar="FILE_OR_NAME")],
    reverse: Annotated[
        str | None, "the one that turns y into x, if there is one", Option(metavar="FILE")
    ] = None,
    *,
    run: Annotated[str, "name of the new Run"],
    x: Annotated[str | None, "what goes in (default: photo)"] = None,
    y: Annotated[str | None, "what comes out (default: painting)"] = None,
    network: Annotated[
        str | None, "which of several generators in the file", Option(metavar="NAME")
    ] = None,
    reverse_network: Annotated[
        str | None, "which for the way back, in its file or in the same", Option(metavar="NAME")
    ] = None,
    backend: options.Backend = None,
) -> None:
    """Make a Run of a generator that others have trained.

    sources: a .pth of the CycleGAN authors' code, a .pkl of stylegan2-ada-pytorch or a .pt of
             stylegan2-pytorch, a .h5 or .keras of Keras, an .onnx of artnb export, or the name of
             a generator that the authors published, such as style_monet, style_vangogh,
             style_cezanne, style_ukiyoe or monet2photo
    """
    from artnb.exchange.source import find_source
    from artnb.runs.run import refuse_existing, run_folder

    refuse_existing(artnb.Run(run_folder(run)))
    for given in filter(None, (source, reverse)):
        find_source(given)
    options.say_backend(backend)
    made = artnb.import_generator(
        source,
        run,
        reverse,
        x,
        y,
        progress=artnb.bar,
        network=network,
        reverse_network=reverse_network,
    )
    print(f"The Run is {made.path}")
    command, given = ("sample", "") if made.is_latent else ("translate", "--photos FOLDER ")
    print(f"Next:  artnb {command} --run {run} {given}--out FOLDER")


def export(
    *,
    run: options.RunName,
    epoch: options.Epoch = "latest",
    to: options.To = "y",
    format: Annotated[
        Literal["keras", "onnx", "pth"],
        "keras loads without artnb; onnx runs in onnxruntime; pth is a PyTorch state dict "
        "in the key layout of the CycleGAN authors' code",
    ],
    out: Annotated[Path, "file to write; must not exist"],
) -> None:
    """Write a Run's generator for other programs."""
    from artnb.exchange.export import check_export, how_to_use
    from artnb.platform.backend import import_quietly

    opened = artnb.open_run(run)
    check_export(opened, out, format, epoch)
    import_quietly("keras")
    written = artnb.export_generator(opened, out, format, epoch, to)
    print(f"{written}: {written.stat().st_size / 1e6:,.1f} MB")
    print(how_to_use(opened, written, format))
