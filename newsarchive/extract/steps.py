"""The way of a page to an article, in one place: read, normalize, validate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.extract.normalize import normalize
from newsarchive.extract.reader import read
from newsarchive.extract.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.models import Article, Page
    from newsarchive.sites import Site

#: What happens to an article once it is read, in this order. Each step changes it in place and returns it.
AFTER_READING: tuple[Callable[[Article], Article], ...] = (normalize, validate)


def process(page: Page, site: Site | None = None) -> Article:
    """Read a page into an article, give its values their one spelling, and judge what was read.

    This is what the pipelines of a crawl do one by one. Nothing is raised, whatever the bytes are; `problems` lists
    what is missing or cannot be true, and `rejection` tells whether the page holds an article at all.
    """
    article = read(page, site)
    for step in AFTER_READING:
        article = step(article)
    return article
