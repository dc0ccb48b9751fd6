"""Downloads from a server that breaks off, stalls, refuses, lies and moves."""

import errno
import gzip
import hashlib
import os
import shutil
import socket
import traceback
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest
import requests

from artnb.errors import InputError
from artnb.web.client import LONGEST_WAIT_S, TRIES, wait_asked_for
from artnb.web.download import download
from tests import mounts

from .server import Server, broken_after, in_no_time, stalled_after, status, whole

DATA = np.random.default_rng(0).bytes(2_600_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
SECRET = "s3cr3t"


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def fetch(server, tmp_path, monkeypatch):
    """Download from the server; takes its answers, and notes what was said and waited."""
    waited = in_no_time(monkeypatch)

    def fetch(*answers, path=tmp_path / "file.bin", address="/file.bin", **options):
        if answers:
            server.answers, server.requests = list(answers), []
        waited.clear()
        fetch.path, fetch.said, fetch.waited = path, [], waited
        options = {"largest_bytes": 10_000_000} | options
        return download(server.url + address, path, say=fetch.said.append, **options)

    return fetch


def left_over(tmp_path):
    return sorted(entry.name for entry in tmp_path.iterdir())


def asked_ranges(server):
    return [headers.get("Range") for _, headers in server.requests]


# What goes well


def test_a_file_arrives_under_its_name_alone(fetch, server, tmp_path):
    path = fetch(whole(DATA), path=tmp_path / "new" / "file.bin", sha256=SHA256)
    assert path.read_bytes() == DATA
    assert left_over(tmp_path / "new") == ["file.bin"]
    assert asked_ranges(server) == [None]
    assert (fetch.said, fetch.waited) == ([], [])


def test_an_older_file_is_replaced_only_by_a_whole_one(fetch, tmp_path):
    (tmp_path / "file.bin").write_bytes(b"old")
    with pytest.raises(InputError):
        fetch(broken_after(1000, DATA))
    assert (tmp_path / "file.bin").read_bytes() == b"old"
    fetch(whole(DATA))
    assert (tmp_path / "file.bin").read_bytes() == DATA


def test_progress_goes_a_step_for_each_mebibyte_and_ends_full(fetch):
    steps = []

    def progress(title, total):
        steps.append((title, total))
        return lambda: steps.append("step")

    fetch(broken_after(2_000_000, DATA), whole(DATA), progress=progress)
    assert steps == [("downloading file.bin", 3), "step", "step", "step"]


def test_progress_of_an_unknown_length_is_not_shown(fetch):
    def answer(handler):
        handler.answer(200, {}, DATA)

    assert fetch(answer, progress=lambda *_: pytest.fail("no total")).read_bytes() == DATA


def test_redirects_are_followed(fetch, server):
    path = fetch(status(302, Location=f"{server.url}/elsewhere"), whole(DATA), sha256=SHA256)
    assert path.read_bytes() == DATA
    assert [path for path, _ in server.requests] == ["/file.bin", "/elsewhere"]


def test_headers_stay_with_the_host_that_they_are_for(fetch, server):
    """Whatever a key is called, only the host that was named gets it, and the file comes."""
    key = {"PRIVATE-TOKEN": SECRET, "X-Api-Key": SECRET, "Authorization": f"Bearer {SECRET}"}
    other = server.url.replace("127.0.0.1", "localhost")
    here, away = (status(302, Location=f"{url}/elsewhere") for url in (server.url, other))
    path = fetch(here, away, here, whole(DATA), headers=key, sha256=SHA256)
    assert path.read_bytes() == DATA
    sent = [SECRET in str(headers) for _, headers in server.requests]
    assert sent == [True, True, False, False]


def test_a_rest_is_asked_for_on_another_host_too(fetch, server):
    other = server.url.replace("127.0.0.1", "localhost")
    moved = status(302, Location=f"{other}/elsewhere")
    fetch(moved, broken_after(1000, DATA), moved, whole(DATA))
    assert asked_ranges(server) == [None, None, "bytes=1000-", "bytes=1000-"]
    assert fetch.path.read_bytes() == DATA


@pytest.mark.parametrize("location", ["http://[", "http://127.0.0.1:99999/", "http://a..b/"])
def test_a_redirect_that_leads_nowhere_is_said(fetch, location):
    with pytest.raises(InputError, match="cannot be asked for"):
        fetch(status(302, Location=location))


@pytest.mark.parametrize("address", ["http://[", "http://127.0.0.1:99999/x", "http://[::1"])
def test_an_address_that_is_none_is_said(tmp_path, address):
    with pytest.raises(InputError, match="check the address"):
        download(address, tmp_path / "file.bin", largest_bytes=10)


def test_a_length_that_is_no_number_is_none(fetch):
    def answer(handler):
        handler.answer(200, {"Content-Length": "²"}, DATA)

    assert fetch(answer).read_bytes() == DATA


def test_letters_of_a_redirect_are_asked_for_as_they_came(fetch, server):
    fetch(status(302, Location="/caf\xe9.bin"), whole(DATA))
    assert [path for path, _ in server.requests] == ["/file.bin", "/caf%E9.bin"]


def test_an_archive_that_is_called_compressed_stays_as_it_is(fetch):
    packed = gzip.compress(DATA[:1000])
    assert fetch(whole(packed, Content_Encoding="gzip")).read_bytes() == packed


def test_a_file_gets_its_name_after_it_is_on_the_disk(fetch, monkeypatch):
    order, sync, rename = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda file: order.append("sync") or sync(file))
    monkeypatch.setattr(os, "replace", lambda *names: order.append("name") or rename(*names))
    fetch(whole(DATA))
    assert order == ["sync", "name"]


