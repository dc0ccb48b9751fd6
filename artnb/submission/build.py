"""Make a submission: paint all photos and put them into a zip, in bounded memory."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artnb.data.images import JPEG_QUALITY
from artnb.errors import InputError
from artnb.evaluation.pictures import EncodedPictures
from artnb.locks import locked
from artnb.platform.deadline import Deadline, StepClock
from artnb.progress import Progress, silent
from artnb.runs.painter import Painter, other_role
from artnb.runs.run import Run
from artnb.submission.painting import ReadingNotes, SharedGenerator, on_all_devices, painted_jpegs
from artnb.submission.photos import find_photos, names_in_zip
from artnb.submission.rules import COMPETITION, ZIP_NAME, Rules
from artnb.submission.unfinished import Unfinished, difference, finished_facts, hash_of

# So many pictures are lost at most when the process is killed.
PICTURES_A_CHUNK = 64
# Putting the chunks together copies and hashes what is there: half a gigabyte or less.
_ZIPPING_S = 30.0
_FORMAT = 1

Say = Callable[[str], None]


@dataclass(frozen=True)
class Submission:
    """What was made.

    Args:
        path: the zip.
        pictures: in it.
        painted: of these, how many were painted just now.
        seconds: that took.
        other_sizes: photos that were brought to the right size.
        unreadable: names and reasons of photos that were left out.
    """

    path: Path
    pictures: int
    painted: int
    seconds: float
    other_sizes: int = 0
    unreadable: tuple[tuple[str, str], ...] = ()

    def describe(self) -> str:
        """Say it in a line."""
        size_mb = self.path.stat().st_size / 1e6
        before = self.pictures - self.painted
        speed = self.painted / self.seconds if self.seconds else 0.0
        rest = f" ({before:,} were painted before)" if before and self.painted else ""
        how = f"{self.painted:,} painted at {speed:.3g} a second{rest}"
        how = how if self.painted else "all were painted before"
        return f"{self.pictures:,} pictures, {size_mb:.0f} MB: {how}"


def build_submission(
    run: Run,
    photos: Path,
    out: Path = Path(ZIP_NAME),
    epoch: str | int = "latest",
    to: str = "y",
    count: int | None = None,
    rules: Rules = COMPETITION,
    deadline: Deadline | None = None,
    replace: bool = False,
    progress: Progress = silent,
    say: Say = print,
) -> Submission:
    """Paint photos and put the paintings into a zip that the competition accepts.

    What is painted is kept beside the zip: after Ctrl-C, a kill or a power cut the same call goes
    on from there. A zip that was finished from the same photos and weights is left as it is.

    The pictures are JPEGs of quality 95 with colours at full resolution, and say in a comment that
    they are painted. The leaderboard looks at features of Inception, which artefacts of stronger
    compression move (Parmar et al. 2022, arXiv 2104.11222); the comment changes no pixel, and
    keeps paintings from being taken for real ones later.

    Args:
        run: a trained Run.
        photos: see `find_photos`.
        out: the zip to make.
        epoch: of the snapshot: a number, `"latest"` or `"best"`.
        to: `"y"`, `"x"` or a domain's name.
        count: paint so many of the photos, spread evenly; None takes all.
        rules: how many pictures of which size.
        deadline: painting stops in time before it; with enough pictures the zip is made of those.
        replace: make it anew where something else is there under this name.
        progress: shows how far it has got.
        say: gets a few lines.

    Returns:
        What was made.

    Raises:
        InputError: there are too few or too many photos, too little time, no such snapshot,
            another process builds `out`, or it is there and was made otherwise.
        KeyboardInterrupt: it was interrupted; what was painted is kept.
    """
    painter = run.painter(epoch, to)
    found = find_photos(photos, other_role(painter.to), progress)
    chosen = found.some(count)
    rules.check_count(len(chosen.names), str(photos))
    plan = {
        "format": _FORMAT,
        "run": run.path.name,
        "epoch": painter.epoch,
        "painter": painter.key,
        "photos": hash_of(*chosen.keys),
        "names": hash_of(*names_in_zip(chosen.names)),
        "size_px": rules.size_px,
        "jpeg": f"quality {JPEG_QUALITY}, colours at full resolution",
    }
    with locked(out, f"the submission {out}", say):
        if out.exists() and not must_be_made_anew(out, plan, replace):
            say(f"{out} is there already, made of the same photos and weights.")
            return Submission(out, finished_facts(out)["pictures"], 0, 0.0)
        unfinished = Unfinished(out, plan, replace)
        building = _Building(chosen, unfinished, rules, deadline, progress, say)
        return building.finish(building.paint(painter))


def must_be_made_anew(out: Path, plan: Mapping[str, Any], replace: bool) -> bool:
    """Say whether a zip that is there must be made anew; False where it is what is asked for.

    Raises:
        InputError: it is something else, and nobody said that it may be replaced.
    """
    facts = finished_facts(out)
    other = difference(facts, plan) if facts else "nothing beside it says how it was made"
    if other and not replace:
        raise InputError(
            f"{out} exists already: {other}; choose another --out, or add --replace to make it anew"
        )
    return bool(other)


class _Building:
    """A submission being made: paints what is missing, then makes the zip."""

    def __init__(
        self,
        photos: EncodedPictures,
        unfinished: Unfinished,
        rules: Rules,
        deadline: Deadline | None,
        progress: Progress,
        say: Say,
    ) -> None:
        self.photos, self.unfinished, self.rules = photos, unfinished, rules
        self.deadline, self.progress, self.say = deadline, progress, say
        self.names = names_in_zip(photos.names)
        self.notes, self.began = ReadingNotes(), time.perf_counter()
        self.before = len(unfinished.painted)

    def paint(self, painter: Painter) -> bool:
        """Paint what is missing; gives False where time ran out."""
        done = self.unfinished.painted
        places = [place for place, name in enumerate(self.names) if name not in done]
        if done:
            self.say(f"Going on: {len(done):,} of {len(self.names):,} pictures are painted.")
        if not places:
            return True
        with on_all_devices(painter.ready, self.say) as generator:
            self.say(f"Paints with {generator.generator.engine}.")
            return self._paint(generator, places)

    def _paint(self, generator: SharedGenerator, places: list[int]) -> bool:
        advance = self.progress("painting", len(places))
        clock, chunk = StepClock(), {}
        stream = painted_jpegs(generator, self.photos, places, self.rules.size_px, self.notes)
        try:
            for batch in stream:
                chunk |= {self.names[place]: jpeg for place, jpeg in batch.items()}
                clock.tick()
                for _ in batch:
                    advance()
                if len(chunk) >= PICTURES_A_CHUNK:
                    self._keep(chunk)
                if self.deadline and self.deadline.is_due(clock.slow_s, _ZIPPING_S):
                    return False
            return True
        except KeyboardInterrupt:
            self.say("Interrupted; the same call goes on from here.")
            raise
        finally:
            stream.close()
            self._keep(chunk)

    def _keep(self, chunk: dict[str, bytes]) -> None:
        if chunk:
            self.unfinished.add(chunk)
            chunk.clear()

    def finish(self, in_time: bool) -> Submission:
        """Make the zip of what is painted.

        Raises:
            InputError: that is not enough.
        """
        done = self.unfinished.painted
        names = [name for name in self.names if name in done]
        unreadable, seconds = tuple(self.notes.unreadable), time.perf_counter() - self.began
        if len(names) < self.rules.fewest:
            raise InputError(self._too_few(len(names), in_time))
        if not in_time:
            self.say(f"Time is up: the zip holds {len(names):,} of {len(self.names):,} pictures.")
        if self.notes.other_sizes:
            size_px = self.rules.size_px
            self.say(f"{self.notes.other_sizes:,} photos of another size were brought to "
                     f"{size_px}×{size_px} px: shorter side scaled, middle cropped.")  # fmt: skip
        painted_now = len(names) - self.before
        facts = {"painted_last": painted_now, "seconds_last": round(seconds, 1)}
        self.unfinished.finish(names, facts)
        out, sizes = self.unfinished.out, self.notes.other_sizes
        return Submission(out, len(names), painted_now, seconds, sizes, unreadable)

    def _too_few(self, painted_so_far: int, in_time: bool) -> str:
        if not in_time:
            return (
                f"a submission holds {self.rules.span} pictures, and time was up after "
                f"{painted_so_far:,}; the same call goes on from there"
            )
        name, why = self.notes.unreadable[0]
        return (
            f"a submission holds {self.rules.span} pictures, and {painted_so_far:,} could be "
            f"painted: {len(self.notes.unreadable):,} photos cannot be read, such as {name} "
            f"({why}); replace them"
        )
