"""Which medium a page credits: whatever may name it, gathered kind by kind, and one judge of all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.extract.candidates import Candidate, likeliest
from newsarchive.extract.credits.sources import (
    Attribution,
    names_nobody,
    read_attribution,
    read_named,
    tidy_name,
    trailing_source,
)
from newsarchive.extract.credits.vocabulary import AUTHOR, ISSUERS, LABELS, SOURCE, SOURCE_LABELS, words
from newsarchive.extract.heuristics.named_beside import LIKELY, names_beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.extract.heuristics.accounts import Account
    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head

# What a credit is worth by where it stands: a label near the headline before what the head says; a credit behind the
# text before the account that published it and a name beside the date, except where it is that of a notice or a plug.
_LABEL, _REPOST, _META, _ISSUER, _END, _ACCOUNT, _BESIDE, _BRACKETS, _PLUG, _LISTED = (
    100.0,
    95.0,
    90.0,
    85.0,
    75.0,
    70.0,
    45.0,
    56.0,
    50.0,
    40.0,
)
# A name beside the date is worth so much more for each of its points, and at most so much more.
_BY_POINT, _MOST_POINTS = 4.0, 6.0
#: A source in the head that is the site itself gives way to a credit behind the text.
_OWN = 72.0
#: A line with a link, and the credit so far behind its beginning, is about another article.
_OF_OTHERS = 20
#: A credit that names nobody gives way to a name.
_NOBODY = 52.0

# A line without this credits nobody (a quick look before the thorough one).
_SIGN = re.compile("[源自据據载載处處道導]|出典|[信供用]元|ource|OURCE")
_LONGEST_LINE = 200
#: A notice, or the plug of an app: what it says of a source is said of the platform.
_NOTICE = re.compile(
    r"免责|免責|声明|聲明|不代表|不构成|下载|下載|更多.{0,12}(?:资讯|内容|报道|新闻|精彩)|创作者|侵权|版权归|著作权|转载请|關注|关注"
)
#: A notice has so many more characters than the name in it.
_NOTICE_LONGER = 12
#: Labels that stand in a line, or a cell, of their own before the line with the value.
_BARE = frozenset((*words(SOURCE), *words(SOURCE_LABELS["firm"]), "稿源", "信源", "出处"))
_ISSUERS = frozenset(words(ISSUERS))
_COLONS = " :：\u3000"
_LONGEST_LABEL = 8
#: How many lines before the headline a table of a notice may have.
_TABLE = 40


@dataclass(frozen=True, slots=True)
class Credit:
    """The credit of an article and the rule that gave it."""

    attribution: Attribution
    evidence: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a page may credit a medium.

    `near` are the numbers of the lines about the headline, the nearest first, `opening` the first lines of the text,
    `date_line` the line that prints the date (-1: none), `ending` the last lines of the text and those behind it.
    `headline` is the title, `lang` the page's language, `account` that of the platform, `listed` the medium that the
    link to the page named.
    """

    flow: PrintedLines
    head: Head
    near: Sequence[int]
    opening: Sequence[int]
    date_line: int
    ending: Sequence[int]
    headline: str = ""
    lang: str = ""
    account: Account | None = None
    listed: str = ""


def gather_sources(places: Surroundings, *, everything: bool = False) -> list[Candidate[Attribution]]:
    """List what may be the credit.

    A kind of evidence that cannot be worth as much as what is found already is only asked for `everything`.
    """
    found: list[Candidate[Attribution]] = []
    for gather, most in _GATHERERS:
        if everything or all(one.points < most for one in found):
            found += gather(places)
    return found


def judge_sources(candidates: Sequence[Candidate[Attribution]]) -> Credit | None:
    """Choose the credit: the likeliest; of equals the first."""
    best = likeliest(candidates)
    return Credit(best.value, best.rule) if best else None


