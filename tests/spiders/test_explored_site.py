"""A site whose file leaves it to the pages themselves what they are: what is asked for, and what is not stored."""

import pytest
from support.small_site import ARTICLE, small_site

TEXT = "今天上午，江湾港的吞吐量比昨天增加了一成，码头上的工人说，这样的忙碌已经很久没有见过了。"
EXPLORED = "explore = true\nfollow_articles = true\n"


@pytest.fixture
def site():
    with small_site() as server:
        yield server


def crawl_it(crawl, site, tmp_path, *, top="", ways=""):
    environment = site.describe(tmp_path / "sites", top=top)
    path = tmp_path / "sites" / "small.toml"
    text = path.read_text(encoding="utf-8").partition("[[layouts]]")[0]
    text = text.replace("article = '/news/\\d+\\.html$'", f"article = '^/news/[^?]+$'\n{EXPLORED}")
    path.write_text(text + ways, encoding="utf-8")
    done = crawl("site", site="small", environment=environment)
    assert done.status == 0, done.log
    return done


def article(title, *links):
    led = "".join(f'<a href="{link}">{link}</a>' for link in links)
    return ARTICLE.format(title=title, text=TEXT).replace("</article>", f"{led}</article>").encode()


def test_pages_are_hardly_looked_at_where_a_sitemap_names_all_articles(crawl, site, tmp_path):
    articles = [f"/news/quay-{number}/" for number in range(30)]
    for path in articles:
        site.pages[path] = article(f"江湾港{path}的一天", "/")
    places = "".join(f"<url><loc>{site.base_url}{path}</loc></url>" for path in articles)
    site.pages["/sitemap.xml"] = (
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'.encode()
    )
    sections = [f"/{chr(97 + number)}{chr(97 + number)}/" for number in range(25)]
    repeated = "".join(f'<a href="{path}">江湾港{path}的一天</a>' for path in (*articles, *sections))
    for path in ("/", *sections):
        site.write(path, f"<html><body>{repeated}</body></html>")
    done = crawl_it(crawl, site, tmp_path, top='sitemaps = ["/sitemap.xml"]')
    asked = [path for path, _ in site.log]
    assert done.column("SELECT count(*) FROM articles") == [30]
    assert asked.index("/sitemap.xml") < asked.index("/")
    assert sum(path in sections for path in asked) <= 6


def test_what_a_feed_names_and_what_is_no_article_is_refused_with_its_reason(crawl, site, tmp_path):
    named = ("/news/quay-opens/", "/news/about/", "/news/weekly-list/")
    site.pages[named[0]] = article("江湾港重新开放")
    site.pages[named[1]] = article("关于我们")
    headlines = "".join(f'<p><a href="/news/quay-{number}/">江湾港第{number}天的消息</a></p>' for number in range(5))
    site.write(named[2], f"<html><body><h1></h1><div>{headlines}</div></body></html>")
    entries = "".join(
        f"<item><title>第{number}条</title><link>{site.base_url}{path}</link></item>"
        for number, path in enumerate(named)
    )
    site.pages["/feed.xml"] = f'<rss version="2.0"><channel><title>小站</title>{entries}</channel></rss>'.encode()
    site.write("/", f'<html><body><a href="{named[0]}">江湾港重新开放</a></body></html>')
    done = crawl_it(crawl, site, tmp_path, ways='\n[[feeds]]\npath = "/feed.xml"\n')
    assert done.column("SELECT title FROM articles") == ["江湾港重新开放"]
    for path in named[1:]:
        assert done.reasons(path) == {"not-an-article"}
    site.new_requests()
    crawl_it(crawl, site, tmp_path, ways='\n[[feeds]]\npath = "/feed.xml"\n')
    assert named[1] not in dict(site.new_requests())


def test_chapters_below_the_address_of_an_article_are_read_into_it(crawl, site, tmp_path):
    chapters = [f"/news/long-story/chapter/{number}/" for number in (2, 3)]
    listed = ("/news/long-story/", *chapters)
    for number, path in enumerate(listed, 1):
        site.pages[path] = article("江湾港的长篇故事", *listed).replace("很久".encode(), f"第{number}次很久".encode())
    site.write("/", '<html><body><a href="/news/long-story/">江湾港的长篇故事</a></body></html>')
    done = crawl_it(crawl, site, tmp_path)
    (body,) = done.column("SELECT body FROM articles")
    assert [f"第{number}次很久" in body for number in (1, 2, 3)] == [True] * 3
