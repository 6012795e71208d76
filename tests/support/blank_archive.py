"""Empty archives for tests that need many: copies of one, because making one anew takes ten times as long."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from newsarchive.archive import Archive


@cache
def _blank() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        with Archive.open(path):
            pass
        return path.read_bytes()


def open_blank(path: Path) -> Archive:
    """Open an archive at a path at which there is none, with nothing in it."""
    path.write_bytes(_blank())
    return Archive.open(path)


_blank()  # when the module is loaded, so that processes that are forked later need not
