"""Tables on narrow terminals: nothing that is read in one piece is broken, and nothing is wider than the terminal."""

from __future__ import annotations

import re
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from support.running import in_turn_on_terminal, on_terminal

from newsarchive.archive.connection import open_readonly

if TYPE_CHECKING:
    from pathlib import Path

COLOUR = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


TABLES = ["problems", "mentions", "categories", "sources", "stats", "sites"]


def shown(answer: tuple[int, str]) -> list[str]:
    status, output = answer
    assert status == 0
    return [COLOUR.sub("", line) for line in output.split("\r\n")]


def lines(db: Path, columns: int, *command: str) -> list[str]:
    return shown(on_terminal(db, *command, columns=columns))


@cache
def tables(db: Path, columns: int) -> dict[str, list[str]]:
    """Return the lines of all tables; one process prints them all."""
    return dict(zip(TABLES, map(shown, in_turn_on_terminal(db, [[name] for name in TABLES], columns)), strict=True))


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize("command", TABLES)
def test_a_table_fits_the_terminal(sample: Path, command: str, columns: int) -> None:
    printed = tables(sample, columns)[command]
    assert len(printed) > 3
    assert max(map(cell_len, printed)) <= columns


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("command", ["problems", "mentions", "categories"])
def test_a_time_stands_in_one_line_to_the_minute(sample: Path, command: str, columns: int) -> None:
    printed = "\n".join(tables(sample, columns)[command])
    assert re.search(r"\b03-0\d \d\d:\d\d\b", printed)
    assert not re.search(r"\d\d:\d\d:\d\d|T\d\d:", printed)


@pytest.mark.parametrize("columns", [60, 80])
def test_names_and_codes_are_not_broken(sample: Path, columns: int) -> None:
    printed = "\n".join(tables(sample, columns)["mentions"])
    with closing(open_readonly(sample)) as connection:
        named = connection.execute("SELECT DISTINCT code, name FROM mentions WHERE name IS NOT NULL").fetchall()
    assert named
    for code, name in named:
        assert code in printed
        assert name in printed


def test_a_bar_is_drawn_only_where_there_is_room(sample: Path) -> None:
    assert "█" in "\n".join(lines(sample, 120, "sources"))
    assert "█" not in "\n".join(tables(sample, 60)["sources"])


def test_a_column_of_nothing_is_shown_where_it_fits_and_left_out_where_not(sample: Path) -> None:
    query = "select null as gap, 'x' as a, '{}' as b, '{}' as c".format("甲" * 18, "乙" * 18)
    assert any("gap" in line for line in lines(sample, 120, "sql", query))
    narrow = lines(sample, 34, "sql", query)
    assert not any("gap" in line for line in narrow)


def test_what_is_wider_than_any_table_stands_below_each_other(sample: Path) -> None:
    query = "select " + ", ".join(f"'{'字' * 9}' as c{number}" for number in range(9))
    printed = lines(sample, 60, "sql", query)
    assert printed[0].startswith("── 1 ──")
    assert sum("字" * 9 in line for line in printed) == 9


def test_a_headline_leads_to_its_page(sample: Path) -> None:
    _, output = on_terminal(sample, "search", "银行", "--limit", "1")
    assert re.search(r"\x1b\]8;[^;]*;https?://[^\x1b]+\x1b\\", output)
