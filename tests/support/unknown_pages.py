"""Pages of sites that nobody has described, read by the heuristics alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from support.pages import page

from newsarchive.extract.charset import decode
from newsarchive.extract.heuristics import read_by_heuristics

if TYPE_CHECKING:
    from newsarchive.models import Article, Hints

#: When these pages are fetched.
NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)


def read_unknown(
    html: str | bytes, url: str = "https://news.example/a/1.html", *, hints: Hints | None = None
) -> Article:
    """Read a page of a site without rules; `hints` are what the page said that linked to it."""
    this = page(url, html, role="original", site="", at=NOW)
    this.hints = hints or this.hints
    return read_by_heuristics(this, decode(this.body))
