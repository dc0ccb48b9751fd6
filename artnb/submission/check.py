"""Check a submission: all that the competition asks, by count and by name, and a local MiFID.

The MiFID is a proxy for the leaderboard's, whose features are not public.
"""

import hashlib
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from artnb.data.listing import is_rubbish
from artnb.errors import InputError
from artnb.evaluation.zips import pictures_of_zip
from artnb.files import pointer_reason
from artnb.parallel import in_parallel
from artnb.pretrained.weights import PUBLISHED, weights_at_hand
from artnb.progress import Progress, silent
from artnb.submission.photos import find_photos
from artnb.submission.rules import COMPETITION, ZIP_NAME, Rules

NOT_COMPUTED = "MiFID: not computed"
_NAMES_SHOWN = 3
# What tells a zip's end (APPNOTE.TXT 4.3.16): signature, disks, entries, size of the directory.
_END = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 65_535
# 10,000 names of 80 letters take 1.3 MB; more than this is not even read.
_LARGEST_DIRECTORY_BYTES = 8_000_000
_READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Checked:
    """What a check has found.

    Args:
        path: the zip.
        pictures: how many entries could be read as pictures.
        problems: what the competition would turn down, a sentence each.
        warnings: what may be a mistake.
        notes: what is good to know.
        rules: it was checked against.
    """

    path: Path
    pictures: int
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rules: Rules = COMPETITION

    @property
    def is_right(self) -> bool:
        """Whether nothing speaks against submitting it."""
        return not self.problems

    def describe(self) -> str:
        """Say all of it, a line each."""
        by = "as the competition asks"
        if self.rules != COMPETITION:
            by = f"right by the rules given here ({self.rules.span} pictures)"
        verdict = (
            f"{self.path} is {by}: {self.pictures:,} pictures"
            if self.is_right
            else f"{self.path} would be turned down:"
        )
        return "\n".join(
            [
                verdict,
                *(f"  wrong: {text}" for text in self.problems),
                *(f"  warning: {text}" for text in self.warnings),
                *(f"  note: {text}" for text in self.notes),
            ]
        )


@dataclass
class _Findings:
    """Names of entries by what is wrong with them, and the pixels that were seen."""

    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    first_with: dict[bytes, str] = field(default_factory=dict)
    repeats: list[tuple[str, str]] = field(default_factory=list)
    pictures: int = 0

    def sentences(self) -> tuple[str, ...]:
        return tuple(f"{kind}: {listed(names)}" for kind, names in self.wrong.items())


def check_submission(
    path: Path, rules: Rules = COMPETITION, progress: Progress = silent
) -> Checked:
    """Look at every entry of a submission.

    Entries are read a few at a time and never beyond what a picture of the right size can have,
    so that no zip, however it was made, takes much memory.

    Args:
        path: the zip.
        rules: what is asked.
        progress: shows how far it has got.

    Returns:
        What is wrong, and what is only worth knowing.

    Raises:
        InputError: there is no such file.
    """
    if not path.is_file():
        raise InputError(f"the submission must be a zip file, and {path} is none; check the path")
    problem = _why_not_opened(path)
    if problem:
        return Checked(path, 0, (problem,), rules=rules)
    warnings = _about_the_name(path)
    with zipfile.ZipFile(path) as archive:
        found = archive.infolist()
        entries = [entry for entry in found if not is_rubbish(entry.filename)]
        findings, problems = _Findings(), _about_the_count(entries, rules)
        findings.wrong |= _about_rubbish(found)
        _look_at_names(entries, findings)
        if len(entries) > 2 * rules.most:
            return Checked(path, 0, (*problems, *findings.sentences()), warnings, rules=rules)
        _look_at_pictures(archive, entries, rules, findings, progress)
    repeated, notes = _about_repeats(findings, rules)
    problems = (*problems, *findings.sentences(), *repeated)
    return Checked(path, findings.pictures, problems, warnings, notes, rules)


