"""Everything a crawler should survive: each bad input has its own address and stands in one category."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

from newsarchive.demo.html_page import Head, page
from newsarchive.demo.mirror import Entry, category_page
from newsarchive.demo.reply import JSON, Manner, Reply
from newsarchive.demo.seeded_random import SeededRandom

SLUG, TAG = "hostile", "坏天气新闻"
ENDLESS = "/category/endless"
_DAY = "2026/03/05"
_WHEN = "2026-03-05 08:30:00"
_SIZE = 20 * 1024 * 1024  # bytes of the page that is too large
_FAILURES = 2  # attempts that fail before an address with a passing trouble answers
_ELSEWHERE = "http://elsewhere.invalid"

_LEAD = "这一页用来试一试爬虫的耐心。外面下着雨，灯塔照常亮着，值班的人把每一次潮位都记在本子上。"
_REST = "雨停以后，海面平得像刚熨过的布。值班员合上本子，说今天没有什么可写，这就是最好的消息。"


@dataclass(frozen=True, slots=True)
class Case:
    """One bad input: where it is (or leads), and the reason under which a crawler should record it.

    `reason` is None where there is nothing to record in the end; `kept` tells whether the page is an article that must
    be in the archive all the same, None where a crawler may decide.
    """

    name: str
    title: str
    link: str
    reason: str | None
    kept: bool | None


def _path(number: int) -> str:
    return f"/{SLUG}/{_DAY}/{_code(number)}.html"


def _code(number: int) -> str:
    return f"NW2026030599000000{number:02d}"


# name, title, reason; its place in the table is the number in its address.
_PAGES: tuple[tuple[str, str, str | None], ...] = (
    ("index", "坏天气里的一页好文章", None),
    ("empty-page", "空白的一页", "empty-page"),
    ("error-page", "说自己不在的一页", "error-page"),
    ("login-wall", "要登录才给看的一页", "login-wall"),
    ("no-title", "没有标题的一页", "no-title"),
    ("no-date", "没有日期的一页", "no-date"),
    ("no-body", "没有正文的一页", "no-body"),
    ("future-date", "来自将来的一页", "future-date"),
    ("wrong-charset", "报错了字符集的一页", "wrong-charset"),
    ("too-large", "二十兆的一页", "too-large"),
    ("cut-gzip", "压缩包只有半截的一页", "broken-transfer"),
    ("redirect-loop", "原地打转的一页", "redirect-loop"),
    ("redirect-private", "转向内网的一页", "unsafe-url"),
    ("redirect-foreign", "转向别处的一页", "foreign-host"),
    ("shell-without-data", "分享页背后什么也没有", "gone"),
    ("data-is-html", "数据其实是网页", "not-json"),
    ("data-without-text", "数据里没有正文", "no-text"),
    ("unknown-code", "编号看不懂的分享链接", "bad-info-code"),
    ("too-many-requests", "请稍后再来的一页", None),
    ("unavailable", "时断时续的一页", None),
    ("slow", "慢吞吞的一页", None),
    ("reset-once", "断过一次线的一页", None),
    ("reset", "总在半路断线的一页", "broken-transfer"),
    ("wrong-length", "长度说大了的一页", "broken-transfer"),
)
_NUMBERS = {name: number for number, (name, _, _) in enumerate(_PAGES)}
# Pages that are articles although something about them is bad, and those of which that is a matter of taste.
_KEPT = frozenset(
    ("index", "no-title", "no-date", "future-date", "wrong-charset", "shell-without-data", "data-is-html",
     "data-without-text", "unknown-code", "too-many-requests", "unavailable", "slow", "reset-once")
)  # fmt: skip
_MAY_BE_KEPT = frozenset(("no-body", "too-large", "cut-gzip", "wrong-length", "reset"))
# What the share service answers for the codes of some pages; for all others it has their text.
_NO_TEXT = Reply(b'{"text":null}', content_type=JSON)
_BAD_DATA = {
    "shell-without-data": Reply(status=404),
    "data-is-html": Reply("<html><body><h1>系统繁忙</h1></body></html>".encode(), content_type=JSON),
    "data-without-text": _NO_TEXT,
    "no-body": _NO_TEXT,
}
# Links that must never be followed.
_LINKS = (
    ("foreign-host", "别家网站的链接", f"{_ELSEWHERE}{_path(90)}", "foreign-host"),
    ("javascript-link", "点了会跑脚本的链接", "javascript:alert(1)//" + _path(91), "unsafe-url"),
    ("file-link", "指向本机文件的链接", "file:///etc/" + _path(92).lstrip("/"), "unsafe-url"),
    ("private-10", "指向内网十段的链接", f"http://10.0.0.1{_path(93)}", "unsafe-url"),
    ("private-169", "指向云主机元数据的链接", f"http://169.254.169.254{_path(94)}", "unsafe-url"),
    ("private-port", "指向本机别的端口的链接", f"http://127.0.0.1:9{_path(95)}", "unsafe-url"),
    ("private-name", "指向本机名字的链接", f"http://localhost:9{_path(96)}", "unsafe-url"),
    ("private-v6", "指向本机新式地址的链接", f"http://[::1]:9{_path(97)}", "unsafe-url"),
)


def cases() -> list[Case]:
    """List every bad input, in the order of the category page."""
    pages = [
        Case(name, title, _path(number), reason, None if name in _MAY_BE_KEPT else name in _KEPT)
        for number, (name, title, reason) in enumerate(_PAGES)
    ]
    links = [Case(name, title, link, reason, kept=False) for name, title, link, reason in _LINKS]
    endless = Case("endless-paging", "翻不完的目录", f"{ENDLESS}.html", "endless-paging", kept=False)
    return [*pages, *links, endless]


def entries() -> list[Entry]:
    """Return the lines of the category page."""
    return [Entry(case.link, case.title) for case in cases()]


def reply(base: str, path: str, query: dict[str, str], attempt: int) -> Reply | None:
    """Answer for an address of this section; None for every other. `attempt` counts earlier requests for it."""
    if path == f"/category/{SLUG}.html":
        return Reply(category_page(base, SLUG, TAG, entries(), TAG))
    if path.startswith(ENDLESS):
        return _endless(base, path)
    if path == "/NewsData/GetNewsText.do":
        return _data(query.get("id", ""))
    number = next((number for number in _NUMBERS.values() if path == _path(number)), None)
    if number is None:
        return None
    name, title, _ = _PAGES[number]
    good = _article(base, number, title)
    make = _ANSWERS.get(name)
    return make(good, base, path, attempt) if make else good


def _article(base: str, number: int, title: str, *, when: str = _WHEN, text: bool = True) -> Reply:
    codes = {"unknown-code": "QQ-12345"}
    share = f"{base}/html_News/NewsShare.html?infoCode={codes.get(_PAGES[number][0], _code(number))}"
    host = base.partition(":")[2]
    parts = [f"<small>(GMT+8, Asia/Shanghai, CST) {when}</small>\n<h1>{escape(title)}</h1>"]
    if text:
        parts.append(f'<p>{_LEAD}</p>\n<p>{_REST}</p>\n<p class="em_media">（文章来源：江湾晚报）</p>')
    parts += [
        f'<p><a href="{share}">{share}</a></p>',
        f'<p><a href="{host}/category/{SLUG}.html">返回{TAG}</a>｜<a href="{host}/">返回首页</a></p>',
        f"  <small>tags: <em>{TAG}</em></small>",
    ]
    return Reply(page(base, Head(title, base + _path(number), _LEAD if text else None), "\n\n".join(parts)))


def _data(code: str) -> Reply | None:
    """Answer for a code of this section; None for every other, so that the site itself answers."""
    name = next((name for name, number in _NUMBERS.items() if code == _code(number)), None)
    if name is None:
        return None
    if name in _BAD_DATA:
        return _BAD_DATA[name]
    answer = {"text": f'<p>{_LEAD}</p><p>{_REST}</p><p class="em_media">（文章来源：江湾晚报）</p>'}
    return Reply(json.dumps(answer, ensure_ascii=False).encode(), content_type=JSON)


def _endless(base: str, path: str) -> Reply | None:
    number = path.removeprefix(ENDLESS).removeprefix("_").removesuffix(".html") or "1"
    if not number.isdecimal() or len(number) > 9:
        return None
    items = f'<li><a href="{_path(0)}">{_PAGES[0][1]}</a></li>'
    following = f"{ENDLESS}_{int(number) + 1}.html"
    section = f'<h2>{TAG}</h2>\n<ul>{items}</ul>\n<p>第{number}页 <a class="next" href="{following}">下一页</a></p>'
    return Reply(page(base, Head(TAG, base + path), section))


# How the answer for a page differs from a good one.
_Answer = Callable[[Reply, str, str, int], Reply]


def _empty(good: Reply, _base: str, _path: str, _attempt: int) -> Reply:
    return replace(good, body=b"")


def _written(name: str, title: str | None = None, when: str = _WHEN, *, text: bool = True) -> _Answer:
    number = _NUMBERS[name]
    printed = _PAGES[number][1] if title is None else title

    def make(_good: Reply, base: str, _path: str, _attempt: int) -> Reply:
        return _article(base, number, printed, when=when, text=text)

    return make


def _redirect(target: str | None) -> _Answer:
    def make(_good: Reply, _base: str, path: str, _attempt: int) -> Reply:
        return Reply(status=302, headers=(("Location", target or path),))

    return make


def _passing(status: int, *headers: tuple[str, str]) -> _Answer:
    def make(good: Reply, _base: str, _path: str, attempt: int) -> Reply:
        return Reply(b"", status=status, headers=headers) if attempt < _FAILURES else good

    return make


def _sent(manner: Manner, failures: int | None = None) -> _Answer:
    def make(good: Reply, _base: str, _path: str, attempt: int) -> Reply:
        return replace(good, manner=manner) if failures is None or attempt < failures else good

    return make


def _wrong_charset(good: Reply, _base: str, _path: str, _attempt: int) -> Reply:
    return replace(good, body=good.body.decode().encode("gb18030"))


def _too_large(good: Reply, _base: str, _path: str, _attempt: int) -> Reply:
    line = f"<p>{_REST}</p>\n".encode()
    head, mark, tail = good.body.partition(b'<p class="em_media">')
    return replace(good, body=head + line * (_SIZE // len(line) + 1) + mark + tail)


def _cut_gzip(good: Reply, *_: object) -> Reply:
    packed = gzip.compress(good.body, mtime=0)
    return replace(good, body=packed[: len(packed) // 2], headers=(("Content-Encoding", "gzip"),), manner="raw")


def _wrong_length(good: Reply, *_: object) -> Reply:
    return replace(good, headers=(("Content-Length", str(len(good.body) + 1000)),), manner="raw")


def _missing(good: Reply, base: str, path: str, _attempt: int) -> Reply:
    section = (
        "<h2>404 找不到页面 Page Not Found</h2>\n<p>此页面不存在，您可能访问了过期的消息或者输入了错误的网址。</p>"
    )
    return replace(good, body=page(base, Head("404", base + path), section))


def _login_wall(good: Reply, base: str, path: str, _attempt: int) -> Reply:
    form = (
        "<p>登录后阅读全文</p>\n"
        '<form action="/login" method="post"><input name="user"><input type="password" name="password">'
        "<button>登录</button></form>\n<p>还没有账号？请先注册。</p>"
    )
    return replace(good, body=page(base, Head("请登录", base + path), f"<h1>请登录</h1>\n{form}"))


_ANSWERS: dict[str, _Answer] = {
    "empty-page": _empty,
    "error-page": _missing,
    "login-wall": _login_wall,
    "no-title": _written("no-title", title=""),
    "no-date": _written("no-date", when=""),
    "no-body": _written("no-body", text=False),
    "future-date": _written("future-date", when="2099-01-01 00:00:00"),
    "wrong-charset": _wrong_charset,
    "too-large": _too_large,
    "cut-gzip": _cut_gzip,
    "redirect-loop": _redirect(None),
    "redirect-private": _redirect("http://10.0.0.1/"),
    "redirect-foreign": _redirect(f"{_ELSEWHERE}/"),
    "too-many-requests": _passing(429, ("Retry-After", "1")),
    "unavailable": _passing(503),
    "slow": _sent("slow"),
    "reset-once": _sent("reset", 1),
    "reset": _sent("reset"),
    "wrong-length": _wrong_length,
}

# Trouble that may befall any article's page on its first attempts.
_TROUBLES: tuple[_Answer, ...] = (
    _passing(503),
    _passing(429, ("Retry-After", "1")),
    _sent("reset", _FAILURES),
    _sent("slow", _FAILURES),
    _cut_gzip,
    _wrong_length,
)


def troubled(good: Reply, path: str, attempt: int, percent: int) -> Reply:
    """Let `percent` of the addresses fail on their first two attempts, each in its own way; then it answers well."""
    if attempt >= _FAILURES or not percent:
        return good
    dice = SeededRandom("trouble", path)
    return dice.pick(_TROUBLES)(good, "", path, attempt) if dice.chance(percent) else good
