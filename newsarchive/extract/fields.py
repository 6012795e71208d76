"""Single fields that every kind of page prints alike: times, credits, editors, what is missing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from newsarchive.extract.credits.bylines import find_bylines
from newsarchive.extract.credits.sources import (
    Attribution,
    original_title,
    read_attribution,
    trailing_source,
)
from newsarchive.extract.dates import parse_date
from newsarchive.models import Article, Category, Problem
from newsarchive.urls import article_key, find_info_code, origin_of, quote_segment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from newsarchive.models import Page, Paragraph, Precision
    from newsarchive.sites import Layout, Site

_STAGE = "extract"
# Languages with a script of their own, and the letters of these scripts.
_OTHER_SCRIPTS = frozenset({"zh", "ja", "ko"})
_EAST_ASIAN = re.compile("[\u3040-\u9fff\uac00-\ud7af]")
_SAMPLE = 200  # characters of a paragraph that tell

# Reasons that stand for a date that is there and was not taken.
_DATE_REASONS = ("future-date", "implausible-date")
# The mirror shows some posts eight hours late, so that they seem to lie ahead; beyond a day it is a mistake.
_FUTURE = timedelta(days=1)
_EARLIEST = 1994
# A number's date and the printed one may differ by a few days (drafts, nights), not by months.
_NUMBER_SLACK = timedelta(days=45)

# By far the most frequent form of an address with a number, without a look at its other parts.
_NUMBERED = re.compile(
    r"[/,]([A-Z]{2})?((?:199|20\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{10})\.html$", re.ASCII
)
_PLAIN_TIME = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\b", re.ASCII)
_TIME = re.compile(
    r"(?<!\d)(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?[ T\u3000\xa0]{0,3}(\d{1,2}):(\d\d)(?::(\d\d))?(?!\d)"
)
#: The origin's own line of credit: whatever stands behind the label is the name.
_CREDIT_LINE = re.compile(r"[（(]?文章来源[：:]\s{0,5}([^：:；;，,。|｜]{1,60}?)\s{0,5}[）)]?")
#: A paragraph that is nothing but a credit.
_ONLY_CREDIT = re.compile(r"[（(【]\s{0,3}(?:文章来源|稿件来源|信息来源|本文来源|来源)\s?[：:][^。；]{1,60}[）)】]")
#: Labels and marks without which nobody is named; looked for at both ends of a paragraph (characters).
# Every alternative begins with a plain character, which lets the engine run over texts without a look at each.
_PEOPLE = re.compile(
    "记者|記者|作者|编辑|编译|编：|编:|編輯|編譯|责编|責編|校对|校對|撰文|撰稿|撰写|文/|文／|文丨|文｜|文：|通讯员|摄影|攝影|"
    "翻译|原标题|□|■|◎|◆|By "
)
_HEAD, _TAIL = 40, 60
_CODE_NAME = re.compile(r"[A-Za-z]{0,6}\d{1,8}[A-Za-z]{0,3}")
_CODE_EDITOR = re.compile(r"[（(]?\s{0,3}责任编辑\s{0,3}[：:]?\s{0,3}[A-Za-z]{0,6}\d{0,8}\s{0,3}[）)]?")
_ABSTRACT = re.compile(r"[【\[]?摘要[】\]]?\s?[：:\s]|[【\[]摘要[】\]]")


def identity_of(url: str) -> tuple[str, str]:
    """Return the info code ("" where none has a prefix) and the article key of a URL.

    A URL that cannot be parsed is its own key.
    """
    match = _NUMBERED.search(url)
    if match:
        return match[1] + match[2] if match[1] else "", match[2]
    try:
        code = find_info_code(url)
        return (str(code) if code.prefix else "", code.digits) if code else ("", article_key(url))
    except ValueError:
        return "", url


def begin(page: Page, site: Site, layout: Layout) -> Article:
    """Make the article of a page with what its URL alone tells."""
    url = page.url
    code, key = identity_of(url)
    article = Article(page, key, code or None, lang=site.lang, extractor=f"{layout.site}/{layout.role}")
    for kind, pattern in layout.kinds:
        if pattern.search(url):
            article.kind = kind
            break
    return article


def problem(article: Article, reason: str, detail: str = "") -> None:
    """Record a problem of the reading stage."""
    article.problems.append(Problem(_STAGE, reason, detail[:200]))


def read_time(text: str, zone: tzinfo, now: datetime) -> tuple[datetime, Precision] | None:
    """Read a printed time; a time without a zone is in `zone`. None when the text prints none."""
    plain = _PLAIN_TIME.search(text)
    if plain:
        try:
            return datetime.fromisoformat(plain[0]).replace(tzinfo=zone), "second"
        except ValueError:
            return None
    match = _TIME.search(text)
    if match:
        year, month, day, hour, minute, second = match.groups()
        try:
            when = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=zone)
        except ValueError:
            return None
        return when, "second" if second else "minute"
    dated = parse_date(text, zone=zone, now=now)
    return (dated.when, dated.precision) if dated else None


def set_time(article: Article, when: datetime, precision: Precision) -> None:
    """Take a time over if it can be true; a time that cannot becomes a problem."""
    if when.year < _EARLIEST:
        problem(article, "implausible-date", when.isoformat())
    elif when - article.page.fetched_at > _FUTURE:
        problem(article, "future-date", when.isoformat())
    else:
        article.published_at, article.precision = when, precision
        if _contradicts(article.article_key, when):
            problem(article, "implausible-date", f"{when.isoformat()} in number {article.article_key}")


def _contradicts(digits: str, when: datetime) -> bool:
    if not digits.isdigit() or digits.startswith(f"{when.year}{when.month:02}"):
        return False
    try:
        numbered = datetime(int(digits[:4]), int(digits[4:6]), int(digits[6:8]), tzinfo=when.tzinfo)
    except ValueError:
        return False
    return abs(when - numbered) > _NUMBER_SLACK


@lru_cache(maxsize=4096)
def read_credit(line: str) -> Attribution | None:
    """Read a line that an element marks as the credit; the same few hundred lines come again and again."""
    match = _CREDIT_LINE.fullmatch(line)
    if match:
        return Attribution(line, match[1])
    return read_attribution(line)


def set_credit(article: Article, found: Attribution | None, rule: str) -> bool:
    """Take a credit over; False when there is none."""
    if found is None or not found.source:
        return False
    article.attribution, article.source, article.via = found.printed, found.source, [*found.via]
    article.evidence["source"] = rule
    return True


def read_people(article: Article, editor_line: str) -> None:
    """Find the people that the text and the editor's line name; editors known by a code alone are nobody."""
    if editor_line and _CODE_EDITOR.fullmatch(editor_line):
        editor_line = ""
    texts = [paragraph.text for paragraph in article.paragraphs]
    texts = [_people_part(texts[number]) for number in _that_may_name(texts)]
    if not texts and not editor_line:
        return
    if editor_line:
        texts.append(editor_line)
    article.bylines += [byline for byline in find_bylines(texts) if not _CODE_NAME.fullmatch(byline.name)]
    article.original_title = next(filter(None, map(original_title, texts)), None)


