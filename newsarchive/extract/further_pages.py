"""Articles on several pages: which page of its article a page is, where the first one is, and where the next.

Pages of one article have addresses that differ by a number alone (`a.html`, `a_2.html`, `a_3.html`; `?page=2`), and
link to each other by these numbers or by the words for them. A link to any other address is one to another article.
Some have a page more that shows all of them as one, or for a printer: its address differs by a word for that
(`a_all.html`, `?page=all`, `a/print`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.models import WHOLE
from newsarchive.tree import attribute, select
from newsarchive.urls import absolute_url, split_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from urllib.parse import SplitResult

    from newsarchive.models import Page
    from newsarchive.tree import Element

# What the link to the next page is called, by its text or its title.
_WORDS = (
    "next page", "Next Page", "Next page", 'rel="next"', "rel=next", "Nächste Seite", "nächste Seite", "Page suivante",
    "page suivante", "iguiente", "róxima", "agina successiva", "ледующая", "次のページ", "次へ", "다음", "التالي",
    "अगला",
)  # fmt: skip
_CHINESE_WORDS = ("下一页", "下页", "下一頁", "后页", "余下全文")
# One of these is in each of them; a single character is looked for much quicker than a word.
_SIGNS = ("页", "頁", "余")
# What the link from a further page to the first one is called.
_BACK = re.compile(
    r"(?:[\W_]*(?:第?\s?[1１一]\s?[页頁]?|首\s?[页頁]|上一?\s?[页頁]|前\s?[页頁]|前へ|前のページ|이전|first|previous|prev|back"
    r"|zurück|vorherige|précédente?|anterior|precedente|назад|предыдущая|السابق|पिछला)(?:\spage|\sSeite)?[\W_]*)",
    re.IGNORECASE,
)
_LINK = re.compile(r"<a\s[^>]{0,500}?href\s*+=\s*+[\"']?+([^\"'\s>]{1,500}+)[^>]{0,300}+>", re.IGNORECASE)
_LINK_TEXT = re.compile(r"(?:\s|<[^<>]{0,100}>){0,4}([^<]{0,40})")
_SUFFIX = re.compile(r"(.*?)(\.\w{2,5})?")
# What is added to the name of the first page: a_2.html, a-2.html, a/2.html, a_p2.html; or in the query.
_ADDED = re.compile(r"[_\-/](?:p|page|index)?_?(\d{1,3})/?", re.IGNORECASE)
_OWN_NUMBER = re.compile(r"(.*?[^/_-])[_\-/](?:p|page|index)?_?(\d{1,2})", re.IGNORECASE)
_IN_QUERY = re.compile(r"(?:^|&)(?:p|page|pageno|pn|pg)=(\d{1,3})(?:&|$)", re.IGNORECASE)
# The same in the text of a page.
_SECOND = re.compile(r"[_\-/](?:p|page|index)?_?0{0,2}[2-9]", re.IGNORECASE)
_VALUE_SECOND = re.compile(r"=0{0,2}2(?!\d)")
# The number by itself, as it stands in every address of a second page.
_NAMES_SECOND = re.compile(r"(?<!\d)0{0,2}2(?!\d)")
_PARAMETER = re.compile(r"(?:p|page|pageno|pn|pg)$", re.IGNORECASE)
_LONGEST_PARAMETER = 6
# A name that is written in one way only.
_PLAIN_NAME = re.compile(r"[\w.-]+", re.ASCII)
# Words of an address that shows a whole article, in its name, as a folder behind it, or in the query.
_WHOLE_WORD = (
    r"(?:all|full(?:text|page|view|story)?|single(?:[_-]?page)?|one[_-]?page|whole|(?:view|show)[_-]?all|komplettansicht"
    r"|quanwen|print(?:er|able|version|view|[_-]version|[_-]?page|[_-]?friendly)?|druck(?:version|ansicht|en)?"
    r"|imprimer|imprimir|stampa)"
)
_NAMES_WHOLE = re.compile(_WHOLE_WORD, re.IGNORECASE)
_WHOLE_NAME = re.compile(rf"(.*?[^/_-])[_-](?:p(?:age)?[_-]?)?{_WHOLE_WORD}", re.IGNORECASE)
_WHOLE_FOLDER = re.compile(rf"(.+?)/{_WHOLE_WORD}/?", re.IGNORECASE)
_WHOLE_QUERY = re.compile(
    rf"(?:^|&)(?:(?:p|page|pageno|pn|pg|view|mode|seite)=)?{_WHOLE_WORD}(?:=(?:1|true|yes|on|all|full))?(?=&|$)",
    re.IGNORECASE,
)
# The same behind the name of the first page.
_WHOLE_BEHIND = re.compile(
    rf"(?:\.\w{{2,5}})?(?:[_-](?:p(?:age)?[_-]?)?|/|[?&][^\"'<>\s]{{0,80}}?){_WHOLE_WORD}(?![^\W_])", re.IGNORECASE
)
_WHOLE_LABEL = re.compile(
    r"\b(?:view|show|read|display)[\s_-](?:all|full|whole|entire|complete)\b|\b(?:single|one)[\s_-]page\b|all\son\sone"
    r"|full\s(?:article|story|text)|auf\seiner\sSeite|ganze[rn]?\sArtikel|Komplettansicht|sur\sune\s(?:seule\s)?page"
    r"|en\suna\s(?:sola\s)?página|in\suna\s(?:sola\s)?pagina|op\séén\spagina|(?:全文|单页|單頁)(?:阅读|閱讀|浏览|瀏覽|显示|顯示)"
    r"|(?:阅读|閱讀|查看|显示|顯示|浏览)全文|在?本[页頁](?:阅读|閱讀|显示|顯示)全文|全文表示|1ページ|전체\s?보기|одной\sстранице",
    re.IGNORECASE,
)
_PRINT_LABEL = re.compile(r"\bprint|druck|imprim|stampa|afdrukken|печат|打印|列印|印刷|인쇄|طباعة", re.IGNORECASE)
_CANONICAL = re.compile(
    r"<link\b(?=[^<>]{0,500}?\brel\s?=\s?[\"']?canonical)[^<>]{0,500}?\bhref\s?=\s?[\"']?([^\"'\s<>]{1,500})",
    re.IGNORECASE,
)
_HEAD, _LONG_PAGE = 100_000, 500_000
# The signs of further pages in the bytes of a page.
_FURTHER = re.compile(rb"page=(?:2|all)")
# Links of a page that are looked at, and pages of one article that are followed.
_MOST_LINKS, _MOST_PAGES = 3_000, 60


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of its article a page is: its number (`WHOLE` for all of them), the address of the first page.

    `following` is that of the next page, `whole` that of the page which shows all of them, if any.
    """

    number: int = 1
    first: str | None = None
    following: str | None = None
    whole: str | None = None


