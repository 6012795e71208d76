"""What is not as it was or should be is told: listings that fall silent, answers that nobody asked for."""

import pytest
from support.servers import Answer
from support.small_site import small_site

EMPTY = b"<html><body><p>nothing here</p></body></html>"
OFTEN = {"NEWSARCHIVE_SWEEP_HOURS": 1000, "RETRY_TIMES": 0}


@pytest.fixture
def site(tmp_path):
    with small_site() as server:
        server.fill(1, 2)
        server.environment = server.describe(tmp_path / "sites", more="[recheck]\ndays = 0")
        yield server


def crawl_it(crawl, site, status, **settings):
    done = crawl("category", site="small", environment=site.environment, settings=OFTEN | settings)
    assert done.status == status, done.log
    return done


def test_a_listing_that_lists_nothing_any_more_is_told_by_every_run_until_it_does_again(crawl, site):
    crawl_it(crawl, site, 0)
    site.pages["/"] = EMPTY
    for _ in range(2):
        done = crawl_it(crawl, site, 3)
        assert "ALARM: 1 of 1 listing pages did not have what they should" in done.log
    assert done.column("SELECT detail FROM problems WHERE reason = 'bad-listing'") == [
        "lists nothing any more, where it listed 2 articles"
    ]
    site.listing(2, 1)
    crawl_it(crawl, site, 0)


def test_a_first_listing_without_any_link_is_told(crawl, site):
    site.pages["/"] = EMPTY
    done = crawl_it(crawl, site, 3)
    assert done.column("SELECT detail FROM problems") == ["has no link to an article or a category (0 links)"]


def test_an_unasked_304_is_a_failure_of_a_page_and_of_a_listing(crawl, site):
    site.answers["/news/2.html"] = Answer(b"", 304)
    done = crawl_it(crawl, site, 0)
    assert done.rows("SELECT state, reason FROM frontier WHERE url LIKE '%/2.html'") == [("pending", "http-error")]
    site.answers["/"] = Answer(b"", 304)
    done = crawl_it(crawl, site, 1, NEWSARCHIVE_SWEEP_HOURS=0.00001)
    assert done.column("SELECT reason FROM runs ORDER BY id DESC LIMIT 1") == ["no listing page could be read"]


def test_pages_that_are_not_read_are_kept_to_be_looked_at(crawl, site):
    site.answers["/news/1.html"] = Answer(b"<html>the firewall says no</html>", 403)
    site.answers["/news/2.html"] = Answer(b"", 302, {"Location": "/login"})
    site.pages["/login"] = b"<html>who are you?</html>"
    done = crawl_it(crawl, site, 3)
    kept = done.rows("SELECT substr(url, length(?) + 1), http_status FROM snapshots ORDER BY 1", site.base_url)
    assert kept == [("/login", 200), ("/news/1.html", 403)]
    crawl.let_time_pass()
    del site.answers["/news/1.html"], site.answers["/news/2.html"]
    assert crawl_it(crawl, site, 0).column("SELECT count(*) FROM articles") == [2]
    assert crawl("replay", environment=site.environment).column("SELECT count(*) FROM articles") == [2]


def test_a_page_that_was_two_articles_is_no_third_one_in_a_later_run(crawl, site):
    same = site.pages["/news/1.html"]
    site.pages["/news/2.html"] = same
    crawl_it(crawl, site, 0)
    site.pages["/news/3.html"] = same
    site.listing(1, 2, 3)
    done = crawl_it(crawl, site, 0)
    assert done.rows("SELECT state, reason FROM frontier WHERE url LIKE '%/3.html'") == [("pending", "repeated-page")]
