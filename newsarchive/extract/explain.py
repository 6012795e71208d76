"""What was read from a page, field by field, with the rule that gave each: for people who write rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from newsarchive.extract.credits.sources import Attribution
from newsarchive.extract.dates import Dated
from newsarchive.extract.heuristics import not_taken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.models import Article

#: Longer values are shortened in the middle (characters).
_WIDTH = 100
#: Plain fields in the order in which they are shown.
_FIELDS = (
    "article_key",
    "info_code",
    "kind",
    "title",
    "original_title",
    "digest",
    "source",
    "attribution",
    "section",
    "document_number",
    "index_number",
    "region",
    "lang",
    "canonical_url",
    "share_url",
    "original_url",
    "charset",
)


class Row(NamedTuple):
    """One line of an explanation; `evidence` is empty where no rule was recorded."""

    field: str
    value: str
    evidence: str


def explain(article: Article) -> list[Row]:
    """List what was read, a row for each field that has a value, then what was not taken, then the problems.

    Long values are shortened to 100 characters. Nothing is escaped: that is for whoever prints it.
    """
    rows = [Row("extractor", article.extractor, "")]
    rows += [
        Row(name, shorten(str(value)), article.evidence.get(name, ""))
        for name in _FIELDS
        if (value := getattr(article, name))
    ]
    rows += _others(article)
    if article.extractor == "generic":
        rows += [
            Row("not taken", f"{name} {_plain(one.value)}", f"{one.rule}: {shorten(one.printed)}")
            for name, one in not_taken(article)
        ]
    rows += [
        Row("problem", problem.reason, f"{problem.stage} {problem.detail}".strip()) for problem in article.problems
    ]
    return rows


def _plain(value: object) -> str:
    if isinstance(value, Dated):
        return value.when.isoformat()
    return value.source if isinstance(value, Attribution) else str(value)


def _others(article: Article) -> Iterator[Row]:
    evidence = article.evidence
    if article.published_at:
        exact = f"{evidence.get('published_at', '')} (to the {article.precision})".strip()
        yield Row("published_at", article.published_at.isoformat(), exact)
    if article.via:
        yield Row("via", " > ".join(article.via), evidence.get("via", ""))
    for byline in article.bylines:
        yield Row("byline", f"{byline.role} {byline.name}", evidence.get("bylines", ""))
    if article.category:
        name = article.category.name or ""
        yield Row("category", f"{article.category.slug} {name}".strip(), evidence.get("category", ""))
    if article.paywalled:
        yield Row("paywalled", "yes", evidence.get("paywalled", ""))
    for mention in article.mentions:
        named = f"{mention.market}.{mention.code} {mention.name or ''}".strip()
        yield Row("mention", f"{named} x{mention.count}" if mention.count > 1 else named, "")
    for embed in article.embeds:
        yield Row("embed", shorten(embed), "")
    for image in article.images:
        yield Row("image", shorten(image.url), shorten(image.caption or image.alt or ""))
    for number, paragraph in enumerate(article.paragraphs, start=1):
        source = evidence.get("body", "") if number == 1 else ""
        yield Row(f"{paragraph.kind} {number}", shorten(paragraph.text), source)


def shorten(text: str) -> str:
    """Cut the middle out of a text longer than 100 characters, so that beginning and end can be judged."""
    if len(text) <= _WIDTH:
        return text
    return f"{text[: _WIDTH * 2 // 3]} … {text[-_WIDTH // 3 + 3 :]}"
