"""A web server on loopback that behaves well or badly, as it is told."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from artnb.web import client

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers the n-th request with the n-th answer; the last one goes for all that follow."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        number = min(len(server.requests), len(server.answers) - 1)
        server.requests.append((self.path, dict(self.headers)))
        self.close_connection = True
        server.answers[number](self)

    def answer(self, status, headers=(), body=b""):
        self.send_response(status)
        self.send_header("Connection", "close")
        for name, value in dict(headers).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    """Answers from a list, and the requests that came."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        pass  # a client that hangs up is part of the tests

    def stop(self):
        self.shutdown()
        self.server_close()


def whole(data, etag='"one"', **more):
    """Send everything, or the range that was asked for where it is of this version."""

    def send(handler):
        headers = {"ETag": etag} if etag else {}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        asked = handler.headers.get("Range")
        if asked and handler.headers.get("If-Range", etag) == etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(data):
                none_left = {"Content-Range": f"bytes */{len(data)}", "Content-Length": 0}
                return handler.answer(416, headers | none_left)
            span = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            rest = data[start:]
            return handler.answer(206, headers | span | {"Content-Length": len(rest)}, rest)
        handler.answer(200, headers | {"Content-Length": len(data)}, data)

    return send


def broken_after(count, data, etag='"one"'):
    """Promise everything, send so many bytes and hang up."""
    headers = {"Content-Length": len(data)} | ({"ETag": etag} if etag else {})
    return lambda handler: handler.answer(200, headers, data[:count])


def stalled_after(count, data, seconds=1.0):
    """Promise everything, send so many bytes and fall silent."""

    def send(handler):
        handler.answer(200, {"Content-Length": len(data), "ETag": '"one"'}, data[:count])
        time.sleep(seconds)

    return send


def status(code, **headers):
    """Answer with a status and nothing else."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(code, {"Content-Length": 0} | headers)


def in_no_time(monkeypatch, timeouts_s=(2.0, 0.3)):
    """Let the client wait in no time, and give the list that its waits are noted in."""
    waited = []
    monkeypatch.setattr(client, "sleep", waited.append)
    monkeypatch.setattr(client, "TIMEOUTS_S", timeouts_s)
    return waited
