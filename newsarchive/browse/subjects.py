"""Pages of their own: for a source, a security, an author, a site and a day: numbers, volume, what else, the newest."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from datasette.utils import sqlite_timelimit

from newsarchive.archive.queries import rows, value
from newsarchive.browse.svg import Flow
from newsarchive.browse.volume import volume
from newsarchive.i18n import N_
from newsarchive.search import Filter, Search, all_of, write_term

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.archive.queries import Row
    from newsarchive.browse.volume import Volume
    from newsarchive.search import Facet, Facets, Hit, Query

#: Articles in the list, values of each facet, sources on each side of a network, stories of a day.
LATEST, LINES, FLOWS, STORIES = 10, 8, 9, 8
#: Facets and the network are counted among so many articles, the newest.
MOST_COUNTED = 4000
#: Milliseconds that a chart, and that the facets may take before the page does without.
CHART_TIME, COUNT_TIME = 800, 600

# What one name was printed as, and what belongs to the same outlet.
_SOURCE_FACTS = "SELECT id, name, medium FROM sources WHERE name = ?"
_ALIASES = "SELECT alias FROM source_aliases WHERE source_id = ? ORDER BY alias LIMIT 20"
_SAME_OUTLET = "SELECT name FROM sources WHERE medium = ? AND id <> ? ORDER BY name LIMIT 20"
# The newest articles of a source that are one of several of their story.
_SHARED = """WITH shared AS MATERIALIZED (
  SELECT a.id, a.story_id, t.lead_source_id, t.lead_article_id
  FROM (SELECT id, story_id FROM articles WHERE source_id = ?1 ORDER BY published_at DESC LIMIT ?2) a
  JOIN stories t ON t.id = a.story_id WHERE t.article_count > 1
)
"""
_TAKEN_FROM = """
SELECT s.name, count(*) AS articles FROM shared JOIN sources s ON s.id = lead_source_id
WHERE lead_source_id <> ?1 GROUP BY s.id ORDER BY articles DESC, s.name LIMIT ?3
"""
_TAKEN_BY = """
SELECT s.name, count(DISTINCT b.id) AS articles FROM (SELECT DISTINCT story_id FROM shared WHERE lead_source_id = ?1) t
CROSS JOIN articles b ON b.story_id = t.story_id JOIN sources s ON s.id = b.source_id
WHERE b.source_id <> ?1 GROUP BY s.id ORDER BY articles DESC, s.name LIMIT ?3
"""
_SECURITY_NAMES = """
SELECT name, count(*) AS articles FROM mentions WHERE code = ? AND name IS NOT NULL GROUP BY name
ORDER BY articles DESC, name LIMIT 5
"""
_DAY_STORIES = """
SELECT t.id, a.title, t.source_count, t.article_count, s.name AS source
FROM (SELECT DISTINCT story_id FROM articles WHERE published_date = ? AND story_id IS NOT NULL) d
JOIN stories t ON t.id = d.story_id JOIN articles a ON a.id = t.lead_article_id
LEFT JOIN sources s ON s.id = t.lead_source_id
WHERE t.source_count > 1 ORDER BY t.source_count DESC, t.id LIMIT ?
"""
_HOURS = """
SELECT CAST(substr(published_at, 12, 2) AS INTEGER) AS hour, count(*) AS articles FROM articles
WHERE published_date = ? AND published_precision <> 'day' GROUP BY 1
"""


@dataclass(slots=True)
class Subject:
    """What a page of its own shows. `text` is the query that asks for the same, "" where no query can."""

    kind: str
    name: str
    title: str
    text: str
    articles: int
    latest: list[Hit]
    volume: Volume | None = None
    facets: dict[str, list[Facet]] = field(default_factory=dict)
    counted: int = 0
    #: What else is known, by its name.
    facts: dict[str, list[str]] = field(default_factory=dict)
    before: list[Flow] = field(default_factory=list)
    after: list[Flow] = field(default_factory=list)
    #: Of a day: its hours, its stories, and the days with articles around it.
    hours: list[int] = field(default_factory=list)
    stories: list[Row] = field(default_factory=list)
    previous: str | None = None
    following: str | None = None


class Kind(NamedTuple):
    """A kind of subject: its field of the query language, what its page asks for besides, its facets."""

    field: str
    read: Callable[[sqlite3.Connection, Subject], None]
    facets: tuple[str, ...]


def subject(connection: sqlite3.Connection, kind: str, name: str) -> Subject | None:
    """Read the page of a subject; None where the archive has no article of it."""
    search, shown = Search(connection), KINDS[kind]
    query = _query(kind, name)
    articles = search.count(query) if query is not None else 0
    if query is None or not articles:
        return None
    hits = search.hits(query, limit=LATEST)
    text = _day_text(name) if kind == "day" else write_term(shown.field, name) or ""
    found = Subject(kind, name, name, text, articles, hits)
    try:
        with sqlite_timelimit(connection, CHART_TIME):
            if kind != "day":
                found.volume = volume(connection, [query])
            shown.read(connection, found)
        with sqlite_timelimit(connection, COUNT_TIME):
            facets = search.facets(query, most=MOST_COUNTED, lines=LINES)
            found.facets = {title: FACETS[title](facets) for title in shown.facets}
            found.counted = facets.counted
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
    return found


def _query(kind: str, name: str) -> Query | None:
    """Return what finds the articles of a subject, also where no text could be written for it."""
    if kind != "day":
        return Filter(KINDS[kind].field, name) if name.strip() else None
    try:
        day = date.fromisoformat(name)
        following = day + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return all_of(Filter("after", day.isoformat()), Filter("before", following.isoformat()))


def _day_text(name: str) -> str:
    day = date.fromisoformat(name)
    return f"after:{day.isoformat()} before:{(day + timedelta(days=1)).isoformat()}"


def _read_source(connection: sqlite3.Connection, found: Subject) -> None:
    row = next(iter(rows(connection, _SOURCE_FACTS, (found.name,))), None)
    if row is None:
        return
    found.facts[N_("Also printed as")] = [alias for (alias,) in connection.execute(_ALIASES, (row["id"],))]
    if row["medium"] and row["medium"] != found.name:
        found.facts[N_("Belongs to")] = [row["medium"]]
    same = connection.execute(_SAME_OUTLET, (row["medium"], row["id"])) if row["medium"] else ()
    found.facts[N_("Other names of the outlet")] = [name for (name,) in same]
    bounds = (row["id"], MOST_COUNTED, FLOWS)
    found.before = [Flow(*one) for one in connection.execute(_SHARED + _TAKEN_FROM, bounds)]
    found.after = [Flow(*one) for one in connection.execute(_SHARED + _TAKEN_BY, bounds)]


def _read_security(connection: sqlite3.Connection, found: Subject) -> None:
    code = found.name.rpartition(".")[2].upper()
    names = [name for name, _ in connection.execute(_SECURITY_NAMES, (code,))]
    found.title = f"{names[0]} {found.name}" if names else found.name
    found.facts[N_("Also printed as")] = names[1:]


def _read_day(connection: sqlite3.Connection, found: Subject) -> None:
    hours = dict(connection.execute(_HOURS, (found.name,)).fetchall())
    if hours:
        found.hours = [hours.get(hour, 0) for hour in range(24)]
    found.stories = rows(connection, _DAY_STORIES, (found.name, STORIES))
    found.previous = value(
        connection, "SELECT max(published_date) FROM articles WHERE published_date < ?", (found.name,)
    )
    found.following = value(
        connection, "SELECT min(published_date) FROM articles WHERE published_date > ?", (found.name,)
    )


def _read_nothing_more(_: sqlite3.Connection, __: Subject) -> None:
    """Do without more: the numbers say it all."""


KINDS = {
    "source": Kind("source", _read_source, ("Categories", "Securities", "Authors")),
    "security": Kind("code", _read_security, ("Sources", "Categories")),
    "author": Kind("author", _read_nothing_more, ("Sources", "Securities")),
    "site": Kind("site", _read_nothing_more, ("Sources", "Categories", "Languages")),
    "day": Kind("", _read_day, ("Sources", "Securities", "Categories")),
}
#: What a page lists beside its articles: its heading -> the values.
FACETS: dict[str, Callable[[Facets], list[Facet]]] = {
    N_("Sources"): lambda facets: facets.sources,
    N_("Categories"): lambda facets: facets.categories,
    N_("Securities"): lambda facets: facets.codes,
    N_("Authors"): lambda facets: facets.authors,
    N_("Languages"): lambda facets: facets.languages,
}
