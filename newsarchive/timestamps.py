"""Times as the archive writes and shows them."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(when: datetime) -> str:
    """Write a crawl time, aware, in UTC (`2026-03-05T01:02:03Z`); such texts sort as the times do."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_known(published_at: str, precision: str | None) -> str:
    """Return a time of publication as far as it is known: with the precision `day` that is the day alone."""
    return published_at[:10] if precision == "day" else published_at
