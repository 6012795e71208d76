"""Addresses in a real crawl: session ids, redirects and spellings are one article, asked for once; bytes stay bytes."""

import pytest
from support.servers import Answer
from support.small_site import ARTICLE, RECHECK_AT_ONCE, small_site

TEXT = "今天上午，江湾港的吞吐量比昨天增加了一成，港务部门在码头上作了说明。"


@pytest.fixture
def site(tmp_path):
    with small_site() as server:
        yield server


def crawl_it(crawl, site, tmp_path, *links, charset="utf-8", more=""):
    items = "".join(f'<li><a href="{link}">一条消息</a></li>' for link in links)
    page = f'<html><head><meta charset="{charset}"></head><body>今天的消息<ul>{items}</ul></body></html>'
    site.pages["/"] = page.encode(charset)
    environment = site.describe(tmp_path / "sites", more=more)
    path = tmp_path / "sites" / "small.toml"
    text = path.read_text(encoding="utf-8").replace(r"article = '/news/\d+\.html$'", "article = '^/(news|go|t)/'")
    path.write_text(text.replace(r"url = '/news/\d+\.html'", "url = '/(news|go|t)/'"), encoding="utf-8")
    return crawl("category", site="small", environment=environment)


def asked(site):
    return [path for path, _ in site.new_requests() if path != "/"]


def test_links_with_other_session_ids_are_one_article_and_it_is_asked_for_once(crawl, site, tmp_path):
    for session in "ABC":
        site.write(f"/news/1.jsp;jsessionid={session}", ARTICLE.format(title="港口今晨恢复作业", text=TEXT))
    links = [f"/news/1.jsp;jsessionid={session}" for session in "AB"]
    crawl_it(crawl, site, tmp_path, *links)
    assert asked(site) == ["/news/1.jsp;jsessionid=A"]
    done = crawl_it(crawl, site, tmp_path, "/news/1.jsp;jsessionid=C")
    assert asked(site) == []
    assert done.status == 0
    assert done.rows("SELECT article_key LIKE '127.0.0.1:%/news/1.jsp' FROM articles") == [(1,)]
    assert done.column("SELECT count(*) FROM frontier") == [1]


def test_a_spelling_that_failed_is_given_up_for_another(crawl, site, tmp_path):
    site.write("/news/1.jsp;jsessionid=B", ARTICLE.format(title="港口今晨恢复作业", text=TEXT))
    crawl_it(crawl, site, tmp_path, "/news/1.jsp;jsessionid=A")
    done = crawl_it(crawl, site, tmp_path, "/news/1.jsp;jsessionid=B")
    assert done.column("SELECT title FROM articles") == ["港口今晨恢复作业"]


def test_short_links_are_copies_of_the_article_to_which_they_lead(crawl, site, tmp_path):
    site.article(7, TEXT, "港口今晨恢复作业")
    shorts = [f"/go/{number}" for number in range(4)]
    site.answers = {short: Answer(b"", 302, {"Location": "/news/7.html"}) for short in shorts}
    done = crawl_it(crawl, site, tmp_path, *shorts, "/news/7.html")
    assert done.status == 0, done.log
    assert done.rows("SELECT url LIKE '%/news/7.html', article_key LIKE '%/news/7.html' FROM articles") == [(1, 1)]
    assert done.column("SELECT count(*) FROM copies") == [5]


def test_many_addresses_that_lead_to_one_page_that_nobody_listed_are_no_articles(crawl, site, tmp_path):
    site.article(7, TEXT, "港口今晨恢复作业")
    dead = [f"/go/{number}" for number in range(6)]
    site.answers = {path: Answer(b"", 302, {"Location": "/news/7.html"}) for path in dead}
    done = crawl_it(crawl, site, tmp_path, *dead)
    assert done.column("SELECT count(*) FROM copies") == [2]
    assert set(done.column("SELECT reason FROM problems")) == {"repeated-page"}


def test_a_stored_text_does_not_give_way_to_the_article_to_which_its_address_leads_now(crawl, site, tmp_path):
    site.article(7, TEXT, "港口今晨恢复作业")
    site.article(8, "望湖大桥的合龙段昨天清晨吊装到位，误差不到两毫米。", "望湖大桥合龙")
    links = ("/news/7.html", "/news/8.html")
    crawl_it(crawl, site, tmp_path, *links, more=RECHECK_AT_ONCE)
    crawl.let_time_pass()
    site.answers = {"/news/7.html": Answer(b"", 302, {"Location": "/news/8.html"})}
    done = crawl_it(crawl, site, tmp_path, *links, more=RECHECK_AT_ONCE)
    assert done.column("SELECT title FROM articles ORDER BY url") == ["港口今晨恢复作业", "望湖大桥合龙"]
    assert done.reasons("/news/7.html") == {"redirected-away"}


def test_links_of_a_page_in_gbk_keep_their_bytes_and_send_those_of_the_page(crawl, site, tmp_path):
    for path, title in (("/news/%BA%E9.html", "港口今晨恢复作业"), ("/news/%BD%AD.html", "望湖大桥合龙")):
        site.write(path, ARTICLE.format(title=title, text=title + TEXT))
    site.write("/news/s?name=%BA%E9%BD%AD", ARTICLE.format(title="洪江一日", text="洪江一日" + TEXT))
    done = crawl_it(
        crawl, site, tmp_path, "/news/%BA%E9.html", "/news/%BD%AD.html", "/news/s?name=洪江", charset="gb18030"
    )
    assert sorted(asked(site)) == ["/news/%BA%E9.html", "/news/%BD%AD.html", "/news/s?name=%BA%E9%BD%AD"]
    assert sorted(done.column("SELECT title FROM articles")) == ["望湖大桥合龙", "洪江一日", "港口今晨恢复作业"]


def test_a_canonical_address_is_known_although_the_rules_of_the_site_do_not_read_it(crawl, site, tmp_path):
    page = ARTICLE.format(title="港口今晨恢复作业", text=TEXT)
    named = page.replace("<title>", "<link href='/news/7.html' rel=canonical><title>")
    site.write("/news/7.html", page)
    site.write("/t/7.html", named)
    done = crawl_it(crawl, site, tmp_path, "/t/7.html", "/news/7.html")
    assert done.rows("SELECT url LIKE '%/news/7.html', article_key LIKE '%/news/7.html' FROM articles") == [(1, 1)]
    assert done.column("SELECT count(*) FROM copies") == [2]
