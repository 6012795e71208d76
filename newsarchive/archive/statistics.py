"""What is in an archive, in the numbers that a person asks for first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsarchive.archive.joins import ARTICLES_WITH_SOURCE
from newsarchive.archive.queries import value

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Overview:
    """Totals of an archive; days are local days of the sites, texts and counts as SQL gives them."""

    articles: int
    copies: int
    sources: int
    mentions: int
    revised: int
    characters: int
    first_day: str | None
    last_day: str | None
    without_date: int
    #: (day, articles), oldest first
    days: list[tuple[str, int]]
    #: (source, articles), most first
    top_sources: list[tuple[str, int]]
    #: (day, title, source or None), newest first
    latest: list[tuple[str | None, str | None, str | None]]
    #: (reason, URLs), most first
    problems: list[tuple[str, int]]
    #: state -> URLs
    frontier: dict[str, int]


def overview(connection: sqlite3.Connection, *, days: int = 14, sources: int = 12, latest: int = 5) -> Overview:
    """Count what is in the archive; `days`, `sources` and `latest` bound the lists."""
    totals = connection.execute(
        "SELECT count(*), sum(revision > 1), sum(char_count), min(published_date), max(published_date),"
        " sum(published_date IS NULL) FROM articles"
    ).fetchone()
    articles, revised, characters, first_day, last_day, without_date = totals
    return Overview(
        articles=articles,
        copies=value(connection, "SELECT count(*) FROM copies"),
        sources=value(connection, "SELECT count(DISTINCT source_id) FROM articles"),
        mentions=value(connection, "SELECT count(DISTINCT market || '.' || code) FROM mentions"),
        revised=revised or 0,
        characters=characters or 0,
        first_day=first_day,
        last_day=last_day,
        without_date=without_date or 0,
        days=connection.execute(
            "SELECT published_date, count(*) FROM articles WHERE published_date IS NOT NULL"
            " GROUP BY 1 ORDER BY 1 DESC LIMIT ?",
            (days,),
        ).fetchall()[::-1],
        top_sources=connection.execute(
            f"SELECT s.name, count(*) {ARTICLES_WITH_SOURCE} WHERE s.id IS NOT NULL"
            " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
            (sources,),
        ).fetchall(),
        latest=connection.execute(
            f"SELECT a.published_date, a.title, s.name {ARTICLES_WITH_SOURCE}"
            " ORDER BY a.published_at DESC, a.article_key LIMIT ?",
            (latest,),
        ).fetchall(),
        problems=connection.execute(
            "SELECT reason, count(DISTINCT url) FROM problems GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall(),
        frontier=dict(connection.execute("SELECT state, count(*) FROM frontier GROUP BY 1").fetchall()),
    )


def last_runs(connection: sqlite3.Connection, after: int) -> list[dict[str, Any]]:
    """Return the runs whose id is greater than `after`, oldest first, with their counts as a dict."""
    return [
        {"spider": spider, "site": site, "outcome": outcome, "reason": reason, "counts": json.loads(counts or "{}")}
        for spider, site, outcome, reason, counts in connection.execute(
            "SELECT spider, site, outcome, reason, counts FROM runs WHERE id > ? ORDER BY id", (after,)
        )
    ]
