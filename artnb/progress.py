"""Progress: in a terminal, in a log file, in a notebook, or none."""

import io
import sys
from collections.abc import Callable
from typing import Any

from tqdm import tqdm

# Called with a title and a total; gives what is called after each item.
Progress = Callable[[str, int], Callable[[], None]]


def silent(_title: str, _total: int) -> Callable[[], None]:
    """Show no progress."""
    return lambda: None


def in_notebook() -> bool:
    """Say whether this process is a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class LiveBar(tqdm):
    """A bar in one place below a notebook's cell.

    A bar on the standard output would leave a line for each of its steps in a saved notebook.
    """

    def __init__(self, **options: Any) -> None:
        self._place = None
        super().__init__(file=io.StringIO(), **options)

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        """Show the bar as it is now in place of what was there."""
        import IPython.display

        line = {"text/plain": str(self) if msg is None else msg}
        if self._place is None:
            self._place = IPython.display.display(line, raw=True, display_id=True)
        else:
            self._place.update(line, raw=True)
        return True


def progress_bar(
    total: int, title: str = "", unit: str = "it", delay_s: float = 0.0, initial: int = 0
) -> tqdm:
    """Make a bar that suits the place where it is shown.

    Args:
        total: of what is counted.
        title: before the bar.
        unit: name of what is counted.
        initial: how many are done already.
        delay_s: nothing is shown before that, so that short work stays silent.

    Returns:
        A tqdm bar: `update()` and `close()` it. Where nobody watches, such as in a log file, it
        prints a line now and then.
    """
    options = {"total": total, "desc": title, "unit": unit, "delay": delay_s, "initial": initial}
    if in_notebook():
        return LiveBar(mininterval=1.0, ascii=False, **options)
    watched = sys.stdout.isatty()
    return tqdm(
        file=sys.stdout, mininterval=0.5 if watched else 20, dynamic_ncols=watched, **options
    )


def bar(title: str, total: int) -> Callable[[], None]:
    """Show a progress bar; gives what is called after each item."""
    if not total:
        return lambda: None
    shown = progress_bar(total, title, delay_s=0.5)

    def advance() -> None:
        shown.update()
        if shown.n >= total:
            shown.close()

    return advance
