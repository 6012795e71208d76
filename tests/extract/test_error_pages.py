"""Pages of any site that say why they have no article, and short articles that are not taken for such."""

from datetime import UTC, datetime

import pytest

from newsarchive.extract.steps import process
from newsarchive.extract.validate import rejection
from newsarchive.models import Hints, Page

WHEN = datetime(2026, 11, 28, tzinfo=UTC)
TEXT = "江湾市交通局今天公布了新的线路安排，自下周起早高峰加开班次，并在三个换乘站增派引导人员。"


def read(title, *lines, heading=None, hints=None):
    text = "".join(f"<p>{line}</p>" for line in lines)
    body = (
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{heading or title}</h1>{text}</body>"
    )
    return process(Page("https://news.example/a/1.html", "post", "x", body.encode(), WHEN, hints=hints or Hints()))


@pytest.mark.parametrize(
    ("reason", "title", "line"),
    [
        ("error-page", "404 Not Found", "nginx"),
        ("error-page", "页面不存在_望湖早报", "五秒后返回首页。"),
        ("error-page", "出错了！", "今天是2026年11月28日 08:00，欢迎光临。"),
        ("error-page", "望湖早报", "抱歉，您访问的页面找不到了。"),
        ("error-page", "News of Lakeview", "The page you are looking for has moved."),
        ("error-page", "503 Service Temporarily Unavailable", ""),
        ("error-page", "System notice", "The SYSTEM IS BUSY, come back later."),
        ("error-page", "系統提示", "系統繁忙，請稍後再試。"),
        ("error-page", "该内容已被发布者删除", "2026-11-20 您要看的文章已被作者删除。"),
        ("login-wall", "用户登录 - 望湖早报", "用户名"),
        ("login-wall", "望湖早报", "登录后阅读全文。"),
        ("verification-page", "安全验证", "拖动滑块完成拼图。"),
        ("verification-page", "Just a moment...", "Checking your browser before you go on."),
        ("verification-page", "望湖早报", "您的访问过于频繁，请输入验证码。"),
        ("verification-page", "Lakeview", "Before you continue: we value your privacy."),
    ],
)
def test_a_page_without_an_article_says_why(reason, title, line):
    article = read(title, line)
    refused = rejection(article)
    assert refused is not None
    assert refused.reason == reason
    assert (article.title, article.published_at, article.paragraphs) == (None, None, [])


def test_what_a_listing_said_of_it_makes_it_no_article():
    refused = rejection(read("页面不存在", "返回首页。", hints=Hints("江湾地铁加开班次", "2026-11-19 08:00")))
    assert refused is not None
    assert refused.reason == "error-page"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("江湾地铁加开班次", [TEXT]),
        ("购票软件昨夜提示系统繁忙，铁路部门回应", ["2026-11-19 08:00", TEXT]),
        ("江湾地铁加开班次", ["2026-11-19 08:00", f"{TEXT}昨夜购票的市民看到系统繁忙的提示。"]),
        ("江湾地铁加开班次", [TEXT * 7, "请登录官网查询，或请稍后再试。"]),
        (
            "Forbidden",
            ["Nov 19, 2026 08:00", *(f"The film has {n} scenes that nobody had seen before." for n in range(8))],
        ),
        ("Login numbers rise at Lakeview library", ["Nov 19, 2026 08:00", "The library counted more readers. " * 5]),
    ],
)
def test_an_article_may_speak_of_such_pages(title, lines):
    article = read(title, *lines)
    assert rejection(article) is None
    assert article.paragraphs


def test_scripts_and_menus_of_a_page_without_text_say_nothing():
    script = "<script>alert('系统繁忙')</script>" + "<a href=/x>栏目一览与登录后查看</a>" * 200
    refused = rejection(read("望湖早报", script))
    assert refused is None or refused.reason == "not-an-article"
