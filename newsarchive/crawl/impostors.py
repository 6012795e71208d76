"""Pages that look like an article and are none: one page at many addresses, a stored one that was cut down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.archive.copy_keys import agree
from newsarchive.archive.observations import observation_of
from newsarchive.crawl.outcomes import Outcome
from newsarchive.url_keys import url_key

if TYPE_CHECKING:
    from collections.abc import Collection

    from newsarchive.archive.observations import Observation
    from newsarchive.models import Article

#: Articles that may come with the same bytes: one article at two addresses is usual, at more it is another page.
MOST_ADDRESSES = 2
# The part of a stored text below which a new one is much shorter.
_MUCH_SHORTER = 0.5


def repeated(keys: Collection[str], article_key: str) -> Outcome | None:
    """Return the outcome of a page whose bytes are those of too many other articles, by their keys."""
    if article_key in keys or len(keys) < MOST_ADDRESSES:
        return None
    return Outcome("repeated-page", "rejected", f"the same bytes as {min(keys)[:300]}")


def another_article(before: Observation, article: Article) -> Outcome | None:
    """Return the outcome of a stored copy whose address was redirected to a page that tells another article."""
    landed = article.page.final_url
    if landed is None or url_key(landed) == url_key(article.page.url) or before.fields.get("final_url") == landed:
        return None
    if not before.body or agree(before, observation_of(article)):
        return None
    return Outcome("redirected-away", "rejected", f"another article: redirected to {landed[:300]}")


def cut_down(before: Observation, article: Article) -> Outcome | None:
    """Return the outcome of a page that is not the stored article any more.

    That is one that has lost both date and title, and most of the text or all of it. A correction keeps one of them.
    """
    has_date = article.published_at is not None and article.evidence.get("published_at") != "listing"
    has_title = (
        article.title is not None and article.evidence.get("title") != "listing" and article.title == before.title
    )
    if before.published is None or not before.title or has_date or has_title:
        return None
    texts = [paragraph.text for paragraph in article.paragraphs]
    is_shorter = sum(map(len, texts)) < len(before.body) * _MUCH_SHORTER
    if not is_shorter and not set(texts).isdisjoint(before.body.split("\n\n")):
        return None
    return Outcome("cut-down-page", "rejected", f"{sum(map(len, texts))} characters in place of {len(before.body)}")
