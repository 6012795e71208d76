"""Pages of a known site: a layout's selectors applied to the bytes between its marks.

Speed is the point: the bytes are cut first, the slice is parsed once, one pass goes over the text, and whatever is
rare (securities, people, hidden elements) is only looked for when a cheap test says that it may be there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, cast

from lxml import etree

from newsarchive.reading import fields
from newsarchive.reading.blocks import line_of, read_blocks
from newsarchive.reading.charset import decode
from newsarchive.reading.links import read_link_lines
from newsarchive.reading.mentions import MARKS, read_mentions
from newsarchive.sites.selectors import compile_selector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from lxml.etree import _Element

    from newsarchive.items import Article, Page
    from newsarchive.sites import Layout, Site

_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
# How far into a page a charset is declared, and how many candidates of a selector are looked at.
_HEAD = 4096
_CANDIDATES = 20


@dataclass(slots=True)
class Source:
    """What is parsed: UTF-8 bytes, whether they are only a part of the page, and what is known of the charset."""

    data: bytes
    part: bool
    charset: str
    wrong_charset: str | None = None
    damaged: bool = False


@dataclass(slots=True)
class Found:
    """A field's element and text; `present` tells that the element is there, be it without text."""

    element: _Element | None = None
    text: str | None = None
    rule: str = ""
    present: bool = False


@dataclass(slots=True)
class Draft:
    """An article in the making.

    `empty` holds the reasons (`no-title` ...) of fields whose element is on the page without text: the page says that
    it has none, so that they must not be taken from elsewhere.
    """

    article: Article
    root: _Element
    source: Source
    skip: set[_Element] = field(default_factory=set)
    dropped: set[_Element] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    title_element: _Element | None = None
    category_name: str = ""
    zone: tzinfo = UTC


def read_layout(page: Page, site: Site, layout: Layout) -> tuple[Article, set[str]]:
    """Read a page by a layout.

    Gives the article without the problems of missing fields, and the reasons (`no-title` ...) of the fields whose
    elements are on the page but empty: an empty title is no reason to look for one elsewhere.
    """
    source = take_source(page, layout)
    draft = read_source(page, site, layout, source)
    if source.part and _lacks(draft):
        whole = take_source(page, None)
        again = read_source(page, site, layout, whole)
        if not _lacks(again) or len(again.article.paragraphs) > len(draft.article.paragraphs):
            draft = again
    return draft.article, draft.empty


def _lacks(draft: Draft) -> bool:
    article = draft.article
    return bool(
        (not article.title and "no-title" not in draft.empty)
        or (not article.published_at and "no-date" not in draft.empty)
        or (not article.paragraphs and "no-body" not in draft.empty)
    )


def take_source(page: Page, layout: Layout | None) -> Source:
    """Cut the part of the page that is to be parsed, as UTF-8."""
    cut = layout.cut if layout else None
    data = cut_bytes(page.body, cut)
    if _says_utf8(page):
        try:
            data.decode()
        except UnicodeDecodeError:
            pass
        else:
            return Source(data, len(data) < len(page.body), "utf-8")
    decoded = decode(page.body, page.headers.get("content-type"))
    body = decoded.text.encode("utf-8", "replace")
    data = cut_bytes(body, cut)
    wrong = decoded.charset if decoded.wrong_declaration else None
    return Source(data, len(data) < len(body), decoded.charset, wrong, decoded.damaged)


def cut_bytes(body: bytes, marks: tuple[bytes, bytes] | None) -> bytes:
    """Give what stands from the first mark behind `<body` up to the last of the second mark, else everything.

    Only behind `<body`, because a broken head can hold a copy of the article.
    """
    if marks is None:
        return body
    begin = body.find(marks[0], max(body.find(b"<body"), 0))
    if begin < 0:
        begin = body.find(marks[0])
    end = body.rfind(marks[1], begin) if begin >= 0 else -1
    return body[begin:end] if end >= 0 else body


def _says_utf8(page: Page) -> bool:
    """Tell whether header and page declare UTF-8 or nothing."""
    header = page.headers.get("content-type", "").lower()
    if "charset" in header and "utf-8" not in header and "utf8" not in header:
        return False
    head = page.body[:_HEAD]
    at = head.find(b"charset")
    return at < 0 or b"utf-8" in head[at : at + 20].lower()


def parse(data: bytes) -> _Element | None:
    """Parse UTF-8 bytes of HTML; None when there is no element in them."""
    try:
        root = etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return cast("_Element | None", root)


def read_source(page: Page, site: Site, layout: Layout, source: Source) -> Draft:
    """Read all fields out of one parsed source."""
    article = fields.begin(page, site, layout)
    article.charset = source.charset
    if source.wrong_charset:
        fields.problem(article, "wrong-charset", f"{source.wrong_charset} in truth")
    if source.damaged:
        fields.problem(article, "damaged-text")
    root = parse(source.data)
    draft = Draft(article, etree.Element("html") if root is None else root, source, zone=site.timezone)
    _read_head(draft, site, layout)
    _read_credits(draft, layout, layout.attribution)
    _read_body(draft, site, layout)
    return draft


