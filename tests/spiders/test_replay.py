"""The `replay` spider: kept pages are read again without a request, and what changes is ours and not the site's."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from support.crawler import ROOT, Crawler

from newsarchive.archive import Archive
from newsarchive.archive.snapshots import saved_pages
from newsarchive.demo import DemoSite, serve
from newsarchive.errors import UserError
from newsarchive.maintenance.check import check
from spiders.replay import ReplaySpider

# All that an analyst sees of an archive; not when our own work was done.
QUESTIONS = {
    "articles": "SELECT article_key, kind, site, url, share_url, original_url, title, original_title, digest, body,"
    " published_at, published_date, attribution, via, section, lang, paywalled, char_count, content_hash,"
    " first_seen_at, last_seen_at, extractor FROM articles ORDER BY article_key",
    "paragraphs": "SELECT article_key, position, p.kind, text FROM paragraphs p JOIN articles a ON a.id = article_id"
    " ORDER BY 1, 2",
    "sources": "SELECT article_key, s.name FROM articles a JOIN sources s ON s.id = source_id ORDER BY 1",
    "categories": "SELECT article_key, c.slug, c.name FROM articles a JOIN categories c ON c.id = category_id"
    " ORDER BY 1",
    "bylines": "SELECT article_key, role, name FROM bylines JOIN articles a ON a.id = article_id ORDER BY 1, 2, 3",
    "mentions": "SELECT article_key, market, code, name, count FROM mentions JOIN articles a ON a.id = article_id"
    " ORDER BY 1, 2, 3",
    "images": "SELECT article_key, position, i.url, alt, caption FROM images i JOIN articles a ON a.id = article_id"
    " ORDER BY 1, 2",
    "copies": "SELECT url, role, first_seen_at, last_seen_at, gone_at, http_status, content_hash"
    " FROM copies ORDER BY 1",
    "frontier": "SELECT url, state, reason, attempts FROM frontier ORDER BY 1",
}


def dump(crawled):
    return {name: crawled.rows(query) for name, query in QUESTIONS.items()}


def said(crawled):
    """Return what the articles say, without the times at which they were crawled and what that was found by."""
    found = dump(crawled)
    found["articles"] = [row[:-3] for row in found["articles"]]
    found["copies"] = [(row[0], row[1], row[-1]) for row in found["copies"]]
    return found


@pytest.fixture(scope="module")
def crawled(shared_crawl):
    with serve(DemoSite(articles=30)) as server:
        done = shared_crawl("category", site="demo", base_url=server.base_url)
    assert done.status == 0, done.log
    return done


@pytest.fixture
def archive(crawled, crawl):
    """Return each test the crawled archive for itself; the site that was crawled is no longer there."""
    shutil.copytree(crawled.db.parent, crawl.db.parent, dirs_exist_ok=True)
    return replace(crawled, db=crawl.db)


def change(archive, *statements):
    with Archive.open(archive.db) as opened:
        for statement in statements:
            opened.connection.execute(statement)


def test_the_same_rules_change_nothing(crawl, archive):
    before = dump(archive)
    replay = crawl("replay")
    assert replay.status == 0, replay.log
    copies = len(archive.rows("SELECT 1 FROM copies"))
    assert f"articles: 0 new, 0 changed, {copies} known" in replay.log
    assert dump(archive) == before
    assert archive.column("SELECT count(*) FROM readings") == [copies]


def test_after_a_change_of_rules_a_replay_gives_what_a_fresh_crawl_gives(tmp_path):
    rules = (ROOT / "newsarchive" / "sites" / "finews.toml").read_text(encoding="utf-8")
    worse = tmp_path / "sites"
    worse.mkdir()
    for right, wrong in (
        ('title = ["section > h1"]', 'title = ["section > small"]'),
        ('digest = ["h1 + blockquote"', 'digest = ["h1 + table"'),
        ('attribution = ["p.em_media"]', 'attribution = ["p.nothing"]'),
    ):
        assert right in rules
        rules = rules.replace(right, wrong)
    (worse / "finews.toml").write_text(rules, encoding="utf-8")
    old, fresh = Crawler(tmp_path / "old"), Crawler(tmp_path / "fresh")
    with serve(DemoSite(articles=20)) as server:
        arguments = {"site": "demo", "base_url": server.base_url}
        first = old("category", environment={"NEWSARCHIVE_SITES": str(worse)}, **arguments)
        expected = said(fresh("category", **arguments))
        before, requests = said(first), len(server.requests)
        replay = old("replay")
        assert len(server.requests) == requests
    assert replay.status == 0, replay.log
    assert before != expected
    assert said(first) == expected
    assert set(first.column("SELECT cause FROM revisions WHERE revision > 1")) <= {"reread", "copy"}
    readings = first.column("SELECT count(*) FROM readings WHERE cause = 'reread'")
    assert readings > [10]
    with Archive.open(first.db, readonly=True) as opened:
        assert not check(opened, datetime.now(UTC), deep=True).is_damaged
    assert "articles: 0 new, 0 changed" in old("replay", site="demo").log
    assert first.column("SELECT count(*) FROM readings WHERE cause = 'reread'") == readings


def test_a_page_that_no_article_could_be_made_of_gets_another_chance(crawl, archive):
    good = dump(archive)
    (lost,) = archive.column("SELECT article_id FROM copies WHERE role = 'post' GROUP BY 1 HAVING count(*) = 1 LIMIT 1")
    (url,) = archive.column("SELECT url FROM copies WHERE article_id = ? AND role = 'post'", lost)
    # As if the rules of that day had found nothing on its page.
    parts = ("paragraphs", "bylines", "mentions", "images", "readings", "copies")
    change(
        archive,
        f"UPDATE frontier SET state = 'rejected' WHERE url IN (SELECT url FROM copies WHERE article_id = {lost})",
        *(f"DELETE FROM {table} WHERE article_id = {lost}" for table in parts),
        f"DELETE FROM articles WHERE id = {lost}",
    )
    replay = crawl("replay", url=url.rpartition("/")[2])
    assert "articles: 1 new" in replay.log
    assert [row for row in dump(archive)["copies"] if row[0] == url] == [row for row in good["copies"] if row[0] == url]
    assert archive.state(url) == {"done"}


def test_a_damaged_snapshot_is_recorded_and_the_rest_is_read(crawl, archive):
    ((url, file, offset, length),) = archive.rows(
        "SELECT s.url, warc_file, warc_offset, warc_length FROM copies c JOIN snapshots s ON s.id = c.snapshot_id"
        " WHERE role = 'post' AND payload_id IS NULL LIMIT 1"
    )
    path = archive.db.parent / file
    data = bytearray(path.read_bytes())
    data[offset + length // 2] ^= 0xFF
    path.write_bytes(data)
    before = dump(archive)
    replay = crawl("replay")
    assert replay.status == 3
    assert "ALARM: 1 raw pages are damaged or missing" in replay.log
    assert archive.reasons(url) == {"damaged-snapshot"}
    assert dump(archive) == before


def test_what_is_still_to_be_fetched_or_gone_stays_so(crawl, archive):
    (waiting, gone) = archive.column("SELECT url FROM copies WHERE role = 'post' LIMIT 2")
    change(
        archive,
        f"UPDATE frontier SET state = 'pending' WHERE url = '{waiting}'",
        f"UPDATE copies SET gone_at = '2026-01-01T00:00:00Z', http_status = 404 WHERE url = '{gone}'",
    )
    before = dump(archive)
    assert crawl("replay").status == 0
    assert dump(archive) == before


def test_site_and_day_limit_what_is_read(archive):
    with Archive.open(archive.db, readonly=True) as opened:

        def count(site=None, since="2020-01-01"):
            kept = list(saved_pages(opened.connection, site=site, since=date.fromisoformat(since)))
            assert len({page.url for page in kept}) == len(kept)
            return len(kept)

        assert count() == count("demo") >= len(archive.rows("SELECT 1 FROM copies"))
        assert count("finews") == 0
        assert count(since="2999-01-01") == 0


@pytest.mark.parametrize(
    ("text", "url", "expected"),
    [
        ("http://x.example/a.html?b=1", "http://x.example/a.html?b=1", True),
        (r"/emnews/\d+", "http://x.example/emnews/12.html", True),
        (r"/emnews/\d+$", "http://x.example/emnews/12.html", False),
    ],
)
def test_a_url_is_asked_for_by_itself_or_by_a_pattern(text, url, expected):
    given = {"url": text}
    assert ReplaySpider(given, ReplaySpider.check(given)).wants(url) is expected


@pytest.mark.parametrize("wrong", [{"url": "(["}, {"since": "soon"}, {"site": "nowhere"}, {"paht": "x"}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(UserError, match=next(iter(wrong))):
        ReplaySpider.check(wrong)
