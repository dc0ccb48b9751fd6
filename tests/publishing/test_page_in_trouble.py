"""The page where something hinders it: haste, servers that fail, storage without room."""

import json
import shutil

import pytest

from artnb.publishing.publish import publish
from tests.gallery.browser import opened_browser
from tests.publishing.sites import runtime, served
from tests.publishing.visiting import Visit, as_png, drawn_photo, save_button


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


@pytest.fixture
def own(site, tmp_path):
    """A copy of the page, to be damaged."""
    return shutil.copytree(site, tmp_path / "own")


def labels(seen):
    return seen.page.locator(save_button()).evaluate_all("all => all.map((one) => one.ariaLabel)")


def test_a_page_of_latents_alone_makes_pictures(browser, runs, photos, tmp_path):
    page = publish(runs[2:], tmp_path / "latents", examples=photos, runtime=runtime())
    with served(page.parent) as (address, _):
        seen = Visit(browser, address)
        seen.page.wait_for_selector("#samples figure:nth-child(12)")
        seen.page.click("#next-seeds")
        seen.page.wait_for_selector("strong:has-text('seed 23')")
        seen.close()


@pytest.mark.parametrize("seed", ["-1", "1.5", "4294967296", ""])
def test_what_is_no_seed_makes_no_picture(browser, site, seed):
    with served(site) as (address, _):
        seen = Visit(browser, address)
        seen.page.fill("#seed", seed)
        seen.page.click("#next-seeds")
        assert seen.page.input_value("#seed") == seed
        assert seen.page.is_hidden("#cancel")
        seen.close()


def test_the_photo_that_was_chosen_last_is_painted(browser, site):
    with served(site) as (address, _):
        seen = Visit(browser, address)
        seen.take("large.png", as_png(drawn_photo(4000, 4000)))
        seen.page.wait_for_selector("#cancel:not([hidden])")
        seen.take("small.png", as_png(drawn_photo()))
        seen.painted(2)
        assert labels(seen)[0].startswith("Save as PNG: small")
        seen.close()


def test_who_cancels_is_left_with_what_is_painted(browser, site):
    with served(site) as (address, _):
        seen = Visit(browser, address)
        seen.page.select_option("#size", "0")
        seen.take("photo.png", as_png(drawn_photo(1000, 1000)))
        seen.page.wait_for_selector(".waits")
        seen.page.click("#cancel")
        assert seen.status() == "Cancelled."
        assert seen.page.locator(".waits").count() == 0
        seen.take("notes.txt", b"no picture")
        assert "notes.txt is no picture" in seen.refused()
        seen.close()


def test_other_pages_of_a_folder_keep_their_own_rules(browser, own, monkeypatch):
    monkeypatch.setattr("artnb.publishing.server.HEADERS", {})
    (own / "blog.html").write_text("<title>no</title><script>document.title = 'ran'</script>")
    with served(own) as (address, _):
        seen = Visit(browser, address)
        seen.page.wait_for_selector("html[data-offline=ready]")
        seen.page.goto(address)
        assert seen.page.evaluate("crossOriginIsolated")
        seen.page.goto(address + "blog.html")
        assert seen.page.title() == "ran"
        seen.close()


def test_a_network_that_came_cut_short_is_not_kept(browser, own):
    network = own / json.loads((own / "site.json").read_bytes())["painters"][0]["file"]
    whole = network.read_bytes()
    network.write_bytes(whole[:100])
    with served(own) as (address, _):
        seen = Visit(browser, address)
        seen.page.wait_for_selector("html[data-offline=ready]")
        seen.take("photo.png", as_png(drawn_photo()))
        assert "cut short" in seen.refused()
        network.write_bytes(whole)
        seen.page.reload()
        seen.take("photo.png", as_png(drawn_photo()))
        seen.painted(2)
        seen.close()


def test_it_paints_where_there_is_no_room_to_keep_anything(browser, site):
    with served(site) as (address, _):
        seen = Visit(browser, address)
        session = seen.context.new_cdp_session(seen.page)
        quota = {"origin": address.rstrip("/"), "quotaSize": 1_000_000}
        session.send("Storage.overrideQuotaForOrigin", quota)
        seen.page.reload()
        seen.page.wait_for_selector("[data-scripted]:not([hidden])")
        seen.take("photo.png", as_png(drawn_photo()))
        seen.painted(2)
        seen.close()


def test_a_page_half_replaced_is_not_kept(browser, own):
    (own / "page.css").write_text("/* another's */")
    with served(own) as (address, _):
        seen = Visit(browser, address)
        seen.page.wait_for_timeout(500)
        assert seen.page.evaluate("caches.keys().then((names) => names.length)") <= 1
        assert not seen.page.evaluate("Boolean(navigator.serviceWorker.controller)")
        seen.context.close()


def test_without_its_script_the_page_says_what_it_needs(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    page.locator("text=from a web server").wait_for(state="visible", timeout=10_000)
    context.close()
