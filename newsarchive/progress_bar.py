"""A progress bar for commands that go through many articles; only a terminal gets one."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator


class Progress(Protocol):
    """Takes how many articles are done, and of how many where that was not known before."""

    def __call__(self, done: int, total: int | None = None, /) -> None:
        """Show it."""


@contextmanager
def progress_bar(what: str, *, total: int | None = None, above: str | None = None) -> Iterator[Progress]:
    """Draw a bar on a terminal's standard error, below a line of text, and remove it at the end; elsewhere do nothing.

    The block gets a function to report progress to.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total=None: None
        return
    from rich import progress as rich  # noqa: PLC0415 - only a terminal needs it
    from rich.console import Console  # noqa: PLC0415

    columns = (
        rich.SpinnerColumn(),
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        if above:
            bar.print(above, markup=False, highlight=False, soft_wrap=True)
        task = bar.add_task(_(what), total=total)

        def report(done: int, total: int | None = None, /) -> None:
            bar.update(task, completed=done, total=total)  # a total of None leaves the one that was there

        yield report
