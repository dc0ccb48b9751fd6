"""Time a training step, of the preset `paper` and against PyTorch unless asked otherwise, in turns.

    python benchmarks/train_step.py --torch-python ../torch/bin/python
    python benchmarks/train_step.py --precision bfloat16 --torch-python ../torch/bin/python
    python benchmarks/train_step.py --device gpu --batch 16 --precision bfloat16 --steps 20

PyTorch may live in an environment of its own: `--torch-python` is that environment's Python. Both
sides are processes that wait while the other one works; the ratio is that of the medians. Figures
go to `benchmarks/results/`.
"""

import argparse
import os
import sys
from pathlib import Path

# What `artnb train` takes for small networks.
SMALL = ("smoke", "preview", "night")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import rounds  # noqa: E402
import worker  # noqa: E402

from artnb.platform.cpu import tune_tensorflow  # noqa: E402


def main() -> None:
    """Time both sides, or be the Keras side of it."""
    options = parse()
    if options.serve:
        serve(options)
        return
    if options.backend == "tensorflow" and options.device == "cpu":
        tune_tensorflow(small_networks=options.preset in SMALL)
    before = machine.describe()
    own = [sys.executable, __file__, *sys.argv[1:], "--serve"]
    sides = {"artnb": worker.Worker(own, ours(options))}
    if not options.alone:
        sides["pytorch"] = worker.Worker(peer_command(options), dict(os.environ))
    name = options.name or (
        f"train_step-{options.backend}-{options.device}-{options.precision}"
        f"-{options.size}px-batch{options.batch}"
    )
    figures = rounds.take(sides, options.warm_ups, options.rounds, options.steps)
    print(machine.save(name, {"machine": before, **figures}, options.results))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--alone", action="store_true", help="without PyTorch")
    parser.add_argument("--preset", default="paper", help="the peer knows the paper's alone")
    parser.add_argument("--backend", default="tensorflow", choices=["tensorflow", "jax"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "gpu"])
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--size", type=int, default=256, help="edge of the pictures, pixels")
    parser.add_argument("--batch", type=int, default=1, help="pictures of each domain in a step")
    parser.add_argument("--steps", type=int, default=1, help="in a round; the device may run ahead")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warm-ups", type=int, default=2, help="rounds that do not count")
    parser.add_argument("--xla", action="store_true", help="compile TensorFlow's step with XLA")
    parser.add_argument("--peer-compile", action="store_true", help="torch.compile for the peer")
    parser.add_argument("--peer-channels-last", action="store_true")
    parser.add_argument("--name", help="of the file in results/ (default: made of the options)")
    parser.add_argument("--results", type=Path, default=machine.RESULTS, help="a folder")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def ours(options: argparse.Namespace) -> dict[str, str]:
    """Give the environment of the Keras side."""
    return {**os.environ, "KERAS_BACKEND": options.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}


def peer_command(options: argparse.Namespace) -> list[str]:
    """Give the command of PyTorch's side."""
    command = [
        options.torch_python, str(HERE / "peer_torch.py"), "--serve",
        "--device", {"cpu": "cpu", "gpu": "cuda"}[options.device],
        "--precision", options.precision,
        "--size", str(options.size), "--batch", str(options.batch), "--steps", str(options.steps),
    ]  # fmt: skip
    command += ["--compile"] if options.peer_compile else []
    return command + (["--channels-last"] if options.peer_channels_last else [])


def serve(options: argparse.Namespace) -> None:
    """Train for as long as rounds are asked for, with `fit`, as `artnb train` does."""
    import numpy as np

    from artnb.method import preset_config
    from artnb.methods.cyclegan.model import CycleGAN

    config = preset_config(
        options.preset,
        image_size_px=options.size,
        load_size_px=round(options.size * 286 / 256),
        batch_size=options.batch,
        precision={"float32": "float32", "bfloat16": "mixed_bfloat16"}[options.precision],
        jit_compile=options.xla,
    )
    model = CycleGAN(config, options.size)
    shape = (options.batch, options.size, options.size, 3)
    random = np.random.default_rng(0)
    batch = tuple(random.integers(0, 256, shape, dtype=np.uint8) for _ in range(2))
    rounds.train(model, batch, options.steps, "generator_g")


if __name__ == "__main__":
    main()
