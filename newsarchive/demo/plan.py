"""Which article is which: number, time, digits, medium, editions and shape, all computed from a number and a seed.

Nothing is stored: an article's 18 digits lead back to its number, so a site of 20,000 articles needs no index of them.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from newsarchive.demo import vocabulary
from newsarchive.demo.seeded_random import SeededRandom
from newsarchive.demo.vocabulary import Medium

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = ZoneInfo("Asia/Shanghai")
#: The site's clock, unless it is moved.
NOW = datetime(2026, 3, 5, 12, 0, tzinfo=ZONE)
#: How long a post stays on the mirror, and how much longer listing pages still name it.
LIFETIME = timedelta(days=3)
STALE = timedelta(hours=2)

FlashForm = Literal["first", "later"]

# One article in every so many has one of these shapes; the length is prime to the other cycles.
SHAPES = (
    "plain", "kline", "nested-credit", "table", "cr", "plain", "first-flash-credit", "images", "break-pairs",
    "plain-headings", "list", "first-flash-bare", "bracket-date", "plain", "full-width", "kline-board", "meta-layout",
    "quote", "no-original", "no-title", "byline", "plain", "no-return", "space-slug", "no-date", "kline-us",
    "original-title", "parentheses-slug", "no-body", "mixed-case", "mixed-case-twin", "english", "entities",
    "revised", "broken-front-matter", "reporter", "hidden", "escaped-title", "revised-title", "two-line-return",
    "no-zone",
)  # fmt: skip
# An article of these shapes lacks what a story needs or adds text of its own, so it neither lends nor borrows.
_ALONE = frozenset(
    ("no-title", "no-date", "no-body", "broken-front-matter", "english", "list", "quote", "table", "entities",
     "revised", "revised-title")
)  # fmt: skip
_EDITIONS: tuple[tuple[bool, FlashForm | None], ...] = (
    (True, None), (True, "later"), (True, None), (False, "later"), (True, None), (True, "later"), (False, "first"),
)  # fmt: skip
# Shapes that stand on one edition only: (media, flash form).
_EDITIONS_OF: dict[str, tuple[bool, FlashForm | None]] = {
    "first-flash-credit": (False, "first"),
    "first-flash-bare": (False, "first"),
    "two-line-return": (False, "first"),
    "no-original": (False, "later"),
    "nested-credit": (True, "later"),
    "no-zone": (True, None),
    **dict.fromkeys(("images", "table", "list", "quote"), (True, "later")),
    **dict.fromkeys(
        ("cr", "bracket-date", "meta-layout", "no-title", "no-date", "no-body", "no-return", "english", "kline",
         "broken-front-matter", "escaped-title", "space-slug", "parentheses-slug", "mixed-case", "mixed-case-twin",
         "revised", "revised-title", "byline", "reporter", "original-title"),
        (True, None),
    ),
}  # fmt: skip
_MEDIUM_OF = {
    "space-slug": vocabulary.SPACE,
    "parentheses-slug": vocabulary.PARENTHESES,
    "mixed-case": vocabulary.MIXED_CASE,
    "mixed-case-twin": vocabulary.MIXED_CASE_TWIN,
    "english": vocabulary.ENGLISH,
}
# A flash item of the first form names its medium in brackets alone, so the name has to look like one.
_NAMED_BRIEFLY = tuple(medium for medium in vocabulary.MEDIA if medium.name[-1] in "报网刊")
#: Charset the bytes have, and what the header and the page say of it.
ORIGIN_CHARSETS: tuple[tuple[str, str | None, str | None], ...] = (
    ("utf-8", "utf-8", "utf-8"),
    ("utf-8", "utf-8", "utf-8"),
    ("gb18030", "gb2312", "gb2312"),
    ("gb18030", None, "gbk"),
    ("gb18030", "utf-8", "gb2312"),
    ("utf-8", None, "gb2312"),
    ("gb18030", None, None),
    ("utf-8", None, None),
)
_BLOCK = 10  # articles in a block; its first one may be carried again by two others
_COPY_SLOTS = (3, 8)
_SERIAL_BASE, _SERIAL_STEP, _SERIAL_SHIFT = 3_100_000_000, 9_973, 200_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fixed about one article before a word of it is written.

    `story` is the number of the article whose text it carries (its own unless it is a syndicated copy), `variant` is
    0 for the original and 1 or 2 for a copy.
    """

    number: int
    digits: str
    published: datetime
    story: int
    story_digits: str
    story_published: datetime
    variant: int
    medium: Medium
    media: bool
    flash: FlashForm | None
    shape: str
    charset: tuple[str, str | None, str | None]

    @property
    def info_code(self) -> str:
        """The number at the origin, with the prefix of news."""
        return "NW" + self.digits


