"""The headline: what the page prints, what its head and the link to it say, and one judge of all of it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from newsarchive.extract.candidates import Candidate, likeliest, points_of
from newsarchive.extract.credits.person_names import is_chinese_name, is_latin_name
from newsarchive.extract.credits.vocabulary import INFORMATION, any_of
from newsarchive.extract.heuristics.aside import is_aside
from newsarchive.extract.heuristics.class_names import HIDDEN, hints_of
from newsarchive.extract.heuristics.site_names import is_site_name, links_home
from newsarchive.extract.heuristics.wordings import (
    LONGEST_TITLE,
    Wording,
    begins_with_site,
    common_length,
    cut_to,
    key_of,
    main_part,
    parts_of,
    without_site,
    wordings_of,
)
from newsarchive.text import clean, without_anchor
from newsarchive.tree import TEXT, ancestors, attribute, children, descendants, names_of, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head

_HEADINGS: dict[str, float] = {"h1": 4.0, "h2": 3.0, "h3": 2.0, "h4": 1.5, "h5": 1.0, "h6": 1.0}
_SUBTITLE_NAME = re.compile(r"sub-?_?(?:title|head)|fu-?_?(?:biaoti|bt|title)|yinti|kicker", re.IGNORECASE)
_TITLE_NAME = re.compile(r"title|headline|biaoti|(?<![a-z])tit(?![a-z])|(?<![a-z])bt(?![a-z])", re.IGNORECASE)
#: Labels of two characters that stand before a headline in the same line.
_LABELS = frozenset(("原创", "转载", "独家", "视频", "图集", "组图", "专题", "首发", "置顶", "快讯"))
_BEGINNINGS_OF_LABELS = frozenset(label[0] for label in _LABELS)
_BEHIND_LABEL = " :：|｜"
_ANY_QUOTE = "“”„‟″「」『』«»'‘’`´＂"
#: A line that is no part of a headline's wording agrees with it from so many characters on.
_SHORTEST = 4
#: How much of a line must agree when other words (buttons, labels) stand behind the headline.
_MOST_OF_LINE = 0.5
#: A block made for a headline: an h1, h2, h3 or one named so.
_MADE_FOR_IT = 2.0
_SUBTITLE = 0.5
#: How far before the text a headline without a match in the head may stand, and how many of the text's first lines may
#: be headline and date (lines); a line with more characters is a sentence.
_NEAR, _TAKEN_FOR_TEXT, _LONGEST_DATELINE = 12, 3, 80

# What a headline is worth by where it stands. What agrees with the head or the link goes before a lone h1, that before
# the wording of the link, the end of a line before the text, the last step of the path to the page, which search
# engines are told as its h1, what the head tells other programs, a heading before the text, and the title element; then
# a small heading or a subtitle, a plain line before the line that prints the date, a wording that begins with the
# site's name, a plain line right before the text or at its beginning, and last what is the site's name.
_AGREES, _ALONE, _LISTED, _HOLDS, _PATH, _TOLD, _HEADING = 100.0, 60.0, 50.0, 48.0, 46.0, 45.0, 40.0
_SAID, _BENEATH, _PLAIN, _OF_SITE, _FIRST, _SITE = 30.0, 25.0, 20.0, 15.0, 10.0, 5.0
#: The link of a headline to its own page.
_PERMALINK = "a[rel~=bookmark]"
#: So many lines that agree are looked at more closely: a hostile page has any number.
_MOST = 40
# What a candidate loses that is not displayed, and gains for each place more that words it so.
_UNSEEN, _BY_WITNESS = 40.0, 4.0
# What the link of a teaser is worth that is worded like the head.
_TEASER = 44.0
# So many characters before and behind the place where a line may be cut.
_ABOUT_END = 6
# A line that begins like the link's text is the headline if it is not much longer (links are cut short).
_LONGER_THAN_LINK = 3

_DATE = re.compile(r"(?:19|20)[0-9]{2}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}")
_SENTENCE_END = re.compile("。|[.;；，,]$")
#: What is no headline though it stands in an element that is named like one: labels, paths, words of furniture.
_NO_HEADLINE = re.compile(
    rf"(?:{any_of(INFORMATION)})\s?[:：]|(?:当前|當前|您的?)?(?:所在)?位置|首页|上一篇|下一篇"
    r"|相关(?:新闻|阅读|文章|推荐|报道)|推荐(?:阅读|文章)?|热门|热点|最新|©|图片?[：:/]|摄影|分享|返回|打印|关闭|评论|目录|导读|摘要"
    r"|(?:share|related|recommended|most read|popular|comments?|copyright|photo|image|contents|menu|search|home)\b"
    r".{0,12}$",
    re.IGNORECASE,
)
_COUNTER = re.compile(r"\D{0,6}[0-9]{1,9}\s?\D{0,6}")
_LETTERS = re.compile(r"[^\W\d_]")
_WORDS_OF_PATH = re.compile(r"[^>»›]{0,20}(?:>|[»›]\s)")
#: Class names of the path to a page, how far up they stand, and how many links make one without them.
_PATH_NAME = re.compile(r"bread-?_?crumb|(?<![a-z])(?:crumbs?|mbx|weizhi)(?![a-z])", re.IGNORECASE)
_PATH_UP, _PATH_LINKS = 5, 2
# An h1 or h2 that is not worded to the end like the title is the headline if it begins so far like it.
_NEARLY = 0.75


@dataclass(frozen=True, slots=True)
class Headline:
    """A title, the numbers of the lines where it stands (the likeliest first), and the rule that gave it."""

    text: str
    lines: tuple[int, ...]
    evidence: str


def gather_titles(
    flow: PrintedLines, head: Head, link: str = "", site: str = "", *, everything: bool = False
) -> list[Candidate[str]]:
    """List what the head and the link say the title is, and the lines of the page that agree or stand out.

    `link` is the text of the link that led to the page, `site` the site's name. A kind of evidence that cannot be
    worth as much as what is found already is only asked for `everything`.
    """
    wordings = wordings_of(head, link, site)
    found: list[Candidate[str]] = []
    for gather, most in _GATHERERS:
        if everything or all(one.points < most for one in found):
            found += gather(flow, head, wordings)
    return found


def gather_before_text(flow: PrintedLines, head: Head, first: int, site: str = "") -> list[Candidate[str]]:
    """List the lines before the text's `first` that may be a headline by what they are or where they stand."""
    return [*_holding(flow, head, first, site), *_headings(flow, head, first, site), *_plain_lines(flow, first)]


