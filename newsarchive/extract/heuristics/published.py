"""When an article was published: what the head says, what is printed near the headline, what the address says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, timezone
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract.candidates import Candidate
from newsarchive.extract.dates import Dated, counts_from_now, parse_date
from newsarchive.extract.dates.labels import FILLING, UPDATED, tells_of_change
from newsarchive.extract.dates.words import any_of
from newsarchive.extract.dates.zones import country_of
from newsarchive.extract.heuristics.aside import is_aside
from newsarchive.extract.validate import date_problem
from newsarchive.text import clean
from newsarchive.tree import TEXT, ancestors, attribute, descendants, names_of, select
from newsarchive.urls import split_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.models import Problem
    from newsarchive.tree import Element

# A line without this holds no date worth a closer look: what the forms of `dates` are known by.
_SIGN = re.compile(r"[\d天年日前刚剛今昨]")
_SIGNS = ("ago", "now", "day")
_MAYBE = re.compile(
    r"\d{1,4}\s?[-/.年月월년:：h]\s?\d"
    r"|[\d一二两兩三四五六七八九十半天]\s?(?:[个個]?半?)(?:秒|分|小|钟|鐘|天|日|周|週|星|月|年)[^前]{0,3}前"
    r"|[昨前今][天日早晨晚夜]|[刚剛][刚剛才]|年.{1,3}月|(?<!\d)\d{4}(?!\d)|\bago\b|\b(?:just\snow|yesterday|today)\b",
    re.IGNORECASE,
)
# Of a line in small letters.
_LABEL = re.compile(any_of("published", "date"))
_DATELINE = re.compile(rf"[\s（(【\[]{{0,3}}(?:{any_of('published', 'date')}){FILLING}[0-9a-z]")
#: A line with more characters is a sentence of the text.
_LONGEST_DATELINE = 60
_URL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})"
    r"(?:(?P<s>[-/_.])(?P<m>\d{1,2})(?:(?P=s)|/)(?P<d>\d{1,2})|[-/]?(?P<m2>[01]\d)[-/]?(?P<d2>[0-3]\d))(?!\d)"
)
#: /2024/may/30/, /30-05-2024/
_URL_MONTH = re.compile(
    r"(?<=/)(?:((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})(?=/)|(\d{1,2}-\d{1,2}-(?:19|20)\d\d)(?!\d))", re.IGNORECASE
)
#: What may be the value of a time in a script, by its first digits: these are looked for in the whole page, which takes
#: a sixth of the time that all the names before them would take.
_SCRIPT_VALUES = (
    re.compile(r"20(?<=[:=\s\"']20)[0-9]{2}(?P<sep>[-.])[0-9]{2}(?P=sep)[0-9]{2}"),
    re.compile(r"1(?<=[:=\s\"']1)[0-9]{9}"),
)
#: So many values are looked at; characters from the beginning of the name to that of the value, and of a value.
_MOST_VALUES, _LONGEST_NAME, _LONGEST_VALUE = 2_000, 24, 24
_SCRIPT_TIME = re.compile(
    r"(?:(?<=ublish)|(?<=elease)|(?<=pub)(?=_|[Dd]ate|[Tt]ime)|(?<=reate)(?=Time|_time|dAt)"
    r"|(?<=ctime)|(?<=var ct)|(?<=eploy)(?=[D-]))"
    r"(?P<rest>[A-Za-z_-]{0,16})[\"']?\s?[:=]\s?[\"']?"
    r"(?P<value>1[0-9]{9}(?:[0-9]{3})?(?![0-9])|20[0-9]{2}(?P<sep>[-.])[0-9]{2}(?P=sep)[0-9]{2}(?:[ T][0-9:]{4,8})?)"
)
# publisherId, release_no: the number of something, be it as long as a time.
_NO_TIME = re.compile(
    r"er(?:$|[A-Z_s])|(?:id|key|no|num|number|count|code|user|by|version|qq|phone|tel|sum)$", re.IGNORECASE
)
_YEAR = re.compile(
    r"(?:19|20|[١۱१১][٩۹९৯]|[٢۲२২][٠۰०০]|[1۱][34۳۴]|[2๒][5๕])\d\d|(?<!\d)\d{2}[-/.]\d{1,2}[-/.]\d|(?<!\d)1\d{2}[-/.年]|\d年|[〇零○一二三四五六七八九十百元]年"
)
_NAMED_YEAR = re.compile(r"20[0-9]{2}(?<![0-9.]20..)(?![0-9])")
_DIGIT = re.compile("[0-9]")
_DATE_OF_HEADLINE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?=\W)")
# A year, and behind it the day as month and day.
_DAY_OF_YEAR = re.compile(r"\b((?:19|20)[0-9]{2}) ([01]?[0-9][/-][0-3]?[0-9])\b")
_WEAK_META = frozenset(
    (
        "date", "dateupdate", "dc.date", "og:time", "dcterms.created", "dc.date.issued", "dc.created", "dcterms.date",
        "created", "createdate", "date_created", "datecreated", "timestamp", "displaydate", "release_date",
    )
)  # fmt: skip
_LOCALE = re.compile("([a-z]{2})[-_]([a-z]{2})(?![a-z])", re.IGNORECASE)

Lines = list[tuple[int, str]]

# What a date is worth by where it stands. What the head says for machines goes before a time element, that before a
# printed date; a printed one without a year is only as good as the year that something else gives it, one behind the
# text is mostly that of another article.
_SAID, _ELEMENT, _PRINTED, _AGREES = 100.0, 80.0, 60.0, 50.0
_WEAK, _FAR, _HEADLINE, _ADDRESS, _SCRIPT, _BEHIND, _MODIFIED, _YEARLESS = (
    45.0,
    43.0,
    42.0,
    40.0,
    35.0,
    30.0,
    26.0,
    20.0,
)
# How far clocks are behind and ahead of UTC: by whole hours, or by one of these.
_WESTERNMOST, _EASTERNMOST, _HOUR, _DAY = (
    timedelta(hours=12),
    timedelta(hours=14),
    timedelta(hours=1),
    timedelta(days=1),
)
_ODD_OFFSETS = frozenset(
    timedelta(hours=hours) for hours in (-9.5, -3.5, -2.5, 3.5, 4.5, 5.5, 5.75, 6.5, 8.75, 9.5, 10.5, 12.75, 13.75)
)
# What may come before publication, and the folders of an address, whose day may be so much off (days).
_NOT_FIRST = frozenset(("json-ld:dateCreated", "json-ld:uploadDate"))
_FOLDERS = re.compile(r"[0-9]{4}/")
_MOST_OFF = 2.0
# What the words of a line are worth for the date in it.
_LABELLED, _UPDATE, _OTHERS, _IN_PRINT = 3.0, -1.0, -4.0, -30.0
# What a place among other articles or comments is worth, one so many lines before the headline, and one in the
# masthead, which prints today's date; then a line taken for one of the text's first.
_ASIDE, _AWAY, _TODAY = -10.0, -2.0, -30.0
_INSIDE, _LONGEST_LABEL = 43.0, 16
_FAR_BEFORE = 4
# From when to when something takes place.
_SPAN_OF_TIME = re.compile(r"\d[:.]\d\d\s?(?:Uhr\s?)?(?:[-–—~～至到]|bis)\s?\d{1,2}[:.]\d\d")
# A line worth as much is taken without a look at those further away.
_SURE = 6.0
# A heading over a list of other articles is not longer.
_LONGEST_HEADING = 40
# Characters between a label and its date in a line that is a sentence.
_BESIDE = 6
_SENTENCE = re.compile("[，。；！？]|[a-z], [a-z]")
# The date of another article, of the picture, or of a message that is quoted: — Name (@name) 3 March 2026.
_OF_OTHERS = re.compile(rf"{any_of('others', 'pictures')}|[摄攝](?:影)?[）)]?$|\(@\w{{1,15}}\)")
_OTHERS_HEADING = re.compile(any_of("others"))
_PRINT = re.compile(any_of("print"))
#: A line that says nothing but that the next one is another time than that of publication.
_OTHER_LABEL = re.compile(rf"(?:{any_of('other')})\s?[:：]?")
#: A line that begins the readers' comments.
_COMMENTS = re.compile(
    rf"\d{{0,6}}\s?(?:{any_of('comments', ending='')})\s?[（(：:]?\s?\d{{0,6}}\s?条?[）)]?",
)
#: Elements that hold a time for machines, and the attributes in which it stands.
_TIME_ELEMENTS = (
    "time[datetime], [itemprop=datePublished], [pubdate], abbr.published, span[data-datetime]"
    ", span[property~='schema:datePublished'], span[property~='dc:date']"
)
_MACHINE_TIMES = ("datetime", "content", "title", "data-datetime", "pubdate")
#: Class names of what belongs to other articles, and to comments.
_NAMES_OF_OTHERS = re.compile(
    r"relat|recom|tuijian|xiangguan|comment|repl(?:y|ies)|popular|most-?_?read", re.IGNORECASE
)
#: The same of what is printed above all pages.
_NAMES_OF_MASTHEAD = re.compile(
    r"top-?_?bar|mast-?_?head|to-?_?day|clock|(?:current|header|head|nav|now)-?_?(?:date|time)"
)
# So many of them are looked at, and so far up for the line that they stand in.
_MOST_TIMES, _UP = 60, 3
# A linked text of more characters beside a date is the headline of another article.
_TITLE = 24
# A line that counts its time from now in another way is not longer.
_LONGEST_COUNTED = 40
# An attribute for a time, and what is one in it; the beginning of an agency's text.
_TIME_NAME = re.compile(r"^(?:datetime|title|data-.*(?:date|time|publish|utc|epoch).*)$")
_TIME_VALUE = re.compile(
    r"\s*(?:(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]|1[0-9]{9}(?:[0-9]{3})?$|.{3,30}(?:19|20)[0-9]{2})"
)
_WIRE = re.compile(r"[^.!?]{0,60}?[0-9]{4}\s?(?:/[A-Z][\w -]{2,30}/|\([A-Z][\w .-]{1,30}\)|--|—|–)")
# Lines whose elements are looked at one by one, and the longest of them.
_MOST_APART, _LONGEST_APART = 12, 80
# Pieces of one date, and the longest of them.
_MOST_PIECES, _LONGEST_PIECE = 5, 24
_MONTH_OF_YEAR = re.compile(r"((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?月?")
_DAY_ALONE = re.compile(r"\d{1,2}日?")


@dataclass(frozen=True, slots=True)
class Places:
    """Where a page may say when it was published.

    `near` are the (number, text) about the headline, the nearest first, `first` are the text's first, `inside` short
    ones that were taken for these, `behind` those behind the article, `page` is the text of the whole page. The
    addresses of pictures are not among them: a picture is often older.
    """

    head: Head
    near: Lines
    behind: Lines
    url: str
    page: str
    flow: PrintedLines | None = None
    headline: str = ""
    inside: Lines = field(default_factory=list)
    first: Lines = field(default_factory=list)


def locale_of(lang: str | None, head: Head, url: str) -> str:
    """Return the language of a page with its country (en-GB): by its host's name, else as the page declares it."""
    country = country_of(split_url(url).hostname or "")
    if not country:
        declared = (_LOCALE.match(name.strip()) for name in (head.first("lang") or "", head.lang or ""))
        country = next((match[2] for match in declared if match and match[1].lower() == lang), "")
    return f"{lang or 'und'}-{country}".rstrip("-")


