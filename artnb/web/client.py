"""The web client: what an answer means, whether to ask again and when, and what is told of it.

Messages never hold what is secret: headers, passwords, and what follows a "?" in an address.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from string import printable
from time import sleep
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import quote_from_bytes, urljoin, urlsplit

from artnb.errors import InputError

if TYPE_CHECKING:
    from requests import Response, Session

Answer = TypeVar("Answer")

# For connecting, and for the next bytes to arrive.
TIMEOUTS_S = (10.0, 60.0)
# Tries in a row that bring nothing new. A server that was never reached gets fewer: most
# likely there is no network, and whoever is offline should hear so at once.
TRIES = 5
TRIES_UNREACHED = 2
LONGEST_WAIT_S = 120.0
# What another host may see of a request that was for the first one.
_FOR_ANYBODY = ("accept", "accept-encoding", "connection", "if-range", "range", "user-agent")


class Status(NamedTuple):
    """What an HTTP status means to a person.

    Args:
        clause: follows the name of what was asked for, or of the server where it is to be asked
            again; it says what to do.
        short: the same for lists of many.
        again: whether another try may succeed.
    """

    clause: str
    short: str
    again: bool = False


_STATUS = {
    401: Status(
        "wants to know who asks (401); check the token or the user name and key",
        "only for those who are known there (401)",
    ),
    403: Status(
        "may not be fetched (403); open its page in a browser, accept its terms where it has "
        "any, and check that the token belongs to that account",
        "not to be fetched (403)",
    ),
    404: Status(
        "is not there (404); check the address, or look whether it has moved", "not there (404)"
    ),
    410: Status("is not there any more (410); look where it has moved", "not there any more (410)"),
    429: Status("asked for patience (429)", "asks for patience (429)", again=True),
    451: Status(
        "may not be fetched for legal reasons (451); look whether it is elsewhere",
        "not to be fetched for legal reasons (451)",
    ),
}
_PASSING = (408, 425)  # too late, too early; what follows 500 is the server's problem, too


def meaning_of(status: int) -> Status:
    """Say what a status means that is neither a success nor a redirection."""
    if status in _STATUS:
        return _STATUS[status]
    if status in _PASSING or status >= 500:
        problem = f"has a problem of its own ({status})"
        return Status(problem, problem, again=True)
    return Status(f"answered {status}; check the address", f"not to be had ({status})")


class InterruptedTryError(Exception):
    """A try that failed and may succeed later; the message is a clause that says why.

    Args:
        reason: what happened, such as `"the connection broke off"`.
        wait_s: how long to wait before the next try; None leaves it to who asks.
        reached: whether the server answered at all.
    """

    def __init__(self, reason: str, wait_s: float | None = None, reached: bool = True) -> None:
        super().__init__(reason)
        self.wait_s = wait_s
        self.reached = reached


class CertificateError(InputError):
    """A server that cannot show that it is the one that was asked for."""


def host_of(url: str) -> str:
    """Give the name of the server that an address is on."""
    try:
        return urlsplit(url).hostname or "the server"
    except ValueError:  # "http://[": what asks for it will say so
        return "the server"


def address_without_secrets(url: str) -> str:
    """Give an address without user, password and what follows a "?"."""
    try:
        parts = urlsplit(url)
    except ValueError:  # as for `host_of`
        return url.partition("?")[0].rpartition("@")[2]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def open_session() -> "Session":
    """Open a session that keeps connections, and keeps what is for one host from all others."""
    return _session_class()()


@cache
def _session_class() -> type["Session"]:
    import requests

    class CarefulSession(requests.Session):
        """Goes where a server says it has moved, and takes along what is for anybody alone."""

        def get_redirect_target(self, resp: "Response") -> str | None:
            return _location(resp) if resp.is_redirect else None

        def resolve_redirects(self, *given, yield_requests: bool = False, **named):
            # Who does not follow need not hear beforehand that the new address is none.
            followed = super().resolve_redirects(*given, **named)
            return iter(()) if yield_requests else followed

        def rebuild_auth(self, prepared_request, response: "Response") -> None:
            if self.should_strip_auth(response.request.url, prepared_request.url):
                for name in list(prepared_request.headers):
                    if name.lower() not in _FOR_ANYBODY:
                        del prepared_request.headers[name]
            super().rebuild_auth(prepared_request, response)

    return CarefulSession


def _location(response: "Response") -> str:
    """Give where a server says that it has moved; what is no UTF-8 is percent-encoded byte by
    byte, as browsers do.
    """
    written = response.headers["Location"].encode("latin-1")
    try:
        return written.decode()
    except UnicodeDecodeError:
        return quote_from_bytes(written, safe=printable)


def moved_to(url: str, response: "Response") -> str:
    """Give the whole address that an answer to `url` sends on to.

    Raises:
        ValueError: it is none, such as "http://[".
    """
    return urljoin(url, _location(response))


def length_of(response: "Response") -> int | None:
    """Give how many bytes an answer says that it has; None where it says nothing that makes sense.

    "²" is a digit to Python and no number, and beyond 18 digits nothing is that long.
    """
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


@contextmanager
def asked(
    url: str,
    headers: Mapping[str, str],
    timeouts_s: tuple[float, float] | None = None,
    session: "Session | None" = None,
    follow: bool = True,
) -> Iterator["Response"]:
    """Ask for an address; what goes wrong until the block ends is said in our own words.

    Args:
        url: http or https.
        headers: sent besides; files are asked for as they are, not compressed once more. Another
            host that this one sends on to sees none of them but what is for anybody.
        timeouts_s: for connecting, and for a server that falls silent; None takes the usual ones.
        session: of `open_session`, keeps connections open; None opens one for this request.
        follow: go where the server says that it has moved.

    Yields:
        The answer, with any status; its body waits to be read.

    Raises:
        InterruptedTryError: another try may succeed.
        InputError: none will before something is changed.
    """
    headers, timeouts_s = {"Accept-Encoding": "identity", **headers}, timeouts_s or TIMEOUTS_S
    options = {"headers": headers, "timeout": timeouts_s, "allow_redirects": follow}
    with (
        _in_our_words(url, timeouts_s),
        nullcontext(session) if session else open_session() as opened,
        opened.get(url, stream=True, **options) as response,
    ):
        yield response


@contextmanager
def _in_our_words(url: str, timeouts_s: tuple[float, float]) -> Iterator[None]:
    """Replace what requests has to say: its messages show whole addresses."""
    import requests
    import urllib3

    host = host_of(url)
    try:
        yield
    except InputError:
        raise
    except requests.exceptions.SSLError:
        raise CertificateError(
            f"the certificate of {host} was not accepted; check this machine's clock and "
            "whether something stands between it and the network"
        ) from None
    except requests.ConnectTimeout:
        reason = f"{host} did not answer within {timeouts_s[0]:.0f} s"
        raise InterruptedTryError(reason, reached=False) from None
    except (requests.Timeout, urllib3.exceptions.ReadTimeoutError):
        raise InterruptedTryError(f"{host} sent nothing for {timeouts_s[1]:.0f} s") from None
    except requests.ConnectionError as error:
        if error.args and isinstance(error.args[0], urllib3.exceptions.ProtocolError):
            raise InterruptedTryError(f"{host} hung up") from None
        reason = f"no connection to {host} could be made"
        raise InterruptedTryError(reason, reached=False) from None
    except urllib3.exceptions.LocationValueError as error:
        raise _no_address(url, error) from None
    except urllib3.exceptions.HTTPError:
        raise InterruptedTryError("the connection broke off") from None
    # A plain ValueError is what comes of a server that sends on to an address such as "http://[".
    except (requests.RequestException, ValueError) as error:
        raise _no_address(url, error) from None


def _no_address(url: str, error: Exception) -> InputError:
    return InputError(
        f"{address_without_secrets(url)} cannot be asked for ({type(error).__name__}); check "
        "the address and that no header, such as a token, ends in a line break"
    )


def wait_asked_for(response: "Response | None") -> float | None:
    """Read how long a server asks to be left alone, from its header Retry-After.

    Returns:
        Seconds from now, at least 0, or None where there is no such header or it makes no sense.

    Source: RFC 9110, section 10.2.3.
    """
    text = "" if response is None else response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": UTC of an unknown place
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def keep_trying(
    ask: Callable[[], Answer],
    name: str,
    host: str,
    say: Callable[[str], None] = print,
    arrived_bytes: Callable[[], int] = lambda: 0,
) -> Answer:
    """Ask until there is an answer, with waits twice as long each time; new bytes start anew.

    Args:
        ask: raises InterruptedTryError where it is to be called again.
        name: of what is fetched.
        host: that it comes from.
        say: called with a sentence before each wait.
        arrived_bytes: says how much is there.

    Raises:
        InputError: too many tries in a row brought nothing new.
    """
    reached, furthest, failures = False, 0, 0
    while True:
        try:
            return ask()
        except InterruptedTryError as interruption:
            reached, size = reached or interruption.reached, arrived_bytes()
            failures = 1 if size > furthest else failures + 1
            furthest = max(furthest, size)
            if failures >= (TRIES if reached else TRIES_UNREACHED):
                tries = failures if reached else 0
                raise InputError(_given_up(name, host, interruption, tries, size)) from None
            wait_s = interruption.wait_s
            wait_s = min(2.0 ** (failures - 1) if wait_s is None else wait_s, LONGEST_WAIT_S)
            if wait_s > 0:
                say(f"{name}: {interruption}; trying again in {wait_s:.0f} s.")
                sleep(wait_s)


def _given_up(name: str, host: str, reason: Exception, tries: int, size_bytes: int) -> str:
    if not tries:
        return (
            f"{name} could not be downloaded, since {reason}; "
            "check that this machine is online, then run it again"
        )
    kept = f"; the {size_bytes / 1e6:.1f} MB that have arrived are kept" if size_bytes else ""
    return (
        f"{name} could not be downloaded from {host} in {tries} tries: {reason}{kept}; "
        "run it again later"
    )
