"""Which of the open databases is the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from newsarchive.archive.migrations import APPLICATION_ID

if TYPE_CHECKING:
    from datasette.app import Datasette

_FOUND: WeakKeyDictionary[Datasette, str] = WeakKeyDictionary()


async def archive_of(datasette: Datasette) -> str | None:
    """Return the name of the first database that is an archive of ours; None where there is none."""
    if (known := _FOUND.get(datasette)) is not None:
        return known
    for name, database in datasette.databases.items():
        (application_id,) = (await database.execute("PRAGMA application_id")).first()
        if application_id == APPLICATION_ID:
            _FOUND[datasette] = name
            return str(name)
    return None


def archive_known(datasette: Datasette) -> str | None:
    """Return what `archive_of` has found, without looking."""
    return _FOUND.get(datasette)
