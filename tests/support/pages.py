"""Fetched pages; what a test does not name is that of an ordinary post of the sample site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newsarchive.models import Page

if TYPE_CHECKING:
    from newsarchive.models import Role

#: When pages are fetched, unless a test says otherwise.
AT = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


def page(
    url: str = "https://news.example/1.html",
    body: str | bytes = b"",
    *,
    role: Role = "post",
    site: str = "demo",
    at: datetime = AT,
    content_type: str | None = None,
    **more: Any,
) -> Page:
    """Return a page; text is encoded as UTF-8, `content_type` becomes its only header, `more` are fields of Page."""
    if content_type is not None:
        more["headers"] = {"content-type": content_type}
    return Page(url, role, site, body.encode() if isinstance(body, str) else body, at, **more)


def numbered_page(number: int = 1, **more: Any) -> Page:
    """Return one of a series of posts that differ in address, text, second and ETag."""
    ordinary: dict[str, Any] = {
        "url": f"http://demo/x/{number}.html",
        "body": f"<p>第{number}篇</p>",
        "at": AT + timedelta(seconds=number),
        "headers": {"content-type": "text/html", "etag": f'"{number}"'},
    }
    return page(**(ordinary | more))
