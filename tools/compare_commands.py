"""Give every documented command to two checkouts, and compare what comes of it.

    python tools/compare_commands.py OLD NEW --work FOLDER

All lines of README.md and docs/ that begin with `artnb`, of either checkout, and those of
further_commands.txt, most of them refusals, are given in one order, each in a sandbox of its
checkout's with the same names, data and seeds. Compared are exit codes, what is printed, and every
file that is written: texts without times, dates and speeds, pictures by their pixels, archives by
what is in them. Texts of help are not compared. Commands that would take hours or need the network
are given shortened: SHORTENED and LEFT_OUT say how.

A checkout's answers stay in the folder of `--work`; a checkout that has not changed since is not
asked again for commands that it has answered there.
"""

import argparse
import csv
import difflib
import functools
import gzip
import hashlib
import http.server
import io
import json
import os
import re
import runpy
import shlex
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import traceback
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors import safe_open

LOADED = ("keras", "pandas", "matplotlib.pyplot", "scipy.stats", "sklearn.cluster")
_LONGEST_S = 1800
_PORT = 18765
# What a line of the documents becomes, and why. Trainings save after every step: what is saved must
# not depend on the time that steps take.
_SMOKE = "--preset smoke --set deterministic=true --set checkpoint_minutes=0"
SHORTENED = (
    (r"--preset (preview|session|paper)", _SMOKE, "hours"),
    (r"--run monet (--preset .*)--mirror", r"--run mirrored \1--mirror", "another Run is there"),
    (r"--run monet --resume --mirror", "--run mirrored --resume --mirror", "likewise"),
    (r"/mnt/drive/artnb", "drive", "there is no drive"),
    (r"(submit build .*)", r"\1 --count 2", "7,000 photos are hours; fewer are refused"),
    (r"collection fetch pair/x", "collection fetch addressed --per-host 1", "has addresses"),
    (r"collection clean (\S+)", r"collection clean \1 --smallest-px 32", "small pictures"),
    (r"(prepare pair/x .*)", r"\1 --size-px 32", "small pictures"),
    (r"(data prepare .*)", r"\1 --size-px 64", "small pictures"),
    (r"(data (?:kaggle|cyclegan) .*--out) data", r"\1 fetched", "keeps it apart"),
)
LEFT_OUT = {
    "artnb demo": "six minutes; make demo runs it",
    "artnb import style_monet --run monet": "the authors' server is not asked",
}
# Given after the documents' own: ways that they do not show, and what must be refused.
FURTHER = Path(__file__).with_name("further_commands.txt")

# Lines that are no answer: bars, what the backends say at their start, warnings of libraries.
_NOISE = re.compile(
    r"%\|.*\||^[IWEF]\d{4} |^[IWEF]0000|^WARNING: All log messages|^To enable the following"
    r"|cpu_feature_guard|^\s*warnings\.warn|oneDNN|Skipping registering GPU|^\d{4}-\d\d-\d\d \d\d:"
)
_TIMES = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?", "<moment>"),
    (r"\d{8}-\d{6}", "<moment>"),
    (r"\d+:\d\d:\d\d( in all)?", "<time>"),
    (r"done about [\w ,:]*\d\d:\d\d", "done about <time>"),
    (r"[\d.,e+]+ images a second", "<speed> images a second"),
    (r"[\d.,]+ (seconds|minutes|hours|s|min|h)\b", r"<time> \1"),
    (r"[\d.,]+ (GB|MB|kB) (free|of memory)", r"<room> \2"),
    (r"(\d\d )?\w{3} \d{4} at \d\d:\d\d", "<moment>"),
    (r"\d\d\.\d\d\.\d{4},? \d\d:\d\d|\d\d:\d\d UTC", "<moment>"),
    (r'"(started|ended|made|date|step_s|seconds|images_per_s|\w+_s|created)": [^,\n}]+', r'"\1"'),
    (r'"checkpoints_written": \d+', "<count>"),
    (r'"stamp": \[[^]]*\]', "<stamp>"),
    (r'"check": "\w{64}"|"log\.csv": \{[^}]*\}', "<check>"),  # of what has times in it
)
# Settings name their method now; that is what was meant to change.
_METHODS = ("cyclegan", "imported")
_DATED = re.compile(r"\d{8}-\d{6}")
_CSV_TIMES = ("seconds", "images_per_s", "date")
_TEXTS = {".json", ".jsonl", ".csv", ".md", ".txt", ".html", ".js", ".css", ".ipynb", ".tsv"}
_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}
_ARCHIVES = {".zip", ".keras", ".pth"}


