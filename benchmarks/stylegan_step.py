"""Time a training step of the Method `stylegan2` against PyTorch, in turns.

    python benchmarks/stylegan_step.py --torch-python ../torch/bin/python
    python benchmarks/stylegan_step.py --channel-base 2048 --channel-max 128 --rounds 5

A round is a period of 16 steps, in which R1 comes once and path lengths four times on both sides:
what a step costs is its mean, regularisers included. Figures go to `benchmarks/results/`.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import rounds  # noqa: E402
import worker  # noqa: E402

# R1's interval, a multiple of the path length's.
STEPS = 16
# What both sides are told by the same name.
SHARED = ("size_px", "batch", "channel_base", "channel_max", "mapping_layers", "precision")


def main() -> None:
    """Time both sides, or be the Keras side of it."""
    options = parse()
    if options.serve:
        serve(options)
        return
    if options.cores:
        os.sched_setaffinity(0, range(options.cores))  # both sides inherit it
    before = machine.describe()
    own = [sys.executable, __file__, *sys.argv[1:], "--serve"]
    environment = {**os.environ, "KERAS_BACKEND": options.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    sides = {"artnb": worker.Worker(own, environment)}
    if not options.alone:
        sides["pytorch"] = worker.Worker(peer_command(options), dict(os.environ))
    figures = rounds.take(sides, options.warm_ups, options.rounds, STEPS)
    kimg = {
        name: round(options.batch * 3.6 / seconds, 2)
        for name, seconds in figures["seconds_a_step"].items()
    }
    print(f"thousand pictures an hour: {kimg}")
    figures = {"machine": before, "cores_taken": options.cores, "kimg_an_hour": kimg, **figures}
    print(machine.save(options.name or name_of(options), figures, options.results))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--alone", action="store_true", help="without PyTorch")
    parser.add_argument("--backend", default="tensorflow", choices=["tensorflow", "jax"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "gpu"])
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--size-px", type=int, default=64)
    parser.add_argument("--batch", type=int, default=8, help="pictures in a step")
    parser.add_argument("--channel-base", type=int, default=16384)
    parser.add_argument("--channel-max", type=int, default=512)
    parser.add_argument("--mapping-layers", type=int, default=2)
    parser.add_argument("--augment", type=float, metavar="P",
                        help="change what D sees with this probability (default: not)")  # fmt: skip
    parser.add_argument("--xla", action="store_true", help="compile TensorFlow's step with XLA")
    parser.add_argument("--cores", type=int, help="so many; threads that wait for each other on a "
                        "busy machine cost PyTorch far more than the work")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=5, help=f"of {STEPS} steps")
    parser.add_argument("--warm-ups", type=int, default=1, help="rounds that do not count")
    parser.add_argument("--name", help="of the file in results/ (default: made of the options)")
    parser.add_argument("--results", type=Path, default=machine.RESULTS, help="a folder")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.augment is not None and not options.alone:
        parser.error("the peer changes no pictures; use --augment with --alone")
    return options


def name_of(options: argparse.Namespace) -> str:
    """Name the file of results."""
    augmented = "" if options.augment is None else f"-augment{options.augment:g}"
    return (
        f"stylegan_step-{options.backend}-{options.device}-{options.precision}-"
        f"{options.size_px}px-batch{options.batch}-channels{options.channel_base}{augmented}"
    )


def peer_command(options: argparse.Namespace) -> list[str]:
    """Give the command of PyTorch's side."""
    shared = (
        argument
        for name in SHARED
        for argument in (f"--{name.replace('_', '-')}", str(getattr(options, name)))
    )
    device = {"cpu": "cpu", "gpu": "cuda"}[options.device]
    script = str(HERE / "stylegan2_torch.py")
    command = [options.torch_python, script, "--serve", "--part", "period"]
    return [*command, "--device", device, *shared]


def serve(options: argparse.Namespace) -> None:
    """Train for as long as rounds are asked for."""
    import numpy as np

    from artnb.methods.stylegan2.model import StyleGAN2

    model = StyleGAN2(config_of(options), options.size_px)
    shape = (options.batch, options.size_px, options.size_px, 3)
    pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    rounds.train(model, (pictures,), STEPS, "generator")


def config_of(options: argparse.Namespace) -> Any:
    """Give the Run's settings that the options stand for."""
    from artnb.method import preset_config

    return preset_config(
        "paper256",
        method="stylegan2",
        image_size_px=options.size_px,
        batch_size=options.batch,
        channel_base=options.channel_base,
        channel_max=options.channel_max,
        mapping_layers=options.mapping_layers,
        precision={"float32": "float32", "bfloat16": "mixed_bfloat16"}[options.precision],
        jit_compile=options.xla,
        augmentation="none" if options.augment is None else "fixed",
        augmentation_p=options.augment or 0.0,
    )


if __name__ == "__main__":
    main()
