"""Which Runs a gallery shows, under which names, with which epochs and kinds of picture."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from artnb.errors import InputError, nearest
from artnb.evaluation.painted import letter_towards
from artnb.gallery.manifest import KINDS
from artnb.runs.run import Run

OTHER = {"x": "y", "y": "x"}
# A gallery without these would show nothing.
_ALWAYS = ("source", "painting")
# These are painted by the generator of the way back.
_OF_BOTH = ("reconstruction", "identity")


@dataclass(frozen=True)
class ChosenRun:
    """A Run with what is shown of it.

    Args:
        run: the Run.
        name: what it is called in the gallery; no other is called so.
        epochs: that are shown, in order.
        letter: `"y"` where generator G paints, `"x"` where F does.
        source: name of the domain that is translated.
        target: name of the domain that is translated to.
    """

    run: Run
    name: str
    epochs: tuple[int, ...]
    letter: str
    source: str
    target: str

    def turned(self) -> "ChosenRun":
        """Give the same Run, painting the other way."""
        other = OTHER[self.letter]
        return replace(self, letter=other, source=self.target, target=self.source)


def choose_runs(
    runs: Sequence[Run], epochs: str | Sequence[int], to: str, say: Callable[[str], None]
) -> tuple[ChosenRun, ...]:
    """Find the epochs of each Run that are asked for and kept.

    Args:
        runs: one or more; one that comes twice is shown once.
        epochs: `"all"`, `"latest"`, `"best"`, or numbers such as `"1,10,20"`, of which a Run
            may lack some.
        to: `"y"`, `"x"` or a domain's name.
        say: gets a sentence about what a Run lacks.

    Raises:
        InputError: there is no Run, or one has none of these epochs or no such domain.
    """
    runs = list({run.path.resolve(): run for run in runs}.values())
    if not runs:
        raise InputError("a gallery shows at least one Run, and none was given; name one")
    chosen = []
    for run, name in zip(runs, _names(runs), strict=True):
        letter = letter_towards(run, to)
        source, target = run.domains if letter == "y" else run.domains[::-1]
        kept = _kept_epochs(run, name, epochs, say)
        chosen.append(ChosenRun(run, name, kept, letter, source, target))
    return tuple(chosen)


def _kept_epochs(
    run: Run, name: str, epochs: str | Sequence[int], say: Callable[[str], None]
) -> tuple[int, ...]:
    asked = epochs.split(",") if isinstance(epochs, str) else list(map(str, epochs))
    asked = [epoch.strip() for epoch in asked]
    if asked == ["all"]:
        return tuple(run.find_epochs("all"))
    kept = run.snapshot_epochs()
    missing = [epoch for epoch in asked if epoch.isdigit() and int(epoch) not in kept]
    if missing and len(missing) < len(asked):
        say(f"The Run {name} keeps no epoch {', '.join(missing)}; the others are shown.")
        asked = [epoch for epoch in asked if epoch not in missing]
    return tuple(run.find_epochs(",".join(asked)))


def _names(runs: Sequence[Run]) -> list[str]:
    """Name Runs by their folders, and by the folders around those where two are called alike."""
    paths = [run.path.resolve() for run in runs]
    names, depth = [path.name for path in paths], 1
    while len(set(names)) < len(names):
        depth += 1
        twice = {name for name, count in Counter(names).items() if count > 1}
        longer = ["/".join(path.parts[-depth:]) for path in paths]
        names = [long if name in twice else name for name, long in zip(names, longer, strict=True)]
    return names


def choose_kinds(kinds: Sequence[str] | None) -> tuple[str, ...]:
    """Check kinds of picture and put them in order; None gives all.

    Raises:
        InputError: there is no such kind.
    """
    for kind in kinds or ():
        if kind not in KINDS:
            raise InputError(f"there is no kind of picture {kind!r}; {nearest(kind, KINDS)}")
    asked = KINDS if kinds is None else (*_ALWAYS, *kinds)
    return tuple(kind for kind in KINDS if kind in asked)


def kinds_of_all(
    kinds: Sequence[str], chosen: Sequence[ChosenRun], say: Callable[[str], None]
) -> tuple[str, ...]:
    """Leave out kinds that need both generators where an imported Run has one.

    Args:
        kinds: of picture.
        chosen: the Runs.
        say: gets a sentence where something is left out.
    """
    one_way = [run.name for run in chosen if len(run.run.method.generators(run.run)) < len(OTHER)]
    left = tuple(kind for kind in kinds if not one_way or kind not in _OF_BOTH)
    if len(left) < len(kinds):
        say(
            f"Reconstructions and identities are left out: {', '.join(one_way)} was imported "
            "without a generator for the way back."
        )
    return left


def shows_both_ways(kinds: Sequence[str]) -> bool:
    """Say whether all four kinds that a generator is judged by are among these."""
    return set(_OF_BOTH) <= set(kinds)