def listed(names: Sequence[str]) -> str:
    """Give a few names and how many more there are."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _about_the_name(path: Path) -> tuple[str, ...]:
    if path.name == ZIP_NAME:
        return ()
    return (f"the competition looks for {ZIP_NAME}, and this is {path.name}: rename it",)


def _why_not_opened(path: Path) -> str:
    """Say why a file had better not be opened as a zip; nothing where it may be."""
    with path.open("rb") as file:
        if reason := pointer_reason(file.read(64)):
            return reason
        size = file.seek(0, 2)
        file.seek(max(0, size - _END.size - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06", 0, len(tail) - _END.size + 4)
    if at < 0:
        return "it is no zip file, or its end is missing: make it or copy it again"
    _, disk, first_disk, _, entries, directory_bytes, _, _ = _END.unpack_from(tail, at)
    if disk or first_disk:
        return "it is one part of a zip in several parts: make it in one"
    if entries == 0xFFFF or directory_bytes > _LARGEST_DIRECTORY_BYTES:
        return (
            f"its table of contents has {directory_bytes / 1e6:.0f} MB for {entries:,} entries or "
            "more; that is far beyond any submission"
        )
    try:
        zipfile.ZipFile(path).close()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        return f"it is damaged ({error}): make it or copy it again"
    return ""


def _about_the_count(entries: Sequence[zipfile.ZipInfo], rules: Rules) -> tuple[str, ...]:
    count = sum(not entry.is_dir() for entry in entries)
    if rules.fewest <= count <= rules.most:
        return ()
    return (f"it must hold {rules.span} pictures, and it holds {count:,}",)


def _about_rubbish(entries: Sequence[zipfile.ZipInfo]) -> dict[str, list[str]]:
    names = [entry.filename for entry in entries if is_rubbish(entry.filename)]
    what = (
        "macOS or Windows put these into the zip, and they are no pictures; take them out with "
        "zip -d ZIP '__MACOSX/*' '*.DS_Store' '._*'"
    )
    return {what: names} if names else {}


def _look_at_names(entries: Sequence[zipfile.ZipInfo], findings: _Findings) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if "/" in name or "\\" in name:
            findings.wrong["pictures must lie at the top level, without folders"].append(name)
        elif not _is_named_as_picture(entry):
            findings.wrong["only .jpg files belong into it"].append(name)
        if name in seen:
            findings.wrong["names must differ, and these are there again"].append(name)
        seen.add(name)


def _is_named_as_picture(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.lower().endswith((".jpg", ".jpeg"))


def _look_at_pictures(
    archive: zipfile.ZipFile,
    entries: Sequence[zipfile.ZipInfo],
    rules: Rules,
    findings: _Findings,
    progress: Progress,
) -> None:
    files = [entry for entry in entries if _is_named_as_picture(entry)]
    advance = progress("checking", len(files))
    looked = in_parallel(lambda entry: _look(archive, entry, rules), files)
    for entry, (problem, pixels) in zip(files, looked, strict=True):
        if problem:
            findings.wrong[problem].append(entry.filename)
        if pixels:
            findings.pictures += 1
            first = findings.first_with.setdefault(pixels, entry.filename)
            if first != entry.filename:
                findings.repeats.append((entry.filename, first))
        advance()


def _look(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, rules: Rules) -> tuple[str, bytes]:
    """Say what is wrong with an entry, and give a hash of its pixels where it has any."""
    if entry.flag_bits & _ENCRYPTED:
        return "entries must not be encrypted", b""
    if entry.compress_type not in _READABLE:
        return "entries must be stored or deflated, not compressed in other ways", b""
    if entry.file_size > rules.largest_bytes:
        largest_mb = rules.largest_bytes / 1e6
        return f"no picture of this size has more than {largest_mb:g} MB", b""
    try:
        data = archive.read(entry)
    except zipfile.BadZipFile as error:
        what = "their checksum is wrong" if "CRC" in str(error) else "the zip is damaged there"
        return f"entries must be readable, and {what}", b""
    except (zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        return "entries must be readable, and the zip is damaged there", b""
    return _look_at_picture(data, rules)


def _look_at_picture(data: bytes, rules: Rules) -> tuple[str, bytes]:
    edge = rules.size_px
    try:
        with Image.open(BytesIO(data)) as image:
            if image.format != "JPEG":
                return f"pictures must be JPEGs, and these are {image.format}", b""
            if image.size != (edge, edge):
                width, height = image.size
                return f"pictures must be {edge}×{edge}, and these are {width}×{height}", b""
            image.load()
            pixels = hashlib.sha256(image.tobytes()).digest()
            if image.mode != "RGB":
                kind = "grey" if image.mode == "L" else image.mode
                return f"pictures must have three colours, and these are {kind}", pixels
            return "", pixels
    except UnidentifiedImageError:
        return "pictures are needed, and these are none", b""
    except Exception:  # damaged files make Pillow's plugins raise almost anything
        return "pictures must be whole, and these are cut off or damaged", b""


def _about_repeats(findings: _Findings, rules: Rules) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give problems and notes about pictures that are there under several names."""
    repeats = findings.repeats
    if not repeats:
        return (), ()
    pairs = listed([f"{name} = {first}" for name, first in repeats])
    what = "1 picture repeats another"
    if len(repeats) > 1:
        what = f"{len(repeats):,} pictures repeat others"
    share = len(repeats) / findings.pictures
    if share <= rules.most_repeated:
        return (), (f"{what}, as the official photos do: {pairs}",)
    return (
        f"{what}, {share:.1%} of all, and the score counts variety; at most "
        f"{rules.most_repeated:.0%} should: {pairs}",
    ), ()


