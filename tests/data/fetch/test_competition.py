"""The competition's files: attached, here, or from a server in Kaggle's place.

The client is the real kagglehub; only the address that it asks is another.
"""

import csv
import json
import logging
import shutil
import time
import traceback
from collections import namedtuple

import pytest

from artnb.data.dataset import open_dataset
from artnb.data.fetch.competition import UNPACKED_BYTES, differences, fetch_competition
from artnb.data.fetch.kaggle import OFFICIAL
from artnb.errors import InputError
from tests.platform_fakes import LAYOUTS, mount_competition
from tests.web.server import broken_after, in_no_time, status, whole

from .kaggle_server import DOWNLOAD, SIGNATURE, KaggleServer
from .zips import official, write_files, zip_of

pytest.importorskip("kagglehub")
kaggle_env = pytest.importorskip("kagglesdk.kaggle_env")

SLUG = "gan-getting-started"
TOKEN = "KGAT_t0k3n"


@pytest.fixture
def kaggle(monkeypatch):
    """A server that the real client takes for Kaggle's."""
    server = KaggleServer()
    endpoints = kaggle_env._env_to_endpoint
    monkeypatch.setitem(endpoints, kaggle_env.KaggleEnv.PROD, server.url)
    yield server
    server.stop()


@pytest.fixture
def token(on_bare_machine, monkeypatch):
    monkeypatch.setenv("KAGGLE_API_TOKEN", TOKEN)


@pytest.fixture
def figures(files, tmp_path):
    return official(write_files(tmp_path / "figures", files))


@pytest.fixture
def fetch(kaggle, tmp_path, figures, monkeypatch):
    """Fetch from the server; takes what its archive answers, notes what was said and waited."""
    monkeypatch.setitem(OFFICIAL, SLUG, figures)

    def fetch(*answers, api=None, slug=SLUG, timeouts_s=(20.0, 20.0), **options):
        kaggle.answers, kaggle.requests, kaggle.calls = list(answers), [], []
        kaggle.api = api or [kaggle.here()]
        fetch.said, fetch.waited = [], in_no_time(monkeypatch, timeouts_s)
        options = {"out": tmp_path / "out"} | options
        return fetch_competition(
            slug,
            say=fetch.said.append,
            attached=tmp_path / "input",
            **options,
        )

    return fetch


def entries(folder):
    return sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []


def refusal(code, message="You must accept this competition's rules"):
    """Refuse as Kaggle does: a status, and a page that says more."""
    body = json.dumps({"code": code, "message": f"{message} {TOKEN}"}).encode()
    headers = {"Content-Type": "application/json", "Content-Length": len(body)}
    return lambda handler: handler.answer(code, headers, body)


# What is here


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_attached_is_used_where_it_is(
    fetch, kaggle, on_bare_machine, tmp_path, files, layout
):
    source = write_files(tmp_path / "source", files)
    place = mount_competition(tmp_path / "input", source, layout=layout)
    before = sorted(tmp_path.rglob("*"))
    assert fetch(status(500)) == place
    assert fetch.said == [f"{SLUG} is in {place} already; nothing is fetched or copied."]
    assert sorted(tmp_path.rglob("*")) == before
    assert kaggle.calls == kaggle.requests == []
    assert open_dataset(place).describe().startswith("photo (4 train")


def test_the_newer_place_comes_first_and_an_empty_one_does_not_count(
    fetch, on_bare_machine, tmp_path, files
):
    source = write_files(tmp_path / "source", files)
    older = mount_competition(tmp_path / "input", source, layout="older")
    newer = tmp_path / "input" / "competitions" / SLUG
    newer.mkdir(parents=True)
    assert fetch() == older
    newer.rmdir()
    mount_competition(tmp_path / "input", source, layout="newer")
    assert fetch() == newer


def test_own_pictures_and_those_of_kagglehub_are_used(
    fetch, on_bare_machine, tmp_path, files, monkeypatch
):
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "hub"))
    hub = write_files(tmp_path / "hub" / "competitions" / SLUG, files)
    with pytest.raises(InputError, match="wants to know who asks"):
        fetch(out=None)  # kagglehub has not finished
    hub.with_name(f"{SLUG}.complete").touch()
    assert fetch(out=None) == hub
    monkeypatch.setenv("ARTNB_DATA", str(tmp_path / "own"))
    own = write_files(tmp_path / "own" / SLUG, files)
    assert fetch(out=None) == own


