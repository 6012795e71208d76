"""Which lines of the body are the article's: what stands before its text, after its end, and noise in between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.extract.credits.sources import is_line_of_print
from newsarchive.extract.credits.vocabulary import (
    CHECKED,
    CHIEF_EDITOR,
    CHIEF_EDITOR_SHORT,
    EDITOR,
    INFORMATION,
    NOTICE_KINDS,
    ORIGINAL_TITLE,
    ROLE_LABELS,
    SOURCE,
    SOURCE_LABELS,
    any_of,
    labelled,
)
from newsarchive.extract.dates.labels import is_labelled_date
from newsarchive.extract.phrases import COMMENTS, EMBEDS, NOTICES, PROMOTIONS, RELATED, SHOW_ALL, all_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.extract.heuristics.body import Body
    from newsarchive.extract.heuristics.lines import PrintedLines

#: Lines that never belong to a text, wherever they stand.
_NOISE = re.compile(
    r"[\W_]{1,40}|广告|廣告|advert(?:isement)?s?|sponsored|分享到?[：:]?|收藏|举报|打印|关闭|展开|收起|点击加载更多|更多"
    r"|(?:[您你]的?|当前|现在|所在)+位置\s?[：:].{0,80}|我要反馈"
    r"|(?:story )?continues? (?:below|after).{0,40}|this slideshow requires javascript\."
    rf"|(?:read|see|view) more|share(?: this.{{0,20}})?|comments?|[\[(（【]?\s?{labelled(ORIGINAL_TITLE)}.{{0,200}}",
    re.IGNORECASE,
)
#: A line that begins so ends the article.
_END = re.compile(
    rf"[\[(（【]?\s?(?:{any_of(CHIEF_EDITOR)}|{labelled(CHIEF_EDITOR_SHORT, EDITOR)}|{labelled(SOURCE_LABELS['firm'])}"
    rf"|(?:本文|文章)(?:{any_of(SOURCE)})|(?:{any_of(NOTICE_KINDS)})声明|免責聲明|声明[：:]"
    r"|(?:本文|文章|作品)(?:由|系|为)[^。]{0,30}(?:原创|首发|授权|供稿|投稿|版权)"
    r"|(?:总\s?)?(?:监\s?制|审\s?[读校核定]|策\s?划|统\s?筹)\s?[：:][^，。]{1,20}$|网\s?编\s?[：:][^，。]{1,20}$"
    r"|上一篇|下一篇|文章关键词|关键词[：:]|标签[：:]|tags?\s?[：:]|更多[^。！？]{0,12}[>»]+$)",
    re.IGNORECASE,
)
#: Beginnings of lines that lead elsewhere or ask for readers: they end the article where hardly any text follows.
_RELATED = all_of(RELATED)
_PROMOTIONS = all_of(PROMOTIONS)
#: Beginnings of what is no article, and how a body with hardly any text must look at least.
_NOTICES = all_of(NOTICES)
_SENTENCE = re.compile(r"[，、,،၊፣]\s?\w|[。！？!?…।॥؟۔။།។።։]|[\u0e01-\u0eff]{40}|[.:;][\W_]*$|\. ")
#: So many lines that count make numbers of lines.
_FEWEST_COUNTED = 3
#: Points of a text that needs no second look; so many lines may be a notice.
_MUCH_TEXT, _FEW = 300.0, 5
#: A button that shows the rest of the text.
_WORDS = "|".join(map(re.escape, sorted(all_of(SHOW_ALL), key=len, reverse=True)))
_BUTTON = re.compile(rf"[\W\d_]{{0,3}}(?:(?:{_WORDS})[\W\d_]*){{1,3}}", re.IGNORECASE)
_LONGEST_BUTTON = 20
#: How many lines make a list of text, and how many of a list are looked at.
_FEWEST_ITEMS, _MOST_ITEMS = 3, 20
#: How such a button begins.
_BUTTON_SIGNS = (
    frozenset(word[0] for word in all_of(SHOW_ALL))
    | frozenset(word[0].upper() for word in all_of(SHOW_ALL))
    | frozenset("▼▾↓…+>»[【(（ 0123456789")
)
_LONGEST_EMBED = 60
_EMBEDS = all_of(EMBEDS)
#: What those do who are named below a text and did not write it.
_STAFF = frozenset(
    f"""{ROLE_LABELS["editor"]} {ROLE_LABELS["proofreader"]} {CHECKED} 审读 编审 总监制 监制 统筹 策划 总策划
    出品 出品人 制作 制片 制图 设计 美编 排版 剪辑 运营 签发
    值班编委 值班总监 值班主任 副主编 总编辑 总编 一审 二审 三审""".split()
)
#: Lines that head the comments of readers.
_COMMENTS = frozenset(all_of(COMMENTS))
_FLOOR = re.compile(r"(?:第\s?)?1\s?(?:楼|樓|F|层)|沙发|#1", re.IGNORECASE)
_COUNT = re.compile(r"[\s\d()（）\[\]【】:：,.，。条>»+]+")
_BRACKETS = "[(（【#＃《*■▍▎●◆▶►>|｜ "
#: A link that begins so leads to another article.
_ELSEWHERE = re.compile(
    r"\W{0,3}(?:read more|see also|related|don['’]t miss|more:|watch:|(?:more (?:about|on)|mehr (?:über|zum?))\b)",
    re.IGNORECASE,
)
#: In a line with a link these sell an app.
_PROMOTION = re.compile(r"(?:下载|下載|安装|安裝|打开|打開).{0,6}(?:客户端|app|應用|应用)", re.IGNORECASE)
#: Elements that hold text: a link that fills one may belong to it, any other is an advertisement or a teaser.
_TEXT_TAGS = frozenset(("p", "li", "td", "th", "dd", "dt", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre"))
_LONGEST_END, _LONGEST_HEADING, _SHORT = 200, 40, 20
#: A heading over links to other articles, where a link stands behind it.
_MORE = re.compile("更多[^。！？]{0,12}[：:]+$")
#: How a sentence ends that is a link as a whole, as headlines do not; a shorter one is a button (bytes).
_FULL_STOPS, _SHORTEST_LINKED = ".。!！", 16
#: Lines of a box of data at least; how its figures look; elements whose data belongs to the text.
_FEWEST_DATA = 9
_FIGURE = re.compile(r"[-+−▲▼]?[\d.,:/%\s\-]{1,20}[%‰°万亿元点]{0,3}")
_DATA_TAGS = frozenset(("table", "tr", "td", "th", "li", "ul", "ol", "dl", "dt", "dd", "pre"))
#: What the lines between a headline and its text are about.
_LABEL = re.compile(
    rf"(?:{any_of(INFORMATION)})\s?[:：|丨]"
    r"|^(?:(?:字号|字体|分享|浏览|阅读|点击|评论|收藏)(?:[到至给数量次微本此全原朋\d]|[^\w]|$)|发布于|发表于|来自|by "
    r"|(?:published|updated|posted|share)(?:\W*$|\W+(?:in|by|on|at|via|this|with|under|to|[\d|]|yesterday|today)))",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"[0-9]{4}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,2}|[0-9]{1,2}:[0-9]{2}"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9]{1,2},? [0-9]{4}"
    r"|\b[0-9]{1,2}[./][0-9]{1,2}[./](?:19|20)[0-9]{2}\b|\b[0-9]{1,2}\.? [^\W\d_]{3,10}\.?,? (?:19|20)[0-9]{2}\b",
    re.IGNORECASE,
)
_SENTENCE_ENDS = "。！？!?”」…；"
#: Points (generic_body) from which a line is the beginning of the text for certain.
_FIRST_TEXT = 12.0
#: Points of a paragraph that is the article's even behind a promotion.
_LONG_TEXT = 40.0
#: Shares of the body's text: before an end mark, behind one that may stand amid a text, and behind the headline, for
#: them to be believed.
_BEFORE_END, _BEHIND_PROMOTION, _BEHIND_HEADING, _BEHIND_HEADLINE = 0.5, 0.3, 0.4, 0.4


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
    numbers = _without_end(flow, points, _without_counting(flow, numbers))
    numbers = numbers[_head(flow, points, numbers) :]
    return _without_notices(flow, points, numbers) if body.text < _MUCH_TEXT else numbers


def _without_counting(flow: PrintedLines, numbers: list[int]) -> list[int]:
    """Drop lines that count from 1 and say nothing else: they number the lines of a program beside them."""
    dropped: set[int] = set()
    for place, number in enumerate(numbers):
        count = int(flow.text[number] == "1")
        while count and place + count < len(numbers) and flow.text[numbers[place + count]] == str(count + 1):
            count += 1
        if count >= _FEWEST_COUNTED:
            dropped.update(numbers[place : place + count])
    return [number for number in numbers if number not in dropped] if dropped else numbers


def _without_notices(flow: PrintedLines, points: list[float], numbers: list[int]) -> list[int]:
    """Drop what a page says to whoever looks at it; nothing is left of a few lines where there is no sentence besides.

    More lines without one are a table or a list.
    """
    kept = [n for n in numbers if not flow.text[n].lstrip(_BRACKETS).lower().startswith(_NOTICES)]
    if len(kept) > _FEW and sum(flow.linked[n] > 0 for n in kept) < len(kept) / 2:
        return kept
    return kept if any(points[n] > 0 and _SENTENCE.search(flow.text[n]) for n in kept) else []


def _is_noise(flow: PrintedLines, number: int) -> bool:
    text, linked = flow.text[number], flow.linked[number]
    if len(text) < _LONGEST_BUTTON and text[0] in _BUTTON_SIGNS and _BUTTON.fullmatch(text):
        return True
    if not linked:
        return bool(_NOISE.fullmatch(text)) or text[:_LONGEST_EMBED].lower().startswith(_EMBEDS)
    if linked >= len(text) and flow.tag[flow.block[number]] not in _TEXT_TAGS:
        return True
    if 2 * linked > len(text) and (_ELSEWHERE.match(text) or text.lstrip(_BRACKETS).lower().startswith(_RELATED)):
        return True
    return bool(_NOISE.fullmatch(text) or (len(text) < _LONGEST_END and _PROMOTION.search(text)))


def _text(points: list[float], numbers: Iterable[int]) -> float:
    return sum(points[n] for n in numbers if points[n] > 0)


def _without_end(flow: PrintedLines, points: list[float], numbers: list[int]) -> list[int]:
    whole = _text(points, numbers)
    seen = 0.0
    kept: list[int] = []
    before: set[str] = set()
    for place, number in enumerate(numbers):
        text = flow.text[number]
        if seen > _BEFORE_END * whole and len(text) < _LONGEST_END:
            if _END.match(text) or _heads_comments(text):
                break
            if _MORE.match(text) and all(flow.linked[n] for n in numbers[place + 1 : place + 2]):
                break
            if leads := _leads_elsewhere(text):
                heads_more = leads == "promotion" and points[number] <= 0
                most = _BEHIND_HEADING if heads_more else _BEHIND_PROMOTION
                goes_on = not heads_more and any(points[n] > _LONG_TEXT for n in numbers[place + 1 :])
                if whole - seen <= most * whole and not goes_on and text not in before:
                    break
                seen += max(points[number], 0)
                continue
        kept.append(number)
        before.add(text)
        seen += max(points[number], 0)
    end = _without_widget(flow, points, kept)
    while end and _is_staff(flow.text[kept[end - 1]]):
        end -= 1
    while end and _is_way_out(flow.text[kept[end - 1]], flow.linked[kept[end - 1]]):
        end -= 1
    while end < len(kept) and _is_linked_sentence(flow, kept[end]):
        end += 1
    return kept[:end]


def _is_linked_sentence(flow: PrintedLines, number: int) -> bool:
    """Return whether a line is a sentence of the text though it is a link as a whole."""
    text = flow.text[number]
    if flow.tag[flow.block[number]] != "p" or text[-1] not in _FULL_STOPS or len(text.encode()) < _SHORTEST_LINKED:
        return False
    return not is_foreign_line(text)


def _is_staff(text: str) -> bool:
    """Return whether a line names one who made the page (监制：..., 审 读：...)."""
    if len(text) > _LONGEST_HEADING or text[-1] in _SENTENCE_ENDS:
        return False
    label, colon, name = text.replace("：", ":").partition(":")
    return bool(colon and name) and "".join(label.split()) in _STAFF


def _heads_comments(text: str) -> bool:
    if len(text) >= _LONGEST_HEADING:
        return False
    return _COUNT.sub(" ", text.lower()).strip() in _COMMENTS or _FLOOR.fullmatch(text) is not None


def _leads_elsewhere(text: str) -> str:
    """Return "related" or "promotion" for a line that leads to other articles or asks for readers; else ""."""
    beginning = text.lstrip(_BRACKETS).lower()
    if beginning.startswith(_RELATED):
        return "related"
    return "promotion" if beginning.startswith(_PROMOTIONS) else ""


def _without_widget(flow: PrintedLines, points: list[float], numbers: list[int]) -> int:
    """Count the lines up to a box of data behind the text: many short lines, and every third of them a number.

    What stands in a table or a list is no such box.
    """
    last = next((place for place in range(len(numbers) - 1, -1, -1) if points[numbers[place]] > 0), -1)
    behind = numbers[last + 1 :]
    if len(behind) < _FEWEST_DATA or last < 0:
        return len(numbers)
    figures = sum(1 for n in behind if _FIGURE.fullmatch(flow.text[n]))
    if 3 * figures < len(behind) or any(flow.tag[flow.block[n]] in _DATA_TAGS for n in behind):
        return len(numbers)
    return last + 1


def _is_way_out(text: str, linked: int) -> bool:
    """Return whether a line is a link, or links with a word or two between them."""
    return linked >= len(text) or (2 * linked > len(text) and len(text) < _SHORT)


def _head(flow: PrintedLines, points: list[float], numbers: list[int]) -> int:
    """Count the lines before the text: dates, credits, buttons."""
    head = 0
    for place, number in enumerate(numbers):
        text = flow.text[number]
        if is_information(text):
            if flow.tag[flow.block[number]] == "li" and _is_list_of_text(flow, flow.parent[flow.block[number]]):
                break
            head = place + 1
        elif points[number] > _FIRST_TEXT:
            break
    return head


def _is_list_of_text(flow: PrintedLines, block: int) -> bool:
    """Return whether most lines of a list tell nothing of the article: what is new, and not who wrote when."""
    first = flow.first[block]
    lines = flow.text[first : min(flow.last[block], first + _MOST_ITEMS)]
    return len(lines) >= _FEWEST_ITEMS and 2 * sum(map(is_information, lines)) <= len(lines)


def is_foreign_line(text: str) -> bool:
    """Return whether a line is noise, ends articles, leads elsewhere or speaks to whoever looks at the page."""
    if _NOISE.fullmatch(text) or _END.match(text) or _leads_elsewhere(text):
        return True
    return text.lstrip(_BRACKETS).lower().startswith(_NOTICES)


def is_information(text: str) -> bool:
    """Return whether a line tells of the article, as its date and its credits do, and is none of its text."""
    length = len(text)
    if length < _LONGEST_END and is_line_of_print(text) and _DATE.search(text):
        return True
    if length < _LONGEST_END and text[-1] not in ".。!?" and is_labelled_date(text):
        return True
    if length >= 80 or text[-1] in _SENTENCE_ENDS:
        return False
    labelled = bool(_LABEL.search(text))
    if _DATE.search(text):
        return labelled or length < 40
    return labelled and length < 30
