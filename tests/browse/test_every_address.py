"""Whatever a reader types into any address of ours, the answer is a page or says what is wrong: never a failure."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from datasette.utils import tilde_encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsarchive.browse.metadata import queries
from newsarchive.browse.plugin import ROUTES
from newsarchive.browse.search_page import KINDS
from newsarchive.browse.serve import application
from newsarchive.browse.subjects import KINDS as SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Requests of one run; each is a page with its searches.
EXAMPLES = int(os.environ.get("NEWSARCHIVE_FUZZ", "120"))

VALUES = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "银行",
                "source:江湾晚报",
                "source:",
                "(",
                '"',
                "-",
                "*",
                "~",
                "code:*",
                "after:9999",
                "length:..",
            ),
            *("0", "-1", "1" * 30, "2026-03-05", "2026-13-45", "9999-12-31", "1000-01-01", "2999-12-30", "昨天"),
            *("2026-03-05~99", "%00", "\x00", "\u202e", "\ud7ff", "é" * 300, "select 1", "../../etc"),
            *("share", "side", "rank", "oldest", "longest", "12~34", "1,2,99999999", "copy-1"),
        ]
    ),
    st.text(st.characters(codec="utf-8"), max_size=30),
)
NAMES = ("q", "from", "to", "order", "after", "by", "view", "find", "url", "size", "bom", "ids", "add")
THEIR_NAMES = ("sql", "_sort", "_next", "_size", "_shape", "_where", "_facet", "_col", "_nocol", "_search", "_through")
FORMS = ("", ".json", ".csv", ".atom", ".xlsx", ".parquet", ".bib", ".ris", ".html", ".")


def segment(draw: Callable[[st.SearchStrategy[str]], str], *known: str) -> str:
    return tilde_encode(draw(st.one_of(st.sampled_from(known), VALUES))) or "~20"


@st.composite
def addresses(draw: Callable[[st.SearchStrategy[str]], str]) -> str:
    """Return an address of one of our pages or of Datasette's below our archive, with any arguments."""
    paths = {
        "front": lambda: "/",
        "tables": lambda: "/tables",
        "search": lambda: "/search",
        "values": lambda: f"/search/{draw(st.sampled_from(sorted(KINDS)))}",
        "subject": lambda: (
            f"/{draw(st.sampled_from(sorted(SUBJECTS)))}/{segment(draw, '江湾晚报', '2026-03-05', 'demo')}"
        ),
        "compare": lambda: "/compare",
        "article": lambda: f"/article/{segment(draw, '1')}",
        "change": lambda: f"/article/{segment(draw, '1')}/changes/{draw(st.sampled_from(['0', '2', '999999']))}",
        "comparison": lambda: f"/article/{segment(draw, '1')}/changes",
        "list": lambda: "/list",
        "story": lambda: f"/story/{draw(st.sampled_from(['0', '1', '9' * 18]))}",
        "why": lambda: "/why",
        "raw": lambda: f"/raw/{draw(st.sampled_from(['0', '1', '9' * 18]))}",
        "question": lambda: f"/archive/{draw(st.sampled_from(sorted(queries())))}",
        "table": lambda: f"/archive/{segment(draw, 'articles', 'copies', 'revisions', 'problems')}",
        "row": lambda: f"/archive/{segment(draw, 'articles', 'sources')}/{segment(draw, '1', '2')}",
        "sql": lambda: "/archive",
    }
    kind = draw(st.sampled_from(sorted(paths)))
    names = (*NAMES, *THEIR_NAMES, "source", "day", "clock", "code", "days", "sources", "name")
    arguments = draw(st.lists(st.tuples(st.sampled_from(names), VALUES), max_size=4))
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in arguments])
    return quote(paths[kind]() + draw(st.sampled_from(FORMS)), safe="/~.") + (f"?{query}" if query else "")


@pytest.fixture(scope="module")
def ask(sample: Path) -> Callable[[str], int]:
    datasette = application(sample)
    runner = asyncio.Runner()
    runner.run(datasette.invoke_startup())

    def asked(address: str) -> int:
        answer = runner.run(datasette.client.get(address, headers={"host": "localhost"}))
        return int(answer.status_code)

    return asked


def test_every_page_of_ours_is_among_the_addresses() -> None:
    ours = {pattern.lstrip("/").partition("/")[0].partition("(")[0].rstrip("$").rstrip("?") for pattern, _ in ROUTES}
    assert ours == {"", "tables", "search", "compare", "article", "story", "why", "raw", "list"}


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=addresses())
def test_nothing_that_can_be_typed_is_a_failure(ask: Callable[[str], int], address: str) -> None:
    assert ask(address) < 500, address
