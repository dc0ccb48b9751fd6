"""Pages as people see them: from disk, with the network off, on a desk and on a phone."""

import re
from pathlib import Path

import pytest

from artnb.gallery.page import EXHIBITS_OF_PAGE, write_page
from tests.gallery.browser import Visit, opened_browser
from tests.gallery.made import invent_gallery, invent_run

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \"q\" 'q' & Gärten 🌻.jpg"
DESK, PHONE = 1280, 375


@pytest.fixture(scope="module")
def browser():
    with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Path:
    """One Run with a best epoch; the second photo has a name that means no good."""
    folder = tmp_path_factory.mktemp("one gallery, 100% #1")
    runs = [invent_run(epochs=(1, 10, 20), best=10)]
    kinds = ("source", "painting", "reconstruction", "identity", "nearest", "truth")
    invent_gallery(folder, ["a b.jpg", HOSTILE, "c.jpg"], runs, kinds, title=HOSTILE)
    return write_page(folder)


@pytest.fixture(scope="module")
def several(tmp_path_factory) -> Path:
    """Runs that have different epochs."""
    folder = tmp_path_factory.mktemp("several")
    runs = [
        invent_run("monet", (1, 10, 20)),
        invent_run("cezanne", (5, 15)),
        invent_run("late", (30,)),
    ]
    invent_gallery(folder, runs=runs, kinds=("source", "painting", "reconstruction"))
    return write_page(folder)


@pytest.fixture
def visit(browser):
    """Open pages; at the end nothing must have gone wrong in any."""
    visits = []

    def open_page(file, width=DESK, **settings):
        visits.append(Visit(browser, file, width, **settings))
        return visits[-1].page

    yield open_page
    for each in visits:
        each.close()


def test_what_goes_wrong_is_heard(browser, tmp_path):
    wrong = tmp_path / "wrong.html"
    wrong.write_text(
        "<img src='gone.webp'><img src='http://localhost:9/x.webp'>"
        "<script>console.warn('odd'); throw Error('broken')</script>"
    )
    visit = Visit(browser, wrong)
    with pytest.raises(AssertionError):
        visit.close()
    heard = " ".join(visit.complaints)
    for part in ("gone.webp", "asked for http://localhost:9/x.webp", "warning: odd", "broken"):
        assert part in heard


def sources(page, within="#pictures"):
    return page.eval_on_selector_all(f"{within} img", "all => all.map(i => i.getAttribute('src'))")


def alts(page, within="#pictures"):
    return page.eval_on_selector_all(f"{within} img", "all => all.map(i => i.alt)")


def move_slider(page, slider, value):
    page.locator(slider).evaluate(
        "(range, value) => { range.value = value; range.dispatchEvent(new Event('input')); }", value
    )


def is_open(page, dialog="#lightbox"):
    return page.locator(dialog).evaluate("it => it.open")


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("gallery", ["one", "several"])
def test_every_picture_is_there_and_nothing_overflows(visit, request, gallery, width):
    page = visit(request.getfixturevalue(gallery), width)
    for image in page.locator("#pictures img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_function(
        "[...document.querySelectorAll('#pictures img')].every(i => i.complete && i.naturalWidth)"
    )
    assert overflow(page) <= 0
    for box in page.locator("[name=kind]").all():
        box.check(force=True)
    assert overflow(page) <= 0
    page.locator(".picture").first.click()
    assert overflow(page) <= 0
    inner = page.locator("#lightbox").evaluate("it => it.scrollWidth - it.clientWidth")
    assert inner <= 0


@pytest.mark.parametrize("gallery", ["one", "several"])
def test_the_script_shows_what_was_there_without_it(visit, request, gallery):
    file = request.getfixturevalue(gallery)
    with_script, without = visit(file), visit(file, java_script_enabled=False)
    labels = [p.locator("#pictures .label").all_text_contents() for p in (with_script, without)]
    assert sources(with_script) == sources(without)
    assert alts(with_script) == alts(without)
    # The script may add that an epoch is another one than chosen.
    assert [label.partition(" · ")[0] for label in labels[0]] == labels[1]


def test_without_script_pictures_are_links_and_no_dead_controls_are_seen(visit, one):
    page = visit(one, java_script_enabled=False)
    assert not page.locator(".controls").is_visible()
    assert not page.locator(".tools").is_visible()
    link = page.locator(".picture").first.get_attribute("href")
    assert page.locator(".picture").first.is_visible()
    assert link.endswith(".webp")


def test_names_are_shown_and_never_run(visit, one):
    page = visit(one)
    assert page.locator("h1").inner_text() == HOSTILE
    assert (
        page.locator("figcaption").nth(len(page.locator(".panel").all()) + 1).inner_text()
        == HOSTILE
    )
    page.locator(".exhibit").nth(1).locator(".picture").last.click()
    assert page.locator("#lightbox-name").inner_text() == HOSTILE
    assert page.locator("script").count() == 3


