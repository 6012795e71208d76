"""All links of a page, for sites without rules: where each leads, what it says, and which of them turn the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.discovery.html_listing import is_script_hook
from newsarchive.discovery.script_pager import next_by_script
from newsarchive.extract.html import better_title, line_of, opened_by, target_of
from newsarchive.text import clean
from newsarchive.tree import attribute, descendants, select, text_in
from newsarchive.urls import absolute_url, split_url

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from newsarchive.tree import Element

#: More links than any real page has; a page made to exhaust us ends here.
MOST_LINKS = 20_000
# Characters of the text around a link in which a date that is printed beside it stands; those of an entry that is
# marked up as one, in which an excerpt may stand as well.
_LONGEST_ITEM, _LONGEST_ENTRY = 200, 500
#: Characters or words that a headline has at least.
_HEADLINE_HAN, _HEADLINE_WORDS = 7, 3
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2})?|(?<!\d)\d{1,2}\s*[-/月]\s*\d{1,2}(?!\d)|\d{1,2}:\d\d"
    r"|\d\s?(?:分钟|小时|天|周|个?月|年)前|\bago\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d\d"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b"
    r"|\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    re.IGNORECASE,
)
_ITEMS = frozenset((
    "li", "tr", "dl", "dd", "dt", "p", "div", "article", "section", "h1", "h2", "h3", "h4", "h5"
))  # fmt: skip
_ENTRIES = frozenset(("li", "tr", "dl", "dd", "article"))
# What the link to the next page says: the whole of its text, without arrows and blanks.
_NEXT = frozenset((
    "下一页", "下页", "下一頁", "下頁", "后一页", "後一頁", "向后翻页", "更早", "更早的文章", "较早的文章", "较旧文章",
    "更多", "加载更多", "点击加载更多", "查看更多", "更多文章",
    "next", "nextpage", "older", "olderposts", "olderentries", "olderarticles", "olderstories", "previousposts",
    "previousentries", "earlierposts", "more", "morestories", "moreposts", "loadmore", "showmore", "morenews",
    "nächsteseite", "weiter", "älterebeiträge", "suivant", "pagesuivante", "siguiente", "次へ", "次のページ", "다음",
))  # fmt: skip
# What the link to a section says as well.
_MORE = frozenset(("更多", "查看更多", "more", "morestories", "moreposts", "morenews", "更多文章", "weiter"))
_ARROWS = frozenset(("»", "›", "→", ">", ">>", "»»", "＞", "▶"))
_NO_LETTER = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"[\[(（第]?\s*(\d{1,5})\s*[页頁\])）]?")
_FRAMES = frozenset(("frame", "iframe"))
_REFRESH = re.compile(r"\s*[0-9.]{1,4}\s*[;,]\s*url\s*=\s*['\"]?([^'\"]+?)['\"]?\s*", re.IGNORECASE)
_MOST_SCRIPTS = 5
_PAGE_WORD = re.compile(r"pag(?:e|ing|inat)|fenye|[?&/](?:p|pg|pn)[=/]", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page|list|index|[?&/](?:p|pg|pn))[-_=/]?\d+", re.IGNORECASE)


@dataclass(slots=True)
class PageLink:
    """A link: its full address, its text, and whether a date is printed beside it."""

    url: str
    text: str
    is_dated: bool = False


@dataclass(slots=True)
class Links:
    """The links of a page in the order of print, each address once, with the longest of its texts.

    `next_url` is the next page of a listing, `pages` are all that its pager leads to.
    """

    found: dict[str, PageLink] = field(default_factory=dict)
    next_url: str | None = None
    pages: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    #: The entries of lists that print a date, by their `mem_id`, and whether a link in them is a headline.
    dated_items: dict[int, bool] = field(default_factory=dict)
    #: Addresses that could not be followed as they are written (`javascript:`).
    refused: int = 0


def read_links(root: Element, url: str, charset: str = "utf-8") -> Links:
    """Read the links of a page that lies at `url`."""
    base = next((link for element in select("base", root) if (link := attribute(element, "href"))), None)
    base_url = (absolute_url(base, url) if base else None) or url
    links = Links()
    here = without_fragment(url)
    pager = _Pager(here)
    for element in select("a, area, frame, iframe, [onclick]", root)[:MOST_LINKS]:
        target = attribute(element, "src").strip() if element.tag in _FRAMES else target_of(element)
        is_hook = not target or is_script_hook(target, element)
        full = None if is_hook else absolute_url(target, base_url, charset=charset)
        if full == here:
            continue
        text = _text_of(element)
        if full is None:
            links.refused += not is_hook
            _note_item(links, text, element)  # what a script opens is an entry of a list, too
            continue
        pager.note(full, text, attribute(element, "rel"))
        _add(links, full, text, element)
    for target, text in (*_options(root), *((target, "") for target in _redirects(root, has_links=bool(links.found)))):
        full = absolute_url(target, base_url, charset=charset)
        if full and full != here and not pager.is_numbered(full, text):
            links.found.setdefault(full, PageLink(full, text))
    links.next_url = _head_next(root, base_url) or pager.next_url() or next_by_script(root, base_url)
    links.pages = list(dict.fromkeys(page for page in (links.next_url, *pager.pages()) if page and page != here))
    links.feeds = list(_feeds(root, base_url))
    return links


class _Pager:
    """What turns the page of the listing at `here`: words, arrows and numbers."""

    def __init__(self, here: str) -> None:
        self.here = here
        self._by_word: str | None = None
        self._by_arrow: str | None = None
        self._numbered: dict[int, str] = {}

    def note(self, url: str, text: str, relation: str) -> None:
        """Record a link, if it turns the page."""
        word = _NO_LETTER.sub("", text).casefold()
        if "next" in relation.lower().split() or (word in _NEXT and (word not in _MORE or _PAGE_NUMBER.search(url))):
            self._by_word = self._by_word or url
        elif text.strip() in _ARROWS and _is_page_of(url, self.here):
            self._by_arrow = self._by_arrow or url
        else:
            self.is_numbered(url, text)

    def is_numbered(self, url: str, text: str) -> bool:
        """Record a link that says the number of a page; return whether it says a number."""
        number = _NUMBER.fullmatch(text)
        if number and _is_page_of(url, self.here):
            self._numbered.setdefault(int(number[1]), url)
        return number is not None

    def next_url(self) -> str | None:
        """Return the page behind this one; among numbered ones the first whose number is missing before it."""
        numbered = self._numbered
        present = next((number - 1 for number in sorted(numbered) if number > 1 and number - 1 not in numbered), None)
        return self._by_word or self._by_arrow or (numbered.get(present + 1) if present is not None else None)

    def pages(self) -> list[str]:
        """List the numbered pages; the first one is known by the link that led to the listing."""
        return [url for number, url in self._numbered.items() if number != 1]


def is_headline(text: str) -> bool:
    """Return whether the text of a link may be a headline; the name of a section is shorter."""
    return len(_HAN.findall(text)) >= _HEADLINE_HAN or len(text.split()) >= _HEADLINE_WORDS


def without_fragment(url: str) -> str:
    """Return an address without its fragment."""
    return url.partition("#")[0]


def has_day(text: str) -> bool:
    """Return whether a line prints a whole day: with its year, or with the name of the month."""
    return _DAY.search(text) is not None


def has_date(text: str) -> bool:
    """Return whether a line prints a date or a time."""
    return _DATE.search(text) is not None


def _add(links: Links, url: str, text: str, element: Element) -> None:
    known = links.found.get(url)
    if known is None:
        known = links.found[url] = PageLink(url, text)
    else:
        known.text = better_title(known.text, text) or ""
    known.is_dated |= _note_item(links, text, element)


def _note_item(links: Links, text: str, element: Element) -> bool:
    """Record the entry of a list that a link stands in, if it prints a date; return whether it does."""
    item = _dated_item(element, text) if text else None
    if item is None:
        return False
    links.dated_items[item] = links.dated_items.get(item, False) or is_headline(text)
    return True


def _text_of(link: Element) -> str:
    text = line_of(link)
    full = clean(attribute(link, "title"))
    if not text or (text.endswith(("...", "…")) and len(full) > len(text)):
        text = full
    if not text:
        text = next((clean(alt) for image in select("img", link) if (alt := attribute(image, "alt"))), "")
    return text


def _dated_item(link: Element, text: str) -> int | None:
    """Return the entry of a list that a link stands in, if it prints a date outside the link's own headline."""
    outer, found = link.parent, None
    for _ in range(3):
        if outer is None or outer.tag in ("body", "ul", "ol", "table", "tbody"):
            break
        if outer.tag in _ITEMS and (found is None or outer.tag in _ENTRIES):
            around = line_of(outer)
            if len(around) > len(text) + (_LONGEST_ENTRY if outer.tag in _ENTRIES else _LONGEST_ITEM):
                break
            if has_date(around.replace(text, " ", 1)) or has_date(text[:12]) or has_date(text[-20:]):
                found = outer.mem_id
        outer = outer.parent
    return found