def test_what_was_unpacked_by_hand_is_compared_and_used(fetch, kaggle, token, tmp_path, files):
    folder = write_files(tmp_path / "out" / SLUG, files)
    assert fetch(status(500)) == folder
    assert kaggle.calls == []
    next(iter(folder.glob("photo_tfrec/*"))).write_bytes(b"another")
    with pytest.raises(InputError, match="it holds something else"):
        fetch(status(500))


# What is fetched


def test_the_folder_can_be_trained_on(fetch, kaggle, token, tmp_path, files, bundle):
    folder = fetch(whole(bundle))
    assert folder == tmp_path / "out" / SLUG
    assert entries(tmp_path / "out") == [SLUG]
    assert {name: (folder / name).read_bytes() for name in files} == files
    assert (
        open_dataset(folder).describe()
        == "photo (4 train, 0 test) → monet (3 train, 0 test), 256 px"
    )
    assert fetch.said == [
        f"Fetching {SLUG} from Kaggle.",
        f"{SLUG} is in {folder}; its zip is deleted.",
    ]
    [(path, headers, body)] = kaggle.calls
    assert path == DOWNLOAD
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert json.loads(body) == {"competitionName": SLUG}


def test_what_was_fetched_is_not_fetched_again(fetch, kaggle, token, bundle):
    folder = fetch(whole(bundle))
    assert fetch(status(500)) == folder
    assert (kaggle.calls, kaggle.requests) == ([], [])
    assert fetch.said == [f"{SLUG} is in {folder} already."]


@pytest.mark.parametrize("notebook", ["on_colab", "on_kaggle"])
def test_secrets_of_a_notebook_are_enough(request, fetch, kaggle, notebook, bundle):
    request.getfixturevalue(notebook)({"KAGGLE_API_TOKEN": TOKEN})
    assert fetch(whole(bundle)).is_dir()
    assert kaggle.calls[0][1]["Authorization"] == f"Bearer {TOKEN}"


def test_a_name_and_a_key_are_enough(fetch, kaggle, on_colab, bundle):
    on_colab({"KAGGLE_USERNAME": "claude", "KAGGLE_KEY": "k3y"})
    assert fetch(whole(bundle)).is_dir()
    assert kaggle.calls[0][1]["Authorization"] == "Basic Y2xhdWRlOmszeQ=="


def test_a_download_that_breaks_off_goes_on_in_a_later_call_too(
    fetch, kaggle, token, tmp_path, bundle
):
    half = len(bundle) // 2
    with pytest.raises(InputError, match="that have arrived are kept; run it again"):
        fetch(broken_after(half, bundle), status(500))
    assert entries(tmp_path / "out") == [f"{SLUG}.zip.part", f"{SLUG}.zip.part.json"]
    assert fetch(lambda _: time.sleep(0.5), whole(bundle)).is_dir()
    assert kaggle.requests[-1][1]["Range"] == f"bytes={half}-"
    assert entries(tmp_path / "out") == [SLUG]


def test_a_zip_that_lies_there_is_taken(fetch, kaggle, token, tmp_path, bundle):
    write_files(tmp_path / "out", {f"{SLUG}.zip": bundle})
    assert fetch(status(500), keep_zip=True).is_dir()
    assert kaggle.calls == []
    assert entries(tmp_path / "out") == [SLUG, f"{SLUG}.zip"]


def test_kaggle_is_given_time_as_it_asks(fetch, kaggle, token, bundle):
    def silent(handler):
        time.sleep(6)

    api = [status(429, Retry_After="9"), status(503), refusal(500), silent, kaggle.here()]
    answers = (status(429, Retry_After="5"), whole(bundle))
    assert fetch(*answers, api=api, timeouts_s=(2.0, 2.0)).is_dir()
    assert fetch.waited == [9, 2, 4, 8, 5]
    assert fetch.said[1:4] == [
        f"{SLUG}: Kaggle asked for patience (429); trying again in 9 s.",
        f"{SLUG}: Kaggle has a problem of its own (503); trying again in 2 s.",
        f"{SLUG}: Kaggle has a problem of its own (500); trying again in 4 s.",
    ]
    assert "Kaggle did not answer within 4 s" in fetch.said[4]


# What is refused


@pytest.mark.parametrize(
    ("code", "slug", "message"),
    [
        (
            401,
            SLUG,
            r"not accept the credentials from KAGGLE_API_TOKEN \(401\); make new ones at h",
        ),
        (
            403,
            SLUG,
            rf"accepted its rules \(403\); open https://www.kaggle.com/competitions/{SLUG}/",
        ),
        (403, "gan-started", r'and try again; or did you mean "gan-getting-started"\?'),
        (404, "gan-geting-started", r'no competition .* \(404\).* did you mean "gan-getting-s'),
        (418, SLUG, r"Kaggle answered 418; download the files from https"),
    ],
)
def test_a_refusal_says_what_to_do(fetch, kaggle, token, tmp_path, code, slug, message):
    for answer in (refusal(code), status(code)):
        with pytest.raises(InputError, match=message):
            fetch(api=[answer], slug=slug)
        assert len(kaggle.calls) == 1
    assert entries(tmp_path / "out") == []


