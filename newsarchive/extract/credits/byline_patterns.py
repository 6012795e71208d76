"""Patterns by which persons are named. Bounded repeats only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.extract.credits import vocabulary
from newsarchive.extract.credits.vocabulary import any_of, words

if TYPE_CHECKING:
    from newsarchive.models import BylineRole

_SEPARATORS = ":：/／|｜丨︱│┃∣▏▎▕·•"
#: Characters that name a role by themselves, or begin a sign that does. Single ones are found fastest.
SIGNS = "编編撰校摄攝译譯□■"
#: 文/ and 图/, with any separator.
SHORT_SIGN = re.compile(rf"[文图]\s?[{_SEPARATORS}]")
PAIRED_SIGNS = (
    ("者", ("记者", "作者", "記者", "译者", "譯者")),
    ("讯", ("讯员", "讯（", "讯(")),
    ("訊", ("訊員", "訊（")),
    ("电", ("电（", "电(")),
    ("電", ("電（",)),
    ("写", ("采写",)),
    ("笔", ("执笔", "主笔")),
    ("实", ("实习",)),
    ("评", ("评论员",)),
)
#: What an English credit begins with.
ENGLISH_STARTS = (
    "by",
    "written by",
    "story by",
    "report",
    "author",
    "edit",
    "photo",
    "translated by",
    "(by",
    "(report",
)
EDGES = " \t\u3000:：|｜丨︱│┃∣▏▕/／·_,，、;；。.()（）[]【】〔〕［］<>《》●▲■□*-—–"

ROLES: dict[str, BylineRole | None] = {
    word: role for role, listed in vocabulary.ROLE_LABELS.items() for word in words(listed)
}
SHORT = frozenset(words(vocabulary.SHORT_LABELS))
REPORTERS = frozenset(words(vocabulary.REPORTERS))
_LABEL = any_of(*ROLES)
#: A label with what parts it from the names: a separator, blanks, or nothing.
LABEL = re.compile(rf"(?P<label>{_LABEL})(?P<parted>\s{{0,3}}[{_SEPARATORS}])?(?P<blank>\s{{0,5}})")
#: To look through long paragraphs: the separators, before which a label may stand.
SEPARATOR = re.compile(f"[{_SEPARATORS}]")
ALL_LABELS = tuple(sorted(ROLES, key=len, reverse=True))
#: A label or mark without which nobody is named. Every alternative begins with a plain character, which lets the engine
#: run over texts without a look at each.
SIGN = re.compile(any_of(vocabulary.PERSON_SIGNS, "编： 编: 文/ 文／ 文丨 文｜ 文： □ ■ ◎ ◆") + "|By ")
#: An editor's name that is a code, alone and with its label.
CODE_NAME = re.compile(r"[A-Za-z]{0,6}\d{1,8}[A-Za-z]{0,3}")
CODE_EDITOR = re.compile(
    rf"[（(]?\s{{0,3}}(?:{any_of(vocabulary.CHIEF_EDITOR)})\s{{0,3}}[：:]?\s{{0,3}}[A-Za-z]{{0,6}}\d{{0,8}}\s{{0,3}}[）)]?"
)
#: To look through long paragraphs for credits without a separator.
BARE_LABEL = re.compile(any_of(vocabulary.BARE_LABELS))

#: 作者张三 between bars, blanks, times or behind a medium: nothing parts the label from the name.
GLUED = re.compile(
    r"(?:^|[|｜\s0-9]|(?<=[报網网社台刊端闻聞]))"
    rf"(?P<label>{any_of(vocabulary.AUTHOR, vocabulary.EDITOR, vocabulary.CHIEF_EDITOR)})"
    r"(?P<name>[\u3400-\u9fff]{2,4})(?=$|[|｜\s0-9])"
)
#: What may stand before the first label of a line of credits: a time, a medium's name, a bracket.
LEAD = re.compile(r"(?:[0-9:：/.年月日 -]{6,24})?(?:[^\s，。！？；、：:“”]{0,16}\s?){0,2}$")
#: What stands between a label and a second one that belongs to it: 文/图 本报记者 X.
MEDIUM = re.compile(r"\s?(?:本报|本刊|本网|[^\s，。、:：]{2,12}[报網网社台刊闻聞]|)\s?$")
_LOOSE = r"[\s|｜丨/／,，、;；。()（）\[\]【】]{0,4}"
#: What may follow the names of one label.
TAIL = re.compile(
    rf"{_LOOSE}(?P<shot>摄影报道|摄影|攝影|摄|攝|/摄|文并图)?"
    r"(?:整合|整理|[\u3400-\u9fff]{0,6}(?:报道|報導|報道)|发自[\u3400-\u9fff]{2,6}|文/图|/文|/图|文|图)?"
    rf"{_LOOSE}$"
)
_REPORTER = any_of(vocabulary.REPORTER, vocabulary.CORRESPONDENT, "实习生 评论员 撰稿人")
#: Whose reporter it is, before a name.
BEFORE_NAME = re.compile(
    rf"(?:[《“]?[\w·《》]{{0,14}}?(?:{_REPORTER})[:：\s]{{1,3}}|(?:记者|記者|通讯员|实习生)(?=[\u3400-\u9fff]))"
)
TOKEN = re.compile(
    "[\u3400-\u9fff\U00020000-\U0002fa1f]{1,12}(?:[·•・‧][\u3400-\u9fff]{1,8}){0,3}"
    r"|[A-ZÀ-Þ][\w'’.-]{0,20}(?:\s(?:[a-z]{2,3}\s){0,2}[A-ZÀ-Þ][\w'’.-]{0,20}){0,3}"
)
#: 方 敏: a name of two characters set wide.
SPACED_NAME = re.compile(r"[\u3400-\u9fff]\s{1,2}[\u3400-\u9fff](?![\u3400-\u9fff])")
HANZI = re.compile("[\u3400-\u9fff\U00020000-\U0002fa1f]")
#: Words glued to the end of a name.
AFTER_NAME = re.compile(
    f"(?:(?:{any_of(vocabulary.BUTTONS, vocabulary.SOURCE, vocabulary.EDITOR, '责任')}).*"
    f"|{any_of('摄影报道 综合报道 采访报道 报道 報導 摄影 攝影 摄 攝 整理 整合 编译 /文 /图 等')})$"
)
#: After a first name a further word with one of these is a place (张三 台北报道).
PLACE_ENDS = ("报道", "報導", "報道")
CODE = re.compile(r"\s{0,2}(?:[_-]?[A-Z]{1,4}[0-9]{1,8}|_[A-Za-z0-9]{1,10}|[（(][A-Z]{0,4}[0-9]{1,8}[)）])")
BETWEEN_NAMES = re.compile(r"\s{0,2}[、，,/／&;；]\s{0,2}|\s{0,2}(?:和|与|及)\s{0,2}|\s{1,4}")
DESK = re.compile(any_of(vocabulary.DESKS))
BRACKET = re.compile(r"[（(【\[〔［]([^（）()【】\[\]〔〕［］]{3,100})[）)】\]〕］]")
#: After the names there is an end, a bracket, a further label or other print, but no sentence.
BOUNDARY = re.compile(
    rf"\s|$|[|｜丨)）\]】〕/]|{_LABEL}|[0-9]{{4}}|{any_of(vocabulary.BUTTONS, vocabulary.SOURCE, '字号 摄 报道')}"
)
END_OF_CREDIT = re.compile(rf"[)）\]】。；;|｜]|\s{{1,4}}(?:责|编|时间|20[0-9]{{2}}|{any_of(vocabulary.SOURCE)})")
_TITLE = any_of(
    "研究员 教授 讲师 博士 院士 主任 所长 院长 部长 会长 秘书长 律师 分析师 经济学家 总经理 董事长 评论员 撰稿人 记者"
)
NAME_AFTER_TITLE = re.compile(rf"(?:{_TITLE})\s?([\u3400-\u9fff]{{2,3}})$")
_PLACE = any_of(
    """北京 上海 中国 清华 复旦 南京 浙江 武汉 中央 国家 天津 广东 中共 全国 华东 华中 华南 厦门 四川 山东 湖南 湖北
    江苏 西安 吉林 南开 同济"""
)
NAME_BEFORE_PLACE = re.compile(rf"([\u3400-\u9fff]{{2,3}}?)(?:\s?[（(，,系为]|(?={_PLACE}))")
RUN_TOGETHER = re.compile("[\u3400-\u9fff]{4,9}$")

_NAMES = r"[\u3400-\u9fff、 ]"
#: 本报讯 记者张三报道：…
DATELINE = re.compile(
    rf"[^，。]{{0,16}}(?:讯|訊|电|電|消息)\s{{0,3}}(?:[\u3400-\u9fff]{{0,6}}(?:记者|記者|通讯员))\s{{0,2}}"
    rf"(?P<names>{_NAMES}{{2,24}}?)\s?(?:综合)?(?:报道|報道|報導)\s?[:：]"
)
#: 記者張三／台北報導, without brackets.
LOCAL = re.compile(rf"(?:記者|记者)(?P<names>{_NAMES}{{2,16}})[／/][\u3400-\u9fff]{{2,6}}(?:報導|報道|报道)")
#: …5月19日电（刘某、杨某）: a dateline with names only.
DATELINE_NAMES = re.compile(r"(?:电|讯|電|訊)\s?[（(]([^（）()。]{2,40})[)）]")
#: ……。（钟某某）: a signature after the last sentence.
SIGNATURE = re.compile(rf"[。！？”…]\s?[（(]({_NAMES}{{2,20}})[)）]$")
#: 石某/某某报: a name with its medium.
NAME_AND_MEDIUM = re.compile(
    rf"({_NAMES}{{2,16}}?)\s?[/／|｜]\s?[^\s/／|｜。，]{{0,12}}"
    "(?:报|網|网|报道|新闻|新聞|社|刊|电视台|客户端|财经)$"
)
#: 周某 摄: a name before the word that says what its bearer did.
SHOT = re.compile(
    r"(?:^|[\s。！？）)：:]|记者|記者|通讯员)([\u3400-\u9fff]{2,3}(?:[、\s][\u3400-\u9fff]{2,3}){0,3})"
    r"\s?[/／]?(?:摄影|攝影|摄|攝)[）)\]。]?$"
)

_LATIN_WORD = r"[A-ZÀ-Þ][\w'’.-]{0,20}"
_LATIN_NAME = (
    rf"{_LATIN_WORD}(?:\s(?:(?:de|da|di|van|von|der|den|la|le|el|al|bin|du|dos)\s){{0,2}}{_LATIN_WORD}){{1,3}}"
)
_AND = r"\s{0,2},\s{0,2}(?:and\s|AND\s|&\s)?|\s{1,2}(?:and|AND|&)\s{1,2}"
ENGLISH_AND = re.compile(_AND)
#: A day behind the names, also glued to them: By Jane Doe Apr. 3, 2026.
ENGLISH_DAY = re.compile(
    r"\s?(?<![A-Z])(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?\s[0-9]{1,2}(?![0-9]).*"
)
#: The end of a sentence, not of an abbreviation (Jr., J.).
FULL_STOP = re.compile(r"(?<=[\w]{3})\.$")
ENGLISH = re.compile(
    r"[(（]?(?P<label>(?i:by|(?:written|story|reported|reporting|edited|editing|photos?|translated)\sby|author|editor))"
    rf":?\s{{1,3}}(?P<names>{_LATIN_NAME}(?:(?:{_AND}){_LATIN_NAME}){{0,7}})"
    r"(?=\s{0,3}(?:$|[|｜,;)•·–—-]|\.$|[0-9])|\s{1,3}(?:in|for|at|of|on|from|via)\s)"
)
ENGLISH_ROLES: dict[str, BylineRole] = {
    "edited": "editor",
    "editing": "editor",
    "editor": "editor",
    "photo": "photographer",
    "photos": "photographer",
    "translated": "translator",
}
