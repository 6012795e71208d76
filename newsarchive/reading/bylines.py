"""Who wrote, edited, translated or photographed: the persons that an article names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.items import Byline, BylineRole
from newsarchive.reading import byline_labels as labels
from newsarchive.reading.names import is_chinese_name, is_latin_name
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A line of credits is not longer than this (characters); what is longer is a paragraph with credits in it.
_LINE = 120
_TAIL = 60
_MOST_NAMES = 16


def find_bylines(texts: Sequence[str]) -> list[Byline]:
    """List the persons named by the paragraphs and information lines of an article, in the order of print.

    Only names under a label or in one of the usual forms count (作者：X, （记者 X）, □X, 编辑 X 校对 Y, By X and Y);
    names that run together stay one (□唐爱红王靖瑗 is one author), codes, desks and pieces of sentences are none.
    The same person is listed once in each role.
    """
    found: dict[tuple[BylineRole, str], None] = {}
    for text in texts:
        if not _may_name(text):
            continue
        for line in text.split("\n") if "\n" in text else (text,):
            for pair in _in_line(clean(line)):
                found.setdefault(pair)
    return [Byline(role, name) for role, name in found]


def _may_name(text: str) -> bool:
    if any(sign in text for sign in labels.SIGNS):
        return True
    # A signature in brackets at the end, or a short line "name / medium".
    return text[-1:] in {")", "）"} or (len(text) < 32 and any(sign in text for sign in "/／|｜"))


def _in_line(line: str) -> Iterator[tuple[BylineRole, str]]:
    if len(line) <= _LINE:
        whole = _credits(line.strip(labels.EDGES))
        if whole:
            yield from whole
            return
        if line[:12].lstrip("(（").casefold().startswith(labels.ENGLISH_STARTS):
            yield from _english(line)
            return
    yield from _in_brackets(line)
    yield from _after_separators(line)
    yield from _at_end(line)
    yield from _at_beginning(line)
    yield from _photographers(line)
    yield from _without_label(line)


def _credits(text: str, *, bracketed: bool = False) -> list[tuple[BylineRole, str]]:
    """Read a text that consists of nothing but labels and names; empty if anything else stands in it.

    Without brackets around it a bare 记者 with something glued to it is no credit (记者连线).
    """
    matches = list(labels.LABEL.finditer(text))
    if not matches or not labels.LEAD.match(text[: matches[0].start()]):
        return []
    found: list[tuple[BylineRole, str]] = []
    pending: BylineRole | None = None
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        if not match["sep"] and match.start() == 0 and not bracketed:
            return []
        chunk = text[match.end() : following.start() if following else len(text)]
        role = pending or labels.ROLES[match["label"]]
        pending = None
        if role is None and len(chunk) <= _TAIL:
            continue
        if following and labels.MEDIUM.match(chunk):
            pending = role  # 摄影 本报记者 李四: the second label only says whose reporter it is
            continue
        names, rest = _take_names(chunk, firm=bool(match["sep"].strip()))
        tail = labels.TAIL.match(rest)
        if tail is None:
            return []
        if tail["shot"] and role == "author":
            role = "photographer"
        if role is not None:
            found.extend((role, name) for name in names)
    return found


def _take_names(text: str, *, firm: bool) -> tuple[list[str], str]:
    """Take names off the beginning of a text; give them with what follows.

    `firm` is for names after a label with a separator, where pen names without a known surname pass.
    """
    names: list[str] = []
    rest = upcoming = labels.BEFORE_NAME.sub("", text.lstrip(labels.EDGES), count=1)
    while upcoming and len(names) < _MOST_NAMES:
        match = labels.SPACED_NAME.match(upcoming) or labels.TOKEN.match(upcoming)
        if match is None or (names and match[0].endswith(labels.PLACE_ENDS)):
            break
        name, used = _name(match[0], firm=firm)
        if not name:
            break
        names.append(name)
        rest = upcoming[used:]
        code = labels.CODE.match(rest)
        rest = rest[code.end() :] if code else rest
        between = labels.BETWEEN_NAMES.match(rest)
        upcoming = labels.BEFORE_NAME.sub("", rest[between.end() :], count=1) if between else ""
    return names, rest


def _name(token: str, *, firm: bool) -> tuple[str, int]:
    """Give the name in a token and how many characters of the token it takes; nothing if it is no name."""
    if labels.SPACED_NAME.match(token):
        joined = token.replace(" ", "")
        return (joined, len(token)) if is_chinese_name(joined) else ("", 0)
    if not labels.HANZI.match(token):
        return (token, len(token)) if is_latin_name(token) else ("", 0)
    core = labels.AFTER_NAME.sub("", token)
    if is_chinese_name(core) or (firm and is_chinese_name(core, surname=False) and not labels.DESK.search(core)):
        return core, len(core)
    return "", 0


def _in_brackets(line: str) -> Iterator[tuple[BylineRole, str]]:
    for match in labels.BRACKET.finditer(line):
        inside = match[1]
        if labels.LABEL.search(inside):
            yield from _credits(inside.strip(labels.EDGES), bracketed=True) or _after_separators(inside)


def _after_separators(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read names after labels with a separator, wherever in the line: …证券时报网作者：李在山."""
    for match in labels.LABEL.finditer(line):
        role = labels.ROLES[match["label"]]
        if not match["sep"].strip() or role is None:
            continue
        names, rest = _take_names(line[match.end() : match.end() + _LINE], firm=True)
        if names and (not rest or labels.BOUNDARY.match(rest)):
            yield from ((role, name) for name in names)
        elif not names:
            name = _titled(line[match.end() : match.end() + _LINE])
            if name:
                yield role, name