def test_the_epoch_slider_changes_all_pictures_and_marks_the_curves(visit, one):
    page = visit(one)
    before, mark = sources(page), page.locator(".now").first.get_attribute("d")
    assert page.locator(".controls output").inner_text() == "10"
    page.locator("#epoch").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".controls output").inner_text() == "20"
    changed = [old != new for old, new in zip(before, sources(page), strict=True)]
    assert changed == [False, True] * 3
    assert alts(page)[1] == "a b.jpg as monet, epoch 20"
    assert page.locator(".now").first.get_attribute("d") != mark
    assert page.locator(".readings output").first.inner_text() == "140 (130 to 152)"
    assert page.locator("#epoch").get_attribute("aria-valuetext") == "epoch 20"
    page.get_by_role("button", name="best: 10").click()
    assert sources(page) == before


def test_kinds_are_chosen_and_something_always_is(visit, one):
    page = visit(one)
    for kind in ("nearest", "truth"):
        page.locator(f"[value={kind}]").check(force=True)
    assert len(sources(page)) == 3 * 4
    assert "the real monet nearest to a b.jpg, epoch 10" in alts(page)
    for kind in ("source", "painting", "nearest", "truth"):
        page.locator(f"[value={kind}]").click(force=True)
    assert alts(page)[:1] == ["a b.jpg as monet, the true painting"]
    assert page.locator("[value=truth]").is_checked()


def test_one_run_or_all_side_by_side(visit, several):
    page = visit(several)
    assert len(sources(page)) == 3 * 4
    page.get_by_label("Run").select_option("cezanne")
    assert alts(page)[:2] == ["a.jpg, photo", "a.jpg as cezanne, epoch 15"]
    assert len(sources(page)) == 3 * 2


def test_an_epoch_that_a_run_has_not_is_said(visit, several):
    page = visit(several)
    # Epochs of all: 1, 5, 10, 15, 20, 30.
    move_slider(page, "#epoch", 2)
    labels = page.locator(".exhibit").first.locator(".label").all_text_contents()
    assert labels == ["photo", "monet", "cezanne · epoch 5, no 10", "late · epoch 30, no 10"]
    page.locator(".picture").nth(2).click()
    note = page.locator(".note").inner_text()
    assert note == "There is no epoch 10 of cezanne; this is epoch 5."


def test_lightbox_by_click(visit, one):
    page = visit(one)
    page.locator(".exhibit").nth(2).locator(".picture").nth(1).click()
    assert is_open(page)
    assert page.locator("#lightbox-name").inner_text() == "c.jpg"
    assert alts(page, ".pair") == ["c.jpg as monet, epoch 10", "c.jpg, photo"]
    page.get_by_role("button", name="Close").click()
    assert not is_open(page)


def test_lightbox_by_keyboard(visit, one):
    page = visit(one)
    page.locator(".picture").nth(1).focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.querySelector('img').alt").startswith("<script>")
    page.keyboard.press("Enter")
    assert is_open(page)
    assert page.locator(".place").inner_text().startswith("2 of 3")
    first = sources(page, ".pair")
    page.keyboard.press("ArrowRight")
    assert page.locator("#lightbox-name").inner_text() == "c.jpg"
    second = sources(page, ".pair")
    page.keyboard.press("ArrowUp")
    assert len({first[0], second[0], sources(page, ".pair")[0]}) == 3
    assert alts(page, ".pair")[0] == "c.jpg as monet, epoch 20"
    # There is no further photo.
    page.keyboard.press("ArrowRight")
    assert page.locator("#lightbox-name").inner_text() == "c.jpg"
    page.keyboard.press("Escape")
    assert not is_open(page)
    assert page.evaluate("document.activeElement.querySelector('img').alt") == (
        "c.jpg as monet, epoch 20"
    )


def divided(page):
    return float(
        page.locator(".pair").evaluate("it => parseFloat(it.style.getPropertyValue('--divide'))")
    )


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_before_and_after_by_pointer_and_by_keyboard(visit, one, width):
    page = visit(one, width)
    page.locator(".picture").nth(1).click()
    box = page.locator(".pair").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.mouse.up()
    assert divided(page) == pytest.approx(20, abs=1)
    page.mouse.move(box["x"] + 0.7 * box["width"], middle)
    assert divided(page) == pytest.approx(20, abs=1)
    page.locator("#divide").focus()
    page.keyboard.press("Home")
    assert divided(page) == 0
    page.keyboard.press("End")
    assert divided(page) == 100
    right = page.locator(".before").evaluate("it => getComputedStyle(it).clipPath")
    assert right in ("inset(0px)", "inset(0px 0% 0px 0px)")


def test_before_and_after_by_touch(visit, one):
    page = visit(one, PHONE, has_touch=True, is_mobile=True)
    page.locator(".picture").nth(1).tap()
    box = page.locator(".pair").bounding_box()
    page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    assert divided(page) == pytest.approx(25, abs=1)


def test_any_picture_is_compared_with_any_other_or_none(visit, one):
    page = visit(one)
    page.locator(".picture").nth(1).click()
    page.get_by_role("button", name="monet and back").click()
    page.get_by_label("Compare with").select_option("true monet")
    assert alts(page, ".pair") == [
        "a b.jpg as monet and back to photo, epoch 10",
        "a b.jpg as monet, the true painting",
    ]
    page.get_by_label("Compare with").select_option("nothing")
    assert not page.locator("#divide").is_visible()
    assert not page.locator(".before").is_visible()