def _labelled(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    """Read the labels about the headline and in the first lines of the text; the nearest goes first."""
    flow = places.flow
    for place, number in enumerate((*places.near, *places.opening)):
        text = flow.text[number]
        found = _credit_in(text) or _value_behind(flow, number, _BARE)
        if found:
            yield Candidate(found, text, "printed:label", _LABEL - place / 100, number)


def _credit_in(text: str) -> Attribution | None:
    return read_attribution(text) if len(text) < _LONGEST_LINE and _SIGN.search(text) else None


def _value_behind(flow: PrintedLines, number: int, labels: frozenset[str]) -> Attribution | None:
    """Read a label that has a line of its own, with its value in the next one."""
    text = flow.text[number]
    if len(text) > _LONGEST_LABEL or number + 1 >= len(flow.text):
        return None
    if text.rstrip(_COLONS).replace(" ", "") not in labels:
        return None
    value = flow.text[number + 1]
    medium = "" if value in LABELS or value.endswith(("：", ":")) else tidy_name(value)
    return Attribution(f"{text}{value}", medium) if medium else None


def _of_account(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    """Read the account of the platform on which the article came out, and the one from which it was taken over."""
    account = places.account
    if account is None:
        return
    if account.original:
        via = [account.name] if account.name not in ("", account.original) else []
        yield Candidate(Attribution(account.original, account.original, via), account.original, "repost", _REPOST)
    if account.name:
        yield Candidate(Attribution(account.name, account.name), account.name, "account", _ACCOUNT)


def _said(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    for _, name, content in places.head.meta.get("source", ()):
        found = read_named(content)
        if found:
            own = places.head.names(found.source) or places.head.title.endswith(found.source)
            yield Candidate(found, content, f"meta:{name}", _OWN if own else _META)


def _issued(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    """Read which office issued a notice, from the table before it."""
    flow = places.flow
    first = min(places.near, default=0)
    for number in (*places.near, *range(max(first - _TABLE, 0), first)):
        text = flow.text[number]
        label, colon, value = text.partition("：")
        if colon and value and label.replace(" ", "") in _ISSUERS:
            medium = tidy_name(value)
            found = Attribution(text, medium) if medium else None
        else:
            found = _value_behind(flow, number, _ISSUERS)
        if found:
            yield Candidate(found, text, "printed:issuer", _ISSUER, number)


def _behind_text(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    """Read the labels in the last lines of the text and behind it."""
    for place, number in enumerate(places.ending):
        text = places.flow.text[number]
        found = _credit_in(text)
        if found is None or (places.flow.linked[number] and text.find(found.printed) > _OF_OTHERS):
            continue
        points = _NOBODY if names_nobody(found.source) else _PLUG if _is_notice(text, found) else _END
        yield Candidate(found, text, "printed:end of text", points - place / 100, number)


def _is_notice(text: str, credit: Attribution) -> bool:
    """Return whether a credit stands in a notice, or in the plug of an app: it is the platform's own."""
    return len(text) > len(credit.source) + _NOTICE_LONGER and bool(_NOTICE.search(text.replace(credit.source, "")))


def _beside(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    """Read names without a label near the headline: in elements of telling classes, or beside the date."""
    for named in names_beside(places.flow, places.near, places.date_line, places.headline, places.lang):
        if named.points >= LIKELY and not _is_author(places, named.medium):
            points = _BESIDE + _BY_POINT * min(named.points, _MOST_POINTS)
            credit = Attribution(named.medium, named.medium)
            yield Candidate(credit, named.printed, "printed:name near the headline", points, named.line)


def _is_author(places: Surroundings, name: str) -> bool:
    """Return whether the page says elsewhere that a name is the author's."""
    if name.isascii() and name in (places.head.first("author"), _name_of(places.head.card.get("author"))):
        return True
    said = f"{AUTHOR}:{name}"
    for number in (*places.near, *places.ending):
        text = places.flow.text[number]
        if name in text and AUTHOR in text:
            _, found, rest = text.replace(" ", "").replace("：", ":").partition(said)
            if found and not rest[:1].isalnum():
                return True
    return False


def _name_of(author: object) -> object:
    author = author[0] if isinstance(author, list) and author else author
    return author.get("name") if isinstance(author, dict) else author


def _in_brackets(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    """Read a medium in brackets at the end of the last lines."""
    for place, number in enumerate(places.ending):
        text = places.flow.text[number]
        found = trailing_source(text)
        if found:
            points = _PLUG if _is_notice(text, found) else _BRACKETS
            yield Candidate(found, text, "printed:brackets at the end", points - place / 100, number)


def _listed(places: Surroundings) -> Iterator[Candidate[Attribution]]:
    """Add what the listing or feed said that led to the page."""
    found = read_named(places.listed)
    if found:
        yield Candidate(found, places.listed, "listing", _LISTED)


#: What finds candidates, each by itself, and the most that one of them is worth; the best first.
_GATHERERS = (
    (_labelled, _LABEL), (_of_account, _REPOST), (_said, _META), (_issued, _ISSUER), (_behind_text, _END),
    (_beside, _BESIDE + _BY_POINT * _MOST_POINTS), (_in_brackets, _BRACKETS), (_listed, _LISTED),
)  # fmt: skip
