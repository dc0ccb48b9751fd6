"""Time the input pipelines: pictures a second on their way into `fit`.

    python benchmarks/pipeline.py
    python benchmarks/pipeline.py --data ../data/gan-getting-started --batch 8
    KERAS_BACKEND=jax python benchmarks/pipeline.py

Both pipelines on TensorFlow, the one without TensorFlow elsewhere, with the encoded pictures held
in memory and read from their shards. The model does nothing, so the pipeline is what limits. The
peer is Pillow decoding the same JPEGs in a plain loop.
"""

import argparse
import gc
import io
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import machine

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from PIL import Image

from artnb.data.dataset import Dataset, open_dataset
from artnb.data.pipeline import ArrayPipeline, BatchOrder, tensorflow_pipeline
from artnb.platform.machine import memory_in_use_gb
from artnb.synthetic.dataset import make_demo_data


class Nothing(keras.Model):
    """Takes batches and does nothing with them."""

    def __init__(self) -> None:
        super().__init__()
        self.compile(optimizer="sgd", jit_compile=False)
        self.optimizer.build([])
        self.built = True

    def train_step(self, *state_and_data: Any) -> Any:
        """Do nothing, on either backend."""
        if len(state_and_data) == 1:
            return {"nothing": keras.ops.cast(state_and_data[0][0][0, 0, 0, 0], "float32")}
        return {}, state_and_data[0]


class Clock(keras.callbacks.Callback):
    """Times the steps after a few, and looks at memory then and at the end."""

    def __init__(self, warm_ups: int) -> None:
        super().__init__()
        self.warm_ups = warm_ups

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Start the clock after the warm-ups; stop it at every batch."""
        if batch + 1 == self.warm_ups:
            self.memory_before_gb, self.start = memory_in_use_gb(), time.perf_counter()
        self.end = time.perf_counter()

    def on_train_end(self, logs: Any = None) -> None:
        """Look at memory."""
        self.memory_after_gb = memory_in_use_gb()


def main() -> None:
    """Time each pipeline on held and on streamed pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="a Dataset (default: embedded data at 256 px)")
    parser.add_argument("--batch", type=int, default=4, help="pictures of each domain in a batch")
    parser.add_argument("--images", type=int, default=20_000, help="how many to time")
    parser.add_argument("--name", help="of the file in results/")
    options = parser.parse_args()
    before = machine.describe()
    with tempfile.TemporaryDirectory() as folder:
        if options.data is None:
            make_demo_data(Path(folder) / "data", 256)
        path = options.data or Path(folder) / "data"
        peer = pillow_rate(open_dataset(path), options.images // 5)
        print(f"{'Pillow in a plain loop':40} {peer:8.0f} pictures a second")
        rows = []
        for held in (True, False):
            dataset = open_dataset(path, memory_limit_gb=8.0 if held else 0.0)
            for pipeline in pipelines():
                rows.append(measure(pipeline, dataset, held, options, peer))
    backend = keras.backend.backend()
    name = options.name or f"pipeline-{backend}-{dataset.size_px}px-batch{options.batch}"
    print(machine.save(name, {"machine": before, "pillow_images_per_s": round(peer), "rows": rows}))


def pipelines() -> list:
    """Give what can run here."""
    on_tensorflow = keras.backend.backend() == "tensorflow"
    return [tensorflow_pipeline, ArrayPipeline] if on_tensorflow else [ArrayPipeline]


def pillow_rate(dataset: Dataset, count: int) -> float:
    """Decode pictures one after the other; give how many a second."""
    start = time.perf_counter()
    for number in range(count):
        jpeg = dataset.x.train[number % len(dataset.x.train)]
        np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))
    return count / (time.perf_counter() - start)


def measure(
    pipeline: Any, dataset: Dataset, held: bool, options: argparse.Namespace, peer: float
) -> dict[str, Any]:
    """Time one pipeline; print and give its figures."""
    gc.collect()
    steps, warm_ups = options.images // (2 * options.batch), 20
    clock = Clock(warm_ups)
    stream = pipeline(BatchOrder(dataset, options.batch, seed=0))
    Nothing().fit(
        stream, steps_per_epoch=steps + warm_ups, shuffle=False, verbose=0, callbacks=[clock]
    )
    rate = 2 * options.batch * steps / (clock.end - clock.start)
    row = {
        "pipeline": getattr(pipeline, "__name__", str(pipeline)),
        "pictures": "in memory" if held else "streamed",
        "images_per_s": round(rate),
        "ratio_to_pillow": round(rate / peer, 2),
        "memory_grew_mb": round(1000 * (clock.memory_after_gb - clock.memory_before_gb), 1),
    }
    print(
        f"{row['pipeline']}, {row['pictures']}:".ljust(40),
        f"{rate:8.0f} pictures a second, {row['ratio_to_pillow']} times Pillow;",
        f"memory grew by {row['memory_grew_mb']} MB",
    )
    return row


if __name__ == "__main__":
    main()
