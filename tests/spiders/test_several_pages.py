"""An article on several pages is one article in the archive, and each of its pages a copy of it."""

import pytest
from support.small_site import ARTICLE, small_site

TEXTS = [
    "今天上午，江湾港的吞吐量比昨天增加了一成，码头上的工人说，这样的忙碌已经很久没有见过了。",
    "下午两点，第二艘货轮靠岸，卸下的是从上游运来的石料，它们将被用在东口的新桥上。",
    "夜里十一点，最后一班渡轮停航，港务局说，明天的潮水更高，船期要提前半个小时。",
]
PAGER = '<div class="page"><a href="/news/1.html">首页</a>{}</div></article>'


def page(number, title="江湾港的一天"):
    links = "".join(f'<a href="/news/1_{n}.html">{n}</a>' for n in range(2, len(TEXTS) + 1))
    following = f'<a href="/news/1_{number + 1}.html">下一页</a>' if number < len(TEXTS) else ""
    html = ARTICLE.format(title=title, text=TEXTS[number - 1])
    return html.replace("</article>", PAGER.format(links + following)).encode()


@pytest.fixture(params=["with rules", "without rules"])
def site(request):
    with small_site() as server:
        server.listing(1)
        server.pages["/news/1.html"] = page(1)
        for number in range(2, len(TEXTS) + 1):
            server.pages[f"/news/1_{number}.html"] = page(number)
        server.rules = request.param
        yield server


def crawl_it(crawl, site, folder):
    environment = site.describe(folder, more="[recheck]\ndays = 0")
    if site.rules == "without rules":
        path = folder / "small.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("url = '/news/", "url = '/nowhere/"), encoding="utf-8")
    done = crawl("category", site="small", environment=environment)
    assert done.status == 0, done.log
    return done


def test_all_pages_are_read_into_one_article_in_their_order(crawl, site, tmp_path):
    done = crawl_it(crawl, site, tmp_path / "sites")
    (body,) = done.column("SELECT body FROM articles")
    places = [body.find(text) for text in TEXTS]
    assert -1 not in places
    assert places == sorted(places)
    assert done.column("SELECT count(*) FROM copies") == [len(TEXTS)]
    assert done.column("SELECT url FROM articles")[0].endswith("/news/1.html")
    assert done.column("SELECT count(*) FROM problems WHERE reason = 'further-pages'") == [0]


def test_a_page_that_is_missing_ends_the_text(crawl, site, tmp_path):
    del site.pages["/news/1_2.html"]
    done = crawl_it(crawl, site, tmp_path / "sites")
    (body,) = done.column("SELECT body FROM articles")
    assert TEXTS[0] in body
    assert TEXTS[1] not in body


def whole_page(*texts):
    """Make the page that shows all pages, of the texts that it has."""
    html = ARTICLE.format(title="江湾港的一天", text="</p><p>".join(texts))
    return html.replace("</article>", '<a href="/news/1.html">分页阅读</a></article>').encode()


def offer_whole(site, path, label, *texts):
    link = f'<a href="{path}">{label}</a>'.encode()
    site.pages["/news/1.html"] = site.pages["/news/1.html"].replace(b"</article>", link + b"</article>")
    site.pages[path] = whole_page(*texts)


@pytest.mark.parametrize(("path", "label"), [("/news/1_all.html", "单页阅读"), ("/news/1_print.html", "打印")])
def test_the_page_that_shows_all_pages_is_a_copy_and_gives_the_text(crawl, site, tmp_path, path, label):
    offer_whole(site, path, label, *TEXTS)
    del site.pages["/news/1_3.html"]
    done = crawl_it(crawl, site, tmp_path / "sites")
    (body,) = done.column("SELECT body FROM articles")
    assert [body.count(text) for text in TEXTS] == [1, 1, 1]
    assert body.count("市场人士指出") == 1
    assert done.column("SELECT url FROM articles")[0].endswith("/news/1.html")
    assert sorted(url.rpartition("/")[2] for url in done.column("SELECT url FROM copies")) == sorted(
        ["1.html", "1_2.html", path.rpartition("/")[2]]
    )
    assert [asked for asked, status in site.log].count(path) == 1


def test_a_page_for_a_printer_that_is_cut_does_not_take_the_place_of_the_pages(crawl, site, tmp_path):
    offer_whole(site, "/news/1_print.html", "打印", TEXTS[0])
    done = crawl_it(crawl, site, tmp_path / "sites")
    (body,) = done.column("SELECT body FROM articles")
    assert [body.count(text) for text in TEXTS] == [1, 1, 1]
    assert done.column("SELECT count(*) FROM copies") == [len(TEXTS) + 1]
