"""The Run: one folder that explains itself, from resolved settings to pictures."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Required, TypedDict

from artnb.documents import Count, Positive, Seconds, read_document
from artnb.errors import InputError, nearest
from artnb.files import disk, remove_folder, require_writable, unfinished_folder, write_whole
from artnb.locks import in_turn
from artnb.method import DEFAULT_METHOD, Method, find_method
from artnb.platform.where import outputs_folder
from artnb.runs.painter import Judge, LatentSampler, Painter
from artnb.settings import Settings, read_settings

if TYPE_CHECKING:
    from artnb.training.config import TrainingConfig

# What to do with a Run in a folder that is only to be read, such as an input of Kaggle's.
COPY_IT = "copy the Run into a folder of yours (cp -r) and name the copy"
_SNAPSHOT_NAME = re.compile(r"epoch-(\d+)\.safetensors")


class DataFacts(TypedDict, total=False):
    """What a Run was trained on; what others read of it in `run.json`."""

    x: Required[str]
    y: Required[str]
    path: str
    fingerprint: str


class BestFacts(TypedDict):
    """Which epoch scored best."""

    epoch: Count


class RunFacts(TypedDict, total=False):
    """What `run.json` says and others read; more is in it, to be read by people."""

    status: str
    started: str
    ended: str
    step_s: Seconds
    steps_per_epoch: Positive
    data: DataFacts
    best: BestFacts | None
    requested: dict[str, Any]
    imported: list[Any] | dict[str, Any]
    bits: dict[str, Any]


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
        """The folder of checkpoints: all that is needed to go on training."""
        return self.path / "checkpoints"

    def architecture_file(self, network: str) -> Path:
        """Name the file that describes an imported network, where it is none of ours."""
        return self.path / f"{network}.json"

    @property
    def method(self) -> Method:
        """The way in which its pictures are made; older Runs do not name it."""
        named = read_settings(self.config_file).get("method")
        return find_method(named or ("imported" if self.is_imported else DEFAULT_METHOD))

    def config(self) -> "TrainingConfig":
        """Read the resolved settings."""
        return self.method.config_class.load(self.config_file)

    def facts(self) -> RunFacts:
        """Read what the Run was made with and from.

        Raises:
            InputError: the file is damaged.
        """
        return read_document(self.facts_file, RunFacts, "restore it from a copy")

    def note(self, **facts: Any) -> None:
        """Add facts to `run.json`, replacing those of the same name."""
        with in_turn(self.facts_file):
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
        return self.facts_file.exists() and "imported" in self.facts()

    def snapshot_epochs(self) -> list[int]:
        """List the epochs there are snapshots of, in order."""
        found = (_SNAPSHOT_NAME.fullmatch(file.name) for file in self.snapshots.glob("*"))
        return sorted(int(match[1]) for match in found if match)

    def snapshot(self, epoch: int) -> Path:
        """Name the snapshot file of an epoch, counted from 1."""
        return self.snapshots / f"epoch-{epoch:04d}.safetensors"

    def best_epoch(self) -> int | None:
        """Give the epoch that scored best, or None before any was scored."""
        best = self.facts().get("best") if self.facts_file.exists() else None
        return best["epoch"] if best else None

    def find_epoch(self, epoch: str | int = "latest") -> int:
        """Find an epoch that there is a snapshot of.

        Args:
            epoch: a number counted from 1, `"latest"`, or `"best"` by its scores.

        Raises:
            InputError: there is no such snapshot; the message lists those there are.
        """
        epochs = self.snapshot_epochs()
        if not epochs:
            raise InputError(f"the Run {self.path} has no generator snapshots yet; train it first")
        if epoch == "latest":
            return epochs[-1]
        if epoch == "best":
            epoch = self.best_epoch()
            if epoch is None and self.scores_file.exists():
                raise InputError(
                    f"no epoch of the Run {self.path.name} is best: its scores hold no distance to "
                    "real pictures, which few held-out ones do not give; choose latest or a number"
                )
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
        return int(epoch)

    def find_epochs(self, epochs: str | Sequence[int] = "all") -> list[int]:
        """Find the epochs that are asked for among those that are kept.

        Args:
            epochs: `"all"`, `"latest"`, `"best"`, or numbers such as `"1,10"`.

        Raises:
            InputError: one of them is not kept.
        """
        if epochs == "all":
            self.find_epoch()
            return self.snapshot_epochs()
        asked = epochs.split(",") if isinstance(epochs, str) else epochs
        return sorted({self.find_epoch(str(epoch).strip()) for epoch in asked})

    def target_role(self, to: str | None = None) -> str:
        """Say which domain is painted, by its role.

        Args:
            to: `"x"`, `"y"`, the name of a domain or of a style, or None for the usual one.

        Raises:
            InputError: the Run has no such domain, or no generator towards it, or none at all.
        """
        generators, styles = self.method.generators(self), self.method.styles(self)
        if self.is_latent:
            raise InputError(f"the Run {self.path.name} is a {self.method.title}, which makes "
                             "pictures out of latents and paints no photos; use artnb sample "
                             f"--run {self.path.name}, or choose another Run")  # fmt: skip
        if to is None:
            return next(iter(generators))
        if to in styles:
            return "y"
        x, y = self.domains
        # A domain may be called "x" or "y" itself: a name outweighs a role.
        role = {"x": "x", "y": "y", x: "x", y: "y"}.get(to)
        if role is None and styles:
            raise InputError(f"the Run {self.path.name} paints {', '.join(styles)}, and --to is "
                             f"{to!r}; {nearest(to, styles)}")  # fmt: skip
        if role is None:
            raise InputError(f"the Run {self.path.name} turns {x} (x) into {y} (y), and --to is "
                             f"{to!r}; choose {x} or {y}")  # fmt: skip
        if role not in generators and self.is_imported:
            raise InputError(f"the Run {self.path.name} was imported with one generator, {x} → "
                             f"{y}, and {to} was asked for; import the one for the way back too, "
                             f"or choose --to {y}")  # fmt: skip
        if role not in generators:
            raise InputError(f"a Run of {self.method.name} such as {self.path.name} has no "
                             f"generator for {to}; choose --to {y}")  # fmt: skip
        return role

    def painter(self, epoch: str | int = "latest", to: str | None = None) -> Painter:
        """Give what paints: one generator of one epoch.

        Args:
            epoch: counted from 1, `"latest"` or `"best"`.
            to: what it paints: `"y"`, `"x"`, the name of a domain or of a style; None takes the
                usual one.

        Raises:
            InputError: there is no such epoch, domain or generator.
        """
        role = self.target_role(to)
        network = self.method.styles(self).get(to) or self.method.generators(self)[role]
        return Painter(self, self.find_epoch(epoch), network, role)

    def painters(self, epochs: str | Sequence[int] = "all", to: str | None = None) -> list[Painter]:
        """Give the painters of several epochs; see `find_epochs` and `painter`."""
        return [self.painter(epoch, to) for epoch in self.find_epochs(epochs)]

    @property
    def is_latent(self) -> bool:
        """Whether its pictures are made of latents, and not of photos."""
        return self.method.latent_generator(self) is not None

    @property
    def direction(self) -> str:
        """What is made of what, as scores say it: of the usual style, where there are several."""
        x, y = self.domains
        style = next(iter(self.method.styles(self)), y)
        return f"{LatentSampler.source if self.is_latent else x} → {style}"

    def makers(
        self, epochs: str | Sequence[int] = "all", to: str | None = None
    ) -> list[Painter | LatentSampler]:
        """Give what makes pictures in several epochs: painters of photos, or latents' samplers."""
        if self.is_latent:
            return [self.sampler(epoch) for epoch in self.find_epochs(epochs)]
        return list(self.painters(epochs, to))

    def judge(self, maker: Painter | LatentSampler) -> Judge | None:
        """Give the discriminator that judges what was made, as it was after that epoch.

        None where the Run's method has none; whether the snapshot holds it shows in `load`.
        """
        network = self.method.judges(self).get(maker.to)
        return Judge(self, maker.epoch, network) if network else None

    def sampler(self, epoch: str | int = "latest", class_name: str | None = None) -> LatentSampler:
        """Give what makes pictures out of latent vectors.

        Args:
            epoch: counted from 1, `"latest"` or `"best"`.
            class_name: whose pictures; None takes all classes in turn, where there are any.

        Raises:
            InputError: the Run's method has no latents, or there is no such epoch or class.
        """
        network = self.method.latent_generator(self)
        if network is None:
            raise InputError(
                f"the Run {self.path.name} is a {self.method.title}, which paints photos and has "
                "no latents; choose a Run of a method that has"
            )
        only_class = None if class_name is None else self._class_number(class_name)
        return LatentSampler(self, self.find_epoch(epoch), network, only_class)

    def _class_number(self, name: str) -> int:
        names = self.config().class_names
        if name not in names:
            hint = nearest(name, names) if names else "leave the class out"
            raise InputError(f"the Run {self.path.name} has no class {name!r}; {hint}")
        return names.index(name)


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
    missing = [file.name for file in (run.config_file, run.facts_file) if not file.is_file()]
    if not missing:
        return run
    if len(missing) == 1:
        raise InputError(f"the Run {run.path} has no file {missing[0]}; restore it from a copy")
    raise InputError(f"there is no Run at {run.path}; {_hint_to(run)}")


