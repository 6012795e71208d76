"""Which lines of the body are the article's: what stands before its text, after its end, and noise in between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.extract.credits.vocabulary import (
    CHIEF_EDITOR,
    CHIEF_EDITOR_SHORT,
    EDITOR,
    INFORMATION,
    NOTICE_KINDS,
    ORIGINAL_TITLE,
    SOURCE,
    SOURCE_LABELS,
    any_of,
    labelled,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.extract.heuristics.body import Body
    from newsarchive.extract.heuristics.lines import PrintedLines

#: Lines that never belong to a text, wherever they stand.
_NOISE = re.compile(
    r"[\W_]{1,40}|广告|廣告|advert(?:isement)?s?|sponsored|分享到?[：:]?|收藏|举报|打印|关闭|展开|收起|点击加载更多|更多"
    r"|我要反馈|(?:story )?continues? (?:below|after).{0,40}|this slideshow requires javascript\."
    rf"|(?:read|see|view) more|share(?: this.{{0,20}})?|comments?|[\[(（【]?\s?{labelled(ORIGINAL_TITLE)}.{{0,200}}",
    re.IGNORECASE,
)
#: A line that begins so ends the article.
_END = re.compile(
    rf"[\[(（【]?\s?(?:{any_of(CHIEF_EDITOR)}|{labelled(CHIEF_EDITOR_SHORT, EDITOR)}|{labelled(SOURCE_LABELS['firm'])}"
    rf"|(?:本文|文章)(?:{any_of(SOURCE)})|(?:{any_of(NOTICE_KINDS)})声明|免責聲明|声明[：:]"
    r"|相关阅读|相关新闻|相关报道|延伸阅读|延伸閱讀|推荐阅读|热门推荐|为您推荐|猜你喜欢|其他人也在看|网友评论|最新评论|热门评论"
    r"|上一篇|下一篇|文章关键词|关键词[：:]|标签[：:]|tags?\s?[：:]|阅读原文|扫码|扫一扫|更多[^。！？]{0,12}[：:>»]+$"
    r"|related (?:articles|stories|posts)|read next|you (?:may|might) also like|more (?:from|on|in) )",
    re.IGNORECASE,
)
#: A link that begins so leads to another article.
_ELSEWHERE = re.compile(
    r"\W{0,3}(?:read more|read also|also read|see also|related|don['’]t miss|more:|watch:"
    r"|相关阅读|相关新闻|相关报道|延伸阅读|推荐阅读)",
    re.IGNORECASE,
)
#: In a line with a link these sell an app.
_PROMOTION = re.compile(r"(?:下载|下載|安装|安裝|打开|打開).{0,6}(?:客户端|app|應用|应用)", re.IGNORECASE)
#: Elements that hold text: a link that fills one may belong to it, any other is an advertisement or a teaser.
_TEXT_TAGS = frozenset(("p", "li", "td", "th", "dd", "dt", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))
_LONGEST_END, _SHORT = 200, 20
#: What the lines between a headline and its text are about.
_LABEL = re.compile(
    rf"(?:{any_of(INFORMATION)})\s?[:：|丨]"
    r"|^(?:字号|字体|分享|浏览|阅读|点击|评论|收藏|发布于|发表于|来自|published|updated|posted|share|by )",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"[0-9]{4}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}|[0-9]{1,2}:[0-9]{2}"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9]{1,2},? [0-9]{4}",
    re.IGNORECASE,
)
_SENTENCE_ENDS = "。！？!?”」…；"
#: Points (generic_body) from which a line is the beginning of the text for certain.
_FIRST_TEXT = 12.0
#: Shares of the body's text: before an end mark, and behind the headline, for them to be believed.
_BEFORE_END, _BEHIND_HEADLINE = 0.5, 0.4


def kept_lines(flow: PrintedLines, body: Body, headline: int) -> list[int]:
    """List the numbers of the lines that are the article's text. `headline` is the headline's line, -1 for none."""
    first, last = flow.first[body.block], flow.last[body.block]
    points = body.points
    if first <= headline < last and _text(points, range(headline, last)) > _BEHIND_HEADLINE * body.text:
        first = headline + 1
    gone: set[int] = set()
    for block in body.dropped:
        gone.update(range(flow.first[block], flow.last[block]))
    numbers = [n for n in range(first, last) if n not in gone and not _is_noise(flow, n)]
    numbers = _without_end(flow, points, numbers)
    return numbers[_head(flow, points, numbers) :]


def _is_noise(flow: PrintedLines, number: int) -> bool:
    text, linked = flow.text[number], flow.linked[number]
    if not linked:
        return bool(_NOISE.fullmatch(text))
    if linked >= len(text) and flow.tag[flow.block[number]] not in _TEXT_TAGS:
        return True
    if 2 * linked > len(text) and _ELSEWHERE.match(text):
        return True
    return bool(_NOISE.fullmatch(text) or (len(text) < _LONGEST_END and _PROMOTION.search(text)))


def _text(points: list[float], numbers: Iterable[int]) -> float:
    return sum(points[n] for n in numbers if points[n] > 0)


def _without_end(flow: PrintedLines, points: list[float], numbers: list[int]) -> list[int]:
    whole = _text(points, numbers)
    seen = 0.0
    for place, number in enumerate(numbers):
        text = flow.text[number]
        if seen > _BEFORE_END * whole and len(text) < _LONGEST_END and _END.match(text):
            numbers = numbers[:place]
            break
        seen += max(points[number], 0)
    end = len(numbers)
    while end and _is_way_out(flow.text[numbers[end - 1]], flow.linked[numbers[end - 1]]):
        end -= 1
    return numbers[:end]


def _is_way_out(text: str, linked: int) -> bool:
    """Return whether a line is a link, or links with a word or two between them."""
    return linked >= len(text) or (2 * linked > len(text) and len(text) < _SHORT)


def _head(flow: PrintedLines, points: list[float], numbers: list[int]) -> int:
    """Count the lines before the text: dates, credits, buttons."""
    head = 0
    for place, number in enumerate(numbers):
        text = flow.text[number]
        if _is_information(text):
            head = place + 1
        elif points[number] > _FIRST_TEXT:
            break
    return head


def _is_information(text: str) -> bool:
    length = len(text)
    if length >= 80 or text[-1] in _SENTENCE_ENDS:
        return False
    labelled = bool(_LABEL.search(text))
    if _DATE.search(text):
        return labelled or length < 40
    return labelled and length < 30
