"""Time `translate` with the generator of the preset `paper`, in turns with PyTorch's.

    python benchmarks/translate.py --torch-python ../torch/bin/python
    python benchmarks/translate.py --size 1024 --torch-python ../torch/bin/python
    python benchmarks/translate.py --size 3000 --no-peer

Up to 1,024 px a picture goes through the network whole, beyond that in tiles.
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


def main() -> None:
    """Time both sides, or be the Keras side of it."""
    options = parse()
    if options.serve:
        serve(options.size)
        return
    before = machine.describe()
    keras_environment = {
        **os.environ,
        "KERAS_BACKEND": options.backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    ours = [sys.executable, __file__, "--size", str(options.size), "--serve"]
    sides = {"artnb": worker.Worker(ours, keras_environment)}
    if not options.no_peer:
        peer = [options.torch_python, str(HERE / "peer_torch.py"), "--serve-generator"]
        sides["pytorch"] = worker.Worker([*peer, "--size", str(options.size)], dict(os.environ))
    seconds = worker.alternate(sides, warm_ups=1, rounds=options.rounds)
    report(options, before, seconds, {name: side.finish() for name, side in sides.items()})


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--backend", default="tensorflow", choices=["tensorflow", "jax"])
    parser.add_argument("--size", type=int, default=256, help="edge of the picture, pixels")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--no-peer", action="store_true", help="time artnb alone")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def serve(size: int) -> None:
    """Translate a picture whenever asked to."""
    import numpy as np

    from artnb.method import preset_config
    from artnb.methods.cyclegan.model import build_generator
    from artnb.translation import translate_image

    generator = build_generator(preset_config("paper"), "generator_g")
    photo = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    worker.serve(lambda: translate_image(generator, photo, multiple_px=4))
    worker.answer_at_the_end()


def report(options: argparse.Namespace, before: dict, seconds: dict, facts: dict) -> None:
    """Print the medians and their ratio, and write the file."""
    medians = {name: statistics.median(s) for name, s in seconds.items()}
    for name, median in medians.items():
        rate = options.size**2 / 1e6 / median
        print(f"{name:8} {median:.3f} s a picture, {rate:.2f} megapixels a second, {facts[name]}")
    figures = {"machine": before, "seconds_a_picture": medians, "rounds": seconds, **facts}
    if "pytorch" in medians:
        figures["ratio"] = round(medians["artnb"] / medians["pytorch"], 3)
        print(f"artnb / pytorch: {figures['ratio']:.3f}")
    print(machine.save(f"translate-{options.backend}-{options.size}px", figures))


if __name__ == "__main__":
    main()