def main() -> None:
    """Ask both checkouts and print where their answers differ."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="sandboxes and answers, kept")
    parser.add_argument("--lines", type=int, default=12, help="of a difference that are shown")
    options = parser.parse_args()
    commands = all_commands(options.old, options.new)
    print(f"{len(commands)} commands; left out: {', '.join(LEFT_OUT)}")
    answers = [
        ask(checkout.resolve(), commands, options.work.resolve() / name)
        for name, checkout in (("old", options.old), ("new", options.new))
    ]
    differing = [
        command
        for command in commands
        if report(command, answers[0][command], answers[1][command], options.lines)
    ]
    print(f"{len(commands)} commands, {len(commands) - len(differing)} with the same answer, "
          f"{len(differing)} with another.")  # fmt: skip
    sys.exit(1 if differing else 0)


def all_commands(old: Path, new: Path) -> list[str]:
    """Collect the commands: the old documents', the further ones, and those in the new alone.

    A further one that is there twice is meant to be given twice; the second time it ends in a
    space.
    """
    documents, later = (
        [shortened(line) for page in pages_of(checkout) for line in documented(page)]
        for checkout in (old, new)
    )
    further = FURTHER.read_text(encoding="utf-8").splitlines()
    commands = dict.fromkeys(documents)
    for command in further:
        commands.setdefault(f"{command} " if command in commands else command)
    commands |= dict.fromkeys(later)
    return [command for command in commands if command not in LEFT_OUT]


def pages_of(checkout: Path) -> list[Path]:
    """List a checkout's documents for people who use the command line."""
    return [checkout / "README.md", *sorted((checkout / "docs").glob("*.md"))]


def documented(page: Path) -> list[str]:
    """List the lines within a page's fences that begin with `artnb`, without their comments."""
    lines, fenced = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced and line.startswith("artnb "):
            lines.append(re.sub(r"\s+#.*", "", line).strip())
    return lines


def shortened(command: str) -> str:
    """Give a documented command as it is asked."""
    for pattern, replacement, _ in SHORTENED:
        command = re.sub(pattern, replacement, command)
    return command


def ask(checkout: Path, commands: list[str], work: Path) -> dict[str, dict]:
    """Give all commands to a checkout, in its sandbox; what was answered before is taken as it is.

    Returns:
        For each command: exit code, text, and a description of each file that it wrote.
    """
    known_file, sandbox = work / "answers.json", work / "sandbox"
    state = _state(checkout)
    known = json.loads(known_file.read_text()) if known_file.exists() else {}
    if known.get("state") != state or list(known["answers"]) != commands[: len(known["answers"])]:
        shutil.rmtree(work, ignore_errors=True)
        furnish(sandbox, checkout)
        known = {"state": state, "answers": {}}
    answers = known["answers"]
    for library in LOADED:
        with suppress(ImportError):
            import_module(library)
    with serving(sandbox):
        for command in commands[len(answers) :]:
            answers[command] = _answer(command, checkout, sandbox)
            known_file.write_text(json.dumps(known))
            print(f"[{answers[command]['code']}] {checkout.name}: {command}", flush=True)
    return answers


def _state(checkout: Path) -> str:
    """Give a hash of a checkout's package."""
    digest = hashlib.sha256()
    for path in sorted((checkout / "artnb").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(checkout)).encode() + path.read_bytes())
    return digest.hexdigest()


def _answer(command: str, checkout: Path, sandbox: Path) -> dict:
    before = _stamps(sandbox)
    code, texts = _ended(command, checkout, sandbox)
    said = [normal(text.decode(errors="replace"), sandbox, checkout) for text in texts]
    after = _stamps(sandbox)
    written = {
        str(path.relative_to(sandbox)): described(path, sandbox, checkout)
        for path, stamp in after.items()
        if before.get(path) != stamp
    }
    gone = sorted(str(path.relative_to(sandbox)) for path in before.keys() - after.keys())
    return {
        "code": code,
        "said": said,
        "written": {_DATED.sub("<moment>", n): v for n, v in written.items()},
        "gone": gone,
    }


