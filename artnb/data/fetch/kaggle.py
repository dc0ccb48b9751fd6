"""Kaggle's own client: the address of a competition's archive, or its attachment to a notebook.

What the client and the server say about a failure is not passed on: it may show an address that
is signed, or a token. Each usual failure has a sentence of ours.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from artnb.data.fetch.credentials import TOKEN_PAGE, how_to_get_credentials, kaggle_credentials
from artnb.errors import InputError, nearest
from artnb.platform.where import platform_name
from artnb.web import client
from artnb.web.client import InterruptedTryError, keep_trying, meaning_of, wait_asked_for
from artnb.web.published import PublishedFile, published

if TYPE_CHECKING:
    import requests

COMPETITION = "gan-getting-started"
# Competitions whose files are known, by slug, and by the path of each file within.
OFFICIAL: Mapping[str, Mapping[str, PublishedFile]] = {
    COMPETITION: {name: file for name, (file,) in published(COMPETITION).items()}
}
SITE = "https://www.kaggle.com/competitions"


def archive_address(slug: str, say: Callable[[str], None] = print) -> str:
    """Ask Kaggle for the address of the zip with all of a competition's files.

    The address is signed for whoever asked, and holds for a while.

    Args:
        slug: the last part of the competition's address.
        say: called with a sentence when a try failed and another follows.

    Raises:
        InputError: kagglehub is missing, nobody is known to ask, or Kaggle refuses.
    """
    with kaggle_credentials() as place:
        advice = f"check the credentials from {place}" if place else how_to_get_credentials()

        def ask() -> str:
            with _in_our_words(slug, place or "kagglehub", advice):
                return _within(sum(client.TIMEOUTS_S), lambda: _ask(slug))

        return keep_trying(ask, slug, "Kaggle", say)


def attach(slug: str) -> Path:
    """Let a Kaggle notebook attach a competition's files to itself, without a download.

    Args:
        slug: the last part of the competition's address.

    Returns:
        Where they are.

    Raises:
        InputError: kagglehub is missing, or Kaggle refuses.
    """
    try:
        with _in_our_words(slug, "this notebook", _by_hand(slug)):
            import kagglehub

            return Path(kagglehub.competition_download(slug))
    except InterruptedTryError as interruption:
        raise InputError(
            f"{slug} could not be attached: {interruption}; {_by_hand(slug)}"
        ) from None


def _ask(slug: str) -> str:
    """Send the request that kagglehub's own download begins with."""
    from kagglehub.clients import build_kaggle_client
    from kagglehub.config import get_kaggle_credentials
    from kagglesdk.competitions.types.competition_api_service import ApiDownloadDataFilesRequest

    if get_kaggle_credentials() is None:
        raise InputError(f"Kaggle wants to know who asks; {how_to_get_credentials()}")
    request = ApiDownloadDataFilesRequest()
    request.competition_name = slug
    with build_kaggle_client() as client:
        answer = client.competitions.competition_api_client.download_data_files(request)
        with answer:
            if not answer.history:
                raise AttributeError("no redirection to an archive")
            return answer.url


def _within(seconds: float, ask: Callable[[], str]) -> str:
    """Call a function and leave it alone after a time: Kaggle's client waits without an end."""
    answer: Future[str] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=work, daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        raise InterruptedTryError(f"Kaggle did not answer within {seconds:.0f} s") from None


@contextmanager
def _in_our_words(slug: str, place: str, advice: str) -> Iterator[None]:
    """Say what went wrong without the words of client and server."""
    import requests

    try:
        yield
    except (InputError, InterruptedTryError):
        raise
    except requests.HTTPError as error:
        raise _refusal(error, slug, place) from None
    except requests.exceptions.SSLError:
        raise InputError(
            "Kaggle's certificate was not accepted; check this machine's clock and whether "
            "something stands between it and the network"
        ) from None
    except (requests.ConnectionError, requests.Timeout):
        if platform_name() == "kaggle":
            raise InputError(f"this notebook cannot reach the network; {_by_hand(slug)}") from None
        raise InterruptedTryError("no connection to Kaggle could be made", reached=False) from None
    except ImportError:
        raise InputError(
            "fetching from Kaggle needs kagglehub: pip install 'kagglehub>=1.0,<2'"
        ) from None
    except AttributeError:
        raise InputError(
            "the installed kagglehub or Kaggle's answer is not of the form known here; "
            f"pip install 'kagglehub>=1.0,<2', or download the files from {SITE}/{slug}/data"
        ) from None
    except Exception as error:
        raise InputError(f"Kaggle could not be asked ({type(error).__name__}); {advice}") from None


def _refusal(error: "requests.HTTPError", slug: str, place: str) -> Exception:
    """Turn a status into what to do about it."""
    status = _status(error)
    meaning = meaning_of(status)
    if meaning.again:
        return InterruptedTryError(f"Kaggle {meaning.clause}", wait_asked_for(error.response))
    if status == 401:
        return InputError(
            f"Kaggle does not accept the credentials from {place} (401); make "
            f"new ones at {TOKEN_PAGE}"
        )
    known = "" if slug in OFFICIAL else f"; or {nearest(slug, OFFICIAL)}"
    if status == 403:
        return InputError(
            f"Kaggle gives the files of {slug} to those who accepted its rules (403); open "
            f"{SITE}/{slug}/rules with the account that the credentials from "
            f"{place} belong to, accept them, and try again{known}"
        )
    if status == 404:
        return InputError(
            f"Kaggle has no competition {slug!r} (404), and its name must be the last part of its "
            f"address; {nearest(slug, OFFICIAL)}"
        )
    return InputError(f"Kaggle answered {status}; download the files from {SITE}/{slug}/data")


def _status(error: "requests.HTTPError") -> int:
    """Give the status; Kaggle's errors may come as a page that was found, with a code in it."""
    status = 0 if error.response is None else error.response.status_code
    try:
        return status if not 0 < status < 400 else int(error.response.json()["code"])
    except (ValueError, KeyError, TypeError):
        return 0


def _by_hand(slug: str) -> str:
    return (
        f"attach the data by hand (Add Input, Competitions, {slug}), or switch Internet on in the "
        "notebook's settings, which wants a confirmed phone number"
    )
