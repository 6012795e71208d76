"""The ways into a site: each leads to the posts that it lists, and stops at what is known."""

import pytest
from support.small_site import small_site

from newsarchive.demo import DemoSite, serve, truth


@pytest.fixture(scope="module")
def demo():
    with serve(DemoSite(articles=45)) as server:
        yield server


def posts(done):
    return {url for url in done.column("SELECT url FROM copies WHERE role = 'post'") if "/sitenews/" not in url}


@pytest.fixture(scope="module")
def listed(demo):
    return {
        page.url for page in truth(demo.site, ("post",)) if page.url.count("/") > 6 and "/sitenews/" not in page.url
    }


@pytest.mark.parametrize("way", ["list", "sitemap"])
def test_a_way_leads_to_every_post_and_asks_for_no_more_when_nothing_is_new(crawl, demo, listed, way):
    done = crawl(way, site="demo", base_url=demo.base_url)
    assert done.status == 0, done.log
    assert posts(done) >= listed
    before = len(demo.requests)
    again = crawl(way, site="demo", base_url=demo.base_url)
    assert again.status == 0, again.log
    asked = [request for request in list(demo.requests)[before:] if request.path != "/robots.txt"]
    assert asked
    assert {request.path for request in asked if request.status != 304} <= {"/api/posts.js?page=1"}


def test_all_ways_together_bring_each_article_once(crawl, demo, listed):
    done = crawl("site", site="demo", base_url=demo.base_url)
    assert done.status == 0, done.log
    assert posts(done) >= listed
    assert done.column("SELECT count(*) - count(DISTINCT article_key) FROM articles") == [0]
    assert set(done.column("SELECT DISTINCT way FROM listings")) == {"feed", "list", "category", "sitemap"}


def test_articles_are_taken_from_a_full_feed_without_asking_for_their_pages(crawl, tmp_path):
    item = (
        "<item><title>港口的消息</title><link>{base}/news/{n}.html</link><pubDate>Thu, 05 Mar 2026 08:00:00 +0800"
        "</pubDate><description><![CDATA[<p>第{n}段：江湾港今天上午迎来了本月第一百艘货轮，港务部门作了说明。</p>"
        "<p>吞吐量比去年同期增加了一成。</p>]]></description></item>"
    )
    with small_site() as site:
        site.write(
            "/feed.xml",
            f"<rss><channel>{''.join(item.format(base=site.base_url, n=n) for n in (1, 2))}</channel></rss>",
        )
        environment = site.describe(tmp_path / "sites", more='[[feeds]]\npath = "/feed.xml"\nfull = true')
        done = crawl("feed", site="small", environment=environment)
        assert done.status == 0, done.log
        assert site.new_requests() == [("/feed.xml", 200)]
        assert done.column("SELECT title FROM articles") == ["港口的消息"] * 2
        assert set(done.column("SELECT role FROM copies")) == {"feed"}
        assert set(done.column("SELECT state FROM frontier")) == {"done"}
        assert crawl("feed", site="small", environment=environment).status == 0
        assert site.new_requests() == [("/feed.xml", 304)]


@pytest.mark.parametrize(
    ("way", "more", "body"),
    [
        ("feed", '[[feeds]]\npath = "/l.xml"', "<rss><channel><item><link>/news/1.html</link></item>"),
        ("list", '[[lists]]\nurl = "/l.xml"\nitems = "a"\nlink = ["u"]', '{"a": [{"u": "/news/1.html"}'),
    ],
)
def test_what_of_a_listing_cannot_be_read_is_a_problem_of_its_own(crawl, tmp_path, way, more, body):
    with small_site() as site:
        site.write("/l.xml", body)
        site.article(1, "江湾港今天上午迎来了本月第一百艘货轮。")
        done = crawl(way, site="small", environment=site.describe(tmp_path / "sites", more=more))
        assert done.column("SELECT reason FROM problems WHERE stage = 'listing'") == ["bad-listing"]
        assert done.column("SELECT url FROM problems WHERE stage = 'listing'") == [site.base_url + "/l.xml"]


def test_a_way_that_a_site_does_not_have_is_told_at_once(crawl, tmp_path):
    with small_site() as site:
        done = crawl("sitemap", site="small", environment=site.describe(tmp_path / "sites"))
    assert done.status == 2
    assert "site=small: its file has no sitemaps - there is nothing to follow" in done.log