def local_mifid(
    path: Path,
    real: Path | None,
    extractor: str = "auto",
    progress: Progress = silent,
    say: Callable[[str], None] = print,
) -> list[str]:
    """Measure a submission against real paintings.

    Args:
        path: the zip, checked.
        real: the competition's folder, or a folder of real paintings; None computes nothing.
        extractor: `"auto"` is Inception where its weights are here already, and otherwise none;
            `"inception"` fetches them. Another one, such as `"squeezenet"`, gives a distance
            under its own name, and no MiFID.
        progress: shows how far measuring has got.
        say: gets a sentence about what happens.

    Returns:
        Lines to print: a score, or why there is none.
    """
    if real is None:
        return [f"{NOT_COMPUTED}, since there are no real paintings to compare with: --real DIR"]
    if extractor == "auto" and not weights_at_hand("inception"):
        file = PUBLISHED["inception"][0]
        return [
            f"{NOT_COMPUTED}, since it is defined on Inception, whose weights are not here; "
            f"the extractor inception fetches them ({file.size_bytes / 1e6:.0f} MB), squeezenet "
            "gives a distance of its own"
        ]
    extractor = "inception" if extractor == "auto" else extractor
    try:
        lines = _measured(path, real, extractor, progress, say)
    except InputError as error:
        return [f"{NOT_COMPUTED}: {error}"]
    named = extractor == "inception"
    return lines if named else [f"{NOT_COMPUTED}: it is defined on Inception alone", *lines]


def _measured(
    path: Path, real: Path, extractor: str, progress: Progress, say: Callable[[str], None]
) -> list[str]:
    from artnb.evaluation.evaluator import Evaluator
    from artnb.evaluation.extractor import load_extractor

    network = load_extractor(extractor, progress, say)
    evaluator = Evaluator(network, ["memorised-frechet"], progress=progress, say=say)
    sets = find_photos(real, "y", progress), pictures_of_zip(path, progress=progress)
    rows = evaluator.rows(*(evaluator.measure(pictures) for pictures in sets))
    warnings = dict.fromkeys(warning for row in rows for warning in row.score.warnings)
    return [
        *(f"{row.metric}: {row.score}" for row in rows),
        *(f"  warning: {warning}" for warning in warnings),
    ]
