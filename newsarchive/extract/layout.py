"""Pages of a known site: what a layout's selectors find, made into an article.

Speed is the point: the bytes are cut first, the slice alone is parsed, and whatever is rare (people, other charsets) is
only gone into when a cheap test says that it may be there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract import fields
from newsarchive.extract.credits.sources import read_credit
from newsarchive.extract.dates import find_dates, parse_date
from newsarchive.extract.html import Source, is_hidden, line_of, take_source
from newsarchive.extract.link_lines import read_link_lines
from newsarchive.extract.paragraphs import Blocks, read_blocks
from newsarchive.extract.securities import Mentions, may_name_securities
from newsarchive.sites.selectors import read_selector
from newsarchive.text import clean
from newsarchive.tree import attribute, body_of, descendants, numbers_of, parse, select

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsarchive.extract.dates import Dated
    from newsarchive.models import Article, Page
    from newsarchive.sites import Layout, Site
    from newsarchive.sites.selectors import Selector
    from newsarchive.tree import Element

#: The fields that selectors fill besides the body; what fills one but the title, or is dropped, is no text of the body.
_FIELDS = ("title", "published", "digest", "category", "attribution", "editor")
_TAKEN = _FIELDS[1:]
# Layouts whose selectors are kept ready: more are hardly read in turn.
_MOST_LAYOUTS = 64
# So many elements are tried for a field: a hostile page has them one in the other.
_MOST_TRIED = 40


def read_layout(page: Page, site: Site, layout: Layout) -> tuple[Article, set[str]]:
    """Read a page by a layout.

    Returns the article without the problems of missing fields, and the reasons (`no-title` ...) of the fields whose
    elements are on the page but empty: an empty title is no reason to look for one elsewhere.
    """
    source = take_source(page, layout.cut)
    article, empty = _read_source(page, site, layout, source)
    if source.part and not fields.is_complete(article) and set(fields.missing(article)) - empty:
        # The layout has changed, or the article stands outside of the marks: now the whole page is worth reading.
        whole, its_empty = _read_source(page, site, layout, take_source(page, None))
        if len(fields.missing(whole)) < len(fields.missing(article)):
            return whole, its_empty
    return article, empty


def read_fragment(article: Article, html: str, site: Site, layout: Layout) -> None:
    """Read a piece of HTML that is an article's text and nothing else into the article."""
    root = parse(html)
    if root is None:
        return
    found = _Found(layout, root, site.title, marked=may_name_securities(html))
    _set_credit(article, found)
    _set_text(article, found.read_body(body_of(root), article.page.url), found)
    article.paragraphs = fields.cut_end(article.paragraphs, layout.stop, layout.trailing)


@dataclass(frozen=True, slots=True)
class _Rules:
    """A layout's selectors by field; CSS of what is dropped, and of all that is no text of the body (`taken`)."""

    selectors: dict[str, tuple[Selector, ...]]
    drop: str
    taken: str


@lru_cache(maxsize=_MOST_LAYOUTS)
def _rules_of(layout: Layout) -> _Rules:
    """Make a layout's selectors ready; in JSON only the credits inside the text can be selectors."""
    if layout.format == "json":
        credits_ = [text for text in layout.attribution if "." in text]
        texts = {"attribution": credits_, "drop": layout.drop}
    else:
        texts = {name: getattr(layout, name) for name in (*_FIELDS, "drop", "body")}
    selectors = {name: tuple(map(read_selector, found)) for name, found in texts.items()}
    return _Rules(selectors, _joined(selectors, "drop"), _joined(selectors, *_TAKEN, "drop"))


def _joined(selectors: dict[str, tuple[Selector, ...]], *names: str) -> str:
    return ", ".join({selector.css: None for name in names for selector in selectors.get(name, ())})


