"""Which article a page is a copy of: pages of one article become one row, in whatever order, those of two never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from support.archives import new_archive
from support.pages import AT

from newsarchive.extract import process
from newsarchive.maintenance.check import check
from newsarchive.models import FEED_MARK, Page
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from pathlib import Path

    from newsarchive.archive import Archive
    from newsarchive.archive.store import Stored
    from newsarchive.sites import Site

FERRY = (
    "江湾市交通局三日公布，跨海渡轮自下月起延长夜航，末班船由二十一时改为二十三时三十分。",
    "局长林知远说，去年夜间候船的市民超过四十一万人次，渡口商铺联名请求延长营业。",
    "新的班次表将在本月二十五日贴到各个渡口，票价不变，月票照旧可以使用。",
)
BRIDGE = (
    "望湖大桥的合龙段昨天清晨吊装到位，误差不到两毫米，工期比计划提前了四十天。",
    "项目负责人介绍，桥面铺装将在雨季之前完成，年底可以通车。",
    "大桥通车以后，两岸往返的时间从一个小时缩短到十分钟。",
)
WWW = "https://www.news.example"
PAGE = (
    "<html><head><title>{title}_江湾网</title>{head}</head><body><h1>{title}</h1>"
    '<div class="time">2026-03-05 08:30</div><article>{text}</article></body></html>'
)
ENTRY = (
    "<item><title>{title}</title><link>{url}</link><pubDate>Thu, 05 Mar 2026 00:30:00 GMT</pubDate>"
    "<description>{text}</description></item>"
)


def web(
    url: str, texts: tuple[str, ...] = FERRY, title: str = "渡轮延长夜航", canonical: str | None = None, **more: Any
) -> Page:
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    body = PAGE.format(title=title, head=head, text="".join(f"<p>{text}</p>" for text in texts))
    return Page(url, **({"role": "original", "site": "news.example", "fetched_at": AT} | more), body=body.encode())


def bridge(url: str, **more: Any) -> Page:
    return web(url, BRIDGE, "望湖大桥合龙", **more)


def put(archive: Archive, page: Page, site: Site | None = None) -> Stored:
    article = process(page, site)
    assert article.title
    assert article.paragraphs
    return archive.store(article, None, datetime.now(UTC))


def articles(archive: Archive) -> list[tuple[str, str, int]]:
    """Return key, title and number of copies of each article, by key."""
    assert not check(archive, datetime.now(UTC)).is_damaged
    return archive.connection.execute(
        "SELECT a.article_key, a.title, count(*) FROM articles a JOIN copies c ON c.article_id = a.id"
        " GROUP BY a.id ORDER BY 1"
    ).fetchall()


def state(archive: Archive) -> list[tuple[Any, ...]]:
    """Return the articles with their addresses, without what the order of arrival may change (ids)."""
    assert not check(archive, datetime.now(UTC)).is_damaged
    return archive.connection.execute(
        "SELECT a.article_key, a.url, a.title, a.body, c.url FROM articles a JOIN copies c ON c.article_id = a.id"
        " ORDER BY 1, 5"
    ).fetchall()


ONE_ARTICLE = {
    "spellings": [
        web(f"{WWW}/a/1.jsp;jsessionid=A1?id=3"),
        web("http://news.example:80/x/../a/1.jsp?id=3&utm_source=x"),
        web(f"{WWW}/a/1.jsp;jsessionid=B2?id=3", FERRY[:2]),
    ],
    "a canonical address that is not there": [
        web(f"{WWW}/a/1.html?from=app", canonical=f"{WWW}/a/1.html"),
        web(f"{WWW}/b/1.html", canonical="/a/1.html"),
    ],
    "canonical, AMP and mobile page": [
        web(f"{WWW}/a/1.html", canonical=f"{WWW}/a/1.html"),
        web(f"{WWW}/story/xyz-amp", FERRY[:2], canonical=f"{WWW}/a/1.html"),
        web("https://m.news.example/touch/77", (*FERRY, "下载客户端，看更多新闻。"), canonical=f"{WWW}/a/1.html"),
    ],
    "other looks": [
        web(f"{WWW}/a/1.html"),
        web("https://m.news.example/a/1.html", (*FERRY, "下载客户端，看更多新闻。")),
        web(f"{WWW}/a/1.amp.html"),
    ],
    "a folder and its first page": [web(f"{WWW}/a/1/"), web(f"{WWW}/a/1/index.html"), web(f"{WWW}/a/1")],
    "redirects": [
        web(f"{WWW}/go?n=77", final_url=f"{WWW}/a/1.html"),
        web(f"{WWW}/a/1.html"),
        web(f"{WWW}/t/abc", final_url=f"{WWW}/a/1.html"),
    ],
    "parameters, and the same text": [
        web(f"{WWW}/a?id=1&from=app"),
        web(f"{WWW}/a?id=1&from=wx"),
        web(f"{WWW}/a?id=1"),
    ],
    "two spellings of a host": [web("https://新闻.example/a/1.html"), web("https://xn--efvy88h.example/a/1.html")],
}
TWO_ARTICLES = {
    "bytes of another charset": [web(f"{WWW}/a/%BA%E9.html"), bridge(f"{WWW}/a/%BD%AD.html")],
    "a number in from": [web(f"{WWW}/p?from=101"), bridge(f"{WWW}/p?from=102")],
    "a number in ref, and a title that every page has": [
        web(f"{WWW}/p?ref=101", title="江湾网快讯"), web(f"{WWW}/p?ref=102", BRIDGE, "江湾网快讯"),
    ],
    "18 digits of two sites": [
        web(f"{WWW}/n/202603050800000001.html"), bridge("https://other.example/epaper/202603050800000001.html"),
    ],
    "18 digits in two folders": [
        web(f"{WWW}/news/202603050800000001.html"), bridge(f"{WWW}/sport/202603050800000001.html"),
    ],
    "routes of a script": [web(f"{WWW}/#!/a/1"), bridge(f"{WWW}/#!/a/2")],
    "one canonical address on all pages": [
        web(f"{WWW}/show?id=1", canonical=f"{WWW}/show"), bridge(f"{WWW}/show?id=2", canonical=f"{WWW}/show"),
    ],
    "the home page as canonical address": [
        web(f"{WWW}/a/1.html", canonical=f"{WWW}/"), web(f"{WWW}/a/2.html", canonical=f"{WWW}/index.html"),
    ],
    "a canonical address that is another article": [
        web(f"{WWW}/a/1.html", canonical=f"{WWW}/a/2.html"), bridge(f"{WWW}/a/2.html"),
    ],
    "a mobile site with numbers of its own": [
        web("https://m.news.example/a/1.html"), bridge(f"{WWW}/a/1.html"),
    ],
    "one text, printed twice": [web(f"{WWW}/a/1.html"), web(f"{WWW}/a/2.html")],
    "one text under two numbers": [web(f"{WWW}/a?id=1"), web(f"{WWW}/a?id=2")],
    "a canonical address at another site": [
        web(f"{WWW}/a/1.html"),
        web("https://copy.example/x", canonical=f"{WWW}/a/1.html", site="copy.example"),
    ],
    "a redirect to another site": [
        web(f"{WWW}/a/1.html"),
        web("https://copy.example/x", final_url=f"{WWW}/a/1.html", site="copy.example"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("pages", ONE_ARTICLE.values(), ids=ONE_ARTICLE)
def test_pages_of_one_article_are_one_row_in_whatever_order(tmp_path: Path, pages: list[Page]) -> None:
    states = []
    for number, order in enumerate(permutations(pages)):
        with new_archive(tmp_path / f"{number}.db") as archive:
            for page in order:
                put(archive, page)
            assert [copies for *_, copies in articles(archive)] == [len(pages)]
            states.append(state(archive))
    assert all(one == states[0] for one in states)


@pytest.mark.parametrize("pages", TWO_ARTICLES.values(), ids=TWO_ARTICLES)
def test_pages_of_two_articles_are_two_rows_in_whatever_order(tmp_path: Path, pages: list[Page]) -> None:
    states = []
    for number, order in enumerate(permutations(pages)):
        with new_archive(tmp_path / f"{number}.db") as archive:
            for page in order:
                put(archive, page)
            assert len(articles(archive)) == 2
            states.append(state(archive))
    assert all(one == states[0] for one in states)


def test_the_canonical_page_is_shown_and_gives_the_key(archive: Archive) -> None:
    put(archive, web("https://m.news.example/touch/77", FERRY[:2], canonical=f"{WWW}/a/1.html"))
    assert articles(archive) == [("news.example/a/1.html", "渡轮延长夜航", 1)]
    put(archive, web(f"{WWW}/a/1.html", canonical=f"{WWW}/a/1.html"))
    url, body = archive.connection.execute("SELECT url, body FROM articles").fetchone()
    assert (url, body) == (f"{WWW}/a/1.html", "\n\n".join(FERRY))


def test_an_address_that_two_articles_name_is_the_key_of_none_until_it_is_there(archive: Archive) -> None:
    put(archive, web(f"{WWW}/show?id=1", canonical=f"{WWW}/show"))
    assert [key for key, *_ in articles(archive)] == ["news.example/show"]
    put(archive, bridge(f"{WWW}/show?id=2", canonical=f"{WWW}/show"))
    assert [key for key, *_ in articles(archive)] == ["news.example/show?id=1", "news.example/show?id=2"]
    put(archive, web(f"{WWW}/show", ("今天的节目单如下，全天共有十二档节目，晚间直播渡轮首航。",), "节目单"))
    assert [key for key, *_ in articles(archive)] == [
        "news.example/show", "news.example/show?id=1", "news.example/show?id=2",
    ]  # fmt: skip
    changes = archive.connection.execute("SELECT change, old_key, new_key FROM key_changes").fetchall()
    assert changes == [("renamed", "news.example/show", "news.example/show?id=1")]


def test_articles_become_one_when_a_page_begins_to_say_so(archive: Archive) -> None:
    put(archive, web(f"{WWW}/b/9.html", FERRY[:2]))
    put(archive, web(f"{WWW}/a/1.html"))
    assert len(articles(archive)) == 2
    later = AT + timedelta(hours=1)
    assert (
        put(archive, web(f"{WWW}/b/9.html", FERRY[:2], canonical=f"{WWW}/a/1.html", fetched_at=later)).outcome
        == "changed"
    )
    assert articles(archive) == [("news.example/a/1.html", "渡轮延长夜航", 2)]
    assert archive.connection.execute("SELECT count(*) FROM stories").fetchone() == (1,)
    assert archive.search.count(archive.search.parse("延长夜航")) == 1
    assert archive.connection.execute("SELECT change, old_key, new_key FROM key_changes ORDER BY id").fetchall() == [
        ("joined", "news.example/a/1.html", "news.example/b/9.html"),
        ("renamed", "news.example/b/9.html", "news.example/a/1.html"),
    ]


NUMBER = "202603055096189617"
FORGED = ("这家钱庄明天倒闭，请读者马上去取款，迟了就来不及。", "柜台前已经排起长队，请转告亲友。")


@pytest.mark.parametrize(
    "forged",
    [
        web(f"http://evil.example/a/{NUMBER}.html", FORGED, "钱庄明天倒闭", site="evil.example"),
        web(f"http://evil.example/x?id=NW{NUMBER}", FORGED, "钱庄明天倒闭", site="evil.example"),
        web(f"http://evil.example/a/{NUMBER}.html", FORGED, "钱庄明天倒闭", site="eastmoney"),
        web("http://evil.example/x", FORGED, "钱庄明天倒闭", site="evil.example",
            canonical=f"https://finance.eastmoney.com/a/{NUMBER}.html"),
        web(f"http://finance.eastmoney.com.evil.example/a/{NUMBER}.html", FORGED, "钱庄明天倒闭", site="eastmoney"),
        web(f"http://finance.eastmoney.com:8080/a/{NUMBER}.html", FORGED, "钱庄明天倒闭", site="eastmoney"),
        web(f"https://raw.githubusercontent.com/evil/x/{NUMBER}.html", FORGED, "钱庄明天倒闭", site="finews"),
    ],
    ids=["digits", "code", "site header", "canonical", "longer host", "port", "shared host"],
)  # fmt: skip
@pytest.mark.parametrize("forged_first", [False, True])
def test_a_page_of_a_host_that_no_site_file_names_changes_no_article_of_another(
    archive: Archive, forged: Page, forged_first: bool
) -> None:
    genuine = web(f"https://finance.eastmoney.com/a/{NUMBER}.html", site="eastmoney")
    for page in sorted((genuine, forged), key=lambda page: (page is forged) is not forged_first):
        site = load_site(page.site) if page.site in ("eastmoney", "finews") else None
        put(archive, page, site)
    rows = archive.connection.execute("SELECT article_key, title, body FROM articles WHERE url = ?", (genuine.url,))
    assert rows.fetchall() == [(NUMBER, "渡轮延长夜航", "\n\n".join(FERRY))]
    assert len(articles(archive)) == 2


def test_pages_of_sites_that_share_a_numbering_are_one_article(archive: Archive) -> None:
    put(archive, web(f"https://finance.eastmoney.com/a/{NUMBER}.html", site="eastmoney"), load_site("eastmoney"))
    put(archive, web(f"https://gold.eastmoney.com/news/1,{NUMBER}.html", site="gold.eastmoney.com"))
    put(archive, web(f"https://finews.withounder.com/x/2026/03/05/NW{NUMBER}.html", site="finews"), load_site("finews"))
    assert [(key, copies) for key, _, copies in articles(archive)] == [(NUMBER, 3)]


def entry(feed: str, url: str, texts: tuple[str, ...], title: str) -> Page:
    text = "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in texts)
    body = ENTRY.format(title=title, url=url, text=text).encode()
    return Page(url + FEED_MARK, "feed", "planet.example", body, AT, found_on=feed)


@pytest.mark.parametrize("feed_first", [False, True])
def test_a_feed_changes_no_article_of_another_site(archive: Archive, feed_first: bool) -> None:
    page, told = (
        web(f"{WWW}/a/1.html"),
        entry("https://planet.example/feed.xml", f"{WWW}/a/1.html", FORGED, "钱庄明天倒闭"),
    )
    for one in (told, page) if feed_first else (page, told):
        put(archive, one)
    assert [(key, title) for key, title, _ in articles(archive)] == [
        ("news.example/a/1.html", "渡轮延长夜航"),
        ("news.example/a/1.html#planet.example", "钱庄明天倒闭"),
    ]


def test_an_entry_of_the_sites_own_feed_is_a_copy_of_its_article(archive: Archive) -> None:
    put(archive, entry(f"{WWW}/feed.xml", f"{WWW}/a/1.html", FERRY, "渡轮延长夜航"))
    put(archive, web(f"{WWW}/a/1.html"))
    assert articles(archive) == [("news.example/a/1.html", "渡轮延长夜航", 2)]


def test_entries_that_differ_by_their_fragments_are_articles_of_their_own(archive: Archive) -> None:
    put(archive, entry(f"{WWW}/feed.xml", f"{WWW}/live.html#a", FERRY, "渡轮延长夜航"))
    put(archive, entry(f"{WWW}/feed.xml", f"{WWW}/live.html#b", BRIDGE, "望湖大桥合龙"))
    assert [key for key, *_ in articles(archive)] == ["news.example/live.html#a", "news.example/live.html#b"]


def test_links_to_what_is_stored_in_another_spelling_are_known(archive: Archive) -> None:
    put(archive, web(f"{WWW}/a/1.jsp;jsessionid=A1?id=3"))
    put(archive, entry(f"{WWW}/feed.xml", f"{WWW}/b.html", BRIDGE, "望湖大桥合龙"))
    links = [
        f"{WWW}/a/1.jsp?id=3&spm=9",
        f"{WWW}/a/1.jsp?id=4",
        f"{WWW}/b.html",
        f"{WWW}/b.html{FEED_MARK}",
        "http://[/x",
    ]
    assert archive.copies.stored_as(links) == {
        links[0]: f"{WWW}/a/1.jsp;jsessionid=A1?id=3",
        links[3]: links[3],
    }


def test_many_pages_that_name_one_address_are_stored_in_time_that_grows_with_their_number(archive: Archive) -> None:
    """Looks at a bounded number of candidates, so that what the statements read does not grow."""
    counts = []
    for number in range(60):
        texts = tuple(f"{text}（之{number}）" for text in FERRY)
        page = web(f"{WWW}/show?ref={number}", texts, f"渡轮夜航之{number}", canonical=f"{WWW}/show")
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        archive.connection.set_progress_handler(step, 50)
        put(archive, page)
        archive.connection.set_progress_handler(None, 0)
        counts.append(steps)
    assert len(articles(archive)) == 60
    assert max(counts[50:]) < 3 * max(counts[25:35])