def addresses_in(root: Element) -> str:
    """Return the addresses of a page's links as a text that is much shorter than the page, each in quotes."""
    return "".join([f'"{attribute(link, "href")}"' for link in select("a[href]", root)])


def place_of(page: Page, text: str, addresses: str | None = None) -> Place:
    """Return where a page stands among the pages of its article; the first and only one, where nothing tells.

    `text` is the page's; `addresses` those of its links (`addresses_in`), where they are at hand.
    """
    own = split_url(page.base_url)
    if number := _own_number(own):
        place = _further_place(page, text, own, number)
        if place is not None:
            return place
    if (first := _first_of_whole(own)) is not None:
        place = _whole_place(page, text, first)
        if place is not None:
            return place
    following = next_page_of(page, text, addresses)
    return Place(following=following, whole=whole_page_of(page, text, addresses, is_paged=following is not None))


def whole_page_of(page: Page, text: str, addresses: str | None = None, *, is_paged: bool) -> str | None:
    """Return the address of the page that shows all pages of the article that a page begins; None where there is none.

    One for a printer is asked for only where the article is on several pages (`is_paged`), and so is any where the page
    is so long that to look for it costs more than it is worth.
    """
    own = split_url(page.base_url)
    if len(text) > _LONG_PAGE and not is_paged:
        return None
    if not _may_link_whole(own.path, text if addresses is None else addresses):
        return None
    printed = None
    for match in islice(_LINK.finditer(text), _MOST_LINKS):
        href = unescape(match[1])
        url = absolute_url(href, page.base_url) if _NAMES_WHOLE.search(href) else None
        if url is None or _first_of_whole(split_url(url)) != own._replace(fragment=""):
            continue
        label = _LINK_TEXT.match(text, match.end())
        words = f"{' '.join(unescape(label[1] if label else '').split())}\n{unescape(match[0])}"
        if _WHOLE_LABEL.search(words):
            return url
        if is_paged and _PRINT_LABEL.search(words):
            printed = printed or url
    return printed


def _may_link_whole(path: str, text: str) -> bool:
    """Return whether the address of a whole article may stand in a text: by the name of the first page, or a query."""
    name = _parts(path)[0].rpartition("/")[2]
    if name and not _PLAIN_NAME.fullmatch(name):
        return True
    for mark in filter(None, (name, '"?', "'?")):
        at = text.find(mark)
        for _ in range(_MOST_LINKS):
            if at < 0:
                break
            at += len(mark)
            if _WHOLE_BEHIND.match(text, at if mark is name else at - 1):
                return True
            at = text.find(mark, at)
    return False


def _first_of_whole(own: SplitResult) -> SplitResult | None:
    """Return the address of the first page where an address is one of the whole article by a word; None for others."""
    query = _WHOLE_QUERY.sub("", own.query)
    if query != own.query:
        return own._replace(query=query, fragment="")
    stem, suffix = _parts(own.path)
    match = _WHOLE_NAME.fullmatch(stem)
    if match:
        return own._replace(path=match[1] + suffix, fragment="")
    match = _WHOLE_FOLDER.fullmatch(own.path)
    return own._replace(path=match[1], fragment="") if match else None


