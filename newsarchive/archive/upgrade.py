"""Tell that an archive of an older version is brought up to date: with many articles that takes minutes."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newsarchive.archive.schema import MIGRATION_NAMES, migrations, progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

logger = logging.getLogger(__name__)


@contextmanager
def telling(db: Database, path: Path) -> Iterator[None]:
    """Show on a terminal, or say in the log, what the migrations that the block runs are doing.

    A new archive is made without a word.
    """
    applied = len(migrations.applied(db))
    if not applied:
        yield
        return
    steps = len(MIGRATION_NAMES) - applied
    text = f"archive {path}: written by an older version, brought up to date in {steps} steps"
    if sys.stderr.isatty():
        with _shown(text):
            yield
        return
    # Without a log this still reaches standard error: the next lines may be minutes away.
    logger.warning("%s; a large one takes minutes, and stays as it was if this is interrupted", text)
    yield
    logger.info("archive %s: up to date", path)


@contextmanager
def _shown(text: str) -> Iterator[None]:
    from rich.console import Console  # noqa: PLC0415 - most who open an archive show nothing
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        shown.print(text, markup=False, highlight=False, soft_wrap=True)
        task = shown.add_task("articles", total=None)
        token = progress.set(lambda done, total: shown.update(task, completed=done, total=total))
        try:
            yield
        finally:
            progress.reset(token)
