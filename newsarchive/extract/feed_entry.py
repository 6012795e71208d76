"""Single entries of RSS and Atom feeds that hold the whole text of their article."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from datetime import UTC
from html import escape, unescape
from typing import TYPE_CHECKING

from lxml import etree

from newsarchive.extract import fields
from newsarchive.extract.charset import decode
from newsarchive.extract.credits.person_names import is_chinese_name, is_latin_name
from newsarchive.extract.dates import parse_date
from newsarchive.extract.heuristics import read_by_heuristics
from newsarchive.extract.html import line_of
from newsarchive.extract.identity import entry_key, is_hearsay
from newsarchive.extract.validate import date_problem
from newsarchive.extract.xml import base_of, child, children, name_of, read_xml, text_of, vocabulary_of
from newsarchive.models import FEED_MARK, Byline, Image, Paragraph
from newsarchive.text import clean
from newsarchive.tree import parse, select
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from lxml.etree import _Element

    from newsarchive.extract.dates import Dated
    from newsarchive.models import Article, Page
    from newsarchive.sites import Site

#: The vocabularies of feeds themselves; an element of any other is taken only where it is named below.
CORE = ("", "rss", "atom")
#: Name of an element with the text of an entry -> the vocabularies in which it is that.
_TEXT = {
    "encoded": ("content",),
    "content": CORE,
    "description": (*CORE, "dc"),
    "summary": CORE,
    "body": ("xhtml",),
}
#: Names of times, the first being published before changed.
_TIME = ("published", "pubdate", "date", "issued", "created", "updated", "modified")
#: What tells that a text is HTML.
_TAG = re.compile(
    r"</?(?:a|abbr|article|b|big|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|embed|figcaption|figure|font|h[1-6]"
    r"|hr|html|body|i|iframe|img|ins|li|mark|ol|p|pre|q|s|section|small|span|strike|strong|sub|sup|table|tbody|td|th|tr"
    r"|u|ul|video|audio)(?:\s[^<>]*)?/?>|<!--",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: A blank line, or the indent of a Chinese paragraph.
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\r\u3000]*\n\s*|\n[ \t]*\u3000\s*")
#: An address of mail, and the brackets that part it from a name.
_MAIL = re.compile(r"[^\s<>()（）]+@[^\s<>()（）]+|[<>()（）]")
_PARTS_NAMES = re.compile(r"[,，、;；/|]|\s(?:and|&)\s|\s{2,}")
_SENTENCE_ENDS = tuple("。！？…”」』）!?.")
_DOCUMENT = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body><article><h1>{title}</h1>\n{text}</article></body></html>"
)


def read_entry(page: Page, site: Site | None) -> Article:
    """Read one entry of a feed, a page of the role `feed`, into an article.

    A time without a zone is in the site's (UTC without a site). An entry that shares its address with others is an
    article of its own, named by the fragment. Nothing is raised, whatever the bytes are.
    """
    entry = read_xml(page.body, page.headers.get("content-type")).root
    title = (entry_title(entry) if entry is not None else None) or ""
    text = (entry_text(entry) if entry is not None else None) or ""
    document = _DOCUMENT.format(title=escape(title), text=text).encode("utf-8", "replace")
    address = page.url.removesuffix(FEED_MARK).partition("#")[0]
    inner = replace(page, body=document, url=address)
    article = read_by_heuristics(inner, decode(document, "text/html; charset=utf-8"), site.timezone if site else None)
    article.page = page
    article.extractor = "feed"
    article.article_key = entry_key(page.url, site)
    article.is_hearsay = is_hearsay(page.url, page.found_on, site)
    article.title = title or article.title
    if not article.paragraphs:
        _keep_text(article, text)
    zone = site.timezone if site else UTC
    dated = entry_time(entry, zone, page.fetched_at) if entry is not None else None
    # Where the feed's time cannot be true, one that the text prints is kept.
    if dated is not None and not (article.published_at and date_problem(dated.when, page.fetched_at)):
        fields.set_time(article, dated.in_zone(zone), "feed")
    if entry is not None:
        _take_what_is_beside(article, entry)
    fields.tell_missing(article)
    return article


def _take_what_is_beside(article: Article, entry: _Element) -> None:
    """Add the authors and the picture that stand beside the text, where the text names and shows none."""
    authors = entry_authors(entry)
    if authors and not any(byline.role == "author" for byline in article.bylines):
        article.bylines += [Byline("author", name) for name in authors]
        article.evidence["bylines"] = "feed"
    if not article.images and (image := entry_image(entry, article.page.base_url)):
        article.images = [Image(image)]


def _keep_text(article: Article, markup: str) -> None:
    """Keep all of a text of which the heuristics took nothing: a flash that says no more than its title."""
    root = parse(markup) if markup else None
    if root is None or not (whole := line_of(root)):
        return
    lines = [line for line in map(line_of, select("p", root)) if line]
    if "".join(lines).replace(" ", "") != whole.replace(" ", ""):  # some of it stands outside of paragraphs
        lines = [whole]
    if lines:
        article.paragraphs = [Paragraph(line) for line in lines]
        article.evidence["body"] = "feed"
        article.problems = [problem for problem in article.problems if problem.reason != "no-body"]


def entry_title(entry: _Element) -> str | None:
    """Return the title of an entry as plain text."""
    text = text_of(child(entry, "title", *CORE, "dc"))
    return plain_line(text) if text else None


def plain_line(text: str) -> str | None:
    """Return a line that may be HTML as plain text; None where there is nothing in it."""
    if _TAG.search(text):
        root = parse(text)
        return (line_of(root) or None) if root is not None else None
    return clean(unescape(text) if _ENTITY.search(text) else text) or None


def entry_authors(entry: _Element) -> tuple[str, ...]:
    """Return the people that an entry names as its authors; addresses of mail, accounts and desks are none."""
    persons = [*children(entry, "author", *CORE), *children(entry, "creator", "dc")]
    named = (text_of(child(person, "name", *CORE)) if len(person) else text_of(person) for person in persons)
    return tuple(dict.fromkeys(name for text in named if text for name in person_names(text)))


def person_names(text: str) -> tuple[str, ...]:
    """Return the people that a field for authors names: `lin@news.example (林小满)`, `林小满, 顾知行`."""
    plain = plain_line(text) or ""
    parts = (part.strip().removeprefix("By ") for part in _PARTS_NAMES.split(_MAIL.sub(" ", plain)))
    return tuple(part for part in parts if is_chinese_name(part) or is_latin_name(part))


def entry_image(entry: _Element, base_url: str) -> str | None:
    """Return the address of the picture that an entry brings along: a thumbnail, a medium, an enclosure."""
    for name, attribute in (("thumbnail", "url"), ("content", "url"), ("enclosure", "url"), ("link", "href")):
        for found in entry.iter():
            kind = (found.get("type") or found.get("medium") or "").lower()
            is_image = name == "thumbnail" or kind.startswith("image")
            target = found.get(attribute) if is_image and name_of(found) == name else None
            if target and (url := absolute_url(target, base_of(found, base_url))):
                return url
    return None


def entry_text(entry: _Element) -> str | None:
    """Return the HTML of an entry, the longest of what it holds."""
    own = vocabulary_of(entry)
    found = [
        element
        for element in entry
        if (wanted := _TEXT.get(name_of(element))) and ((known := vocabulary_of(element)) in wanted or known == own)
    ]
    return max(filter(None, map(_markup, found)), key=len, default=None)


def _markup(element: _Element) -> str | None:
    if len(element):  # XHTML as it stands
        element = deepcopy(element)
        for inner in element.iter(etree.Element):
            inner.tag = name_of(inner)
        return etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    text = element.text or ""
    if _TAG.search(text):
        return text
    return "\n".join(f"<p>{escape(part)}</p>" for part in _plain_paragraphs(unescape(text))) or None


def _plain_paragraphs(text: str) -> list[str]:
    """Part a plain text at blank lines and indents; at the ends of lines where all of them end a sentence."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = _PARAGRAPH_BREAK.split(text)
    lines = text.split("\n")
    if len(parts) == 1 and all(line.rstrip().endswith(_SENTENCE_ENDS) for line in lines[:-1]):
        parts = lines
    return [part for part in map(clean, parts) if part]


def entry_time(entry: _Element, zone: tzinfo, now: datetime) -> Dated | None:
    """Return when an entry was published, else when it was last changed; `zone` is for times that name none."""
    texts = (text_of(found) for name in _TIME for found in children(entry, name, *CORE, "dc"))
    return next((dated for text in texts if text and (dated := parse_date(text, zone=zone, now=now))), None)
