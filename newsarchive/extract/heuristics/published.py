"""When an article was published: what the head says, what is printed near the headline, what the address says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsarchive.extract.candidates import Candidate
from newsarchive.extract.dates import Dated, parse_date
from newsarchive.extract.validate import date_problem
from newsarchive.text import clean
from newsarchive.tree import TEXT, ancestors, attribute, descendants, names_of, select

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.models import Problem
    from newsarchive.tree import Element

# A line without this holds no date worth a closer look: what the forms of `dates` are known by.
_SIGN = re.compile("[0-9０-９天年日前刚剛今昨]|ago|now|day", re.IGNORECASE)
_MAYBE = re.compile(
    r"[0-9０-９]{1,4}\s?[-/.年월月년:：]\s?[0-9０-９]"
    r"|[0-9０-９一二两兩三四五六七八九十半天]\s?(?:[个個]?半?)(?:秒|分|小|钟|鐘|天|日|周|週|星|月|年)[^前]{0,3}前"
    r"|[昨前今][天日早晨晚夜]|[刚剛][刚剛才]|年.{1,3}月|\b(?:19|20)\d\d\b|\bago\b|\b(?:just\snow|yesterday|today)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"发布|發布|發佈|发表|發表|时间|時間|日期|publi|posted|date", re.IGNORECASE)
_UPDATED = re.compile(r"更新|修改|修订|修訂|updated|modified|aktualisiert", re.IGNORECASE)
_PUBLISHED = re.compile(r"发布|發布|發佈|发表|發表|publi|posted", re.IGNORECASE)
_DATELINE = re.compile(
    r"[\s（(【\[]{0,3}(?:(?:发布|發布|發佈|发表|發表|刊发|刊登)(?:时间|時間|日期|于|於)?|时间|時間|日期|published|posted)"
    r"(?:\son)?\s?[：:]?\s?[0-9０-９A-Z]",
    re.IGNORECASE,
)
#: A line with more characters is a sentence of the text.
_LONGEST_DATELINE = 60
_URL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})"
    r"(?:(?P<s>[-/_.])(?P<m>\d{1,2})(?:(?P=s)|/)(?P<d>\d{1,2})|[-/]?(?P<m2>[01]\d)[-/]?(?P<d2>[0-3]\d))(?!\d)"
)
#: Words of a script's names behind which a time of publication may stand, without a first letter of either case.
_SCRIPT_NAMES = (
    "ublish", "pub_", "pubDate", "pubdate", "pubTime", "pubtime", "reateTime", "reate_time", "reatedAt", "ctime",
    "var ct", "elease",
)  # fmt: skip
_SCRIPT_TIME = re.compile(
    r"(?P<rest>[A-Za-z_]{0,16})[\"']?\s?[:=]\s?[\"']?"
    r"(?P<value>1[0-9]{9}(?:[0-9]{3})?(?![0-9])|20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:[ T][0-9:]{4,8})?)"
)
# publisherId, release_no: the number of something, be it as long as a time.
_NO_TIME = re.compile(
    r"er(?:$|[A-Z_s])|(?:id|key|no|num|number|count|code|user|by|version|qq|phone|tel|sum)$", re.IGNORECASE
)
#: How many places of a script are looked at for each name.
_MOST_PLACES = 20
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|(?<![0-9])[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[一二三四五六七八九〇零]{4}年")
_DIGIT = re.compile("[0-9]")
# A year, and behind it the day as month and day.
_DAY_OF_YEAR = re.compile(r"\b((?:19|20)[0-9]{2}) ([01]?[0-9][/-][0-3]?[0-9])\b")
_WEAK_META = frozenset(("date", "dateupdate", "dc.date", "og:time", "dcterms.created", "dc.date.issued"))
_ZONES = {"zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}

Lines = list[tuple[int, str]]

# What a date is worth by where it stands. What the head says for machines goes before a time element, that before a
# printed date; a printed one without a year is only as good as the year that something else gives it.
_SAID, _ELEMENT, _PRINTED, _AGREES, _WEAK, _ADDRESS, _SCRIPT, _YEARLESS = (
    100.0,
    80.0,
    60.0,
    50.0,
    45.0,
    40.0,
    35.0,
    20.0,
)
# What the words of a line are worth for the date in it.
_LABELLED, _UPDATE, _OTHERS = 3.0, -1.0, -4.0
# A line worth as much is taken without a look at those further away.
_SURE = 6.0
# Characters between a label and its date in a line that is a sentence.
_BESIDE = 6
_SENTENCE = re.compile("[，。；！？]|[a-z], [a-z]")
# The date of another article, or of the picture.
_OF_OTHERS = re.compile(
    r"推荐|推薦|相关|相關|热门|熱門|上一篇|下一篇|评论|評論|回复|回覆|建站|版权|備案|备案|^.{0,60}[摄攝](?:影)?[）)]?$"
    r"|related|recommended|popular|most read|copyright|©|comment|repl(?:y|ies)",
    re.IGNORECASE,
)
#: A line that begins the readers' comments.
_COMMENTS = re.compile(
    r"(?:全部|网友|網友|最新|热门|精彩|发表)?(?:评论|評論|留言|回复|跟帖)(?:区|區)?\s?[（(：:]?\s?\d{0,6}\s?条?[）)]?"
    r"|\d{0,6}\s?(?:comments?|responses|replies|kommentare?|comentarios|commentaires|commenti)\s?[(:]?\s?\d{0,6}\)?",
    re.IGNORECASE,
)
#: Elements that hold a time for machines, and the attributes in which it stands.
_TIME_ELEMENTS = "time[datetime], [itemprop=datePublished], [pubdate]"
_MACHINE_TIMES = ("datetime", "content", "pubdate")
# So many of them are looked at, and so far up for the line that they stand in.
_MOST_TIMES, _UP = 60, 3
# Lines whose elements are looked at one by one, and the longest of them.
_MOST_APART, _LONGEST_APART = 12, 80


@dataclass(frozen=True, slots=True)
class Places:
    """Where a page may say when it was published.

    `near` are the (number, text) about the headline, the nearest first, `behind` those behind the article, `page` is
    the text of the whole page. The addresses of pictures are not among them: a picture is often older.
    """

    head: Head
    near: Lines
    behind: Lines
    url: str
    page: str
    flow: PrintedLines | None = None


def zone_of(lang: str | None) -> tzinfo:
    """Return the zone in which a page of this language prints its times, when nothing else tells."""
    name = _ZONES.get((lang or "")[:2].lower())
    return ZoneInfo(name) if name else UTC


def _words(line: str, span: tuple[int, int]) -> float:
    """Return how well the words of a line speak for the date in it: publication before update before no word."""
    if _OF_OTHERS.search(line):
        return _OTHERS
    if _UPDATED.search(line) and not _PUBLISHED.search(line):
        return _UPDATE
    label = _LABEL.search(line)
    if label is None:
        return 0.0
    if not _SENTENCE.search(line):
        return _LABELLED
    near = line[max(span[0] - _BESIDE, 0) : span[1] + _BESIDE]
    return _LABELLED if _LABEL.search(near) else 0.0


def is_dateline_of_publication(line: str) -> bool:
    """Return whether a line begins by saying that it prints the time of publication, as some do below the text."""
    return len(line) < _LONGEST_DATELINE and bool(_DATELINE.match(line))


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads dates for one page: `now` is the time of fetching, `zone` the one in which the page prints its times.

    `lang`, its language, tells day and month apart; `refused` collects the problems of the dates that cannot be true.
    """

    zone: tzinfo
    now: datetime
    lang: str | None = None
    refused: list[Problem] = field(default_factory=list)

    def read(self, text: str, year_hint: int | None = None) -> Dated | None:
        """Read a date that can be one of publication."""
        dated = parse_date(text, zone=self.zone, now=self.now, year_hint=year_hint, lang=self.lang)
        if dated is None:
            return None
        problem = date_problem(dated.when, self.now)
        if problem:
            self.refused.append(problem)
            return None
        return dated.in_zone(self.zone) if dated.when.utcoffset() == timedelta(0) else dated

    def gather(self, places: Places, *, everything: bool = False) -> list[Candidate[Dated]]:
        """List what may be the time of publication, the lines about the headline among it.

        A kind of evidence that cannot be worth as much as what is found already is only asked for `everything`.
        """
        found: list[Candidate[Dated]] = []
        lines = self._lines(places.near, None) or self._lines(places.behind, None)
        best = max(map(_points, lines), default=0.0)
        for gather, most in _GATHERERS:
            if everything or best < most:
                found += gather(self, places)
                best = max(best, *map(_points, found)) if found else best
        other = max((one for one in found if one.points <= _WEAK), key=_points, default=None)
        if other and any(line.points < _PRINTED + _OTHERS for line in lines):
            year = other.value.when.year
            lines = self._lines(places.near, year) or self._lines(places.behind, year)
            lines = [_agreeing(line, other) for line in lines]
        return found + lines

    def _lines(self, lines: Lines, year: int | None) -> list[Candidate[Dated]]:
        """Read the dates of lines up to one that is sure; one without a year is read with the year that is given."""
        found: list[Candidate[Dated]] = []
        for number, text in lines:
            if len(text) > 200 or not _SIGN.search(text) or not _MAYBE.search(text):
                continue
            candidate = self._line(number, text, year)
            if candidate:
                found.append(candidate)
                if candidate.points >= _PRINTED + _SURE:
                    break
        return found

    def _line(self, number: int, text: str, year: int | None) -> Candidate[Dated] | None:
        dated = self.read(text)
        if dated is None:
            return None
        start, end = dated.span
        words = _words(text, dated.span) + (dated.precision != "day") + (len(text) < 60)
        if _YEAR.search(text[start:end]):
            return Candidate(dated, text, "printed", _PRINTED + words, number)
        again = self.read(text, year) if year else None
        return Candidate(again or dated, text, "printed", _YEARLESS + words, number)

    def apart(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read lines whose parts stand in elements of their own without a blank between them."""
        if places.flow is None:
            return
        for number, text in places.near[:_MOST_APART]:
            if len(text) > _LONGEST_APART or not _DIGIT.search(text) or self._line(number, text, None):
                continue
            parts = _parts(places.flow.element[places.flow.block[number]])
            dated = self.read(_DAY_OF_YEAR.sub(r"\1/\2", " ".join(parts))) if len(parts) > 1 else None
            if dated and dated.precision != "day":
                yield Candidate(dated, " ".join(parts), "printed in parts", _PRINTED, number)

    def said(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read what the head says for machines."""
        for place, (value, rule) in enumerate(_said(places.head)):
            dated = self.read(value)
            if dated:
                yield Candidate(dated, value, rule, _SAID - place)

    def elements(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the attributes of elements for times in the lines about the headline."""
        flow = places.flow
        if flow is None or not flow.element:
            return
        near = {flow.element[flow.block[number]].mem_id: number for number, _ in reversed(places.near)}
        for element in select(_TIME_ELEMENTS, flow.element[0])[:_MOST_TIMES]:
            around = [element, *islice(ancestors(element), _UP)]
            number = next((near[outer.mem_id] for outer in around if outer.mem_id in near), -1)
            value = next((value for name in _MACHINE_TIMES if (value := attribute(element, name))), "")
            dated = self.read(value[:100]) if number >= 0 and value else None
            if dated:
                words = f"{flow.text[number]} {names_of(element)}"
                updated = _UPDATED.search(words) and not _PUBLISHED.search(words)
                points = _ELEMENT - _PRINTED * bool(updated or _OF_OTHERS.search(words))
                yield Candidate(dated, value, "time element", points, number)

    def weak(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read what the head says in words that may mean another date."""
        for place, (_, name, content) in enumerate(places.head.meta.get("published", ())):
            dated = self.read(content)
            if dated:
                yield Candidate(dated, content, f"meta:{name}", _WEAK - place / 100)

    def address(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the date in the page's address."""
        for match in _URL_DATE.finditer(places.url[:2000]):
            dated = self.read(f"{match['y']}-{match['m'] or match['m2']}-{match['d'] or match['d2']}")
            if dated:
                yield Candidate(dated, match[0], "url", _ADDRESS)
                return

    def script(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the first time in a script that its name says to be that of publication."""
        page = places.page
        for place in sorted(place for name in _SCRIPT_NAMES for place in _places(page, name)):
            match = _SCRIPT_TIME.match(page, place)
            dated = self.read(match["value"]) if match and not _NO_TIME.search(match["rest"]) else None
            if dated and match:
                yield Candidate(dated, match[0], "script", _SCRIPT)
                return


#: What finds candidates, each by itself, and the most that one of them is worth; the best first.
_GATHERERS = (
    (DateReader.said, _SAID), (DateReader.elements, _ELEMENT), (DateReader.apart, _PRINTED), (DateReader.weak, _WEAK),
    (DateReader.address, _ADDRESS), (DateReader.script, _SCRIPT),
)  # fmt: skip


def judge_dates(candidates: list[Candidate[Dated]]) -> Candidate[Dated] | None:
    """Choose the time of publication.

    The likeliest day; of that day, the time that a line prints where the likeliest tells none, and its place.
    """
    if not candidates:
        return None
    best = max(candidates, key=_points)
    day = best.value.when.date()
    printed = [one for one in candidates if one.line >= 0 and one.value.when.date() == day]
    if not printed or best.line >= 0:
        return best
    line = max(printed, key=_points)
    return line if best.value.precision == "day" else replace(best, line=line.line)


def _points(candidate: Candidate[Dated]) -> float:
    return candidate.points


def _agreeing(line: Candidate[Dated], other: Candidate[Dated]) -> Candidate[Dated]:
    """Give a date without a year its points where another is of the same day."""
    if line.points >= _YEARLESS + _PRINTED / 2 or line.value.when.date() != other.value.when.date():
        return line
    return replace(line, points=line.points - _YEARLESS + _AGREES)


def _parts(element: Element) -> list[str]:
    """List the pieces of text in an element, each by itself."""
    texts = (node.text_content or "" for node in descendants(element) if node.tag == TEXT)
    return [part for text in texts if (part := clean(text))]


def before_comments(lines: Lines) -> Lines:
    """Return the lines up to the readers' comments: their dates are not the article's."""
    end = next((place for place, (_, text) in enumerate(lines) if _COMMENTS.fullmatch(text)), len(lines))
    return lines[:end]


def _places(text: str, name: str) -> Iterator[int]:
    """Yield the positions right behind a name, the first few of them."""
    place = -1
    for _ in range(_MOST_PLACES):
        place = text.find(name, place + 1)
        if place < 0:
            return
        yield place + len(name)


def _said(head: Head) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        value = head.card.get(key)
        if isinstance(value, str):
            yield value[:100], f"json-ld:{key}"
    for _, name, content in head.meta.get("published", ()):
        if name not in _WEAK_META:
            yield content[:100], f"meta:{name}"