def judge_titles(candidates: Sequence[Candidate[str]]) -> Headline | None:
    """Choose the headline: the likeliest wording, with all lines that print it."""
    best = likeliest(candidates)
    if best is None:
        return None
    key = key_of(best.value)
    same = sorted(
        (one for one in candidates if one.line >= 0 and key_of(one.value) == key), key=points_of, reverse=True
    )
    return Headline(without_anchor(clean(best.value)), tuple(dict.fromkeys(one.line for one in same)), best.rule)


def printed_headline(candidates: Sequence[Candidate[str]]) -> Headline | None:
    """Return the headline if a line prints one that is certain without a look at the text."""
    return judge_titles([one for one in candidates if one.line >= 0 and one.points >= _ALONE])


def _agreeing(flow: PrintedLines, head: Head, wordings: Sequence[Wording]) -> Iterator[Candidate[str]]:
    """Read the lines that agree with a wording up to what the site adds to either."""
    found: list[Candidate[str]] = []
    site = head.first("site") or ""
    for number, text in _beginning_like(flow, {wording.key[0] for wording in wordings}):
        found.extend(_agreements(flow, number, without_site(text, site), wordings))
    if not any(flow.tag[flow.block[one.line]] == "h1" for one in found):
        found += _behind_kickers(flow, head, wordings)
    found = sorted(found, key=points_of, reverse=True)[:_MOST]
    differ = len({one.value for one in found}) > 1
    only_title = not head.card.get("headline") and "title" not in head.meta
    in_path = {one.value for one in found if _ends_path(flow, one.line) and _is_worded_otherwise(one.value, wordings)}
    for one in found:
        if _leads_home(flow, one.line) or (only_title and is_site_name(one.value, head)) or head.names(one.value):
            yield replace(one, points=_SITE)
        elif _leads_elsewhere(flow, head, one.line):
            yield replace(one, points=_TEASER + one.points / 100)
        elif one.value in in_path and (flow.linked[one.line] or _ends_path(flow, one.line)):
            yield replace(one, points=_PATH)
        else:
            yield replace(one, points=one.points - _UNSEEN * (differ and _is_hidden(flow, one.line)))


