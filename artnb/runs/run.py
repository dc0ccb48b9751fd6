"""The Run: one folder that explains itself, from resolved settings to pictures."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from artnb.config import CycleGANConfig
from artnb.errors import InputError, nearest
from artnb.files import write_whole
from artnb.platform.where import outputs_folder

_SNAPSHOT_NAME = re.compile(r"epoch-(\d+)\.safetensors")


@dataclass(frozen=True)
class Run:
    """A Run's folder and what lies where in it."""

    path: Path

    @property
    def config_file(self) -> Path:
        """The resolved settings."""
        return self.path / "config.json"

    @property
    def facts_file(self) -> Path:
        """What the Run was made with and from, and how it ended."""
        return self.path / "run.json"

    @property
    def log_file(self) -> Path:
        """A row per epoch: seconds, speed, learning rate, mean losses."""
        return self.path / "log.csv"

    @property
    def losses_file(self) -> Path:
        """A row per few steps: mean losses over them."""
        return self.path / "losses.csv"

    @property
    def scores_file(self) -> Path:
        """A row per score: what it says, and what it was measured with and against."""
        return self.path / "scores.csv"

    @property
    def scores_picture(self) -> Path:
        """The scores' curves over the epochs."""
        return self.path / "scores.png"

    @property
    def losses_picture(self) -> Path:
        """The loss curves."""
        return self.path / "losses.png"

    @property
    def samples(self) -> Path:
        """The folder of sample grids."""
        return self.path / "samples"

    @property
    def snapshots(self) -> Path:
        """The folder of generator snapshots."""
        return self.path / "snapshots"

    @property
    def checkpoints(self) -> Path:
        """The folder of generations: all that is needed to go on training."""
        return self.path / "checkpoints"

    def architecture_file(self, generator: str) -> Path:
        """Name the file that describes an imported generator's network, where ours is another."""
        return self.path / f"{generator}.json"

    def config(self) -> CycleGANConfig:
        """Read the resolved settings."""
        return CycleGANConfig.load(self.config_file)

    def facts(self) -> dict[str, Any]:
        """Read what the Run was made with and from."""
        try:
            return json.loads(self.facts_file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(
                f"{self.facts_file} is damaged ({error}); restore it from a copy"
            ) from error

    def note(self, **facts: Any) -> None:
        """Add facts to `run.json`, replacing those of the same name."""
        known = self.facts() if self.facts_file.exists() else {}
        text = json.dumps({**known, **facts}, indent=2, ensure_ascii=False) + "\n"
        write_whole(self.facts_file, text)

    @property
    def domains(self) -> tuple[str, str]:
        """The names of X and Y."""
        facts = self.facts()
        return facts["data"]["x"], facts["data"]["y"]

    @property
    def is_imported(self) -> bool:
        """Whether others trained what is in it, so that it has no data, log or discriminators."""
        return "imported" in self.facts()

    @property
    def directions(self) -> tuple[str, ...]:
        """What it can paint: `"y"` by generator G, and `"x"` by F, which an import may lack."""
        has_one = len(self.facts().get("imported", ())) == 1
        return ("y",) if has_one else ("y", "x")

    def snapshot_epochs(self) -> list[int]:
        """List the epochs there are generator snapshots of, in order."""
        found = (_SNAPSHOT_NAME.fullmatch(file.name) for file in self.snapshots.glob("*"))
        return sorted(int(match[1]) for match in found if match)

    def snapshot(self, epoch: int) -> Path:
        """Name the snapshot file of an epoch, counted from 1."""
        return self.snapshots / f"epoch-{epoch:04d}.safetensors"

    def best_epoch(self) -> int | None:
        """Give the epoch that scored best, or None before any was scored."""
        best = self.facts().get("best") if self.facts_file.exists() else None
        return best["epoch"] if best else None

    def find_snapshot(self, epoch: str | int = "latest") -> Path:
        """Find a snapshot that exists.

        Args:
            epoch: a number counted from 1, `"latest"`, or `"best"` by its scores.

        Raises:
            InputError: there is no such snapshot; the message lists those there are.
        """
        epochs = self.snapshot_epochs()
        if not epochs:
            raise InputError(f"the Run {self.path} has no generator snapshots yet; train it first")
        if epoch == "latest":
            return self.snapshot(epochs[-1])
        if epoch == "best":
            epoch = self.best_epoch()
            if epoch is None:
                raise InputError(
                    f"no epoch of the Run {self.path.name} has been scored yet, so none is best; "
                    f"run artnb evaluate --run {self.path.name}, or choose latest"
                )
        if not str(epoch).isdigit() or int(epoch) not in epochs:
            kept = ", ".join(map(str, epochs))
            raise InputError(
                f"the Run {self.path.name} keeps epochs {kept}, and {epoch} was asked for; "
                "choose one of them, latest or best"
            )
        return self.snapshot(int(epoch))


def run_folder(name_or_path: str | Path) -> Path:
    """Give the folder that a Run's name or path means: a bare name lies under the outputs."""
    path = Path(name_or_path).expanduser()
    is_bare_name = len(path.parts) == 1 and not path.is_absolute()
    return outputs_folder() / path if is_bare_name and path.name else path


def open_run(name_or_path: str | Path) -> Run:
    """Open a Run that exists.

    Raises:
        InputError: there is none; the message has the nearest name.
    """
    run = Run(run_folder(name_or_path))
    if run.config_file.is_file() and run.facts_file.is_file():
        return run
    there = [folder.parent.name for folder in run.path.parent.glob("*/config.json")]
    hint = nearest(run.path.name, there) if there else "train one with artnb train"
    raise InputError(f"there is no Run at {run.path}; {hint}")


def direction_towards(run: Run, to: str) -> str:
    """Say which generator paints towards a domain.

    Args:
        run: the Run.
        to: `"x"`, `"y"` or a domain's name.

    Raises:
        InputError: the Run has no such domain, or no generator towards it.
    """
    x, y = run.domains
    directions = {"y": "generator_g", y: "generator_g", "x": "generator_f", x: "generator_f"}
    if to not in directions:
        raise InputError(f"the Run {run.path.name} turns {x} (x) into {y} (y), and --to is {to!r}; "
                         f"choose {x} or {y}")  # fmt: skip
    if to in ("x", x) and "x" not in run.directions:
        raise InputError(f"the Run {run.path.name} was imported with one generator, {x} → {y}, and "
                         f"{to} was asked for; import the one for the way back too, or choose --to "
                         f"{y}")  # fmt: skip
    return directions[to]


def new_run(name_or_path: str | Path | None, config: CycleGANConfig) -> Run:
    """Make the folder of a new Run and put its settings there.

    Args:
        name_or_path: None takes a name made of preset, date and time.
        config: the resolved settings.

    Raises:
        InputError: the folder is there already and not empty.
    """
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    run = Run(run_folder(name_or_path or f"{config.preset}-{moment}"))
    refuse_existing(run)
    run.samples.mkdir(parents=True)
    run.snapshots.mkdir()
    config.save(run.config_file)
    return run


def refuse_existing(run: Run) -> None:
    """Protect what is there.

    Raises:
        InputError: the folder holds something.
    """
    if run.path.is_file():
        raise InputError(f"{run.path} is a file, and a Run is a folder; choose another --run NAME")
    if run.path.is_dir() and any(run.path.iterdir()):
        raise InputError(
            f"the Run {run.path} exists already and nothing in it will be overwritten; "
            "go on with it with --resume, or choose another --run NAME"
        )
