"""What a page of a site without rules is: an article, a list of articles, or neither.

The reader finds a title, a date and a text on many a page that is none: a list with teasers, a form, a page about the
house. What tells them apart is how they link: a list gives its headlines as links to other pages, with dates beside
them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from newsarchive.discovery.exploration import is_department, is_house_page
from newsarchive.discovery.page_links import has_day, read_links, texts_of
from newsarchive.extract.dates import find_dates
from newsarchive.extract.dates.labels import tells_of_change
from newsarchive.extract.html import line_of
from newsarchive.extract.validate import rejection
from newsarchive.tree import attribute, select, text_in
from newsarchive.url_keys import twin_key, url_key
from newsarchive.urls import split_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from newsarchive.discovery.page_links import Links
    from newsarchive.models import Article
    from newsarchive.tree import Element

#: A `thin` page has the title and the date of an article, and hardly any text: a picture, a table, a film.
Kind = Literal["article", "thin", "listing", "other"]

# Characters of the text of an article, at least, where its language writes words without blanks and with them.
_SHORTEST, _SHORTEST_WITH_BLANKS = 80, 200
#: The part of the text outside links that the text of an article is, at least.
_LEAST_SHARE = 0.25
# The part of the paragraphs that may be links as a whole; and of the text that may stand in links.
_MOST_LINKED = 0.5
# Entries with a printed date that make a list; those with a headline.
_DATED, _HEADLINES = 3, 2
#: Characters of the text of a link that is a headline, at least.
_SHORTEST_HEADLINE = 6
#: Fields to fill in that make a page a game, a test or a form; one for comments has fewer, and lists of tasks that are
#: done cannot be filled in. Characters of text for each that make it an article all the same.
_FIELDS, _LONG_BESIDE_FIELD = 12, 200
_NO_FIELDS = frozenset(("hidden", "submit", "button", "image", "reset", "search"))
#: Links to articles that make a list of them.
_LISTED = 3
#: The last name of an address that is one word, as that of a page which is no news.
_PLAIN_NAME = re.compile(r"/[a-z]+(?:\.[a-z]{3,5})?/?$", re.IGNORECASE)
#: Headings that lead to other pages and make a page a list of teasers.
_TEASERS = 4
# Rules of the reader that found a date in what a page says of itself.
_TOLD_BY_PAGE = frozenset(("meta", "json-ld", "url"))
#: Names of the time of the last change, which pages of every kind tell.
_MODIFIED = re.compile("modified|updated", re.IGNORECASE)
#: What the button of a page says that sells something.
_SELLS = re.compile(
    r"加入购物车|加入購物車|立即购买|立即購買|放入购物车|カートに入れる|장바구니|add to (?:cart|basket|bag)"
    r"|in den warenkorb|ajouter au panier|añadir al carrito|adicionar ao carrinho|aggiungi al carrello|в корзину",
    re.IGNORECASE,
)
_BUTTONS = "button, input[type=submit], input[type=button], a[class*=btn i], a[class*=button i], a[class*=cart i]"
_MOST_BUTTONS, _LONGEST_BUTTON = 200, 40
#: Addresses at which no article lies: a tag, a category, an author, a further page of a list, a month of an archive.
_LIST_PATH = re.compile(
    r"/(?:tags?|categor(?:y|ies)|authors?|labels?|keywords?|search)/[^/]+/?$|/page/\d+/?$"
    r"|^/?(?:[\w-]+/)?(?:19|20)\d\d/(?:\d{1,2}/){0,2}$",
    re.IGNORECASE,
)
#: What a page of any kind may say of the house.
_IMPRINT = re.compile(r"版权所有|备案|ICP|邮编|copyright|©|all rights reserved|powered by", re.IGNORECASE)
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def judge(article: Article, root: Element, links: Links, *, dated: bool = False) -> Kind:
    """Judge a page by what the reader made of it and by its links.

    With `dated` something else, such as a feed, has told when it came out; else the page has to.
    """
    has_links = any(len(link.text) >= 4 for link in links.found.values())
    no_article: Kind = "listing" if has_links else "other"
    if rejection(article) is not None:
        reasons = {problem.reason for problem in article.problems}
        return "other" if reasons & {"error-page", "login-wall", "verification-page", "not-html"} else no_article
    url = article.page.url
    if not article.title or _LIST_PATH.search(split_url(url).path) or (is_department(url) and not dated):
        return no_article
    if is_house_page(url) or (article.part or 1) > 1 or _tool_of(article, root):
        return no_article
    if not dated and not _has_date(article, root, links):
        return no_article
    if _is_list(article, root, links):
        return "listing"
    return "article" if _is_long(article) and _share(article, root) >= _LEAST_SHARE else "thin"


def refusal(article: Article, root: Element, links: Links, is_article: Callable[[str], bool]) -> str | None:
    """Return why a page at an address like those of articles is none; None for an article, and in doubt.

    An address deceives, and feeds name lists and pages of the house as well. `is_article` tells whether an address has
    the form of the site's articles.
    """
    url = article.page.url
    if is_house_page(url):
        return "a page about the house"
    if tool := _tool_of(article, root):
        return tool
    if not article.paragraphs and _lies_below_article(url, links, is_article):
        return "a picture of an article"
    listed = {
        link.text: link.url
        for link in links.found.values()
        if len(link.text) >= _SHORTEST_HEADLINE and is_article(link.url) and url_key(link.url) != url_key(url)
    }
    is_list = len(set(listed.values())) >= _LISTED and (
        not article.paragraphs or _linked_share(article, listed) > _MOST_LINKED
    )
    if is_list and not (article.title and _has_date(article, root, links)):
        return "a list of other articles"
    if article.published_at is None and _PLAIN_NAME.search(split_url(url).path):
        return "a page that stands for years: no date, and a plain word for a name"
    return None


def _lies_below_article(url: str, links: Links, is_article: Callable[[str], bool]) -> bool:
    """Return whether an address lies in a folder that is an article, to which the page links."""
    parent = url.rstrip("/").rpartition("/")[0] + "/"
    keys = {url_key(parent), url_key(parent.rstrip("/"))}
    return is_article(parent) and any(url_key(link.url) in keys for link in links.found.values())


def _tool_of(article: Article, root: Element) -> str | None:
    """Return what a page is made for where it is not reading."""
    if _is_form(article, root):
        return "a form or a game: a page of fields to fill in"
    return "a page of a shop: something can be put into a basket" if _sells(root) else None


def _is_form(article: Article, root: Element) -> bool:
    """Return whether a page has many fields to fill in, and little text."""
    fields = sum(
        attribute(field, "type").strip().lower() not in _NO_FIELDS and "disabled" not in field.attributes
        for field in select("input", root)
    )
    length = sum(len(paragraph.text) for paragraph in article.paragraphs)
    return fields >= _FIELDS and length < fields * _LONG_BESIDE_FIELD


def _sells(root: Element) -> bool:
    """Return whether a button or a link that looks like one puts something into a basket."""
    buttons = (text_in(button) or attribute(button, "value") for button in select(_BUTTONS, root)[:_MOST_BUTTONS])
    return any(len(text) < _LONGEST_BUTTON and _SELLS.search(text) for text in buttons)


def links_of(root: Element, article: Article) -> Links:
    """Read the links of a page that was read."""
    return read_links(root, article.page.base_url, article.charset or "utf-8")


def _is_long(article: Article) -> bool:
    text = "".join(paragraph.text for paragraph in article.paragraphs if not _IMPRINT.search(paragraph.text))
    shortest = _SHORTEST if len(_HAN.findall(text)) * 3 > len(text) else _SHORTEST_WITH_BLANKS
    return len(text) >= shortest


def _is_list(article: Article, root: Element, links: Links) -> bool:
    """Return whether a page gives the headlines of other pages, and hardly anything else."""
    own = {twin_key(url_key(url)) for url in (article.page.url, article.page.base_url)}
    headlines = {link.text for link in links.found.values() if link.text and twin_key(url_key(link.url)) not in own}
    if article.title in headlines:
        return True  # an article does not link its own headline to another page
    if _linked_share(article, [line for line in headlines if len(line) >= _SHORTEST_HEADLINE]) > _MOST_LINKED:
        return True
    return _teasers(root) >= _TEASERS


def _linked_share(article: Article, headlines: Collection[str]) -> float:
    """Return which part of the text are paragraphs that hardly say more than a headline which is a link."""
    texts = [paragraph.text for paragraph in article.paragraphs]
    linked = sum(
        len(text) for text in texts if any(line in text and len(text) < 2 * len(line) + 20 for line in headlines)
    )
    return linked / max(1, sum(map(len, texts)))


def _has_date(article: Article, root: Element, links: Links) -> bool:
    """Return whether a page tells its own date: in its head, or printed elsewhere than in the entries of a list."""
    if article.published_at is None or article.evidence.get("published_at") == "listing":
        return False
    rule, _, name = article.evidence.get("published_at", "").partition(":")
    if rule in _TOLD_BY_PAGE:
        return _MODIFIED.search(name) is None
    items = links.dated_items
    entries = items if len(items) >= _DATED or sum(items.values()) >= _HEADLINES else ()
    printed = (text for text, _ in texts_of(root, entries) if has_day(text) and not tells_of_change(text.lower()))
    if rule == "printed in parts":
        return any(True for _ in printed)
    when = article.published_at
    assert when.tzinfo is not None
    return any(
        dated.when.date() == when.date()
        for text in printed
        for dated in find_dates(text, zone=when.tzinfo, now=article.page.fetched_at)
    )


def _teasers(root: Element) -> int:
    """Count the headings, but for the page's own, that are links as a whole."""
    first = next((line for element in select("h1", root) if (line := line_of(element))), "")
    count = 0
    for element in select("h1, h2", root):
        line = line_of(element)
        inner = select("a", element)
        if len(line) >= _SHORTEST_HEADLINE and line != first and inner and line_of(inner[0]) == line:
            count += 1
    return count


def _share(article: Article, root: Element) -> float:
    """Return which part of the text outside links is that of the article."""
    outside = sum(len(text) for text, is_linked in texts_of(root) if not is_linked)
    return sum(len(paragraph.text) for paragraph in article.paragraphs) / max(1, outside)
