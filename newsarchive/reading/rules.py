"""Pages of a known site: a layout's selectors applied to the bytes between its marks.

Speed is the point: the bytes are cut first, the slice is parsed once, one pass goes over the text, and whatever is
rare (securities, people, hidden elements) is only looked for when a cheap test says that it may be there.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from newsarchive.reading import fields
from newsarchive.reading.blocks import line_of, read_blocks
from newsarchive.reading.links import read_link_lines
from newsarchive.reading.mentions import MARKS, read_mentions
from newsarchive.reading.source import Source, parse, take_source
from newsarchive.sites.selectors import Index, Selector, compile_selector

if TYPE_CHECKING:
    from lxml.etree import _Element

    from newsarchive.items import Article, Page
    from newsarchive.sites import Layout, Site

# How many matches of a selector are looked at.
_CANDIDATES = 20


def read_layout(page: Page, site: Site, layout: Layout) -> tuple[Article, set[str]]:
    """Read a page by a layout.

    Gives the article without the problems of missing fields, and the reasons (`no-title` ...) of the fields whose
    elements are on the page but empty: an empty title is no reason to look for one elsewhere.
    """
    source = take_source(page, layout.cut)
    draft = _Draft(page, site, layout, source)
    draft.read()
    if source.part and set(fields.missing(draft.article)) - draft.empty:
        whole = _Draft(page, site, layout, take_source(page, None))
        whole.read()
        if len(fields.missing(whole.article)) < len(fields.missing(draft.article)):
            draft = whole
    return draft.article, draft.empty


def read_fragment(article: Article, html: str, site: Site, layout: Layout) -> None:
    """Read a piece of HTML that is an article's text and nothing else into the article."""
    source = Source(b"<div>" + html.encode("utf-8", "replace") + b"</div>", part=False, charset="utf-8")
    draft = _Draft(article.page, site, layout, source, article)
    draft.read_credits()
    draft.read_text(draft.root)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A layout's selectors, compiled, in the order of preference."""

    layout: Layout
    title: tuple[Selector, ...]
    published: tuple[Selector, ...]
    digest: tuple[Selector, ...]
    category: tuple[Selector, ...]
    attribution: tuple[Selector, ...]
    editor: tuple[Selector, ...]
    drop: tuple[Selector, ...]
    body: tuple[Selector, ...]


# By the identity of the layout, which the plan keeps alive: hashing a layout would cost more than reading a page.
_PLANS: dict[int, _Plan] = {}


def _plan_of(layout: Layout) -> _Plan:
    plan = _PLANS.get(id(layout))
    if plan is None:
        names = [one.name for one in dataclasses.fields(_Plan) if one.name != "layout"]
        compiled = {name: tuple(map(compile_selector, _selectors(layout, name))) for name in names}
        plan = _PLANS[id(layout)] = _Plan(layout, **compiled)
    return plan


def _selectors(layout: Layout, name: str) -> tuple[str, ...]:
    texts: tuple[str, ...] = getattr(layout, name)
    # In JSON only the credits can be selectors; all else are names of keys.
    if layout.format == "json":
        return tuple(text for text in texts if name in ("attribution", "drop") and "." in text)
    return texts