def _that_may_name(texts: Sequence[str]) -> list[int]:
    """Return the numbers of the paragraphs that have a label or mark of a by-line near one of their ends."""
    ends = [text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}" for text in texts]
    joined = "\n".join(ends)
    found: list[int] = []
    number = at = 0
    for match in _PEOPLE.finditer(joined):
        number += joined.count("\n", at, match.start())
        at = match.start()
        if not found or found[-1] != number:
            found.append(number)
    return found


def _people_part(text: str) -> str:
    """Return what of a paragraph may name people: all of it, or only what follows its last sentence."""
    if len(text) <= _HEAD + _TAIL or _PEOPLE.search(text, 0, _HEAD):
        return text
    match = _PEOPLE.search(text, len(text) - _TAIL)
    return text[text.rfind("。", 0, match.start()) + 1 :] if match else text


def finish_body(article: Article, layout: Layout, editor_line: str) -> None:
    """Read what the end of the text tells once the paragraphs are there: credits without a mark, and people."""
    if article.source is None:
        take_credit_paragraph(article)
        if article.source is None and article.kind in layout.bracket_source:
            take_bracket_credit(article)
    read_people(article, editor_line)
    _set_language(article)


def _set_language(article: Article) -> None:
    """Take a text without any letter of the site's script for English."""
    sample = [article.title or "", *(paragraph.text[:_SAMPLE] for paragraph in article.paragraphs[:3])]
    if article.lang in _OTHER_SCRIPTS and article.paragraphs and not any(map(_EAST_ASIAN.search, sample)):
        article.lang = "en"


def take_credit_paragraph(article: Article) -> None:
    """Read a credit that stands as a paragraph of its own at the end, without any mark; it is no text."""
    paragraphs = article.paragraphs
    if not paragraphs or len(paragraphs[-1].text) > 80 or not _ONLY_CREDIT.fullmatch(paragraphs[-1].text):
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
    """Take the word 摘要 off the beginning of a digest."""
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
