"""Sources: the names that articles are credited to, and which names belong to one outlet.

A source is a name as it was printed; an article's source depends on that name and on the aliases alone, never on what
was stored before. Names of one outlet (its paper, site, application, account) share a `medium`, given by the rules in
`outlets.toml`; grouping by it is the analyst's choice. What a person decides on top (`merge`, `split`) is an
alias in the archive, and every article follows, those to come too.
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


class Outlets:
    """The sources of an archive with their outlets. Every method works inside the transaction that the caller holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fill(self) -> None:
        """Assign an outlet by the rules to every source without one."""
        for source_id, name in self._rows("SELECT id, name FROM sources WHERE medium IS NULL"):
            self._connection.execute("UPDATE sources SET medium = ? WHERE id = ?", (outlet_of(name)[0], source_id))

    def resolve(self, printed: str) -> int:
        """Find the source of a printed name, or know it from now on; return its id.

        Raises ValueError for a name without a visible character.
        """
        name = clean(printed)
        if not name:
            raise ValueError("a source without a name")
        found = self.find(name)
        return self._add(name) if found is None else found

    def find(self, printed: str) -> int | None:
        """Find the source that a printed name is an alias of, else the one of that name; None where it is new."""
        found = self._rows(
            "SELECT source_id FROM source_aliases WHERE alias = ?1"
            " UNION ALL SELECT id FROM sources WHERE name = ?1 LIMIT 1",
            clean(printed),
        )
        return int(found[0][0]) if found else None

    def merge(self, name: str, into: str) -> int:
        """Make one source an alias of another; its articles follow, now and later. Returns how many articles moved.

        Raises UserError when a name is unknown or both are one already.
        """
        leaving, staying = self._id(name), self._id(into)
        if leaving == staying:
            raise UserError(_("{name} and {into} are one source already", name=name, into=into))
        own_name = self._rows("SELECT name FROM sources WHERE id = ?", leaving)[0][0]
        self._connection.execute("UPDATE source_aliases SET source_id = ? WHERE source_id = ?", (staying, leaving))
        self._connection.execute(
            "INSERT OR REPLACE INTO source_aliases VALUES (?, ?, 'merged by hand')", (own_name, staying)
        )
        moved = self._move(leaving, staying, None)
        self._connection.execute("DELETE FROM sources WHERE id = ?", (leaving,))
        return moved

    def split(self, alias: str) -> int:
        """Make an alias a source of its own again; the articles that print it follow. Returns how many articles moved.

        Raises UserError when the name is no alias.
        """
        name = clean(alias)
        found = self._rows("SELECT source_id FROM source_aliases WHERE alias = ?", name)
        if not found:
            raise UserError(_("{alias} is no alias of another source: there is nothing to split", alias=alias))
        self._connection.execute("DELETE FROM source_aliases WHERE alias = ?", (name,))
        return self._move(int(found[0][0]), self._add(name), name)

    def set_medium(self, name: str, medium: str) -> None:
        """Assign a source to another outlet than the rules say. Raises UserError when the name is unknown."""
        self._connection.execute("UPDATE sources SET medium = ? WHERE id = ?", (clean(medium), self._id(name)))

    def sources(self) -> list[Source]:
        """List all sources by outlet and name."""
        aliases: dict[int, list[str]] = {}
        for alias, source_id in self._rows("SELECT alias, source_id FROM source_aliases ORDER BY alias"):
            aliases.setdefault(source_id, []).append(alias)
        rows = self._rows(
            "SELECT s.id, s.name, s.medium, (SELECT count(*) FROM articles a WHERE a.source_id = s.id)"
            " FROM sources s ORDER BY s.medium, s.name",
        )
        return [
            Source(source_id, name, medium, tuple(aliases.get(source_id, ())), articles)
            for source_id, name, medium, articles in rows
        ]

    def _add(self, name: str) -> int:
        source_id = self._connection.execute(
            "INSERT INTO sources (name, slug, medium) VALUES (?1, ?1, ?2)", (name, outlet_of(name)[0])
        ).lastrowid
        assert source_id is not None
        return source_id

    def _id(self, name: str) -> int:
        found = self._rows(
            "SELECT id FROM sources WHERE name = ?1 UNION ALL SELECT source_id FROM source_aliases WHERE alias = ?1",
            clean(name),
        )
        if not found:
            raise UserError(
                _("{name} is no source of this archive: see `newsarchive sources` for those that are", name=name)
            )
        return int(found[0][0])

    def _move(self, source_id: int, to: int, printed: str | None) -> int:
        """Move a source's articles (those that print a name, or all) to another source, and refresh their stories."""
        from newsarchive.stories import Stories  # noqa: PLC0415 - whoever lists the sources needs none of it

        articles = self._rows(
            "SELECT id, story_id FROM articles WHERE source_id = ?1 AND (?2 IS NULL OR source_printed = ?2)",
            source_id,
            printed,
        )
        self._connection.executemany(
            "UPDATE articles SET source_id = ? WHERE id = ?", [(to, article) for article, _ in articles]
        )
        Stories(self._connection).refresh({story for _, story in articles if story is not None})
        return len(articles)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.row_factory = None
        return cursor.execute(sql, values).fetchall()


def _key(name: str) -> str:
    """Fold what makes no difference between two spellings of one name: width, case, blanks, quotes, kinds of dots."""
    return "".join(fold(name).casefold().translate(_DOTS).split()).strip("《》“”\"'")
