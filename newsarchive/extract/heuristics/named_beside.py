"""Names of media without a label: beside the date, or in elements near the headline whose classes tell of a source."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsarchive.extract.credits.person_names import is_chinese_name, is_latin_name
from newsarchive.extract.credits.source_patterns import MEDIUM
from newsarchive.extract.credits.sources import tidy_name
from newsarchive.extract.credits.vocabulary import NO_NAMES_NEAR_HEADLINE, PLACES, any_of, words
from newsarchive.text import clean
from newsarchive.tree import TEXT, ancestors, descendants, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.tree import Element

#: Points for a name to be taken at all.
LIKELY = 2.5
# What speaks for a name: the class of a source, how media are called, the class of an account, the date beside it.
_CLASSED, _CALLED, _OWNED, _BESIDE, _NEAR_DATE = 3.0, 2.0, 2.0, 2.5, 0.5

#: Class names of an element that holds the medium's name, and of one that may hold a person's or an account's name.
_SOURCE_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w*source\w*|from|media|origin|laiyuan|ly|copyfrom|provider|nick-?name|publisher)(?![a-z])",
    re.IGNORECASE,
)
_OWNER_NAME = re.compile(r"(?:^|[\s_-])(?:name|author|user|pgc|mp)", re.IGNORECASE)
#: A class of authors: a short name in it is a pen name unless it is called like a medium or can be followed.
_AUTHOR_NAME = re.compile(r"author|writer|byline", re.IGNORECASE)
_PEN_NAME = 4
#: How the accounts of offices are called.
_OFFICIAL = "发布"
#: What parts the pieces of a line.
_BETWEEN = "·•|｜丨/-— "
#: The shortest name that is believed beside the date, and the shortest that is a link or called like a medium.
_SHORTEST, _SHORTEST_LINK = 4, 2
#: Words about an account that can be followed: the name beside them is an account's, not a person's.
_FOLLOW = re.compile(
    r"\+?\s?(?:关注|已关注|关注ta|訂閱|订阅|.{0,8}粉丝.*|来自.{2,12}|发布于.{2,8}|.*(?:官方[帐账]号|创作者)|作者最新文章)",
    re.IGNORECASE,
)
#: Words of buttons and labels that stand where a name may stand.
_NO_NAME = re.compile(
    rf"{any_of(NO_NAMES_NEAR_HEADLINE)}|(?:[大小中]|客户端|频道|视频|图片|新闻中心|前)$|来源|來源|浏览|瀏覽|回应|回應|[0-9]{{3,}}"
    r"|^发布|发布[于者时]|更新|创建|修改|上午|下午|星期|账号|賬號|官方|原文|読了|著者|執筆|[。！？；：:]|^[0-9]+\s|[0-9]\s?(?:分钟|分鐘|小时|秒|次|人|条|万|赞|字|楼)"
)
#: Buttons, and channels of a site, which are printed beside the date too.
_NOT_A_NAME = frozenset(
    words(
        PLACES
        + """ 繁体 繁體 简体 图文 组图 综合 报道 动态 要闻 新闻 资讯 公告 通知 其他 其它 观点 财经 科技 体育 娱乐 社会
        国内 国际 军事 健康 教育 汽车 房产 旅游 文化 历史 时政 本地 头条 直播 生活 经济 政治 法治 民生 时事"""
    )
)
#: The path to the page; how far up the row of a cell is, and how many cells make a row of data.
_PATH = re.compile(r"位置\s?[：:]|>>|»|首\s?页\s?[>›]")
_STEPS = re.compile(r"\s*[>»›]+\s*")
_UP_TO_ROW, _FEWEST_CELLS = 3, 6
#: The pieces behind these are their values, to the end of the links.
_LABEL = re.compile(r"(?:[:：]|分类|分類|栏目|专栏|标签|標籤|频道|版块|板块|专题|关键词|关键字|话题)$")
_BRACKETED = re.compile(r"[（(【\[]([^（()）【】\[\]]+)[)）】\]]")
#: What is said of the text behind the name, and how often it was read; both are no part of the name.
_REMARK = re.compile(r"(?<=.)\s?[（(【\[](?:转载|轉載|原创|原創|授权|独家|首发|官方.{0,2})[)）】\]]$")
_COUNTED = "阅读|閱讀|浏览|瀏覽|点击|點擊|评论|評論|回复|回覆|跟贴|点赞|转发|收藏|分享|人气|热度|围观"
_COUNT = re.compile(
    rf"\s?(?:(?:{_COUNTED})[数數量次]?\s?[:：]?\s?[（(]?[0-9.]+\s?[万w]?[+)）次条人]{{0,2}}"
    rf"|(?<![0-9])[0-9.]+\s?[万w]?\+?\s?[次条人]?\s?(?:{_COUNTED}))"
)
_LONGEST_NAME = 20
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: A name in Latin letters, which accounts may have; and buttons that look like one.
_LATIN_NAME = re.compile(r"[A-Za-z][\w.-]{2,24}(?: [A-Z][\w.-]{1,24}){0,2}", re.ASCII)
_LATIN_NO_NAME = re.compile(
    r"(?:share|print|e-?mail|rss|app|home|news|more|like|tweet|facebook|twitter|weibo|wechat|qq|line|back|top|login"
    r"|am|pm|https?.*|www.*|by|author|source|original|new|hot|vip|posted|edit|null|none|undefined|admin)",
    re.IGNORECASE,
)
#: A date with the time beside it.
_DATE = re.compile(
    r"(?:(?:19|20)[0-9]{2}\s?[-/.年]\s?)?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}\s?日?(?:\s?(?:星期|周).)?"
    r"(?:[\sT]{0,3}[0-9]{1,2}[:：时][0-9]{2}分?(?:[:：][0-9]{2})?)?"
)
#: Where the author is, behind a name.
_WHERE = re.compile(r"[\s·]{1,3}(?:来自|发布于|发表于|IP属地[:：]?)\s?\S{2,8}$")
#: A person's name beside the date is shorter than this.
_PERSON = 4
#: What a line has besides its date and name when it has nothing else (characters).
_REST = 22
#: So many lines are looked at, and so many elements of a block.
_MOST_LINES, _MOST_ELEMENTS = 30, 40
#: Words about an account stand in lines shorter than this.
_SHORT = 40
#: Lines between a name and the date.
_NEAR = 3
#: A piece of the headline is no name from so many characters on.
_OF_HEADLINE = 6


@dataclass(frozen=True, slots=True)
class Named:
    """A name without a label: what is printed, the medium's name, its line, and how much speaks for it."""

    printed: str
    medium: str
    line: int
    points: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text in a line, the class names around it, whether it is a link, and whether it has a date or is beside one."""

    text: str
    names: str
    is_link: bool
    dated: bool


def names_beside(flow: PrintedLines, near: Sequence[int], date_line: int, headline: str, lang: str) -> Iterator[Named]:
    """Yield the names that stand alone near the headline with what speaks for each.

    `near` are the numbers of the lines about the headline, `date_line` is the line that prints the date (-1: none),
    `lang` is the language of the page.
    """
    # A name without a label beside the date is a custom of Chinese pages; elsewhere it is a person, a button, a place.
    chinese = lang.startswith("zh")
    if lang and not chinese:
        return
    account = any(_FOLLOW.fullmatch(flow.text[number]) for number in near if len(flow.text[number]) < _SHORT)
    columns = _columns([flow.text[number] for number in near[:_MOST_LINES]])
    for number in near[:_MOST_LINES]:
        on_date_line, line = number == date_line, flow.text[number]
        if not on_date_line and (_PATH.search(line) or _is_in_row(flow, number)):
            continue
        for piece in _pieces(flow, number, dated=on_date_line):
            if len(piece.text) >= _OF_HEADLINE and (piece.text in headline or (headline and headline in piece.text)):
                continue
            owned = bool(_OWNER_NAME.search(piece.names))
            classed = bool(_SOURCE_NAME.search(piece.names))
            medium = _name_in(piece.text, latin=chinese and (piece.dated or owned or classed))
            called = _is_called_like_medium(medium)
            if (
                not medium
                or medium in columns
                or (len(medium) <= _PEN_NAME and _AUTHOR_NAME.search(piece.names) and not (account or called))
            ):
                continue
            points = _CLASSED * classed + _CALLED * called
            if owned and (account or not is_chinese_name(medium)):
                points += _OWNED
            if chinese and on_date_line and _may_credit(piece, medium) and (piece.dated or _alone(line, medium)):
                points += _BESIDE
            elif date_line >= 0 and abs(number - date_line) <= _NEAR:
                points += _NEAR_DATE
            yield Named(piece.text, medium, number, points)


def _columns(lines: Sequence[str]) -> set[str]:
    """Return the steps of the path to a page behind the first, which may be the medium that it came from."""
    return {step for line in lines if _PATH.search(line) for step in _STEPS.split(line)[1:]}


def _is_in_row(flow: PrintedLines, number: int) -> bool:
    """Return whether a line is a cell of a table of data: of a row of many."""
    block = flow.block[number]
    for _ in range(_UP_TO_ROW):
        if block < 0:
            return False
        if flow.tag[block] == "tr":
            return flow.last[block] - flow.first[block] >= _FEWEST_CELLS
        block = flow.parent[block]
    return False


def _alone(line: str, name: str) -> bool:
    """Return whether a line prints a date and this name and nothing else."""
    return len(line) - len(name) <= _REST


def _may_credit(piece: _Piece, name: str) -> bool:
    """Return whether a name beside the date can be a medium's or an account's: no person's, and no short pen name."""
    if (len(name) < _PERSON and is_chinese_name(name)) or is_latin_name(name):
        return False
    shortest = _SHORTEST_LINK if piece.is_link or _is_called_like_medium(name) else _SHORTEST
    return len(name) >= shortest and not (name.isascii() and name.islower())


