"""Time a page's paintings in Chromium, in turns with onnxruntime on this machine.

    python benchmarks/web_page.py --runtime .browser/node_modules/onnxruntime-web/dist
    python benchmarks/web_page.py --runtime DIR --networks paper --threads 2 --rounds 5

Networks have random weights. In the page it is counted what a visitor waits for once a network is
loaded: from asking the thread that paints until the painting is there. The first painting, which
loads the runtime and the network, is told apart. Memory is that of the page's process.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import machine  # noqa: E402

NETWORKS = {
    "preview": ("preview", "cyclegan"),
    "fast_style": ("preview", "fast_style"),
    "paper": ("paper", "cyclegan"),
}
ASK = """async ([number, side, values]) => {
  const { make } = await import("./painters.js");
  const site = await (await fetch("site.json")).json();
  const pixels = Uint8ClampedArray.from(values);
  const photo = { width: side, height: side, pixels };
  const wish = { network: site.painters[number], runtime: site.runtime.wasm, useCard: false };
  const began = performance.now();
  await make({ ...wish, numbers: site.tiles, photo }, () => {});
  return (performance.now() - began) / 1000;
}"""


def main() -> None:
    """Time what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runtime", type=Path, help="dist of the npm package onnxruntime-web")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--size", type=int, default=256, help="edge of the photo, pixels")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    before = machine.describe()
    with tempfile.TemporaryDirectory() as folder:
        site = publish_random_networks(Path(folder), options)
        results = {count: time_in_turns(site, count, options) for count in options.threads}
    for count, by_network in results.items():
        for network, found in by_network.items():
            print(f"{network:10} {count} thread{'s' * (count > 1)}: {found}")
    print(machine.save(f"web_page-{options.size}px", {"machine": before, "results": results}))


def publish_random_networks(folder: Path, options: argparse.Namespace) -> Path:
    """Make a Run of each network, and a page of all."""
    import artnb
    from artnb.method import preset_config
    from artnb.methods.cyclegan.model import build_generator
    from artnb.runs.run import new_run
    from artnb.runs.snapshots import save_snapshot

    runs = []
    for name in options.networks:
        preset, method = NETWORKS[name]
        run = new_run(folder / name, preset_config(preset, method))
        run.note(data={"x": "photo", "y": name}, status="finished")
        generator = build_generator(run.config(), "generator_g")
        networks = dict.fromkeys(run.method.generators(run).values(), generator)
        save_snapshot(run.snapshot(1), networks, {"epoch": 1})
        runs.append(run)
    return artnb.publish(runs, folder / "site", runtime=options.runtime).parent


def time_in_turns(site: Path, threads: int, options: argparse.Namespace) -> dict[str, dict]:
    """Paint in the page and by onnxruntime in turns, with so many threads each."""
    from playwright.sync_api import sync_playwright

    from artnb.publishing.server import address_of, serve

    server = serve(site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        found = {
            name: of_network(browser, address_of(server), site, number, threads, options)
            for number, name in enumerate(options.networks)
        }
        browser.close()
    server.shutdown()
    return found


def of_network(
    browser, address: str, site: Path, number: int, threads: int, options: argparse.Namespace
) -> dict[str, float]:
    """Time one network."""
    context = browser.new_context(service_workers="block")
    # The page takes as many threads as the machine has cores.
    context.add_init_script(
        f"Object.defineProperty(navigator, 'hardwareConcurrency', {{ value: {threads} }})"
    )
    page = context.new_page()
    page.set_default_timeout(600_000)
    page.route("**/worker.js", lambda route: with_cores(route, threads))
    page.goto(address)
    values = [(place * 37) % 256 for place in range(4 * options.size**2)]
    native = native_painting(site, number, threads, options.size)
    first_s, _ = page.evaluate(ASK, [number, options.size, values]), native()
    seconds = {"page": [], "onnxruntime": []}
    for _ in range(options.rounds):
        seconds["page"].append(page.evaluate(ASK, [number, options.size, values]))
        seconds["onnxruntime"].append(native())
    memory_gb = largest_renderer_gb()
    context.close()
    medians = {name: round(statistics.median(each), 3) for name, each in seconds.items()}
    ratio = round(medians["page"] / medians["onnxruntime"], 2)
    return {**medians, "ratio": ratio, "first_s": round(first_s, 2), "memory_gb": memory_gb}


def with_cores(route, threads: int) -> None:
    """Tell the worker of so many cores; scripts of a context do not reach it."""
    response = route.fetch()
    first = f"Object.defineProperty(navigator, 'hardwareConcurrency', {{ value: {threads} }});\n"
    route.fulfill(response=response, body=first + response.text())


def native_painting(site: Path, number: int, threads: int, size_px: int):
    """Give what paints a photo once and tells its seconds."""
    import json

    import numpy as np
    import onnxruntime

    network = json.loads((site / "site.json").read_bytes())["painters"][number]
    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(site / network["file"], how)
    picture = np.random.default_rng(0).uniform(-1, 1, (1, size_px, size_px, 3)).astype(np.float32)
    feeds = {"picture": picture}
    if count := network["statistics"]:
        feeds |= {"statistics": np.zeros(count, np.float32), "shared": np.array(False)}

    def paint() -> float:
        began = time.perf_counter()
        session.run(["painting"], feeds)
        return time.perf_counter() - began

    return paint


def largest_renderer_gb() -> float:
    """Give the memory of the page's process."""
    import psutil

    sizes = [
        process.info["memory_info"].rss
        for process in psutil.process_iter(["cmdline", "memory_info"])
        if "--type=renderer" in (process.info["cmdline"] or [])
    ]
    return round(max(sizes, default=0) / 1e9, 2)


if __name__ == "__main__":
    main()
