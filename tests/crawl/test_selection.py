"""The part of a site's articles that a run wants."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from newsarchive.crawl.selection import Selection
from newsarchive.discovery.html_listing import ListedArticle
from newsarchive.models import Category, Hints

DAY = date(2026, 3, 5)


def listed(printed=None, category=None):
    return ListedArticle("http://h/news/a.html", Hints(published=printed, category=category))


@pytest.mark.parametrize(
    ("printed", "wanted"), [("2026-03-04", False), ("2026-03-05 00:00", True), ("2026-03-06", False), (None, True)]
)
def test_the_first_and_the_last_day_belong_to_it_and_an_unknown_day_may(printed, wanted):
    assert Selection(since=DAY, until=DAY).has(listed(printed)) == wanted


def test_days_are_those_of_the_site():
    late = listed("2026-03-04T16:30:00Z")
    assert Selection(since=DAY, zone=ZoneInfo("Asia/Shanghai")).has(late)
    assert not Selection(since=DAY).has(late)


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [("2026-03-04T15:59:00", False), ("2026-03-04T16:00:00", True), ("2026-03-06T00:00:00", True), ("soon", True)],
)
def test_what_last_changed_before_the_first_day_is_left_out_where_no_day_is_told(changed, wanted):
    link = ListedArticle("http://h/news/a.html", Hints(), changed + "+00:00")
    assert Selection(since=DAY, until=DAY, zone=ZoneInfo("Asia/Shanghai")).has(link) == wanted


@pytest.mark.parametrize(("slug", "wanted"), [("a", True), ("b", False), ("", True)])
def test_an_article_of_another_category_is_left_out(slug, wanted):
    assert Selection(("a", "c")).has(listed(category=Category(slug))) == wanted
    assert Selection(("a", "c")).has(listed())
    assert Selection().has(listed(category=Category(slug)))


def test_a_category_page_is_wanted_by_its_slug():
    assert [Selection(("a",)).has_category(Category(slug)) for slug in ("a", "b", "")] == [True, False, False]
    assert Selection().has_category(Category(""))


def test_it_is_everything_until_something_is_left_out():
    assert Selection().is_everything
    assert not any(part.is_everything for part in (Selection(("a",)), Selection(since=DAY), Selection(until=DAY)))
