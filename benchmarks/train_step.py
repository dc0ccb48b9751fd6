"""Time a training step, of the preset `paper` and against PyTorch unless asked otherwise, in turns.

    python benchmarks/train_step.py --torch-python ../torch/bin/python
    python benchmarks/train_step.py --precision bfloat16 --torch-python ../torch/bin/python
    python benchmarks/train_step.py --device gpu --batch 16 --precision bfloat16 --steps 20

PyTorch may live in an environment of its own: `--torch-python` is that environment's Python. Both
sides are processes that wait while the other one works; the ratio is that of the medians. Figures
go to `benchmarks/results/`.
"""

import argparse
import itertools
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What `artnb train` takes for small networks.
SMALL = ("smoke", "preview", "night")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import machine  # noqa: E402
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
    seconds = worker.alternate(sides, options.warm_ups, options.rounds)
    report(options, before, seconds, {name: side.finish() for name, side in sides.items()})


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
    import keras
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

    def stream() -> Iterator[tuple]:
        yield from itertools.repeat(batch)

    class Rounds(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if batch % options.steps == 0:
                if not worker.asked():
                    worker.answer_at_the_end(**device_memory())
                    os._exit(0)
                self.start = time.perf_counter()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if (batch + 1) % options.steps == 0:
                float(logs["generator_g"])  # waits for the device
                worker.answer({"seconds": time.perf_counter() - self.start})

    model.fit(stream(), steps_per_epoch=10**9, verbose=0, callbacks=[Rounds()])


def device_memory() -> dict[str, float]:
    """Give the peak of an accelerator's memory, where JAX or TensorFlow know it."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        facts = jax.devices()[0].memory_stats() or {}
        peak = facts.get("peak_bytes_in_use")
    else:
        import tensorflow as tf

        has_gpu = tf.config.list_physical_devices("GPU")
        peak = tf.config.experimental.get_memory_info("GPU:0")["peak"] if has_gpu else None
    return {} if peak is None else {"peak_device_memory_gb": round(peak / 1e9, 2)}


def report(
    options: argparse.Namespace,
    before: dict[str, Any],
    seconds: dict[str, list[float]],
    facts: dict[str, dict[str, Any]],
) -> None:
    """Print the medians and their ratio, and write the file."""
    medians = {name: statistics.median(s) / options.steps for name, s in seconds.items()}
    ratio = medians["artnb"] / medians["pytorch"] if "pytorch" in medians else None
    for name, median in medians.items():
        spread = (
            f"{min(seconds[name]) / options.steps:.3f} to {max(seconds[name]) / options.steps:.3f}"
        )
        print(f"{name:8} {median:.3f} s a step ({spread}), {facts[name]}")
    if ratio is not None:
        print(f"artnb / pytorch: {ratio:.3f}")
    name = options.name or (
        f"train_step-{options.backend}-{options.device}-{options.precision}"
        f"-{options.size}px-batch{options.batch}"
    )
    figures = {
        "machine": before,
        "seconds_a_step": {n: round(m, 4) for n, m in medians.items()},
        **({} if ratio is None else {"ratio": round(ratio, 3)}),
        "rounds": {n: [round(s / options.steps, 4) for s in all_] for n, all_ in seconds.items()},
        **facts,
    }
    print(machine.save(name, figures, options.results))


if __name__ == "__main__":
    main()
