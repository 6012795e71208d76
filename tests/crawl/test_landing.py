"""A redirect that leads away from the article is told from one that leads to it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from newsarchive.crawl.landing import misdirection
from newsarchive.sites import Site, load_site

BASE = "https://news.example"
ASKED = f"{BASE}/2026/11/19/a1.html"
SITE = Site("wanghu", "望湖早报", BASE, ("news.example",), ZoneInfo("Asia/Shanghai"))


def reason(landed, asked=ASKED, site=SITE, listings=()):
    found = misdirection(asked, landed, site, set(listings).__contains__)
    return found and found.reason


@pytest.mark.parametrize(
    "landed",
    [
        ASKED,
        "http://www.news.example/2026/11/19/a1.html",
        f"{ASKED}?from=list",
        f"{BASE}/2026/11/19/a1/",
        f"{BASE}/c/12345.shtml",
        "https://m.news.example/2026/11/19/a1.html",
        f"{BASE}/?p=77",
        f"{BASE}/2026/11/19/author-signs-in.html",
    ],
)
def test_an_article_may_have_moved(landed):
    assert reason(landed) is None


@pytest.mark.parametrize(
    "landed",
    [
        f"{BASE}/",
        BASE,
        f"{BASE}/index.html",
        f"{BASE}/Default.aspx",
        "https://passport.news.example/u?back=1",
        f"{BASE}/user/login.html",
        f"{BASE}/consent",
        f"{BASE}/captcha/check?x=1",
    ],
)
def test_home_login_and_consent_are_no_articles(landed):
    assert reason(landed) == "redirected-away"


@pytest.mark.parametrize("landed", [f"{BASE}/404.html", f"{BASE}/error/", f"{BASE}/notfound?u=/a1"])
def test_an_error_page_has_its_own_reason(landed):
    assert reason(landed) == "error-page"


def test_a_listing_that_is_known_is_no_article():
    assert reason(f"{BASE}/guonei/") is None
    assert reason(f"{BASE}/guonei/", listings=[f"{BASE}/guonei/"]) == "redirected-away"


def test_a_listing_that_the_sites_file_names_is_no_article():
    listing = replace(load_site("demo").listing, start=("/xwzx",))
    assert reason(f"{BASE}/xwzx", site=replace(SITE, listing=listing)) == "redirected-away"


def test_words_of_the_address_that_was_asked_say_nothing():
    asked = f"{BASE}/account/2026/a1.html"
    assert reason(f"{BASE}/account/2026/a1", asked=asked) is None
    assert reason(f"{BASE}/account/login", asked=asked) == "redirected-away"