class _Found:
    """What the selectors of a layout find in a tree; each is asked once, and only if those before it are not enough."""

    def __init__(self, layout: Layout, root: Element, site_title: str, *, marked: bool) -> None:
        self.rules = _rules_of(layout)
        self.root = root
        self.mentions = Mentions() if marked else None
        self.known: dict[str, list[Element]] = {}
        self.headline: Element | None = None
        self.title = ("", "")
        self._find_title(site_title)

    def elements(self, name: str) -> Iterator[tuple[Selector, Element]]:
        """Yield what the selectors of a field find, the most preferred first."""
        for selector in self.rules.selectors.get(name, ()):
            found = self.known.get(selector.css)
            if found is None:
                found = self.known[selector.css] = select(selector.css, self.root)
            for element in found:
                yield selector, element

    def _find_title(self, site_title: str) -> None:
        """Find the first headline that is not the site's name; where all are empty, the first of them is its place."""
        for selector, element in islice(self.elements("title"), _MOST_TRIED):
            text = self._text(selector, element)
            if text != site_title and (text or self.headline is None):
                self.headline = element
                self.title = (text, selector.text)
                if text:
                    break

    def _text(self, selector: Selector, element: Element) -> str:
        if selector.attribute:
            return clean(attribute(element, selector.attribute))
        attributes = element.attributes
        if attributes and is_hidden(attributes):
            return ""
        child = element.first_child
        if not self.rules.drop or child is None or child.next is None:
            return line_of(element)
        return line_of(element, numbers_of(self.rules.drop, element))

    def values(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the texts of a field, the most preferred first, each with its selector."""
        for selector, element in islice(self.elements(name), _MOST_TRIED):
            text = self._text(selector, element)
            if text:
                yield text, selector.text

    def first(self, name: str) -> tuple[str, str]:
        """Return the first text of a field and its selector; empty ones where there is none."""
        return next(self.values(name), ("", ""))

    def bodies(self, url: str) -> Iterator[tuple[Blocks, str]]:
        """Yield what the elements hold that may hold the text, the most preferred first, each with its selector."""
        for selector, element in islice(self.elements("body"), _MOST_TRIED):
            yield self.read_body(element, url), selector.text

    def read_body(self, element: Element, url: str) -> Blocks:
        """Read an element that holds the text."""
        skip = numbers_of(self.rules.taken, element) if self.rules.taken else set()
        title = 0
        if self.headline is not None:
            title = self.headline.mem_id
            skip.add(title)
        if self.mentions is None:
            return read_blocks(element, url, skip, title=title)
        credits_ = {credit.mem_id for _, credit in self.elements("attribution")}
        self.mentions = Mentions()
        return read_blocks(element, url, skip, title=title, credits_=credits_, mentions=self.mentions)

    def is_empty_before_title(self) -> bool:
        """Return whether an element for the time stands before the headline, or there is no headline."""
        times = {element.mem_id for _, element in self.elements("published")}
        if not times or self.headline is None:
            return bool(times)
        either = {*times, self.headline.mem_id}
        return next(inner.mem_id for inner in descendants(self.root) if inner.mem_id in either) in times


def _read_source(page: Page, site: Site, layout: Layout, source: Source) -> tuple[Article, set[str]]:
    article = fields.begin(page, site, layout)
    article.charset = source.charset
    if source.wrong_charset:
        fields.problem(article, "wrong-charset", f"{source.wrong_charset} in truth")
    if source.damaged:
        fields.problem(article, "damaged-text")
    root = parse(source.data, strict=True)
    if root is None:
        return article, set()
    found = _Found(layout, root, site.title, marked=may_name_securities(source.data))
    empty: set[str] = set()
    title, rule = found.title
    if title:
        article.title = title
        article.evidence["title"] = rule
    elif found.headline is not None:
        empty.add("no-title")
    digest, rule = found.first("digest")
    if digest:
        article.digest = fields.without_label(digest)
        article.evidence["digest"] = rule
    _set_credit(article, found)
    link, before = None, ""
    for body, rule in found.bodies(page.url):
        empty.add("no-body")
        if body.paragraphs:
            article.evidence["body"] = rule
            _set_text(article, body, found)
            link = read_link_lines(article, body.links, site, layout)
            before = body.head
            break
    article.paragraphs = fields.cut_end(article.paragraphs, layout.stop, layout.trailing)
    _set_time(article, found, before, site, empty)
    fields.set_category(article, site, layout, _category_name(found), link)
    fields.finish_body(article, layout, found.first("editor")[0])
    return article, empty


def _set_credit(article: Article, found: _Found) -> None:
    for text, rule in found.values("attribution"):
        if fields.set_credit(article, read_credit(text), rule):
            return


def _set_text(article: Article, body: Blocks, found: _Found) -> None:
    article.paragraphs = body.paragraphs
    article.images = body.images
    article.mentions = list(found.mentions.found.values()) if found.mentions else []


def _set_time(article: Article, found: _Found, before: str, site: Site, empty: set[str]) -> None:
    zone, now = site.timezone, article.page.fetched_at
    for text, rule in found.values("published"):
        dated = parse_date(text, zone=zone, now=now)
        if dated:
            fields.set_time(article, dated.in_zone(zone), rule)
            return
    dated = _time_before_title(before, site, now) if before else None
    if dated:
        fields.set_time(article, dated.in_zone(zone), "before the title")
    elif found.is_empty_before_title():
        # An element before the title is the one for the time, be it empty; one behind it can be another.
        empty.add("no-date")


def _time_before_title(text: str, site: Site, now: datetime) -> Dated | None:
    """Return the time in what stands before a title, which can be long, and print the day of reading, too.

    The first one with a time of day goes before the others.
    """
    dates = find_dates(text, zone=site.timezone, now=now)
    return next((one for one in dates if one.precision != "day"), None) or parse_date(text, zone=site.timezone, now=now)


def _category_name(found: _Found) -> str:
    """Join the texts of the most preferred selector that gives any."""
    texts = list(found.values("category"))
    return " ".join(text for text, rule in texts if rule == texts[0][1])