def _is_page_of(url: str, here: str) -> bool:
    """Return whether an address may be another page of the listing at `here`."""
    there, this = split_url(url), split_url(here)
    if there.netloc != this.netloc:
        return False
    folder = this.path.rpartition("/")[0]
    return there.path.startswith(folder + "/") or there.path == this.path or _PAGE_WORD.search(url) is not None


def _options(root: Element) -> Iterator[tuple[str, str]]:
    """Yield what the entries of drop-down lists lead to, pages of a pager or months of an archive, and their texts."""
    for option in select("select option", root)[:MOST_LINKS]:
        value = attribute(option, "value").strip()
        # Forms offer numbers and words, too: years, rooms, amounts. An address has more.
        if value.startswith(("/", "./", "?", "http")) or (not value.isdigit() and ("." in value or "/" in value)):
            yield value, line_of(option)


def _redirects(root: Element, *, has_links: bool) -> Iterator[str]:
    """Yield where a page sends its reader on by itself; its scripts are only looked at where it has no link."""
    for element in select("meta[http-equiv=refresh i]", root):
        match = _REFRESH.fullmatch(attribute(element, "content")[:500])
        if match:
            yield match[1].strip()
    for script in () if has_links else select("script", root)[:_MOST_SCRIPTS]:
        target = opened_by(text_in(script))
        if target:
            yield target


