"""Articles on several pages: the address of the page after this one, as far as a page tells it.

Only the first page of such an article is read; that there are more is told, so that nothing is missing in silence.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from newsarchive.models import Page

# What the link to the next page is called, by its text or its title.
_WORDS = ("下一页", "下页", "下一頁", "后页", "余下全文", "next page", "Next Page", "Next page", 'rel="next"')
_LINK = re.compile(r"<a\s[^>]{0,500}?href\s*=\s*[\"']?([^\"'\s>]{1,500})[^>]{0,300}>", re.IGNORECASE)
_SUFFIX = re.compile(r"(.*?)(\.\w{2,5})?")
# What is added to the name of the first page: a_2.html, a-2.html, a/2.html, a_p2.html; or in the query.
_ADDED = re.compile(r"[_\-/](?:p|page|index)?_?(\d{1,3})/?", re.IGNORECASE)
_IN_QUERY = re.compile(r"(?:^|&)(?:p|page|pageno|pn|pg)=(\d{1,3})(?:&|$)", re.IGNORECASE)
# Links of a page that are looked at.
_MOST_LINKS = 3_000


def next_page_of(page: Page, text: str) -> str | None:
    """Return the address of the second page of the article that a page begins; None where it is whole.

    It is the address of a link that differs from the page's own by the number 2 alone; one to any other address is a
    link to another article.
    """
    if not any(word in text for word in _WORDS):
        return None
    own = urlsplit(page.base_url)
    for number, match in enumerate(_LINK.finditer(text)):
        if number >= _MOST_LINKS:
            break
        url = absolute_url(unescape(match[1]), page.base_url)
        if url and _is_second(own.netloc, own.path, own.query, url):
            return url
    return None


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
