"""Put another SQLite file in the place of an archive's, so that a kill at any moment leaves the one or the other."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from newsarchive.atomic import make_folder_durably, replace_durably, sync_folder
from newsarchive.locks import only_user

if TYPE_CHECKING:
    from pathlib import Path

#: What SQLite keeps beside a file. A log that was left there would be applied to whatever file takes the name.
LOGS = ("-wal", "-shm", "-journal")


def aside(path: Path, why: str, at: str) -> Path:
    """Name the folder beside an archive in which what is replaced is kept: `archive.db-<why>-<time>`."""
    return path.with_name(f"{path.name}-{why}-{at.replace(':', '').replace('-', '')}")


def replace_archive(new: Path, path: Path, kept: Path) -> None:
    """Let a complete file take the place of an archive's, whose files and log are kept in the folder `kept`.

    Raises:
        UserError: a program has the archive open.
        OSError: a file cannot be moved.

    """
    if path.exists():
        # What the log holds goes into the file first: a kill behind the removal of the log costs nothing then.
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with only_user(path):
        if path.exists():
            make_folder_durably(kept)
            for name in (path.name, *(path.name + suffix for suffix in LOGS)):
                with contextlib.suppress(FileNotFoundError, FileExistsError):
                    os.link(path.with_name(name), kept / name)
            sync_folder(kept)
        for suffix in LOGS:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        sync_folder(path.parent)
        replace_durably(new, path)
