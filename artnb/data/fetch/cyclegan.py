"""The data sets of the CycleGAN paper, from their authors' server."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from artnb.data.fetch.archives import unpack
from artnb.data.fetch.folders import filling, folder_of, is_whole
from artnb.errors import InputError, nearest
from artnb.files import check_room, sha256_of
from artnb.locks import locked
from artnb.platform.where import cache_folder
from artnb.progress import Progress, silent
from artnb.web.published import PublishedFile, fetch_published, first_seen, published

# All but ae_photos, which has test photos alone.
PUBLISHED: Mapping[str, PublishedFile] = {
    name: file for name, (file,) in published("datasets").items()
}
# The authors' download script names a server that has moved: first to this address without,
# then with encryption (taesungp/contrastive-unpaired-translation, issue 171).
SERVER = PUBLISHED["monet2photo"].server


def fetch_cyclegan(
    name: str,
    out: Path | None = None,
    keep_zip: bool = False,
    server: str = SERVER,
    progress: Progress = silent,
    say: Callable[[str], None] = print,
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

    Returns:
        The folder, with `trainA`, `trainB` and where there are `testA`, `testB`.

    Raises:
        InputError: no such data set, no network, no room, or not what was published.
    """
    if name not in PUBLISHED:
        raise InputError(f"there is no CycleGAN data set {name!r}; {nearest(name, PUBLISHED)}")
    folder = folder_of(name, out)
    if is_whole(folder, name):
        say(f"{name} is in {folder} already.")
        return folder
    with locked(folder, f"the data {name}", say):
        archive = _fetch(replace(PUBLISHED[name], server=server), folder.parent, progress, say)
        with filling(folder, name, zip_sha256=sha256_of(archive)) as filled:
            unpack(archive, filled, without_top=True, progress=progress)
            if not all((filled / part).is_dir() for part in ("trainA", "trainB")):
                raise InputError(
                    f"{archive.name} must hold trainA and trainB, and it does not; delete "
                    f"{archive} and fetch it from another server"
                )
        if keep_zip:
            say(f"{name} is in {folder}, and its zip beside it.")
        else:
            archive.unlink()
            say(f"{name} is in {folder}; its zip is deleted.")
    return folder


def _fetch(
    file: PublishedFile, folder: Path, progress: Progress, say: Callable[[str], None]
) -> Path:
    """Download the archive, unless it was kept, or left by a try that was killed."""
    archive = folder / file.name
    if archive.exists() and file.sha256 in ("", sha256_of(archive)):
        say(f"Taking {archive.name}, which is in {folder} already.")
    else:
        size = "nobody published its size"
        if file.size_bytes:
            check_room(archive, 2 * file.size_bytes, f"{file.name}, packed and unpacked,")
            size = f"{file.size_bytes / 1e6:,.0f} MB"
        say(f"Fetching {file.name} from {urlsplit(file.url).hostname}: {size}.")
        fetch_published(file, folder, progress, say, or_by_hand=False)
    if not file.sha256:
        notes = cache_folder() / "data" / "observed.json"
        first, now = first_seen(archive, notes)
        if first != now:
            archive.unlink()
            raise InputError(
                f"{archive.name} had the sha256 {first} when it was first fetched, and now has "
                f"{now}; if you trust the change, remove it from {notes} and fetch it again"
            )
    return archive
