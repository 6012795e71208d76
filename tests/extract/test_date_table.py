"""The table of printed dates: none is read as another one, and only few less exactly than they are printed."""

import pytest

from benchmarks.dates import Line, lines

TABLE = lines()


@pytest.mark.parametrize("line", TABLE, ids=[f"{line.lang} {number}" for number, line in enumerate(TABLE, 1)])
def test_a_printed_date_is_read_as_it_is_meant(line: Line) -> None:
    assert line.verdict(line.read()) == "right"


def test_the_table_holds_dates_in_twelve_languages_and_texts_that_are_none():
    assert len({line.lang.partition("-")[0] for line in TABLE}) >= 12
    assert len([line for line in TABLE if line.meant is None]) >= 35
