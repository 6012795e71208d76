"""Pages of a known site: what a layout's selectors find, made into an article.

Speed is the point: the bytes are cut first, the slice is scanned once without building a tree, and whatever is rare
(people, other charsets, broken markup) is only gone into when a cheap test says that it may be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.extract import fields
from newsarchive.extract.credits.sources import read_credit
from newsarchive.extract.dates import find_dates, parse_date
from newsarchive.extract.html import Source, reserialise, take_source
from newsarchive.extract.link_lines import read_link_lines
from newsarchive.extract.scanner.plan import (
    Body,
    Value,
    plan_of,
)
from newsarchive.extract.scanner.scan import Scan
from newsarchive.extract.scanner.tags import UntidyError

if TYPE_CHECKING:
    from newsarchive.extract.dates import Dated
    from newsarchive.extract.scanner.plan import Plan
    from newsarchive.models import Article, Page
    from newsarchive.sites import Layout, Site


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
    found = _scan(html, plan_of(layout), article.page.url, site, fragment=True)
    _set_credit(article, found)
    _set_text(article, found, found.bodies[0])
    article.paragraphs = fields.cut_end(article.paragraphs, layout.stop, layout.trailing)


def _scan(text: str, plan: Plan, url: str, site: Site, *, fragment: bool = False) -> Scan:
    """Scan markup as it is, or as a patient parser rewrites it."""
    scan = Scan(plan, url, site.title)
    try:
        return (scan.all_of_it() if fragment else scan).run(text, tidy=False)
    except UntidyError:
        scan = Scan(plan, url, site.title)
        return (scan.all_of_it() if fragment else scan).run(reserialise(text), tidy=True)


def _read_source(page: Page, site: Site, layout: Layout, source: Source) -> tuple[Article, set[str]]:
    article = fields.begin(page, site, layout)
    article.charset = source.charset
    if source.wrong_charset:
        fields.problem(article, "wrong-charset", f"{source.wrong_charset} in truth")
    if source.damaged:
        fields.problem(article, "damaged-text")
    found = _scan(source.text, plan_of(layout), page.url, site)
    empty: set[str] = set()
    title = _best(found, "title")
    if title is not None:
        article.title = title.text
        article.evidence["title"] = title.role.selector.text
    elif found.title_seen:
        empty.add("no-title")
    digest = _best(found, "digest")
    if digest is not None:
        article.digest = fields.without_label(digest.text)
        article.evidence["digest"] = digest.role.selector.text
    _set_credit(article, found)
    body = _best_body(found)
    if found.bodies:
        empty.add("no-body")
    link = None
    if body is not None:
        article.evidence["body"] = body.role.selector.text
        _set_text(article, found, body)
        link = read_link_lines(article, found.link_lines, body.paragraphs.start, site, layout)
    article.paragraphs = fields.cut_end(article.paragraphs, layout.stop, layout.trailing)
    _set_time(article, found, body, site, empty)
    fields.set_category(article, site, layout, _category_name(found), link)
    editor = _best(found, "editor")
    fields.finish_body(article, layout, editor.text if editor else "")
    return article, empty


def _best(found: Scan, name: str) -> Value | None:
    """Return the first value with text of the most preferred selector."""
    best: Value | None = None
    for value in found.values.get(name, ()):
        if value.text and (best is None or value.role.rank < best.role.rank):
            best = value
    return best


def _best_body(found: Scan) -> Body | None:
    best: Body | None = None
    for body in found.bodies:
        if (best is None or body.role.rank < best.role.rank) and found.collector.paragraphs[body.paragraphs]:
            best = body
    return best


def _rank(value: Value) -> int:
    return value.role.rank


def _set_credit(article: Article, found: Scan) -> None:
    # Sorting keeps the order on the page among equals.
    for value in sorted(found.values.get("attribution", ()), key=_rank):
        if value.text and fields.set_credit(article, read_credit(value.text), value.role.selector.text):
            return


def _set_text(article: Article, found: Scan, body: Body) -> None:
    article.paragraphs = found.collector.paragraphs[body.paragraphs]
    article.images = found.collector.images[body.images]
    article.mentions = list(found.mentions.found.values())


def _set_time(article: Article, found: Scan, body: Body | None, site: Site, empty: set[str]) -> None:
    zone, now = site.timezone, article.page.fetched_at
    best: tuple[int, Dated, str] | None = None
    empty_before = False
    for value in found.values.get("published", ()):
        role = value.role
        if best is None or role.rank < best[0]:
            dated = parse_date(value.text, zone=zone, now=now) if value.text else None
            if dated:
                best = (role.rank, dated, role.selector.text)
            empty_before = empty_before or value.before_title
    if best is None and body is not None and body.head:
        # What stands before a title can be long, and print the day of reading too: the first one with a time of day.
        dates = find_dates(body.head, zone=zone, now=now)
        dated = next((one for one in dates if one.precision != "day"), None)
        dated = dated or parse_date(body.head, zone=zone, now=now)
        best = (0, dated, "before the title") if dated else None
    if best:
        fields.set_time(article, best[1].in_zone(zone), best[2])
    elif empty_before:
        # An element before the title is the one for the time, be it empty; one behind it can be another.
        empty.add("no-date")


def _category_name(found: Scan) -> str:
    values = [value for value in found.values.get("category", ()) if value.text]
    return " ".join(value.text for value in values if value.role.rank == values[0].role.rank)
