"""Single entries of RSS and Atom feeds that hold the whole text of their article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from html import escape
from typing import TYPE_CHECKING

from lxml import etree, html

from newsarchive.extract import fields
from newsarchive.extract.charset import decode
from newsarchive.extract.dates import parse_date
from newsarchive.extract.heuristics import read_by_heuristics
from newsarchive.extract.validate import date_problem
from newsarchive.extract.xml import child, name_of, parse_xml, text_of
from newsarchive.text import clean

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from lxml.etree import _Element

    from newsarchive.extract.dates import Dated
    from newsarchive.models import Article, Page
    from newsarchive.sites import Site

#: Behind the address of an entry that is a copy of its own, so that the page of the article can be another.
MARK = "#feed"
_TEXT = ("encoded", "content", "description", "summary")
_TIME = ("published", "pubdate", "date", "issued", "updated", "modified")
_DOCUMENT = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
    "<body><article><h1>{title}</h1>\n{text}</article></body></html>"
)


def read_entry(page: Page, site: Site | None) -> Article:
    """Read one entry of a feed, a page of the role `feed`, into an article.

    A time without a zone is in the site's (UTC without a site). Nothing is raised, whatever the bytes are.
    """
    entry = parse_xml(page.body)
    title = (entry_title(entry) if entry is not None else None) or ""
    text = (entry_text(entry) if entry is not None else None) or ""
    document = _DOCUMENT.format(title=escape(title), text=text).encode("utf-8", "replace")
    inner = replace(page, body=document, url=page.url.removesuffix(MARK))
    article = read_by_heuristics(inner, decode(document, "text/html; charset=utf-8"), site.timezone if site else None)
    article.page = page
    article.extractor = "feed"
    article.title = title or article.title
    zone = site.timezone if site else UTC
    dated = entry_time(entry, zone, page.fetched_at) if entry is not None else None
    # Where the feed's time cannot be true, one that the text prints is kept.
    if dated is not None and not (article.published_at and date_problem(dated.when, page.fetched_at)):
        fields.set_time(article, dated.in_zone(zone), "feed")
        article.problems = [problem for problem in article.problems if problem.reason != "no-date"]
    return article


def entry_title(entry: _Element) -> str | None:
    """Return the title of an entry as plain text."""
    found = child(entry, "title")
    text = text_of(found)
    if text and found is not None and ("<" in text or "&" in text):
        try:
            return clean(html.fromstring(text).text_content()) or None
        except (etree.ParserError, ValueError):
            return text
    return text


def entry_text(entry: _Element) -> str | None:
    """Return the HTML of an entry, the longest of what it holds."""
    found = [element for element in entry if name_of(element) in _TEXT]
    return max(filter(None, map(_markup, found)), key=len, default=None)


def _markup(element: _Element) -> str | None:
    if len(element):  # XHTML as it stands
        return etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return element.text


def entry_time(entry: _Element, zone: tzinfo, now: datetime) -> Dated | None:
    """Return when an entry was published, else when it was last changed; `zone` is for times that name none."""
    texts = (text_of(child(entry, name)) for name in _TIME)
    return next((dated for text in texts if text and (dated := parse_date(text, zone=zone, now=now))), None)
