"""Every threshold of comparing two texts, pinned by a pair that just reaches it and one that just does not."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from newsarchive.stories.overlap import Comparable, Overlap, compare
from newsarchive.stories.text import StoryText


@dataclass
class Writer:
    """Writes texts of one script, in which nothing is equal but what is meant to be.

    What two texts share, what only the first has and what only the second has is written in three alphabets, so that
    an equal stretch ends exactly where it is meant to end.
    """

    script: Any
    gram: int
    run: int
    brief: int
    long: int
    block: int
    gap: int
    rng: random.Random = field(default_factory=lambda: random.Random(20260305))
    used: int = 0

    def both(self, count: int) -> str:
        return self._write(0, count)

    def mine(self, count: int) -> str:
        return self._write(1, count)

    def theirs(self, count: int) -> str:
        return self._write(2, count)

    def _write(self, alphabet: int, count: int) -> str:
        if self.script == "latin":
            letters = ("abcdefghijklm", "nopqrs", "tuvwxyz")[alphabet]
            return "".join(self.rng.choice(letters) for _ in range(count))
        self.used += count
        return "".join(chr(0x3400 + 9000 * alphabet + self.used - count + place) for place in range(count))

    def compare(self, one: str, other: str) -> Overlap | None:
        """Compare two texts, after a look that the other way round says the same."""
        first = Comparable(StoryText(1, self.script, one))
        second = Comparable(StoryText(2, self.script, other))
        overlap, mirrored = compare(first, second), compare(second, first)
        assert (overlap and overlap.reversed()) == mirrored
        return overlap

    def shares(self, count: int, length: int, *, other: int | None = None) -> Overlap | None:
        """Compare a text with a longer one that has so many of its characters in one stretch."""
        shared = self.both(count)
        longer = (other or length + 10) - count
        return self.compare(shared + self.mine(length - count), self.theirs(longer) + shared)


SCRIPTS = {
    "cjk": {"gram": 4, "run": 16, "brief": 100, "long": 250, "block": 90, "gap": 2},
    "latin": {"gram": 8, "run": 50, "brief": 300, "long": 750, "block": 270, "gap": 4},
}


@pytest.fixture(params=SCRIPTS)
def writer(request: pytest.FixtureRequest) -> Writer:
    return Writer(script=request.param, **SCRIPTS[request.param])


@pytest.fixture
def chinese() -> Writer:
    return Writer(script="cjk", **SCRIPTS["cjk"])


def test_one_text_is_the_same_as_itself(writer: Writer) -> None:
    text = writer.both(writer.long)
    assert writer.compare(text, text) == Overlap(1.0, 1.0, "same", joins=True)


def test_texts_with_nothing_in_common_are_no_story(writer: Writer) -> None:
    assert writer.compare(writer.mine(writer.long), writer.theirs(writer.long)) is None


def test_texts_of_two_scripts_are_no_story() -> None:
    # To the machine two of these letters are one of these characters.
    one = Comparable(StoryText(1, "cjk", "慡慢慣慤" * 100))
    other = Comparable(StoryText(2, "latin", "aabacada" * 100))
    assert one.gram_set & other.gram_set
    assert compare(one, other) is None


def test_a_long_text_must_be_found_to_62_percent_in_the_longer_one(writer: Writer) -> None:
    assert writer.shares(620, 1000) == Overlap(0.62, 0.6139, "shortened", joins=True)
    assert writer.shares(619, 1000) is None


def test_a_text_that_is_not_long_must_be_found_to_75_percent(writer: Writer) -> None:
    length = writer.long - 1 - (writer.long - 1) % 4
    overlap = writer.shares(length * 3 // 4, length)
    assert overlap is not None
    assert overlap.share == 0.75
    assert writer.shares(length * 3 // 4 - 1, length) is None


def test_one_or_two_sentences_must_be_found_to_85_percent(writer: Writer) -> None:
    length = writer.brief - 20
    overlap = writer.shares(length * 85 // 100, length)
    assert overlap is not None
    assert overlap.share == 0.85
    assert writer.shares(length * 85 // 100 - 1, length) is None


def test_how_long_a_brief_and_a_long_text_are(writer: Writer) -> None:
    assert writer.shares(writer.brief * 8 // 10, writer.brief) is not None
    assert writer.shares(writer.brief * 8 // 10, writer.brief - 1) is None
    assert writer.shares(writer.long * 7 // 10, writer.long) is not None
    assert writer.shares(writer.long * 7 // 10, writer.long - 1) is None


def test_right_figures_confirm_a_copy_of_a_text_that_is_not_long_but_not_of_a_brief_one(chinese: Writer) -> None:
    def with_figures(count: int, length: int) -> Overlap | None:
        figures = "2026年增长317亿"
        shared = figures + chinese.both(count - len(figures))
        return chinese.compare(shared + chinese.mine(length - count), chinese.theirs(length) + shared)

    assert with_figures(124, 200) is not None
    assert with_figures(123, 200) is None
    assert with_figures(62, 100) is not None
    assert with_figures(84, 99) is None
    assert chinese.shares(149, 200) is None


def test_two_texts_that_differ_in_nearly_all_of_their_many_figures_are_no_story(chinese: Writer) -> None:
    def with_figures(right: int) -> Overlap | None:
        words = [chinese.both(60) for _ in range(20)]
        one = [f"{word}{1000 + number}" for number, word in enumerate(words)]
        other = [f"{word}{(1000 if number < right else 5000) + number}" for number, word in enumerate(words)]
        return chinese.compare("".join(one), "".join(other))

    assert with_figures(20) is not None
    assert with_figures(1) is None


def test_figures_that_the_other_text_has_not_tell_against_a_copy_wherever_they_stand(chinese: Writer) -> None:
    def with_wrong_figures(wrong: int) -> Overlap | None:
        shared = chinese.both(750)
        figures = [1000 + number for number in range(10)]
        one = shared + "".join(f"{chinese.mine(9)}{figure}" for figure in figures)
        other = shared + "".join(f"{chinese.theirs(9)}{figure}" for figure in figures[wrong:]) + chinese.theirs(400)
        return chinese.compare(one, other)

    assert with_wrong_figures(9) is not None
    assert with_wrong_figures(10) is None


def test_words_replaced_by_others_make_a_form(chinese: Writer) -> None:
    def with_words(others: int) -> Overlap | None:
        """Compare texts that differ in words of three characters, of which so many are others."""
        pieces = [chinese.both(40) for _ in range(7)]
        words = [chinese.both(3 - others) for _ in pieces]
        one, other = (
            "".join(piece + write(others - 1) + word + write(1) for piece, word in zip(pieces, words, strict=True))
            for write in (chinese.mine, chinese.theirs)
        )
        return chinese.compare(one, other)

    assert with_words(2) is None
    assert with_words(1) is not None


def test_equal_runs_shorter_than_a_stock_phrase_do_not_count(writer: Writer) -> None:
    def with_run(count: int) -> Overlap | None:
        length = writer.brief + 2 * writer.run
        main, phrase = writer.both(length * 3 // 4 - writer.run + 1), writer.both(count)
        between = writer.mine(writer.run)
        one = main + between + phrase
        one += writer.mine(length - len(one))
        return writer.compare(one, writer.theirs(writer.run) + phrase + writer.theirs(writer.run * 3) + main)

    assert with_run(writer.run) is not None
    assert with_run(writer.run - 1) is None


def test_a_changed_word_does_not_part_a_run_and_a_longer_one_does(writer: Writer) -> None:
    def with_word(size: int) -> Overlap | None:
        length = writer.brief
        half = writer.run - 2
        main, first, second = writer.both(length * 6 // 10), writer.both(half), writer.both(half)
        one = main + writer.mine(writer.gap + 1) + first + writer.mine(size) + second
        one += writer.mine(length - len(one))
        return writer.compare(one, writer.theirs(9) + first + second + writer.theirs(length) + main)

    assert with_word(writer.gap) is not None
    assert with_word(writer.gap + 1) is None


def test_equal_pieces_shorter_than_a_gram_are_not_seen(writer: Writer) -> None:
    def with_pieces(size: int) -> Overlap | None:
        length = writer.brief
        main = writer.both(length * 6 // 10)
        pieces = [writer.both(size) for _ in range(writer.run // writer.gram)]
        one = main + writer.mine(9) + "".join(piece + writer.mine(writer.gap) for piece in pieces)
        one += writer.mine(length - len(one)) if length > len(one) else ""
        other = writer.theirs(length) + "".join(piece + writer.theirs(writer.gap) for piece in pieces) + main
        return writer.compare(one, other)

    seen, unseen = with_pieces(writer.gram), with_pieces(writer.gram - 1)
    assert seen is not None
    assert unseen is None or unseen.share < seen.share


def in_pieces(writer: Writer, sizes: list[int], length: int) -> Overlap | None:
    """Compare two texts that share pieces, in opposite order, with others of their own between."""
    pieces = [writer.both(size) for size in sizes]
    own = (length - sum(sizes)) // len(sizes)
    one = "".join(piece + writer.mine(own) for piece in pieces)
    one += writer.mine(length - len(one))
    other = "".join(writer.theirs(own) + piece for piece in reversed(pieces)) + writer.theirs(length)
    return writer.compare(one, other)


def test_equal_text_lies_in_blocks_when_it_stands_in_long_runs_on_average(writer: Writer) -> None:
    length = 10 * writer.block
    assert in_pieces(writer, [writer.block] * 7, length) is not None
    assert in_pieces(writer, [writer.block - 1] * 7, length) is None


def test_in_a_short_text_a_fifth_of_it_is_a_block(chinese: Writer) -> None:
    assert in_pieces(chinese, [71, 45, 30, 17], 250) is not None
    assert in_pieces(chinese, [70, 45, 30, 18], 250) is None


def test_scattered_equal_text_must_be_three_quarters_of_the_shorter(writer: Writer) -> None:
    length, size = 10 * writer.block, writer.run + 4
    count = length * 3 // 4 // size
    rest = length * 3 // 4 - count * size
    assert in_pieces(writer, [size] * (count - 1) + [size + rest], length) is not None
    assert in_pieces(writer, [size] * (count - 1) + [size + rest - 1], length) is None


@pytest.mark.parametrize(
    ("count", "one", "other", "relation"),
    [
        (750, 1000, 1000, "same"),
        (749, 1000, 1000, "shortened"),
        (600, 600, 800, "same"),
        (600, 600, 801, "shortened"),
        (200, 200, 800, "shortened"),
        (200, 200, 801, "excerpt"),
        (900, 1000, 3600, "shortened"),
        (900, 1000, 3601, "excerpt"),
        (750, 1000, 3001, "excerpt"),
        (749, 1000, 3001, None),
    ],
)
def test_what_a_text_is_to_a_longer_one_follows_from_both_shares(
    writer: Writer, count: int, one: int, other: int, relation: str | None
) -> None:
    scale = 3 if writer.script == "latin" else 1
    shared = writer.both(count * scale)
    overlap = writer.compare(
        shared + writer.mine((one - count) * scale), shared + writer.theirs((other - count) * scale)
    )
    assert (overlap and overlap.relation) == relation
    if overlap:
        assert (overlap.share, overlap.other_share) == (round(count / one, 4), round(count / other, 4))


def test_an_excerpt_joins_a_story_of_which_it_is_a_tenth(writer: Writer) -> None:
    text = writer.both(400)
    for length, joins in ((4000, True), (4001, False)):
        overlap = writer.compare(text, text + writer.theirs(length - 400))
        assert overlap == Overlap(1.0, 0.1, "excerpt", joins=joins)


def test_an_excerpt_joins_a_story_in_whose_opening_half_of_it_stands(writer: Writer) -> None:
    text = writer.both(400)
    for start, joins in ((0, True), (400, True), (600, True), (601, False), (2000, False)):
        overlap = writer.compare(text, writer.theirs(start) + text + writer.theirs(3000 - start))
        assert overlap is not None
        assert (overlap.relation, overlap.joins) == ("excerpt", joins)


def test_seen_from_the_other_side_a_relation_is_its_opposite() -> None:
    opposites = {"same": "same", "shortened": "extended", "excerpt": "whole", "extended": "shortened"}
    for relation, opposite in opposites.items():
        overlap = Overlap(0.9, 0.3, relation, joins=False)  # type: ignore[arg-type]
        assert overlap.reversed() == Overlap(0.3, 0.9, opposite, joins=False)  # type: ignore[arg-type]
        assert overlap.reversed().reversed() == overlap


def with_pieces_at(writer: Writer, places: list[int], length: int) -> Overlap | None:
    """Compare a text that has pieces of one gram at these places with one that has the same pieces."""
    one, pieces = "", []
    for place in places:
        pieces.append(writer.both(writer.gram))
        one += writer.mine(place - len(one)) + pieces[-1]
    one += writer.mine(length - len(one))
    return writer.compare(one, writer.theirs(40).join(pieces) + writer.theirs(40))


def test_a_few_places_of_the_shorter_text_tell_whether_to_look_further(chinese: Writer) -> None:
    # Up to 31 pieces all are looked up: six of them are enough.
    overlap = with_pieces_at(chinese, [0, 6, 12, 18, 24, 30], 34)
    assert overlap is not None
    assert overlap.share == 1.0
    # Of 32 every other one is: three of these are enough, one is not.
    overlap = with_pieces_at(chinese, [0, 5, 11, 16, 21, 26, 31], 35)
    assert overlap is not None
    assert overlap.share == 1.0
    assert with_pieces_at(chinese, [0, 5, 11, 17, 23, 29], 35) is None


def test_what_stands_behind_the_opening_does_not_count_for_it(writer: Writer) -> None:
    half, rest = writer.both(200), writer.both(200)
    for start, joins in ((600, True), (601, False)):
        other = writer.theirs(start) + half + writer.theirs(700) + rest
        overlap = writer.compare(half + rest, other + writer.theirs(4000 - len(other)))
        assert overlap == Overlap(1.0, 0.1, "excerpt", joins=joins)


def test_a_text_is_taken_apart_into_numbers_that_tell_its_pieces(writer: Writer) -> None:
    text = writer.both(30)
    comparable = Comparable(StoryText(7, writer.script, text))
    assert (comparable.id, comparable.length, comparable.measure.gram) == (7, 30, writer.gram)
    assert len(comparable.grams) == len(comparable.gram_set) == 30 - writer.gram + 1
    again = Comparable(StoryText(8, writer.script, writer.theirs(5) + text[3 : 3 + writer.gram]))
    assert again.grams[-1] == comparable.grams[3]
    assert comparable.gram_set & again.gram_set == {comparable.grams[3]}


def test_a_text_shorter_than_a_piece_has_none(writer: Writer) -> None:
    assert list(Comparable(StoryText(7, writer.script, writer.both(writer.gram - 1))).grams) == []


def test_figures_are_the_numbers_of_a_text_by_their_places() -> None:
    comparable = Comparable(StoryText(7, "cjk", "2026年增长317亿比317多"))
    assert comparable.figures == ["2026", "317", "317"]
    assert comparable.figure_set == {"2026", "317"}
