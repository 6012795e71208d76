"""Regular expressions read the same with every Python that is supported."""

import re
from pathlib import Path

import pytest

from newsarchive.discovery.link_header import links_of

ROOT = Path(__file__).parents[1]
#: Python before 3.11.5 goes on behind such a group where its last try ended, not where it began, unless an alternative
#: that never matches was tried last.
POSSESSIVE = re.compile(r"(?<![(\\])\)(?:[*+?]|\{\d*,?\d*\})\+")
NEVER = "|(?!)"


@pytest.mark.parametrize("folder", ["newsarchive", "spiders", "pipelines"])
def test_a_possessive_group_ends_with_an_alternative_that_never_matches(folder):
    found = [
        (path.name, line)
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        for match in POSSESSIVE.finditer(line)
        if not line[: match.start()].endswith(NEVER)
    ]
    assert found == []


def test_a_quote_that_nothing_closes_ends_a_link_before_it():
    assert links_of('</a>; rel=prev; title="x, </b>; rel=self') == [("prev", "/a"), ("self", "/b")]
