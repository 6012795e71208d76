"""Pages that come in place of an article are not stored, on a site without rules either, and what is stored stays."""

import pytest
from support.servers import Answer
from support.small_site import RECHECK_AT_ONCE, small_site

HTML = {"Content-Type": "text/html; charset=utf-8"}
NOTICE = "<html><head><title>{0}_江湾网</title></head><body><h1>{0}</h1><p>{1}</p></body></html>"
ANSWERS = {
    1: ("redirected-away", Answer(b"", 302, {"Location": "/"})),
    2: ("redirected-away", Answer(b"", 302, {"Location": "/user/login?back=2"})),
    3: ("error-page", Answer(b"", 302, {"Location": "/404.html"})),
    4: ("error-page", Answer(NOTICE.format("抱歉，页面不存在", "您可以返回首页，或者稍后重试。").encode(), 200, HTML)),
    5: ("verification-page", Answer(NOTICE.format("访问验证", "请完成下方的验证后继续。").encode(), 200, HTML)),
    6: ("not-html", Answer(b"%PDF-1.5\n1 0 obj", 200, HTML)),
    7: ("not-html", Answer(b'{"code": 500}', 200, HTML)),
    8: ("empty-page", Answer(b" \n", 200, HTML)),
}


@pytest.fixture
def site():
    with small_site() as server:
        server.listing(*ANSWERS, 9)
        server.article(9, "今天上午，江湾港的吞吐量比昨天增加了一成。")
        for path in ("/404.html", "/user/login?back=2"):
            server.write(path, NOTICE.format("江湾网", "欢迎。"))
        yield server


def crawl_it(crawl, site, tmp_path, more=""):
    environment = site.describe(tmp_path / "sites", more=more)
    path = tmp_path / "sites" / "small.toml"
    text = path.read_text(encoding="utf-8")
    before, _, layout = text.partition("[[layouts]]")
    path.write_text(before + layout.partition('body = [".text"]')[2], encoding="utf-8")
    return crawl("category", site="small", environment=environment)


def test_what_comes_in_place_of_an_article_has_its_reason_and_is_tried_again(crawl, site, tmp_path):
    site.answers = {f"/news/{number}.html": answer for number, (_, answer) in ANSWERS.items()}
    done = crawl_it(crawl, site, tmp_path)
    assert done.rows("SELECT state, reason FROM frontier ORDER BY url") == [
        *(("pending", reason) for reason, _ in ANSWERS.values()),
        ("done", None),
    ]
    assert done.column("SELECT title FROM articles") == ["第9条消息的标题写得清楚"]


@pytest.mark.parametrize("number", [1, 4, 5, 6, 8])
def test_a_stored_text_does_not_give_way_to_it(crawl, site, tmp_path, number):
    site.listing(9)
    crawl_it(crawl, site, tmp_path, RECHECK_AT_ONCE)
    crawl.let_time_pass()
    reason, site.answers["/news/9.html"] = ANSWERS[number]
    done = crawl_it(crawl, site, tmp_path, RECHECK_AT_ONCE)
    assert done.rows("SELECT title, published_at IS NOT NULL, revision FROM articles") == [
        ("第9条消息的标题写得清楚", 1, 1)
    ]
    assert done.reasons("/news/9.html") == {reason}
    assert done.state("/news/9.html") == {"done"}


@pytest.mark.parametrize(
    "answer",
    [Answer(b"", 404), Answer(b""), ANSWERS[4][1], Answer(b"", 302, {"Location": "https://elsewhere.example/"})],
    ids=["not found", "empty", "error page", "foreign host"],
)
def test_a_run_whose_pages_were_all_lost_ends_with_status_3(crawl, site, tmp_path, answer):
    site.listing(*range(12))
    site.answers = {f"/news/{number}.html": answer for number in range(12)}
    done = crawl_it(crawl, site, tmp_path)
    assert done.status == 3, done.log
    assert "ALARM: 12 of 12 pages brought no article" in done.log