def test_an_error_on_a_page_that_was_found_is_one(fetch, token):
    body = json.dumps({"code": 403, "message": "rules"}).encode()
    page = {"Content-Type": "application/json", "Content-Length": len(body)}
    with pytest.raises(InputError, match=r"accepted its rules \(403\)"):
        fetch(api=[lambda handler: handler.answer(200, page, body)])


def test_an_answer_of_another_form_is_told(fetch, token):
    with pytest.raises(InputError, match="not of the form known here; pip install 'kagglehub>=1"):
        fetch(api=[status(200)])


def test_a_server_with_lasting_problems_is_left(fetch, kaggle, token):
    with pytest.raises(InputError, match="could not be downloaded from Kaggle in 5 tries"):
        fetch(api=[status(502)])
    assert fetch.waited == [1, 2, 4, 8]


@pytest.mark.parametrize(
    "slug", ["https://www.kaggle.com/competitions/gan-getting-started/", "../evil", "", "a/b"]
)
def test_a_slug_must_be_one(fetch, kaggle, token, slug):
    with pytest.raises(InputError, match=r"by the last part of its address, .*gan-getting-started"):
        fetch(slug=slug)
    assert kaggle.calls == []


def test_nobody_known_to_ask(fetch, kaggle, on_bare_machine):
    with pytest.raises(InputError, match=r"who asks; make a token at https://www.kaggle.com/sett"):
        fetch()
    assert kaggle.calls == []


@pytest.mark.parametrize("broken", ["{torn", '{"username": "me"}'])
def test_a_broken_key_file_is_told(fetch, on_bare_machine, broken):
    write_files(on_bare_machine, {".kaggle/kaggle.json": broken.encode()})
    with pytest.raises(InputError, match=r"check the credentials from .*kaggle\.json"):
        fetch()


@pytest.mark.parametrize("bad", [f"{TOKEN}\n{TOKEN}", "KGAT_’", "k" * 300])
def test_a_token_that_cannot_be_sent_is_told_without_it(fetch, on_bare_machine, monkeypatch, bad):
    monkeypatch.setenv("KAGGLE_API_TOKEN", bad)
    with pytest.raises(InputError, match="check the credentials from KAGGLE_API_TOKEN") as caught:
        fetch(api=[refusal(401)]) if len(bad) < 300 else fetch()
    assert bad not in "".join(traceback.format_exception(caught.value))


def test_no_network(fetch, kaggle, token, on_bare_machine, monkeypatch):
    endpoints = kaggle_env._env_to_endpoint
    monkeypatch.setitem(endpoints, kaggle_env.KaggleEnv.PROD, "http://127.0.0.1:9")
    with pytest.raises(InputError, match="no connection to Kaggle could be made; check that this"):
        fetch()
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Batch")
    with pytest.raises(
        InputError, match=rf"by hand \(Add Input, Competitions, {SLUG}\), or switch"
    ):
        fetch()


def test_without_kagglehub(fetch, token, monkeypatch):
    for name in ("kagglehub", "kagglehub.clients"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(InputError, match="needs kagglehub: pip install"):
        fetch()


def test_no_room_is_told_before_anything_is_asked(fetch, kaggle, token, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 0, 700_000_000))
    with pytest.raises(InputError, match=r"needs 772 MB in .*, and 700 MB are free; free space"):
        fetch()
    assert kaggle.calls == []


@pytest.mark.parametrize("kind", ["changed", "shorter", "missing"])
def test_other_shards_are_refused_and_named(fetch, token, tmp_path, files, bundle, kind):
    name = next(name for name in files if name.startswith("monet_tfrec"))
    others = dict(files)
    data = others.pop(name)
    if kind != "missing":
        others[name] = data[:-1] + (b"" if kind == "shorter" else b"!")
    words = {
        "changed": "has another sha256",
        "shorter": "bytes instead of",
        "missing": "is missing",
    }
    with pytest.raises(InputError, match=rf"official files, and {name} .*{words[kind]}"):
        fetch(whole(zip_of(others)))
    assert entries(tmp_path / "out") == []
    assert fetch(whole(bundle)).is_dir()


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"../evil.txt": b"evil"}, "leads out of the folder"),
        ({f"bomb/{number}": bytes(10**7) for number in range(2)}, "times what it is itself"),
    ],
)
def test_an_archive_that_does_harm_is_not_unpacked(fetch, token, tmp_path, files, extra, message):
    with pytest.raises(InputError, match=message):
        fetch(whole(zip_of(extra)))
    assert entries(tmp_path / "out") == [f"{SLUG}.zip"]
    assert not list(tmp_path.rglob("evil*"))


