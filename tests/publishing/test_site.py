"""The folder of a page: what it holds, what it says of Runs, what it replaces and what not."""

import json
import re
import shutil
from html.parser import HTMLParser

import onnx
import pytest

from artnb.cli import main
from artnb.errors import InputError
from artnb.evaluation.metrics.score import Score
from artnb.evaluation.rows import row_of, write_scores
from artnb.publishing.headers import POLICY
from artnb.publishing.networks import find_makers
from artnb.publishing.publish import publish
from artnb.runs.run import Run
from tests.exchange.generators import make_run
from tests.publishing.conftest import HOSTILE
from tests.publishing.sites import runtime


def manifest_of(site):
    return json.loads((site / "site.json").read_text(encoding="utf-8"))


@pytest.fixture
def scored(tmp_path, runs) -> Run:
    """A Run with a name that means no good, scores and a licence."""
    shutil.copytree(runs[0].path, tmp_path / "runs" / "<script>alert(1)<script>")
    run = Run(tmp_path / "runs" / "<script>alert(1)<script>")
    data = tmp_path / "data"
    data.mkdir()
    (data / "dataset.json").write_text(json.dumps({"licence": "CC0"}))
    counts = {"photo": 300, "monet": 1200}
    run.note(data={"x": "photo", "y": HOSTILE, "path": str(data), "train": counts})
    about = {"direction": f"photo → {HOSTILE}", "epoch": "2", "reference": HOSTILE}
    counts = {"reference_count": "24", "generated_count": "24"}
    kept = row_of("KID", Score(0.0123456, 0.01, 0.02), split="test", **about, **counts)
    others = [
        row_of("KID", Score(1.0), split="train", **about),
        row_of("KID", Score(2.0), **{**about, "epoch": "1"}),
    ]
    write_scores(run.scores_file, [kept, *others])
    return run


def publish_to(out, runs, photos, **options):
    return publish(runs, out, examples=photos, runtime=runtime(), **options).parent


def test_all_files_that_the_page_names_are_there(site):
    facts = manifest_of(site)
    assert all((site / file).is_file() for file in facts["files"])
    networks = facts["painters"] + facts["samplers"]
    assert [len(facts[kind]) for kind in ("painters", "samplers", "examples")] == [2, 1, 2]
    for network in networks:
        assert (site / network["file"]).stat().st_size == network["bytes"]
    scripts = "".join(path.read_text(encoding="utf-8") for path in site.glob("*.js"))
    assert {f"{name}.js" for name in re.findall(r'from "\./(\w+)\.js"', scripts)} <= set(
        facts["files"]
    )


def test_networks_name_what_they_are_given(site):
    for network in manifest_of(site)["painters"]:
        model = onnx.load(site / network["file"])
        assert {value.name for value in model.graph.input} >= {"picture"}
        shapes = {value.name: value.type.tensor_type.shape.dim for value in model.graph.input}
        assert shapes["statistics"][0].dim_value == network["statistics"] > 0


