"""Pages of a site whose file does not tell lists from articles: what they are, they say themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.discovery.html_listing import ListedArticle, is_article, read_listing
from newsarchive.discovery.judge import judge, links_of, refusal
from newsarchive.discovery.page_links import is_headline
from newsarchive.discovery.shapes import is_variable, plain_shape
from newsarchive.extract import process
from newsarchive.extract.html import take_source
from newsarchive.models import Hints
from newsarchive.tree import parse
from newsarchive.url_keys import url_key

if TYPE_CHECKING:
    from newsarchive.discovery.html_listing import ListingPage
    from newsarchive.discovery.page_links import Links
    from newsarchive.models import Article, Page
    from newsarchive.sites import Site

#: A page of an article that lies below its first page: `/a/2/`, `/a/chapter/2/`.
_BELOW = re.compile(r"(?P<first>https?://[^/?#]+/[^?#]+?/)(?P<word>(?:[a-z]+/)?)(?P<number>[1-9]\d?)/", re.IGNORECASE)


def read_explored(page: Page, site: Site, linked_as: str = "") -> ListingPage:
    """Read a page to which a link led that says `linked_as`; one that is an article is given as such, to be stored.

    Nothing is raised, whatever the bytes are.
    """
    listed = read_listing(page, site)
    if page.final_url and is_article(page.final_url, site):
        listed.articles.insert(0, ListedArticle(page.final_url, Hints(linked_as or None)))
        return listed
    if is_article(page.url, site) or not (is_headline(linked_as) or is_variable(plain_shape(page.url))):
        return listed
    root = parse(take_source(page, None).data)
    article = process(page, site)
    if root is None or article.title == site.title or judge(article, root, links_of(root, article)) != "article":
        return listed
    page.hints = Hints(linked_as or None)
    listed.articles.insert(0, ListedArticle(page.url, page.hints))
    listed.pages.append(page)
    return listed


def examine(article: Article, site: Site) -> str | None:
    """Return why a page of an explored site is no article, although its address has the form of one; None for one.

    A page that is a later one of its article learns so: its text joins that of the first.
    """
    root = parse(take_source(article.page, None).data)
    if root is None:
        return None
    links = links_of(root, article)
    if article.part is None and article.next_page is None:
        _take_place(article, links, site)
    return refusal(article, root, links, lambda url: is_article(url, site))


def _take_place(article: Article, links: Links, site: Site) -> None:
    """Set which page of its article a page is, where the others lie below the address of the first, with a number."""
    own = article.page.base_url
    by_number: dict[tuple[str, str], dict[int, str]] = {}
    for url in (own, *links.found):
        match = _BELOW.fullmatch(url)
        if match:
            by_number.setdefault((match["first"], match["word"]), {})[int(match["number"])] = url
    match = _BELOW.fullmatch(own)
    if match and (number := int(match["number"])) > 1:
        pages = by_number[match["first"], match["word"]] | {1: match["first"]}
        is_linked = {1, number - 1} <= {page for page, url in pages.items() if url in links.found}
        if is_linked and is_article(match["first"], site):
            article.part, article.first_page = number, match["first"]
            article.aliases = sorted({*article.aliases, url_key(match["first"])})
            article.next_page = pages.get(number + 1)
        return
    following = [pages[2] for (first, _), pages in by_number.items() if first == own and 2 in pages]
    if len(following) == 1:
        article.next_page = following[0]
