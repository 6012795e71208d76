"""The share service's JSON: one object with the article's HTML, and sometimes a title, a time, a medium beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from newsarchive.extract import fields
from newsarchive.extract.charset import decode
from newsarchive.extract.credits.sources import Attribution, read_credit
from newsarchive.extract.dates import parse_date
from newsarchive.extract.layout import read_fragment
from newsarchive.text import clean, valid_unicode
from newsarchive.urls import parse_info_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.models import Article, Page
    from newsarchive.sites import Layout, Site

# Objects in which a service may wrap its one object.
_WRAPPERS = ("data", "result")


def read_share(page: Page, site: Site, layout: Layout) -> Article:
    """Read an answer of the share service.

    Only the text is guaranteed; a missing title or time is no problem of this page. An unknown code is answered by
    an object without text (`no-text`), a broken service by HTML (`not-json`).
    """
    article = fields.begin(page, site, layout)
    if not article.article_key.isdigit():
        fields.problem(article, "bad-info-code", page.url)
    text, article.charset = _decode(page)
    answer = _object(text)
    if answer is None:
        fields.problem(article, "not-json", clean(text[:80]))
        return article
    key, html = _first(answer, layout.body)
    if not html.strip():
        fields.problem(article, "no-text")
        return article
    article.kind = next((kind for kind, pattern in layout.kinds if pattern.search(key)), None)
    _read_keys(article, answer, site, layout)
    read_fragment(article, html, site, layout)
    _read_medium(article, answer, layout)
    fields.finish_body(article, layout, "")
    if not article.paragraphs:
        fields.problem(article, "no-text")
    return article


def _decode(page: Page) -> tuple[str, str]:
    try:
        return page.body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        decoded = decode(page.body, page.headers.get("content-type"))
        return decoded.text, decoded.charset


def _object(text: str) -> dict[str, Any] | None:
    """Parse the answer's object, keys in lower case; `var x=` or a callback around it is tolerated."""
    if text.lstrip().startswith("<"):
        return None
    begin, end = text.find("{"), text.rfind("}")
    try:
        data = json.loads(text[begin : end + 1]) if begin >= 0 else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    answer = {key.lower(): value for key, value in data.items()}
    for name in _WRAPPERS:
        inner = answer.get(name)
        if isinstance(inner, dict):
            answer = {**{key.lower(): value for key, value in inner.items()}, **answer}
    return answer


def _first(answer: dict[str, Any], names: Sequence[str]) -> tuple[str, str]:
    """Return the first of the keys that holds text, and the text; numbers count, for times in seconds."""
    for name in names:
        value = answer.get(name.lower())
        if isinstance(value, str) and value.strip():
            return name, valid_unicode(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return name, str(value)
    return "", ""


def _read_keys(article: Article, answer: dict[str, Any], site: Site, layout: Layout) -> None:
    key, title = _first(answer, layout.title)
    if title:
        article.title = clean(title)
        article.evidence["title"] = key
    key, when = _first(answer, layout.published)
    dated = parse_date(when, zone=site.timezone, now=article.page.fetched_at) if when else None
    if dated:
        fields.set_time(article, dated.in_zone(site.timezone), key)
    digest = clean(_first(answer, layout.digest)[1])
    if digest:
        article.digest = fields.without_label(digest)
    code = parse_info_code(_first(answer, ("infocode",))[1])
    if code and code.prefix:
        article.info_code = str(code)
    elif article.kind == "flash":
        # The prefix of the address was the asker's: a flash item has none of its own.
        article.info_code = None


def _read_medium(article: Article, answer: dict[str, Any], layout: Layout) -> None:
    """Read the medium from its key where the text has no credit line."""
    if article.source is not None:
        return
    key, name = _first(answer, [name for name in layout.attribution if "." not in name])
    name = clean(name)
    if name:
        fields.set_credit(article, read_credit(name) or Attribution(name, name), key)
