"""Invented articles with known stories: originals, edited copies of nine kinds, and reports that only look alike."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from benchmarks.story_prose import Prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 1, 1, tzinfo=CHINA)
#: Of the articles of a corpus, so many are edited copies, and so many belong to series that look alike.
COPIES, LOOKALIKES = 0.16, 0.08
#: Days over which a corpus spreads, and within which a copy follows its original.
DAYS, LAG = 365, 2


@dataclass(slots=True)
class Item:
    """One article; `story` is the truth, `kind` the edit that made it (or `original`, or the kind of look-alike)."""

    key: str
    title: str
    paragraphs: list[str]
    published_at: datetime
    source: str
    story: int
    kind: str


def _add_paragraph(prose: Prose, paragraphs: list[str]) -> list[str]:
    at = prose.rng.randint(0, len(paragraphs))
    return [*paragraphs[:at], prose.paragraph(prose.cast()), *paragraphs[at:]]


def _drop_paragraph(prose: Prose, paragraphs: list[str]) -> list[str]:
    at = prose.rng.randrange(len(paragraphs))
    return paragraphs[:at] + paragraphs[at + 1 :] if len(paragraphs) > 2 else paragraphs


def _reflow(prose: Prose, paragraphs: list[str]) -> list[str]:
    stop = prose.stop + prose.glue
    sentences = [s + prose.stop for s in prose.glue.join(paragraphs).removesuffix(prose.stop).split(stop)]
    flowed, i = [], 0
    while i < len(sentences):
        size = prose.rng.randint(1, 6)
        flowed.append(prose.glue.join(sentences[i : i + size]))
        i += size
    return flowed


def _first_half(_: Prose, paragraphs: list[str]) -> list[str]:
    half, kept = sum(map(len, paragraphs)) / 2, []
    for paragraph in paragraphs:
        kept.append(paragraph)
        if sum(map(len, kept)) >= half:
            break
    return kept


def _change_characters(prose: Prose, paragraphs: list[str]) -> list[str]:
    rate, rng = prose.rng.uniform(0.02, 0.05), prose.rng
    return [
        "".join(rng.choice(prose.alphabet) if c.isalnum() and rng.random() < rate else c for c in paragraph)
        for paragraph in paragraphs
    ]


def _add_dateline(prose: Prose, paragraphs: list[str]) -> list[str]:
    return [prose.any("datelines") + paragraphs[0], *paragraphs[1:]]


def _add_credit(prose: Prose, paragraphs: list[str]) -> list[str]:
    return [*paragraphs, prose.credit()]


def _keep(_: Prose, paragraphs: list[str]) -> list[str]:
    return paragraphs


_SINGLE: dict[str, Callable[[Prose, list[str]], list[str]]] = {
    "paragraph added": _add_paragraph,
    "paragraph dropped": _drop_paragraph,
    "reflowed": _reflow,
    "first half only": _first_half,
    "characters changed": _change_characters,
    "dateline": _add_dateline,
    "attribution": _add_credit,
    "title": _keep,
}
KINDS = (*_SINGLE, "three at once")
_NEW_TITLE = {"title", "three at once"}


def edit(prose: Prose, kind: str, title: str, paragraphs: list[str]) -> tuple[str, list[str]]:
    """Copy an article with one kind of edit; with another title one time in three, and for some kinds always."""
    kinds = prose.rng.sample(list(_SINGLE), 3) if kind == "three at once" else [kind]
    for one in kinds:
        paragraphs = _SINGLE[one](prose, paragraphs)
    if kind in _NEW_TITLE or prose.rng.random() < 0.3:
        title = prose.title(prose.cast())
    return title, paragraphs


class Series:
    """A form that is filled in again and again: about half of every report is the form's own text."""

    def __init__(self, prose: Prose, *, dense: bool) -> None:
        self.prose, self.dense = prose, dense
        self.cast = prose.form_cast
        self.name = prose.title(self.cast)
        make = self._gapped if dense else self._in_turns
        self.paragraphs = [make() for _ in range(6)]

    def _gapped(self) -> list[str | int]:
        """Make a paragraph whose clauses end in a gap to be filled in with names and figures."""
        parts: list[str | int] = []
        for _ in range(self.prose.rng.randint(4, 6)):
            parts += [self._wording(), 1]
        return parts

    def _in_turns(self) -> list[str | int]:
        """Make a paragraph of fixed sentences, each followed by other ones of the same length."""
        parts: list[str | int] = []
        for _ in range(self.prose.rng.randint(1, 2)):
            sentence = self.prose.sentence(self.cast)
            parts += [sentence, len(sentence)]
        return parts

    def _wording(self) -> str:
        """Write a clause without figures: a form has them only where it is filled in."""
        clause = self.prose.clause(self.cast)
        while any(map(str.isdigit, clause)):
            clause = self.prose.clause(self.cast)
        return clause

    def _fill(self, length: int, cast: list[str]) -> str:
        if self.dense:
            return self.prose.any("fillings", cast)
        text = ""
        while len(text) < length - 10:
            text += self.prose.glue + self.prose.sentence(cast)
        return text + self.prose.glue

    def report(self) -> tuple[str, list[str]]:
        """Fill the form in once."""
        cast = self.prose.cast()
        return self.name, [
            "".join(part if isinstance(part, str) else self._fill(part, cast) for part in parts)
            for parts in self.paragraphs
        ]


def corpus(size: int, seed: int, *, english: bool = False) -> list[Item]:
    """Invent `size` articles in the order of their times of publication."""
    rng = random.Random(seed)
    prose = Prose(rng, "en" if english else "zh")
    copies, lookalikes = int(size * COPIES), int(size * LOOKALIKES)
    items = list(_originals(prose, size - copies - lookalikes))
    items += _copies(prose, items, copies)
    items += _lookalikes(prose, lookalikes, first_story=len(items))
    items.sort(key=lambda item: (item.published_at, item.key))
    return items


def _originals(prose: Prose, count: int) -> Iterator[Item]:
    for story in range(count):
        title, paragraphs = prose.article()
        when = START + timedelta(seconds=prose.rng.randrange(DAYS * 86400))
        yield Item(f"o{story}", title, paragraphs, when, prose.any("media"), story, "original")


def _copies(prose: Prose, originals: list[Item], count: int) -> list[Item]:
    made = []
    for number in range(count):
        original, kind = prose.rng.choice(originals), KINDS[number % len(KINDS)]
        title, paragraphs = edit(prose, kind, original.title, original.paragraphs)
        when = original.published_at + timedelta(seconds=prose.rng.randrange(60, LAG * 86400))
        made.append(Item(f"c{number}", title, paragraphs, when, prose.any("media"), original.story, kind))
    return made


def _lookalikes(prose: Prose, count: int, first_story: int) -> Iterator[Item]:
    series = [Series(prose, dense=bool(i % 2)) for i in range(max(2, count // 70))]
    for number in range(count):
        form = series[number % len(series)]
        title, paragraphs = form.report()
        when = START + timedelta(days=number // len(series) * 5 + 0.7)
        kind = "form with numbers" if form.dense else "form with other sentences"
        yield Item(f"s{number}", title, paragraphs, when, prose.any("media"), first_story + number, kind)