def _whole_place(page: Page, text: str, first: SplitResult) -> Place | None:
    """Return the place of a page with the address of a whole article; None where it names no first page."""
    named = (absolute_url(unescape(href), page.base_url) for href in _CANONICAL.findall(text[:_HEAD]))
    begins = next((url for url in named if url and _number_of(url, first) == 1), None)
    begins = begins or next((url for url, number, _ in _pages_linked(page, text, first) if number == 1), None)
    return Place(WHOLE, begins) if begins else None


def next_page_of(page: Page, text: str, addresses: str | None = None) -> str | None:
    """Return the address of the second page of the article that a page begins; None where it is whole.

    It is the address of a link that differs from the page's own by the number 2 alone; one to any other address is a
    link to another article.
    """
    own = split_url(page.base_url)
    if not _may_link_second(own.path, text if addresses is None else addresses):
        return None
    # To look for a link is quicker than to look for all the words, of which most pages have none.
    second = next((url for url, number, _ in _pages_linked(page, text, own, _NAMES_SECOND) if number == 2), None)
    return second if second and _names_next(text) else None


def may_have_further(page: Page) -> bool:
    """Return whether it is worth to look for further pages of a page's article, by its bytes alone."""
    own = split_url(page.base_url)
    if _own_number(own) or _first_of_whole(own) is not None:
        return True
    body, name = page.body, _parts(own.path)[0].rpartition("/")[2].encode("utf-8", "replace")
    at = body.find(name)
    while at >= 0:
        if body.startswith((b"_", b"-", b"/"), at + len(name)):
            return True
        at = body.find(name, at + 1)
    return _FURTHER.search(body) is not None or b"=print" in body


def _own_number(own: SplitResult) -> int:
    """Return the number that an address has as a further page; 0 for none."""
    found = _IN_QUERY.search(own.query)
    if found is None:
        match = _OWN_NUMBER.fullmatch(_parts(own.path)[0])
        number = int(match[2]) if match else 0
    else:
        number = int(found[1])
    return number if 1 < number <= _MOST_PAGES else 0


def _further_place(page: Page, text: str, own: SplitResult, number: int) -> Place | None:
    """Return the place of a page whose address has a number; None where it links to no first page by its number."""
    if _IN_QUERY.search(own.query):
        first = own._replace(query=_without_number(own.query))
    else:
        stem, suffix = _parts(own.path)
        match = _OWN_NUMBER.fullmatch(stem)
        assert match is not None
        first = own._replace(path=match[1] + suffix)
    begins = following = None
    for url, other, label in _pages_linked(page, text, first):
        if other == 1 and begins is None and _BACK.fullmatch(label):
            begins = url
        elif other == number + 1:
            following = following or url
    return Place(number, begins, following) if begins else None


def _pages_linked(
    page: Page, text: str, first: SplitResult, sign: re.Pattern[str] | None = None
) -> Iterator[tuple[str, int, str]]:
    """Yield the links to pages of the article that begins at an address: address, number, text.

    A link without a `sign` is passed over: to complete an address takes longer than to look at it.
    """
    for match in islice(_LINK.finditer(text), _MOST_LINKS):
        href = unescape(match[1])
        if sign is not None and sign.search(href) is None:
            continue
        url = absolute_url(href, page.base_url)
        number = _number_of(url, first) if url else 0
        if url and number:
            label = _LINK_TEXT.match(text, match.end())
            yield url, number, " ".join(unescape(label[1] if label else "").split())


def _names_next(text: str) -> bool:
    """Return whether a page has the words for a next page anywhere."""
    is_chinese = any(sign in text for sign in _SIGNS)
    return any(word in text for word in ((*_CHINESE_WORDS, *_WORDS) if is_chinese else _WORDS))


def _may_link_second(path: str, text: str) -> bool:
    """Return whether the address of a second page may stand in a text: by the name of the first, or by a query.

    That is quicker than to look for all the words.
    """
    name = _parts(path)[0].rpartition("/")[2]
    if not _PLAIN_NAME.fullmatch(name):
        return True
    at = text.find(name)
    while at >= 0:
        at += len(name)
        if _SECOND.match(text, at):
            return True
        at = text.find(name, at)
    return any(
        _PARAMETER.search(text, max(match.start() - _LONGEST_PARAMETER, 0), match.start())
        for match in _VALUE_SECOND.finditer(text)
    )


def _number_of(url: str, first: SplitResult) -> int:
    """Return the number of an address among the pages of the article that begins at another; 0 for none of them."""
    other = split_url(url)
    if other.netloc != first.netloc:
        return 0
    if other.path == first.path:
        found = _IN_QUERY.search(other.query)
        if _without_number(other.query) != _without_number(first.query):
            return 0
        return int(found[1]) if found else 1
    stem, suffix = _parts(first.path)
    other_stem, other_suffix = _parts(other.path)
    added = _ADDED.fullmatch(other_stem, len(stem)) if other_stem.startswith(stem) else None
    return int(added[1]) if added and (suffix == other_suffix or not other_suffix) else 0


def _without_number(query: str) -> str:
    return _IN_QUERY.sub("", query)


def _parts(path: str) -> tuple[str, str]:
    match = _SUFFIX.fullmatch(path)
    assert match is not None
    return match[1].rstrip("/"), match[2] or ""
