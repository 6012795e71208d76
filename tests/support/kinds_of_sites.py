"""Small invented sites, each built as a kind of content system builds its own: all their pages, by path and query.

What differs is how their lists are laid out and paged, what the addresses of articles look like, and what else there
is. The articles are worded as those of the hard site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from support.hard_site import headline_of, paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: Path with its query -> HTML; what begins otherwise is XML or JSON.
Pages = dict[str, str]

SECTIONS = ("城市", "交通", "水务", "教育")


@dataclass(frozen=True, slots=True)
class Story:
    """One article: its number, its headline, its paragraphs, its day and its section."""

    number: int
    title: str
    paragraphs: list[str]
    day: date
    section: int

    @property
    def text(self) -> str:
        """Return its paragraphs as HTML."""
        return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.paragraphs)


def stories(count: int) -> list[Story]:
    """Make so many articles, the newest first."""
    made = []
    for number in range(count, 0, -1):
        title, day = headline_of(number), date(2026, 3, 1) - timedelta(days=count - number)
        made.append(Story(number, title, paragraphs_of(title, number, day), day, number % len(SECTIONS)))
    return made


def _page(title: str, body: str, nav: str = "", head: str = "") -> str:
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head><body>'
        f'<div class="nav"><a href="/">首页</a> {nav}</div>{body}<div class="footer">版权所有 潮声</div></body></html>'
    )


def _links(listed: Sequence[Story], url: Callable[[Story], str], *, dated: bool = True) -> str:
    items = (
        f'<li><a href="{escape(url(one))}">{escape(one.title)}</a>{f"<span>{one.day}</span>" if dated else ""}</li>'
        for one in listed
    )
    return f"<ul>{''.join(items)}</ul>"


def _parts(listed: Sequence[Story], size: int) -> list[Sequence[Story]]:
    return [listed[at : at + size] for at in range(0, len(listed), size)]


def _sections(listed: Sequence[Story], size: int) -> Iterator[tuple[int, str, list[Sequence[Story]]]]:
    """Yield the number and the name of each section with its pages of so many articles."""
    for number, name in enumerate(SECTIONS):
        yield number, name, _parts([one for one in listed if one.section == number], size)


def university(listed: Sequence[Story]) -> Pages:
    """Pages of a list are numbered from the last: xw0.htm, xw0/4.htm, xw0/3.htm; the front page cuts headlines."""
    nav = " ".join(f'<a href="/xw{number}.htm">{name}</a>' for number, name in enumerate(SECTIONS))
    made: Pages = {
        f"/info/{one.section}/{one.number}.htm": _page(
            f"{one.title}-潮声学院",
            f"<h2>{one.title}</h2><p>发布时间：{one.day:%Y年%m月%d日} 作者：周小禾</p><div>{one.text}</div>",
            nav,
        )
        for one in listed
    }
    cut = "".join(
        f'<li><a href="info/{one.section}/{one.number}.htm" title="{one.title}">{one.title[:12]}...</a></li>'
        for one in listed[:8]
    )
    made["/"] = _page("潮声学院", f"<ul>{cut}</ul>", nav)
    for number, name, pages in _sections(listed, 4):
        for place, some in enumerate(pages):
            up, here = ("../", "") if place else ("", f"xw{number}/")
            items = _links(some, lambda one, up=up: f"{up}info/{one.section}/{one.number}.htm")  # type: ignore[misc]
            older = f'<a href="{here}{len(pages) - place - 1}.htm">下页</a>' if place + 1 < len(pages) else ""
            path = f"/xw{number}/{len(pages) - place}.htm" if place else f"/xw{number}.htm"
            made[path] = _page(name, f"{items}<div>{older}</div>", nav)
    return made


def government(listed: Sequence[Story]) -> Pages:
    """A script writes the pager: createPageHTML(4, 0, "index", "html")."""
    nav = " ".join(f'<a href="/xw/s{number}/">{name}</a>' for number, name in enumerate(SECTIONS))

    def path(one: Story) -> str:
        return f"/xw/s{one.section}/{one.day:%Y%m}/t{one.day:%Y%m%d}_{one.number}.html"

    made = {
        path(one): _page(
            one.title, f"<h1>{one.title}</h1><p>来源：区府办 日期：{one.day}</p><div>{one.text}</div>", nav
        )
        for one in listed
    }
    made["/"] = _page("望湖区人民政府", _links(listed[:6], path, dated=False), nav)
    for number, name, pages in _sections(listed, 4):
        for place, some in enumerate(pages):
            script = f'<script>createPageHTML({len(pages)}, {place}, "index", "html");</script>'
            made[f"/xw/s{number}/" + (f"index_{place}.html" if place else "")] = _page(
                name, _links(some, path) + script, nav
            )
    return made


def by_query(listed: Sequence[Story]) -> Pages:
    """One script for everything: articles and lists differ in the query."""
    nav = " ".join(f'<a href="/?a=lists&amp;catid={number}">{name}</a>' for number, name in enumerate(SECTIONS))

    def path(one: Story) -> str:
        return f"/?a=show&catid={one.section}&id={one.number}"

    made = {
        path(one): _page(one.title, f"<h1>{one.title}</h1><p>{one.day} 来源：云溪晨报</p><div>{one.text}</div>", nav)
        for one in listed
    }
    made["/"] = _page("潮声热线", _links(listed[:6], path, dated=False), nav)
    for number, name, pages in _sections(listed, 4):
        for place, some in enumerate(pages):
            pager = " ".join(
                f'<a href="/?a=lists&amp;catid={number}&amp;page={other + 1}">{other + 1}</a>'
                for other in range(len(pages))
                if other != place
            )
            query = f"/?a=lists&catid={number}"
            made[f"{query}&page={place + 1}"] = _page(name, _links(some, path) + pager, nav)
            made.setdefault(query, made[f"{query}&page={place + 1}"])
    return made


def magazine(listed: Sequence[Story]) -> Pages:
    """Cards without a date, "older posts", a page for each author and tag, an index of sitemaps."""

    def cards(some: Sequence[Story]) -> str:
        return "".join(
            f'<article><a href="/p{one.number}/"><img src="/i.png"></a><a href="/p{one.number}/"><h2>{one.title}</h2>'
            f"<section>{one.paragraphs[0]}</section></a></article>"
            for one in some
        )

    made = {
        f"/p{one.number}/": _page(
            one.title,
            f"<article><time datetime='{one.day}'>{one.day}</time><h1>{one.title}</h1>"
            f"<a href='/author/zhou/'>周小禾</a>{one.text}</article><aside>{cards(listed[:3])}</aside>",
        )
        for one in listed
    }
    for base, some in (("/", listed), ("/author/zhou/", listed), ("/tag/shui/", listed[::3])):
        pages = _parts(some, 8)
        for place, few in enumerate(pages):
            older = f'<a href="{base}page/{place + 2}/">Older posts</a>' if place + 1 < len(pages) else ""
            made[base if not place else f"{base}page/{place + 1}/"] = _page("潮声周刊", cards(few) + older)
    maps = {"posts": [f"p{one.number}/" for one in listed], "authors": ["author/zhou/"], "tags": ["tag/shui/"]}
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    for name, paths in maps.items():
        entries = "".join(f"<url><loc>{{base}}/{path}</loc></url>" for path in paths)
        made[f"/sitemap-{name}.xml"] = f'<?xml version="1.0"?><urlset xmlns="{schema}">{entries}</urlset>'
    entries = "".join(f"<sitemap><loc>{{base}}/sitemap-{name}.xml</loc></sitemap>" for name in maps)
    made["/sitemap.xml"] = f'<?xml version="1.0"?><sitemapindex xmlns="{schema}">{entries}</sitemapindex>'
    return made


def loaded_by_script(listed: Sequence[Story]) -> Pages:
    """The front page shows ten articles; a script asks for more, as JSON."""

    def path(one: Story) -> str:
        return f"/detail/{one.number}"

    made = {path(one): _page(one.title, f"<h1>{one.title}</h1><p>{one.day} 08:15</p>{one.text}") for one in listed}
    script = "<script>$.getJSON('/api/list?channel=0&page=' + (++page), show)</script>"
    made["/"] = _page("潮声快讯", _links(listed[:10], path) + script)
    for place, some in enumerate([*_parts(listed, 10), ()]):
        items = ", ".join(f'{{"title": "{one.title}", "url": "{path(one)}", "time": "{one.day}"}}' for one in some)
        made[f"/api/list?channel=0&page={place + 1}"] = f'{{"data": {{"list": [{items}]}}}}'
    return made


def frames(listed: Sequence[Story]) -> Pages:
    """A page that sends on, a set of frames, a map of areas, articles without one element that says what it is."""

    def path(one: Story) -> str:
        return f"/news/{one.day:%Y}/{one.number:04}.htm"

    made = {
        path(one): f"<title>{one.title}</title><center><b>{one.title}</b><br>{one.day:%Y年%m月%d日}</center><hr>"
        + "<br><br>".join(one.paragraphs)
        for one in listed
    }
    made["/"] = '<meta http-equiv="refresh" content="0;url=/cn/index.htm">'
    made["/cn/index.htm"] = (
        '<title>潮声</title><frameset rows="9,*"><frame src="top.htm"><frame src="list0.htm"></frameset>'
    )
    made["/cn/top.htm"] = '<map name="m">' + "".join(
        f'<area href="list{number}.htm" target="main">' for number in range(len(SECTIONS))
    )
    for number, name, pages in _sections(listed, 5):
        for place, some in enumerate(pages):
            older = f'<a href="list{number}_{place + 2}.htm">下一页</a>' if place + 1 < len(pages) else ""
            path_of_list = f"/cn/list{number}" + (f"_{place + 1}" if place else "") + ".htm"
            made[path_of_list] = f"<title>{name}</title>{_links(some, lambda one: '..' + path(one))}{older}"
    return made


def by_month(listed: Sequence[Story]) -> Pages:
    """The front page shows five articles; the others are found through a list of months to choose from."""

    def path(one: Story) -> str:
        return f"/{one.day:%Y/%m/%d}/n{one.number}.html"

    made = {path(one): _page(one.title, f"<h1>{one.title}</h1><p>{one.day}</p>{one.text}") for one in listed}
    months = sorted({f"{one.day:%Y/%m}" for one in listed}, reverse=True)
    options = "".join(f"<option value='/{month}/'>{month}</option>" for month in months)
    made["/"] = _page("潮声日志", f"{_links(listed[:5], path)}<select onchange='go(this)'>{options}</select>")
    for month in months:
        made[f"/{month}/"] = _page(month, _links([one for one in listed if f"{one.day:%Y/%m}" == month], path))
    return made


def company(listed: Sequence[Story]) -> Pages:
    """News among products, chapters of a manual and people, which are no articles."""
    nav = " ".join(f'<a href="/{name}/">{name}</a>' for name in ("products", "docs", "team", "news"))
    made = {
        f"/news/n{one.number}/": _page(one.title, f"<h1>{one.title}</h1><p>{one.day} 周小禾</p>{one.text}", nav)
        for one in listed
    }
    for kind, title, more in (
        ("products", "水泵第{}型 重载", "<p>900 元</p><button>加入购物车</button><p>买家 2026-01-03 用着不错</p>"),
        ("docs", "水泵的安装与维护 第{}章", "<p>最后更新：2026年2月3日</p>"),
        ("team", "程望{}", ""),
    ):
        for number, one in enumerate(listed[:20]):
            made[f"/{kind}/x{number}/"] = _page("潮声水泵", f"<h1>{title.format(number)}</h1>{one.text}{more}", nav)
        items = "".join(f"<a href='/{kind}/x{number}/'>{title.format(number)}</a> " for number in range(20))
        made[f"/{kind}/"] = _page(kind, items, nav)
    pages = _parts(listed, 6)
    for place, some in enumerate(pages):
        older = f"<a href='/news/page/{place + 2}/'>更早</a>" if place + 1 < len(pages) else ""
        items = _links(some, lambda one: f"/news/n{one.number}/")
        made["/news/" + (f"page/{place + 1}/" if place else "")] = _page("新闻", items + older, nav)
    made["/"] = _page("潮声水泵", _links(listed[:3], lambda one: f"/news/n{one.number}/", dated=False), nav)
    return made


KINDS: dict[str, Callable[[Sequence[Story]], Pages]] = {
    kind.__name__: kind
    for kind in (university, government, by_query, magazine, loaded_by_script, frames, by_month, company)
}
