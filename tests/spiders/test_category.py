"""The `category` spider on the sample site: everything listed is stored, and a second crawl changes nothing."""

import json
from collections import Counter

import pytest

from newsarchive.demo import DemoSite, serve, truth


@pytest.fixture(scope="module")
def demo():
    with serve(DemoSite(articles=40)) as server:
        yield server


@pytest.fixture(scope="module")
def first(demo, shared_crawl):
    return shared_crawl("category", site="demo", base_url=demo.base_url)


@pytest.fixture(scope="module")
def again(demo, shared_crawl, first):
    before, requests = dump(first), len(demo.requests)
    done = shared_crawl("category", site="demo", base_url=demo.base_url)
    return done, before, list(demo.requests)[requests:]


def dump(crawled):
    """Return all rows that a crawl may not change, without the times of seeing."""
    return {
        "articles": crawled.rows(
            "SELECT article_key, title, body, published_at, content_hash, revision FROM articles ORDER BY 1"
        ),
        "copies": crawled.rows("SELECT url, role, first_seen_at, content_hash, snapshot_id FROM copies ORDER BY 1"),
        "revisions": crawled.rows("SELECT article_id, revision, content_hash FROM revisions ORDER BY 1, 2"),
        "snapshots": crawled.rows("SELECT url, digest FROM snapshots ORDER BY 1"),
        "frontier": crawled.rows("SELECT url, role, state, reason FROM frontier ORDER BY 1"),
    }


def test_the_crawl_ends_well(first):
    assert first.status == 0, first.log


def test_every_post_of_the_mirror_is_stored_once(demo, first):
    expected = Counter(page.url for page in truth(demo.site, ("post",)))
    assert Counter(first.column("SELECT url FROM copies WHERE role = 'post'")) == expected


def test_editions_of_one_number_are_one_article(demo, first):
    keys = {page.article_key for page in truth(demo.site, ("post",))}
    stored = first.column(
        "SELECT article_key FROM articles a"
        " WHERE EXISTS (SELECT 1 FROM copies c WHERE c.article_id = a.id AND c.role = 'post')"
    )
    assert sorted(stored) == sorted(keys)


def test_a_post_that_had_just_vanished_is_read_where_the_site_keeps_it(demo, first):
    gone = first.column("SELECT url FROM frontier WHERE reason = 'gone' AND role = 'post'")
    kept = first.column("SELECT f.found_on FROM copies c JOIN frontier f ON f.url = c.url WHERE c.role = 'file'")
    assert gone
    assert set(kept) == set(gone)


def test_the_text_that_the_share_service_has_of_a_post_is_stored_too(demo, first):
    posts = list(truth(demo.site, ("post",)))
    assert [page for page in posts if page.original_url and not page.share_url]
    linked = {page.article_key for page in posts if page.share_url or page.original_url}
    linked &= {page.article_key for page in truth(demo.site, ("share",)) if page.paragraphs}
    stored = first.column(
        "SELECT a.article_key FROM copies c JOIN articles a ON a.id = c.article_id WHERE c.role = 'share'"
    )
    vanished = first.column(
        "SELECT a.article_key FROM copies c JOIN articles a ON a.id = c.article_id WHERE c.role = 'file'"
    )
    assert set(stored) - set(vanished) == linked


def test_the_script_shell_behind_a_share_link_is_never_fetched(demo, first):
    assert not [request for request in demo.requests if "NewsShare.html" in request.path]


def test_what_robots_txt_forbids_is_not_asked_for_and_has_its_reason(demo, first):
    assert first.reasons("/private/") == {"robots"}
    assert first.state("/private/") == {"blocked"}
    assert not [request for request in demo.requests if "/private/" in request.path]


def test_a_vanished_page_has_its_reason_and_is_asked_for_again(first):
    waiting = first.column("SELECT count(*) FROM frontier WHERE state = 'pending' AND reason = 'gone' AND attempts = 1")
    assert waiting > [0]


def test_every_row_of_the_frontier_is_stored_or_has_a_reason(first):
    assert first.rows("SELECT url FROM frontier WHERE state <> 'done' AND reason IS NULL") == []
    assert first.rows("SELECT url FROM frontier WHERE state = 'pending' AND next_at IS NULL") == []


def test_the_run_has_a_row_with_its_counts(first):
    [(outcome, reason, counts)] = first.rows("SELECT outcome, reason, counts FROM runs ORDER BY id LIMIT 1")
    stored = first.column("SELECT count(*) FROM articles")
    assert (outcome, reason) == ("finished", None)
    assert [json.loads(counts)["articles/new"]] == stored


def test_the_log_names_pages_and_never_prints_a_text(demo, first):
    texts = [p.text for page in truth(demo.site, ("post",)) for p in page.paragraphs if len(p.text) > 30]
    assert texts
    assert not [text for text in texts if text[:20] in first.log]
    assert "articles: " in first.log


def test_a_second_crawl_stores_nothing_new(again):
    done, before, _ = again
    assert done.status == 0, done.log
    assert dump(done) == before
    assert "articles: 0 new, 0 changed" in done.log


def test_a_second_crawl_fetches_no_article_page(again):
    _, _, requests = again
    assert requests
    assert {"/"} == {request.path for request in requests if not request.path.startswith(("/category/", "/robots.txt"))}


def test_a_second_crawl_asks_by_what_it_knows_and_is_sent_no_listing(again):
    _, _, requests = again
    listings = [request for request in requests if request.path != "/robots.txt"]
    assert {(request.conditional, request.status, request.size) for request in listings} == {(True, 304, 0)}


def test_a_second_crawl_writes_nothing_but_its_own_row(again):
    done, _, _ = again
    assert done.rows("SELECT url FROM listings WHERE due = 1") == []
    assert done.column("SELECT count(*) FROM copies WHERE last_seen_at > first_seen_at") == [0]
