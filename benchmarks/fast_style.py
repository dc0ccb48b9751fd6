"""Time a picture through the networks of `fast_style`, in turns with a CycleGAN's of `paper`.

    python benchmarks/fast_style.py
    python benchmarks/fast_style.py --size 512 --backend jax

Weights are as they are drawn; all paint as `translate` does.
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

SIDES = {"cyclegan": ("cyclegan", "paper"), "paper": ("fast_style", "paper"),
         "preview": ("fast_style", "preview")}  # fmt: skip


def main() -> None:
    """Time all, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backend", default="tensorflow", choices=["tensorflow", "jax"])
    parser.add_argument("--size", type=int, default=256, help="edge of the picture, pixels")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--serve", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.size, *SIDES[options.serve])
        return
    before = machine.describe()
    environment = {**os.environ, "KERAS_BACKEND": options.backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, __file__, "--size", str(options.size), "--serve"]
    sides = {name: worker.Worker([*command, name], environment) for name in SIDES}
    seconds = worker.alternate(sides, warm_ups=1, rounds=options.rounds)
    medians = {name: statistics.median(s) for name, s in seconds.items()}
    for name, median in medians.items():
        print(f"{name:8} {median:.3f} s a picture, {median / medians['cyclegan']:.3f} of cyclegan")
    facts = {name: side.finish() for name, side in sides.items()}
    figures = {"machine": before, "seconds_a_picture": medians, "rounds": seconds, **facts}
    print(machine.save(f"fast-style-{options.backend}-{options.size}px", figures))


def serve(size: int, method: str, preset: str) -> None:
    """Paint a picture whenever asked to."""
    import numpy as np

    from artnb.method import preset_config
    from artnb.methods.cyclegan.model import build_generator
    from artnb.models.painting import PaintingNetwork
    from artnb.translation import translate_image

    network = PaintingNetwork(build_generator(preset_config(preset, method), "generator_g"))
    photo = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    worker.serve(lambda: translate_image(network, photo))
    worker.answer_at_the_end()


if __name__ == "__main__":
    main()