def _ended(command: str, checkout: Path, sandbox: Path) -> tuple[int, list[bytes]]:
    """Give a command in a process of its own; code, stdout and stderr come back."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        child = os.fork()  # loading libraries is most of a command's time: here they are loaded
        if not child:
            os.dup2(said.fileno(), 1)
            os.dup2(complained.fileno(), 2)
            os._exit(_give(shlex.split(command), checkout, sandbox))
        until = time.monotonic() + _LONGEST_S
        while not (ended := os.waitpid(child, os.WNOHANG))[0]:
            if time.monotonic() > until:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.02)
        texts = [file.seek(0) or file.read() for file in (said, complained)]
    return os.waitstatus_to_exitcode(ended[1]), texts


def _give(words: list[str], checkout: Path, sandbox: Path) -> int:
    """Be `python -m artnb` in a sandbox."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ARTNB_", "KAGGLE", "KERAS"))}
    weights = os.environ.get("ARTNB_WEIGHTS", "")
    os.environ.clear()
    # Nothing outside is asked: a proxy that nobody serves refuses at once.
    proxies = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), "http://127.0.0.1:9")
    os.environ |= {**kept, **proxies, "NO_PROXY": "127.0.0.1", "COLUMNS": "100"}
    os.environ |= {"ARTNB_WEIGHTS": weights, "HOME": str(sandbox / "home")}
    os.chdir(sandbox)
    sys.path[0], sys.argv = str(checkout), ["artnb", *words[1:]]
    code = 0
    try:
        runpy.run_module("artnb", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files}


def normal(text: str, sandbox: Path, checkout: Path) -> str:
    """Take out of a text paths of this comparison, bars, noise, and lines of usage."""
    text = text.replace(str(sandbox), "<here>").replace(str(checkout), "<checkout>")
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.split("\n")]
    # A bar that comes late or not at all leaves an empty line behind, or none.
    text = "\n".join(line for line in lines if line and not _NOISE.search(line))
    text = re.sub(r"usage:.*?(?=^artnb[^\n]*: error: |\Z)", "<usage>\n", text, flags=re.M | re.S)
    return text.strip()


def timeless(text: str) -> str:
    """Take times, dates and speeds out of a text, and hashes of what has them in it."""
    for pattern, replacement in _TIMES:
        text = re.sub(pattern, replacement, text)
    return text


def by_names(text: str) -> str:
    """Put what a JSON text says into the order of its names, and leave out which method it is."""

    def without_method(pairs: list[tuple[str, object]]) -> dict[str, object]:
        return {k: v for k, v in pairs if not (k == "method" and v in _METHODS)}

    try:
        values = json.loads(text, object_pairs_hook=without_method)
    except ValueError:
        return text
    return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False)


def described(path: Path, sandbox: Path, checkout: Path) -> str:
    """Describe a file: a text as it is but for times, anything else by a hash of its content."""
    data = path.read_bytes()
    if path.suffix == ".sqlite":
        return _tables(path)
    if path.suffix == ".safetensors":
        return _tensors(path)
    return _described(path.name, data, sandbox, checkout)


def _described(name: str, data: bytes, sandbox: Path, checkout: Path) -> str:
    suffix = Path(name).suffix.lower()
    if suffix in _TEXTS:
        text = data.decode("utf-8", "replace")
        return normal(_without_times(text) if suffix == ".csv" else text, sandbox, checkout)
    if suffix in _PICTURES:
        try:
            with Image.open(io.BytesIO(data)) as image:
                frames = getattr(image, "n_frames", 1)
                shown = np.asarray(image.convert("RGBA"))
        except OSError:
            return _hash(data)
        return f"{shown.shape} {frames} {_hash(shown.tobytes())}"
    if suffix in _ARCHIVES and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {
                entry: timeless(_described(entry, archive.read(entry), sandbox, checkout))
                for entry in sorted(archive.namelist())
            }
        return "\n".join(f"{entry}: {_hash(part.encode())}" for entry, part in parts.items())
    return f"{len(data)} bytes {_hash(data)}"


def _without_times(table: str) -> str:
    """Leave out a table's columns of times."""
    rows = list(csv.reader(io.StringIO(table)))
    kept = [place for place, name in enumerate(rows[0]) if name not in _CSV_TIMES] if rows else []
    return "\n".join(",".join(row[place] for place in kept if place < len(row)) for row in rows)


def _tensors(path: Path) -> str:
    with safe_open(path, framework="numpy") as file:
        lines = [f"{file.metadata()}"]
        for name in sorted(file.keys()):
            array = file.get_tensor(name)
            lines.append(f"{name} {array.dtype} {array.shape} {_hash(array.tobytes())[:16]}")
    return "\n".join(lines)


