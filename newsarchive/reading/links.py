"""Lines of links at the end of a text: the share link, the original URL, the way back to the category."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from newsarchive.reading.blocks import full_url, line_of
from newsarchive.reading.fields import origin_of

if TYPE_CHECKING:
    import re

    from lxml.etree import _Element

    from newsarchive.items import Article
    from newsarchive.sites import Layout, Site

# What may stand between the links of such a line.
_SEPARATORS = " \t\r\n\xa0\u3000|｜丨·-"
# An address that is missing where it should be printed: `<>` in the post file.
_NO_ADDRESS = ("<>", "< >")
_PATH_SAFE = "/%:@!$&'()*+,;=-._~"


def read_link_lines(
    article: Article, body: _Element, site: Site, layout: Layout, skip: set[_Element]
) -> tuple[str, str] | None:
    """Read the link lines at the end of `body` into the article and add them to `skip`.

    A link line holds links and separators only: an address printed as its own link, or links into the site itself.
    The lines are looked at from the end; the first that is something else ends the search. Gives the slug and the URL
    of the category page that one of them leads to.
    """
    if layout.share_link is None and layout.original_link is None and layout.category_link is None:
        return None
    lines = _LinkLines(article, site, layout)
    for element in body.iterchildren(reversed=True):
        tail = (element.tail or "").strip(_SEPARATORS)
        if element in skip:
            if tail:
                break
        elif tail or not lines.take(element):
            break
        else:
            skip.add(element)
            element.tail = None
    return lines.category


class _LinkLines:
    """Sorts the links of link lines; `category` is the slug and URL of the category page, once one leads there."""

    def __init__(self, article: Article, site: Site, layout: Layout) -> None:
        self.article = article
        self.layout = layout
        self.base = origin_of(article.page.url) if article.page.url.startswith("http") else site.base_url
        self.hosts = site.hosts
        self.category: tuple[str, str] | None = None

    def take(self, element: _Element) -> bool:
        """Take over one line; False when it is no link line."""
        if not len(element):
            text = (element.text or "").strip(_SEPARATORS)
            return element.tag != "img" and (not text or text in _NO_ADDRESS)
        if not _only_links(element):
            return False
        return all(self._take_link(link) for link in element if link.tag == "a")

    def _take_link(self, link: _Element) -> bool:
        target = (link.get("href") or "").strip()
        if self.layout.share_link and self.layout.share_link.search(target):
            return self._take_share(target)
        text = line_of(link)
        if target and (target == text or ("%" in target and unquote(target) == unquote(text))):
            return self._take_original(target)
        return self._take_own(target)

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

    def _take_own(self, target: str) -> bool:
        own = _own_link(target, self.base, self.hosts, self.layout.category_link)
        if own is None:
            return False
        slug, url = own
        if slug and self.category is None:
            self.category = (slug, url)
        return True


@lru_cache(maxsize=8192)
def _own_link(
    target: str, base: str, hosts: tuple[str, ...], category: re.Pattern[str] | None
) -> tuple[str, str] | None:
    """Give slug ("" for other pages) and URL of a link into the site itself; None for any other link.

    Every article of a category ends with the same links, so that they are worth remembering.
    """
    url = full_url(target, base)
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.hostname not in hosts and origin_of(url) != base:
        return None
    match = category.search(unquote(parts.path)) if category else None
    return match["slug"] if match else "", parts._replace(path=quote(parts.path, safe=_PATH_SAFE)).geturl()


def _only_links(element: _Element) -> bool:
    """Tell whether an element holds at least one link and nothing else that is printed."""
    if (element.text or "").strip(_SEPARATORS) or element.find("a") is None:
        return False
    return all(child.tag in ("a", "br") and not (child.tail or "").strip(_SEPARATORS) for child in element)