def _words(line: str, span: tuple[int, int]) -> float:
    """Return how well the words of a line speak for the date in it: publication before update before no word."""
    lowered = line.lower()
    if _PRINT.search(lowered):
        return _IN_PRINT
    if _OF_OTHERS.search(lowered) or _SPAN_OF_TIME.search(lowered):
        return _OTHERS
    if tells_of_change(lowered):
        return _UPDATE
    label = _LABEL.search(lowered)
    if label is None:
        return 0.0
    if not _SENTENCE.search(line):
        return _LABELLED
    near = lowered[max(span[0] - _BESIDE, 0) : span[1] + _BESIDE]
    return _LABELLED if _LABEL.search(near) else 0.0


def is_dateline_of_publication(line: str) -> bool:
    """Return whether a line begins by saying that it prints the time of publication, as some do below the text."""
    return len(line) < _LONGEST_DATELINE and bool(_DATELINE.match(line.lower()))


@dataclass(frozen=True, slots=True)
class DateReader:
    """Reads dates for one page: `now` is the time of fetching, `zone` the one in which the page prints its times.

    `lang`, its language, tells day and month apart; `refused` collects the problems of the dates that cannot be true.
    """

    zone: tzinfo
    now: datetime
    lang: str | None = None
    refused: list[Problem] = field(default_factory=list)
    known: dict[tuple[str, int | None], Dated | None] = field(default_factory=dict)

    def read(self, text: str, year_hint: int | None = None) -> Dated | None:
        """Read a date that can be one of publication; lines without one are asked about more than once."""
        key = text, year_hint
        if key not in self.known:
            self.known[key] = self._read(text, year_hint)
        return self.known[key]

    def _read(self, text: str, year_hint: int | None) -> Dated | None:
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
        lines = self._printed(places)
        found: list[Candidate[Dated]] = []
        best = max(map(_points, lines), default=0.0)
        for gather, most in _GATHERERS:
            if everything or best < most:
                found += gather(self, places)
                best = max(best, *map(_points, found)) if found else best
        if not everything and best > _ELEMENT:
            found += self.address(places)
        other = max((one for one in found if one.points <= _WEAK), key=_points, default=None)
        if any(line.points < _BEHIND + _OTHERS for line in lines):
            year = other.value.when.year if other else self._other_year(places.page)
            lines = self._printed(places, year) if year else lines
            if other:
                lines = [_agreeing(line, other) for line in lines]
        return found + lines

    def _printed(self, places: Places, year: int | None = None) -> list[Candidate[Dated]]:
        """Read what is printed about the headline, else behind the text, where mostly dates of others are printed."""
        near = self._lines(places.near, places.flow, year)
        if max(map(_points, near), default=0.0) < _PRINTED + _OTHERS:
            near += self._apart(places)
        if max(map(_points, near), default=0.0) < _PRINTED + _OTHERS:
            near += self._attributes(places)
        if not near and places.first:
            near = list(self._wired(places.first))
        if not near and places.inside:
            near = [one for one in self._lines(places.inside, places.flow, year, _INSIDE) if _is_hardly_more(one)]
        return near or self._lines(places.behind, places.flow, year, _BEHIND)

    def _other_year(self, page: str) -> int | None:
        """Return the year in which a page was saved where it is not that of fetching: the last one that it names."""
        years = {int(year) for year in _NAMED_YEAR.findall(page)}
        fresh = {self.now.year, self.now.year - (self.now.month == 1)}
        return max((year for year in years if year <= self.now.year), default=None) if years.isdisjoint(fresh) else None

    def _lines(
        self, lines: Lines, flow: PrintedLines | None, year: int | None, worth: float = _PRINTED
    ) -> list[Candidate[Dated]]:
        """Read the dates of lines up to one that is sure; one without a year is read with the year that is given.

        `worth` is what a date is worth that no label says to be that of publication.
        """
        found: list[Candidate[Dated]] = []
        for number, text in lines:
            if len(text) > 200 or not self._may_date(text):
                continue
            candidate = self._line(number, text, year, worth)
            if candidate:
                if flow is not None:
                    if number and _OTHER_LABEL.fullmatch(flow.text[number - 1].lower()):
                        continue
                    above = _NAMES_OF_MASTHEAD if number < lines[0][0] else None
                    candidate = replace(candidate, points=candidate.points + _of_others(flow, number, candidate, above))
                if lines[0][0] - number > _FAR_BEFORE:
                    candidate = replace(candidate, points=candidate.points + _AWAY)
                found.append(candidate)
                if candidate.points >= _PRINTED + _SURE:
                    break
        return found

    def _may_date(self, text: str) -> bool:
        has_sign = _SIGN.search(text) is not None or any(sign in text.lower() for sign in _SIGNS)
        if has_sign and _MAYBE.search(text):
            return True
        return len(text) <= _LONGEST_COUNTED and counts_from_now(text, self.lang)

    def _line(self, number: int, text: str, year: int | None, worth: float = _PRINTED) -> Candidate[Dated] | None:
        dated = self.read(text)
        if dated is None:
            return None
        start, end = dated.span
        label = _words(text, dated.span)
        words = label + (dated.precision != "day") + (len(text) < 60)
        if _YEAR.search(text[start:end]):
            return Candidate(dated, text, "printed", (_PRINTED if label == _LABELLED else worth) + words, number)
        again = self.read(text, year) if year else None
        if year and year != dated.when.year and (again is None or again.when == dated.when):
            return None  # counted from the day of fetching, and the page is of another year
        return Candidate(again or dated, text, "printed", _YEARLESS + words, number)

    def _apart(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read dates whose parts stand in elements or lines of their own: the day here, month and year there."""
        if places.flow is None:
            return
        near = places.near[:_MOST_APART]
        lines = dict(near)
        for number, text in near:
            if len(text) > _LONGEST_APART or not _DIGIT.search(text) or self._line(number, text, None):
                continue
            parts = _parts(places.flow.element[places.flow.block[number]])
            for pieces in (
                parts,
                [lines.get(number - 1, ""), text],
                [text, lines.get(number + 1, "")],
                [text, lines.get(number + 1, ""), lines.get(number + 2, "")],
                *([part] for part in parts[:_MOST_APART] if len(parts) > 1),
            ):
                if any(_OTHER_LABEL.fullmatch(piece.lower()) for piece in pieces[:_MOST_PIECES]):
                    continue
                joined = next((one for one in _joined(pieces) if _YEAR.search(one) and self.read(one)), None)
                dated = self.read(joined) if joined else None
                if dated:
                    yield Candidate(dated, " ".join(pieces), "printed in parts", _PRINTED, number)
                    break

    def _attributes(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the time that a script is to print, or that is shown when it is pointed at, in the nearest lines."""
        flow = places.flow
        for number, text in places.near[:_MOST_APART] if flow else ():
            if flow is None or len(text) > _LONGEST_APART:
                continue
            block = flow.element[flow.block[number]]
            for element in (block, *islice((one for one in descendants(block) if one.tag != TEXT), _MOST_APART)):
                times = (value for name, value in element.attributes.items() if value and _may_time(name, value))
                value = next(times, "")
                dated = self.read(value[:100]) if value else None
                if dated:
                    yield Candidate(dated, value, "attribute of a line", _PRINTED, number)
                    return

    def _wired(self, first: Lines) -> Iterator[Candidate[Dated]]:
        """Read the date with which an agency's text begins: MILLBROOK, Ohio, May 6, 2024 /Newswire/ -- The ..."""
        for number, text in first:
            wire = _WIRE.match(text)
            dated = self.read(wire[0]) if wire and _YEAR.search(wire[0]) else None
            if dated and wire:
                yield Candidate(dated, wire[0], "dateline of the text", _INSIDE, number)
                return

    def said(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read what the head says for machines."""
        for place, (value, rule) in enumerate(_said(places.head)):
            dated = self.read(value)
            if dated:
                yield Candidate(dated, value, rule, _SAID - place)

    def elements(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the attributes of elements for times in the lines about the headline; elsewhere, where all agree."""
        flow = places.flow
        if flow is None or not flow.element:
            return
        near = {flow.element[flow.block[number]].mem_id: number for number, _ in reversed(places.near)}
        far: list[Candidate[Dated]] = []
        for element in select(_TIME_ELEMENTS, flow.element[0])[:_MOST_TIMES]:
            around = [element, *islice(ancestors(element), _UP)]
            number = next((near[outer.mem_id] for outer in around if outer.mem_id in near), -1)
            value = next((value for name in _MACHINE_TIMES if (value := attribute(element, name))), "")
            dated = self.read(value[:100]) if value else None
            if dated is None:
                continue
            words = f"{flow.text[number] if number >= 0 else ''} {names_of(element)}".lower()
            updated = tells_of_change(words)
            if number >= 0:
                of_others = _OF_OTHERS.search(words) or any(_NAMES_OF_OTHERS.search(names_of(one)) for one in around)
                points = _ELEMENT - _PRINTED * bool(updated or of_others)
                yield Candidate(dated, value, "time element", points, number)
            elif not updated and not is_aside(element):
                far.append(Candidate(dated, value, "time element of the page", _FAR))
        if far and len({one.value.when.date() for one in far}) == 1:
            yield far[0]

    def weak(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read what the head says in words that may mean another date."""
        said = places.head.meta
        for place, (_, name, content) in enumerate((*said.get("published", ()), *said.get("dated", ()))):
            dated = self.read(content)
            if dated:
                yield Candidate(dated, content, f"meta:{name}", _WEAK - place / 100)

    def headline(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the date that a headline begins with."""
        match = _DATE_OF_HEADLINE.match(places.headline)
        dated = self.read(match[0]) if match else None
        if dated and match:
            yield Candidate(dated, match[0], "headline", _HEADLINE)

    def address(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the date in the page's address."""
        url = places.url[:2000]
        for match in _URL_DATE.finditer(url):
            dated = self.read(f"{match['y']}-{match['m'] or match['m2']}-{match['d'] or match['d2']}")
            if dated:
                yield Candidate(dated, match[0], "url", _ADDRESS)
                return
        named = _URL_MONTH.search(url)
        dated = self.read(" ".join(filter(None, named.groups()))) if named else None
        if dated and named:
            yield Candidate(dated, named[0], "url", _ADDRESS)

    def modified(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read when the page was changed, which is better than nothing."""
        card = places.head.card.get("dateModified")
        said = [("json-ld:dateModified", card)] if isinstance(card, str) else []
        for rule, value in (*said, *((f"meta:{name}", text) for _, name, text in places.head.meta.get("modified", ()))):
            dated = self.read(value[:100])
            if dated:
                yield Candidate(dated, value, rule, _MODIFIED)
                return

    def script(self, places: Places) -> Iterator[Candidate[Dated]]:
        """Read the first time in a script that its name says to be that of publication."""
        for match in _times_of_scripts(places.page):
            dated = None if _NO_TIME.search(match["rest"]) else self.read(match["value"])
            if dated:
                yield Candidate(dated, match[0], "script", _SCRIPT)
                return


#: What finds candidates, each by itself, and the most that one of them is worth; the best first.
_GATHERERS = (
    (DateReader.said, _SAID), (DateReader.elements, _ELEMENT), (DateReader.weak, _WEAK),
    (DateReader.headline, _HEADLINE), (DateReader.address, _ADDRESS), (DateReader.script, _SCRIPT),
    (DateReader.modified, _MODIFIED),
)  # fmt: skip


def _may_time(name: str, value: str) -> bool:
    """Return whether an attribute is made for a time and holds one."""
    return _TIME_NAME.search(name) is not None and _TIME_VALUE.match(value) is not None


def judge_dates(candidates: list[Candidate[Dated]]) -> Candidate[Dated] | None:
    """Choose the time of publication.

    The likeliest day; of that day, the time that a line prints where the likeliest tells none, and its place. A time
    that is said for machines is told by the clocks by which a line prints it.
    """
    if not candidates:
        return None
    best = _first(candidates, max(candidates, key=_points))
    if best.rule.startswith("printed"):
        return best
    printed = [one for one in candidates if one.rule.startswith("printed")]
    printed.sort(key=_points, reverse=True)
    if best.rule == "url":
        # An address has the day on which the page was made, mostly that of publication or the one before.
        near = (one for one in printed if abs(one.value.when - best.value.when) < 2 * _DAY and one.points >= _BEHIND)
        return next((one for one in near if one.value.precision != "day"), best)
    if best.value.precision != "day":
        best = next(filter(None, (_by_clocks_of(line, best) for line in printed)), best)
    day = best.value.when.date()
    line = next((one for one in printed if one.value.when.date() == day), None)
    if line is None:
        best = next(filter(None, (_by_day_of_address(one, best) for one in candidates)), best)
    if line is None:
        return best
    return line if best.value.precision == "day" else replace(best, line=line.line)


def _first(candidates: list[Candidate[Dated]], best: Candidate[Dated]) -> Candidate[Dated]:
    """Return the earliest publication that the head or the folders of the address name: later ones are its repetitions.

    An address has the day of some zone, and may be a day off.
    """
    if best.points <= _ELEMENT:
        return best
    first = best
    for one in candidates:
        days = (first.value.when - one.value.when).total_seconds() / 86400
        if one.points > _ELEMENT and one.rule not in _NOT_FIRST:
            first = one if days > 0 and one.value.when.date() < first.value.when.date() else first
        elif one.rule == "url" and _FOLDERS.match(one.printed) and days > _MOST_OFF:
            first = one
    return first


def _by_clocks_of(line: Candidate[Dated], said: Candidate[Dated]) -> Candidate[Dated] | None:
    """Return a time with the offset from UTC at which a line prints it; None if the line prints another one."""
    utc = said.value.when.astimezone(UTC)
    if line.points < _PRINTED:
        return None
    if line.value.precision == "day":
        offset = _offset_of_day(line, said)
        return None if offset is None else _at_offset(said, offset)
    offset = line.value.when.replace(tzinfo=None, second=0) - utc.replace(tzinfo=None, second=0, microsecond=0)
    if not -_WESTERNMOST <= offset <= _EASTERNMOST or (offset % _HOUR and offset not in _ODD_OFFSETS):
        return None
    return _at_offset(said, offset)


def _by_day_of_address(address: Candidate[Dated], said: Candidate[Dated]) -> Candidate[Dated] | None:
    """Return a time that is told in UTC on the day that the folders of the address name, if it can be that one."""
    if address.rule != "url" or not _FOLDERS.match(address.printed) or said.value.precision == "day":
        return None
    offset = _offset_of_day(address, said)
    return _at_offset(said, offset) if offset else None


def _at_offset(said: Candidate[Dated], offset: timedelta) -> Candidate[Dated]:
    return replace(said, value=replace(said.value, when=said.value.when.astimezone(timezone(offset))))


def _times_of_scripts(page: str) -> Iterator[re.Match[str]]:
    """Yield the values with names that may be those of a time of publication, in the order of the page."""
    values = sorted(value.start() for form in _SCRIPT_VALUES for value in islice(form.finditer(page), _MOST_VALUES))
    for value in values:
        start, end = max(value - _LONGEST_NAME, 0), value + _LONGEST_VALUE
        while match := _SCRIPT_TIME.search(page, start, end):
            yield match
            start = match.start() + 1


def _offset_of_day(line: Candidate[Dated], said: Candidate[Dated]) -> timedelta | None:
    """Return the offset nearest to UTC at which a time lies on the day that a line prints; None for that of the page.

    Where the page's zone is not known, the line may print the day before or after that in UTC.
    """
    utc, day = said.value.when.astimezone(UTC), line.value.when.date()
    if day == said.value.when.date():
        return None
    if day == utc.date():
        return timedelta(0)
    if said.value.when.utcoffset() or UPDATED.search(line.printed.lower()):
        return None
    offsets = (hours for n in range(1, 15) for hours in (timedelta(hours=n), timedelta(hours=-n)))
    return next((one for one in offsets if one >= -_WESTERNMOST and (utc + one).date() == day), None)


def _of_others(flow: PrintedLines, number: int, candidate: Candidate[Dated], masthead: re.Pattern[str] | None) -> float:
    """Return what a date loses beside the linked headline of another article, in a caption, a comment, a masthead."""
    start, end = candidate.value.span
    if len(flow.text[number]) - (end - start) > _TITLE and 2 * flow.linked[number] > len(flow.text[number]):
        return _ASIDE
    block = flow.block[number]
    for _ in range(_UP):
        if block < 0:
            return 0.0
        element = flow.element[block]
        names = names_of(element)
        if element.tag == "figcaption" or _NAMES_OF_OTHERS.search(names):
            return _ASIDE
        if masthead and masthead.search(names):
            return _TODAY
        block = flow.parent[block]
    return 0.0


def _is_hardly_more(candidate: Candidate[Dated]) -> bool:
    """Return whether the line of a date says little else."""
    start, end = candidate.value.span
    line = candidate.printed
    return len(line) - (end - start) <= _LONGEST_LABEL and not _SENTENCE.search(line[:start] + line[end:])


def _points(candidate: Candidate[Dated]) -> float:
    return candidate.points


def _agreeing(line: Candidate[Dated], other: Candidate[Dated]) -> Candidate[Dated]:
    """Add the points of a date without a year where another is of the same day."""
    if line.points >= _YEARLESS + _PRINTED / 2 or line.value.when.date() != other.value.when.date():
        return line
    return replace(line, points=line.points - _YEARLESS + _AGREES)


def _joined(pieces: list[str]) -> Iterator[str]:
    """Yield the orders in which pieces of a date may be meant; nothing if one is no piece of a date."""
    if len(pieces) == 1:
        yield pieces[0]
    if not 1 < len(pieces) <= _MOST_PIECES or not all(0 < len(piece) <= _LONGEST_PIECE for piece in pieces):
        return
    yield _DAY_OF_YEAR.sub(r"\1/\2", " ".join(pieces))
    for month, day in (pieces[:2], pieces[1::-1]):
        match = _MONTH_OF_YEAR.fullmatch(month)
        if match and _DAY_ALONE.fullmatch(day):
            yield f"{match[1]}-{match[2]}-{day.rstrip('日')}"
    yield " ".join(reversed(pieces))


def _parts(element: Element) -> list[str]:
    """List the pieces of text in an element, each by itself."""
    texts = (node.text_content or "" for node in descendants(element) if node.tag == TEXT)
    return [part for text in texts if (part := clean(text))]


def before_comments(lines: Lines) -> Lines:
    """Return the lines up to the readers' comments, or to a heading over other articles: their dates are of others."""
    end = next((place for place, (_, text) in enumerate(lines) if _begins_others(text)), len(lines))
    return lines[:end]


def _begins_others(text: str) -> bool:
    lowered = text.lower()
    if _COMMENTS.fullmatch(lowered):
        return True
    return len(text) <= _LONGEST_HEADING and not _DIGIT.search(text) and _OTHERS_HEADING.match(lowered) is not None


def _said(head: Head) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        value = head.card.get(key)
        if isinstance(value, str | int):
            yield str(value)[:100], f"json-ld:{key}"
    for _, name, content in head.meta.get("published", ()):
        if name not in _WEAK_META:
            yield content[:100], f"meta:{name}"
