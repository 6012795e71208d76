"""The lead of an article: sentences that stand between its headline and its text, outside of the text's own block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.extract.heuristics.class_names import COMMENTS, FURNITURE, HIDDEN, hints_of
from newsarchive.extract.heuristics.trim import is_foreign_line, is_information
from newsarchive.extract.html import CAPTION_NAME
from newsarchive.tree import attribute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.extract.heuristics.body import Body
    from newsarchive.extract.heuristics.lines import PrintedLines

#: How many lines behind the headline a lead is looked for, and of how many lines it is at most.
_BEHIND_HEADLINE, _MOST_LINES = 30, 3
#: Points of a line of it: a whole sentence; less will do where its name says what it is.
_LEAST_POINTS = 16.0
_LONGEST, _SHORTEST = 1_500, 15
_MOST_AROUND, _LONGEST_NAME = 6, 300
_ENDS = '。！？.!?…”"»）)'
#: Words in names of leads, in the languages whose editors named them.
_NAME = re.compile(
    r"(?:^|[\s_-])(?:[a-z]*(?:standfirst|subtitle|subheadline|subhead|bajada|entradilla|chapo|chapeau|vorspann|ingress|"
    r"sommario|catenaccio|sottotitolo|subtitulo|daoyu|daodu)|lead|lede|dek|deck|intro|introduction|abstract|kicker-text)"
    r"(?=[\s_-]|$)"
)
#: Elements that are no lead: captions, quotes, cells.
_OTHERS = frozenset(("figcaption", "figure", "caption", "blockquote", "td", "th", "li", "dd", "dt", "pre", "footer"))


def find_lead(flow: PrintedLines, body: Body, kept: Sequence[int]) -> list[int]:
    """List the lines of the lead; none where the text itself begins with it, or no headline is printed."""
    start = body.headline
    if start < 0 or not kept or kept[0] <= start + 1:
        return []
    found: list[int] = []
    for number in range(start + 1, min(kept[0], start + _BEHIND_HEADLINE)):
        if _is_lead(flow, body, number):
            found.append(number)
            if len(found) == _MOST_LINES:
                break
    if not found:
        return []
    text = "".join("".join(flow.text[number].split()) for number in kept)
    return [number for number in found if "".join(flow.text[number].split()).rstrip("。.…") not in text]


def _is_lead(flow: PrintedLines, body: Body, number: int) -> bool:
    text = flow.text[number]
    if not _SHORTEST <= 3 * len(text.encode("utf-8", "replace")) // 3 <= _LONGEST * 3 or 3 * flow.linked[number] > len(
        text
    ):
        return False
    whole = body.points[number] >= _LEAST_POINTS and text[-1] in _ENDS
    if not whole and len(text) < _SHORTEST:
        return False
    if is_information(text) or is_foreign_line(text):
        return False
    named, block = False, flow.block[number]
    for _ in range(_MOST_AROUND):
        if block < 0 or block == body.block:
            break
        element = flow.element[block]
        if flow.tag[block] in _OTHERS or hints_of(element) & (FURNITURE | COMMENTS | HIDDEN):
            return False
        name = f"{attribute(element, 'class')} {attribute(element, 'id')} {attribute(element, 'itemprop')}"[
            :_LONGEST_NAME
        ].lower()
        if "aption" in name and CAPTION_NAME.search(name):
            return False
        if flow.last[block] - flow.first[block] <= _MOST_LINES:
            named = named or _NAME.search(name) is not None
        block = flow.parent[block]
    return whole or named
