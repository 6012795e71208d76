"""What takes how much room in an archive, by site, month and kind.

SQLite knows the size of a table, not that of its rows. So the bytes of the tables of a kind are divided among sites and
months in proportion to the characters that their rows hold; WARC records have a size of their own.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.archive import schema
from newsarchive.errors import UserError
from newsarchive.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsarchive.archive import Archive

#: What a kind is made of: `texts` are articles with all their parts and versions, `index` is what is derived from
#: them for search and stories, `warc` are raw pages, `machinery` is what crawls need to know.
KINDS = (N_("texts"), N_("index"), "warc", N_("machinery"))
_MACHINERY = (
    *("runs", "run_days", "frontier", "problems", "listings", "snapshots", "pruned_pages", "warc_removals"),
    *("identity", "_sqlite_migrations", "sqlite_schema", "sqlite_sequence"),
)
# Rows as (site, month, what they weigh), all of them texts of SQL.
_TEXTS = """
SELECT a.site, substr(a.first_seen_at, 1, 7), sum(length(a.body)) + count(*) * 200 FROM articles a GROUP BY 1, 2
"""
_PAGES = """
SELECT coalesce((SELECT c.site FROM copies c WHERE c.url = s.url),
                (SELECT f.site FROM frontier f WHERE f.url = s.url), ''),
       substr(s.fetched_at, 1, 7), sum(s.warc_length), sum(length(s.headers) + length(s.url) + 200)
FROM snapshots s WHERE s.lost_at IS NULL GROUP BY 1, 2
"""
_CRAWLING = """
SELECT site, substr(found_at, 1, 7), sum(length(url) + coalesce(length(hints), 0) + 150) FROM frontier GROUP BY 1, 2
UNION ALL SELECT site, substr(started_at, 1, 7), sum(coalesce(length(counts), 0) + 150) FROM runs GROUP BY 1, 2
UNION ALL SELECT site, substr(last_at, 1, 7), sum(length(url) + length(detail) + 100) FROM problems GROUP BY 1, 2
"""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes that a month (UTC, as 2026-03) of a site takes; an empty site or month is what belongs to none."""

    site: str
    month: str
    texts: int = 0
    index: int = 0
    warc: int = 0
    machinery: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.texts + self.index + self.warc + self.machinery


def usage(archive: Archive) -> list[Usage]:
    """Return what each month of each site takes, sorted; what is free in the file is machinery of no site.

    Raises:
        UserError: this SQLite cannot tell the sizes of tables.

    """
    connection = archive.connection
    weights: dict[str, Counter[Place]] = {kind: Counter() for kind in KINDS}
    for site, month, weight in connection.execute(_TEXTS):
        weights["texts"][site, month] += weight
    for site, month, packed, row in connection.execute(_PAGES):
        weights["warc"][site, month] += packed
        weights["machinery"][site, month] += row
    for site, month, weight in connection.execute(_CRAWLING):
        weights["machinery"][site or "", month or ""] += weight
    sizes = table_sizes(connection)
    free = _pragma(connection, "freelist_count") * _pragma(connection, "page_size")
    shares = {
        "texts": _share(sizes["texts"], weights["texts"]),
        "index": _share(sizes["index"], weights["texts"]),
        "warc": weights["warc"],
        "machinery": _share(sizes["machinery"], weights["machinery"]) + Counter({("", ""): free}),
    }
    places = sorted({place for kind in KINDS for place, size in shares[kind].items() if size})
    return [Usage(*place, *(shares[kind][place] for kind in KINDS)) for place in places]


def table_sizes(connection: sqlite3.Connection) -> Mapping[str, int]:
    """Return the bytes of the archive's file that the tables of each kind take, with their indexes."""
    sizes: Counter[str] = Counter()
    try:
        rows = connection.execute(
            "SELECT coalesce(m.tbl_name, d.name), sum(d.pgsize) FROM dbstat d"
            " LEFT JOIN sqlite_schema m ON m.name = d.name WHERE d.aggregate = TRUE GROUP BY 1"
        ).fetchall()
    except sqlite3.OperationalError as error:
        raise UserError(
            _("SQLite cannot tell the sizes of tables ({error}) - run this with another Python", error=error)
        ) from None
    for table, size in rows:
        if table in _MACHINERY:
            sizes["machinery"] += size
        else:
            sizes["index" if table.startswith(schema.DERIVED) else "texts"] += size
    return sizes


def _share(size: int, weights: Counter[Place]) -> Counter[Place]:
    """Divide a number of bytes in proportion to weights, to the byte."""
    if not weights:
        return Counter({("", ""): size})
    total, given, shares = sum(weights.values()), 0, Counter[Place]()
    so_far = 0
    for place, weight in sorted(weights.items()):
        so_far += weight
        shares[place] = size * so_far // total - given
        given += shares[place]
    return shares


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
