"""Commands that bring generators in from elsewhere and take them out: import and export."""

import argparse
from pathlib import Path

from artnb.cli.command import add_backend, add_command, say_backend
from artnb.progress import bar


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the commands."""
    _add_import(commands)
    _add_export(commands)


def _add_import(commands: argparse._SubParsersAction) -> None:
    parser = add_command(
        commands, "import", _import, "Make a Run of a generator that others have trained."
    )
    parser.epilog = (
        "sources: a .pth of the CycleGAN authors' code, a .h5 or .keras of Keras, an .onnx of\n"
        "         artnb export, or the name of a generator that the authors published, such as\n"
        "         style_monet, style_vangogh, style_cezanne, style_ukiyoe or monet2photo"
    )
    parser.add_argument("source", metavar="FILE_OR_NAME", help="the generator that turns x into y")
    parser.add_argument(
        "reverse", metavar="FILE", nargs="?", help="the one that turns y into x, if there is one"
    )
    parser.add_argument("--run", required=True, metavar="NAME", help="of the new Run")
    parser.add_argument("--x", metavar="NAME", help="what goes in (default: photo)")
    parser.add_argument("--y", metavar="NAME", help="what comes out (default: painting)")
    add_backend(parser)


def _add_export(commands: argparse._SubParsersAction) -> None:
    parser = add_command(commands, "export", _export, "Write a Run's generator for other programs.")
    parser.add_argument("--run", required=True, help="name or path of a trained Run")
    parser.add_argument("--epoch", default="latest", help="a kept epoch's number, latest or best")
    parser.add_argument("--to", default="y", help="x, y or a domain's name: what it paints")
    parser.add_argument(
        "--format",
        required=True,
        choices=("keras", "onnx", "pth"),
        help="keras loads without artnb; onnx runs in onnxruntime; pth is a PyTorch state dict "
        "in the key layout of the CycleGAN authors' code",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="must not exist")


def _export(options: argparse.Namespace) -> None:
    from artnb.exchange.export import check_export, export_generator, how_to_use
    from artnb.platform.backend import import_quietly
    from artnb.runs.run import open_run

    run = open_run(options.run)
    check_export(run, options.out, options.format, options.epoch)
    import_quietly("keras")
    written = export_generator(run, options.out, options.format, options.epoch, options.to)
    print(f"{written}: {written.stat().st_size / 1e6:,.1f} MB")
    print(how_to_use(run, written, options.format))


def _import(options: argparse.Namespace) -> None:
    from artnb.exchange.source import find_source
    from artnb.runs.run import Run, refuse_existing, run_folder

    refuse_existing(Run(run_folder(options.run)))
    for source in filter(None, (options.source, options.reverse)):
        find_source(source)
    say_backend(options)
    from artnb.exchange.importing import import_generator

    run = import_generator(
        options.source, options.run, options.reverse, options.x, options.y, progress=bar
    )
    print(f"The Run is {run.path}")
    print(f"Next:  artnb translate --run {options.run} --photos FOLDER --out FOLDER")
