"""Pictures from a server that has good days and bad ones."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pandas
import pytest
from PIL import Image

from artnb.cli import main
from artnb.collection import fetch_images as fetch_images_module
from artnb.collection import one_picture
from artnb.collection.choose import choose_pair
from artnb.collection.fetch_images import fetch_images, file_stem
from artnb.collection.fetch_report import REPORT
from artnb.collection.one_picture import FetchLimits
from artnb.collection.table import TABLE, Collection, complete_table, open_collection
from artnb.errors import InputError
from tests.collection.picture_server import HOSTS, JPEG, PictureServer

QUICK = FetchLimits(first_wait_s=0.05, timeouts_s=(2.0, 2.0))


@pytest.fixture
def server():
    server = PictureServer()
    yield server
    server.stop()


@pytest.fixture
def collect(tmp_path):
    """Make a Collection of addresses: `collect({"a": "http://…"})`."""

    def collect(urls, **columns):
        table = pandas.DataFrame({"id": list(urls), "urls": list(urls.values()), **columns})
        folder = tmp_path / "art"
        collection = Collection(folder, complete_table(table), folder / "images")
        collection.save()
        return collection

    return collect


def files_of(collection):
    table = open_collection(collection.folder).table
    return dict(zip(table["id"], table["file"], strict=True))


def reasons(collection):
    report = pandas.read_csv(collection.folder / REPORT, keep_default_na=False)
    return dict(zip(report["id"], report["reason"], strict=True))


def test_the_whole_fair(server, collect):
    """2,000 pictures: everything that can be had is had, and no server is pressed."""
    kinds = Counter(ok=1700, slow=16, moved=60, failing=40, torn=20, busy=4)
    kinds.update(missing=100, damaged=40, page=20)
    names = [f"{kind}/{number}.jpg" for kind in kinds for number in range(kinds[kind])]
    urls = {name: server.url(name, HOSTS[n % 2]) for n, name in enumerate(names)}
    collection = collect(urls)
    steps = []

    report = fetch_images(
        collection, QUICK, progress=lambda _title, total: lambda: steps.append(total)
    )

    lost = {name for name in names if name.split("/")[0] in ("missing", "damaged", "page")}
    assert len(names) == 2000
    assert report.fetched == 1840
    assert {missing.id for missing in report.missing} == lost
    assert steps == [2000] * 2000
    files = files_of(collection)
    assert {name for name in names if not files[name]} == lost
    for name in set(names) - lost:
        assert (collection.images / files[name]).read_bytes() == JPEG
    assert all(server.most_at_once[host] == 2 for host in HOSTS)
    again = {"failing", "torn", "busy"}
    assert all(count == 1 + (path.split("/")[1] in again) for path, count in server.seen.items())
    assert all(agent.startswith("artnb/") for agent in server.agents)

    before = server.seen.copy()
    report = fetch_images(open_collection(collection.folder), QUICK)
    assert (report.fetched, report.present, len(report.missing)) == (0, 1840, 160)
    assert server.seen == before


def test_nothing_twice_after_ctrl_c(server, collect):
    server.pause_s = 0.01
    urls = {f"{n}": server.url(f"ok/{n}", HOSTS[n % 2]) for n in range(120)}
    collection = collect(urls)
    interrupt = lambda count: count == 50 and os.kill(os.getpid(), signal.SIGINT)  # noqa: E731
    server.on_request = interrupt
    said = []
    with pytest.raises(KeyboardInterrupt):
        fetch_images(collection, QUICK, say=said.append)
    arrived = sum(bool(file) for file in files_of(collection).values())
    assert 45 <= arrived < 70
    assert "Ctrl-C again" in said[0]

    server.on_request = lambda count: None
    report = fetch_images(open_collection(collection.folder), QUICK)
    assert (report.present, report.fetched) == (arrived, 120 - arrived)
    assert set(server.seen.values()) == {1}


def test_nothing_twice_after_a_kill(server, collect):
    """What had arrived is there, what was under way is asked for again, and nothing else."""
    server.pause_s = 0.02
    urls = {f"missing/{n}": server.url(f"missing/{n}") for n in range(5)}
    urls |= {f"{n}": server.url(f"ok/{n}", HOSTS[n % 2]) for n in range(60)}
    collection = collect(urls)
    reached = threading.Event()
    server.on_request = lambda count: reached.set() if count > 40 else None
    command = [sys.executable, "-m", "artnb", "collection", "fetch", collection.folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    assert reached.wait(60)
    process.kill()
    process.wait()
    time.sleep(0.1)  # the server answers those who are gone

    report = fetch_images(open_collection(collection.folder), QUICK)
    assert report.present + report.fetched == 60
    assert report.present > 25
    assert sum(count > 1 for count in server.seen.values()) <= 4  # two hosts, two each
    assert all(server.seen[f"/missing/{n}"] == 1 for n in range(5))


def test_addresses_are_tried_in_their_order(server, collect):
    urls = " ".join(server.url(name) for name in ("missing/1", "page/2", "ok/3", "ok/4"))
    collection = collect({"a": urls})
    assert fetch_images(collection, QUICK).fetched == 1
    assert list(server.seen) == ["/missing/1", "/page/2", "/ok/3"]
    assert files_of(collection) == {"a": f"{file_stem('a')}.jpg"}


def test_who_may_yet_have_it_is_asked_in_the_next_run(server, collect):
    collection = collect({"a": f"{server.url('down/1')} {server.url('missing/1')}"})
    [missing] = fetch_images(collection, QUICK).missing
    assert missing.reason == "127.0.0.1 has a problem of its own (500); not there (404)"
    assert not missing.lasting


def test_ctrl_c_twice_leaves_at_once(server, collect):
    """Who hangs is not waited for, and what had arrived is noted."""
    urls = {f"{n}": server.url(f"ok/{n}") for n in range(4)}
    collection = collect(urls | {f"h{n}": server.url("hanging/1") for n in range(8)})
    server.on_request = lambda count: count == 6 and os.kill(os.getpid(), signal.SIGINT)

    def interrupt_again(_sentence):
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        fetch_images(collection, FetchLimits(timeouts_s=(2.0, 30.0)), say=interrupt_again)
    assert time.monotonic() - start < 3
    assert sum(bool(file) for file in files_of(collection).values()) == 4
    assert [path.name for path in collection.images.iterdir() if "part" in path.name] == []


def test_a_full_disk_is_told_and_what_had_arrived_is_noted(server, collect, monkeypatch):
    one_at_a_time = threading.Lock()  # two threads would both find room for the fifth

    def fill_up(path, data):
        with one_at_a_time:
            if len(list(path.parent.iterdir())) >= 5:
                raise OSError(errno.ENOSPC, "No space left on device")
            path.write_bytes(data)

    monkeypatch.setattr(one_picture, "write_whole", fill_up)
    collection = collect({f"{n}": server.url(f"ok/{n}") for n in range(30)})
    with pytest.raises(InputError, match=r"cannot be written to .* \(No space left on device\)"):
        fetch_images(collection, QUICK)
    monkeypatch.undo()
    assert 3 <= sum(bool(file) for file in files_of(collection).values()) <= 5
    assert fetch_images(open_collection(collection.folder), QUICK).missing == ()


@pytest.mark.parametrize(
    ("kind", "reason", "lasting"),
    [
        ("missing", "not there (404)", True),
        ("page", "no usable picture: it is not a picture in a known format", True),
        ("empty", "empty", True),
        ("large", "larger than 0.2 MB", True),
        ("wide", "no usable picture: its 400×300 pixels are more than 0.1 million", True),
        ("bomb", "no usable picture: it has far too many pixels", True),
        ("script", "no usable picture: it is not a picture in a known format", True),
        ("circle", "sent from one address to the next", True),
        ("local", "with an address that is none of http or https", True),
        ("nowhere", "http://127.0.0.1:PORT/nowhere/1 cannot be asked for (ValueError)", True),
        ("hanging", "not whole within 0.5 s", False),
        ("down", "127.0.0.1 has a problem of its own (500)", False),
        ("tired", "127.0.0.1 asks for patience (429) and wants 3,600 s of it", False),
    ],
)
def test_what_is_missing_is_told_with_its_reason(server, collect, kind, reason, lasting):
    collection = collect({"a": server.url(f"{kind}/1"), "b": server.url("ok/1")})
    most = {"largest_bytes": 200_000, "largest_pixels": 100_000, "longest_s": 0.5, "tries": 2}
    limits = FetchLimits(first_wait_s=0.02, timeouts_s=(2.0, 2.0), **most)
    report = fetch_images(collection, limits)
    assert report.fetched == 1
    assert reasons(collection)["a"].startswith(reason.replace("PORT", str(server.server_port)))
    assert [missing.lasting for missing in report.missing] == [lasting]

    asked = server.seen[f"/{kind}/1"]
    fetch_images(open_collection(collection.folder), limits)
    assert (server.seen[f"/{kind}/1"] == asked) == lasting
    asked = server.seen[f"/{kind}/1"]
    fetch_images(open_collection(collection.folder), limits, again=True)
    assert server.seen[f"/{kind}/1"] > asked


@pytest.mark.parametrize("way", ["zipped", "chunked"])
def test_whatever_way_it_comes_it_is_kept_as_it_was(server, collect, way):
    collection = collect({"a": server.url(f"{way}/1")})
    fetch_images(collection, QUICK)
    assert (collection.images / files_of(collection)["a"]).read_bytes() == JPEG


def test_addresses_that_are_none(collect):
    urls = {"a": "ftp://127.0.0.1/a.jpg", "b": "http://[", "c": "file:///etc/hostname", "d": ""}
    urls |= {
        "e": "http://127.0.0.1:99999/",
        "f": f"http://{'a' * 300}/",
        "g": "http://*/",
        "h": "x",
    }
    urls |= {"i": "http://.../", "j": "http://user:p@ss@[::1"}
    collection = collect(urls)
    report = fetch_images(collection, QUICK)
    assert len(report.missing) == len(urls)
    assert reasons(collection)["b"] == "with an address that is none of http or https"
    assert reasons(collection)["d"] == "without an address"


def test_letters_of_a_redirect_are_asked_for_as_they_came(server, collect):
    """Latin-1 and UTF-8 are percent-encoded byte by byte, as browsers do."""
    collection = collect({name: server.url(f"{name}/1") for name in ("latin", "utf8")})
    report = fetch_images(collection, QUICK)
    assert report.fetched == 2, reasons(collection)
    assert {path for path in server.seen if path.startswith("/ok")} == {
        "/ok/caf%E9",
        "/ok/caf%C3%A9",
    }


def test_one_strange_answer_costs_one_picture_at_most(server, collect):
    kinds = ("nowhere", "port", "squared", "ok")
    collection = collect({kind: server.url(f"{kind}/1") for kind in kinds})
    report = fetch_images(collection, QUICK)
    assert report.fetched == 2, reasons(collection)
    why = reasons(collection)
    assert "cannot be asked for" in why.pop("nowhere")
    assert why == {"port": "with an address that is none of http or https"}


def test_what_nobody_foresaw_is_noted_and_the_rest_goes_on(server, collect, monkeypatch):
    real = fetch_images_module.fetch_once

    def fetch_once(url, *rest):
        if "odd" in url:
            raise KeyError("a header of 1994")
        return real(url, *rest)

    monkeypatch.setattr(fetch_images_module, "fetch_once", fetch_once)
    urls = {f"odd{number}": server.url(f"ok/odd{number}") for number in range(3)}
    collection = collect(urls | {f"{number}": server.url(f"ok/{number}") for number in range(57)})
    report = fetch_images(collection, QUICK)
    assert (report.fetched, len(report.missing)) == (57, 3)
    assert not any(missing.lasting for missing in report.missing)
    assert "KeyError('a header of 1994')" in reasons(collection)["odd1"]


def test_a_new_address_is_asked_for(server, collect):
    collection = collect({"a": server.url("missing/1")})
    fetch_images(collection, QUICK)
    table = open_collection(collection.folder).table
    table["urls"] = server.url("ok/1")
    report = fetch_images(collection.with_table(table), QUICK)
    assert (report.fetched, report.missing) == (1, ())
    assert reasons(collection) == {}


def test_a_server_that_is_not_there_is_given_up_soon(collect):
    urls = {f"{number}": f"http://127.0.0.1:9/{number}.jpg" for number in range(200)}
    start = time.monotonic()
    report = fetch_images(collect(urls), FetchLimits(first_wait_s=0.5))
    assert time.monotonic() - start < 10
    assert len(report.missing) == 200
    assert not any(missing.lasting for missing in report.missing)
    assert "cannot be reached" in report.missing[-1].reason


def test_a_server_that_asks_for_patience_is_left_alone(server, collect):
    collection = collect({"a": server.url("busy/1")} | {f"{n}": server.url("ok/1") for n in "bcd"})
    times = []
    server.on_request = lambda count: times.append(time.monotonic())
    assert fetch_images(collection, FetchLimits(per_host=1)).fetched == 4
    assert times[1] - times[0] >= 0.95


def test_only_what_is_in_use_is_fetched(server, collect):
    urls = {name: server.url(f"ok/{name}") for name in "abc"}
    collection = collect(urls, keep=["yes", "no", ""])
    fetch_images(collection, QUICK)
    assert sorted(server.seen) == ["/ok/a", "/ok/c"]


def test_what_lies_there_is_not_fetched(server, collect, tmp_path):
    collection = collect(
        {"a": server.url("ok/1"), "b": server.url("ok/2")}, file=["x/mine.jpg", ""]
    )
    (collection.images / "x").mkdir(parents=True)
    (collection.images / "x/mine.jpg").write_bytes(b"whatever it is, it is the user's")
    report = fetch_images(collection, QUICK)
    assert (report.present, report.fetched) == (1, 1)
    assert files_of(collection)["a"] == "x/mine.jpg"
    assert (collection.images / "x/mine.jpg").read_bytes().startswith(b"whatever")


def test_what_was_changed_in_the_table_meanwhile_stays(server, collect):
    collection = collect({"a": server.url("ok/1"), "b": server.url("ok/2")})

    def edit(_title, _total):
        table = open_collection(collection.folder).table
        table.loc[table["id"] == "b", ["keep", "reason"]] = ["no", "a sculpture"]
        collection.with_table(table).save()
        return lambda: None

    fetch_images(collection, QUICK, progress=edit)
    table = open_collection(collection.folder).table
    assert table["reason"].tolist() == ["", "a sculpture"]
    assert table["file"].str.endswith(".jpg").all()


def test_the_ending_is_that_of_the_format(server, collect):
    collection = collect({"a": server.url("png/picture.jpg")})
    fetch_images(collection, QUICK)
    file = collection.images / files_of(collection)["a"]
    assert file.suffix == ".png"
    assert Image.open(file).format == "PNG"


def test_names_of_files_are_safe_and_differ():
    ids = (
        "../../etc/passwd",
        "con",
        "Ä/ö:*?",
        "a" * 500,
        "A",
        "a",
        "https://x.org/a b(1).jpg",
        "é",
    )
    stems = [file_stem(picture_id) for picture_id in ids]
    assert all(stem.replace("-", "").isalnum() and stem.isascii() for stem in stems)
    assert max(map(len, stems)) < 100
    assert len({stem.lower() for stem in stems}) == len(ids)


@pytest.mark.parametrize("name", ["per_host", "at_once", "largest_bytes"])
def test_limits_make_sense(name):
    with pytest.raises(InputError, match=f"{name} must be at least 1, got 0"):
        FetchLimits(**{name: 0})


def test_sides_of_a_pair_share_their_images(server, collect, tmp_path):
    urls = {name: server.url(f"ok/{name}") for name in "abc"}
    whole = collect(urls, style=["Baroque", "Realism", "Rococo"])
    for choice, name in zip(
        choose_pair(whole, "style=Baroque", "style=Realism"), "xy", strict=True
    ):
        side = choice.save(tmp_path / "pair" / name)
        assert fetch_images(side, QUICK).fetched == 1
        assert open_collection(side.folder).images == whole.images
    report = fetch_images(whole, QUICK)
    assert (report.present, report.fetched) == (2, 1)
    assert all(files_of(whole).values())
    assert sorted(server.seen.values()) == [1, 1, 1]


def test_the_command_fetches_and_reports(server, collect, capsys):
    collection = collect({"a": server.url("ok/1"), "b": server.url("missing/2")})
    assert main(["collection", "fetch", str(collection.folder)]) == 0
    said = capsys.readouterr().out
    assert "1 pictures fetched, 0 were here already." in said
    assert "1 are missing: 1 not there (404)." in said
    assert (collection.folder / TABLE).is_file()


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    assert main(["collection", "fetch", str(tmp_path)]) == 2
    assert "a Collection is a folder with collection.csv" in capsys.readouterr().err