def _hint_to(run: Run) -> str:
    """Say which Run may be meant where there is none."""
    if within := sorted(run.path.glob("*/config.json")):
        return f"did you mean {within[0].parent}?"
    there = [folder.parent.name for folder in run.path.parent.glob("*/config.json")]
    return nearest(run.path.name, there) if there else "train one with artnb train"


def new_name(config: Settings) -> str:
    """Make up a Run's name of preset, date and time."""
    return f"{config.preset}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def new_run(name_or_path: str | Path, config: Settings, **facts: Any) -> Run:
    """Make the folder of a new Run, whole or not at all, and put its settings there.

    Args:
        name_or_path: of the Run.
        config: the resolved settings.
        **facts: what its `run.json` says.

    Raises:
        InputError: the folder is there already and holds something, or its place is read-only.
    """
    run = Run(run_folder(name_or_path))
    refuse_existing(run)
    require_writable(run.path, "choose another folder")
    remove_folder(run.path)
    with disk(run.path), unfinished_folder(run.path) as folder:
        begun = Run(folder)
        begun.samples.mkdir()
        begun.snapshots.mkdir()
        config.save(begun.config_file)
        if facts:
            begun.note(**facts)
    return run


def refuse_existing(run: Run) -> None:
    """Protect what is there; settings alone are nothing yet: a training that ended at once.

    Raises:
        InputError: the folder holds something.
    """
    if run.path.is_file():
        raise InputError(f"{run.path} is a file, and a Run is a folder; choose another --run NAME")
    if run.path.is_dir() and not _holds_nothing_yet(run):
        raise InputError(
            f"the Run {run.path} exists already and nothing in it will be overwritten; "
            "go on with it with --resume, or choose another --run NAME"
        )


def _holds_nothing_yet(run: Run) -> bool:
    files = {path for path in run.path.rglob("*") if not path.is_dir()}
    return not files or run.config_file in files <= {run.config_file, run.facts_file}
