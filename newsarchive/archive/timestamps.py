"""Crawl times as the archive writes them: UTC, ISO 8601 to the second, ending in Z."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(when: datetime) -> str:
    """Write an aware time in UTC (`2026-03-05T01:02:03Z`); such texts sort as the times do."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
