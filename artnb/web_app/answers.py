"""What the app's pages say and offer, and how what goes wrong is told in them.

All names pass through `html.escape`; what Gradio's dropdowns show, they show as it is.
"""

import sys
import traceback
from collections.abc import Callable, Sequence
from functools import wraps
from html import escape
from typing import Any

import gradio

from artnb.errors import InputError

Updates = dict[Any, Any]
Choices = Sequence[tuple[str, Any]]

# On a phone the result is below what was pressed; it is drawn a moment after it has come.
TO_THE_RESULT = """() => setTimeout(() => {
  const shown = [...document.querySelectorAll('.artnb-result')].find((each) => each.offsetHeight);
  if (shown) shown.scrollIntoView({behavior: 'smooth', block: 'nearest'});
}, 300)"""
# Whoever comes while a picture is painted waits in line; reading pictures has a line of its own.
PAINTING: dict[str, Any] = {
    "concurrency_limit": 1,
    "concurrency_id": "painting",
    "api_visibility": "private",
}
READING: dict[str, Any] = {
    "concurrency_limit": 1,
    "concurrency_id": "reading",
    "api_visibility": "private",
    "show_progress": "minimal",
}


def said(text: str, alarm: bool = False) -> str:
    """Write a sentence as HTML.

    Args:
        text: the sentence.
        alarm: whether something went wrong.
    """
    kind = "artnb-alarm" if alarm else "artnb-said"
    return f'<div role="status" class="{kind}">{escape(text)}</div>'


def wanted_or_first(choices: Choices, wanted: Any) -> Any:
    """Give the wanted value where it is among the choices, else the first, or None of none."""
    values = [value for _, value in choices]
    return wanted if wanted in values else next(iter(values), None)


def offer(choices: Choices, value: Any) -> dict[str, Any]:
    """Offer choices in a dropdown; a choice that is none is not shown."""
    return gradio.update(choices=list(choices), value=value, visible=len(choices) > 1)


def told(refuse: Callable[[str], Updates], answer: Callable[..., Updates]) -> Callable:
    """Make a function for Gradio that tells in the page what goes wrong.

    Args:
        refuse: says in updates of the page what went wrong.
        answer: the function.
    """

    @wraps(answer)
    def function(*values: Any) -> Updates:
        try:
            return answer(*values)
        except InputError as error:
            return refuse(str(error))
        except Exception as error:  # Gradio's page would say "Error" and nothing else
            traceback.print_exc(file=sys.stderr)
            return refuse(f"That did not work: {type(error).__name__}: {error}")

    return function