def test_a_file_is_asked_for_as_it_is(fetch, server):
    fetch(whole(DATA))
    assert server.requests[0][1]["Accept-Encoding"] == "identity"


def test_headers_are_sent_with_every_request(fetch, server):
    fetch(broken_after(9, DATA), whole(DATA), headers={"Authorization": f"Bearer {SECRET}"})
    assert {headers["Authorization"] for _, headers in server.requests} == {f"Bearer {SECRET}"}


# What breaks off and goes on


def test_a_broken_download_goes_on_where_it_was(fetch, server):
    path = fetch(broken_after(700_000, DATA), whole(DATA), sha256=SHA256)
    assert path.read_bytes() == DATA
    assert asked_ranges(server) == [None, "bytes=700000-"]
    assert server.requests[1][1]["If-Range"] == '"one"'
    assert fetch.waited == [1]
    assert fetch.said == ["file.bin: the connection broke off; trying again in 1 s."]


def test_a_later_call_goes_on_where_an_earlier_one_gave_up(fetch, server, tmp_path):
    with pytest.raises(InputError, match=r"the 0\.7 MB that have arrived are kept; run it again"):
        fetch(broken_after(700_000, DATA), status(500))
    assert left_over(tmp_path) == ["file.bin.part", "file.bin.part.json"]
    assert fetch(whole(DATA)).read_bytes() == DATA
    assert asked_ranges(server) == ["bytes=700000-"]
    assert left_over(tmp_path) == ["file.bin"]


def test_each_new_byte_gives_new_patience(fetch):
    breaks = [broken_after(1000, DATA)] + [
        lambda handler, at=at: handler.answer(
            206,
            {"Content-Range": f"bytes {at}-{len(DATA) - 1}/{len(DATA)}", "Content-Length": 10**6},
            DATA[at : at + 1000],
        )
        for at in range(1000, 8000, 1000)
    ]
    assert len(breaks) > TRIES
    assert fetch(*breaks, whole(DATA), size_bytes=None, sha256=None).read_bytes() == DATA
    assert set(fetch.waited) == {1}


def test_a_changed_file_starts_over(fetch, server):
    newer = DATA[::-1]
    path = fetch(broken_after(700_000, DATA), whole(newer, etag='"two"'))
    assert path.read_bytes() == newer
    assert asked_ranges(server) == [None, "bytes=700000-"]


def test_a_server_that_ignores_ranges_starts_over(fetch):
    def ignorant(handler):
        handler.answer(200, {"Content-Length": len(DATA), "ETag": '"one"'}, DATA)

    assert fetch(broken_after(700_000, DATA), ignorant, sha256=SHA256).read_bytes() == DATA


