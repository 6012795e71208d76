"""A news site that makes it hard to be found out, served as a proxy for its two hosts: an invented paper of two cities.

Its articles come in every way that a crawler has to cope with: by month, by numbered pages, at a second host in GBK,
behind a redirect with relative links, told apart by the query alone, or linked from other articles only. Beside them
are a calendar without end, a cloud of tags, a shop and a page of the house.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from support.servers import Answer, Server

from newsarchive.demo.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.servers import Asked

MAIN, CHANNEL = "www.chaosheng.example", "caijing.chaosheng.example"
PER_PAGE = 10
_FIRST_DAY = date(2025, 6, 1)
_PLACES = ("江湾", "云溪", "望湖", "青石", "白沙", "松岭", "临溪", "石桥")
_MATTERS = (
    "渔港恢复通航",
    "书市周末开张",
    "决算草案公布",
    "旧桥完成加固",
    "茶园开始采摘",
    "夜班公交增加",
    "河道清淤结束",
    "灯会筹备就绪",
)
_TAGS = 60
_ITEMS = 200
#: Kinds of articles: what is the part of each, in order.
KINDS = ("month", "numbered", "channel", "redirected", "query", "related")


def headline_of(number: int) -> str:
    """Return a headline that no other number has."""
    return f"{_PLACES[number % 8]}{_MATTERS[number // 8 % 8]} 第{number}号通报发布"


def paragraphs_of(title: str, number: int, day: date) -> list[str]:
    """Return the text of an article, which no other number has."""
    return [
        f"{title}，记者{day.month}月{day.day}日从现场了解到，工作持续了{number % 90 + 3}天。",
        f"负责人介绍，第{number}批材料清晨运抵，工人们分成{number % 7 + 2}组作业，出行没有受到影响。",
        f"附近居民表示，希望第{number}号通报里的安排能够按时完成，后续情况将在下周再次公布。",
    ]


@dataclass(frozen=True, slots=True)
class Story:
    """One article: its number, its kind, its address, and the day on which it came out."""

    number: int
    kind: str
    url: str
    day: date

    @property
    def title(self) -> str:
        """Return its headline, which no other one has."""
        return headline_of(self.number)

    @property
    def text(self) -> list[str]:
        """Return its paragraphs."""
        return paragraphs_of(self.title, self.number, self.day)


class HardSite(Server):
    """The site; `stories` are all its articles."""

    def __init__(self, number: int) -> None:
        super().__init__(self.respond)
        self.stories = [_story(one, KINDS[one % len(KINDS)]) for one in range(number)]
        self._by_url = {story.url: story for story in self.stories}
        self._by_kind = {kind: [story for story in self.stories if story.kind == kind] for kind in KINDS}

    def respond(self, request: Asked) -> Answer:
        """Answer a request for a full address, as a proxy does."""
        parts = urlsplit(request.path)
        url = request.path
        if url in self._by_url:
            return self._page(parts.netloc, self._article(self._by_url[url]))
        if parts.netloc not in (MAIN, CHANNEL):
            return Answer(b"no such host here", 502)
        if parts.path == "/zonghe":
            return Answer(b"", 301, {"Location": f"http://{MAIN}/pindao/zonghe/"})
        body = self._channel(parts.path) if parts.netloc == CHANNEL else self._main(parts.path, parts.query)
        return self._page(parts.netloc, body) if body is not None else Answer(b"<title>404</title>", 404)

    def _page(self, host: str, body: tuple[str, str]) -> Answer:
        title, inner = body
        charset = "gb18030" if host == CHANNEL else "utf-8"
        declared = "gb2312" if host == CHANNEL else "utf-8"
        text = f"""<!doctype html><html lang="zh"><head><meta charset="{declared}"><title>{title}_潮声网</title></head>
