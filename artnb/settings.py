"""Settings: frozen dataclasses that say of every field what it does, what it may be, and why.

A field is made with `setting`, which keeps its help, bounds, choices and source beside its
default. `Settings` checks every value when it is made, reads and writes JSON, reads
`name=value` from a command line, and describes itself.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self, TypedDict, get_args, get_type_hints

from artnb.documents import read_document
from artnb.errors import InputError, nearest
from artnb.files import write_whole

_WORDS = {
    int: "a whole number",
    float: "a number",
    str: "a word",
    bool: "true or false",
    type(None): "none",
}


@dataclass(frozen=True)
class Rule:
    """What is known of one setting beside its name, type and default.

    Args:
        help: what it does.
        source: paper and section, or whose code; empty where it is the method's own paper.
        at_least: the smallest value.
        at_most: the largest value.
        above: values must be larger than this.
        below: values must be smaller than this.
        usual: what to take instead, said where `above` or `below` is broken.
        choices: the words that it may be.
    """

    help: str
    source: str = ""
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    usual: str = ""
    choices: tuple[str, ...] = ()

    def check(self, name: str, value: Any) -> None:
        """Check a value of the right type.

        Raises:
            InputError: it is out of bounds, or none of the choices.
        """
        if self.choices:
            one_of(name, value, self.choices)
        if value is None or isinstance(value, str):
            return
        low, high = self.at_least, self.at_most
        # Written so that NaN, which is neither below nor above, does not pass.
        if not ((low is None or value >= low) and (high is None or value <= high)):
            bounds = f"at least {low}" if high is None else f"from {low} to {high}"
            raise InputError(f"{name} must be {bounds}, got {value}")
        if self.below is not None and value >= self.below:
            raise InputError(f"{name} must be below {self.below:g}, got {value:g}; {self.usual}")
        if self.above is not None and value <= self.above:
            raise InputError(f"{name} must be above {self.above:g}, got {value:g}; {self.usual}")

    def describe(self) -> str:
        """Say what a value may be, in a few words; empty where anything goes."""
        if self.choices:
            return " or ".join(self.choices)
        if self.at_least is not None and self.at_most is not None and self.below is None:
            return f"{self.at_least} to {self.at_most}"
        limits = (
            ("at least", self.at_least),
            ("above", self.above),
            ("below", self.below),
        )
        return ", ".join(f"{word} {limit}" for word, limit in limits if limit is not None)


def setting(default: Any, help: str, **rule: Any) -> Any:
    """Make a field of `Settings`; see `Rule` for what can be said of it."""
    return dataclasses.field(default=default, metadata={"rule": Rule(help, **rule)})


def option(default: Any, help: str) -> Any:
    """Make a field of options that have no bounds: its help is kept beside it."""
    return dataclasses.field(default=default, metadata={"rule": Rule(help)})


def help_of(kind: type, name: str) -> str:
    """Give the help that a field was made with."""
    return kind.__dataclass_fields__[name].metadata["rule"].help


@dataclass(frozen=True)
class Settings:
    """A frozen set of settings, checked when it is made: whatever exists can be used."""

    # The method that these are the settings of; a file names it.
    METHOD: ClassVar[str] = ""
    PRESETS: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def __post_init__(self) -> None:
        """Check every setting.

        Raises:
            InputError: a setting has a wrong type or value; the message says which.
        """
        for name, expected in self.types().items():
            _check_type(name, getattr(self, name), expected)
        for name, rule in self.rules().items():
            rule.check(name, getattr(self, name))
        self.check_together()

    def check_together(self) -> None:
        """Check what depends on several settings; for subclasses.

        Raises:
            InputError: settings do not go together.
        """

    @classmethod
    def types(cls) -> dict[str, Any]:
        """Give the type of every setting by its name."""
        hints = get_type_hints(cls)
        return {field.name: hints[field.name] for field in dataclasses.fields(cls)}

    @classmethod
    def rules(cls) -> dict[str, Rule]:
        """Give the rule of every setting by its name."""
        return {field.name: field.metadata["rule"] for field in dataclasses.fields(cls)}

    @classmethod
    def known(cls, name: str) -> str:
        """Check that a setting exists, and give its name back.

        Raises:
            InputError: it does not; the message has the nearest name.
        """
        if name not in cls.types():
            raise InputError(f"there is no setting {name!r}; {nearest(name, cls.types())}")
        return name

    @classmethod
    def parse(cls, text: str) -> tuple[str, Any]:
        """Read `name=value` as typed on a command line.

        Args:
            text: such as `steps_per_epoch=200`, `flip=false`, `minutes=none`.

        Returns:
            The name and the value in the setting's own type.

        Raises:
            InputError: there is no `=`, no such setting, or the value does not fit.
        """
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"a setting is written name=value, got {text!r}")
        kinds = _kinds(cls.types()[cls.known(name)])
        words = {"true": True, "false": False} if bool in kinds else {}
        words |= {"none": None} if type(None) in kinds else {}
        if value.lower() in words:
            return name, words[value.lower()]
        for kind in (kind for kind in kinds if kind in (int, float, str)):
            try:
                return name, kind(value)
            except ValueError:
                continue
        raise InputError(f"{name} must be {_in_words(kinds)}, got {value!r}")

    def replace(self, **changes: Any) -> Self:
        """Give a copy with some settings changed, checked again.

        Raises:
            InputError: there is no such setting, or it cannot be so.
        """
        for name in changes:
            self.known(name)
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, Any]:
        """Give every setting by its name."""
        return dataclasses.asdict(self)

    def save(self, path: Path) -> None:
        """Write all settings as JSON, with the name of their method."""
        named = {"method": self.METHOD} if self.METHOD else {}
        write_whole(path, json.dumps({**named, **self.as_dict()}, indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            InputError: the file is no JSON, or has a setting that does not exist or cannot be.
        """
        values = read_settings(path)
        values.pop("method", None)
        try:
            return cls(**{cls.known(name): value for name, value in values.items()})
        except InputError as error:
            raise InputError(f"{path} has settings that cannot be: {error}") from error


