"""Who wrote an article, where no label or form of the text says so: candidates from the head and from elements."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from newsarchive.extract.candidates import Candidate
from newsarchive.extract.credits.person_names import is_chinese_name, is_latin_name
from newsarchive.text import clean
from newsarchive.tree import ancestors, attribute, descendants, names_of, select, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head

# What a name is worth by where it stands: of one place all names are taken, of others none.
_CARD, _META, _MARKED, _PRINTED, _NAMED = 50.0, 45.0, 40.0, 35.0, 30.0
#: Elements that are marked as the author, and such as are only named so.
_MARKS = "[rel~=author i], [itemprop~=author i]"
_NAMES = "[class*=author i], [class*=byline i], [class*=autor i], [class*=writer i], [class*=verfasser i]"
# Names of classes that hold more than the name, or no author's name.
_NO_AUTHOR = re.compile(
    r"comment|related|avatar|image|img|photo|social|follow|share|bio\b|desc|date|time", re.IGNORECASE
)
# So many elements are looked at, and so far up for the line that they stand in.
_MOST, _UP = 40, 4
_LONGEST, _LONGEST_NAME, _MOST_WORDS = 120, 40, 4
_MOST_LINES = 20
# What stands before a name, and what parts two.
_BEFORE = re.compile(
    r"(?:(?:written|posted|published|reported|story|text|interview|ein artikel|geschrieben|veröffentlicht|escrito"
    r"|publié)\s)?(?:by|von|par|por|di|door|af|av|autor(?:in|en|es)?|author|text|interview|作者|撰文|文|記者|记者|執筆者|著者)"
    r"(?:\s?[:：/|]\s?|\s)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s?(?:,|;|\||、|/|&|\s(?:and|und|et|y|e|en|och|og)\s)\s?")
_NO_NAME = re.compile(
    r"[0-9@:<>{}()!?。，©]|https?|\b(?:admin|editor|editors|staff|guest|anonymous|unknown|no author|about|profile"
    r"|posts?|articles?|more|view|all|follow|contact|email|subscribe|author|authors|autor|autoren|verfasser|writer|byline|by)\b",
    re.IGNORECASE,
)
# Where a name ends in a line that prints other things behind it.
_END = re.compile(r"\s?[|·•–—(,;]|\s[-/]\s|\s(?:am|on|le|el|il|vom|den|in|für|for|updated|published)\s|\s?[0-9]")
_WORD = re.compile(r"[^\W_][\w'’.-]*")


def gather_authors(
    flow: PrintedLines, head: Head, lines: Sequence[int], *, everything: bool = False
) -> list[Candidate[str]]:
    """List the names that the head says, and those that stand in elements made for them or behind a word such as by.

    `lines` are the numbers of those about the headline and the ends of the text: elsewhere others are named. A kind of
    evidence that is worth less than what is found already is only asked for `everything`.
    """
    found: list[Candidate[str]] = []
    for gather in _GATHERERS:
        if everything or not found:
            found += gather(flow, head, lines)
    return found


def judge_authors(candidates: Sequence[Candidate[str]]) -> tuple[list[str], str]:
    """Return the names of the likeliest place and the rule that gave them; no names where there are none."""
    best = max(candidates, key=lambda one: one.points, default=None)
    if best is None:
        return [], ""
    return list(dict.fromkeys(one.value for one in candidates if one.rule == best.rule)), best.rule


def _of_card(_flow: PrintedLines, head: Head, _lines: Sequence[int]) -> Iterator[Candidate[str]]:
    author = head.card.get("author")
    for entry in author if isinstance(author, list) else [author]:
        name: Any = entry.get("name") if isinstance(entry, dict) else entry
        if not isinstance(name, str):
            continue
        # A person is believed in any script, also without a family name; others only if they are called like one.
        person = isinstance(entry, dict) and entry.get("@type") == "Person"
        for text in [name] if person else _split(name):
            value = _without_label(clean(text[:100]))
            if (is_name(value) and not value.isascii()) if person and not is_person(value) else is_person(value):
                yield Candidate(value, name, "head", _CARD)


def _of_meta(_flow: PrintedLines, head: Head, _lines: Sequence[int]) -> Iterator[Candidate[str]]:
    for _, _, content in head.meta.get("author", ())[:1]:
        # On Chinese pages this is whoever put the page up.
        name = _without_label(content[:100])
        if content.isascii() and is_person(name):
            yield Candidate(name, content, "head", _META)


def _of_marked(flow: PrintedLines, _head: Head, lines: Sequence[int]) -> Iterator[Candidate[str]]:
    return _of_elements(flow, lines, _MARKS, "author element", _MARKED)


def _of_named(flow: PrintedLines, _head: Head, lines: Sequence[int]) -> Iterator[Candidate[str]]:
    return _of_elements(flow, lines, _NAMES, "element named author", _NAMED)


def _of_elements(
    flow: PrintedLines, lines: Sequence[int], css: str, rule: str, points: float
) -> Iterator[Candidate[str]]:
    if not flow.element:
        return
    places = {flow.element[flow.block[number]].mem_id: number for number in reversed(lines)}
    seen: set[int] = set()
    for element in select(css, flow.element[0])[:_MOST]:
        around = [element, *islice(ancestors(element), _UP)]
        line = next((places[outer.mem_id] for outer in around if outer.mem_id in places), None)
        if line is None and any(inner.mem_id in places for inner in islice(descendants(element), _MOST)):
            line = next(places[inner.mem_id] for inner in descendants(element) if inner.mem_id in places)
        if line is None or _NO_AUTHOR.search(names_of(element)) or not seen.isdisjoint(one.mem_id for one in around):
            continue
        text = clean(attribute(element, "content") or text_in(element)[: 2 * _LONGEST])
        if len(text) > _LONGEST:
            continue
        for part in _split(_without_label(text)):
            name = _without_label(part)
            if is_person(name) or (points == _MARKED and is_name(name)):
                seen.add(element.mem_id)
                yield Candidate(name, text, rule, points, line)


def _of_lines(flow: PrintedLines, _head: Head, lines: Sequence[int]) -> Iterator[Candidate[str]]:
    for number in lines[:_MOST_LINES]:
        yield from _of_line(flow.text[number], number)


def _of_line(text: str, number: int) -> Iterator[Candidate[str]]:
    """Read the names behind a word such as by at the beginning of a line."""
    label = _BEFORE.match(text) if len(text) <= _LONGEST else None
    if label:
        for name in _split(_END.split(text[label.end() :], maxsplit=1)[0]):
            if is_person(name):
                yield Candidate(name, text, "printed", _PRINTED, number)


#: What finds candidates, each by itself; the likeliest first.
_GATHERERS = (_of_card, _of_meta, _of_marked, _of_lines, _of_named)


def _without_label(text: str) -> str:
    match = _BEFORE.match(text)
    return text[match.end() :].strip() if match else text.strip()


def _split(text: str) -> list[str]:
    return [part for part in map(str.strip, _BETWEEN.split(text)) if part]


def is_person(text: str) -> bool:
    """Return whether a text is certainly a person's name."""
    return is_chinese_name(text) or is_latin_name(text)


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a person or a pen name, where something else says that it is one."""
    if not 1 < len(text) <= _LONGEST_NAME or _NO_NAME.search(text):
        return False
    return 0 < len(_WORD.findall(text)) <= _MOST_WORDS
