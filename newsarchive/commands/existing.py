"""The check that keeps a mistyped --db from making an archive: only a crawl makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def must_exist(db: Path) -> Path:
    """Return the path of an archive that a command is to change; raises UserError where there is none."""
    if not db.is_file():
        raise UserError(f"archive {db}: there is no such file - crawl something first, or name another path")
    return db
