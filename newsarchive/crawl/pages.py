"""What a server answered, as the page that is read and kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive.models import Page
from newsarchive.text import valid

if TYPE_CHECKING:
    from scrapy.http import Response

    from newsarchive.archive import FrontierEntry
    from newsarchive.models import Role

# Headers that say nothing of the page, and name us as one visitor.
_NOT_KEPT = (b"set-cookie", b"set-cookie2")
#: In a request's `meta`: when (UTC) its answer came, where that was before this crawl.
FETCHED_AT = "newsarchive_fetched_at"


def make_page(response: Response, url: str, role: Role, site: str, row: FrontierEntry | None = None) -> Page:
    """Make a page of a response; `url` is what was asked for, before any redirect."""
    headers = {
        valid(name.decode("latin-1").lower()): valid(b", ".join(values).decode("latin-1"))
        for name, values in response.headers.items()
        if name.lower() not in _NOT_KEPT
    }
    page = Page(
        url=url,
        role=role,
        site=site,
        body=response.body,
        fetched_at=(response.request.meta if response.request else {}).get(FETCHED_AT) or datetime.now(UTC),
        status=response.status,
        headers=headers,
        final_url=response.url if response.url != url else None,
    )
    if row is not None:
        page.hints = row.hints
        page.found_on = row.found_on
    return page
