"""Small archives as the servers have them, in memory."""

import io
import tempfile
import zipfile
from pathlib import Path

from artnb.data.records import Record, write_shard
from artnb.files import sha256_of
from artnb.web.published import PublishedFile
from tests.data.pictures import encoded, picture

DOMAINS = {"photo": 4, "monet": 3}


def zip_of(files, compression=zipfile.ZIP_DEFLATED):
    """Pack bytes by path, or by a ZipInfo that says more than a path."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def competition_files():
    """Make a competition with a shard and single pictures of each domain."""
    with tempfile.TemporaryDirectory() as folder:
        return {name: data for domain in DOMAINS for name, data in _domain(Path(folder), domain)}


def _domain(folder, domain):
    seeds = [100 * len(domain) + number for number in range(DOMAINS[domain])]
    jpegs = {f"{seed:010x}": encoded(picture(seed, 32, 32), "JPEG") for seed in seeds}
    shard = folder / f"{domain}00-{len(jpegs)}.tfrec"
    write_shard(shard, [Record(name, data, domain) for name, data in jpegs.items()])
    yield f"{domain}_tfrec/{shard.name}", shard.read_bytes()
    yield from ((f"{domain}_jpg/{name}.jpg", data) for name, data in jpegs.items())


def cyclegan_files(name, pictures=3):
    """Make a data set in the authors' layout, with what a Mac adds."""
    parts = ("trainA", "trainB", "testA", "testB")
    files = {
        f"{name}/{part}/{number}.jpg": encoded(picture(10 * at + number, 32, 32), "JPEG")
        for at, part in enumerate(parts)
        for number in range(pictures)
    }
    return files | {f"__MACOSX/{name}/._trainA": b"\0\5\x16\7"}


def write_files(folder, files):
    """Write bytes by path into a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def official(folder):
    """Give the figures of the shards in a folder as those of a competition."""
    shards = sorted(folder.glob("*_tfrec/*"))
    return {
        name: PublishedFile(name, size_bytes=path.stat().st_size, sha256=sha256_of(path))
        for path in shards
        for name in [path.relative_to(folder).as_posix()]
    }