def _behind_kickers(flow: PrintedLines, head: Head, wordings: Sequence[Wording]) -> Iterator[Candidate[str]]:
    """Read the wordings with which an h1 ends; before the headline a kicker or a label may stand in it."""
    for number, block in enumerate(flow.block):
        if block < 0 or flow.tag[block] != "h1" or len(flow.text[number]) > LONGEST_TITLE:
            continue
        key = key_of(flow.text[number])
        for wording in wordings:
            title = main_part(wording, head)
            if 2 * len(title) > len(key) and key.endswith(key_of(title)):
                points = _AGREES + len(key_of(title)) + _HEADINGS["h1"]
                text = flow.text[number]
                # What is one piece of text with the title is a part of it: The skiff: how to row it.
                value = text if _is_one_text(flow, number, len(text) - len(title)) else title
                yield Candidate(value, text, f"end of an h1 agreeing with {wording.name}", points, number)


def _leads_home(flow: PrintedLines, number: int) -> bool:
    """Return whether a line is a link to the home page."""
    return 0 < len(flow.text[number]) <= flow.linked[number] and links_home(flow.element[flow.block[number]])


def _leads_elsewhere(flow: PrintedLines, head: Head, number: int) -> bool:
    """Return whether a line is a link to another page than the one that the head names as this: a teaser.

    An h1 may lead to the series or the column that the page is of.
    """
    if not 0 < len(flow.text[number]) <= flow.linked[number] or flow.tag[flow.block[number]] == "h1":
        return False
    own = {_last_step(url) for url in (head.canonical, head.first("url")) if url}
    element = flow.element[flow.block[number]]
    links = [
        *select("a[href]", element)[:_PATH_UP],
        *(one for one in islice(ancestors(element), _PATH_UP) if one.tag == "a"),
    ]
    steps = {_last_step(attribute(link, "href")) for link in links}
    return bool(own) and bool(steps) and "" not in steps and own.isdisjoint(steps)


def _last_step(url: str) -> str:
    """Return the last step of an address's path."""
    return url.strip().partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]


def _is_worded_otherwise(title: str, wordings: Sequence[Wording]) -> bool:
    """Return whether the head also words a title in other words."""
    key = key_of(title)
    others = (one.key for one in wordings if not (one.is_part or one.is_link))
    return any(not other.startswith(key) and not key.startswith(other) for other in others)


def _ends_path(flow: PrintedLines, number: int) -> bool:
    """Return whether a line is an h1 that is the last step of the path to the page: Home, Politics, this article."""
    block = flow.block[number]
    if block < 0 or flow.tag[block] != "h1":
        return False
    outer = block
    for _ in range(_PATH_UP):
        if outer < 0 or flow.last[outer] > number + 1:
            break
        named = _PATH_NAME.search(names_of(flow.element[outer]))
        if named or flow.tag[outer] == "nav" or attribute(flow.element[outer], "itemtype").endswith("/ListItem"):
            return True
        outer = flow.parent[outer]
    element = flow.element[block]
    parent = element.parent
    if parent is None:
        return False
    before = list(takewhile(lambda one: one.mem_id != element.mem_id, children(parent)))
    steps = [one for one in before if one.tag != TEXT]
    return len(steps) >= _PATH_LINKS and all(one.tag == "a" for one in steps) and links_home(parent)


def _is_hidden(flow: PrintedLines, number: int) -> bool:
    block = flow.block[number]
    while block >= 0:
        if hints_of(flow.element[block]) & HIDDEN:
            return True
        block = flow.parent[block]
    return False


