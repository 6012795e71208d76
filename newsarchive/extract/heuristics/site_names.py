"""What tells a site's own name from a title: links to its home, what it calls itself, how institutions are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.tree import attribute, select

if TYPE_CHECKING:
    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.tree import Element

#: How sites and institutions are called, and titles that a program gives to all its pages.
_NAME = re.compile(
    r".{0,18}(?:网|網|网站|网页|官网|门户|信息港|在线|平台|频道|首页|主页|日报社|研究所|研究院|大学|学院|学校|中学|小学|医院|委员会|局|厅|院"
    r"|人民政府|政务公开|协会|学会|联合会|基金会|公司|集团|中心|博物馆|图书馆)"
)
_CONSTANT = re.compile(
    r"(?:新闻|文章|资讯|内容|信息|通知|公告)?(?:详情|详细|正文|内容|详细信息|浏览|查看|页面?)(?:页面?)?|无标题文档|untitled(?: document)?"
    r"|(?:news|article)?\s?(?:details?|index|home(?: page)?|article|view)",
    re.IGNORECASE,
)
_HOMES = frozenset(("", "/", "/index.html", "/index.htm", "/index.shtml", "/index.php", "/index.asp", "/index.jsp"))


def is_site_name(text: str, head: Head) -> bool:
    """Return whether a text is a site's name, or says nothing, rather than a headline."""
    folded = text.casefold()
    if any(folded == name.casefold() for name in head.site_names):
        return True
    return bool(_NAME.fullmatch(text) or _CONSTANT.fullmatch(text))


def links_home(element: Element) -> bool:
    """Return whether the first link in an element leads to the home page of a site."""
    link = next(iter(select("a[href]", element)), None)
    if link is None:
        return False
    try:
        parts = urlsplit(attribute(link, "href").strip()[:2000])
    except ValueError:
        return False
    return not parts.query and not parts.fragment and parts.path in _HOMES and bool(parts.netloc or parts.path)
