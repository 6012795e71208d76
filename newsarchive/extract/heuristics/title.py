"""The headline: the line of the page that agrees with what the head says, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.text import clean
from newsarchive.tree import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head

_HEADINGS: dict[str, float] = {"h1": 4.0, "h2": 3.0, "h3": 2.0}
_TITLE_NAME = re.compile(r"title|headline|biaoti|(?<![a-z])tit(?![a-z])|(?<![a-z])bt(?![a-z])", re.IGNORECASE)
#: Before one of these a site's suffix may begin.
_SEPARATORS = frozenset("_|｜丨·•»«>:：~～/\\(（[【-‐‑‒–—―−﹣－─")
_SUFFIX = re.compile(r"\s?(?:[_|｜»]|\s[-–—·•]|(?<=[^\x00-\x7f])-{1,3}|--+)\s?")
_DASHES = re.compile(r"[-‐‑‒–—―−﹣－─]+")
_QUOTES = "“”„‟″「」『』«»'‘’`´＂"
_ANY_QUOTE = re.compile(f"[{_QUOTES}]")
_BARS = re.compile("[丨｜]")
#: Labels of two characters that stand before a headline in the same line.
_LABELS = frozenset(("原创", "转载", "独家", "视频", "图集", "组图", "专题", "首发", "置顶", "快讯"))
_CUT_SHORT = re.compile(r"(?:\.{2,}|…+)$")
_LONGEST = 200
#: A title shorter than this agrees with a line only as a whole; longer ones by these shares of the head's title.
_SHORTEST = 4
_BEFORE_BLANK, _BEFORE_SEPARATOR = 0.5, 0.2
#: How much of a line must agree when other words (buttons, labels) stand behind the headline.
_MOST_OF_LINE = 0.5
#: How far before the text a headline without a match in the head may stand (lines).
_NEAR = 12


@dataclass(frozen=True, slots=True)
class Headline:
    """A title, the numbers of the lines where it stands (the likeliest first), and the rule that gave it."""

    text: str
    lines: tuple[int, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A title of the head: where it is from, its wording and its key."""

    name: str
    text: str
    key: str

    def may_end(self, length: int) -> bool:
        """Return whether a suffix may begin where so much of the key is over: at a separator, a blank, or the end.

        Before a blank, which may stand anywhere in a title, more of the title must have been said.
        """
        whole = len(self.key)
        if length >= whole:
            return length == whole
        if length < _SHORTEST or length < _BEFORE_SEPARATOR * whole:
            return False
        rest = self.text[len(_cut(self.text, length)) :]
        return rest.lstrip()[:1] in _SEPARATORS or (rest[:1].isspace() and length >= _BEFORE_BLANK * whole)


def key_of(text: str) -> str:
    """Make titles comparable: no white space, one kind of quote, dash and bar, lower case."""
    key = "".join(text.split()).lower()
    return key if key.isalnum() else _DASHES.sub("-", _BARS.sub("|", _ANY_QUOTE.sub('"', key)))


def find_headline(flow: PrintedLines, head: Head) -> Headline | None:
    """Find the line that agrees with a title of the head up to the site's suffix; None when no line does."""
    said = list(_said(head))
    hits: list[tuple[float, int, str, str]] = []
    for number, text in _candidates(flow, {title.key[0] for title in said}):
        hits.extend(_agreements(flow, number, text, said))
    if not hits:
        return None
    hits.sort(key=lambda hit: -hit[0])
    _, _, title, name = hits[0]
    key = key_of(title)
    places = dict.fromkeys(number for _, number, text, _ in hits if key_of(text) == key)
    return Headline(title, tuple(places), f"page line agreeing with {name}")