def test_the_epoch_slider_in_the_lightbox_is_the_same(visit, one):
    page = visit(one)
    page.locator(".picture").nth(1).click()
    move_slider(page, "#lightbox-epoch", 0)
    assert alts(page, ".pair")[0] == "a b.jpg as monet, epoch 1"
    assert page.locator("#lightbox .panel").count() == 2
    page.keyboard.press("Escape")
    assert page.locator("#epoch").input_value() == "0"
    page.locator(".scores .panel").nth(1).wait_for()


def test_keys_are_explained(visit, one):
    page = visit(one)
    page.keyboard.press("?")
    assert is_open(page, "#help")
    page.keyboard.press("Escape")
    assert not is_open(page, "#help")


COLOURS = """() => {
  const shown = (it) => it.getClientRects().length;
  const groundOf = (it) => {
    const own = getComputedStyle(it).backgroundColor;
    return own === "rgba(0, 0, 0, 0)" && it.parentElement ? groundOf(it.parentElement) : own;
  };
  const texts = [...document.querySelectorAll("h1, p, li, label, .chip span, .label, figcaption, "
    + "figcaption span, button, select, summary, output, a, footer p")];
  return texts.filter(shown).map((it) => [it.className || it.tagName,
    getComputedStyle(it).color, groundOf(it)]);
}"""


def contrast(one, other):
    """The ratio of WCAG 2, section 1.4.3."""

    def luminance(colour):
        shares = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
        linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read(visit, several, scheme):
    page = visit(several, color_scheme=scheme, reduced_motion="reduce")
    for opens in (lambda: None, page.locator(".picture").nth(1).click):
        opens()
        for name, ink, ground in page.evaluate(COLOURS):
            assert contrast(ink, ground) >= 4.5, f"{name}: {ink} on {ground}"


def test_light_and_dark_by_system_and_by_button(visit, one):
    def ground(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = visit(one, color_scheme="light", reduced_motion="reduce")
    dark = visit(one, color_scheme="dark", reduced_motion="reduce")
    assert ground(light) == "rgb(250, 249, 246)"
    assert ground(dark) != ground(light)
    dark.get_by_role("button", name="light").click()
    assert ground(dark) == ground(light)
    light.get_by_role("button", name="dark").click()
    assert ground(light) != ground(dark)


def test_all_controls_have_names(visit, several):
    page = visit(several)
    nameless = """() => [...document.querySelectorAll(
      "button, input, select, a, [role=img], [role=group]")].filter(
      (it) => !(it.ariaLabel || it.textContent.trim() || it.labels?.length ||
                it.querySelector("img[alt]:not([alt=''])")))"""
    assert page.evaluate(f"({nameless})().map((it) => it.outerHTML)") == []


def test_the_focus_is_seen_on_every_control(visit, several):
    page = visit(several)
    seen = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        name, width = page.evaluate(
            """(() => { const it = document.activeElement;
            const ring = it.matches(".chip input") ? it.nextElementSibling : it;
            const style = getComputedStyle(ring);
            return [it.id || it.name || it.className || it.tagName,
                    style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth)]; })()"""
        )
        assert width > 0, f"the focus on {name} is not seen"
        seen.add(name)
    assert {"skip", "theme", "help-button", "kind", "run", "epoch", "picture"} <= seen


def test_print_shows_pictures_and_no_controls(visit, one):
    page = visit(one, color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator(".controls").is_visible()
    assert page.locator(".picture img").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_pages_hand_over_what_was_chosen(visit, tmp_path):
    names = [f"{number}.jpg" for number in range(EXHIBITS_OF_PAGE + 1)]
    invent_gallery(tmp_path, names, kinds=("source", "painting"), sizes=[(8, 8)])
    page = visit(write_page(tmp_path))
    move_slider(page, "#epoch", 0)
    page.locator("[value=source]").uncheck(force=True)
    page.wait_for_function("location.hash.includes('epoch=1&show=painting')")
    page.get_by_role("link", name="later").click()
    assert page.url.split("/")[-1].startswith("page-2.html#")
    assert alts(page) == ["60.jpg as monet, epoch 1"]
    page.locator(".picture").click()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('#lightbox-name')?.textContent === '59.jpg'")
    assert alts(page, ".pair")[0] == "59.jpg as monet, epoch 1"


def test_one_photo_of_one_epoch_without_scores(visit, tmp_path):
    invent_gallery(tmp_path, ["a.jpg"], [invent_run(epochs=(3,), is_scored=False)])
    page = visit(write_page(tmp_path), PHONE)
    assert page.locator("input[type=range]:visible").count() == 0
    page.locator(".picture").nth(1).click()
    assert alts(page, ".pair") == ["a.jpg as monet, epoch 3", "a.jpg, photo"]
    assert page.locator(".step:disabled").count() == 2
