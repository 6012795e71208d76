"""Where the article's text stands: scores of lines, summed up over the blocks that hold them.

A line that looks like running text has points, one that looks like links or labels costs some. A block is worth the
sum of its lines; furniture inside it may cost but never add. The block worth most holds the article: text that stands
together without much furniture around it beats longer text that is scattered.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract.heuristics.class_names import (
    BODY,
    COMMENTS,
    DOUBTFUL,
    FURNITURE,
    HIDDEN,
    STRONG,
    hints_of,
    hints_of_name,
)
from newsarchive.extract.html import is_opened
from newsarchive.tree import attribute

if TYPE_CHECKING:
    from newsarchive.extract.heuristics.lines import PrintedLines

#: Marks of sentences; many languages use the second kind, with a blank behind each.
_CHINESE_MARKS, _OTHER_MARKS = "，。！？；：、”", (", ", ". ", "? ", "! ", "; ")
_ENDS = frozenset(".!?,;")
#: So many marks in a line count.
_MOST_MARKS = 8
#: Beginnings (in lower case) of sentences that stand on every page of a site: they are text, but no article's.
_BOILERPLATE = (
    "免责声明", "免責聲明", "郑重声明", "版权", "版權", "声明：", "声明:", "特别提示", "风险提示", "风险自担",
    "投资有风险", "未经授权", "未经许可", "本网站", "本站", "网友评论", "违法和不良信息", "如有侵权",
    "copyright", "all rights reserved", "this site uses", "this website uses", "our site uses", "our website uses",
    "we use", "we and our partners", "by continuing", "by using", "by clicking", "sign up for", "sign up to",
    "subscribe to", "subscribe now", "enter your email",
)  # fmt: skip
_BRACKETS = "[【（(「©*※> "
#: A linked line costs at least `_LINK`; one worth a teaser's headline costs `_TEASER` or more.
_LINK, _TEASER = -2.0, -5.0
#: A link of this length and more costs the most.
_LONG_LINK, _LONGEST_LINK = 40, -34.0
#: A line with more characters is a paragraph.
_LONG_LINE = 60
#: After so much furniture (lines) text counts half.
_FADING = 80.0
#: What text counts before the headline, and outside the `<article>` that holds it.
_BEFORE_HEADLINE, _ELSEWHERE = 0.5, 0.1
#: How many h1 elements are looked at for the beginning of another article.
_MOST_HEADLINES = 50
#: The most that a part without text can cost the block around it.
_WORST_PART = -15.0
#: A body with less text than this (some forty Chinese characters) is doubted.
_LEAST_TEXT = 60.0
#: A block holding this share of its parent's text is the better body; less will do if its name says so.
_NEARLY_ALL, _NAMED = 0.8, 0.6
#: A doubtful block with this share of the page's text is no furniture.
_MUCH = 0.4
#: How far inside a block its body is looked for.
_MOST_AROUND = 6
#: Levels above a block that are looked at for its article.
_MOST_LEVELS = 100
#: A part of a text in several containers has so many points, and the first one this share of all, at least.
_LEAST_PART, _PART = 10.0, 0.15
#: Elements that hold one piece of a text: never the body, unless they hold all of it.
_ONE_LINE = frozenset(("p", "li"))
#: Of these the short lines cost nothing where none is a link.
_LISTS = frozenset(("ul", "ol"))
_PIECES = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "td", "th", "tr", "tbody", "table", "li", "dd", "dt")
) | {"figure", "figcaption"}


@dataclass(slots=True)
class Body:
    """The number of the block that holds the article's text, the blocks in it that are no text, all lines' points.

    `text` are the points of the text alone, `headline` is the number of the headline's line.
    """

    block: int
    dropped: list[int]
    points: list[float]
    text: float
    headline: int = -1


def score_line(text: str, linked: int) -> float:
    """Return how much a line looks like running text (positive) or like a link or a label (negative).

    A Chinese character counts as much as three Latin letters: lengths are UTF-8 bytes by three.
    """
    length = len(text)
    if linked * 2 > length:
        weight = length / 3 if text.isascii() else length
        return _LINK - weight * 0.8 if weight < _LONG_LINK else _LONGEST_LINK
    if length < 8:
        return -0.5
    weight = (length if text.isascii() else len(text.encode("utf-8", "replace"))) / 3
    if weight < 8:
        return -0.5
    if text[:24].lstrip(_BRACKETS).lower().startswith(_BOILERPLATE):
        return -1.0
    marks = _count_marks(text)
    if not marks:
        return -1.0 if weight < 20 else weight * 0.2
    return weight * (1 - linked / length) * 0.5 + 4 * min(marks, _MOST_MARKS)


def _count_marks(text: str) -> int:
    """Count the marks of sentences; where there are more than count, some of them."""
    marks = int(text[-1] in _ENDS)
    kinds = () if text.isascii() else _CHINESE_MARKS
    for mark in (*kinds, *_OTHER_MARKS) if " " in text else kinds:
        marks += text.count(mark)
        if marks >= _MOST_MARKS:
            break
    return marks


def score_lines(flow: PrintedLines, start: int) -> list[float]:
    """Score all lines; `start` is the headline's line.

    Text before the headline, behind much furniture or outside the headline's `<article>` counts less; teasers, what
    was printed before, and what stands behind the headline of another article count nothing.
    """
    points = list(map(score_line, flow.text, flow.linked))
    first, last = _own_article(flow, start)
    end, next_headline = len(points), _next_headline(flow, start)
    gap = text_seen = 0.0
    seen: set[str] = set()
    for number, value in enumerate(points):
        if number == next_headline and text_seen > _LEAST_TEXT:
            end = number
        if value > 0:
            text = flow.text[number]
            if text in seen or number >= end:
                points[number] = 0.0
            elif number <= start:
                points[number] = value * _BEFORE_HEADLINE
            else:
                points[number] = value * _FADING / (_FADING + gap) * (1.0 if first <= number < last else _ELSEWHERE)
                text_seen += value
            seen.add(text)
        elif number > start:
            gap += 1.0 if value <= _LINK else 0.5
    _strike_teasers(flow, points)
    return points


def _strike_teasers(flow: PrintedLines, points: list[float]) -> None:
    """Remove the points of texts that belong to links, where at least three such pairs follow each other."""
    last = -99
    run: list[int] = []
    for number in [number for number, value in enumerate(points) if value > 0]:
        link = number - 1 if points[number - 1] <= _TEASER else number - 2
        if link >= 0 and points[link] <= _TEASER and _in_one_item(flow, link, number):
            run = [*run, number] if number - last <= 6 else [number]
            last = number
            if len(run) >= 3:
                for teaser in run[-3:]:
                    points[teaser] = -1.0


def _next_headline(flow: PrintedLines, start: int) -> int:
    """Return the line of the next headline made like that of the article, which begins another article; -1 for none.

    An h1 in another depth, or of another class, may as well be a heading in the text, and so may one with an id to lead
    to, or behind text in a block without the headline.
    """
    block = flow.block[start] if start >= 0 else -1
    if block < 0 or flow.tag[block] != "h1":
        return -1
    kind, title, depth = _kind(flow, block), flow.text[start], _depth(flow, block)
    others = (number for number, tag in enumerate(flow.tag) if tag == "h1" and number > block)
    for other in islice(others, _MOST_HEADLINES):
        line = flow.first[other]
        if line >= len(flow.text) or flow.text[line] == title or _kind(flow, other) != kind:
            continue
        begin = flow.first[flow.parent[other]]
        if begin > start and any(len(text) > _LONG_LINE for text in flow.text[begin:line]):
            continue
        if _depth(flow, other) == depth:
            return line
    return -1


def _kind(flow: PrintedLines, block: int) -> tuple[str, bool]:
    """Return the class of a block, and whether it has an id."""
    element = flow.element[block]
    return attribute(element, "class"), bool(attribute(element, "id"))


def _depth(flow: PrintedLines, block: int) -> int:
    depth = 0
    while block >= 0:
        depth, block = depth + 1, flow.parent[block]
    return depth


def _own_article(flow: PrintedLines, start: int) -> tuple[int, int]:
    """Return the lines of the `<article>` around the headline, or all lines."""
    block = flow.block[start] if start >= 0 else -1
    while block >= 0:
        if flow.tag[block] == "article":
            return flow.first[block], flow.last[block]
        block = flow.parent[block]
    return 0, len(flow.text)


def _in_one_item(flow: PrintedLines, link: int, number: int) -> bool:
    """Return whether a link and a text stand together in one small block, as in a list of teasers."""
    block = flow.block[number]
    for _ in range(4):
        if block < 0 or flow.last[block] - flow.first[block] > 7:
            return False
        if flow.first[block] <= link:
            return True
        block = flow.parent[block]
    return False


def find_body(flow: PrintedLines, start: int) -> Body | None:
    """Find the block that holds the article's text; names of blocks are believed unless they leave no text at all.

    `start` is the number of the headline's line, -1 when there is none. None when nothing looks like text.
    """
    points = score_lines(flow, start)
    strict = _Search(flow, points, start, strict=True).run()
    if strict is None or strict.text < _LEAST_TEXT:
        loose = _Search(flow, points, start, strict=False).run()
        if loose is not None and (strict is None or loose.text > 2 * strict.text):
            return loose
    return strict


class _Search:
    """One search over a flow. For each block: `worth`, `text` (points of text alone), `links` (cost of links alone)."""

    def __init__(self, flow: PrintedLines, points: list[float], start: int, *, strict: bool) -> None:
        self.flow = flow
        self.points = points
        self.start = start
        self.strict = strict
        count = len(flow.parent)
        self.worth = [0.0] * count
        self.text = [0.0] * count
        self.links = [0.0] * count
        self.furniture = [False] * count
        self.clear: set[int] = set()
        self.children: list[list[int]] = []

    def run(self) -> Body | None:
        self._sum_up()
        best = self._best()
        if best < 0:
            return None
        best = self._narrow(self._table_of(self._around_piece(best)))
        parts = self._parts(best)
        if len(parts) > 1:
            best = self._around(parts)
        return Body(best, self._prune(best, parts), self.points, self.text[best], self.start)

    def _around_piece(self, best: int) -> int:
        """Return the block named as a body around one paragraph, if hardly anything else that it holds is a link."""
        outer = self.flow.parent[best]
        if outer < 0 or self.flow.tag[best] not in _ONE_LINE or self.furniture[outer]:
            return best
        hints = hints_of(self.flow.element[outer])
        named = hints & STRONG and self.links[outer] >= -max(self.text[best], _LONG_LINK)
        return outer if named or (hints & BODY and not self.links[outer]) else best

    def _table_of(self, block: int) -> int:
        """Return the block around the table of data in which a block is one cell of several in its row."""
        flow, row = self.flow, block
        while row >= 0 and flow.tag[row] not in ("tr", "table"):
            row = flow.parent[row]
        if row < 0 or flow.tag[row] != "tr" or flow.last[block] - flow.first[block] > 2:
            return block
        if flow.last[row] - flow.first[row] <= flow.last[block] - flow.first[block]:
            return block
        while flow.parent[row] > 0 and flow.tag[row] != "table":
            row = flow.parent[row]
        return max(flow.parent[row], 0)

    def _parts(self, best: int) -> list[int]:
        """List the blocks that are named as the body is, where they are parts of one text; itself alone, otherwise.

        They stand behind the headline and in one `<article>`, if they stand in any.
        """
        named = best if self._strong_names(best) else self._part_inside(best)
        names = self._strong_names(named)
        if not names or self.flow.tag[named] in _PIECES:
            return [best]
        article = self._article_of(named)
        parts = [
            block
            for block, text in enumerate(self.text)
            if block == named
            or (
                text > _LEAST_PART
                and self.flow.tag[block] == self.flow.tag[named]
                and not self.furniture[block]
                and self.flow.first[block] > self.start
                and self._strong_names(block) == names
                and self._article_of(block) == article
                and not self._is_in_furniture(block)
            )
        ]
        if named == best or sum(self.text[part] for part in parts) >= _NAMED * self.text[best]:
            return parts
        return [best]

    def _part_inside(self, best: int) -> int:
        """Return the first block inside the body that holds some of its text and is named as one; else the body."""
        flow, least = self.flow, _PART * self.text[best]
        for block in range(best + 1, len(flow.parent)):
            if flow.parent[block] < best:
                break
            if self.text[block] >= least and not self.furniture[block] and self._strong_names(block):
                return block
        return best

    def _strong_names(self, block: int) -> list[str]:
        """List the class names of a block that only the element around a text has."""
        names = attribute(self.flow.element[block], "class").split()
        return [name for name in names if hints_of_name(name) & STRONG]

    def _article_of(self, block: int) -> int:
        """Return the `<article>` around a block; -1 for none, or one that is too far away to matter."""
        for _ in range(_MOST_LEVELS):
            if block < 0 or self.flow.tag[block] == "article":
                return block
            block = self.flow.parent[block]
        return -1

    def _around(self, blocks: list[int]) -> int:
        """Return the innermost block around some."""
        first, last = self.flow.first[blocks[0]], self.flow.last[blocks[-1]]
        outer = blocks[0]
        while outer > 0 and not (self.flow.first[outer] <= first and last <= self.flow.last[outer]):
            outer = self.flow.parent[outer]
        return outer

    def _sum_up(self) -> None:
        worth, text, links = self.worth, self.text, self.links
        for block, value in zip(self.flow.block, self.points, strict=True):
            worth[block] += value
            if value > 0:
                text[block] += value
            elif value <= _LINK:
                links[block] += value
        whole = sum(text)
        parents = self.flow.parent
        for block in range(len(parents) - 1, 0, -1):
            value, words = worth[block], text[block]
            if not value and not words:
                continue
            parent = parents[block]
            if words and self._is_furniture(block, whole):
                self.furniture[block] = True
                value = min(value, 0.0)
            else:
                text[parent] += words
                links[parent] += links[block]
            if value < _WORST_PART:
                worth[parent] += _WORST_PART
            elif value < 0 and not links[block] and self.flow.tag[block] in _LISTS:
                continue
            else:
                worth[parent] += value

    def _is_furniture(self, block: int, whole: float) -> bool:  # noqa: PLR0911 - one for each hint
        if self.flow.first[block] <= self.start < self.flow.last[block]:
            return False
        hints = hints_of(self.flow.element[block])
        if hints & COMMENTS:
            return True
        if hints & HIDDEN:
            return not is_opened(self.flow.element[block]) and (self.strict or self.text[block] < _MUCH * whole)
        if hints & FURNITURE and self.strict and not hints & BODY:
            return self.text[block] < _NEARLY_ALL * whole or not self._holds_body(block)
        if hints & FURNITURE:
            return self.text[block] < _MUCH * whole
        if hints & (DOUBTFUL | BODY) == DOUBTFUL:
            return self.text[block] < _MUCH * whole and not self._holds_body(block, STRONG)
        return False

    def _holds_body(self, block: int, name: int = BODY) -> bool:
        """Return whether nearly all text of a block stands in one inside that is named as a body (BODY or STRONG)."""
        found, least = block, _NEARLY_ALL * self.text[block]
        for _ in range(_MOST_AROUND):
            found = next((inner for inner in self._inside(found) if self.text[inner] >= least), -1)
            if found < 0:
                return False
            if hints_of(self.flow.element[found]) & (name | COMMENTS | HIDDEN) == name:
                return True
        return False

    def _best(self) -> int:
        best, top = -1, 0.0
        for block, value in enumerate(self.worth):
            if value >= top and value > 0 and not self._is_in_furniture(block):
                best, top = block, value
        return best

    def _is_in_furniture(self, block: int) -> bool:
        """Return whether a block is inside furniture; the way up is remembered, so that no part of it is gone twice."""
        way: list[int] = []
        while block > 0 and block not in self.clear:
            if self.furniture[block]:
                for inner in way:
                    self.furniture[inner] = True
                return True
            way.append(block)
            block = self.flow.parent[block]
        self.clear.update(way)
        return False

    def _narrow(self, best: int) -> int:
        """Go down while one block inside holds nearly all of the text."""
        parents, text, tags = self.flow.parent, self.text, self.flow.tag
        found = best
        for block in range(best + 1, len(parents)):
            if parents[block] < best:
                break
            if parents[block] != found or text[block] < _NAMED * text[found] or tags[block] in _PIECES:
                continue
            if self.furniture[block]:
                continue
            named = hints_of(self.flow.element[block]) & STRONG
            if (named or text[block] >= _NEARLY_ALL * text[found]) and not self._goes_on_beside(block):
                found = block
        return found

    def _goes_on_beside(self, block: int) -> bool:
        """Return whether a block beside this one, behind the headline, holds a part of the same text by its name."""
        outer = self.flow.parent[block]
        if self.text[outer] - self.text[block] < _LEAST_PART:
            return False
        name = attribute(self.flow.element[block], "class")
        return any(other != block and self._is_part(other, name) for other in self._inside(outer))

    def _is_part(self, block: int, name: str) -> bool:
        if not self.text[block] or self.furniture[block] or self.flow.first[block] <= self.start:
            return False
        element = self.flow.element[block]
        hints = hints_of(element)
        if hints & (FURNITURE | DOUBTFUL | COMMENTS | HIDDEN):
            return False
        return bool(hints & STRONG) or (bool(name) and attribute(element, "class") == name)

    def _inside(self, outer: int) -> list[int]:
        """List the blocks that stand directly in a block."""
        if not self.children:
            self.children = [[] for _ in self.flow.parent]
            for block, parent in enumerate(self.flow.parent):
                if parent >= 0:
                    self.children[parent].append(block)
        return self.children[outer]

    def _prune(self, best: int, parts: list[int]) -> list[int]:
        """List the blocks in the body that are furniture, hold links and hardly any text, or are between its parts."""
        parents = self.flow.parent
        dropped = self._between(best, parts) if len(parts) > 1 else []
        gone = set(dropped)
        for block in range(best + 1, len(parents)):
            if parents[block] < best:
                break
            if parents[block] in gone or block in gone:
                gone.add(block)
            elif self._is_foreign(block, best):
                gone.add(block)
                dropped.append(block)
        return dropped

    def _between(self, best: int, parts: list[int]) -> list[int]:
        """List the outermost blocks inside one that neither hold one of its parts nor stand in one."""
        kept, around = set(parts), {best}
        for part in parts:
            outer = self.flow.parent[part]
            while outer > best and outer not in around:
                around.add(outer)
                outer = self.flow.parent[outer]
        parents, foreign = self.flow.parent, []
        for block in range(best + 1, len(parents)):
            if parents[block] < best:
                break
            if parents[block] in around and block not in around and block not in kept:
                foreign.append(block)
        return foreign

    def _is_foreign(self, block: int, best: int) -> bool:
        if self.text[block] or self.furniture[block]:
            # Blocks with text have been judged when they were summed up.
            return self.furniture[block] or self._is_link_list(block)
        return self._is_link_list(block) or self._is_furniture(block, self.text[best])

    def _is_link_list(self, block: int) -> bool:
        return self.links[block] < -6 and self.text[block] < 20 and self.flow.tag[block] not in _ONE_LINE