def _candidates(flow: PrintedLines, keys: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that begin like a title, also behind a label such as 原创."""
    beginnings = keys | {key.upper() for key in keys}
    if '"' in keys:
        beginnings.update(_QUOTES)
    for number, text in enumerate(flow.text):
        if text[0] in beginnings and 2 < len(text) <= _LONGEST:
            yield number, text
        elif text[:2] in _LABELS and text[2:].lstrip(" :：|｜")[:1] in beginnings and len(text) <= _LONGEST:
            yield number, text[2:].lstrip(" :：|｜")


def _agreements(
    flow: PrintedLines, number: int, text: str, said: Iterable[_Said]
) -> Iterator[tuple[float, int, str, str]]:
    """Yield (points, line, title, name) for each title of the head that begins like this line's text."""
    key = key_of(text)
    rank = -1.0
    for title in said:
        if not key.startswith(title.key[:_SHORTEST]):
            continue
        common = _common(key, title.key)
        if not title.may_end(common):
            continue
        if rank < 0:
            rank = _rank(flow, flow.block[number])
        whole = common == len(key)
        if whole or (rank >= 2 and common > _MOST_OF_LINE * len(key)):
            yield common + rank * 2 + 3 * whole, number, text if whole else _cut(text, common), title.name


def _rank(flow: PrintedLines, block: int) -> float:
    """Return how much a block is made for a headline: 4 for an h1 down to 0."""
    if block < 0:
        return 0.0
    tag = flow.tag[block]
    if tag in _HEADINGS:
        return _HEADINGS[tag]
    if _TITLE_NAME.search(names_of(flow.element[block])):
        return 2.0
    parent = flow.parent[block]
    return _HEADINGS.get(flow.tag[parent], 0.0) if parent >= 0 else 0.0


def _common(a: str, b: str) -> int:
    """Count the characters that two texts share at their beginning."""
    if b.startswith(a):
        return len(a)
    if a.startswith(b):
        return len(b)
    return next(i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)


def _cut(text: str, length: int) -> str:
    """Return the beginning of a text whose key has `length` characters."""
    # The key of a text is as long as the text, or shorter by its blanks and dashes.
    end = lacking = length
    while lacking > 0 and end < len(text):
        lacking = length - len(key_of(text[:end]))
        end += lacking
    return text[:end].rstrip()


def _said(head: Head) -> Iterator[_Said]:
    # The head says the same thing in several places; each wording is looked at once.
    for text, name in {text: name for name, text in reversed(list(_titles(head)))}.items():
        key = key_of(_CUT_SHORT.sub("", text))
        if key:
            yield _Said(name, text, key)


def _titles(head: Head) -> Iterator[tuple[str, str]]:
    headline = head.card.get("headline")
    if isinstance(headline, str) and headline.strip():
        yield "json-ld", clean(headline[: 2 * _LONGEST])
    for _, name, text in head.meta.get("title", [])[:3]:
        yield name, text[: 2 * _LONGEST]
    if head.title:
        yield "title", head.title[: 2 * _LONGEST]


def only_heading(flow: PrintedLines, head: Head) -> Headline | None:
    """Return the page's h1, if there is one alone and it is not the site's name."""
    found: dict[str, int] = {}
    for number, block in enumerate(flow.block):
        if block >= 0 and flow.tag[block] == "h1" and not flow.linked[number]:
            found.setdefault(flow.text[number], number)
    if len(found) != 1:
        return None
    ((text, number),) = found.items()
    key = key_of(text)
    if len(key) < 2 * _SHORTEST or len(text) > _LONGEST or key_of(head.title).endswith(key):
        return None
    return Headline(text, (number,), "the only h1")


def headline_before(flow: PrintedLines, first: int) -> Headline | None:
    """Find the nearest heading, or element named as a title, before the text's first line."""
    best: tuple[float, int] | None = None
    for number in range(first - 1, max(first - _NEAR, 0) - 1, -1):
        rank = _rank(flow, flow.block[number])
        if (
            rank
            and len(flow.text[number]) >= _SHORTEST
            and flow.linked[number] == 0
            and (best is None or rank > best[0])
        ):
            best = (rank, number)
    return Headline(flow.text[best[1]], (best[1],), "heading before the text") if best else None


def title_of_head(head: Head) -> Headline | None:
    """Return the head's own title without the site's suffix."""
    for name, text in _titles(head):
        whole = head.title != text and key_of(head.title).startswith(key_of(text))
        title = text if whole or name == "json-ld" else _SUFFIX.split(text)[0]
        if title:
            return Headline(title, (), name)
    return None
