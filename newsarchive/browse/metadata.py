"""Datasette's metadata of an archive, made from the schema's own descriptions: one source for both."""

from __future__ import annotations

import sqlite3
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils import sqlite_timelimit

from newsarchive.archive import Archive
from newsarchive.archive.schema_docs import descriptions
from newsarchive.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUERIES = Path(__file__).with_name("queries.toml")

#: Host names under which an archive on loopback may be asked: a page elsewhere cannot read it through another name.
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
#: The columns of articles that the list of tables leads to; all others are one address away.
COLUMNS_FIRST = [
    "title",
    "source_id",
    "published_at",
    "category_id",
    "char_count",
    "revision",
    "story_id",
    "article_key",
]
# The id of the source that the parameter `source` names: as printed, by another name of it, or in another spelling.
_SOURCE = """coalesce(
    (SELECT id FROM sources WHERE name = trim(:source)),
    (SELECT source_id FROM source_aliases WHERE alias = trim(:source)),
    (SELECT id FROM sources WHERE search_fold(name) = search_fold(trim(:source))))"""
# How tables are shown beyond what the schema says of them.
_TABLES: dict[str, dict[str, Any]] = {
    "articles": {
        "label_column": "title",
        "sort_desc": "published_at",
        "fts_table": "search_index",
        "fts_pk": "id",
        # An order that no index serves would read the whole archive.
        "sortable_columns": ["published_at", "published_date", "id"],
        "columns_first": COLUMNS_FIRST,
    },
    "sources": {"label_column": "name"},
    "categories": {"label_column": "name"},
    "copies": {"sort_desc": "id"},
    "snapshots": {"sort_desc": "id", "label_column": "url"},
    "runs": {"sort_desc": "id", "label_column": "started_at"},
    "problems": {"sort_desc": "id", "facets": ["reason", "stage"]},
    "frontier": {"facets": ["state"], "sortable_columns": []},
    "stories": {"sort_desc": "id"},
    "paragraphs": {"sortable_columns": ["article_id"]},
    "revisions": {"sortable_columns": []},
}
#: What Datasette is told besides; the same on the command line: `--setting name value`.
SETTINGS: dict[str, Any] = {
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 150,
    "facet_suggest_time_limit_ms": 20,
    "suggest_facets": False,
    "max_returned_rows": 2000,
    "default_page_size": 50,
    "default_cache_ttl": 0,
    "allow_download": False,
    "template_debug": False,
}


def database_name(path: Path) -> str:
    """Return what Datasette calls the archive at `path`, which is where its tables are.

    Not like a page of ours: the page of an archive in search.db would be our search.
    """
    return f"{path.stem}_archive" if path.stem in ("search", "tables", "why", "compare", "list", "-") else path.stem


def metadata(path: Path, *, hosts: Sequence[str] | None = LOOPBACK_HOSTS, public: bool = False) -> dict[str, Any]:
    """Make the metadata for the archive at `path`, for Datasette's `--metadata`.

    Tables that the descriptions do not know (indexes and their like) are hidden. `hosts` bounds the host names under
    which the archive may be asked, None allows all. With `public`, Datasette's pages about itself are closed and
    downloads bounded.

    Raises UserError for an archive that cannot be read.
    """
    with Archive.open(path, readonly=True) as archive:
        names = _names(archive.connection)
    content: dict[str, Any] = {
        "title": "News archive",
        "description": "Syndicated news, kept: articles, their copies, their earlier texts, and who carried what.",
        "databases": {
            database_name(path): {
                "title": N_("Tables and questions"),
                "tables": {name: _table(name) for name in names},
                "queries": queries(),
            }
        },
    }
    if hosts is not None or public:
        content["plugins"] = {"newsarchive": {"public": public} | ({"hosts": [*hosts]} if hosts is not None else {})}
    return content


@cache
def queries() -> dict[str, dict[str, Any]]:
    """Return the canned queries: name -> title, description, SQL."""
    with _QUERIES.open("rb") as file:
        found = tomllib.load(file)
    return {
        name: {
            "title": entry["title"],
            "description": entry["about"],
            "sql": entry["sql"].strip().replace("{source}", _SOURCE),
            "hide_sql": True,
        }
        for name, entry in found.items()
    }


def _names(connection: sqlite3.Connection) -> list[str]:
    return [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]


def descriptions_of_tables() -> dict[str, dict[str, Any]]:
    """Return what the list of tables says of each: what it is about, which columns it leads to first."""
    return {name: _table(name) for name in descriptions()}


def _table(name: str) -> dict[str, Any]:
    described = descriptions().get(name)
    if described is None or described.hidden:
        return {"hidden": True}
    return {"description": described.about, "columns": described.columns, **_TABLES.get(name, {})}


#: Milliseconds that counting the rows of one table may take.
COUNT_TIME = 40


def tables(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """List what the descriptions tell of, in their order; `count` is None for views and where counting takes long."""
    kinds = dict(connection.execute("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')").fetchall())
    return [
        {
            "name": name,
            "columns": [row[1] for row in connection.execute(f"PRAGMA table_info({name})")],
            "is_view": kinds[name] == "view",
            "count": _count(connection, name) if kinds[name] == "table" else None,
            "hidden": False,
        }
        for name, described in descriptions().items()
        if name in kinds and not described.hidden
    ]


def _count(connection: sqlite3.Connection, table: str) -> int | None:
    try:
        with sqlite_timelimit(connection, COUNT_TIME):
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - a name of ours
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return None
