"""The origin: article pages in two layouts and several charsets, and list pages that repeat the last one."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from newsarchive.demo.markup import credit, elements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.demo.plan import Plan
    from newsarchive.demo.stories import Item

NAME = "潮信网"
PER_LIST = 20
#: Lists of the origin: the last digit of an article's number decides which of them it stands in.
LISTS = ("ccjyw", "cgsyw", "cshsh")

_PAGE = """<!DOCTYPE html><html><head>{meta}<title>{title} _ {name}</title>
<meta name="description" content="{description}"></head><body>
<div class="header"><a href="/">{name}</a>
<a href="/a/{lists[0]}.html">要闻</a> <a href="/a/{lists[1]}.html">公司</a></div>
{article}
<div class="recommend"><ul><li><a href="/a/{neighbour}.html">推荐阅读：潮水与账本</a></li></ul></div>
<div class="footer">{name} 版权均为虚构 风险自担</div></body></html>"""

_NEW = """<div class="newsContent"><h1>{title}</h1>
<div class="Info"><div class="time-source"><div class="time">{time}</div>
<div class="source data-source" data-source="{source}">来源：{source}</div></div></div>
{digest}<div id="ContentBody" class="Body">{body}<p class="res-edit">(责任编辑：{editor})</p>
<div class="zwothers"><p>郑重声明：{name}发布此信息的目的在于传播更多信息，与本站立场无关。</p></div></div></div>"""

_OLD = """<div class="main"><h1 class="atitle">{title}</h1>
<div class="zwfbtime">{time} 来源：{source}</div>
{digest}<div id="zwconbody">{body}<p class="res-edit">（责任编辑：{editor}）</p>
<p>郑重声明：{name}发布此信息的目的在于传播更多信息，与本站立场无关。</p></div></div>"""

_LIST = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{slug} _ {name}</title></head><body>
<div id="newsListContent"><ul>
{items}
</ul></div><div class="pager">{pager}</div></body></html>"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of the origin: its bytes and the Content-Type that goes with them."""

    body: bytes
    content_type: str


def old_layout(plan: Plan) -> bool:
    """Return whether the origin still shows an article in its old layout."""
    return plan.number % 4 == 3


def shows_digest(plan: Plan) -> bool:
    """Return whether the origin shows an abstract: where there is a flash edition with one."""
    return plan.flash == "later"


def article_page(item: Item, neighbour: str, base: str) -> Answer:
    """Write an article's page in its own charset, which header and page may declare wrongly or not at all."""
    charset, header, meta = item.plan.charset
    when = item.plan.published
    old = old_layout(item.plan)
    digest = f'<div class="b-review">{escape(item.digest, quote=False)}</div>\n' if shows_digest(item.plan) else ""
    article = (_OLD if old else _NEW).format(
        title=escape(item.title, quote=False),
        time=f"{when:%Y-%m-%d %H:%M}" if old else f"{when:%Y}年{when:%m}月{when:%d}日 {when:%H:%M}",
        source=escape(item.plan.medium.name),
        digest=digest,
        body="".join(elements(item.blocks, base)) + credit(item.plan.medium),
        editor=item.editor,
        name=NAME,
    )
    page = _PAGE.format(
        meta=f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else "",
        title=escape(item.title, quote=False),
        name=NAME,
        description=escape(item.digest[:80]),
        lists=LISTS,
        article=article,
        neighbour=neighbour,
    )
    return Answer(page.encode(charset), f"text/html; charset={header}" if header else "text/html")


def list_page(slug: str, lines: Sequence[tuple[Plan, str]], number: int, last: int) -> bytes:
    """Write page `number` of a list; `lines` are plan and title of its articles, newest first."""
    items = "\n".join(
        f'<li><p class="title"><a href="/a/{plan.digits}.html">{escape(title, quote=False)}</a></p>'
        f'<p class="info"><span class="time">{plan.published:%m月%d日 %H:%M}</span></p></li>'
        for plan, title in lines
    )
    following = f'<a class="next" href="/a/{slug}_{number + 1}.html">下一页</a>' if number < last else ""
    return _LIST.format(slug=slug, name=NAME, items=items, pager=following).encode()
