"""What else a page tells of its article: people, digest, section, address, access."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from newsarchive.items import Byline
from newsarchive.reading.blocks import full_url
from newsarchive.reading.bylines import find_bylines
from newsarchive.reading.names import is_chinese_name, is_latin_name
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.items import Paragraph
    from newsarchive.reading.generic_meta import Head

#: Who is named in the first and last paragraphs wrote the article; who is named in between may be anybody.
_FIRST, _LAST = 6, 4
#: Longer lines around the article are texts of other articles.
_LONGEST_LINE = 80
#: A path to the article (首页 > 财经 > 正文).
_PATH = re.compile(r"\s*(?:>>?|»|›|＞|→)\s*")
_WORD = re.compile(r"\w\w")
_NO_SECTION = frozenset(("正文", "首页", "新闻", "资讯", "内容", "文章", "详情", "home", "article"))
_LONGEST_SECTION = 16
_LOCKED = frozenset(("locked", "metered", "paid", "premium"))
_WALL = re.compile(
    r"(?:登录|登錄|订阅|訂閱|付费|付費|开通会员|成为会员|購買)后?(?:可|即可|才能)?(?:继续)?(?:阅读|閱讀|查看)(?:全文|更多|剩余|完整)?|本文为付费|以下内容需|剩余\s?[0-9]{1,3}%"
    r"|subscribe to (?:continue|read)|to (?:continue|keep) reading|this (?:article|content) is for subscribers"
)


def find_people(paragraphs: Sequence[Paragraph], around: Sequence[str]) -> list[Byline]:
    """List who wrote and edited the article: named by its first and last paragraphs and the lines around it."""
    texts = [paragraph.text for paragraph in paragraphs]
    if len(texts) > _FIRST + _LAST:
        texts = texts[:_FIRST] + texts[-_LAST:]
    return find_bylines([*texts, *(text for text in around if len(text) <= _LONGEST_LINE)])


def authors_of_head(head: Head) -> list[Byline]:
    """List the authors that the head names; desks, sites and accounts are none."""
    names = (name for name in _authors(head) if is_chinese_name(name) or is_latin_name(name))
    return [Byline("author", name) for name in dict.fromkeys(names)]


def _authors(head: Head) -> Iterator[str]:
    author = head.card.get("author")
    for entry in author if isinstance(author, list) else [author]:
        name = entry.get("name") if isinstance(entry, dict) else entry
        if isinstance(name, str):
            yield clean(name[:100]).removeprefix("By ")
    for _, _, content in head.meta.get("author", ())[:1]:
        # On Chinese pages this is whoever put the page up.
        if content.isascii():
            yield content[:100].removeprefix("By ")


def find_section(head: Head, before: Sequence[str]) -> tuple[str, str] | None:
    """Give the section that the head names, else the last step of the path before the headline, and where it stands."""
    named: Any = head.card.get("articleSection") or head.first("section")
    if isinstance(named, list):
        named = named[0] if named else None
    if isinstance(named, str) and clean(named):
        return clean(named[:100]), "head"
    for text in before:
        steps = _PATH.split(text[:200]) if len(text) <= 200 else []
        if len(steps) > 1:
            for step in reversed(steps):
                if _WORD.search(step) and step.lower() not in _NO_SECTION and len(step) <= _LONGEST_SECTION:
                    return step, "path before the headline"
    return None


def find_address(head: Head, base_url: str) -> tuple[str, str] | None:
    """Give the canonical address that the page declares for itself, and where it does."""
    for link, rule in ((head.canonical, "link canonical"), (head.first("url"), "og:url")):
        address = full_url(link[:2000], base_url) if link else None
        if address:
            return address, rule
    return None


def is_walled(head: Head, around: Sequence[str]) -> bool:
    """Tell whether the page gives only a part of the article to readers who do not pay or log in."""
    if str(head.card.get("isAccessibleForFree", "")).strip().lower() == "false":
        return True
    if (head.first("tier") or "").lower() in _LOCKED:
        return True
    return _WALL.search("\n".join(text for text in around if len(text) < 120)) is not None
