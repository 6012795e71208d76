"""Templates are filled as they are written, and every one that the sample site has can be filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsarchive.demo.blocks import plain
from newsarchive.demo.content import BULLETIN_TOPIC, ENGLISH_TOPIC, TOPICS, Draft, topic
from newsarchive.demo.plan import Planner
from newsarchive.demo.seeded_random import SeededRandom
from newsarchive.demo.templates import fill
from newsarchive.demo.vocabulary import Stock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.demo.templates import Word

STOCK = Stock("青禾电力", 1, "699012")
WORDS: dict[str, Word] = {"co": STOCK, "city": "江湾市", "town": ("梅渡", "石浦"), "office": "{city}商会"}
PLANS = Planner(articles=160, seed=5, media=0)


def filled(template: str, *key: object) -> str:
    dice = SeededRandom(*key)
    return plain(fill(template, WORDS, lambda _spec: dice))


def test_words_numbers_and_choices_are_put_in() -> None:
    texts = {filled("在{town}，[{office}|有人]说{n:3-4}次，[|共]{d:0.5-0.6}亿元", number) for number in range(200)}
    assert "在梅渡，江湾市商会说3次，0.5亿元" in texts
    assert "在石浦，有人说4次，共0.6亿元" in texts
    assert all("{" not in text and "[" not in text for text in texts)


def test_choices_may_stand_in_choices() -> None:
    assert {filled("[甲|乙[丙|丁]]", number) for number in range(100)} == {"甲", "乙丙", "乙丁"}


def test_a_security_stays_one() -> None:
    assert fill("{co}与{city}签约", WORDS, lambda _spec: SeededRandom(1)) == (STOCK, "与江湾市签约")


def test_blanks_spelt_alike_get_the_dice_for_their_spelling() -> None:
    words = fill("{n:1-900} {n:1-900} {n:1-901}", WORDS, SeededRandom)
    first, second, third = plain(words).split()
    assert first == second != third


@pytest.mark.parametrize("template", ["[甲|乙", "甲]", "甲|乙", "[甲|乙]]"])
def test_a_broken_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="in '"):
        filled(template)


def test_a_name_without_a_word_is_refused() -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled("{nobody}")


def templates(name: str) -> Iterator[str]:
    for angle in topic(name)["angles"]:
        for key in ("titles", "leads", "facts"):
            yield from angle[key]
        yield from angle.get("form", [])
    for pool in topic(name)["pools"].values():
        yield from pool


@pytest.mark.parametrize("name", [*TOPICS, ENGLISH_TOPIC, BULLETIN_TOPIC])
def test_every_template_of_a_topic_can_be_filled(name: str) -> None:
    drafts = (Draft(PLANS.plan(number), 5) for number in range(5000))
    draft = next(draft for draft in drafts if draft.topic is topic(name))
    for template in templates(name):
        for _ in range(12):
            text = plain(draft.fill(template))
            assert text
            assert not set(text) & set("{}[]|")


@pytest.mark.parametrize("name", [*TOPICS, ENGLISH_TOPIC])
def test_an_angle_has_titles_for_every_copy_and_facts_enough(name: str) -> None:
    for angle in topic(name)["angles"]:
        assert len(angle["titles"]) >= 4
        assert len(angle["leads"]) >= 2
        assert len(angle["facts"]) >= 3
