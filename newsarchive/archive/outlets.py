"""Sources: the names that articles are credited to, and which names belong to one outlet.

A source is a name as it was printed; an article's source depends on that name and on the aliases alone, never on what
was stored before. Names of one outlet (its paper, site, application, account) share a `medium`, given by the rules in
`outlets.toml`; grouping by it is the analyst's choice. What a person decides on top (`merge`, `split`) is an
alias in the archive, and every article follows, those to come too.

All functions work inside the transaction that the caller holds.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.text import clean, fold

if TYPE_CHECKING:
    import sqlite3

_BY_HAND = "merged by hand"
# One outlet separates the halves of its name by any of these.
_DOTS = str.maketrans(dict.fromkeys("•・‧∙.", "·"))


@dataclass(frozen=True, slots=True)
class Rules:
    """The curated rules. Keys of `media` are folded names; values are (outlet, reason)."""

    media: dict[str, tuple[str, str]]
    suffixes: tuple[tuple[str, str], ...]
    generic: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """A source with its outlet (`medium`), its other spellings, and how many articles name it."""

    id: int
    name: str
    medium: str
    aliases: tuple[str, ...]
    articles: int


@cache
def rules() -> Rules:
    """Read the curated rules. Raises UserError when two of them claim one name."""
    text = resources.files("newsarchive.archive").joinpath("outlets.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    media: dict[str, tuple[str, str]] = {}
    for entry in data["media"]:
        for name in (entry["medium"], *entry["names"]):
            if media.setdefault(_key(name), (entry["medium"], entry["reason"]))[0] != entry["medium"]:
                raise UserError(
                    _(
                        "outlets.toml: {name} is claimed by {entry} and by another outlet",
                        name=name,
                        entry=entry["medium"],
                    )
                )
    suffixes = [(ending, entry["reason"]) for entry in data["suffixes"] for ending in entry["endings"]]
    return Rules(
        media=media,
        suffixes=tuple(sorted(suffixes, key=lambda suffix: -len(suffix[0]))),
        generic=frozenset(data["generic"]["names"]),
    )


def outlet_of(name: str) -> tuple[str, str | None]:
    """Return the outlet of a printed name and the reason of the rule that says so; the name itself where none does."""
    known = rules()
    if found := known.media.get(_key(name)):
        return found[0], (found[1] if found[0] != name else None)
    for ending, reason in known.suffixes:
        rest = name.removesuffix(ending).strip(" ·-—|丨")
        if rest != name and len(rest) > 1 and rest not in known.generic:
            return outlet_of(rest)[0], reason
    return name, None


def fill(connection: sqlite3.Connection) -> None:
    """Assign an outlet by the rules to every source without one; the caller holds the transaction."""
    for source_id, name in _rows(connection, "SELECT id, name FROM sources WHERE medium IS NULL"):
        connection.execute("UPDATE sources SET medium = ? WHERE id = ?", (outlet_of(name)[0], source_id))


def resolve(connection: sqlite3.Connection, printed: str) -> int:
    """Find the source of a printed name, or know it from now on; return its id.

    Raises ValueError for a name without a visible character.
    """
    name = clean(printed)
    if not name:
        raise ValueError("a source without a name")
    found = find(connection, name)
    return _add(connection, name) if found is None else found


def find(connection: sqlite3.Connection, printed: str) -> int | None:
    """Find the source of a printed name: the one it is an alias of, else the one of that name; None where it is new."""
    found = _rows(
        connection,
        "SELECT source_id FROM source_aliases WHERE alias = ?1"
        " UNION ALL SELECT id FROM sources WHERE name = ?1 LIMIT 1",
        clean(printed),
    )
    return int(found[0][0]) if found else None


def merge(connection: sqlite3.Connection, name: str, into: str) -> int:
    """Make one source an alias of another; its articles follow, now and later. Returns how many articles moved.

    Raises UserError when a name is unknown or both are one already.
    """
    leaving, staying = _id(connection, name), _id(connection, into)
    if leaving == staying:
        raise UserError(_("{name} and {into} are one source already", name=name, into=into))
    own_name = _rows(connection, "SELECT name FROM sources WHERE id = ?", leaving)[0][0]
    connection.execute("UPDATE source_aliases SET source_id = ? WHERE source_id = ?", (staying, leaving))
    connection.execute("INSERT OR REPLACE INTO source_aliases VALUES (?, ?, ?)", (own_name, staying, _BY_HAND))
    moved = _move(connection, leaving, staying, None)
    connection.execute("DELETE FROM sources WHERE id = ?", (leaving,))
    return moved


def split(connection: sqlite3.Connection, alias: str) -> int:
    """Make an alias a source of its own again; the articles that print it follow. Returns how many articles moved.

    Raises UserError when the name is no alias.
    """
    name = clean(alias)
    found = _rows(connection, "SELECT source_id FROM source_aliases WHERE alias = ?", name)
    if not found:
        raise UserError(_("{alias} is no alias of another source: there is nothing to split", alias=alias))
    connection.execute("DELETE FROM source_aliases WHERE alias = ?", (name,))
    return _move(connection, int(found[0][0]), _add(connection, name), name)


def set_medium(connection: sqlite3.Connection, name: str, medium: str) -> None:
    """Assign a source to another outlet than the rules say. Raises UserError when the name is unknown."""
    connection.execute("UPDATE sources SET medium = ? WHERE id = ?", (clean(medium), _id(connection, name)))


def list_sources(connection: sqlite3.Connection) -> list[Source]:
    """List all sources by outlet and name."""
    aliases: dict[int, list[str]] = {}
    for alias, source_id in _rows(connection, "SELECT alias, source_id FROM source_aliases ORDER BY alias"):
        aliases.setdefault(source_id, []).append(alias)
    rows = _rows(
        connection,
        "SELECT s.id, s.name, s.medium, (SELECT count(*) FROM articles a WHERE a.source_id = s.id)"
        " FROM sources s ORDER BY s.medium, s.name",
    )
    return [
        Source(source_id, name, medium, tuple(aliases.get(source_id, ())), articles)
        for source_id, name, medium, articles in rows
    ]


def _key(name: str) -> str:
    """Fold what makes no difference between two spellings of one name: width, case, blanks, quotes, kinds of dots."""
    return "".join(fold(name).casefold().translate(_DOTS).split()).strip("《》“”\"'")


def _add(connection: sqlite3.Connection, name: str) -> int:
    source_id = connection.execute(
        "INSERT INTO sources (name, slug, medium) VALUES (?1, ?1, ?2)", (name, outlet_of(name)[0])
    ).lastrowid
    assert source_id is not None
    return source_id


def _id(connection: sqlite3.Connection, name: str) -> int:
    found = _rows(
        connection,
        "SELECT id FROM sources WHERE name = ?1 UNION ALL SELECT source_id FROM source_aliases WHERE alias = ?1",
        clean(name),
    )
    if not found:
        raise UserError(
            _("{name} is no source of this archive: see `newsarchive sources` for those that are", name=name)
        )
    return int(found[0][0])


def _move(connection: sqlite3.Connection, source_id: int, to: int, printed: str | None) -> int:
    """Move a source's articles (those that print a name, or all) to another source, and refresh their stories."""
    from newsarchive.stories import Stories  # noqa: PLC0415 - whoever lists the sources needs none of it

    articles = _rows(
        connection,
        "SELECT id, story_id FROM articles WHERE source_id = ?1 AND (?2 IS NULL OR source_printed = ?2)",
        source_id,
        printed,
    )
    connection.executemany("UPDATE articles SET source_id = ? WHERE id = ?", [(to, article) for article, _ in articles])
    Stories(connection).refresh({story for _, story in articles if story is not None})
    return len(articles)


def _rows(connection: sqlite3.Connection, sql: str, *values: object) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(sql, values).fetchall()