def _titled(text: str) -> str:
    """Find the one name among titles: 某中心研究员徐占忱, 方敏北京大学经济学院教授."""
    end = labels.END_OF_CREDIT.search(text)
    text = text[: end.start()] if end else text
    match = labels.NAME_AFTER_TITLE.search(text)
    if match and is_chinese_name(match[1]):
        return match[1]
    match = labels.NAME_BEFORE_PLACE.match(text.strip(labels.EDGES))
    return match[1] if match and is_chinese_name(match[1]) else ""


def _at_end(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read the names after the last sentence of a paragraph: ……。□唐爱红王靖瑗, ……。本报记者 张三."""
    tail = line[-_TAIL:]
    mark = max(tail.rfind("□"), tail.rfind("■"))
    if mark >= 0:
        yield from _after_mark(tail[mark + 1 :].strip(labels.EDGES))
        return
    stop = max(tail.rfind(sign) for sign in "。！？”…")
    if stop >= 0 and stop < len(tail) - 1:
        yield from _credits(tail[stop + 1 :].strip(labels.EDGES))


def _after_mark(text: str) -> list[tuple[BylineRole, str]]:
    found = _credits(text)
    if found:
        return found
    names, rest = _take_names(text, firm=False)
    if names and not rest:
        return [("author", name) for name in names]
    joined = labels.RUN_TOGETHER.match(text)
    return [("author", text)] if joined and _parts_into_names(text) else []


def _parts_into_names(text: str) -> bool:
    """Tell whether a run of characters can be parted into names of two or three characters."""
    if len(text) <= 3:
        return is_chinese_name(text)
    return any(is_chinese_name(text[:size]) and _parts_into_names(text[size:]) for size in (3, 2))


def _at_beginning(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read the reporters in a dateline without brackets: 本报讯 记者张三报道：……."""
    match = labels.DATELINE.match(line)
    if match is not None:
        names, rest = _take_names(match["names"], firm=False)
        if names and not rest:
            yield from (("author", name) for name in names)


def _photographers(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read the name before 摄 at the end of a caption."""
    match = labels.SHOT.search(line[-_TAIL:])
    if match is not None:
        names, rest = _take_names(match[1], firm=False)
        if not rest:
            yield from (("photographer", name) for name in names)


def _without_label(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read names that stand where only names stand: …5月19日电（甲、乙）, ……。（甲）, 甲/某某报."""
    for match in (labels.DATELINE_NAMES.search(line[:_TAIL]), labels.SIGNATURE.search(line[-_TAIL:])):
        if match is not None:
            yield from _all_names(match[1])
    match = labels.NAME_AND_MEDIUM.match(line) if len(line) < 32 else None
    if match is not None and labels.MEDIUM_NAME.search(line):
        yield from _all_names(match[1])


def _all_names(text: str) -> Iterator[tuple[BylineRole, str]]:
    names, rest = _take_names(text, firm=False)
    if not rest.strip():
        yield from (("author", name) for name in names)


def _english(line: str) -> Iterator[tuple[BylineRole, str]]:
    match = labels.ENGLISH.match(line)
    if match is None:
        return
    role: BylineRole = labels.ENGLISH_ROLES.get(match["label"].casefold().split()[0], "author")
    for part in labels.ENGLISH_AND.split(match["names"]):
        if not is_latin_name(part.strip(" .")):
            return
        yield role, part.strip(" ")
