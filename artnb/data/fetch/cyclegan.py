"""The data sets of the CycleGAN paper, from their authors' server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from artnb.data.fetch.archives import unpack
from artnb.data.fetch.folders import check_room, filling, folder_of, is_whole
from artnb.errors import InputError, nearest
from artnb.files import sha256_of
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent
from artnb.web.download import download
from artnb.web.observed import first_seen

# The authors' download script names a server that has moved: first to this address without,
# then with encryption (taesungp/contrastive-unpaired-translation, issue 171).
SERVER = "https://efrosgans.eecs.berkeley.edu/cyclegan/datasets"
_LARGEST_UNKNOWN_BYTES = 2_000_000_000


@dataclass(frozen=True)
class ZipFile:
    """A published archive; one without size and hash is known by name alone."""

    size_bytes: int | None = None
    sha256: str | None = None


# Sizes and hashes as TensorFlow Datasets records them (url_checksums/cycle_gan.txt). Left out is
# ae_photos, which has test photos alone.
PUBLISHED: Mapping[str, ZipFile] = {
    "monet2photo": ZipFile(
        305_231_073, "88f91b00fc228f97c9411fbf1880ec1d119c98f1722e4cfcfaa2fb35fac05b04"
    ),
    "vangogh2photo": ZipFile(
        306_590_349, "362c3473e70be0944bda08d49d660eafdc2854df55d697835b8186d1d79caaff"
    ),
    "cezanne2photo": ZipFile(
        279_885_071, "3a6c10ca21f9485862f1cbd707744b9dc258954a04631271d23a3605eeb63cff"
    ),
    "ukiyoe2photo": ZipFile(
        292_946_532, "02a2a2fb5ecf425ca1bf86aca7304377da64a2a1d3b86df54eb65e4068bf3b08"
    ),
    "summer2winter_yosemite": ZipFile(
        132_640_856, "167fe1726807a9d22bd106b4a6c0bd7953b688af924ac1bf967439c4961e49f9"
    ),
    "horse2zebra": ZipFile(
        116_867_962, "a74d9d392eecca9966b51287a76ca126af473d9de4f3e8fc0e9cda08fa1730a1"
    ),
    "apple2orange": ZipFile(
        78_456_409, "845a191e9af8926408ea597001cd03a452e3300a1f44a79fe329b3d59f6e3eb8"
    ),
    "iphone2dslr_flower": ZipFile(
        339_964_458, "8fcb5e374d631b107e1d961b8c4cd0a186aa2a4ff3e279923f4c426128de7113"
    ),
    "maps": ZipFile(
        1_476_754_427, "639534f69dbf9f36bef8d6292a7698006361221f83f0285d7c9ca78afe6e8a9e"
    ),
    "cityscapes": ZipFile(
        279_601_602, "d2f6910fd056c1ee9873777ae838e7ac4a2c833598ae62a04188e5ab2f4ea036"
    ),
    "facades": ZipFile(
        35_135_868, "9a31ebf3a31b9b5cd195dd5bf62e9308e00cb94604d1019e3889ac84248695c0"
    ),
    # A handful of horses and zebras that the authors' code tests itself with.
    "mini": ZipFile(),
}


def fetch_cyclegan(
    name: str,
    out: Path | None = None,
    keep_zip: bool = False,
    server: str = SERVER,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
    published: Mapping[str, ZipFile] = PUBLISHED,
) -> Path:
    """Fetch a data set of the CycleGAN paper, or take it where it has been fetched already.

    A download that breaks off goes on where it was. The folder gets its name when everything is
    in it. A zip of this name that lies beside it is taken rather than fetched.

    Args:
        name: such as `"vangogh2photo"`.
        out: the folder to put it in; None takes the cache.
        keep_zip: leave the zip beside the folder instead of deleting it.
        server: address of the folder that holds the archives, for copies of the authors' server.
        progress: shows how far it has got.
        say: gets a sentence for each thing that is done.
        published: what there is.

    Returns:
        The folder, with `trainA`, `trainB` and where there are `testA`, `testB`.

    Raises:
        InputError: no such data set, no network, no room, or not what was published.
    """
    if name not in published:
        raise InputError(f"there is no CycleGAN data set {name!r}; {nearest(name, published)}")
    folder, zip_file = folder_of(name, out), published[name]
    if is_whole(folder, name):
        say(f"{name} is in {folder} already.")
        return folder
    archive = folder.with_name(f"{name}.zip")
    _fetch(archive, zip_file, f"{server.rstrip('/')}/{name}.zip", progress, say)
    if zip_file.sha256 is None:
        _compare_with_first(archive)
    _unpack(archive, folder, name, progress)
    if keep_zip:
        say(f"{name} is in {folder}, and its zip beside it.")
    else:
        archive.unlink()
        say(f"{name} is in {folder}; its zip is deleted.")
    return folder


def _fetch(
    archive: Path, zip_file: ZipFile, url: str, progress: Progress, say: Callable[[str], None]
) -> None:
    """Download the archive, unless it was kept, or left by a try that was killed."""
    size_bytes, sha256 = zip_file.size_bytes, zip_file.sha256
    if archive.exists() and sha256 in (None, sha256_of(archive)):
        say(f"Taking {archive.name}, which is in {archive.parent} already.")
        return
    if size_bytes:
        check_room(archive, 2 * size_bytes, f"{archive.name}, packed and unpacked,")
    size = f"{size_bytes / 1e6:,.0f} MB" if size_bytes else "nobody published its size"
    say(f"Fetching {archive.name} from {urlsplit(url).hostname}: {size}.")
    download(
        url,
        archive,
        size_bytes=size_bytes,
        largest_bytes=size_bytes or _LARGEST_UNKNOWN_BYTES,
        sha256=sha256,
        progress=progress,
        say=say,
    )


def _unpack(archive: Path, folder: Path, name: str, progress: Progress) -> None:
    with filling(folder, name, zip_sha256=sha256_of(archive)) as staging:
        unpack(archive, staging, without_top=True, progress=progress)
        if not all((staging / part).is_dir() for part in ("trainA", "trainB")):
            raise InputError(
                f"{archive.name} must hold trainA and trainB, and it does not; delete {archive} "
                "and fetch it from another server"
            )


def _compare_with_first(archive: Path) -> None:
    """Compare a hash that nobody published with the first that was seen, or note this one."""
    notes = cache_folder() / "data" / "observed.json"
    first, now = first_seen(archive, notes)
    if first != now:
        archive.unlink()
        raise InputError(
            f"{archive.name} had the sha256 {first} when it was first fetched, and now has "
            f"{now}; if you trust the change, remove it from {notes} and fetch it again"
        )
