"""Visitors of a page on this machine, who hear every complaint."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

_ELSEWHERE = re.compile(r"^(?!http://127\.0\.0\.1[:/]|data:|blob:)")


@contextmanager
def visit(browser, url: str, **settings) -> Iterator:
    """Open a page; nothing must go wrong in it, and nobody else be asked for anything."""
    complaints: list[str] = []
    context = browser.new_context(accept_downloads=True, **settings)

    def refuse(route) -> None:
        complaints.append(f"asked for {route.request.url}")
        route.abort()

    def listen(message) -> None:
        if message.type == "error":
            complaints.append(message.text)

    context.route(_ELSEWHERE, refuse)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.dismiss()))
    page.goto(url)
    yield page
    context.close()
    assert complaints == []


def choose(page, label: str, choice: str) -> None:
    """Choose from one of Gradio's dropdowns."""
    page.get_by_label(label).first.click()
    page.get_by_role("option", name=choice, exact=True).click()


def downloaded(page, button: str) -> tuple[str, bytes]:
    """Press a button that downloads; gives the file's name and what it holds."""
    with page.expect_download() as waiting:
        page.get_by_text(button).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()