def _first(draft: Draft, selectors: Sequence[str]) -> Found:
    """Find the first element with text, in the order of the selectors."""
    present = False
    for css in selectors:
        selector = compile_selector(css)
        for element in selector.find(draft.root)[:_CANDIDATES]:
            present = True
            text = element.get(selector.attribute, "").strip() if selector.attribute else line_of(element)
            if text:
                return Found(element, text, css, present)
    return Found(present=present)


def _read_head(draft: Draft, site: Site, layout: Layout) -> None:
    article = draft.article
    title = _first(draft, layout.title)
    draft.title_element = title.element
    if title.element is not None and title.text != site.title:
        article.title = title.text
        article.evidence["title"] = title.rule
        draft.skip.add(title.element)
    elif title.present:
        draft.empty.add("no-title")
    _read_published(draft, layout)
    digest = _first(draft, layout.digest)
    if digest.element is not None and digest.text:
        article.digest = fields.without_label(digest.text)
        article.evidence["digest"] = digest.rule
        draft.skip.add(digest.element)
    category = _first(draft, layout.category)
    if category.element is not None:
        names = [line_of(element) for element in compile_selector(category.rule).find(draft.root)]
        draft.category_name = " ".join(filter(None, names))


def _read_published(draft: Draft, layout: Layout) -> None:
    now = draft.article.page.fetched_at
    present = False
    for css in layout.published:
        selector = compile_selector(css)
        for element in selector.find(draft.root)[:_CANDIDATES]:
            text = element.get(selector.attribute, "") if selector.attribute else line_of(element)
            found = fields.read_time(text, draft.zone, now) if text else None
            present = present or css == layout.published[0]
            if found:
                fields.set_time(draft.article, *found)
                draft.article.evidence["published_at"] = css
                draft.skip.add(element)
                return
    if present:
        draft.empty.add("no-date")


def _read_credits(draft: Draft, layout: Layout, selectors: Sequence[str]) -> None:
    article = draft.article
    for css in selectors:
        for element in compile_selector(css).find(draft.root)[:_CANDIDATES]:
            draft.skip.add(element)
            if article.source is None:
                fields.set_credit(article, fields.read_credit(line_of(element)), css)
    for css in layout.drop:
        draft.dropped.update(compile_selector(css).find(draft.root))
    draft.skip |= draft.dropped


def _read_body(draft: Draft, site: Site, layout: Layout) -> None:
    article, skip = draft.article, draft.skip
    editor = _first(draft, layout.editor)
    if editor.element is not None:
        skip.add(editor.element)
    link = None
    for css in layout.body:
        for body in compile_selector(css).find(draft.root)[:_CANDIDATES]:
            draft.empty.add("no-body")
            _leave_head(draft, body)
            link = read_body(article, body, site, layout, skip)
            if article.paragraphs:
                article.evidence["body"] = css
                take_mentions(draft, body)
                break
        if article.paragraphs:
            break
    fields.set_category(article, site, layout, draft.category_name, link)
    fields.finish_body(article, layout, editor.text)


def read_body(
    article: Article, body: _Element, site: Site, layout: Layout, skip: set[_Element]
) -> tuple[str, str] | None:
    """Read paragraphs, pictures and the link lines at the end of a body element; give the category they lead to."""
    link = read_link_lines(article, body, site, layout, skip)
    blocks = read_blocks(body, article.page.url, skip)
    article.images = blocks.images
    article.paragraphs = fields.cut_end(blocks.paragraphs, layout.stop, layout.trailing)
    return link


def take_mentions(draft: Draft, body: _Element) -> None:
    """Read the securities that the body element names; the credit line counts, dropped elements do not."""
    if any(mark in draft.source.data for mark in MARKS):
        draft.article.mentions = read_mentions(body, draft.dropped)


def read_fragment(article: Article, html: str, site: Site, layout: Layout) -> None:
    """Read a piece of HTML that is an article's text and nothing else."""
    data = b"<div>" + html.encode("utf-8", "replace") + b"</div>"
    root = parse(data)
    if root is None:
        return
    draft = Draft(article, root, Source(data, part=False, charset="utf-8"), zone=site.timezone)
    _read_credits(draft, layout, [css for css in layout.attribution if "." in css])
    read_body(article, root, site, layout, draft.skip)
    take_mentions(draft, root)


def _leave_head(draft: Draft, body: _Element) -> None:
    """Leave out what stands before the title in the body element: time, crumbs, the site's name."""
    title = draft.title_element
    if title is None or title.getparent() is not body:
        return
    before = list(title.itersiblings(preceding=True))
    lines = [body.text or "", *(f"{line_of(element)} {element.tail or ''}" for element in reversed(before))]
    body.text = None
    for element in before:
        element.tail = None
    draft.skip.update(before)
    if draft.article.published_at is None and not draft.article.problems:
        found = fields.read_time(" ".join(lines), draft.zone, draft.article.page.fetched_at)
        if found:
            fields.set_time(draft.article, *found)
            draft.article.evidence["published_at"] = "before the title"
