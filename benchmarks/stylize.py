"""Time style transfer: an iteration in turns with PyTorch's, and a picture from beginning to end.

    python benchmarks/stylize.py iteration --features squeezenet --torch-python ../torch/bin/python
    python benchmarks/stylize.py iteration --features vgg19 --torch-python ../torch/bin/python
    python benchmarks/stylize.py picture --size 512
    python benchmarks/stylize.py picture --size 256 --features patches
    python benchmarks/stylize.py picture --size 4096 --steps 3

An iteration is a loss, its gradient and a step of Adam, which here is one on a pyramid's levels.
Weights are random for iterations. A picture takes real ones where they are found, and invented
photos and paintings; its seconds are of all cores together and include loading and compiling.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
import worker  # noqa: E402

LOSSES = {"squeezenet": "moments", "vgg19": "gram"}


def main() -> None:
    """Time what the command line says."""
    options = parse()
    {"iteration": time_iterations, "serve": serve, "picture": time_picture}[options.what](options)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["iteration", "picture", "serve"])
    parser.add_argument("--features", default="squeezenet", choices=[*LOSSES, "patches"])
    parser.add_argument("--size", type=int, default=512, help="edge of the picture, pixels")
    parser.add_argument("--backend", default="tensorflow", choices=["tensorflow", "jax"])
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--torch-options", nargs="*", default=[], help="such as compile")
    parser.add_argument("--iterations", type=int, default=3, help="in a round")
    parser.add_argument("--steps", type=int, default=60, help="of a picture, at each size")
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args()


def environment(backend: str) -> dict[str, str]:
    """Give what artnb's own command line chooses for small networks."""
    chosen = {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return {"TF_ENABLE_ONEDNN_OPTS": "1", **os.environ, **chosen}


def time_iterations(options: argparse.Namespace) -> None:
    """Let artnb and the peer take iterations in turn."""
    before = machine.describe()
    shared = ["--features", options.features, "--size", str(options.size)]
    shared += ["--iterations", str(options.iterations)]
    peer = [options.torch_python, str(HERE / "style_torch.py"), *shared]
    sides = {
        "artnb": worker.Worker(
            [sys.executable, __file__, "serve", *shared], environment(options.backend)
        ),
        "pytorch": worker.Worker(
            [*peer, *(f"--{o}" for o in options.torch_options)], dict(os.environ)
        ),
    }
    seconds = worker.alternate(sides, warm_ups=2, rounds=options.rounds)
    facts = {name: side.finish() for name, side in sides.items()}
    medians = {n: statistics.median(s) / options.iterations for n, s in seconds.items()}
    ratio = round(medians["artnb"] / medians["pytorch"], 3)
    for name, median in medians.items():
        print(f"{name:8} {median:.3f} s an iteration, {facts[name]}")
    print(f"artnb / pytorch: {ratio}")
    figures = {"machine": before, "seconds": medians, "ratio": ratio, "rounds": seconds, **facts}
    name = "-".join(
        [
            f"stylize-{options.features}",
            options.backend,
            f"{options.size}px",
            *options.torch_options,
        ]
    )
    print(machine.save(name, figures))


def serve(options: argparse.Namespace) -> None:
    """Take iterations whenever asked to."""
    import numpy as np

    from artnb.stylization.features import load_features
    from artnb.stylization.objective import Objective
    from artnb.stylization.optimisation import Adam
    from artnb.stylization.regions import Region
    from artnb.stylization.shifts import ShiftedObjective

    objective = ShiftedObjective(
        Objective(load_features(options.features, None), LOSSES[options.features])
    )
    shape = (2, 1, options.size, options.size, 3)
    photo, painting = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    targets = objective.targets(photo, [Region(painting)])
    adam = Adam(objective.gradient)

    def iterate() -> None:
        adam.minimise(photo, targets, options.iterations, lambda loss, picture: None)

    worker.serve(iterate)
    worker.answer_at_the_end()


def time_picture(options: argparse.Namespace) -> None:
    """Paint an invented photo in a process of its own; tell its seconds and memory."""
    os.environ.update(environment(options.backend))
    before = machine.describe()
    from PIL import Image

    from artnb.stylization.stylize import stylize
    from artnb.synthetic.landscapes import render_painting, render_photo

    photo, painting = (render(5, 512) for render in (render_photo, render_painting))
    # Rendering a large one would take longer than painting it.
    photo = Image.fromarray(photo).resize((options.size, options.size), Image.Resampling.BICUBIC)
    used = os.times()
    changes = {"features": options.features, "largest_px": options.size, "steps": options.steps}
    stylize(photo, painting, **changes)
    now = os.times()
    seconds = {
        "clock": round(now.elapsed - used.elapsed, 1),
        "cpu": round(now.user + now.system - used.user - used.system, 1),
    }
    peak = {"peak_memory_gb": worker.peak_memory_gb()}
    print(seconds, peak)
    name = f"stylize-picture-{options.features}-{options.backend}-{options.size}px"
    print(machine.save(name, {"machine": before, "seconds": seconds, **peak}))


if __name__ == "__main__":
    main()