def _head_next(root: Element, base_url: str) -> str | None:
    for link in select("link", root):
        if "next" in attribute(link, "rel").lower().split():
            return absolute_url(attribute(link, "href").strip(), base_url)
    return None


def _feeds(root: Element, base_url: str) -> Iterator[str]:
    for link in select("link", root):
        kind = attribute(link, "type").lower()
        if "alternate" in attribute(link, "rel").lower().split() and (
            "rss" in kind or "atom" in kind or "feed" in kind
        ):
            url = absolute_url(attribute(link, "href").strip(), base_url)
            if url:
                yield url


def texts_of(root: Element, without: Collection[int] = ()) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of text that are printed on a page, and whether each stands in a link.

    Elements whose `mem_id` is in `without` are left out.
    """
    silent = frozenset(("script", "style", "noscript", "template", "head", "select", "textarea"))
    skipped: set[int] = set(without)
    linked: set[int] = set()
    for node in descendants(root):
        parent = node.parent
        if parent is not None and parent.mem_id in skipped:
            skipped.add(node.mem_id)
            continue
        if node.tag in silent:
            skipped.add(node.mem_id)
            continue
        is_linked = node.tag == "a" or (parent is not None and parent.mem_id in linked)
        if is_linked:
            linked.add(node.mem_id)
        if node.tag == "-text":
            text = (node.text_content or "").strip()
            if text:
                yield text, is_linked