# A notebook that attaches the files to itself


@pytest.fixture
def attaching(on_kaggle, kaggle, monkeypatch, tmp_path, files):
    """A Kaggle notebook whose proxy is the server; what it mounts is there."""
    on_kaggle()
    monkeypatch.setenv("KAGGLE_DATA_PROXY_URL", kaggle.url)
    monkeypatch.setenv("KAGGLE_DATA_PROXY_TOKEN", TOKEN)
    monkeypatch.setenv("KAGGLE_USER_SECRETS_TOKEN", TOKEN)
    monkeypatch.setenv("KAGGLE_CACHE_MOUNT_FOLDER", str(tmp_path / "mounted"))
    return write_files(tmp_path / "mounted" / "competitions" / SLUG, files)


def test_a_kaggle_notebook_attaches_without_a_download(fetch, kaggle, attaching):
    body = json.dumps(
        {"wasSuccessful": True, "result": {"mountSlug": f"competitions/{SLUG}"}}
    ).encode()
    mounted = lambda handler: handler.answer(200, {"Content-Length": len(body)}, body)  # noqa: E731
    assert fetch(api=[mounted]) == attaching
    assert kaggle.calls[0][0].endswith("/AttachDatasourceUsingJwtRequest")
    assert kaggle.requests == []


@pytest.mark.parametrize("answer", [status(500), status(200), lambda handler: None])
def test_a_notebook_that_cannot_attach_says_how(fetch, attaching, answer):
    with pytest.raises(InputError, match=r"by hand \(Add Input, Competitions, gan-getting-started"):
        fetch(api=[answer])


# Secrets stay secret


def test_no_token_is_ever_shown_or_kept(
    fetch, kaggle, token, tmp_path, bundle, capfd, caplog, monkeypatch
):
    caplog.set_level(logging.DEBUG)
    shown = []
    for failing in [{"api": [refusal(code)]} for code in (401, 403, 404, 418, 429, 500)] + [
        {"api": [status(200)]},
        {"api": [lambda handler: None]},
    ]:
        with pytest.raises(InputError) as caught:
            fetch(**failing)
        shown += ["".join(traceback.format_exception(caught.value)), *fetch.said]
    for answer in (status(403), status(500), broken_after(9, bundle), whole(bundle[:-9])):
        with pytest.raises(InputError) as caught:
            fetch(answer)
        shown += ["".join(traceback.format_exception(caught.value)), *fetch.said]
        (tmp_path / "out" / f"{SLUG}.zip").unlink(missing_ok=True)
    fetch(whole(bundle))
    shown += [*fetch.said, *capfd.readouterr()]
    shown += [record.getMessage() for record in caplog.records if record.name.startswith("artnb")]
    shown += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]
    assert len(shown) > 30
    for secret in (TOKEN, SIGNATURE):
        assert not [text for text in shown if secret in text]


# The figures


def test_the_figures_are_those_of_the_25_shards():
    shards = OFFICIAL[SLUG]
    assert len(shards) == len({file.sha256 for file in shards.values()}) == 25
    assert all(len(bytes.fromhex(file.sha256)) == 32 for file in shards.values())
    assert sum(file.size_bytes for file in shards.values()) == UNPACKED_BYTES[SLUG] - 103_000_000
    counts = {"monet": 0, "photo": 0}
    for name in shards:
        counts[name[:5]] += int(name.removesuffix(".tfrec").rpartition("-")[2])
    assert counts == {"monet": 300, "photo": 7038}


def test_a_real_shard_is_the_official_one(competition):
    name = "monet_tfrec/monet00-60.tfrec"
    assert differences(competition, {name: OFFICIAL[SLUG][name]}) == []


def test_the_figures_agree_with_the_published_table(competition):
    table = competition / "TFREC_SHA256_SIZES.csv"
    if not table.is_file():
        pytest.skip(f"needs the table of figures, and {table} does not exist")
    with table.open(newline="") as rows:
        found = {row["path"]: (int(row["bytes"]), row["sha256"]) for row in csv.DictReader(rows)}
    ours = {name: (file.size_bytes, file.sha256) for name, file in OFFICIAL[SLUG].items()}
    assert ours == found
