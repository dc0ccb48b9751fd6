"""Time an extractor over a folder of pictures, and look at memory; then again from the cache.

    python benchmarks/features.py --photos ../shared/data/gan-getting-started/photo_jpg

Each count of pictures has a process of its own, so that the peaks of memory can be compared. The
peer is the network alone, on one batch of prepared pictures again and again.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import machine

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from artnb.evaluation.extractor import Extractor, load_extractor
from artnb.evaluation.measure import Cache, measure
from artnb.evaluation.pictures import pictures_of_folder


def main() -> None:
    """Measure a tenth of the pictures and all of them, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--extractor", default="squeezenet")
    parser.add_argument("--count", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.count:
        print(json.dumps(extract(options)))
        return
    before, total = machine.describe(), len(pictures_of_folder(options.photos).names)
    rows = []
    for count in (max(1, total // 10), total):
        command = [sys.executable, *sys.argv, "--count", str(count)]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(answer.stdout.splitlines()[-1]))
        print(rows[-1])
    few, all_of_them = rows
    grown_mb = all_of_them["peak_memory_mb"] - few["peak_memory_mb"]
    more = all_of_them["pictures"] - few["pictures"]
    print(f"peak memory grew by {grown_mb} MB with {more:,} more pictures")
    name = f"features-{options.extractor}-{keras.backend.backend()}"
    print(machine.save(name, {"machine": before, "rows": rows, "memory_grown_mb": grown_mb}))


def extract(options: argparse.Namespace) -> dict[str, Any]:
    """Extract features of some pictures, then take them from the cache; give the figures."""
    extractor = load_extractor(options.extractor, say=lambda _: None)
    alone = network_rate(extractor)
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder) / "cache.sqlite")
        start = time.perf_counter()
        pictures = pictures_of_folder(options.photos).some(options.count)
        hashed = time.perf_counter()
        measured = measure(pictures, [extractor], cache)
        first = time.perf_counter()
        measure(pictures, [extractor], cache)
        second = time.perf_counter()
    rate = len(measured) / (first - hashed)
    return {
        "pictures": len(measured),
        "size": measured.size_px,
        "images_per_s": round(rate, 1),
        "ratio_to_network_alone": round(rate / alone, 2),
        "hashing_s": round(hashed - start, 2),
        "from_cache_s": round(second - first, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def network_rate(extractor: Extractor, batches: int = 20) -> float:
    """Give how many prepared pictures a second the network alone takes."""
    size_px = extractor.kind.size_px
    batch = np.random.default_rng(0).normal(size=(16, size_px, size_px, 3)).astype(np.float32)
    extractor.network.predict_on_batch(batch)
    start = time.perf_counter()
    for _ in range(batches):
        extractor.network.predict_on_batch(batch)
    return 16 * batches / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
