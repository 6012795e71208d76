"""Stories over several archives, kept in a file from one time to the next: only what has changed since is compared.

The file has an index of texts as each archive has one. Its links are a function of the set of texts alone, whichever
texts come and go, so that the stories are those of `stories_across` each time. Which texts those are the archives say:
the file may be lost, be older than they are, or have been made for other archives.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.stories.across import Texts, joined
from newsarchive.stories.candidates import INDEX_TABLES, TextIndex, create_index_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsarchive.stories.across import Place
    from newsarchive.stories.overlap import Overlap

# "nast", so that no other file is taken for one of these.
_APPLICATION = 0x6E617374


def kept_stories(
    path: Path, rules: str, connections: Sequence[sqlite3.Connection], since: str | None = None
) -> list[list[Place]]:
    """Return what `stories_across` returns, and bring the file, which is made where there is none, up to date.

    With other `rules` (a name for those by which the archives find stories) than the last time it is made anew. The
    caller holds a read transaction of each archive. Killed at any time, the file is as it was.

    Raises:
        UserError: it is another file, or cannot be written.

    """
    try:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as kept:
            kept.execute("BEGIN IMMEDIATE")
            _prepare(kept, path, rules)
            texts = Texts(connections, since)
            index = _KeptIndex(kept.cursor(), texts)
            known = {text_id for (text_id,) in kept.execute("SELECT id FROM story_texts")}
            for text_id in known - texts.ids:
                index.remove(text_id)
            for text_id in texts.ids - known:
                index.add_sample(text_id, texts.sample(text_id))
            pairs = kept.execute("SELECT text_id, other_id FROM story_text_links WHERE joins AND text_id < other_id")
            found = joined(connections, since, pairs)
            kept.execute("COMMIT")
    except sqlite3.Error as error:
        raise UserError(
            _("{path}: {error} - name another file, or remove it: it is made again", path=path, error=error)
        ) from error
    return found


class _KeptIndex(TextIndex):
    """An index whose texts are those of several archives."""

    def __init__(self, cursor: sqlite3.Cursor, texts: Texts) -> None:
        super().__init__(cursor)
        self._texts = texts

    def overlap(self, one: int, other: int) -> Overlap | None:
        """Return what two texts have in common; None where one is about to be removed."""
        return self._texts.overlap(one, other)


def _prepare(kept: sqlite3.Connection, path: Path, rules: str) -> None:
    """Make the tables in a new file, and again where what they have was found by other rules."""
    (application,) = kept.execute("PRAGMA application_id").fetchone()
    (tables,) = kept.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != _APPLICATION and tables:
        raise UserError(_("{path}: has something else than stories - name another file", path=path))
    if tables and kept.execute("SELECT name FROM rules").fetchone() == (rules,):
        return
    for table in ("rules", *INDEX_TABLES):
        kept.execute(f"DROP TABLE IF EXISTS {table}")
    kept.execute(f"PRAGMA application_id = {_APPLICATION}")
    kept.execute("CREATE TABLE rules (name TEXT)")
    kept.execute("INSERT INTO rules VALUES (?)", (rules,))
    create_index_tables(kept)
