"""Lines of links at the end of a text: the share link, the original URL, the way back to the category."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from newsarchive.extract.paragraphs import SEPARATORS
from newsarchive.urls import absolute_url, origin_of

if TYPE_CHECKING:
    from newsarchive.models import Article
    from newsarchive.sites import Layout, Site

# What a link says that leads back from an article; and the path of a home page, or of a folder of it.
_WAY_BACK = ("返回", "首页", "首頁")
_FOLDER = re.compile(r"/?(?:[^/]+/)?")
# An address that is missing where it should be printed: `<>` in the post file.
_NO_ADDRESS = ("", "<>", "< >")


def read_link_lines(
    article: Article, lines: dict[int, list[tuple[str, str]]], site: Site, layout: Layout
) -> tuple[str, str] | None:
    """Remove the lines of links from the end of the article's paragraphs, and what they say into the article.

    `lines` are the paragraphs that hold links and separators only: their number -> address and text of each link. The
    search goes from the end and stops at the first paragraph that is something else. Returns the slug and the URL of
    the category page that one of the links leads to.
    """
    if layout.share_link is None and layout.original_link is None and layout.category_link is None:
        return None
    taker = _LinkLines(article, site, layout)
    paragraphs = article.paragraphs
    while paragraphs:
        links = lines.get(len(paragraphs) - 1)
        if not (taker.take(links) if links else paragraphs[-1].text.strip(SEPARATORS) in _NO_ADDRESS):
            break
        paragraphs.pop()
    return taker.category


class _LinkLines:
    """Sorts the links of link lines; `category` is the slug and URL of the category page, once one leads there."""

    def __init__(self, article: Article, site: Site, layout: Layout) -> None:
        self.article = article
        self.layout = layout
        self.base = origin_of(article.page.url) if article.page.url.startswith("http") else site.base_url
        self.hosts = site.hosts
        self.category_link = layout.category_link.pattern if layout.category_link else None
        self.category: tuple[str, str] | None = None

    def take(self, links: list[tuple[str, str]]) -> bool:
        """Consume one line; False when it is not one of the site's link lines."""
        return all(self._take_link(target, text) for target, text in links)

    def _take_link(self, target: str, text: str) -> bool:
        if target.startswith("//"):
            return self._take_own(target, text)
        if self.layout.share_link and self.layout.share_link.search(target):
            return self._take_share(target)
        if target and (target == text or ("%" in target and unquote(target) == unquote(text))):
            return self._take_original(target)
        return self._take_own(target, text)

    def _take_share(self, target: str) -> bool:
        if self.article.share_url is not None:
            return False
        self.article.share_url = target
        return True

    def _take_original(self, target: str) -> bool:
        # Only an article with a number has an original; the site's own notes may end with any address.
        article, pattern = self.article, self.layout.original_link
        if not article.article_key.isdigit() or article.original_url is not None:
            return False
        if pattern is None or not pattern.search(target):
            return False
        article.original_url = target
        return True

    def _take_own(self, target: str, text: str) -> bool:
        if any(word in text for word in _WAY_BACK):
            target = _list_here(target, self.base, self.category_link) or target
        own = _own_link(target, self.base, self.hosts, self.category_link)
        if own is None:
            return False
        slug, url = own
        if slug and self.category is None:
            self.category = (slug, url)
        return True


# Every article of a category ends with the same links, so that what they are is worth remembering.
@lru_cache(maxsize=8192)
def _list_here(target: str, base: str, category: str | None) -> str | None:
    """Return the address that a home page, a folder of it or a category page has here: the site may have moved."""
    url = absolute_url(target, base)
    if url is None:
        return None
    path = urlsplit(url).path
    is_category = category is not None and re.search(category, unquote(path))
    return f"{base}{path or '/'}" if is_category or _FOLDER.fullmatch(unquote(path)) else None


@lru_cache(maxsize=8192)
def _own_link(target: str, base: str, hosts: tuple[str, ...], category: str | None) -> tuple[str, str] | None:
    """Return slug ("" for other pages) and URL of a link into the site itself; None for any other link."""
    url = absolute_url(target, base, keep_fragment=True)
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.hostname not in hosts and origin_of(url) != base:
        return None
    match = re.search(category, unquote(parts.path)) if category else None
    return match["slug"] if match else "", url
