"""`docs/schema.md`: every table with its columns, what they mean, and one row of the sample archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newsarchive.archive.schema_docs import descriptions
from newsarchive.text import plain, shorten

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from newsarchive.archive.schema_docs import Described

_HEAD = """# The archive's tables

The archive is one SQLite file. Crawl times are UTC (`2026-03-05T01:02:03Z`); a printed time keeps the offset of its
site (`2026-03-05T09:02:03+08:00`), and `published_date` is the local day. Names of people, media and companies in the
examples are invented: they are one row each of the sample archive, which anybody can make:

    python -m tools.docs sample sample.db

Questions with their SQL stand in [questions.md](questions.md), the commands in [commands.md](commands.md).
This page is written by `python -m tools.docs write`; a test compares it with the schema.
"""
_MACHINERY = """## Machinery

What the program keeps for itself; it may change with any version.
"""
_LONGEST = 70  # characters of an example
_LOOKED_AT = 400  # rows among which the fullest is the example
# What differs between two archives of the same articles: table -> columns shown without an example.
_VOLATILE = {"snapshots": {"warc_offset", "warc_length", "warc_file"}}


def schema_page(connection: sqlite3.Connection) -> str:
    """Write the page from an archive's schema, the descriptions and the archive's rows."""
    tables = descriptions()
    parts = [_HEAD, "| table | one row is |\n|---|---|"]
    shown = [table for table in tables.values() if not table.hidden]
    hidden = [table for table in tables.values() if table.hidden]
    parts[-1] += "".join(f"\n| [{table.name}](#{table.name}) | {_about(table)} |" for table in shown)
    parts += ["\n".join(_section(connection, table)) for table in shown]
    if hidden:
        lines = [f"| {table.name} | {_cell(table.about)} |" for table in hidden]
        parts.append("\n".join([_MACHINERY, "| table | what it is |\n|---|---|", *lines]))
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _about(table: Described) -> str:
    return _cell(table.about.removeprefix("One row is ").rstrip("."))


def _section(connection: sqlite3.Connection, table: Described) -> Iterator[str]:
    (kind,) = connection.execute("SELECT type FROM sqlite_master WHERE name = ?", (table.name,)).fetchone()
    columns = connection.execute("SELECT name, type, pk FROM pragma_table_xinfo(?)", (table.name,)).fetchall()
    example = _example(connection, table.name)
    links = _links(connection, table.name)
    yield f"## {table.name}\n"
    yield table.about + (" A view." if kind == "view" else "") + "\n"
    yield "| column | type | meaning | example |\n|---|---|---|---|"
    for name, declared, key in columns:
        meaning = table.columns.get(name, "") + (f" → {links[name]}" if name in links else "")
        value = "" if name in _VOLATILE.get(table.name, ()) else _value(example.get(name))
        yield f"| {'**' if key else ''}{name}{'**' if key else ''} | {declared.lower()} | {_cell(meaning)} | {value} |"


def _links(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    rows = connection.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (table,))
    return {column: f"`{other}.{to}`" for column, other, to in rows}


def _example(connection: sqlite3.Connection, table: str) -> dict[str, Any]:
    """Return the first of the rows that have most columns filled."""
    cursor = connection.execute(f'SELECT * FROM "{table}" LIMIT {_LOOKED_AT}')
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return max(rows, key=lambda row: sum(value not in (None, "") for value in row.values()), default={})


def _value(value: Any) -> str:
    if value is None:
        return ""
    text = shorten(plain(str(value)), _LONGEST)
    return f"`{text.replace('|', '¦').replace('`', 'ʼ')}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
