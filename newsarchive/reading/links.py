"""Lines of links at the end of a text: the share link, the original URL, the way back to the category."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from newsarchive.reading.blocks import full_url, line_of

if TYPE_CHECKING:
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
        self.base = article.page.url if article.page.url.startswith("http") else site.base_url
        self.own_hosts = (*site.hosts, urlsplit(self.base).hostname)
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
        if target and unquote(target) == unquote(line_of(link)):
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
        """Take a link into the site itself; raw blanks in it are escaped."""
        url = full_url(target, self.base)
        if url is None:
            return False
        parts = urlsplit(url)
        if parts.hostname not in self.own_hosts:
            return False
        match = self.layout.category_link.search(unquote(parts.path)) if self.layout.category_link else None
        if match and self.category is None:
            self.category = (match["slug"], parts._replace(path=quote(parts.path, safe=_PATH_SAFE)).geturl())
        return True


def _only_links(element: _Element) -> bool:
    """Tell whether an element holds at least one link and nothing else that is printed."""
    if (element.text or "").strip(_SEPARATORS) or element.find("a") is None:
        return False
    return all(child.tag in ("a", "br") and not (child.tail or "").strip(_SEPARATORS) for child in element)
