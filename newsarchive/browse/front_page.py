"""What the front page tells: totals, the volume per day, the newest articles, shared stories, sources, securities.

Everything comes from indexes, never from a scan of the articles themselves, so the page is as fast for a hundred
thousand articles as for a hundred.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from newsarchive.archive.joins import ARTICLES_WITH_SOURCE
from newsarchive.archive.queries import one, rows, value
from newsarchive.browse.volume import volume
from newsarchive.search import EVERYTHING

if TYPE_CHECKING:
    import sqlite3

    from newsarchive.archive.queries import Row
    from newsarchive.browse.volume import Volume

#: Articles, stories, sources and securities in the lists.
LATEST, STORIES, SOURCES, SECURITIES = 12, 6, 12, 12
# Securities are counted in the newest articles only.
_RECENT = 1000

_LATEST = f"""
SELECT a.article_key, a.title, substr(a.body, 1, 120) AS beginning, a.published_at, a.published_precision,
       s.name AS source, a.story_id, t.source_count
{ARTICLES_WITH_SOURCE} LEFT JOIN stories t ON t.id = a.story_id
WHERE a.published_at IS NOT NULL ORDER BY a.published_at DESC, a.id DESC LIMIT ?
"""
_STORIES = """
SELECT t.id, t.article_count, t.source_count, t.first_published_at, t.last_published_at, a.title, s.name AS source
FROM (SELECT * FROM stories WHERE article_count > 1 ORDER BY last_published_at DESC LIMIT 200) t
JOIN articles a ON a.id = t.lead_article_id LEFT JOIN sources s ON s.id = t.lead_source_id
WHERE t.source_count > 1 AND t.last_published_at >= ?
ORDER BY t.source_count DESC, t.last_published_at DESC LIMIT ?
"""
# Articles are counted by source and day already, but for those without a day.
_SOURCES = """
SELECT s.name AS name, n.articles FROM (
  SELECT source_id, sum(articles) AS articles FROM (
    SELECT source_id, articles FROM source_days WHERE source_id > 0
    UNION ALL SELECT source_id, 1 FROM articles WHERE published_date IS NULL AND source_id IS NOT NULL)
  GROUP BY source_id ORDER BY articles DESC LIMIT ?) n JOIN sources s ON s.id = n.source_id
ORDER BY n.articles DESC, s.name
"""
# The newest articles first: SQLite would rather read all mentions.
_SECURITIES = """
SELECT m.market, m.code, max(m.name) AS name, count(*) AS articles
FROM (SELECT id FROM articles ORDER BY published_at DESC LIMIT ?) a CROSS JOIN mentions m ON m.article_id = a.id
GROUP BY m.market, m.code ORDER BY articles DESC, m.code LIMIT ?
"""
_LAST_RUN = "SELECT spider, site, outcome, started_at, finished_at FROM runs ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Front:
    """The content of the front page; days are local days of the sites."""

    articles: int
    sources: int
    copies: int
    first_day: str | None
    last_day: str | None
    volume: Volume | None
    latest: list[Row]
    stories: list[Row]
    top_sources: list[Row]
    securities: list[Row]
    last_run: Row | None


def front(connection: sqlite3.Connection) -> Front:
    """Read what the front page shows."""
    first_day, last_day = _span(connection)
    since = _days_before(last_day, 7) if last_day else "9999"
    return Front(
        articles=value(connection, "SELECT count(*) FROM articles"),
        sources=value(connection, "SELECT count(*) FROM sources"),
        copies=value(connection, "SELECT count(*) FROM copies"),
        first_day=first_day,
        last_day=last_day,
        volume=volume(connection, [EVERYTHING]),
        latest=rows(connection, _LATEST, (LATEST,)),
        stories=rows(connection, _STORIES, (since, STORIES)),
        top_sources=rows(connection, _SOURCES, (SOURCES,)),
        securities=rows(connection, _SECURITIES, (_RECENT, SECURITIES)),
        last_run=one(connection, _LAST_RUN),
    )


def _span(connection: sqlite3.Connection) -> tuple[str | None, str | None]:
    # Two statements: SQLite answers min and max from the index only when each stands alone.
    first = value(connection, "SELECT min(published_date) FROM articles")
    last = value(connection, "SELECT max(published_date) FROM articles")
    return _readable(first), _readable(last)


def _readable(day: str | None) -> str | None:
    try:
        return date.fromisoformat(day).isoformat() if day else None
    except ValueError:
        return None


def _days_before(day: str, count: int) -> str:
    try:
        return (date.fromisoformat(day) - timedelta(days=count)).isoformat()
    except OverflowError:
        return day
