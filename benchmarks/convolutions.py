"""Time a network's convolutions one by one, forward and both gradients, in four libraries' kernels.

    python benchmarks/convolutions.py --network paper --torch-python ../torch/bin/python

CPU seconds of one thread, so that a busy machine changes little; two pictures at a time unless the
name says otherwise. Beside them a product of two 2048×2048 matrices: what the core can do. Figures
go to `benchmarks/results/`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

KINDS = {
    "tensorflow": "TensorFlow's own kernels",
    "onednn": "TensorFlow's with oneDNN",
    "pytorch": "PyTorch",
    "pytorch-channels-last": "PyTorch, channels last",
}
# Pictures, edge of what is given, channels, kernel, stride, filters; of a transposed one "t".
NETWORKS = {
    "paper": {
        "G 7×7 3→64": (2, 262, 3, 7, 1, 64),
        "G 3×3/2 64→128": (2, 258, 64, 3, 2, 128),
        "G 3×3/2 128→256": (2, 130, 128, 3, 2, 256),
        "G 3×3 256→256, one picture": (1, 66, 256, 3, 1, 256),
        "G 3×3 256→256": (2, 66, 256, 3, 1, 256),
        "G 3×3·2 256→128": (2, 64, 256, 3, 2, 128, "t"),
        "G 3×3·2 128→64": (2, 128, 128, 3, 2, 64, "t"),
        "G 7×7 64→3": (2, 262, 64, 7, 1, 3),
        "the same, turned": (2, 262, 64, 7, 1, 3, "t"),
        "D 4×4/2 3→64": (2, 258, 3, 4, 2, 64),
        "D 4×4/2 64→128": (2, 130, 64, 4, 2, 128),
        "D 4×4/2 128→256": (2, 66, 128, 4, 2, 256),
        "D 4×4 256→512": (2, 34, 256, 4, 1, 512),
        "D 4×4 512→1": (2, 33, 512, 4, 1, 1),
    },
    "night": {
        "G 7×7 3→32": (2, 134, 3, 7, 1, 32),
        "G 3×3/2 32→64": (2, 130, 32, 3, 2, 64),
        "G 3×3/2 64→128": (2, 66, 64, 3, 2, 128),
        "G 3×3 128→128, one picture": (1, 34, 128, 3, 1, 128),
        "G 3×3 128→128": (2, 34, 128, 3, 1, 128),
        "G 3×3 128→64, doubled": (2, 66, 128, 3, 1, 64),
        "the same, by blocks": (2, 34, 128, 2, 1, 256),
        "G 3×3 128→32, doubled": (2, 130, 128, 3, 1, 32),
        "the same, by blocks ": (2, 66, 128, 2, 1, 128),
        "G 7×7 64→3": (2, 134, 64, 7, 1, 3),
        "the same, turned": (2, 134, 64, 7, 1, 3, "t"),
        "D 4×4/2 3→64": (2, 130, 3, 4, 2, 64),
        "D 4×4/2 64→128": (2, 66, 64, 4, 2, 128),
        "D 4×4/2 128→256": (2, 34, 128, 4, 2, 256),
        "D 4×4 256→512": (2, 18, 256, 4, 1, 512),
        "D 4×4 512→1": (2, 17, 512, 4, 1, 1),
    },
}


def main() -> None:
    """Time all kinds one after the other, or be one of them."""
    options = parse()
    if options.serve:
        print(json.dumps(timed(options.serve, options.network, options.repeats)))
        return
    import machine

    before, seconds = machine.describe(), {}
    for kind in KINDS:
        python = options.torch_python if kind.startswith("pytorch") else sys.executable
        command = [python, __file__, *sys.argv[1:], "--serve", kind]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        seconds[kind] = json.loads(answer.stdout.splitlines()[-1])
    figures = {"machine": before, "cpu_seconds_forward_inputs_kernel": seconds}
    print_table(options.network, seconds)
    print(machine.save(f"convolutions-{options.network}", figures))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", default="paper", choices=list(NETWORKS))
    parser.add_argument("--torch-python", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--serve", choices=list(KINDS), help=argparse.SUPPRESS)
    return parser.parse_args()


def thousand_millions(
    pictures: int,
    edge: int,
    channels: int,
    kernel: int,
    stride: int,
    filters: int,
    *kinds: str,
) -> float:
    """Count a convolution's operations, a multiplication and an addition each, in 10^9."""
    positions = edge if kinds else (edge - kernel) // stride + 1
    return 2e-9 * pictures * positions**2 * channels * filters * kernel**2


