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


def test_a_list_of_an_explored_site_is_turned_to_its_end_over_pages_that_are_known(crawl, tmp_path):
    more = '[[lists]]\nurl = "/l{page}.json"\nitems = "a"\nlink = ["u"]'
    with small_site() as site:
        environment = site.describe(tmp_path / "sites", more=more)
        file = tmp_path / "sites" / "small.toml"
        file.write_text(file.read_text().replace("[listing]", "[listing]\nexplore = true"))
        for number in (1, 2, 3):
            site.article(number, f"江湾港今天上午迎来了本月第{number}百艘货轮。")
        site.write("/l1.json", '{"a": [{"u": "/news/1.html"}]}')
        assert crawl("site", site="small", environment=environment).status == 0
        for number in (1, 2, 3):
            site.write(f"/l{number}.json", f'{{"a": [ {{"u": "/news/{number}.html"}} ]}}')
        site.write("/", '<a href="/news/1.html">一</a><a href="/news/2.html">二</a>')
        done = crawl("site", site="small", environment=environment | {"NEWSARCHIVE_SWEEP_HOURS": "0.00001"})
    assert done.status == 0, done.log
    assert done.column("SELECT count(*) FROM articles") == [3]


def test_a_way_that_a_site_does_not_have_is_told_at_once(crawl, tmp_path):
    with small_site() as site:
        done = crawl("sitemap", site="small", environment=site.describe(tmp_path / "sites"))
    assert done.status == 2
    assert "site=small: its file has no sitemaps - there is nothing to follow" in done.log


FEED = '[[feeds]]\npath = "/feed.xml"'


def feed(*numbers, channel=""):
    items = "".join(f"<item><link>/news/{n}.html</link><guid>{n}</guid></item>" for n in numbers)
    return f'<rss version="2.0"><channel>{channel}{items}</channel></rss>'


def test_a_feed_that_asks_to_be_left_alone_is_passed_until_it_is_due_and_the_run_says_so(crawl, tmp_path):
    with small_site() as site:
        site.article(1, "江湾港今天上午迎来了本月第一百艘货轮。")
        site.article(2, "河湾镇的石桥昨天通车，镇上的人等了一个上午。")
        site.write("/feed.xml", feed(1, channel="<ttl>60</ttl>"))
        environment = site.describe(tmp_path / "sites", more=FEED)
        assert crawl("feed", site="small", environment=environment).status == 0
        site.new_requests()
        site.write("/feed.xml", feed(1, 2, channel="<ttl>60</ttl>"))
        again = crawl("feed", site="small", environment=environment)
        assert again.status == 0, again.log
        assert site.new_requests() == []
        assert "as the feed itself asks" in again.log
        assert again.column("SELECT counts ->> '$.\"listings/resting\"' FROM runs ORDER BY id DESC LIMIT 1") == [1]
        due = crawl("feed", site="small", environment=environment | {"NEWSARCHIVE_FEED_PAUSE_MAX": "0.0001"})
        assert site.new_requests() == [("/feed.xml", 200), ("/news/2.html", 200)]
        assert due.column("SELECT count(*) FROM articles") == [2]


def test_the_archives_of_a_feed_are_followed_to_their_bound(crawl, tmp_path):
    def archive(number):
        before = f'<atom:link rel="prev-archive" href="/archive-{number + 1}.xml"/>'
        return feed(number, channel=before)

    with small_site() as site:
        for number in range(1, 6):
            site.article(number, f"第{number}天，江湾港迎来了本月第{number}艘货轮，港务部门作了说明。")
            site.write(f"/archive-{number}.xml" if number > 1 else "/feed.xml", archive(number))
        environment = site.describe(tmp_path / "sites", more=FEED + "\nmax_pages = 3")
        done = crawl("feed", site="small", environment=environment)
        assert [path for path, _ in site.new_requests() if path.endswith(".xml")] == [
            "/feed.xml",
            "/archive-2.xml",
            "/archive-3.xml",
        ]
        assert done.column("SELECT count(*) FROM articles") == [3]
        assert done.column("SELECT reason FROM problems WHERE stage = 'listing'") == ["endless-paging"]


def test_the_sitemaps_that_a_robots_txt_names_are_followed_and_those_without_changes_are_not_asked_for(crawl, tmp_path):
    with small_site() as site:
        site.article(1, "江湾港今天上午迎来了本月第一百艘货轮。")
        site.write("/robots.txt", f"User-agent: *\nSitemap: {site.base_url}/index.xml\n")
        index = "<sitemapindex>{}<sitemap><loc>/old.xml</loc><lastmod>2026-03-05T08:00:00Z</lastmod></sitemap>"
        index += "</sitemapindex>"
        site.write("/index.xml", index.format(""))
        site.write("/old.xml", "<urlset><url><loc>/news/1.html</loc></url></urlset>")
        environment = site.describe(tmp_path / "sites", top='sitemaps = ["/robots.txt"]')
        done = crawl("sitemap", site="small", environment=environment)
        assert done.status == 0, done.log
        assert done.column("SELECT count(*) FROM articles") == [1]
        site.new_requests()
        site.write("/index.xml", index.format("<sitemap><loc>/new.xml</loc></sitemap>"))
        site.write("/new.xml", "<urlset><url><loc>/news/1.html</loc></url></urlset>")
        assert crawl("sitemap", site="small", environment=environment).status == 0
        assert site.new_requests() == [("/index.xml", 200), ("/new.xml", 200)]


def test_a_sitemap_may_have_more_tags_than_a_page(crawl, tmp_path):
    with small_site() as site:
        site.article(1, "江湾港今天上午迎来了本月第一百艘货轮。")
        site.write("/s.xml", f"<urlset><url><loc>/news/1.html</loc></url>{'<x></x>' * 300_001}</urlset>")
        environment = site.describe(tmp_path / "sites", top='sitemaps = ["/s.xml"]')
        done = crawl("sitemap", site="small", environment=environment)
        assert done.status == 0, done.log
        assert done.column("SELECT count(*) FROM articles") == [1]
