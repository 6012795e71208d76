"""Articles as reading gives them; what a test does not name is that of a whole article without a fault."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from support.pages import page

from newsarchive.models import Article, Paragraph

if TYPE_CHECKING:
    from newsarchive.models import Page

CHINA = timezone(timedelta(hours=8))
PUBLISHED = datetime(2026, 3, 5, 8, 30, 12, tzinfo=CHINA)
TITLE, TEXT = "港口今晨开放", "船只陆续离港。"


def article(where: Page | None = None, *texts: str, key: str = "news.example/1.html", **fields: Any) -> Article:
    """Return an article of a page with these paragraphs; `fields` are those of Article, over a title and a time."""
    ordinary: dict[str, Any] = {
        "title": TITLE,
        "published_at": PUBLISHED,
        "paragraphs": [Paragraph(text) for text in texts or (TEXT,)],
    }
    return Article(where or page(), key, **(ordinary | fields))