def test_what_is_told_of_a_run(scored, photos, tmp_path):
    site = publish_to(tmp_path / "site", [scored], photos, title="Painters")
    (painter,) = manifest_of(site)["painters"]
    assert painter["title"] == HOSTILE
    assert painter["trained_on"] == "300 of photo and 1,200 of monet"
    assert painter["licence"] == "of its data: CC0"
    assert painter["maker"] == "<script>alert(1)<script>, epoch 2 (CycleGAN)"
    (score,) = painter["scores"]
    assert (score["name"], score["value"]) == ("KID", "0.01235 (0.01 to 0.02)")
    page = (site / "index.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "<img src=x" not in page


class _Parts(HTMLParser):
    """What could run, and what is written on a page."""

    def __init__(self):
        super().__init__()
        self.running, self.texts = [], []

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "script" and "src" not in named:
            self.running.append(tag)
        self.running += [name for name in named if name.startswith("on") or name == "style"]

    def handle_data(self, data):
        self.texts.append(data)


def test_nothing_in_the_page_itself_runs(site):
    parts = _Parts()
    parts.feed((site / "index.html").read_text(encoding="utf-8"))
    assert parts.running == []
    assert HOSTILE in parts.texts
    assert "unsafe-inline" not in POLICY
    assert "'unsafe-eval'" not in POLICY


def test_a_licence_of_ones_own_is_told(runs, photos, tmp_path):
    site = publish_to(tmp_path / "site", runs[:1], photos, licence="CC BY 4.0")
    assert manifest_of(site)["painters"][0]["licence"] == "CC BY 4.0"


def test_pages_are_replaced_and_what_is_beside_them_stays(runs, photos, tmp_path):
    site = publish_to(tmp_path / "site", runs[:2], photos)
    (site / "CNAME").write_text("paint.example")
    before = manifest_of(site)
    publish_to(site, runs[2:], photos)
    after = manifest_of(site)
    assert (site / "CNAME").read_text() == "paint.example"
    gone = set(before["files"]) - set(after["files"])
    assert len(gone) >= 2
    assert not any((site / file).exists() for file in gone)
    left = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert left == {*after["files"], "site.json", "CNAME"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_same_runs_give_the_same_page(runs, photos, tmp_path):
    one, two = (publish_to(tmp_path / name, runs[:1], photos, title="T") for name in "ab")
    for file in manifest_of(one)["files"]:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file


def test_files_of_others_are_not_overwritten(runs, photos, tmp_path):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "index.html").write_text("mine")
    with pytest.raises(InputError, match=r"index\.html is there and nothing that artnb publish"):
        publish_to(out, runs[:1], photos)
    assert [path.name for path in out.iterdir()] == ["index.html"]
    assert (out / "index.html").read_text() == "mine"


def test_a_list_that_means_no_good_removes_nothing_elsewhere(runs, photos, tmp_path):
    (tmp_path / "precious").write_text("mine")
    out = tmp_path / "site"
    out.mkdir()
    (out / "site.json").write_text(json.dumps({"files": ["../precious", "old.js"]}))
    (out / "old.js").write_text("old")
    publish_to(out, runs[:1], photos)
    assert (tmp_path / "precious").exists()
    assert not (out / "old.js").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epoch", "9"], "keeps epochs 1, 2, and 9 was asked for"),
        (["--to", "cezanne"], "--to is 'cezanne'; choose photo or monet"),
        (["--runtime", "."], "must be the folder dist of the npm package"),
        (["--examples", "empty"], "holds no pictures"),
        (["--out", "file"], "must be a folder, and it is a file"),
        (["--run", "no-such-run"], "no-such-run"),
    ],
)
def test_what_cannot_be_is_refused(runs, tmp_path, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("mine")
    given = ["--run", str(runs[0].path), "--out", "site", "--runtime", str(runtime())]
    assert main(["publish", *given, *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_each_style_of_a_run_is_a_painter(runs, monkeypatch):
    method = type(runs[0].method)
    styles = {"wave": "generator_g", "night": "generator_f"}
    monkeypatch.setattr(method, "styles", lambda self, run: styles)
    makers = find_makers(runs[:1])
    assert [maker.target for maker in makers] == ["wave", "night"]
    assert [maker.network for maker in makers] == list(styles.values())


def test_equal_styles_are_told_apart_by_their_runs(site):
    titles = [network["title"] for network in manifest_of(site)["painters"]]
    assert titles == ["monet (preview)", "monet (affine group)"]


def test_a_domain_towards_x(photos, tmp_path):
    run = make_run(tmp_path / "run", "preview")
    site = publish_to(tmp_path / "site", [run], photos, to="photo")
    (painter,) = manifest_of(site)["painters"]
    assert (painter["source"], painter["title"]) == ("monet", "photo")


def test_a_space_holds_the_same_networks(runs, site, tmp_path):
    out = tmp_path / "space"
    given = [word for run in runs for word in ("--run", str(run.path))]
    assert main(["publish", "--as", "space", "--out", str(out), *given]) == 0
    page, space = manifest_of(site), json.loads((out / "space.json").read_bytes())
    of_page = [network["file"] for network in page["painters"] + page["samplers"]]
    of_space = [network["file"] for network in space["painters"] + space["latents"]]
    assert of_space == of_page
    assert all((out / file).is_file() for file in space["files"])
    assert main(["publish", "--as", "space", "--out", str(out), *given[:2]]) == 0
    assert len(list((out / "networks").iterdir())) == 1


def test_what_a_space_has_not_is_refused(runs, tmp_path, capsys):
    given = ["--as", "space", "--run", str(runs[0].path), "--out", str(tmp_path / "space")]
    assert main(["publish", *given, "--examples", "x"]) == 2
    assert "--examples is for a page" in capsys.readouterr().err
