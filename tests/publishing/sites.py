"""Pages of small painters, on a server that hears every request."""

import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from artnb.publishing.server import serve
from artnb.publishing.site import integrity

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / ".browser" / "node_modules"


def package(name: str) -> Path:
    """Give the folder of an npm package that `make` has installed; without it the test skips."""
    folder = PACKAGES / name
    if not folder.is_dir():
        pytest.skip(f"needs the npm package {name}: make .browser/.ready, where npm is")
    return folder


def runtime() -> Path:
    return package("onnxruntime-web") / "dist"


@contextmanager
def served(site: Path):
    """Serve a page while the context lasts; gives its address and the paths that are asked for."""
    server, asked = serve(site), []
    answer = server.RequestHandlerClass.func.do_GET

    class Hearing(server.RequestHandlerClass.func):
        def do_GET(self):
            asked.append(self.path)
            answer(self)

    server.RequestHandlerClass = lambda *given: Hearing(*given, directory=str(site))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def copied(site: Path, folder: Path, **tiles: int) -> Path:
    """Copy a page, with other numbers for tiles."""
    import json

    shutil.copytree(site, folder)
    manifest, worker = folder / "site.json", folder / "service-worker.js"
    facts, before = json.loads(manifest.read_text(encoding="utf-8")), integrity(manifest)
    facts["tiles"] |= tiles
    manifest.write_text(json.dumps(facts), encoding="utf-8")
    worker.write_text(worker.read_text(encoding="utf-8").replace(before, integrity(manifest)))
    return folder
