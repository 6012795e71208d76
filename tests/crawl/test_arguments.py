"""Spider arguments are checked at the door."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.crawl.arguments import (
    read_arguments,
    read_base_url,
    read_count,
    read_date,
    read_site,
    read_slugs,
)
from newsarchive.errors import UserError

READERS = {
    "site": read_site,
    "since": read_date,
    "limit": read_count,
    "category": read_slugs,
    "base_url": read_base_url,
}


@pytest.mark.parametrize("text", ["2022-05-30", "2022/5/30", "20220530", "2022.05.30"])
def test_a_day_may_be_written_in_any_common_way(text):
    assert read_date(text) == date(2022, 5, 30)


@pytest.mark.parametrize("text", ["yesterdayish", "2022-13-01", "2022-02-30", "30.5.2022", "2022", ""])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(UserError, match="not a date"):
        read_date(text)


@pytest.mark.parametrize("text", ["0", "-1", "ten", "1.5", "１０", ""])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(UserError, match="whole number"):
        read_count(text)


def test_slugs_are_parted_by_commas_and_may_hold_blanks():
    assert read_slugs("emnews, 21shijijingjibaodao 21caijingAPP ,") == ("emnews", "21shijijingjibaodao 21caijingAPP")


def test_a_base_url_is_given_without_the_slash_at_its_end():
    assert read_base_url("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "text", ["127.0.0.1:8000", "file:///tmp", "http://", "http://h:x/", "http://u@h/", "http://h/?q"]
)
def test_what_is_no_site_address_is_refused(text):
    with pytest.raises(UserError):
        read_base_url(text)


def test_an_error_names_argument_value_and_remedy():
    with pytest.raises(UserError) as caught:
        read_arguments(READERS, {"since": "yesterdayish"})
    assert str(caught.value) == "since=yesterdayish: not a date; write it as 2022-05-30"


def test_an_unknown_site_is_told_with_the_known_ones():
    with pytest.raises(UserError, match="finews"):
        read_arguments(READERS, {"site": "finewz"})


def test_an_unknown_argument_is_told_with_the_nearest_known_one():
    with pytest.raises(UserError, match="did you mean since"):
        read_arguments(READERS, {"sinze": "2022-05-30"})
    with pytest.raises(UserError, match="known are site, since"):
        read_arguments(READERS, {"qqq": "1"})


def test_an_empty_argument_counts_as_not_given():
    assert read_arguments(READERS, {"since": " ", "limit": "7"}) == {"limit": 7}


@given(st.text(max_size=40))
def test_no_reader_fails_on_any_text_other_than_by_telling_the_user(text):
    for name in READERS:
        with suppress(UserError):
            assert set(read_arguments(READERS, {name: text})) <= {name}
