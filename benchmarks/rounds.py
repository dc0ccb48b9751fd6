"""Rounds of training steps through `fit`, and what is said of them beside a peer's."""

import itertools
import os
import statistics
from collections.abc import Iterator
from typing import Any

import worker


def train(model: Any, batch: tuple, steps: int, loss: str) -> None:
    """Train for as long as rounds are asked for, with `fit`, as `artnb train` does.

    Args:
        model: an `AdversarialModel`.
        batch: what every step is given.
        steps: in a round; the device may run ahead within it.
        loss: the name of one that is known once a step is really done.
    """
    import keras

    def stream() -> Iterator[tuple]:
        yield from itertools.repeat(batch)

    class Rounds(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            if batch % steps == 0:
                if not worker.asked():
                    worker.answer_at_the_end(**device_memory())
                    os._exit(0)
                self.stopwatch = worker.Stopwatch()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if (batch + 1) % steps == 0:
                float(logs[loss])  # waits for the device
                worker.answer(self.stopwatch.taken())

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


def take(sides: dict[str, worker.Worker], warm_ups: int, count: int, steps: int) -> dict[str, Any]:
    """Let both sides take rounds in turn, print the medians of a step and their ratios.

    Args:
        sides: artnb, and where it is there pytorch.
        warm_ups: rounds that do not count.
        count: of rounds.
        steps: of training in a round.

    Returns:
        Figures to be saved: seconds, those of all cores, and what each side says at the end.
    """
    taken = worker.alternate(sides, warm_ups, count)
    clock = {name: [s / steps for s in all_] for name, all_ in taken.items()}
    cpu = {name: [s / steps for s in side.cpu_seconds[warm_ups:]] for name, side in sides.items()}
    facts = {name: side.finish() for name, side in sides.items()}
    for name in sides:
        print(
            f"{name:8} {_median(clock, name):.3f} s a step "
            f"({min(clock[name]):.3f} to {max(clock[name]):.3f}), "
            f"{_median(cpu, name):.3f} CPU s ({min(cpu[name]):.3f} to {max(cpu[name]):.3f}), "
            f"{facts[name]}"
        )
    return {
        "load_after": round(os.getloadavg()[0], 2),
        **_figures("seconds_a_step", "ratio", clock),
        **_figures("cpu_seconds_a_step", "cpu_ratio", cpu),
        "rounds": {name: [round(s, 4) for s in all_] for name, all_ in clock.items()},
        "cpu_rounds": {name: [round(s, 4) for s in all_] for name, all_ in cpu.items()},
        **facts,
    }


def _figures(name: str, ratio_name: str, seconds: dict[str, list[float]]) -> dict[str, Any]:
    medians = {side: round(_median(seconds, side), 4) for side in seconds}
    if "pytorch" not in seconds:
        return {name: medians}
    ratio = round(_median(seconds, "artnb") / _median(seconds, "pytorch"), 3)
    print(f"artnb / pytorch, {name}: {ratio:.3f}")
    return {name: medians, ratio_name: ratio}


def _median(seconds: dict[str, list[float]], side: str) -> float:
    return statistics.median(seconds[side])
