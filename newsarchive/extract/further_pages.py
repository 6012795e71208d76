"""Articles on several pages: the address of the page after this one, as far as a page tells it.

Only the first page of such an article is read; that there are more is told, so that nothing is missing in silence.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.urls import absolute_url, split_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from newsarchive.models import Page

# What the link to the next page is called, by its text or its title.
_WORDS = ("next page", "Next Page", "Next page", 'rel="next"')
_CHINESE_WORDS = ("下一页", "下页", "下一頁", "后页", "余下全文")
# One of these is in each of them; a single character is looked for much quicker than a word.
_SIGNS = ("页", "頁", "余")
_LINK_BEGINNING = re.compile(r"<a\s", re.IGNORECASE)
#: Characters of a link before the end of its address, at most, and some blanks.
_LONGEST_LINK = 1_200
_LINK = re.compile(r"<a\s[^>]{0,500}?href\s*=\s*[\"']?([^\"'\s>]{1,500})[^>]{0,300}>", re.IGNORECASE)
_SUFFIX = re.compile(r"(.*?)(\.\w{2,5})?")
# What is added to the name of the first page: a_2.html, a-2.html, a/2.html, a_p2.html; or in the query.
_ADDED = re.compile(r"[_\-/](?:p|page|index)?_?(\d{1,3})/?", re.IGNORECASE)
_IN_QUERY = re.compile(r"(?:^|&)(?:p|page|pageno|pn|pg)=(\d{1,3})(?:&|$)", re.IGNORECASE)
# The same in the text of a page.
_SECOND = re.compile(r"[_\-/](?:p|page|index)?_?0{0,2}2", re.IGNORECASE)
_PARAMETER = re.compile(r"(?:p|page|pageno|pn|pg)$", re.IGNORECASE)
_LONGEST_PARAMETER = 6
# A name that is written in one way only.
_PLAIN_NAME = re.compile(r"[\w.-]+", re.ASCII)
# Links of a page that are looked at.
_MOST_LINKS = 3_000


def next_page_of(page: Page, text: str) -> str | None:
    """Return the address of the second page of the article that a page begins; None where it is whole.

    It is the address of a link that differs from the page's own by the number 2 alone; one to any other address is a
    link to another article.
    """
    own = split_url(page.base_url)
    if not _may_link_second(page, own, text) or not _names_next(text):
        return None
    for number, link in enumerate(_LINK.finditer(text)):
        if number >= _MOST_LINKS:
            break
        if url := _second_behind(link, page, own):
            return url
    return None


def _second_behind(link: re.Match[str], page: Page, own: SplitResult) -> str | None:
    """Return the address of a link if it is that of the second page."""
    url = absolute_url(unescape(link[1]), page.base_url)
    return url if url and _is_second(own.netloc, own.path, own.query, url) else None


def _names_next(text: str) -> bool:
    """Return whether a page has the words for a next page anywhere."""
    is_chinese = any(sign in text for sign in _SIGNS)
    return any(word in text for word in ((*_CHINESE_WORDS, *_WORDS) if is_chinese else _WORDS))


def _may_link_second(page: Page, own: SplitResult, text: str) -> bool:
    """Return whether a link may lead to the second page, by the name of the first or by a query.

    That is quicker than to look for all the words.
    """
    name = _parts(own.path)[0].rpartition("/")[2]
    if not _PLAIN_NAME.fullmatch(name):
        return True
    links = (_link_around(text, place) for place in _places_of_second(name, text))
    return any(link and _second_behind(link, page, own) for link in links)


def _places_of_second(name: str, text: str) -> Iterator[int]:
    """Yield where what makes an address that of a second page stands in a text."""
    at = text.find(name)
    while at >= 0:
        at += len(name)
        if _SECOND.match(text, at):
            yield at
        at = text.find(name, at)
    for match in re.finditer("=0{0,2}2", text):
        at = match.start()
        if _PARAMETER.search(text, max(at - _LONGEST_PARAMETER, 0), at):
            yield at


def _link_around(text: str, at: int) -> re.Match[str] | None:
    """Return the link in whose tag a position is."""
    begin = max(at - _LONGEST_LINK, 0)
    tag = _LINK_BEGINNING.search(text, max(text.rfind(">", begin, at), begin), at)
    return _LINK.search(text, tag.start(), at + _LONGEST_LINK) if tag else None


def _is_second(host: str, path: str, query: str, url: str) -> bool:
    other = urlsplit(url)
    if other.netloc != host:
        return False
    if other.path == path:
        found = _IN_QUERY.search(other.query)
        return found is not None and found[1] == "2" and _IN_QUERY.sub("", other.query) == _IN_QUERY.sub("", query)
    stem, suffix = _parts(path)
    other_stem, other_suffix = _parts(other.path)
    added = _ADDED.fullmatch(other_stem, len(stem)) if other_stem.startswith(stem) else None
    return added is not None and int(added[1]) == 2 and (suffix == other_suffix or not other_suffix)


def _parts(path: str) -> tuple[str, str]:
    match = _SUFFIX.fullmatch(path)
    assert match is not None
    return match[1].rstrip("/"), match[2] or ""
