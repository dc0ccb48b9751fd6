"""Time the Fréchet distance of 2,048 features, in turns with scipy's matrix square root.

    python benchmarks/frechet.py
    python benchmarks/frechet.py --rounds 5

The peer is what published code does: two covariances, `scipy.linalg.sqrtm` of their product. Both
sides start from the same features and give the same distance; the interval is timed by itself.
"""

import argparse
import statistics
import time
import warnings
from collections.abc import Callable

import machine
import numpy as np
from scipy import linalg

from artnb.evaluation import fid
from artnb.platform.machine import versions_of

DIMENSIONS = 2048
SIZES = ((5000, 5000), (300, 5000), (300, 300))


def main() -> None:
    """Time every size; print and write medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    before = machine.describe()
    figures = {f"{n}x{m}": compared(n, m, options.rounds) for n, m in SIZES}
    versions = versions_of(("scipy",))
    print(machine.save("frechet", {"machine": before, **versions, **figures}))


def compared(n: int, m: int, rounds: int) -> dict:
    """Time one size on both sides, in turns."""
    rng = np.random.default_rng(0)
    # Variances that fall as those of trained features do.
    widths = np.arange(1, DIMENSIONS + 1) ** -0.5
    real = widths * rng.standard_normal((n, DIMENSIONS))
    fake = widths * (1.1 * rng.standard_normal((m, DIMENSIONS)) + 0.1)
    sides = {
        "sqrtm": lambda: by_sqrtm(real, fake),
        "artnb": lambda: fid(real, fake, with_interval=False).value,
        "artnb_with_interval": lambda: fid(real, fake).value,
    }
    seconds = {name: [] for name in sides}
    for _ in range(rounds):
        values = {name: timed(work, seconds[name]) for name, work in sides.items()}
    medians = {name: round(statistics.median(taken), 3) for name, taken in seconds.items()}
    ratio = round(medians["artnb"] / medians["sqrtm"], 4)
    apart = abs(values["artnb"] / values["sqrtm"] - 1)
    faster = round(medians["sqrtm"] / medians["artnb"], 1)
    print(f"{n} × {m}: {medians}, {faster} times as fast as sqrtm, values apart by {apart:.1e}")
    return {
        "seconds": medians,
        "ratio": ratio,
        "times_as_fast": faster,
        "values_apart": float(f"{apart:.1e}"),
        "rounds": seconds,
    }


def by_sqrtm(real: np.ndarray, fake: np.ndarray) -> float:
    """Give the distance with a square root of the product of covariances."""
    sigma1, sigma2 = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of singular products, which small sets have
        root = linalg.sqrtm(sigma1 @ sigma2)
    shift = real.mean(axis=0) - fake.mean(axis=0)
    return float(shift @ shift + np.trace(sigma1) + np.trace(sigma2) - 2 * np.trace(root).real)


def timed(work: Callable[[], float], seconds: list[float]) -> float:
    """Note how long some work takes; give what it gave."""
    start = time.perf_counter()
    value = work()
    seconds.append(time.perf_counter() - start)
    return value


if __name__ == "__main__":
    main()
