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
    if not _may_link_second(own.path, text) or not _names_next(text):
        return None
    for number, match in enumerate(_LINK.finditer(text)):
        if number >= _MOST_LINKS:
            break
        url = absolute_url(unescape(match[1]), page.base_url)
        if url and _is_second(own.netloc, own.path, own.query, url):
            return url
    return None


def _names_next(text: str) -> bool:
    """Return whether a page has the words for a next page anywhere."""
    is_chinese = any(sign in text for sign in _SIGNS)
    return any(word in text for word in ((*_CHINESE_WORDS, *_WORDS) if is_chinese else _WORDS))


def _may_link_second(path: str, text: str) -> bool:
    """Return whether the address of a second page may stand in a link: by the name of the first, or by a query.

    That is quicker than to look for all the words.
    """
    name = _parts(path)[0].rpartition("/")[2]
    if not _PLAIN_NAME.fullmatch(name):
        return True
    at = text.find(name)
    while at >= 0:
        at += len(name)
        if _SECOND.match(text, at) and _is_in_link(text, at):
            return True
        at = text.find(name, at)
    return any(
        _PARAMETER.search(text, max(match.start() - _LONGEST_PARAMETER, 0), match.start())
        and _is_in_link(text, match.start())
        for match in re.finditer("=0{0,2}2", text)
    )


def _is_in_link(text: str, at: int) -> bool:
    """Return whether a position is in the tag of a link."""
    begin = max(at - _LONGEST_LINK, 0)
    return _LINK_BEGINNING.search(text, max(text.rfind(">", begin, at), begin), at) is not None


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