class _Named(TypedDict, total=False):
    method: str


def read_settings(path: Path) -> dict[str, Any]:
    """Read a file of settings as it is, unchecked.

    Raises:
        InputError: the file is no JSON, or names its method with something else than a word.
    """
    return read_document(path, _Named, "restore it from a copy")


def describe_settings(kind: type[Settings]) -> str:
    """List all settings of a kind: name, default, what they may be, what they do, and whence."""
    defaults = {field.name: field.default for field in dataclasses.fields(kind)}
    lines = []
    for name, rule in kind.rules().items():
        allowed = rule.describe() or _in_words(_kinds(kind.types()[name]))
        source = f" ({rule.source})" if rule.source else ""
        lines += [f"{name}={_typed(defaults[name])}", f"    {allowed}: {rule.help}{source}"]
    presets = [
        f"{name}: " + ", ".join(f"{key}={_typed(value)}" for key, value in changes.items())
        for name, changes in kind.PRESETS.items()
        if changes
    ]
    return "\n".join([*lines, *(["", "Presets change:", *presets] if presets else [])])


def one_of(name: str, value: str, known: Iterable[str]) -> None:
    """Check that a word is among those that are known.

    Raises:
        InputError: it is not; the message lists them, and the nearest.
    """
    known = tuple(known)
    if value not in known:
        raise InputError(f"{name} must be one of {', '.join(known)}, got {value!r}; "
                         f"{nearest(value, known)}")  # fmt: skip


def _typed(value: Any) -> str:
    """Write a value as a command line takes it."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def _kinds(expected: Any) -> tuple[type, ...]:
    return get_args(expected) or (expected,)


def _check_type(name: str, value: Any, expected: Any) -> None:
    kinds = _kinds(expected)
    accepted = tuple(int if kind is float else kind for kind in kinds) + kinds
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in kinds):
        raise InputError(f"{name} must be {_in_words(kinds)}, got {value!r}")


def _in_words(kinds: tuple[type, ...]) -> str:
    return " or ".join(_WORDS[kind] for kind in kinds)
