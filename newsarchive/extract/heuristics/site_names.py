"""What tells a site's own name from a title: links to its home, what it calls itself, how institutions are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.extract.credits.vocabulary import words
from newsarchive.tree import attribute, select

if TYPE_CHECKING:
    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.tree import Element

#: How the names of sites and institutions end, and the longest of them; then titles that all pages of a site may have.
_ENDS = tuple(
    words(
        """网 網 网站 网页 门户 信息港 在线 平台 频道 首页 主页 日报社 研究所 研究院 大学 学院 学校 中学 小学 医院
        委员会 局 厅 人民政府 政务公开 协会 学会 联合会 基金会 公司 集团 中心 博物馆 图书馆"""
    )
)
_LONGEST = 18
_PARTED = re.compile("[_|｜：]")
_CONSTANT = re.compile(
    r"(?:通知|公告|新闻|资讯|动态|要闻|工作|政务|公司|行业|企业|学校|学院|校园|媒体|党建|图片|综合|最新|信息|公开|公示|中心|首页"
    r"|正文|内容|详情|详细|浏览|查看|页面?|列表|栏目|文章){1,5}|无标题文档|untitled(?: document)?"
    r"|(?:news|article|post)?\s?(?:details?|index|home(?: page)?|article|view|page)",
    re.IGNORECASE,
)
_HOMES = frozenset(("", "/", "/index.html", "/index.htm", "/index.shtml", "/index.php", "/index.asp", "/index.jsp"))


def is_site_name(text: str, head: Head) -> bool:
    """Return whether a text is a site's name, or says nothing, rather than a headline."""
    if len(text) <= _LONGEST and not _PARTED.search(text):
        name = text.removesuffix("新版").removesuffix("旧版")
        if name.endswith(_ENDS) or _CONSTANT.fullmatch(text):
            return True
    return head.names(text)


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
