"""What lies at a path: the kinds of folders that pictures come in.

Accepted are the competition's folder (`*_jpg`, `*_tfrec`), `trainA`/`trainB` with or without
`testA`/`testB`, and any two folders of pictures or shards. A prepared Dataset has a room of its
own, `artnb.data.dataset`; `pictures_of_side` gives the pictures of one side of any of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from artnb.data.decoding import UnreadableImageError
from artnb.data.listing import Listing, describe_reasons, look_through, name_within
from artnb.data.manifest import MANIFEST, SPLITS, read_manifest, shard_paths
from artnb.data.records import Frame, decode_example, is_shard, read_frames, read_record_at
from artnb.errors import InputError
from artnb.files import stamp_of

# The competition has 300 paintings, which are all needed, and photos in plenty.
COMPETITION_TEST_PHOTOS = 300
# Also for part of the competition's photos, where 300 would be too many.
DEFAULT_TEST_SHARE = 0.1
_OTHER_FORM = "files and shards lie side by side, and there are more of the other kind"
SHARD_SUFFIX = ".tfrec"


@dataclass(frozen=True)
class FilePicture:
    """A picture that is a file of its own.

    Args:
        name: unique within its domain.
        path: of the file.
        group: pictures of one group stay on one side of the split; "" is by itself.
    """

    name: str
    path: Path
    group: str = ""

    @property
    def state(self) -> str:
        """A text that is another one when the file has changed."""
        return _state_of(self.path)

    def read(self) -> bytes:
        """Give the encoded bytes."""
        return self.path.read_bytes()


@dataclass(frozen=True)
class ShardPicture:
    """A picture that is a record of a shard; `target` is what the record says it is."""

    name: str
    path: Path
    frame: Frame
    group: str = ""
    target: str = ""

    @property
    def state(self) -> str:
        """A text that is another one when the shard has changed."""
        return f"{_state_of(self.path)} {self.frame.offset} {self.frame.length}"

    def read(self) -> bytes:
        """Give the encoded bytes.

        Raises:
            UnreadableImageError: the record holds no picture.
        """
        try:
            return read_record_at(self.path, self.frame).image
        except ValueError as error:
            raise UnreadableImageError(str(error)) from error


def _state_of(path: Path) -> str:
    return f"{path.absolute()} {stamp_of(path)}"


Picture = FilePicture | ShardPicture


@dataclass(frozen=True)
class SourceDomain:
    """One side of a source.

    `test_pictures` are set where the source brings its own split; otherwise `test_size` says
    how many of `pictures` are held out: a share below 1, or a count. `passed_over` has names and
    reasons of what lies beside them and is not taken.
    """

    name: str
    pictures: tuple[Picture, ...]
    test_pictures: tuple[Picture, ...] | None = None
    test_size: float = DEFAULT_TEST_SHARE
    passed_over: tuple[tuple[str, str], ...] = ()

    @property
    def all_pictures(self) -> tuple[Picture, ...]:
        """The pictures, and behind them those of the split that the source brings."""
        return self.pictures + (self.test_pictures or ())


@dataclass(frozen=True)
class Side:
    """The pictures of one side, what to call the set, and what lies beside them and is none.

    `passed_over` has names and reasons.
    """

    name: str
    pictures: tuple[Picture, ...]
    passed_over: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Source:
    """Two domains, X to be turned into Y, and remarks on how they were found."""

    path: str
    x: SourceDomain
    y: SourceDomain
    remarks: tuple[str, ...] = field(default=())

    @property
    def domains(self) -> tuple[SourceDomain, SourceDomain]:
        """X and Y."""
        return self.x, self.y

    @property
    def notes(self) -> tuple[str, ...]:
        """The remarks, and which files lie beside the pictures and are none."""
        return (*self.remarks, *notes_on(self.domains))

    def with_test_share(self, test_share: float | None) -> "Source":
        """Hold out another share of both domains; None keeps what the source proposes."""
        if test_share is None:
            return self
        if not 0 <= test_share < 1:
            raise InputError(f"the test share must be at least 0 and below 1, got {test_share}")
        x = replace(self.x, test_size=test_share)
        return replace(self, x=x, y=replace(self.y, test_size=test_share))


def notes_on(domains: Sequence[SourceDomain]) -> list[str]:
    """Say which files lie beside the pictures of domains and are none."""
    return [f"{d.name}: {line}" for d in domains for line in describe_reasons(d.passed_over)]


def existing_folder(path: Path, what: str) -> Path:
    """Check that a folder is there.

    Raises:
        InputError: there is nothing at `path`, or a file.
    """
    if not path.exists():
        raise InputError(f"the folder of {what} must exist, and {path} does not; check the path")
    if not path.is_dir():
        raise InputError(f"{path} is a file, and a folder of {what} is needed; name the folder")
    return path


def find_source(path: Path, swap_domains: bool = False) -> Source:
    """Recognise a folder that training can start from.

    Args:
        path: the folder.
        swap_domains: take X for Y and Y for X.

    Raises:
        InputError: the folder is missing, empty, or in no known layout.
    """
    existing_folder(path, "training pictures")
    source = _find_train_folders(path) or _find_competition(path)
    if source is None:
        held = ", ".join(sorted(entry.name for entry in path.iterdir())[:5]) or "nothing"
        raise InputError(
            f"{path} holds {held}, and training needs a Dataset (dataset.json), the "
            "competition's folder (*_jpg or *_tfrec) or trainA and trainB; make a Dataset with "
            "artnb data prepare --photos DIR --paintings DIR --out DIR"
        )
    if swap_domains:
        swapped = f"domains swapped as asked: X is {source.y.name}, Y is {source.x.name}"
        source = Source(source.path, source.y, source.x, (*source.remarks, swapped))
    return source


def find_domain(path: Path, swap_domains: bool = False) -> SourceDomain:
    """Give the one kind of pictures that is learnt from: those of a folder, or Y of two sides.

    Args:
        path: a folder of pictures or shards, the competition's, or one with `trainA` and `trainB`.
        swap_domains: of two sides take X.

    Raises:
        InputError: there are none, or there is but one kind and another is asked for.
    """
    existing_folder(path, "training pictures")
    if two := _find_train_folders(path) or _find_competition(path):
        return two.x if swap_domains else two.y
    if swap_domains:
        raise InputError(
            f"--swap-domains takes the other of two kinds of pictures, and {path} holds one kind; "
            "leave it out"
        )
    side = pictures_of_side(path, "y", "pictures to learn from")
    name = re.sub(r"[^\w .-]", "", path.resolve().name).strip(" .-") or "picture"
    return SourceDomain(name, side.pictures, passed_over=side.passed_over)


def two_folders(
    x: str | Path, y: str | Path, x_name: str = "photo", y_name: str = "painting"
) -> Source:
    """Take two folders of pictures as the two domains.

    Args:
        x: where the pictures lie that are turned into the others; see `pictures_of_side`.
        y: where the others lie.
        x_name: what the first are.
        y_name: what the second are.

    Raises:
        InputError: a folder is missing, holds no picture or lies within the other, or the
            names are equal or cannot be part of a file's name.
    """
    x, y = Path(x), Path(y)
    check_names(x_name, y_name)
    if x.resolve() == y.resolve() and not (x.is_dir() and _holds_two_sides(x)):
        raise InputError(f"the two domains need different folders, and both are {x}")
    of_x = pictures_of_side(x, "x", f"{x_name} pictures")
    of_y = pictures_of_side(y, "y", f"{y_name} pictures")
    for outer, inner in ((x, y), (y, x)):
        within = inner.resolve().is_relative_to(outer.resolve())
        if within and _paths(of_x) & _paths(of_y):
            raise InputError(
                f"the two domains need separate folders, and {inner} lies within {outer}; "
                "move one of them out"
            )
    return Source(
        path=f"{x} and {y}",
        x=SourceDomain(x_name, of_x.pictures, passed_over=of_x.passed_over),
        y=SourceDomain(y_name, of_y.pictures, passed_over=of_y.passed_over),
    )


def _paths(side: Side) -> set[Path]:
    return {picture.path.resolve() for picture in side.pictures}


def check_names(x_name: str, y_name: str) -> None:
    """Check names that become parts of file names, on systems that ignore case too.

    Raises:
        InputError: a name cannot be part of one, or they are equal.
    """
    for name in (x_name, y_name):
        if not re.fullmatch(r"\w([\w .-]*\w)?", name):
            raise InputError(
                f"a domain's name must be letters, digits, dots, dashes, spaces and _, got "
                f"{name!r}; use a name such as painting"
            )
    if x_name.casefold() == y_name.casefold():
        raise InputError(f"the two domains need different names, got {x_name!r} and {y_name!r}")


def pictures_in(folder: Path) -> tuple[Picture, ...]:
    """List the pictures of a folder and its subfolders under names that are unique within it.

    Where it holds files of pictures and shards, the form that has more of them is taken.

    Raises:
        InputError: there is neither a picture file nor a shard, or a shard is damaged.
    """
    return _in_folder(folder).pictures


def _in_folder(folder: Path) -> Side:
    side = _of_listing(folder, look_through(folder))
    if not side.pictures:
        there = "".join(f"; {line}" for line in describe_reasons(side.passed_over))
        raise InputError(
            f"{folder} holds no pictures (.jpg, .png, .webp, .tif …); check the path or fill it"
            f"{there}"
        )
    return side


def _in_folder_if_any(folder: Path) -> Side:
    return _of_listing(folder, look_through(folder) if folder.is_dir() else Listing([]))


def _of_listing(folder: Path, listing: Listing) -> Side:
    records = pictures_of_shards(listing.shards)
    files = tuple(FilePicture(name_within(folder, path), path) for path in listing.pictures)
    by_files = len(files) > len(records)
    others = [(path, _OTHER_FORM) for path in (listing.shards if by_files else listing.pictures)]
    passed_over = replace(listing, passed_over=[*listing.passed_over, *others]).reasons(folder)
    return Side(str(folder), files if by_files else records, passed_over)


def pictures_of_side(path: str | Path, side: str | None = None, what: str = "pictures") -> Side:
    """Give the pictures that lie at a path; of a place with two sides, those of one.

    Args:
        path: a folder of pictures or shards, a shard, a Dataset, the competition's folder, or one
            with `trainA` and `trainB`.
        side: `"x"` for what is turned into the other, such as photos, `"y"` for the other, such as
            paintings; None where only pictures of one kind will do.
        what: is looked for, in a message.

    Raises:
        InputError: there is nothing at `path`, or both sides are there and cannot be told apart.
    """
    path = Path(path)
    if path.is_file() and is_shard(path):
        return _of_one_kind(Side(str(path), pictures_of_shards([path])), side, what)
    existing_folder(path, what)
    two = _two_sides(path)
    if two is None:
        _refuse_a_mixture(path, side)
        return _of_one_kind(_in_folder(path), side, what)
    if side is None:
        raise _both_sides(str(path), two[0].name, two[1].name, what)
    domain = two[side == "y"]
    return Side(f"{domain.name} of {path}", domain.all_pictures, domain.passed_over)


def pictures_to_paint(path: str | Path, side: str) -> Side:
    """Give what shall be painted: one picture file, or as for `pictures_of_side`.

    Raises:
        InputError: there is no picture at `path`.
    """
    path = Path(path)
    if path.is_file() and not is_shard(path):
        return Side(path.name, (FilePicture(path.name, path),))
    return pictures_of_side(path, side, "photos" if side == "x" else "pictures")


def _both_sides(place: str, x_name: str, y_name: str, what: str) -> InputError:
    return InputError(
        f"{place} holds both {x_name} and {y_name}, and {what} are needed; name one folder of it"
    )


def _of_one_kind(found: Side, side: str | None, what: str) -> Side:
    """Of shards in one folder give those of one side, as far as their records tell.

    Raises:
        InputError: both sides are there, and none is asked for, or only files' names differ.
    """
    records = [picture for picture in found.pictures if isinstance(picture, ShardPicture)]
    splits = {name[0] for p in records if (name := re.search(r"(train|test)[AB]", p.path.name))}
    if len({name[-1] for name in splits}) > 1:
        one, other = sorted(splits, key=lambda name: name[-1])[:: len(splits) - 1]
        raise InputError(
            f"{found.name} holds shards of {one} and of {other}, and {what} are needed; put those "
            "of each side into a folder of its own"
        )
    photos = {p.target for p in records if _FORM.sub("", p.target.casefold()) in _PHOTOS}
    others = {p.target for p in records if p.target} - photos
    if not (photos and others):
        return found
    if side is None:
        raise _both_sides(found.name, min(photos), min(others), what)
    wanted = photos if side == "x" else others
    kept = tuple(picture for picture in records if picture.target in wanted)
    return replace(found, name=f"{', '.join(sorted(wanted))} of {found.name}", pictures=kept)


def _two_sides(path: Path) -> tuple[SourceDomain, SourceDomain] | None:
    """Give X and Y of a Dataset or of a known layout, None where there is neither."""
    if (path / MANIFEST).is_file():
        manifest = read_manifest(path)
        return tuple(
            SourceDomain(
                name,
                pictures_of_shards(
                    [s for split in SPLITS for s in shard_paths(path, manifest, name, split)]
                ),
            )
            for name in (manifest["x"], manifest["y"])
        )
    source = _find_train_folders(path) or _find_competition(path)
    return (source.x, source.y) if source else None


# Names of folders that say what is in them, whichever form it has.
_FORM = re.compile(r"s?(_(jpg|tfrec))?$")
_PHOTOS = {"photo", "foto", "content", "real_photo"}
_PAINTINGS = {"painting", "art", "artwork", "style", "monet", "vangogh", "cezanne", "ukiyoe"}


def _refuse_a_mixture(path: Path, side: str | None) -> None:
    """Refuse a folder in which, by their names, photos and paintings lie side by side.

    Raises:
        InputError: they do.
    """
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir())
    inner = next((entry for entry in folders if _holds_two_sides(entry)), None)
    if inner:
        raise InputError(
            f"{path} holds {inner.name}, which has photos and paintings; name {inner} itself"
        )
    kinds = {entry: _FORM.sub("", entry.name.casefold()) for entry in folders}
    photos = [entry for entry, kind in kinds.items() if kind in _PHOTOS]
    others = [e for e, kind in kinds.items() if kind not in _PHOTOS and _has_pictures(e)]
    if side != "y":  # photos may come in folders of any names, but not beside paintings
        others = [entry for entry in others if kinds[entry] in _PAINTINGS]
    # Paintings may be filed by letters too, but then in more folders than A and B.
    known = "(train|test|real_?|domain_?)?" if len(folders) == 2 else "(train|test)"
    letters = [[e for e in folders if re.fullmatch(f"{known}{a}", e.name, re.I)] for a in "AB"]
    for one, other in ((photos, others), letters):
        if one and other:
            raise InputError(
                f"{path} holds both {one[0].name} and {other[0].name}, and pictures of one kind "
                f"are needed; name the folder of one, such as {(one if side == 'x' else other)[0]}"
            )


def _holds_two_sides(folder: Path) -> bool:
    return (
        (folder / MANIFEST).is_file()
        or _has_train_folders(folder)
        or len(_names_with_forms(folder)) == 2
    )


def _has_pictures(folder: Path) -> bool:
    listing = look_through(folder)
    return bool(listing.pictures or listing.shards)


def pictures_of_shards(shards: Sequence[Path]) -> tuple[ShardPicture, ...]:
    """List the records of shards under unique names.

    A record without a picture is listed too: reading it says why it is none.

    Raises:
        InputError: a shard is damaged, or none of its records holds a picture.
    """
    taken: set[str] = set()
    return tuple(picture for shard in shards for picture in _pictures_of_shard(shard, taken))


def _pictures_of_shard(shard: Path, taken: set[str]) -> list[ShardPicture]:
    pictures, problems = [], []
    for number, (frame, payload) in enumerate(read_frames(shard)):
        name, target = f"{shard.stem}-{number}", ""
        try:
            record = decode_example(payload)
        except ValueError as error:
            problems.append(str(error))
        else:
            free = record.image_name and record.image_name not in taken
            name, target = record.image_name if free else name, record.target
        taken.add(name)
        pictures.append(ShardPicture(name, shard, frame, target=target))
    if pictures and len(problems) == len(pictures):
        raise InputError(
            f"shards must hold encoded pictures, and none of the {len(pictures)} records of "
            f"{shard} does: {problems[0]}; write them anew with the picture in a feature image"
        )
    return pictures


def _has_train_folders(path: Path) -> bool:
    return (path / "trainA").is_dir() and (path / "trainB").is_dir()


def _find_train_folders(path: Path) -> Source | None:
    if not _has_train_folders(path):
        return None
    names = dict(zip("AB", _names_from_title(path.resolve().name), strict=True))
    domains = {letter: _train_and_test(path, letter, names[letter]) for letter in "AB"}
    # The public "*2photo" sets keep the paintings in A and the photos in B.
    if names["B"] == "photo":
        remark = f"X is photo (trainB), Y is {names['A']} (trainA), since the name ends in 2photo"
        return Source(str(path), domains["B"], domains["A"], (remark,))
    remark = f"X is {names['A']} (trainA), Y is {names['B']} (trainB)"
    return Source(str(path), domains["A"], domains["B"], (remark,))


def _names_from_title(title: str) -> tuple[str, str]:
    before, two, after = title.partition("2")
    return (before, after) if two and before and after and before != after else ("A", "B")


def _train_and_test(path: Path, letter: str, name: str) -> SourceDomain:
    train, test = _in_folder(path / f"train{letter}"), _in_folder_if_any(path / f"test{letter}")
    passed_over = train.passed_over + test.passed_over
    return SourceDomain(name, train.pictures, test.pictures or None, passed_over=passed_over)


def _names_with_forms(path: Path) -> list[str]:
    """Name the domains in a layout as the competition's, `photo_jpg` beside `monet_jpg`."""
    folders = [entry.name for entry in path.iterdir() if entry.is_dir()]
    names = {name.rsplit("_", 1)[0] for name in folders if name.endswith(("_jpg", "_tfrec"))}
    return sorted(names, key=lambda name: (name != "photo", name))