@pytest.mark.parametrize(
    ("etag", "hashes", "range_asked"),
    [
        ("", {}, None),  # nothing says that the rest would belong to the beginning
        ('W/"weak"', {}, None),
        ("", {"sha256": SHA256}, "bytes=700000-"),  # the hash will tell
    ],
)
def test_without_a_version_only_a_hash_allows_to_go_on(fetch, server, etag, hashes, range_asked):
    path = fetch(broken_after(700_000, DATA, etag), whole(DATA, etag), **hashes)
    assert path.read_bytes() == DATA
    assert asked_ranges(server) == [None, range_asked]


def test_a_date_is_a_version_too(fetch, server):
    date = "Sat, 05 Dec 2015 02:14:00 GMT"

    def broken(handler):
        headers = {"Content-Length": len(DATA), "Last-Modified": date}
        handler.answer(200, headers, DATA[:5000])

    def rest(handler):
        assert handler.headers["If-Range"] == date
        span = f"bytes 5000-{len(DATA) - 1}/{len(DATA)}"
        headers = {"Content-Range": span, "Content-Length": len(DATA) - 5000}
        handler.answer(206, headers, DATA[5000:])

    assert fetch(broken, rest).read_bytes() == DATA


def test_an_answer_from_another_place_starts_over(fetch, server):
    def wrong_place(handler):
        headers = {"Content-Range": f"bytes 5-{len(DATA) - 1}/{len(DATA)}", "Content-Length": 9}
        handler.answer(206, headers, DATA[5:14])

    path = fetch(broken_after(700_000, DATA), wrong_place, whole(DATA))
    assert path.read_bytes() == DATA
    assert asked_ranges(server) == [None, "bytes=700000-", None]


def test_a_part_that_is_complete_needs_no_more_bytes(fetch, server, tmp_path):
    def complete():
        (tmp_path / "file.bin.part").write_bytes(DATA)
        (tmp_path / "file.bin.part.json").write_text('{"version": "\\"one\\""}')

    complete()
    assert fetch(whole(DATA)).read_bytes() == DATA  # the server says so, with status 416
    assert asked_ranges(server) == [f"bytes={len(DATA)}-"]
    complete()
    fetch(status(500), sha256=SHA256, size_bytes=len(DATA))
    assert server.requests == []
    assert left_over(tmp_path) == ["file.bin"]


def test_a_part_that_is_too_long_starts_over(fetch, server, tmp_path):
    (tmp_path / "file.bin.part").write_bytes(DATA + b"more")
    (tmp_path / "file.bin.part.json").write_text('{"version": "\\"one\\""}')
    assert fetch(whole(DATA)).read_bytes() == DATA
    assert asked_ranges(server) == [f"bytes={len(DATA) + 4}-", None]
    (tmp_path / "file.bin.part").write_bytes(DATA + b"more")
    assert fetch(whole(DATA), sha256=SHA256, size_bytes=len(DATA)).read_bytes() == DATA
    assert asked_ranges(server) == [None]


def test_a_torn_note_beside_the_part_starts_over(fetch, server, tmp_path):
    (tmp_path / "file.bin.part").write_bytes(DATA[:1000])
    (tmp_path / "file.bin.part.json").write_text('{"vers')
    assert fetch(whole(DATA)).read_bytes() == DATA
    assert asked_ranges(server) == [None]


def test_a_server_that_falls_silent_is_left_and_asked_for_the_rest(fetch, server):
    path = fetch(stalled_after(700_000, DATA), whole(DATA), sha256=SHA256)
    assert path.read_bytes() == DATA
    asked_from = int(asked_ranges(server)[1].removeprefix("bytes=").removesuffix("-"))
    assert 600_000 < asked_from <= 700_000  # but for a chunk that was not full
    assert fetch.said == ["file.bin: 127.0.0.1 sent nothing for 0 s; trying again in 1 s."]


# What is tried again, and for how long