def _tables(path: Path) -> str:
    """Give what a cache knows, whatever order it learnt it in."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    lines = []
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        rows = sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
        lines.append(f"{table}: {len(rows)} rows {_hash(''.join(rows).encode())}")
    connection.close()
    return "\n".join(sorted(lines))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def report(command: str, old: dict, new: dict, most: int) -> bool:
    """Print in what two answers differ; say whether they do."""
    found = []
    if old["code"] != new["code"]:
        found.append(f"exit code {old['code']} -> {new['code']}")
    for name, *texts in zip(("stdout", "stderr"), old["said"], new["said"], strict=True):
        found += _difference(name, *texts, most)
    if old["gone"] != new["gone"]:
        found.append(f"removed: {old['gone']} -> {new['gone']}")
    for name in sorted(old["written"].keys() | new["written"].keys()):
        texts = [answer["written"].get(name, "(not written)") for answer in (old, new)]
        found += _difference(name, *texts, most)
    if found:
        print(f"\n=== {command}", *found, sep="\n")
    return bool(found)


def _difference(name: str, old: str, new: str, most: int) -> list[str]:
    read = by_names if name.endswith(".json") else str
    old, new = timeless(read(old)), timeless(read(new))
    if old == new:
        return []
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "old", "new", "", "", 0)
    changed = [line[:300] for line in lines if not line.startswith(("---", "+++", "@@"))]
    more = [f"    … {len(changed) - most} more lines"] if len(changed) > most else []
    return [f"  {name}:", *(f"    {line}" for line in changed[:most]), *more]


def furnish(sandbox: Path, checkout: Path) -> None:
    """Fill a sandbox with invented pictures and tables, the same in each."""
    (sandbox / "home").mkdir(parents=True)
    for seed, (name, count) in enumerate(
        {"holiday": 24, "monet": 20, "paintings": 24, "anything": 24}.items()
    ):
        draw(sandbox / name, count, seed)
    draw(sandbox / "mixed", 6, 9)
    for number, suffix in enumerate((".png", ".bmp", ".webp")):
        draw(sandbox / "mixed" / "more", 1, 20 + number, suffix, (80, 48))
    (sandbox / "mixed" / "torn.jpg").write_bytes(b"\xff\xd8\xff no picture")
    shutil.copytree(sandbox / "holiday", sandbox / "torn" / "trainA")
    (sandbox / "torn" / "trainB").mkdir()
    golden = checkout / "tests" / "golden"
    for folder, archive in (("pth", "torch_generators"), ("h5", "addons")):
        with zipfile.ZipFile(golden / f"{archive}.zip") as files:
            files.extractall(sandbox / folder)
    shutil.copy(sandbox / "pth" / "plain.pth", sandbox / "latest_net_G_A.pth")
    shutil.copy(sandbox / "pth" / "plain_legacy.pth", sandbox / "latest_net_G_B.pth")
    shutil.copy(sandbox / "h5" / "unet.h5", sandbox / "monet_generator.h5")
    _write_tables(sandbox)
    with zipfile.ZipFile(sandbox / "small.zip", "w") as archive:
        archive.write(sandbox / "holiday" / "000.jpg", "000.jpg")
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# A book"]}]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (sandbox / "book.ipynb").write_text(json.dumps(book))


def draw(
    folder: Path, count: int, seed: int, suffix: str = ".jpg", size: tuple[int, int] = (64, 64)
) -> None:
    """Write blurred noise, each folder's of another colour."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        small = random.integers(0, 200, (6, 6, 3), np.uint8)
        small[..., seed % 3] += 50
        picture = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:03d}{suffix}")


def _write_tables(sandbox: Path) -> None:
    """Write a WikiArt list with its pictures, a table of one's own, and one with addresses."""
    styles = {"Baroque": 4, "Realism": 21}
    lines = []
    for seed, (style, number) in enumerate(styles.items()):
        folder = sandbox / "wikiart-pictures" / style
        draw(folder, 14, 30 + seed, size=(96, 80))
        for place, path in enumerate(sorted(folder.iterdir())):
            name = f"painter-{place % 3}_view-{place}-{1650 + 200 * seed + place}.jpg"
            path.rename(folder / name)
            lines.append(f"{style}/{name},{number}")
    with gzip.GzipFile(sandbox / "artgan_wikiart_style_train.csv.gz", "wb", mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    rows = [f"monet/{n:03d}.jpg,Painter {n % 2},{1870 + n},A view" for n in range(6)]
    (sandbox / "table.csv").write_text("\n".join(["file,Author,Year,title", *rows]) + "\n")
    columns = "id,file,urls,artist,title,style,genre,date,first_year,last_year,cluster,group,keep"
    rows = [f"a{n},,http://127.0.0.1:{_PORT}/monet/{n:03d}.jpg{',' * 10}" for n in range(3)]
    rows.append(f"gone,,http://127.0.0.1:{_PORT}/monet/nothing.jpg{',' * 10}")
    (sandbox / "addressed").mkdir()
    table = "\n".join([f"{columns},reason", *(f"{row}," for row in rows)])
    (sandbox / "addressed" / "collection.csv").write_text(table + "\n")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[None]:
    """Serve the sandbox's files at the address that its tables have."""
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", _PORT), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
