"""Alternating benchmarks: each side is a process that takes some steps whenever it is asked to.

The standard library alone, so that both environments, Keras' and PyTorch's, can use it.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any


def asked() -> bool:
    """Wait until the benchmark asks for the next round; False once there is none to come."""
    return bool(sys.stdin.readline())


def answer(facts: dict[str, Any]) -> None:
    """Tell the benchmark something."""
    print(json.dumps(facts), flush=True)


def answer_at_the_end(**facts: Any) -> None:
    """Tell the peak memory of this process, and what else is known of it."""
    answer({"peak_memory_gb": peak_memory_gb(), **facts})


def peak_memory_gb() -> float:
    """Give the most memory that this process has had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


class Stopwatch:
    """Counts seconds, and those of all cores in this process, from when it is made."""

    def __init__(self) -> None:
        self.start, self.cpu_start = time.perf_counter(), time.process_time()

    def taken(self) -> dict[str, float]:
        """Give what a round answers with."""
        return {
            "seconds": time.perf_counter() - self.start,
            "cpu_seconds": time.process_time() - self.cpu_start,
        }


def serve(round_of_steps: Callable[[], None]) -> None:
    """Time a round whenever one is asked for; it returns when its work is really done."""
    while asked():
        stopwatch = Stopwatch()
        round_of_steps()
        answer(stopwatch.taken())


class Worker:
    """A side's process as the benchmark sees it.

    Args:
        command: starts it.
        environment: its variables.
    """

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command = command
        self.cpu_seconds: list[float] = []
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
            env=environment,
        )

    def round(self) -> float:
        """Ask for a round; give its seconds, and keep those of its cores, where it tells them.

        Raises:
            SystemExit: the process has ended; with the last that it said.
        """
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answered = self._answer()
        self.cpu_seconds.append(answered.get("cpu_seconds", 0.0))
        return answered["seconds"]

    def finish(self) -> dict[str, Any]:
        """Ask for no more; give what it says at the end."""
        self.process.stdin.close()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        self.said.seek(0)
        raise SystemExit(f"{' '.join(self.command)} has ended:\n{self.said.read()[-3000:]}")


def alternate(workers: dict[str, Worker], warm_ups: int, rounds: int) -> dict[str, list[float]]:
    """Let the sides take rounds in turn; give the seconds of each side's, warm-ups left out."""
    seconds = {name: [] for name in workers}
    for number in range(warm_ups + rounds):
        for name, worker in workers.items():
            took = worker.round()
            kind = "warm-up" if number < warm_ups else "round"
            print(f"  {kind} {number + 1}, {name}: {took:.3f} s", file=sys.stderr, flush=True)
            if number >= warm_ups:
                seconds[name].append(took)
    return seconds
