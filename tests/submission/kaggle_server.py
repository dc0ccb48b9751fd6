"""Kaggle's server as its client sees it, on loopback, and a client that is sent there."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Python runs this before anything else: the client's own code, with another address.
REDIRECT = """
import os
from kagglesdk import kaggle_env
kaggle_env._env_to_endpoint[kaggle_env.KaggleEnv.PROD] = os.environ["TEST_KAGGLE_URL"]
"""
TOKEN = "KGAT_not-a-real-token"
URL = "https://www.kaggle.com/code/painter/kaggle-submission"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("IntrospectToken"):
            return self.answer(200, {"active": True, "username": "painter"})
        self.server.pushed.append((json.loads(body), self.headers.get("Authorization")))
        return self.answer(self.server.status, self.server.reply)

    def answer(self, status, reply):
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "30")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class KaggleServer(ThreadingHTTPServer):
    """Answers a push with `status` and `reply`, and remembers what was pushed."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pushed = []
        self.status, self.reply = 200, {"url": URL, "versionNumber": 3}
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self):
        self.shutdown()
        self.server_close()
