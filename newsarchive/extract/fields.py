"""Single fields that every kind of page prints alike: times, credits, editors, what is missing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from newsarchive.extract.credits.bylines import find_bylines, is_code, lines_with_people
from newsarchive.extract.credits.sources import (
    is_only_credit,
    original_title,
    read_credit,
    trailing_source,
)
from newsarchive.extract.identity import identity_of
from newsarchive.extract.language import language_on
from newsarchive.extract.validate import date_problem
from newsarchive.models import Article, Category, Problem
from newsarchive.urls import origin_of, quote_segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.extract.credits.sources import Attribution
    from newsarchive.extract.dates import Dated
    from newsarchive.models import Page, Paragraph
    from newsarchive.sites import Layout, Site

_STAGE = "extract"
# Reasons that stand for a date that is there and was not taken.
_DATE_REASONS = ("future-date", "implausible-date")

_ABSTRACT = re.compile(r"[【\[]?摘要[】\]]?\s?[：:\s]|[【\[]摘要[】\]]")


def begin(page: Page, site: Site, layout: Layout) -> Article:
    """Make the article of a page with what its URL alone tells."""
    url = page.url
    code, key = identity_of(url, site)
    article = Article(page, key, code or None, lang=site.lang, extractor=f"{layout.site}/{layout.role}")
    for kind, pattern in layout.kinds:
        if pattern.search(url):
            article.kind = kind
            break
    return article


def problem(article: Article, reason: str, detail: str = "") -> None:
    """Record a problem of the reading stage."""
    article.problems.append(Problem(_STAGE, reason, detail[:200]))


def set_time(article: Article, dated: Dated, rule: str) -> None:
    """Set the date if it is plausible; otherwise record a problem."""
    implausible = date_problem(dated.when, article.page.fetched_at)
    if implausible:
        article.problems.append(implausible)
    else:
        article.published_at, article.precision = dated.when, dated.precision
    article.evidence["published_at"] = rule


def set_credit(article: Article, found: Attribution | None, rule: str) -> bool:
    """Set the credit; False when there is none."""
    if found is None or not found.source:
        return False
    article.attribution, article.source, article.via = found.printed, found.source, [*found.via]
    article.evidence["source"] = rule
    return True


def read_people(article: Article, editor_line: str) -> None:
    """Find the people that the text and the editor's line name, and the title that the article had before."""
    texts = lines_with_people([paragraph.text for paragraph in article.paragraphs], editor_line)
    article.bylines += [byline for byline in find_bylines(texts) if not is_code(byline.name)]
    article.original_title = next(filter(None, map(original_title, texts)), None)


def finish_body(article: Article, layout: Layout, editor_line: str) -> None:
    """Read what the end of the text tells once the paragraphs are there: credits without a mark, and people."""
    if article.source is None:
        take_credit_paragraph(article)
        if article.source is None and article.kind in layout.bracket_source:
            take_bracket_credit(article)
    read_people(article, editor_line)
    if article.paragraphs:
        sample = [article.title or "", *(paragraph.text for paragraph in article.paragraphs[:3])]
        article.lang = language_on(sample, article.lang)


def take_credit_paragraph(article: Article) -> None:
    """Read a credit that stands as a paragraph of its own at the end, without any mark; it is no text."""
    paragraphs = article.paragraphs
    if not paragraphs or not is_only_credit(paragraphs[-1].text):
        return
    if set_credit(article, read_credit(paragraphs[-1].text), "last paragraph"):
        paragraphs.pop()


def take_bracket_credit(article: Article) -> None:
    """Read （X） at the very end of the text, else of the digest; it stays where it is printed."""
    lines = [article.paragraphs[-1].text] if article.paragraphs else []
    for line in [*lines, article.digest or ""]:
        if set_credit(article, trailing_source(line), "brackets at the end"):
            return


def without_label(digest: str) -> str:
    """Strip the label 摘要 from the beginning of a digest."""
    match = _ABSTRACT.match(digest)
    return digest[match.end() :].strip() if match else digest


def set_category(article: Article, site: Site, layout: Layout, name: str, link: tuple[str, str | None] | None) -> None:
    """Set the category: its slug from the link that leads back to it, else from the article's own URL.

    The end of its printed name is taken off (财联社新闻 is the category of 财联社). The link keeps the slug's case and
    blanks; in the article's URL it is lower-cased, and each blank has become a slash.
    """
    name = name.removesuffix(layout.category_suffix) or name
    slug, url = link or (_slug_of_url(article, layout), None)
    if not (slug or name):
        return
    if url is None and slug and site.listing and site.listing.category_page:
        base = origin_of(article.page.url) if article.page.url.startswith("http") else site.base_url
        url = _category_url(base, site.listing.category_page, slug)
    article.category = Category(slug or name, name or None, url)


@lru_cache(maxsize=4096)
def _category_url(base: str, template: str, slug: str) -> str:
    return urljoin(base + "/", template.format(slug=quote_segment(slug)))


def _slug_of_url(article: Article, layout: Layout) -> str:
    match = layout.url.search(article.page.url) if "slug" in layout.url.groupindex else None
    slug = match["slug"] if match else None
    if not slug:
        return ""
    return unquote(slug).replace("/", " ") if "%" in slug or "/" in slug else slug


def cut_end(paragraphs: list[Paragraph], stop: Sequence[str], trailing: Sequence[str]) -> list[Paragraph]:
    """End the text before the first paragraph with a mark of `stop`; take what holds one of `trailing` off its end."""
    if stop:
        marks = tuple(stop)
        for position, paragraph in enumerate(paragraphs):
            text = paragraph.text
            if text.startswith(marks) or (text[0] in "（([【*" and text.lstrip("（([【* ").startswith(marks)):
                paragraphs = paragraphs[:position]
                break
    if trailing:
        while paragraphs and any(mark in paragraphs[-1].text for mark in trailing):
            paragraphs.pop()
    return paragraphs


def is_complete(article: Article) -> bool:
    """Return whether an article has all that it must have."""
    return bool(article.title and article.published_at and article.paragraphs)


def missing(article: Article) -> list[str]:
    """List the reasons for the fields that an article must have and lacks."""
    told = any(one.reason in _DATE_REASONS for one in article.problems)
    return [
        reason
        for reason, there in (
            ("no-title", article.title),
            ("no-date", article.published_at or told),
            ("no-body", article.paragraphs),
        )
        if not there
    ]


def tell_missing(article: Article) -> None:
    """Record a problem for every field that an article must have and lacks."""
    for reason in missing(article):
        problem(article, reason)