def _is_called_like_medium(name: str) -> bool:
    return bool(MEDIUM.search(name)) or name.endswith(_OFFICIAL)


def _name_in(text: str, *, latin: bool) -> str:
    text = _WHERE.sub("", clean(text))
    if "/" in text:
        text = text.rpartition("/")[2]
    text = _REMARK.sub("", _COUNT.sub("", text).strip("·•|｜ -—"))
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        text = bracketed[1]
    if not 1 < len(text) <= _LONGEST_NAME or _NO_NAME.search(text) or text in _NOT_A_NAME:
        return ""
    if not _EAST_ASIAN.search(text):
        is_name = latin and _LATIN_NAME.fullmatch(text) and not _LATIN_NO_NAME.fullmatch(text)
        return text if is_name else ""
    return tidy_name(text)


def _pieces(flow: PrintedLines, number: int, *, dated: bool) -> list[_Piece]:
    """List the pieces of a line that stand in elements of their own, without their dates.

    A piece behind a label is the label's value. Only on the line of the date (`dated`) are neighbours of it looked for.
    """
    found: list[_Piece] = []
    label = False
    for text, names, is_link in _texts(flow, number):
        plain = clean(text)
        rest, dates = _DATE.subn(" ", plain) if dated else (plain, 0)
        rest = rest.strip(_BETWEEN)
        if not label and (rest or dates):
            found.append(_Piece(rest, names, is_link, bool(dates)))
        label = bool(_LABEL.search(plain)) or (label and is_link)
    return [
        replace(piece, dated=any(one.dated for one in found[max(place - 1, 0) : place + 2]))
        for place, piece in enumerate(found)
        if piece.text
    ]


def _texts(flow: PrintedLines, number: int) -> Iterator[tuple[str, str, bool]]:
    """Yield the texts of a line, the class names of the elements that they begin, and whether they are links."""
    block = flow.block[number]
    if block < 0:
        return
    element, line = flow.element[block], flow.text[number]
    count = 0
    for node in descendants(element):
        if node.tag != TEXT or not (text := node.text_content):
            count += node.tag != TEXT
            if count > _MOST_ELEMENTS:
                return
            continue
        if text.isspace() or " ".join(text.split()) not in line:
            continue
        holder = node.parent
        if holder is not None:
            yield text, "" if node.prev is not None else _names_around(holder, element), holder.tag == "a"


def _names_around(holder: Element, block: Element) -> str:
    """Return the class names of the innermost element up to a block that has any."""
    for outer in (holder, *ancestors(holder)):
        names = names_of(outer)
        if not names.isspace() or outer.mem_id == block.mem_id:
            return names
    return ""