def _beginning_like(flow: PrintedLines, keys: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that begin like a title, also behind a label such as 原创."""
    beginnings = keys | {key.upper() for key in keys}
    if '"' in keys:
        beginnings.update(_ANY_QUOTE)
    for number, text in enumerate(flow.text):
        first = text[0]
        if first in beginnings and 1 < len(text) <= LONGEST_TITLE:
            yield number, text
        elif (
            first in _BEGINNINGS_OF_LABELS
            and text[:2] in _LABELS
            and text[2:].lstrip(_BEHIND_LABEL)[:1] in beginnings
            and len(text) <= LONGEST_TITLE
        ):
            yield number, text[2:].lstrip(_BEHIND_LABEL)


def _agreements(flow: PrintedLines, number: int, text: str, wordings: Iterable[Wording]) -> Iterator[Candidate[str]]:
    """Yield a candidate for each wording that begins like this line's text; the more say the same, the better."""
    key = key_of(text)
    rank = -1.0
    found: list[tuple[float, str, Wording]] = []
    for wording in wordings:
        least = min(_SHORTEST, len(key), len(wording.key))
        if key[:least] != wording.key[:least]:
            continue
        common = common_length(key, wording.key)
        if rank < 0:
            rank = _rank(flow, flow.block[number])
        whole = common == len(key)
        goes_on = not whole and common == len(wording.key) and (wording.is_link or rank >= _MADE_FOR_IT)
        continued = goes_on and (
            ((wording.is_link or wording.is_cut) and _goes_on(text, wording))
            or (rank >= _HEADINGS["h1"] and _is_one_text(flow, number, len(cut_to(text, common))))
        )
        if rank < _HEADINGS["h1"] and wording.is_kicker(common):
            continue
        ends = wording.may_end(common, certain=rank >= _HEADINGS["h1"]) and (
            whole or (rank >= _MADE_FOR_IT and common > _MOST_OF_LINE * len(key))
        )
        nearly = not ends and rank >= _HEADINGS["h2"] and common >= _NEARLY * max(len(key), len(wording.key))
        if not (continued or ends or nearly):
            continue
        points = _AGREES + wording.worth(common) + rank * 2 + 3 * (whole or continued)
        found.append((points, text if whole or continued or nearly else cut_to(text, common), wording))
    for points, value, wording in found:
        if value.isupper() and not wording.text.isupper() and key_of(value) == wording.key[: len(key_of(value))]:
            value = cut_to(wording.text, len(key_of(value)))  # noqa: PLW2901 - the same in the letters of a sentence
        agreeing = sum(other.said for _, same, other in found if same == value)
        rule = f"page line agreeing with {wording.name}"
        yield Candidate(value, text, rule, points + _BY_WITNESS * (agreeing - 1), number)


def _is_one_text(flow: PrintedLines, number: int, end: int) -> bool:
    """Return whether a line goes on behind so many characters in the same piece of text; buttons are others."""
    about = flow.text[number][max(end - _ABOUT_END, 0) : end + _ABOUT_END]
    pieces = (node.text_content or "" for node in descendants(flow.element[flow.block[number]]) if node.tag == TEXT)
    return any(about in " ".join(piece.split()) for piece in pieces)


def _goes_on(text: str, link: Wording) -> bool:
    """Return whether a line is a headline of which the link shows the beginning."""
    return (
        len(link.key) > _SHORTEST and len(text) <= _LONGER_THAN_LINK * len(link.text) and not _SENTENCE_END.search(text)
    )


def _rank(flow: PrintedLines, block: int) -> float:
    """Return how much a block is made for a headline: 4 for an h1 down to 0."""
    if block < 0:
        return 0.0
    tag = flow.tag[block]
    if tag in _HEADINGS:
        return _HEADINGS[tag]
    names = names_of(flow.element[block])
    if _TITLE_NAME.search(names):
        return _SUBTITLE if _SUBTITLE_NAME.search(names) else _MADE_FOR_IT
    parent = flow.parent[block]
    return _HEADINGS.get(flow.tag[parent], 0.0) if parent >= 0 else 0.0


def _lone_h1(flow: PrintedLines, head: Head, wordings: Sequence[Wording]) -> Iterator[Candidate[str]]:
    """Read the page's h1, if there is one alone beside those of its furniture, and it is not the site's name."""
    found: dict[str, int] = {}
    for number, block in enumerate(flow.block):
        if block >= 0 and flow.tag[block] == "h1" and not flow.linked[number]:
            found.setdefault(flow.text[number], number)
    if 1 < len(found) <= _MOST:
        found = {text: number for text, number in found.items() if not is_aside(flow.element[flow.block[number]])}
    if len(found) != 1:
        return
    ((text, number),) = found.items()
    key = key_of(text)
    if len(key) < 2 * _SHORTEST or len(text) > LONGEST_TITLE or key_of(head.title).endswith(key):
        return
    points = _PATH if _ends_path(flow, number) and _is_worded_otherwise(text, wordings) else _ALONE
    yield Candidate(text, text, "the only h1", points, number)


def _said(_flow: PrintedLines, head: Head, wordings: Sequence[Wording]) -> Iterator[Candidate[str]]:
    """Read what the head and the link say without the site's suffix; of the head the first wording goes first."""
    for place, wording in enumerate(wordings):
        if wording.is_part:
            continue
        if wording.is_link:
            yield Candidate(wording.text, wording.text, wording.name, _LISTED)
            continue
        title = main_part(wording, head)
        if title:
            points = _SAID if wording.name == "title" else _TOLD
            if is_site_name(title, head):
                points = _SITE
            elif begins_with_site(wording, head):
                points = _OF_SITE
            yield Candidate(title, wording.text, wording.name, points - place / 10)


#: What finds candidates before the text is known, each by itself, and the most that one is worth; the best first.
_GATHERERS = ((_agreeing, math.inf), (_lone_h1, _ALONE), (_said, _LISTED))


def _holding(flow: PrintedLines, head: Head, first: int, site: str) -> Iterator[Candidate[str]]:
    """Read the part of a wording with which a line before the text ends, behind a column."""
    parts = [(part, key_of(part)) for part in parts_of(wordings_of(head, site=site))]
    for number in range(first - 1, max(first - _NEAR, 0) - 1, -1):
        if flow.linked[number] or _ends_path(flow, number):
            continue
        key = key_of(flow.text[number][:LONGEST_TITLE])
        ends = (part for part, wanted in parts if 2 * len(wanted) > len(key) and key.endswith(wanted))
        part = next((part for part in ends if not is_site_name(part, head)), None)
        if part:
            yield Candidate(part, flow.text[number], "end of a line before the text", _HOLDS, number)
            return


def _headings(flow: PrintedLines, head: Head, first: int, site: str) -> Iterator[Candidate[str]]:
    """Read the headings, and the elements named as titles, before the text's first line, the nearest first."""
    for number in range(first - 1, max(first - _NEAR, 0) - 1, -1):
        rank = _rank(flow, flow.block[number])
        text = flow.text[number]
        linked = flow.linked[number] and not (rank and select(_PERMALINK, flow.element[flow.block[number]]))
        if rank and not linked and may_be_headline(text):
            points = _HEADING + rank + (number - first) / 100 if rank >= _MADE_FOR_IT else _BENEATH
            if text == site or is_site_name(text, head):
                points = _SITE
            yield Candidate(text, text, "heading before the text", points, number)


def _plain_lines(flow: PrintedLines, first: int) -> Iterator[Candidate[str]]:
    """Read the plain lines right before the text, or taken for its beginning, and before the line with the date."""
    for number in range(max(first - _NEAR, 1), min(first + _TAKEN_FOR_TEXT, len(flow.text))):
        line = flow.text[number]
        if len(line) <= _LONGEST_DATELINE and _DATE.search(line) and not _SENTENCE_END.search(line):
            if _may_be_plain(flow, number - 1):
                text = flow.text[number - 1]
                yield Candidate(text, text, "line before the date", _PLAIN, number - 1)
            break
    for number in range(max(first - 1, 0), first + 1):
        if _may_be_plain(flow, number):
            text = flow.text[number]
            yield Candidate(text, text, "line before the text", _FIRST, number)


def _may_be_plain(flow: PrintedLines, number: int) -> bool:
    text = flow.text[number]
    if flow.linked[number] or _SENTENCE_END.search(text) or not may_be_headline(text):
        return False
    return not (is_latin_name(text) or is_chinese_name(text))


def may_be_headline(text: str) -> bool:
    """Return whether a line can be a headline by its words: no date, no counter, no label, no path."""
    return (
        _SHORTEST <= len(text) <= LONGEST_TITLE
        and len(_LETTERS.findall(text)) >= _SHORTEST - 1
        and not _DATE.search(text)
        and not _NO_HEADLINE.match(text)
        and not _WORDS_OF_PATH.match(text)
        and not _COUNTER.fullmatch(text)
    )
