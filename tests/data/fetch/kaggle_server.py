"""A web server in the place of Kaggle: what asks for an archive, and the archive itself."""

from tests.web.server import Handler, Server, status

DOWNLOAD = "/v1/competitions.CompetitionApiService/DownloadDataFiles"
SIGNATURE = "X-Goog-Signature=51gn4tur3"


class KaggleHandler(Handler):
    """Answers the n-th call of Kaggle's API with the n-th of its answers.

    The client follows where it is sent before it says where that is, and does not stay: that is
    no request for the archive.
    """

    def do_GET(self):
        if "kagglehub" not in self.headers["User-Agent"]:
            return super().do_GET()
        self.close_connection = True
        self.answer(200, {"Content-Length": 10**6}, b"PK")

    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        number = min(len(server.calls), len(server.api) - 1)
        server.calls.append((self.path, dict(self.headers), body))
        self.close_connection = True
        server.api[number](self)


class KaggleServer(Server):
    """Says where the archive is; `api` holds its answers, `calls` what it was asked."""

    def __init__(self):
        super().__init__()
        self.RequestHandlerClass = KaggleHandler
        self.calls = []
        self.api = [self.here()]

    def here(self):
        """Send who asks to the archive."""
        return status(302, Location=f"{self.url}/bundle.zip?{SIGNATURE}")