def test_a_server_with_problems_gets_some_tries(fetch):
    fetch(status(500), status(503), status(408), status(425), whole(DATA))
    assert fetch.waited == [1, 2, 4, 8]
    assert "127.0.0.1 has a problem of its own (503); trying again in 2 s" in fetch.said[1]
    with pytest.raises(InputError, match=rf"in {TRIES} tries: .* \(502\); run it again later"):
        fetch(status(502))
    assert fetch.waited == [1, 2, 4, 8]


def test_a_server_that_hangs_up_without_an_answer_was_reached_nevertheless(fetch):
    assert fetch(*[lambda _: None] * (TRIES - 1), whole(DATA)).read_bytes() == DATA
    assert fetch.said[0] == "file.bin: 127.0.0.1 hung up; trying again in 1 s."


def test_a_server_that_lies_about_its_length_gets_no_more_tries_than_others(fetch, server):
    def liar(handler):
        handler.answer(200, {"Content-Length": len(DATA) + 1}, DATA)

    with pytest.raises(InputError, match=f"in {TRIES} tries: the connection broke off"):
        fetch(liar)
    assert len(server.requests) == TRIES


def test_a_server_that_hangs_up_without_a_length_is_noticed_where_the_size_is_known(fetch):
    def short(handler):
        handler.answer(200, {"ETag": '"one"'}, DATA[:1000])

    path = fetch(short, whole(DATA), size_bytes=len(DATA))
    assert path.read_bytes() == DATA
    assert fetch.said == ["file.bin: the connection was closed too early; trying again in 1 s."]


def test_who_asks_for_patience_gets_it(fetch):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    answers = [status(429, Retry_After=value) for value in ("7", later, "86400", "soon")]
    fetch(*answers, whole(DATA))
    seven, about_forty, bounded, own_choice = fetch.waited
    assert (seven, bounded, own_choice) == (7, LONGEST_WAIT_S, 8)
    assert 35 < about_forty <= 40
    assert fetch.said[0] == "file.bin: 127.0.0.1 asked for patience (429); trying again in 7 s."


def retry_after(value):
    response = requests.Response()
    response.headers["Retry-After"] = value
    return wait_asked_for(response)


@pytest.mark.parametrize("nonsense", ["", "-5", "soon", "1e9999", "٣", "Sat, 99 Foo"])
def test_nonsense_is_no_time_to_wait(nonsense):
    assert retry_after(nonsense) is None


def test_who_says_nothing_asks_for_no_time():
    assert wait_asked_for(None) is None
    assert wait_asked_for(requests.Response()) is None


def test_a_date_that_is_over_is_no_wait():
    assert retry_after("Sat, 05 Dec 2015 02:14:00 GMT") == 0
    assert retry_after("Sat, 05 Dec 2015 02:14:00 -0000") == 0


# What is refused


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (401, r"/file\.bin wants to know who asks \(401\); check the token"),
        (403, r"/file\.bin may not be fetched \(403\); open its page in a browser, accept its"),
        (404, r"/file\.bin is not there \(404\); check the address"),
        (410, r"/file\.bin is not there any more \(410\)"),
        (451, r"/file\.bin may not be fetched for legal reasons \(451\)"),
        (400, r"/file\.bin answered 400; check the address"),
        (304, r"/file\.bin answered 304"),
    ],
)
def test_a_refusal_is_told_at_once(fetch, server, code, message):
    with pytest.raises(InputError, match=message):
        fetch(status(code))
    assert len(server.requests) == 1


def test_a_wrong_hash_deletes_what_arrived_and_names_both(fetch, tmp_path):
    other = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(InputError, match=f"file.bin must have the sha256 {other}, .* {SHA256}"):
        fetch(whole(DATA), sha256=other)
    assert left_over(tmp_path) == []


def test_md5_is_compared_where_nothing_better_is_published(fetch, tmp_path):
    md5 = hashlib.md5(DATA).hexdigest()
    assert fetch(whole(DATA), md5=md5.upper()).read_bytes() == DATA
    with pytest.raises(InputError, match=f"must have the md5 {'0' * 32}, and it has {md5}"):
        fetch(whole(DATA), md5="0" * 32, path=tmp_path / "second")


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"largest_bytes": 1000}, r"must have at most 1,000 bytes, and it has 2,600,000"),
        ({"size_bytes": 2_600_001}, r"must have 2,600,001 bytes, and it has 2,600,000"),
        ({"size_bytes": 2_599_999}, r"must have 2,599,999 bytes, and it has 2,600,000"),
    ],
)
def test_a_file_of_another_size_is_refused_before_it_is_fetched(fetch, tmp_path, limits, message):
    with pytest.raises(InputError, match=message):
        fetch(whole(DATA), **limits)
    assert left_over(tmp_path) == []


