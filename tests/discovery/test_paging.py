"""Small decisions on the way through listings: days, pages, and where a site is served."""

from datetime import date

import pytest

from newsarchive.discovery.paging import Paging
from newsarchive.extract.dates.hints import day_of
from newsarchive.sites import load_site
from newsarchive.sites.rebase import move, reachable_base, rebase


@pytest.mark.parametrize(
    ("url", "printed", "day"),
    [
        ("https://h/emnews/2022/05/30/202205302396671645.html", None, date(2022, 5, 30)),
        ("https://h/a/202205302396671645.html", None, date(2022, 5, 30)),
        ("https://h/2022/05/31/NW202205302396671645.html", None, date(2022, 5, 31)),
        ("https://h/a/202205302396671645.html", "2022年6月1日 08:00", date(2022, 6, 1)),
        ("https://h/x.html", "2022-06-01 08:00", date(2022, 6, 1)),
        ("https://h/2022/13/45/x.html", "昨天", None),
        ("https://h/x.html", None, None),
    ],
)
def test_the_day_of_an_article_is_known_before_it_is_fetched(url, printed, day):
    assert day_of(url, printed) == day


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


def test_a_site_served_elsewhere_keeps_the_hosts_that_are_not_its_own():
    site = rebase(load_site("finews"), "http://127.0.0.1:8000")
    assert site.base_url == "http://127.0.0.1:8000"
    assert "127.0.0.1:8000" in site.hosts
    assert site.share is not None
    assert site.share.data.startswith("http://finews.zning.xyz/")


def test_urls_move_from_the_old_base_by_either_scheme_and_others_stay():
    old, new = "https://finews.withounder.com", "http://127.0.0.1:8000"
    assert move("https://finews.withounder.com/a b/?q=1#f", old, new) == "http://127.0.0.1:8000/a b/?q=1#f"
    assert move("http://finews.withounder.com/x", old, new) == "http://127.0.0.1:8000/x"
    assert move("http://finews.zning.xyz/x", old, new) == "http://finews.zning.xyz/x"
    for odd in ("javascript:alert(1)", "http://[::1/x", "https://finews.withounder.com:99999/", ""):
        assert move(odd, old, new) == odd


@pytest.mark.parametrize(
    ("proxies", "base"),
    [
        ({}, "https://news.example.com"),
        ({"http": "http://p:1"}, "http://news.example.com"),
        ({"http": "http://p:1", "https": "http://p:1"}, "https://news.example.com"),
    ],
)
def test_behind_a_proxy_for_http_alone_a_site_is_asked_by_http(proxies, base):
    assert reachable_base("https://news.example.com", proxies) == base
