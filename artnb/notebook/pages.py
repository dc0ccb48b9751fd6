"""A web page of `artnb.publish` below a cell: served on this machine, shown in a frame."""

import shutil
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

from artnb.files import disk
from artnb.platform.where import platform_name
from artnb.publishing.server import address_of, check_is_site, serve

# A page that is shown again keeps its address: what its visitors' browser has kept stays right.
_servers: dict[Path, ThreadingHTTPServer] = {}


def show_page(site: str | Path, height: int = 900) -> None:
    """Show a page below the cell, and serve it on this machine as long as the notebook runs.

    In Colab it goes through Colab's own way to a notebook's machine. Kaggle has none: there the
    folder is put into a zip beside it, to be downloaded.

    Args:
        site: the folder of a page, or its `index.html`, as `artnb.publish` gives it.
        height: of the frame, pixels.

    Raises:
        InputError: the folder holds no page, or the disk is full.
    """
    site = Path(site).resolve()
    site = site if site.is_dir() else site.parent
    check_is_site(site)
    platform = platform_name()
    if platform == "kaggle":
        print(
            "Kaggle shows no page of its own machine: download "
            f"{zip_of(site)}, unpack it, and type artnb serve {site.name} beside it."
        )
    elif platform == "colab":
        from google.colab import output

        output.serve_kernel_port_as_iframe(_server_of(site).server_address[1], height=str(height))
    else:
        import IPython.display

        address = address_of(_server_of(site))
        print(f"{address} has it too, as long as this notebook runs.")
        IPython.display.display(IPython.display.IFrame(address, width="100%", height=height))


def zip_of(site: str | Path) -> Path:
    """Put a page's folder into a zip beside it; an earlier one is replaced.

    Args:
        site: the folder.

    Returns:
        The zip. What is unpacked of it is a folder of the same name.

    Raises:
        InputError: the disk is full.
    """
    site = Path(site).resolve()
    with disk(site):
        return Path(shutil.make_archive(str(site), "zip", site.parent, site.name))


def _server_of(site: Path) -> ThreadingHTTPServer:
    if site not in _servers:
        _servers[site] = serve(site)
        threading.Thread(target=_servers[site].serve_forever, daemon=True).start()
    return _servers[site]