def test_a_file_that_does_not_end_is_cut_off(fetch, tmp_path):
    def endless(handler):
        handler.answer(200, {}, DATA)

    with pytest.raises(InputError, match=r"must have at most 1,000,000 bytes, and it has more"):
        fetch(endless, largest_bytes=1_000_000)
    assert left_over(tmp_path) == []


def test_no_network_is_one_sentence_soon(tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/file.bin"
    waited, said = in_no_time(monkeypatch), []
    expected = (
        "file.bin could not be downloaded, since no connection to 127.0.0.1 could be made; "
        "check that this machine is online, then run it again"
    )
    with pytest.raises(InputError) as caught:
        download(url, tmp_path / "file.bin", largest_bytes=9, say=said.append)
    assert str(caught.value) == expected
    assert said == ["file.bin: no connection to 127.0.0.1 could be made; trying again in 1 s."]
    assert waited == [1]


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/file", "127.0.0.1/file", "http://"])
def test_an_address_that_is_none(tmp_path, url):
    with pytest.raises(InputError, match="cannot be asked for"):
        download(url, tmp_path / "file.bin", largest_bytes=9)


def told(caught):
    """Everything that a person could see of an error, where nobody catches it."""
    return "".join(traceback.format_exception(caught.value))


def test_no_secret_is_ever_shown(fetch, server, tmp_path):
    with_password = server.url.replace("//", f"//me:{SECRET}@")
    unreachable = f"http://me:{SECRET}@127.0.0.1:9/file.bin?token={SECRET}"
    shown = []
    for answer in (status(401), status(404), status(500), broken_after(9, DATA), status(302)):
        with pytest.raises(InputError) as caught:
            fetch(
                answer,
                address=f"/file.bin?token={SECRET}",
                headers={"Authorization": SECRET},
                largest_bytes=10**7,
            )
        shown += [told(caught), *fetch.said]
    with pytest.raises(InputError, match=r"cannot be asked for.*line break") as caught:
        fetch(status(200), headers={"Authorization": f"{SECRET}\n"})
    shown.append(told(caught))
    with pytest.raises(InputError) as caught:
        download(unreachable, tmp_path / "f", largest_bytes=9, say=shown.append)
    shown.append(told(caught))
    server.answers = [status(404)]
    with pytest.raises(InputError, match="is not there") as caught:
        download(f"{with_password}/file", tmp_path / "f", largest_bytes=9)
    shown.append(told(caught))
    assert len(shown) > 10
    assert SECRET not in " ".join(shown)


# What the disk says


def test_too_little_room_is_told_before_anything_is_fetched(fetch, monkeypatch, tmp_path):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1_000_000))
    with pytest.raises(InputError, match=r"needs 2\.6 MB in .*, and 1\.0 MB are free; free space"):
        fetch(whole(DATA))
    assert not (tmp_path / "file.bin.part").exists()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MB."""
    with mounts.small_disk(tmp_path / "tmpfs", "1m") as place:
        yield place


def test_a_disk_that_fills_up_is_told(fetch, small_disk):
    def unannounced(handler):
        handler.answer(200, {}, DATA)

    with pytest.raises(InputError, match=r"cannot be written to .* \(No space left on device\)"):
        fetch(unannounced, path=small_disk / "file.bin")


def test_a_folder_that_cannot_be_made_is_told(fetch, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match=r"file\.bin cannot be written to .*taken"):
        fetch(whole(DATA), path=tmp_path / "taken" / "file.bin")


def test_a_file_that_cannot_be_named_is_told(fetch, monkeypatch):
    def forbidden(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", forbidden)
    with pytest.raises(InputError, match=r"\(Permission denied\); free space there or choose"):
        fetch(whole(DATA))