@dataclass(frozen=True)
class Planner:
    """Returns the plan of every article: `articles` of them are on the mirror at any time, in `media` or more media."""

    articles: int
    seed: int
    media: int

    @cached_property
    def _step(self) -> int:
        return LIFETIME // timedelta(microseconds=1) // self.articles

    @cached_property
    def all_media(self) -> tuple[Medium, ...]:
        """Every medium with a category page, without the flash service."""
        named = (*vocabulary.MEDIA, *vocabulary.AWKWARD_MEDIA)
        made = (Medium(t + k, ts + ks) for k, ks in vocabulary.KINDS for t, ts in vocabulary.TOWNS)
        return named + tuple(medium for medium, _ in zip(made, range(self.media - len(named)), strict=False))

    @cached_property
    def _ordinary(self) -> tuple[Medium, ...]:
        return tuple(medium for medium in self.all_media if medium not in vocabulary.AWKWARD_MEDIA)

    def published(self, number: int) -> datetime:
        """Return when an article came out; a later number is never earlier."""
        jitter = SeededRandom(self.seed, "time", number).below(self._step)
        micro = timedelta(microseconds=number * self._step + jitter)
        # The second more keeps the first article of a full site inside its three days.
        return (NOW - LIFETIME + micro + timedelta(seconds=1)).replace(microsecond=0)

    def digits(self, number: int) -> str:
        """Return the 18 digits: the day, then a serial that grows with time."""
        jitter = SeededRandom(self.seed, "serial", number).below(_SERIAL_STEP)
        serial = _SERIAL_BASE + (number + _SERIAL_SHIFT) * _SERIAL_STEP + jitter
        return f"{self.published(number):%Y%m%d}{serial:010d}"

    def number(self, digits: str) -> int | None:
        """Find the number of an article from its digits; None when no article has them."""
        if len(digits) != 18 or not digits.isascii() or not digits.isdigit():
            return None
        number = (int(digits[8:]) - _SERIAL_BASE) // _SERIAL_STEP - _SERIAL_SHIFT
        return number if abs(number) < _SERIAL_SHIFT and self.digits(number) == digits else None

    def plan(self, number: int) -> Plan:
        """Return the plan of one article."""
        story, variant = self._story(number)
        shape = self._shape(number)
        media, flash = self._editions(number, variant)
        charset = ORIGIN_CHARSETS[number % len(ORIGIN_CHARSETS)]
        own = self.digits(number), self.published(number)
        lent = (self.digits(story), self.published(story)) if variant else own
        return Plan(number, *own, story, *lent, variant, self.medium(number), media, flash, shape, charset)

    def medium(self, number: int) -> Medium:
        """Return which medium carries an article."""
        shape = self._shape(number)
        if shape in _MEDIUM_OF:
            return _MEDIUM_OF[shape]
        dice = SeededRandom(self.seed, "medium", number)
        if shape == "nested-credit":
            return dice.pick([medium for medium in vocabulary.MEDIA if medium.board])
        story, variant = self._story(number)
        if self._editions(number, variant)[1] == "first":
            return dice.pick(_NAMED_BRIEFLY)
        if not variant:
            return dice.pick(self._ordinary)
        # A copy never stands in the medium of the original; both copies of one story differ too.
        first = self.medium(story)
        others = [medium for medium in self._ordinary if medium != first]
        half = len(others) // 2
        return dice.pick(others[:half] if variant == 1 else others[half:])

    def _editions(self, number: int, variant: int) -> tuple[bool, FlashForm | None]:
        media, flash = _EDITIONS_OF.get(self._shape(number)) or _EDITIONS[number % len(_EDITIONS)]
        # A copy has the whole text of its story, so it is never a flash item of one paragraph.
        return (True, "later" if flash else None) if variant else (media, flash)

    def _shape(self, number: int) -> str:
        return SHAPES[number % len(SHAPES)]

    def _story(self, number: int) -> tuple[int, int]:
        slot = number % _BLOCK
        original = number - slot
        if slot not in _COPY_SLOTS or self._shape(number) in _ALONE or self._shape(original) in _ALONE:
            return number, 0
        if self._editions(original, 0)[1] == "first":
            return number, 0
        if not SeededRandom(self.seed, "copy", number).chance(80):
            return number, 0
        return original, 1 + _COPY_SLOTS.index(slot)

    def span(self, now: datetime, lifetime: timedelta = LIFETIME) -> range:
        """Return the numbers of the articles that came out in the `lifetime` before `now`, oldest first."""
        start, end = self._first_after(now - lifetime), self._first_after(now)
        return range(start, end)

    def _first_after(self, when: datetime) -> int:
        number = (when - (NOW - LIFETIME)) // timedelta(microseconds=self._step) - 1
        while self.published(number) <= when:
            number += 1
        return number

    def by_medium(self, span: range) -> dict[str, array[int]]:
        """Sort a span of articles by the slug of their medium; flash items stand under the flash service's slug too."""
        found: dict[str, array[int]] = {}
        for number in span:
            for slug in self._slugs(number):
                found.setdefault(slug, array("q")).append(number)
        return found

    def _slugs(self, number: int) -> Iterator[str]:
        shape = self._shape(number)
        if shape == "broken-front-matter":
            return
        media, flash = self._editions(number, self._story(number)[1])
        if media:
            yield self.medium(number).slug
        if flash:
            yield vocabulary.FLASH.slug
