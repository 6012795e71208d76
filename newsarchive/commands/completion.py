"""Values that a shell proposes on TAB: names out of the archive, and fields of the query language."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import click
    from click.shell_completion import CompletionItem

#: Values that are proposed at most.
_MOST = 200
_SOURCES = "SELECT name FROM sources WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name LIMIT ?2"
_ALIASES = "SELECT alias FROM source_aliases WHERE substr(alias, 1, length(?1)) = ?1 ORDER BY alias LIMIT ?2"
_CATEGORIES = "SELECT DISTINCT slug FROM categories WHERE substr(slug, 1, length(?1)) = ?1 ORDER BY slug LIMIT ?2"
_SITES = "SELECT DISTINCT site FROM articles WHERE substr(site, 1, length(?1)) = ?1 ORDER BY site LIMIT ?2"
_LANGUAGES = "SELECT DISTINCT lang FROM articles WHERE substr(lang, 1, length(?1)) = ?1 ORDER BY lang LIMIT ?2"
_REASONS = "SELECT DISTINCT reason FROM problems WHERE substr(reason, 1, length(?1)) = ?1 ORDER BY reason LIMIT ?2"
_SEARCHES = "SELECT name FROM saved_searches WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name LIMIT ?2"
# Field of a query -> its values. Those of other fields are too many, or dates.
_VALUES = {"source": _SOURCES, "category": _CATEGORIES, "site": _SITES, "lang": _LANGUAGES}


def complete_sources(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Propose sources."""
    return _names(context, _SOURCES, incomplete)


def complete_aliases(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Propose names that were merged into a source."""
    return _names(context, _ALIASES, incomplete)


def complete_reasons(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Propose the reasons of the problems that there are."""
    return _names(context, _REASONS, incomplete)


def complete_searches(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Propose saved searches."""
    return _names(context, _SEARCHES, incomplete)


def complete_query(context: click.Context, _: click.Parameter, incomplete: str) -> list[str] | list[CompletionItem]:
    """Propose the fields of a query, and the values of those that have few."""
    field, colon, value = incomplete.partition(":")
    if colon:
        found = _names(context, _VALUES[field], value.removeprefix('"')) if field in _VALUES else []
        return [f"{field}:{_quoted(name)}" for name in found]
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only when a shell asks

    from newsarchive.search import FIELDS  # noqa: PLC0415

    return [CompletionItem(f"{name}:", help=known.meaning) for name, known in FIELDS.items() if name.startswith(field)]


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def _names(context: click.Context, sql: str, start: str) -> list[str]:
    from newsarchive.archive.connection import open_readonly  # noqa: PLC0415 - only when a shell asks

    path: Path = context.find_root().params["db"]
    try:
        with closing(open_readonly(path)) as connection:
            return [str(name) for (name,) in connection.execute(sql, (start, _MOST)) if str(name).isprintable()]
    except sqlite3.Error:
        return []  # no archive, or none that can be read: there is nothing to propose, and no place to say so
