"""Who wrote, edited, translated or photographed: the persons that an article names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from newsarchive.extract.credits import byline_patterns as labels
from newsarchive.extract.credits.person_names import is_chinese_name, is_latin_name
from newsarchive.models import Byline, BylineRole
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: A line of credits is not longer than this (characters); what is longer is a paragraph with credits in it.
_LINE = 120
#: How far into a paragraph, and how far from its end, names stand (characters).
_START, _TAIL = 40, 60
_MOST_NAMES = 16
_SENTENCE_ENDS = ("。", "！", "？", "”", "…", "；")


class _Label(NamedTuple):
    start: int
    end: int
    role: BylineRole | None
    firm: bool  # a separator stands after it
    glued: bool  # nothing stands after it
    reporter: bool  # a kind of reporter, before which the medium may be named
    sign: str  # the separator, or nothing


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


def lines_with_people(paragraphs: Sequence[str], editor_line: str) -> list[str]:
    """List what of an article's paragraphs may name people, then the editor's line unless it holds a code alone.

    Names stand near the ends of a paragraph; of a long one only what follows its last sentence is given.
    """
    lines = [_part_with_people(paragraphs[number]) for number in _that_may_name(paragraphs)]
    return [*lines, editor_line] if editor_line and not labels.CODE_EDITOR.fullmatch(editor_line) else lines


def is_code(name: str) -> bool:
    """Return whether a name is the code of an editor, who is nobody to a reader."""
    return labels.CODE_NAME.fullmatch(name) is not None


def _that_may_name(texts: Sequence[str]) -> list[int]:
    """Return the numbers of the paragraphs that have a label or mark of a by-line near one of their ends."""
    ends = [text if len(text) <= _START + _TAIL else f"{text[:_START]} {text[-_TAIL:]}" for text in texts]
    joined = "\n".join(ends)
    found: list[int] = []
    number = at = 0
    for match in labels.SIGN.finditer(joined):
        number += joined.count("\n", at, match.start())
        at = match.start()
        if not found or found[-1] != number:
            found.append(number)
    return found


def _part_with_people(text: str) -> str:
    if len(text) <= _START + _TAIL or labels.SIGN.search(text, 0, _START):
        return text
    match = labels.SIGN.search(text, len(text) - _TAIL)
    return text[text.rfind("。", 0, match.start()) + 1 :] if match else text


def _may_name(text: str) -> bool:
    if text.isascii():
        return text[:24].casefold().lstrip().startswith(labels.ENGLISH_STARTS) or "\n" in text
    for sign in labels.SIGNS:
        if sign in text:
            return True
    for first, signs in labels.PAIRED_SIGNS:
        if first in text:
            for sign in signs:
                if sign in text:
                    return True
    if ("文" in text or "图" in text) and labels.SHORT_SIGN.search(text):
        return True
    # A signature in brackets at the end, or a short line "name / medium".
    return text.endswith((")", "）")) or (len(text) < 32 and any(sign in text for sign in "/／|｜"))


def _in_line(line: str) -> Iterator[tuple[BylineRole, str]]:
    if len(line) <= _LINE:
        whole = _credits(line.strip(labels.EDGES))
        if whole:
            yield from whole
            return
        for match in labels.GLUED.finditer(line):
            role = labels.ROLES[match["label"]]
            if role and is_chinese_name(match["name"]):
                yield role, match["name"]
        if line[:1].isascii() and line[:24].casefold().startswith(labels.ENGLISH_STARTS):
            yield from _english(line)
    yield from _in_brackets(line)
    yield from _after_separators(line)
    yield from _at_beginning(line)
    yield from _at_end(line)
    yield from _without_label(line)


def _labels(text: str) -> Iterator[_Label]:
    """Yield the labels of a text, without the words that only look like some."""
    for match in labels.LABEL.finditer(text):
        word, start = match["label"], match.start()
        firm = bool(match["parted"])
        if word in labels.SHORT and not (firm and _stands_apart(text, start)):
            continue
        glued = not firm and not match["blank"]
        if glued and word not in labels.REPORTERS and match.end() < len(text):
            continue
        sign = (match["parted"] or "").strip()
        yield _Label(start, match.end(), labels.ROLES[word], firm, glued, word in labels.REPORTERS, sign)


def _stands_apart(text: str, start: int) -> bool:
    return start == 0 or not (text[start - 1] == "/" or labels.HANZI.match(text[start - 1]))


def _credits(text: str, *, bracketed: bool = False) -> list[tuple[BylineRole, str]]:
    """Read a text that consists of nothing but labels and names; empty if anything else stands in it.

    Without brackets around it a bare 记者 with something glued to it is no credit (记者连线).
    """
    marks = list(_labels(text))
    if not marks or (marks[0].glued and marks[0].start == 0 and not bracketed):
        return []
    if not labels.LEAD.match(text[: marks[0].start]):
        return []
    found: list[tuple[BylineRole, str]] = []
    pending: BylineRole | None = None
    for number, mark in enumerate(marks):
        following = marks[number + 1] if number + 1 < len(marks) else None
        chunk = text[mark.end : following.start if following else len(text)]
        role = pending or mark.role
        pending = None
        if role is None and len(chunk) <= _TAIL:
            continue
        if following and following.reporter and (labels.MEDIUM.match(chunk) or _is_prefix(chunk)):
            pending = role  # 摄影 本报记者 李四: the second label only says whose reporter it is
            continue
        names, rest = _take_names(chunk, firm=mark.firm, sign=mark.sign)
        tail = labels.TAIL.match(rest)
        if tail is None:
            return []
        if role is not None:
            found.extend(("photographer" if tail["shot"] and role == "author" else role, name) for name in names)
    return found


def _is_prefix(chunk: str) -> bool:
    """Return whether a text is one word that stands right before a label (南方记者)."""
    return not chunk.endswith(tuple(labels.EDGES)) and labels.LEAD.match(chunk) is not None


def _take_names(text: str, *, firm: bool, sign: str = "") -> tuple[list[str], str]:
    """Split names off the beginning of a text; return them with the rest.

    `firm` is for names after a label with a separator, where pen names without a known surname pass. `sign` is that
    separator: a word before another one is a further label, known or not.
    """
    names: list[str] = []
    rest = upcoming = _without_reporter(text.lstrip(labels.EDGES))
    while upcoming and len(names) < _MOST_NAMES:
        match = labels.SPACED_NAME.match(upcoming) or labels.TOKEN.match(upcoming)
        if match is None or (names and match[0].endswith(labels.PLACE_ENDS)):
            break
        name, used = _name(match[0], firm=firm)
        if not name or (names and sign and upcoming[match.end() :].lstrip().startswith(sign)):
            break
        names.append(name)
        rest = upcoming[used:]
        code = labels.CODE.match(rest)
        rest = rest[code.end() :] if code else rest
        between = labels.BETWEEN_NAMES.match(rest)
        upcoming = _without_reporter(rest[between.end() :]) if between else ""
    return names, rest


def _without_reporter(text: str) -> str:
    match = labels.BEFORE_NAME.match(text)
    return text[match.end() :] if match else text


def _name(token: str, *, firm: bool) -> tuple[str, int]:
    """Return the name in a token and how many characters of the token it takes; nothing if it is no name."""
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
        if labels.BARE_LABEL.search(match[1]):
            yield from _credits(match[1].strip(labels.EDGES), bracketed=True)


def _after_separators(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read names after labels with a separator, wherever in the line: …证券时报网作者：李在山."""
    for match in labels.SEPARATOR.finditer(line):
        before = line[max(0, match.start() - 10) : match.start()].rstrip()
        if not before.endswith(labels.ALL_LABELS):
            continue
        label = next(word for word in labels.ALL_LABELS if before.endswith(word))
        role = labels.ROLES[label]
        if role is None or (label in labels.SHORT and not _stands_apart(before, len(before) - len(label))):
            continue
        text = line[match.end() : match.end() + _LINE]
        names, rest = _take_names(text, firm=True, sign=match[0])
        if not names:
            names, rest = _titled(text), ""
        if labels.BOUNDARY.match(rest):
            yield from ((role, name) for name in names)


