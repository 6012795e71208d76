"""The stories of a crawled sample site are what its writer syndicated: no two events joined, no copy left out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations
from statistics import median, quantiles
from typing import TYPE_CHECKING

import pytest

from newsarchive.archive import Archive
from newsarchive.demo import DemoSite
from newsarchive.demo.blocks import plain
from newsarchive.demo.content import is_bulletin
from tools.docs.sample import make_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from newsarchive.demo.plan import Plan, Planner
    from newsarchive.demo.stories import Item

LARGE = DemoSite(articles=1000)
SAMPLE = 120  # articles on the mirror at a time, in the sample archive
CROWD = 300

Groups = set[frozenset[str]]


def make_crowd(path: Path) -> None:
    """Store what one visit to a site of many articles finds."""
    make_sample(path, articles=CROWD, visits=[0])


@pytest.fixture(scope="module", params=[SAMPLE, CROWD])
def archive(request: pytest.FixtureRequest, made_once: Callable[..., Path]) -> Iterator[tuple[Archive, Planner]]:
    file, make = {SAMPLE: ("documented.db", make_sample), CROWD: ("crowd.db", make_crowd)}[request.param]
    with Archive.open(made_once(file, make), readonly=True) as opened:
        yield opened, DemoSite(articles=request.param).planner


def groups(pairs: Iterable[tuple[object, str]]) -> Groups:
    found: dict[object, set[str]] = defaultdict(set)
    for group, key in pairs:
        found[group].add(key)
    return {frozenset(keys) for keys in found.values()}


def plan_of(key: str, planner: Planner) -> Plan | None:
    """Return the plan of an article; None for a message of the site."""
    number = planner.number(key)
    return None if number is None else planner.plan(number)


def test_stories_are_the_syndicated_articles_and_nothing_else(archive: tuple[Archive, Planner]) -> None:
    opened, planner = archive
    stored = opened.connection.execute("SELECT story_id, article_key FROM articles").fetchall()
    told = []
    for _, key in stored:
        plan = plan_of(key, planner)
        told.append((plan.story_digits if plan else key, key))
    ours, theirs = groups(stored), groups(told)
    assert not ours ^ theirs
    assert sum(len(keys) > 1 for keys in ours) >= 10
    assert any(len(keys) == 3 for keys in ours)


def test_bulletins_share_their_wording_and_are_stories_of_their_own(archive: tuple[Archive, Planner]) -> None:
    opened, planner = archive
    rows = opened.connection.execute("SELECT article_key, story_id, body FROM articles").fetchall()
    bulletins = [(story, body) for key, story, body in rows if (plan := plan_of(key, planner)) and is_bulletin(plan)]
    assert len({story for story, _ in bulletins}) == len(bulletins)
    wordings = Counter(max(re.split(r"[\d.]+", body), key=len) for _, body in bulletins)
    assert wordings.most_common(1)[0][1] >= 2
    alike = [shared(one, other) for (_, one), (_, other) in combinations(bulletins, 2)]
    assert max(alike) > 0.5


def shared(one: str, other: str) -> float:
    """Return the share of the first text's pieces of four characters that the second has."""
    pieces = [one[start : start + 4] for start in range(len(one) - 3)]
    return sum(piece in other for piece in pieces) / max(1, len(pieces))


def test_copies_are_cut_by_a_paragraph_or_extended_by_one() -> None:
    changes = set()
    for number in LARGE.live:
        item = LARGE.item(number)
        if item.plan.variant and item.plan.shape == "plain":
            # A copy has a line of credit that the original has not.
            ours, theirs = texts(item), texts(LARGE.item(item.plan.story))
            changes.add((len(theirs - ours) > 0, len(ours - theirs) > 1))
    assert changes == {(True, False), (False, True), (True, True)}


def texts(item: Item) -> set[str]:
    return {plain(part) for block in item.blocks if block.kind == "text" for part in block.parts}


def test_articles_are_as_long_as_real_ones() -> None:
    lengths: dict[str, list[int]] = {"article": [], "brief": []}
    for item in map(LARGE.item, LARGE.live):
        if item.plan.shape in ("no-body", "english") or is_bulletin(item.plan):
            continue
        kind = "brief" if item.plan.flash == "first" else "article"
        lengths[kind].append(sum(len(plain(part)) for block in item.blocks for part in block.parts))
    shortest, *_, longest = quantiles(lengths["article"], n=50)
    assert 250 < shortest < median(lengths["article"]) - 100
    assert longest < 900
    assert min(lengths["brief"]) > 40
    assert max(lengths["brief"]) < 200


def test_articles_tell_their_parts_in_many_orders() -> None:
    orders = {tuple(block.kind for block in item.blocks) for item in map(LARGE.item, LARGE.live)}
    assert len(orders) > 60
