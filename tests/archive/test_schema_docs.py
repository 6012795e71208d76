"""Descriptions: every table and column that people can see is described, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.archive import Archive
from newsarchive.archive.schema_docs import descriptions

if TYPE_CHECKING:
    from pathlib import Path


def test_every_table_and_column_is_described_and_nothing_else(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        columns: dict[str, set[str]] = {}
        for table, column in archive.connection.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type IN ('table', 'view')"
            " AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_%' ESCAPE '\\'"
            # FTS5 keeps an index in shadow tables of its own.
            " AND m.name NOT GLOB 'search_index_[dci]*' AND m.name NOT GLOB 'search_characters_[dci]*'"
        ):
            columns.setdefault(table, set()).add(column)
    machinery = {name for name, one in descriptions().items() if one.hidden and not one.columns}
    described = {name: set(one.columns) for name, one in descriptions().items() if name not in machinery}
    assert {name: names for name, names in columns.items() if name not in machinery} == described