def _titled(text: str) -> list[str]:
    """Find the one name among titles: 某中心研究员徐占忱, 方敏北京大学经济学院教授."""
    end = labels.END_OF_CREDIT.search(text)
    text = text[: end.start()] if end else text
    for match in (labels.NAME_AFTER_TITLE.search(text), labels.NAME_BEFORE_PLACE.match(text.strip(labels.EDGES))):
        if match and is_chinese_name(match[1]):
            return [match[1]]
    return []


def _at_end(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read the names after the last sentence of a paragraph: ……。□唐爱红王靖瑗, ……。本报记者 张三, …… 张三 摄."""
    tail = line[-_TAIL:]
    mark = max(tail.rfind("□"), tail.rfind("■"))
    if mark >= 0:
        yield from _after_mark(tail[mark + 1 :].strip(labels.EDGES))
    elif not tail.endswith(_SENTENCE_ENDS):
        stop = max(map(tail.rfind, _SENTENCE_ENDS))
        if stop >= 0:
            yield from _credits(tail[stop + 1 :].strip(labels.EDGES))
    if "摄" in tail[-6:] or "攝" in tail[-6:]:
        shot = labels.SHOT.search(tail)
        yield from _all_names(shot[1], "photographer") if shot else ()


def _after_mark(text: str) -> Sequence[tuple[BylineRole, str]]:
    found = _credits(text) or list(_all_names(text, "author"))
    if not found and labels.RUN_TOGETHER.match(text) and _parts_into_names(text):
        return [("author", text)]
    return found


def _parts_into_names(text: str) -> bool:
    """Return whether a run of characters can be parted into names of two or three characters."""
    if len(text) <= 3:
        return is_chinese_name(text)
    return any(is_chinese_name(text[:size]) and _parts_into_names(text[size:]) for size in (3, 2))


def _at_beginning(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read the reporters in a dateline without brackets: 本报讯 记者张三报道：……, 記者張三／台北報導."""
    if "道" not in line[:_TAIL] and "導" not in line[:_TAIL]:
        return
    match = labels.DATELINE.match(line) or labels.LOCAL.match(line)
    if match is not None:
        yield from _all_names(match["names"], "author")


def _without_label(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read names that stand where only names stand: …5月19日电（甲、乙）, ……。（甲）, 甲/某某报."""
    matches = [labels.DATELINE_NAMES.search(line[:_TAIL])]
    if line.endswith((")", "）")):
        matches.append(labels.SIGNATURE.search(line[-_TAIL:]))
    if len(line) < 32:
        matches.append(labels.NAME_AND_MEDIUM.match(line))
    for match in matches:
        if match is not None:
            yield from _all_names(match[1], "author")


def _all_names(text: str, role: BylineRole) -> Iterator[tuple[BylineRole, str]]:
    names, rest = _take_names(text, firm=False)
    if not rest.strip():
        yield from ((role, name) for name in names)


def _english(line: str) -> Iterator[tuple[BylineRole, str]]:
    """Read By Jane Doe and John Roe, also (Reporting by Jane Doe; Editing by John Roe)."""
    for part in line.split(";"):
        match = labels.ENGLISH.match(labels.ENGLISH_DAY.sub("", part.strip()))
        if match is None:
            return
        role: BylineRole = labels.ENGLISH_ROLES.get(match["label"].casefold().split()[0], "author")
        for printed in labels.ENGLISH_AND.split(match["names"]):
            name = labels.FULL_STOP.sub("", printed.strip())
            if not is_latin_name(name):
                return
            yield role, _once(name)


def _once(name: str) -> str:
    """Return a name that is printed twice in a row (beside a portrait and below it) once."""
    words = name.split(" ")
    half = len(words) // 2
    return " ".join(words[:half]) if half > 1 and words[:half] == words[half:] else name
