"""When an article was published: what the head says, what is printed near the headline, what the address says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from newsarchive.extract.dates import Dated, parse_date
from newsarchive.extract.validate import date_problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.models import Problem

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
_WEAK_META = frozenset(("date", "dateupdate", "dc.date", "og:time", "dcterms.created", "dc.date.issued"))
_ZONES = {"zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}

Lines = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Published:
    """A time of publication, the rule that gave it, and the number of the line where it is printed (-1: none)."""

    dated: Dated
    evidence: str
    line: int = -1


def zone_of(lang: str | None) -> tzinfo:
    """Return the zone in which a page of this language prints its times, when nothing else tells."""
    name = _ZONES.get((lang or "")[:2].lower())
    return ZoneInfo(name) if name else UTC


#: A line whose rank is as high is taken without a look at those further away; that of an update never is.
_SURE = 4


def _label_rank(line: str) -> int:
    """Return how well the words of a line speak for its date: publication before update before no word."""
    if _UPDATED.search(line) and not _PUBLISHED.search(line):
        return 1
    return 3 if _LABEL.search(line) else 0


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

    def find(self, head: Head, near: Lines, behind: Lines, *, url: str, page: str) -> Published | None:
        """Find the time of publication.

        `near` are the (number, text) about the headline, the nearest first, `behind` those behind the article, `page`
        is the text of the whole page. The addresses of pictures are not looked at: a picture is often older.
        """
        lines = near
        printed = self._printed(near, None)
        if printed is None:
            lines = behind
            printed = self._printed(behind, None)
        for value, evidence in _said(head):
            dated = self.read(value)
            if dated is None:
                continue
            if printed and dated.precision == "day" and printed.dated.when.date() == dated.when.date():
                return printed
            line = printed.line if printed and printed.dated.when.date() == dated.when.date() else -1
            return Published(dated, evidence, line)
        if printed and _has_year(lines, printed):
            return printed
        other = self._weak(head) or self._of_url(url) or self._of_script(page)
        if printed is None or other is None:
            return other or printed
        again = self._printed(lines, other.dated.when.year)
        return again if again and again.dated.when.date() == other.dated.when.date() else other

    def _printed(self, lines: Lines, year_hint: int | None) -> Published | None:
        best: tuple[int, Published] | None = None
        for number, text in lines:
            if len(text) > 200 or not _SIGN.search(text) or not _MAYBE.search(text):
                continue
            dated = self.read(text, year_hint)
            if dated is None:
                continue
            rank = _label_rank(text) + (dated.precision != "day") + (len(text) < 60)
            if best is None or rank > best[0]:
                best = (rank, Published(dated, "printed", number))
            if rank >= _SURE:
                break
        return best[1] if best else None

    def _weak(self, head: Head) -> Published | None:
        for _, name, content in head.meta.get("published", ()):
            dated = self.read(content)
            if dated:
                return Published(dated, f"meta:{name}")
        return None

    def _of_url(self, url: str) -> Published | None:
        dated = self._in_address(url)
        return Published(dated, "url") if dated else None

    def _in_address(self, url: str) -> Dated | None:
        for match in _URL_DATE.finditer(url[:2000]):
            dated = self.read(f"{match['y']}-{match['m'] or match['m2']}-{match['d'] or match['d2']}")
            if dated:
                return dated
        return None

    def _of_script(self, page: str) -> Published | None:
        places = sorted(place for name in _SCRIPT_NAMES for place in _places(page, name))
        for place in places:
            match = _SCRIPT_TIME.match(page, place)
            if match is None or _NO_TIME.search(match["rest"]):
                continue
            dated = self.read(match["value"])
            if dated:
                return Published(dated, "script")
        return None


def _places(text: str, name: str) -> Iterator[int]:
    """Yield the positions right behind a name, the first few of them."""
    place = -1
    for _ in range(_MOST_PLACES):
        place = text.find(name, place + 1)
        if place < 0:
            return
        yield place + len(name)


def _has_year(lines: Lines, printed: Published) -> bool:
    text = dict(lines)[printed.line]
    start, end = printed.dated.span
    return bool(_YEAR.search(text[start:end]))


def _said(head: Head) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        value = head.card.get(key)
        if isinstance(value, str):
            yield value[:100], f"json-ld:{key}"
    for _, name, content in head.meta.get("published", ()):
        if name not in _WEAK_META:
            yield content[:100], f"meta:{name}"
