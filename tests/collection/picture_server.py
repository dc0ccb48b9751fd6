"""A web server on loopback with pictures that behave in every way, under two names."""

import gzip
import io
import struct
import threading
import time
import zlib
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

HOSTS = ("127.0.0.1", "localhost")


def picture(size=(8, 6), kind="JPEG"):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind)
    return data.getvalue()


JPEG = picture()


class Handler(BaseHTTPRequestHandler):
    """The first part of a path says how its picture behaves."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each small answer takes 40 ms

    def do_GET(self):
        server, host = self.server, self.headers["Host"].partition(":")[0]
        with server.lock:
            server.seen[self.path] += 1
            server.agents.add(self.headers["User-Agent"])
            server.active[host] += 1
            self.is_active = True
            server.most_at_once[host] = max(server.most_at_once[host], server.active[host])
            count = sum(server.seen.values())
        server.on_request(count)
        try:
            getattr(self, self.path.split("/")[1])()
        finally:
            self.over()

    def answer(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        # In the order in which a client may see it: over, then the last byte.
        self.over()
        self.wfile.write(body)
        self.wfile.flush()

    def over(self):
        """Count this request as answered, once."""
        with self.server.lock:
            self.server.active[self.headers["Host"].partition(":")[0]] -= self.is_active
            self.is_active = False

    @property
    def is_first(self):
        return self.server.seen[self.path] == 1

    def ok(self):
        time.sleep(self.server.pause_s)
        self.answer(200, JPEG)

    def slow(self):
        time.sleep(0.2)
        self.answer(200, JPEG)

    def png(self):
        self.answer(200, picture(kind="PNG"))

    def missing(self):
        self.answer(404, b"<h1>not here</h1>")

    def page(self):
        self.answer(200, b"<html>please log in</html>")

    def empty(self):
        self.answer(200)

    def damaged(self):
        self.answer(200, JPEG[: len(JPEG) // 2])

    def large(self):
        self.answer(200, b"x" * 300_000)

    def wide(self):
        self.answer(200, picture((400, 300)))

    def bomb(self):
        """A picture of 30,000 × 30,000 pixels in some hundred bytes, as far as its header goes."""
        header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
        parts = (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )
        self.answer(200, b"\x89PNG\r\n\x1a\n" + b"".join(parts))

    def script(self):
        """What Pillow would hand to another program."""
        self.answer(200, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\nshowpage\n%%EOF\n")

    def zipped(self):
        """Compressed on its way though nobody asked for that."""
        self.answer(200, gzip.compress(JPEG), Content_Encoding="gzip")

    def chunked(self):
        """Without saying how long it is."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (JPEG[:200], JPEG[200:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def hanging(self):
        """Send a byte now and then, for ever."""
        self.answer(200, JPEG[:1], length=len(JPEG))
        for byte in JPEG[1:100]:
            time.sleep(0.1)
            self.wfile.write(bytes([byte]))

    def torn(self):
        """Hang up in the middle, at first."""
        if self.is_first:
            self.answer(200, JPEG[:100], length=len(JPEG))
            self.close_connection = True
        else:
            self.ok()

    def busy(self):
        if self.is_first:
            self.answer(429, Retry_After=1)
        else:
            self.ok()

    def tired(self):
        self.answer(429, Retry_After=3600)

    def failing(self):
        if self.is_first:
            self.answer(503)
        else:
            self.ok()

    def down(self):
        self.answer(500)

    def moved(self):
        """To the same name on the other host."""
        here = self.headers["Host"].partition(":")[0]
        other = HOSTS[1 - HOSTS.index(here)]
        self.answer(
            302, Location=self.server.url(f"ok/of-{self.path[1:].replace('/', '-')}", other)
        )

    def circle(self):
        self.answer(301, Location=self.path)

    def local(self):
        self.answer(302, Location="file:///etc/hostname")

    def nowhere(self):
        self.answer(302, Location="http://[")

    def port(self):
        self.answer(302, Location="http://127.0.0.1:99999/ok/1")

    def latin(self):
        """To a path with letters as they are, in Latin-1: send_header writes just that."""
        self.answer(302, Location="/ok/caf\xe9")

    def utf8(self):
        self.answer(302, Location="/ok/café".encode().decode("latin-1"))

    def squared(self):
        """As long as "²", which Python takes for a digit and not for a number."""
        self.answer(200, JPEG, length="²")
        self.close_connection = True

    def log_message(self, *_):
        pass


class PictureServer(ThreadingHTTPServer):
    """Counts requests: of each path, and at the same time for each host."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.seen, self.active, self.most_at_once = Counter(), Counter(), Counter()
        self.agents = set()
        self.pause_s = 0.0
        self.on_request = lambda count: None
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}).start()

    def url(self, path, host=HOSTS[0]):
        return f"http://{host}:{self.server_port}/{path}"

    def handle_error(self, *_):
        pass  # a client that hangs up is part of the tests

    def stop(self):
        self.shutdown()
        self.server_close()