class _Draft:
    """An article in the making out of one parsed source.

    `empty` holds the reasons (`no-title` ...) of fields whose element is on the page without text: the page says that
    it has none, so that they must not be taken from elsewhere. `skip` are elements that are no text of the body.
    """

    __slots__ = (
        "article", "category_name", "data", "dropped", "editor", "empty", "index", "layout", "link", "plan", "root",
        "site", "skip", "title",
    )  # fmt: skip

    def __init__(self, page: Page, site: Site, layout: Layout, source: Source, article: Article | None = None) -> None:
        if article is None:
            article = fields.begin(page, site, layout)
            article.charset = source.charset
            if source.wrong_charset:
                fields.problem(article, "wrong-charset", f"{source.wrong_charset} in truth")
            if source.damaged:
                fields.problem(article, "damaged-text")
        self.article = article
        self.site = site
        self.layout = layout
        self.data = source.data
        root = parse(source.data)
        self.root: _Element = etree.Element("html") if root is None else root
        self.index = Index(self.root, source.data)
        self.skip: set[_Element] = set()
        self.dropped: set[_Element] = set()
        self.empty: set[str] = set()
        self.title: _Element | None = None
        self.category_name = ""
        self.editor = ""
        self.link: tuple[str, str] | None = None
        self.plan = _plan_of(layout)

    def read(self) -> None:
        """Read all fields."""
        layout = self.layout
        self._read_title()
        self._read_published()
        if layout.digest:
            self._read_digest()
        if layout.category:
            self._read_category()
        self.read_credits()
        self._read_body()
        fields.set_category(self.article, self.site, layout, self.category_name, self.link)
        fields.finish_body(self.article, layout, self.editor)

    def _matches(self, selectors: tuple[Selector, ...]) -> list[tuple[Selector, _Element]]:
        """Give the elements of the selectors, those of the first one first."""
        found: list[tuple[Selector, _Element]] = []
        for selector in selectors:
            for element in self.index.find(selector):
                found.append((selector, element))
                if len(found) == _CANDIDATES:
                    return found
        return found

    def _read_title(self) -> None:
        for selector, element in self._matches(self.plan.title):
            text = _value(selector, element)
            if text and text != self.site.title:
                self.article.title = text
                self.article.evidence["title"] = selector.css
                self.title = element
                self.skip.add(element)
                return
            if not text:
                self.empty.add("no-title")
                self.title = element

    def _read_published(self) -> None:
        article = self.article
        seen = []
        for selector, element in self._matches(self.plan.published):
            text = _value(selector, element)
            found = fields.read_time(text, self.site.timezone, article.page.fetched_at) if text else None
            if found:
                fields.set_time(article, *found)
                article.evidence["published_at"] = selector.css
                self.skip.add(element)
                return
            seen.append(element)
        # An element before the title is the one for the time, be it empty; one behind it can be another.
        before = set(self.title.itersiblings(preceding=True)) if self.title is not None else set(seen)
        if not before.isdisjoint(seen):
            self.empty.add("no-date")

    def _read_digest(self) -> None:
        for selector, element in self._matches(self.plan.digest):
            text = fields.without_label(_value(selector, element))
            if text:
                self.article.digest = text
                self.article.evidence["digest"] = selector.css
                self.skip.add(element)
                return

    def _read_category(self) -> None:
        for selector in self.plan.category:
            names = [line_of(element) for element in self.index.find(selector)]
            self.category_name = " ".join(filter(None, names))
            if self.category_name:
                return

    def read_credits(self) -> None:
        """Read the source from the first credit that names one, and leave all credits and dropped elements out."""
        article = self.article
        for selector, element in self._matches(self.plan.attribution):
            self.skip.add(element)
            if article.source is None:
                fields.set_credit(article, fields.read_credit(line_of(element)), selector.css)
        for _, element in self._matches(self.plan.drop):
            self.dropped.add(element)
        self.skip |= self.dropped

    def _read_body(self) -> None:
        for selector, element in self._matches(self.plan.editor):
            self.skip.add(element)
            self.editor = self.editor or _value(selector, element)
        for selector, element in self._matches(self.plan.body):
            self.empty.add("no-body")
            self._leave_head(element)
            self.read_text(element)
            if self.article.paragraphs:
                self.article.evidence["body"] = selector.css
                return

    def read_text(self, body: _Element) -> None:
        """Read paragraphs, pictures, securities and the link lines at the end of a body element."""
        article, layout = self.article, self.layout
        self.link = read_link_lines(article, body, self.site, layout, self.skip)
        blocks = read_blocks(body, article.page.url, self.skip)
        article.images = blocks.images
        article.paragraphs = fields.cut_end(blocks.paragraphs, layout.stop, layout.trailing)
        # The credit line counts for securities, dropped elements do not.
        if any(mark in self.data for mark in MARKS):
            article.mentions = read_mentions(body, self.dropped)

    def _leave_head(self, body: _Element) -> None:
        """Leave out what stands before the title in the body element: time, crumbs, the site's name."""
        title, article = self.title, self.article
        if title is None or title.getparent() is not body:
            return
        lines = [body.text or ""]
        body.text = None
        for element in title.itersiblings(preceding=True):
            self.skip.add(element)
            if article.published_at is None:
                lines.append(f"{line_of(element)} {element.tail or ''}")
            element.tail = None
        if article.published_at is None and not article.problems:
            found = fields.read_time(" ".join(lines), self.site.timezone, article.page.fetched_at)
            if found:
                fields.set_time(article, *found)
                article.evidence["published_at"] = "before the title"


def _value(selector: Selector, element: _Element) -> str:
    return element.get(selector.attribute, "").strip() if selector.attribute else line_of(element)