def _find_competition(path: Path) -> Source | None:
    names = _names_with_forms(path)
    if len(names) != 2:
        return None
    (x, x_remark), (y, y_remark) = (_jpg_or_tfrec(path, n) for n in names)
    if not x.pictures or not y.pictures:
        empty = names[0] if not x.pictures else names[1]
        raise InputError(f"{path} holds no {empty} pictures; download the data again")
    photos_to_paintings = names[0] == "photo"
    plenty = len(x.pictures) * DEFAULT_TEST_SHARE >= COMPETITION_TEST_PHOTOS
    x_test = COMPETITION_TEST_PHOTOS if photos_to_paintings and plenty else DEFAULT_TEST_SHARE
    y_test = 0 if photos_to_paintings else DEFAULT_TEST_SHARE
    return Source(
        str(path),
        SourceDomain(names[0], x.pictures, test_size=x_test, passed_over=x.passed_over),
        SourceDomain(names[1], y.pictures, test_size=y_test, passed_over=y.passed_over),
        (x_remark, y_remark),
    )


def _jpg_or_tfrec(path: Path, name: str) -> tuple[Side, str]:
    """Choose the form that has more images; shards win a tie."""
    files, records = (_in_folder_if_any(path / f"{name}_{form}") for form in ("jpg", "tfrec"))
    taken, form, other = (records, "tfrec", files)
    if len(files.pictures) > len(records.pictures):
        taken, form, other = files, "jpg", records
    aside = f" rather than the {len(other.pictures)} of the other form" if other.pictures else ""
    return taken, f"{name}: {len(taken.pictures)} pictures from {name}_{form}{aside}"
