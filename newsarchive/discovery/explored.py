"""Pages of a site whose file does not tell lists from articles: what they are, they say themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.discovery.html_listing import ListedArticle, is_article, read_listing
from newsarchive.discovery.judge import judge, links_of
from newsarchive.discovery.page_links import is_headline
from newsarchive.discovery.shapes import is_variable, plain_shape
from newsarchive.extract import process
from newsarchive.extract.html import take_source
from newsarchive.models import Hints
from newsarchive.tree import parse

if TYPE_CHECKING:
    from newsarchive.discovery.html_listing import ListingPage
    from newsarchive.models import Page
    from newsarchive.sites import Site


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
