"""The choices behind one story: its topic and angle, its words, and the sentences that are still to be used."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from newsarchive.demo import vocabulary
from newsarchive.demo.blocks import plain
from newsarchive.demo.seeded_random import SeededRandom
from newsarchive.demo.templates import fill

if TYPE_CHECKING:
    from newsarchive.demo.blocks import Runs
    from newsarchive.demo.plan import Plan
    from newsarchive.demo.templates import Word

TOPICS = ("company", "market", "weather", "city", "culture", "farm", "tech", "policy")
ENGLISH_TOPIC = "harbor"
#: Reports that fill one form with other figures, time after time: alike in their words, and yet each its own story.
BULLETIN_TOPIC = "bulletin"
# One story in so many is a bulletin; none of them is ever carried by others.
_BULLETIN_EVERY, _BULLETIN_PLACE = 40, 6

_COMMON: dict[str, Word] = {
    "person": vocabulary.PEOPLE,
    "person2": vocabulary.PEOPLE,
    "spot": vocabulary.SPOTS,
    "spot2": vocabulary.SPOTS,
    "town": tuple(name for name, _ in vocabulary.TOWNS),
    "firm": vocabulary.FIRMS,
    "firm2": vocabulary.FIRMS,
}


def is_bulletin(plan: Plan) -> bool:
    """Return whether an article is one of a row that share a form."""
    return plan.shape != "english" and plan.story % _BULLETIN_EVERY == _BULLETIN_PLACE


@cache
def topic(name: str) -> dict[str, Any]:
    """Read one topic's templates.

    `words` gives names a word for a whole story, `phrases` one for each use. An angle has titles, the leads and facts
    that go with them; a bulletin's has a form instead, the paragraphs behind its lead.
    """
    folder = files(__package__) / "topics"
    read = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    common = tomllib.loads((folder / "common.toml").read_text(encoding="utf-8"))
    phrases = {**common["phrases"], **read.get("phrases", {})}
    read["phrases"] = {**_COMMON, **{key: tuple(forms) for key, forms in phrases.items()}}
    return read


class Draft:
    """One story before it is written. Equal for a story and its copies, but for `own`, the dice of the copy alone."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.english = plan.shape == "english"
        self.dice = SeededRandom(seed, "story", plan.story)
        self.own = SeededRandom(seed, "copy text", plan.number)
        self.topic = topic(self._topic_name())
        angles = self.topic["angles"]
        turn = plan.story // _BULLETIN_EVERY % len(angles)
        self.angle = angles[turn] if is_bulletin(plan) else self.dice.pick(angles)
        self._first_title = self.dice.below(len(self.angle["titles"]))
        self.words = self._words()
        self._unused: dict[str, list[str]] = {}

    def _topic_name(self) -> str:
        if self.english:
            return ENGLISH_TOPIC
        return BULLETIN_TOPIC if is_bulletin(self.plan) else self.dice.pick(TOPICS)

    def _words(self) -> dict[str, Word]:
        dice = self.dice
        co, co2, co3 = dice.draw(vocabulary.STOCKS, 3)
        city, city2 = dice.draw(vocabulary.CITIES, 2)
        day = self.plan.story_published
        words: dict[str, Word] = {
            **self.topic["phrases"],
            "co": co, "co2": co2, "co3": co3, "city": city, "city2": city2, "hero": dice.pick(vocabulary.PEOPLE),
            "place": dice.pick(vocabulary.PLACES), "broker": dice.pick(vocabulary.BROKERS),
            "day": f"{day.month}月{day.day}日", "enday": vocabulary.WEEKDAYS[day.weekday()],
        }  # fmt: skip
        for name, forms in self.topic["words"].items():
            words[name] = plain(fill(dice.pick(forms), words, lambda _spec: dice))
        return words

    def title(self, offset: int) -> str:
        """Return one of the story's titles; offsets from 0 to 3 give different ones."""
        titles = self.angle["titles"]
        return plain(self.fill_angle(titles[(self._first_title + offset) % len(titles)]))

    def fill(self, template: str) -> Runs:
        """Fill a template with the story's words."""
        return fill(template, self.words, lambda _spec: self.dice)

    def fill_angle(self, template: str) -> Runs:
        """Fill a title, lead or fact of the angle: the same blank gets the same number in all of them."""
        return fill(template, self.words, lambda spec: SeededRandom("number", self.plan.story, spec))

    def sentences(self, pool: str, count: int) -> Runs:
        """Fill some sentences of a pool (`angle` for those of the angle) that are not used yet: one paragraph."""
        written = self.fill_angle if pool == "angle" else self.fill
        return self.strung([written(self._next(pool)) for _ in range(count)])

    def strung(self, sentences: list[Runs]) -> Runs:
        """Make one paragraph of sentences."""
        between = (" ",) if self.english else ()
        return sum(((*between, *sentence) for sentence in sentences[1:]), sentences[0])

    def _next(self, pool: str) -> str:
        if pool not in self._unused:
            self._unused[pool] = list(self.angle["facts"] if pool == "angle" else self.topic["pools"][pool])
        unused = self._unused[pool]
        place = self.dice.below(len(unused))
        unused[place], unused[-1] = unused[-1], unused[place]
        return unused.pop()
