"""Small decisions on the way through listings: days and pages."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from newsarchive.discovery.paging import Paging
from newsarchive.extract.dates.hints import day_of


@pytest.mark.parametrize(
    ("url", "printed", "day"),
    [
        ("https://h/emnews/2022/05/30/202205302396671645.html", None, date(2022, 5, 30)),
        ("https://h/a/202205302396671645.html", None, date(2022, 5, 30)),
        ("https://h/2022/05/31/NW202205302396671645.html", None, date(2022, 5, 31)),
        ("https://h/a/202205302396671645.html", "2022年6月1日 08:00", date(2022, 6, 1)),
        ("https://h/x.html", "2022-06-01 08:00", date(2022, 6, 1)),
        ("https://h/2022/13/45/x.html", "昨天", date(2022, 5, 31)),
        ("https://h/2022/13/45/x.html", "热门", None),
        ("https://h/x.html", "06-01 08:00", date(2022, 6, 1)),
        ("https://h/x.html", "Tue, 31 May 2022 23:30:00 GMT", date(2022, 6, 1)),
        ("https://h/x.html", "2022-05-31T23:30:00+00:00", date(2022, 6, 1)),
        ("https://h/x.html", "2022-06-01T00:30:00+09:00", date(2022, 5, 31)),
        ("https://h/x.html", None, None),
    ],
)
def test_the_day_of_an_article_is_known_before_it_is_fetched(url, printed, day):
    now = datetime(2022, 6, 1, 12, tzinfo=UTC)
    assert day_of(url, printed, zone=ZoneInfo("Asia/Shanghai"), now=now) == day


def test_paging_goes_on_while_pages_list_something_new():
    paging = Paging(max_pages=10)
    assert paging.stop_reason(["a", "b"]) is None
    assert paging.stop_reason(["b", "c"]) is None
    assert paging.number == 3


def test_a_page_that_repeats_earlier_ones_ends_the_paging():
    paging = Paging(max_pages=10)
    paging.stop_reason(["a", "b"])
    assert paging.stop_reason(["b", "a"]) == "page 2 lists nothing that the pages before it did not"


def test_paging_ends_at_the_greatest_number_of_pages():
    paging = Paging(max_pages=2)
    assert paging.stop_reason(["a"]) is None
    assert paging.stop_reason(["b"]) == "stopped after 2 pages"
