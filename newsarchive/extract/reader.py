"""The door of reading: a page and its site in, an article out. Whatever the bytes are, nothing is raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.extract import fields
from newsarchive.extract.charset import decode
from newsarchive.extract.dates import parse_date
from newsarchive.extract.error_pages import detect_error_page
from newsarchive.extract.feed_entry import read_entry
from newsarchive.extract.further_pages import addresses_in, may_have_further, place_of
from newsarchive.extract.heuristics import read_by_heuristics, tree_of
from newsarchive.extract.identity import identify, identity_of, site_of_host
from newsarchive.extract.jekyll.post_file import read_post_file
from newsarchive.extract.layout import read_layout
from newsarchive.extract.media import describe_other_media
from newsarchive.extract.share_json import read_share
from newsarchive.models import Article, Byline, Image, Mention
from newsarchive.text import clean
from newsarchive.tree_bounds import TooComplexError
from newsarchive.urls import split_url

if TYPE_CHECKING:
    from newsarchive.models import Page
    from newsarchive.sites import Layout, Site


def read(page: Page, site: Site | None = None) -> Article:
    """Read a page into an article.

    With a site whose layouts know the URL the layout's rules are used; a field whose element is not on the page is
    looked for by the heuristics. Without one, or for another URL, the site whose file names the host is used,
    else the heuristics alone. A page that is no article, or lacks a field, says so in `problems`.
    """
    try:
        return identify(_read(page, site), site)
    except TooComplexError as error:
        return unread(page, site, "too-complex", str(error))


def unread(page: Page, site: Site | None, reason: str, detail: str = "") -> Article:
    """Return the article of a page that is not read, with the reason."""
    article = Article(page, identity_of(page.url, site)[1])
    fields.problem(article, reason, detail)
    return article


def _read(page: Page, site: Site | None) -> Article:
    if not page.body or page.body.isspace():
        return unread(page, site, "empty-page")
    if page.role == "feed":
        return read_entry(page, site)
    if page.role == "file" and site is not None:
        return read_post_file(page, site)
    site, layout = _rules_for(page, site)
    if site and layout and layout.format == "json":
        return read_share(page, site, layout)
    if (media := describe_other_media(page)) is not None:
        return unread(page, site, "not-html", media)
    return _read_known(page, site, layout) if site and layout else _read_unknown(page, site)


def _rules_for(page: Page, site: Site | None) -> tuple[Site | None, Layout | None]:
    layout = site.layout_for(page.url) if site else None
    if layout is not None:
        return site, layout
    other = site_of_host(split_url(page.url).hostname or "")
    return (other, other.layout_for(page.url)) if other else (site, None)


def _read_known(page: Page, site: Site, layout: Layout) -> Article:
    article, empty = read_layout(page, site, layout)
    if fields.is_complete(article):
        if may_have_further(page):
            _take_place(article, decode(page.body, page.headers.get("content-type")).text)
        return article
    lacking = fields.missing(article)
    decoded = decode(page.body, page.headers.get("content-type"))
    if detect_error_page(article, decoded.text, layout.error_marks):
        return article
    wanted = set(lacking) - empty
    if wanted:
        other = read_by_heuristics(page, decoded, site.timezone, site.title, strict=True)
        _fill(article, other, wanted, decoded.text)
    _take_place(article, decoded.text)
    _apply_hints(article, site)
    fields.tell_missing(article)
    return article


def _take_place(article: Article, text: str, addresses: str | None = None) -> None:
    """Set which page of its article a page is; that it goes on is told until the next page is followed."""
    if not article.paragraphs:
        return
    place = place_of(article.page, text, addresses)
    if place.number != 1:
        article.part, article.first_page = place.number, place.first
    article.whole_page = place.whole
    if place.following is not None:
        article.next_page = place.following
        fields.problem(article, "further-pages", place.following)


def _fill(article: Article, other: Article, wanted: set[str], text: str) -> None:
    """Fill fields for which the layout found no element with what the heuristics found."""
    if "no-title" in wanted and other.title and other.title in text[: text.find("</head") + 1]:
        article.title = other.title
        article.evidence["title"] = "generic"
    if "no-date" in wanted and other.published_at:
        article.published_at, article.precision = other.published_at, other.precision
        article.evidence["published_at"] = "generic"
    if "no-body" in wanted and other.paragraphs:
        article.paragraphs, article.images, article.bylines = other.paragraphs, other.images, other.bylines
        article.evidence["body"] = "generic"
        if article.source is None and other.evidence.get("source") != "listing":
            article.attribution, article.source, article.via = other.attribution, other.source, other.via


def _apply_hints(article: Article, site: Site) -> None:
    """Fill what the article itself is silent about from the page that linked to it."""
    hints = article.page.hints
    if not article.title and hints.title:
        article.title = clean(hints.title)
        article.evidence["title"] = "listing"
    if article.published_at is None and hints.published and "no-date" in fields.missing(article):
        year = int(article.article_key[:4]) if article.article_key.isdigit() else None
        dated = parse_date(hints.published, zone=site.timezone, now=article.page.fetched_at, year_hint=year)
        if dated:
            fields.set_time(article, dated, "listing")
    if article.source is None and hints.source:
        article.source = clean(hints.source)
        article.evidence["source"] = "listing"
    if article.category is None and hints.category is not None:
        article.category = hints.category
        article.evidence["category"] = "listing"
    if hints.authors and not any(byline.role == "author" for byline in article.bylines):
        article.bylines += [Byline("author", name) for name in hints.authors]
        article.evidence["bylines"] = "listing"
    if hints.image and not article.images:
        article.images = [Image(hints.image)]
        article.evidence["images"] = "listing"
    if hints.genres and article.section is None:
        article.section = ", ".join(hints.genres)
        article.evidence["section"] = "listing"
    if hints.tickers and not article.mentions:
        article.mentions = [
            Mention(market, code) for market, _, code in (ticker.partition(":") for ticker in hints.tickers)
        ]
        article.evidence["mentions"] = "listing"


def _read_unknown(page: Page, site: Site | None) -> Article:
    decoded = decode(page.body, page.headers.get("content-type"))
    zone, name = (site.timezone, site.title) if site else (None, "")
    root = tree_of(page, decoded, strict=True)
    article = read_by_heuristics(page, decoded, zone, name, root=root, strict=True)
    if detect_error_page(article, decoded.text):
        return article
    if site is not None:
        _apply_hints(article, site)
    fields.tell_missing(article)
    if decoded.wrong_declaration:
        fields.problem(article, "wrong-charset", f"{decoded.charset} in truth")
    if decoded.damaged:
        fields.problem(article, "damaged-text")
    _take_place(article, decoded.text, addresses_in(root) if root is not None else None)
    return article
