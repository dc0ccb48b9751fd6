"""What lies at a path: the kinds of folders that pictures come in.

Accepted are the competition's folder (`*_jpg`, `*_tfrec`), `trainA`/`trainB` with or without
`testA`/`testB`, and any two folders of pictures. A prepared Dataset has a room of its own,
`artnb.data.dataset`.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from artnb.data.images import list_images
from artnb.data.records import Frame, read_record_at, read_shard
from artnb.errors import InputError
from artnb.files import stamp_of

# The competition has 300 paintings, which are all needed, and photos in plenty.
COMPETITION_TEST_PHOTOS = 300
# Also for part of the competition's photos, where 300 would be too many.
DEFAULT_TEST_SHARE = 0.1
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
    """A picture that is a record of a shard."""

    name: str
    path: Path
    frame: Frame
    group: str = ""

    @property
    def state(self) -> str:
        """A text that is another one when the shard has changed."""
        return f"{_state_of(self.path)} {self.frame.offset} {self.frame.length}"

    def read(self) -> bytes:
        """Give the encoded bytes."""
        return read_record_at(self.path, self.frame).image


def _state_of(path: Path) -> str:
    return f"{path.absolute()} {stamp_of(path)}"


Picture = FilePicture | ShardPicture


@dataclass(frozen=True)
class SourceDomain:
    """One side of a source.

    `test_pictures` are set where the source brings its own split; otherwise `test_size` says
    how many of `pictures` are held out: a share below 1, or a count.
    """

    name: str
    pictures: tuple[Picture, ...]
    test_pictures: tuple[Picture, ...] | None = None
    test_size: float = DEFAULT_TEST_SHARE

    @property
    def all_pictures(self) -> tuple[Picture, ...]:
        """The pictures, and behind them those of the split that the source brings."""
        return self.pictures + (self.test_pictures or ())


@dataclass(frozen=True)
class Source:
    """Two domains, X to be turned into Y, and remarks on how they were found."""

    path: str
    x: SourceDomain
    y: SourceDomain
    remarks: tuple[str, ...] = field(default=())

    def with_test_share(self, test_share: float | None) -> "Source":
        """Hold out another share of both domains; None keeps what the source proposes."""
        if test_share is None:
            return self
        if not 0 <= test_share < 1:
            raise InputError(f"the test share must be at least 0 and below 1, got {test_share}")
        x = replace(self.x, test_size=test_share)
        return replace(self, x=x, y=replace(self.y, test_size=test_share))


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


def two_folders(
    x: str | Path, y: str | Path, x_name: str = "photo", y_name: str = "painting"
) -> Source:
    """Take two folders of pictures as the two domains.

    Raises:
        InputError: a folder is missing, holds no picture or lies within the other, or the
            names are equal or cannot be part of a file's name.
    """
    x, y = Path(x), Path(y)
    check_names(x_name, y_name)
    if x.resolve() == y.resolve():
        raise InputError(f"the two domains need different folders, and both are {x}")
    existing_folder(x, f"{x_name} pictures")
    existing_folder(y, f"{y_name} pictures")
    for outer, inner in ((x, y), (y, x)):
        if inner.resolve().is_relative_to(outer.resolve()):
            raise InputError(
                f"the two domains need separate folders, and {inner} lies within {outer}; "
                "move one of them out"
            )
    return Source(
        path=f"{x} and {y}",
        x=SourceDomain(x_name, pictures_in(x)),
        y=SourceDomain(y_name, pictures_in(y)),
    )


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


def pictures_in(folder: Path) -> tuple[FilePicture, ...]:
    """List a folder's picture files under names that are unique within it.

    Raises:
        InputError: there is no picture file in the folder or below it.
    """
    files = list_images(folder)
    if not files:
        raise InputError(
            f"{folder} holds no pictures (.jpg, .png, .webp, .tif …); check the path or fill it"
        )
    return tuple(FilePicture(_name_within(folder, path), path) for path in files)


def _name_within(folder: Path, path: Path) -> str:
    """Name a file by its place in the folder, in characters that can be written and printed."""
    name = path.relative_to(folder).as_posix()
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _find_train_folders(path: Path) -> Source | None:
    if not ((path / "trainA").is_dir() and (path / "trainB").is_dir()):
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
    test = path / f"test{letter}"
    test_pictures = pictures_in(test) if test.is_dir() and list_images(test) else None
    return SourceDomain(name, pictures_in(path / f"train{letter}"), test_pictures)


def _find_competition(path: Path) -> Source | None:
    names = sorted(
        {
            entry.name.rsplit("_", 1)[0]
            for entry in path.iterdir()
            if entry.is_dir() and entry.name.endswith(("_jpg", "_tfrec"))
        },
        key=lambda name: (name != "photo", name),
    )
    if len(names) != 2:
        return None
    (x_pictures, x_remark), (y_pictures, y_remark) = (_jpg_or_tfrec(path, n) for n in names)
    if not x_pictures or not y_pictures:
        empty = names[0] if not x_pictures else names[1]
        raise InputError(f"{path} holds no {empty} pictures; download the data again")
    photos_to_paintings = names[0] == "photo"
    plenty = len(x_pictures) * DEFAULT_TEST_SHARE >= COMPETITION_TEST_PHOTOS
    x_test = COMPETITION_TEST_PHOTOS if photos_to_paintings and plenty else DEFAULT_TEST_SHARE
    y_test = 0 if photos_to_paintings else DEFAULT_TEST_SHARE
    return Source(
        str(path),
        SourceDomain(names[0], x_pictures, test_size=x_test),
        SourceDomain(names[1], y_pictures, test_size=y_test),
        (x_remark, y_remark),
    )


def _jpg_or_tfrec(path: Path, name: str) -> tuple[tuple[Picture, ...], str]:
    """Choose the form that has more images; shards win a tie."""
    folder = path / f"{name}_jpg"
    files = pictures_in(folder) if folder.is_dir() and list_images(folder) else ()
    records = tuple(
        ShardPicture(record.image_name or f"{shard.stem}-{number}", shard, frame)
        for shard in sorted((path / f"{name}_tfrec").glob(f"*{SHARD_SUFFIX}"))
        for number, (frame, record) in enumerate(read_shard(shard))
    )
    taken, form, other = (records, "tfrec", files) if len(records) >= len(files) else (
        files, "jpg", records,
    )  # fmt: skip
    aside = f" rather than the {len(other)} of the other form" if other else ""
    return taken, f"{name}: {len(taken)} pictures from {name}_{form}{aside}"
