"""Which medium a page credits: a label near the headline, metadata, a name beside the date, a credit at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.extract.credits.person_names import is_chinese_name
from newsarchive.extract.credits.source_patterns import MEDIUM
from newsarchive.extract.credits.sources import (
    Attribution,
    read_attribution,
    tidy_name,
    trailing_source,
)
from newsarchive.extract.credits.vocabulary import NO_NAMES_NEAR_HEADLINE, any_of
from newsarchive.text import clean
from newsarchive.tree import TEXT, attribute, descendants, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.tree import Element

#: Class names of an element that holds the medium's name, and of one that may hold a person's or an account's name.
_SOURCE_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w*source\w*|from|media|origin|laiyuan|ly|copyfrom|provider|nick-?name|publisher)(?![a-z])",
    re.IGNORECASE,
)
_OWNER_NAME = re.compile(r"(?:^|[\s_-])(?:name|author|user|pgc|mp)", re.IGNORECASE)
#: Words about an account that can be followed: the name beside them is an account's, not a person's.
_FOLLOW = re.compile(r"\+?\s?(?:关注|已关注|关注ta|訂閱|订阅|粉丝.*|来自.{2,12})", re.IGNORECASE)
#: Words of buttons and labels that stand where a name may stand.
_NO_NAME = re.compile(
    rf"{any_of(NO_NAMES_NEAR_HEADLINE)}|(?:[大小中]|客户端|频道|视频|图片|新闻中心|前)$|浏览|瀏覽|回应|回應|[0-9]{{3,}}|[。！？；]",
)
# A line without this credits nobody (a quick look before the thorough one).
_SIGN = re.compile("[源自据據载載处處道導]|ource")
#: A credit that names nobody.
_NOBODY = re.compile(r"(?:互联)?网络|综合|整理|网络综合|综合整理")
_LONGEST_NAME, _LONGEST_LINE = 20, 200
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: So many elements of a block are looked at for a name.
_MOST_ELEMENTS = 40
#: Words about an account stand in lines shorter than this.
_SHORT = 40
#: Points of `_unlabelled` for a name to be taken at all, and to be preferred to a name in brackets behind the text.
_LIKELY, _SURE = 2.5, 3.0


@dataclass(frozen=True, slots=True)
class Credit:
    """The credit of an article and the rule that gave it."""

    attribution: Attribution
    evidence: str


def find_source(
    flow: PrintedLines,
    head: Head,
    *,
    near: Sequence[int],
    opening: Sequence[int],
    date_line: int,
    ending: Sequence[int],
) -> Credit | None:
    """Find the credited medium.

    `near` are the numbers of the lines about the headline, the nearest first, `opening` the first lines of the text,
    `date_line` the line that prints the date (-1: none), `ending` the last lines of the text and those behind it.
    """
    found = _labelled(flow, (*near, *opening))
    if found:
        return Credit(found, "printed:label")
    for _, name, content in head.meta.get("source", ()):
        medium = tidy_name(content)
        if medium:
            return Credit(Attribution(content, medium), f"meta:{name}")
    points, named = _unlabelled(flow, near, date_line)
    found = _labelled(flow, ending)
    if found and not (named and _NOBODY.fullmatch(found.source)):
        return Credit(found, "printed:end of text")
    if points < _SURE:
        found = next(filter(None, (trailing_source(flow.text[number]) for number in ending)), None)
        if found:
            return Credit(found, "printed:brackets at the end")
    return Credit(Attribution(named, named), "printed:name near the headline") if named else None


def _labelled(flow: PrintedLines, numbers: Iterable[int]) -> Attribution | None:
    for number in numbers:
        text = flow.text[number]
        found = read_attribution(text) if len(text) < _LONGEST_LINE and _SIGN.search(text) else None
        if found:
            return found
    return None


def _unlabelled(flow: PrintedLines, near: Sequence[int], date_line: int) -> tuple[float, str]:
    """Find a name that stands alone near the headline: in an element of a telling class, or beside the date.

    Returns how sure it is and the name ("" for none).
    """
    account = any(_FOLLOW.fullmatch(flow.text[number]) for number in near if len(flow.text[number]) < _SHORT)
    best = (0.0, "")
    for number in near[:30]:
        for text, element in _segments(flow, number):
            medium = _name_in(text)
            if not medium:
                continue
            name = names_of(element) if element is not None else ""
            points = 3.0 * bool(_SOURCE_NAME.search(name)) + 2.0 * bool(MEDIUM.search(medium))
            if _OWNER_NAME.search(name) and (account or not is_chinese_name(medium)):
                points += 2
            if date_line >= 0:
                distance = abs(number - date_line)
                points += 2.5 if not distance and _alone(flow, number, text) else 0.5 if distance <= 3 else 0.0
            if points >= _LIKELY and points > best[0]:
                best = (points, medium)
    return best


def _alone(flow: PrintedLines, number: int, text: str) -> bool:
    """Return whether a line prints a date and this name and nothing else."""
    return len(flow.text[number]) - len(clean(text)) <= 22 and not (
        len(clean(text)) < 4 and is_chinese_name(clean(text))
    )


def _name_in(text: str) -> str:
    # A name without a label beside the date is a custom of East Asia; elsewhere it is a button or a place.
    if not _EAST_ASIAN.search(text):
        return ""
    text = clean(text)
    if "/" in text:
        text = text.rpartition("/")[2]
    text = text.strip("·•|｜ -—")
    if not 1 < len(text) <= _LONGEST_NAME or text.isascii() or _NO_NAME.search(text):
        return ""
    return tidy_name(text)


def _segments(flow: PrintedLines, number: int) -> Iterator[tuple[str, Element | None]]:
    """Yield the pieces of a line that stand in elements of their own, each with the element that names it."""
    block = flow.block[number]
    if block < 0:
        return
    element = flow.element[block]
    count = 0
    for node in descendants(element):
        if node.tag != TEXT or not (text := node.text_content):
            count += node.tag != TEXT
            if count > _MOST_ELEMENTS:
                return
            continue
        holder = node.parent
        if node.prev is None and holder is not None:
            yield text, holder if attribute(holder, "class") else element
        else:
            yield text, None