<body><div class="nav"><a href="http://{MAIN}/">首页</a> <a href="http://{MAIN}/xinwen/">新闻</a>
<a href="http://{MAIN}/difang/">地方</a> <a href="http://{MAIN}/zonghe">综合</a> <a href="http://{CHANNEL}/">财经</a>
<a href="http://{MAIN}/tongbao.php">通报</a> <a href="http://{MAIN}/rili/2026/03/">日历</a>
<a href="http://{MAIN}/shop/">商城</a> <a href="http://{MAIN}/about.html">关于我们</a></div>
{inner}<div class="foot">潮声网 版权所有 备案号00000001</div></body></html>"""
        return Answer(text.encode(charset), 200, {"Content-Type": "text/html"})

    def _article(self, story: Story) -> tuple[str, str]:
        related = [one for one in self._by_kind["related"] if one.number in (story.number + 1, story.number - 1)]
        links = "".join(f'<li><a href="{one.url}">{one.title}</a></li>' for one in related)
        paragraphs = "".join(f"<p>{text}</p>" for text in story.text)
        when = f"{story.day} 08:{story.number % 60:02d}"
        tags = " ".join(
            f'<a href="http://{MAIN}/tag/t{(story.number + one) % _TAGS}.html">标签</a>' for one in (1, 7, 13)
        )
        return story.title, (
            f'<h1>{story.title}</h1><div class="meta">{when} 来源：潮声晚报</div><div class="text">{paragraphs}</div>'
            f'<div class="related"><h3>相关阅读</h3><ul>{links}</ul></div><div class="tags">{tags}</div>'
        )

    def _main(self, path: str, query: str) -> tuple[str, str] | None:
        if path == "/":
            newest = [story for kind in KINDS[:-1] for story in self._by_kind[kind][:3]]
            cloud = " ".join(f'<a href="/tag/t{one}.html">话题{one}</a>' for one in range(_TAGS))
            return "首页", f"{_list(newest)}<div>{cloud}</div>"
        if path.startswith(("/tag/t", "/rili/", "/shop/")) or path == "/about.html":
            return self._beside(path)
        return self._section(path, query)

    def _section(self, path: str, query: str) -> tuple[str, str] | None:
        if path.startswith("/xinwen/"):
            return self._month(path)
        if path == "/difang/" or path.startswith("/difang/list_"):
            number = 1 if path == "/difang/" else _number(path, "/difang/list_", ".html")
            return _numbered("地方", self._by_kind["numbered"], number, "/difang/list_{}.html", "/difang/")
        if path == "/pindao/zonghe/" or path.startswith("/pindao/zonghe/p"):
            return self._relative(1 if path == "/pindao/zonghe/" else _number(path, "/pindao/zonghe/p", ".html"))
        return self._forms(parse_qs(query)) if path == "/tongbao.php" else None

    def _month(self, path: str) -> tuple[str, str] | None:
        months = sorted({f"{story.day:%Y-%m}" for story in self._by_kind["month"]}, reverse=True)
        name = path.removeprefix("/xinwen/").removesuffix(".html") or months[0]
        if name not in months:
            return None
        archive = " ".join(f'<a href="/xinwen/{month}.html">{month[:4]}年{int(month[5:])}月</a>' for month in months)
        return f"{name} 新闻", _list([one for one in self._by_kind["month"] if f"{one.day:%Y-%m}" == name]) + archive

    def _relative(self, number: int) -> tuple[str, str] | None:
        """List articles by links that belong to where the redirect led, turned by a list of pages to choose from."""
        stories = self._by_kind["redirected"]
        pages = max(1, -(-len(stories) // PER_PAGE))
        shown = stories[(number - 1) * PER_PAGE : number * PER_PAGE]
        if not shown:
            return None
        items = "".join(
            f'<li><a href="../../{urlsplit(one.url).path[1:]}">{one.title}</a> {one.day}</li>' for one in shown
        )
        options = "".join(f'<option value="p{one}.html">{one}</option>' for one in range(2, pages + 1))
        return "综合", f'<ul>{items}</ul><select><option value="./">1</option>{options}</select>'

    def _forms(self, query: dict[str, list[str]]) -> tuple[str, str] | None:
        number = int(query.get("page", ["1"])[0])
        return _numbered("通报", self._by_kind["query"], number, "/tongbao.php?page={}", "/tongbao.php")

    def _channel(self, path: str) -> tuple[str, str] | None:
        if path == "/":
            return _numbered("财经", self._by_kind["channel"], 1, "/index_{}.html", "/")
        if path.startswith("/index_"):
            return _numbered("财经", self._by_kind["channel"], _number(path, "/index_", ".html"), "/index_{}.html", "/")
        return None

    def _beside(self, path: str) -> tuple[str, str] | None:
        if path.startswith("/tag/t"):
            number = _number(path, "/tag/t", ".html")
            return f"话题{number}", _list(
                [story for story in self.stories if story.number % _TAGS == number][:PER_PAGE]
            )
        if path.startswith("/rili/"):
            year, month = (int(part) for part in path.strip("/").split("/")[1:3])
            before, after = (year - (month == 1), (month - 2) % 12 + 1), (year + (month == 12), month % 12 + 1)
            links = "".join(
                f'<a href="/rili/{one}/{two:02d}/">{text}</a> '
                for (one, two), text in ((before, "上月"), (after, "下月"))
            )
            return f"{year}年{month}月日历", f"<h1>{year}年{month}月</h1><p>{links}</p><p>本月没有活动。</p>"
        if path == "/shop/":
            goods = "".join(
                f'<li><a href="/shop/item-{one}.html">商品{one}号</a> {one}.00元</li>' for one in range(_ITEMS)
            )
            return "商城", f"<ul>{goods}</ul>"
        if path.startswith("/shop/item-"):
            number = _number(path, "/shop/item-", ".html")
            return (
                f"商品{number}号",
                f"<h1>商品{number}号 手工茶杯</h1><p>{number}.00元，{'陶土烧制，釉色温润，适合日常饮茶使用。' * 6}</p>",
            )
        return "关于我们", f"<h1>关于我们</h1><p>{'潮声网由江湾的几位编辑创办，报道两座城市的日常生活。' * 5}</p>"


@contextmanager
def hard_site(number: int) -> Iterator[HardSite]:
    """Serve the site with so many articles."""
    with serving(HardSite(number)) as site:
        yield site


def _story(number: int, kind: str) -> Story:
    day = _FIRST_DAY + timedelta(days=number % 270)
    path = {
        "month": f"http://{MAIN}/xinwen/{day:%Y%m}/t{day:%Y%m%d}_{1000 + number}.html",
        "numbered": f"http://{MAIN}/difang/{day.year}/{day:%m%d}/{1000 + number}.html",
        "channel": f"http://{CHANNEL}/a/{1000 + number}.shtml",
        "redirected": f"http://{MAIN}/pindao/wen/{1000 + number}.html",
        "query": f"http://{MAIN}/show.php?id={1000 + number}",
        "related": f"http://{MAIN}/xinwen/{day:%Y%m}/t{day:%Y%m%d}_{1000 + number}.html",
    }
    return Story(number, kind, path[kind], day)


def _list(stories: list[Story]) -> str:
    return (
        "<ul>"
        + "".join(f'<li><a href="{one.url}">{one.title}</a> <span>{one.day}</span></li>' for one in stories)
        + "</ul>"
    )


def _numbered(title: str, stories: list[Story], number: int, page: str, first: str) -> tuple[str, str] | None:
    shown = stories[(number - 1) * PER_PAGE : number * PER_PAGE]
    if not shown:
        return None
    pages = -(-len(stories) // PER_PAGE)
    links = f'<a href="{first}">1</a> ' + " ".join(
        f'<a href="{page.format(one)}">{one}</a>' for one in range(2, pages + 1) if abs(one - number) <= 3
    )
    following = f' <a href="{page.format(number + 1)}">下一页</a>' if number < pages else ""
    return title, f'{_list(shown)}<div class="pages">{links}{following}</div>'


def _number(path: str, before: str, after: str) -> int:
    text = path.removeprefix(before).removesuffix(after)
    return int(text) if text.isdigit() else 0