def print_table(network: str, seconds: dict[str, dict[str, list[float]]]) -> None:
    """Print 10^9 operations, and how many a second of forward / inputs / kernel."""
    for name, shape in NETWORKS[network].items():
        work = thousand_millions(*shape)
        rates = [" / ".join(f"{work / s:.0f}" for s in seconds[kind][name]) for kind in KINDS]
        print(f"| {name} | {work:.2f} | {' | '.join(rates)} |")
    print("| product of matrices | 17.18 |", end="")
    print("".join(f" {17.18 / seconds[kind]['product'][0]:.0f} |" for kind in KINDS))


def timed(kind: str, network: str, repeats: int) -> dict[str, list[float]]:
    """Give the median CPU seconds of all operations by convolution."""
    operations, product = (
        with_pytorch(kind) if kind.startswith("pytorch") else with_tensorflow(kind)
    )
    return {
        "product": [median(product, repeats)],
        **{
            name: [median(operation, repeats) for operation in operations(*shape)]
            for name, shape in NETWORKS[network].items()
        },
    }


def median(operation: Callable[[], Any], repeats: int) -> float:
    """Take the median of the process's CPU seconds, after two calls that do not count."""
    seconds = []
    for _ in range(2 + repeats):
        start = time.process_time()
        operation()
        seconds.append(time.process_time() - start)
    return round(statistics.median(seconds[2:]), 5)


def with_pytorch(kind: str) -> tuple[Callable[..., list], Callable[[], Any]]:
    """Make PyTorch's three operations of a convolution, and its product of matrices."""
    import torch

    torch.set_num_threads(1)
    order = torch.channels_last if kind.endswith("last") else torch.contiguous_format

    def operations(
        pictures: int, edge: int, channels: int, kernel: int, stride: int, filters: int, *kinds: str
    ) -> list:
        shape = (channels, filters) if kinds else (filters, channels)
        features = torch.rand(pictures, channels, edge, edge).to(memory_format=order)
        kernels = torch.rand(*shape, kernel, kernel).to(memory_format=order)
        settings = (None, (stride, stride), (0, 0), (1, 1), bool(kinds), (0, 0), 1)
        forward, backward = torch.ops.aten.convolution, torch.ops.aten.convolution_backward
        upstream = torch.rand_like(forward(features, kernels, *settings))
        given = (upstream, features, kernels, None, *settings[1:])
        return [
            lambda: forward(features, kernels, *settings),
            lambda: backward(*given, [True, False, False]),
            lambda: backward(*given, [False, True, False]),
        ]

    matrix = torch.rand(2048, 2048)
    return operations, lambda: matrix @ matrix


def with_tensorflow(kind: str) -> tuple[Callable[..., list], Callable[[], Any]]:
    """Make TensorFlow's three operations of a convolution, and its product of matrices."""
    os.environ |= {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "1" if kind == "onednn" else "0",
        "TF_CPU_ALLOCATOR_USE_BFC": "true",
    }
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    from tensorflow import raw_ops

    def operations(
        pictures: int, edge: int, channels: int, kernel: int, stride: int, filters: int, *kinds: str
    ) -> list:
        how = {"strides": [1, stride, stride, 1], "padding": "VALID"}
        small = edge if kinds else (edge - kernel) // stride + 1
        large = (edge - 1) * stride + kernel if kinds else edge
        # Of a transposed convolution, what is given and what comes out change places.
        inner, outer = (filters, channels) if kinds else (channels, filters)
        wide = tf.random.uniform((pictures, large, large, inner))
        narrow = tf.random.uniform((pictures, small, small, outer))
        kernels = tf.random.uniform((kernel, kernel, inner, outer))
        to_narrow = tf.function(lambda a, b, k: raw_ops.Conv2D(input=a, filter=k, **how))
        to_wide = tf.function(
            lambda a, b, k: raw_ops.Conv2DBackpropInput(
                input_sizes=a.shape, filter=k, out_backprop=b, **how
            )
        )
        to_kernel = tf.function(
            lambda a, b, k: raw_ops.Conv2DBackpropFilter(
                input=a, filter_sizes=k.shape, out_backprop=b, **how
            )
        )
        order = (to_wide, to_narrow, to_kernel) if kinds else (to_narrow, to_wide, to_kernel)
        return [lambda one=one: one(wide, narrow, kernels) for one in order]

    matrix = tf.random.uniform((2048, 2048))
    product = tf.function(lambda a: tf.matmul(a, a))
    return operations, lambda: product(matrix)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
