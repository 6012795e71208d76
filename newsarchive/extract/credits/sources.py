"""Which medium an article credits: source labels, reprint chains, trailing credits, original titles."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from newsarchive.extract.credits import source_patterns as labels
from newsarchive.text import clean

if TYPE_CHECKING:
    import re

#: Longer texts are looked at only at both ends (characters); a credit is never in the middle of a long paragraph.
_ENDS = 160
#: A credit by itself, or a bracket at the end, is not longer (characters).
_SHORT = 60
_LONGEST_NAME = 40
_LONGEST_CREDIT = 80
#: Brackets that close each other: widths are mixed in print.
_KINDS_OF_BRACKET = (("（(", "）)"), ("【", "】"), ("[", "]"))


@dataclass(frozen=True, slots=True)
class Attribution:
    """A credit line.

    `printed` is the credit as it stands on the page (label, name and the brackets around them), white space made
    plain. `source` is the medium that it names; `via` are the media that passed the text on, the nearest to the
    reader first (来源：A 转自 B: A is the source, B the carrier; of 转自 alone the last one printed is the source).
    Joined names (A、B) stay one source as printed. A credit that names nobody (网络, 综合, 本站原创) is given as it
    is printed: that is what the page says.
    """

    printed: str
    source: str
    via: list[str] = field(default_factory=list)


@lru_cache(maxsize=4096)
def read_credit(line: str) -> Attribution | None:
    """Read a line that an element marks as the credit; the same few hundred lines come again and again.

    Behind the usual label whatever is printed is the name.
    """
    match = labels.MARKED.fullmatch(line)
    return Attribution(line, match[1]) if match else read_attribution(line)


def read_named(text: str) -> Attribution | None:
    """Read a text that is made to name the medium, with or without a label."""
    found = read_attribution(text)
    name = "" if found else tidy_name(text)
    return found or (Attribution(text, name) if name else None)


def names_nobody(source: str) -> bool:
    """Return whether a credit says only that the text is from elsewhere, or the site's own."""
    return labels.NOBODY.fullmatch(source) is not None


def is_line_of_print(line: str) -> bool:
    """Return whether a line begins by crediting a medium, whatever follows: a date, a notice."""
    return labels.FIRST_LABEL.match(line) is not None


def is_only_credit(paragraph: str) -> bool:
    """Return whether a paragraph is nothing but a credit in brackets: （来源：X）."""
    return len(paragraph) <= _LONGEST_CREDIT and labels.ONLY_CREDIT.fullmatch(paragraph) is not None


def read_attribution(text: str) -> Attribution | None:
    """Read the medium that a line, a paragraph or an information bar credits, or None.

    Picture, data and video credits are no sources of the article; 据X报道 is one only where nothing else stands
    beside it or in brackets at the end.
    """
    for sign in labels.SIGNS:
        if sign in text:
            break
    else:
        return _reported_alone(text)
    if labels.LABEL.search(text) is None:
        return _reported_alone(text)
    line = clean(text)
    simple = labels.SIMPLE.match(line)
    if simple is not None and not labels.STOP.search(simple["name"]) and _is_name(simple["name"]):
        return Attribution(simple["printed"], simple["name"])
    for part in _ends(line):
        found = _labelled(part)
        if found is not None:
            return found
    return _glued(line) or _reported_alone(line)


def _glued(line: str) -> Attribution | None:
    """Read a label with the name right behind it in a line of print: 5月3日 来源甲报 | 3条评论."""
    if len(line) > _LONGEST_CREDIT:
        return None
    match = labels.GLUED.search(line)
    if match is None or not (labels.MEDIUM.search(match["name"]) or labels.OF_PRINT.search(line)):
        return None
    name = tidy_name(match["name"])
    return Attribution(match["printed"], name) if name else None


def _ends(line: str) -> list[str]:
    return [line] if len(line) <= 2 * _ENDS else [line[-_ENDS:], line[:_ENDS]]


def _labelled(line: str) -> Attribution | None:
    source: tuple[str, int, int] | None = None
    carriers: list[tuple[str, int, int]] = []
    for match in labels.LABEL.finditer(line):
        kind = labels.KINDS.get(match["label"], "plain")
        if not _is_label(line, match, kind):
            continue
        name, end = _cut_name(line, match.end())
        if not name:
            continue
        if kind.startswith("reprint"):
            carriers.append((name, match.start(), end))
        elif source is None:
            source = (name, match.start(), end)
    if source is None and carriers:
        source = carriers.pop()
    if source is None:
        return None
    spans = [source, *carriers]
    printed = _printed(line, min(span[1] for span in spans), max(span[2] for span in spans))
    via = [name for name, _, _ in carriers if name != source[0]]
    return Attribution(printed, source[0], via)


def _is_label(line: str, match: re.Match[str], kind: str) -> bool:
    """Return whether a label is the article's own: not 图片来源, not a word of running text."""
    start = match.start()
    if not match["parted"] and "open" not in kind and (start or not match["blank"]):
        return False
    before = line[max(0, start - 24) : start]
    if before.rstrip().endswith(labels.OTHER_THINGS) or labels.RULE.search(before[-12:]):
        return False
    if kind == "english":
        return not before or not before[-1].isalnum()
    if kind.startswith("firm") or not before or not labels.HANZI.match(before[-1]):
        return True
    return bool(labels.NEAR_LABEL.search(before))


def _cut_name(line: str, start: int) -> tuple[str, int]:
    """Cut the name that begins at `start`; return it with the position after it, or an empty name."""
    rest = line[start : start + 3 * _LONGEST_NAME]
    stop = labels.STOP.search(rest)
    if stop is not None:
        rest = rest[: stop.start()]
    name = tidy_name(rest)
    if not name:
        return "", start
    return name, start + rest.find(name) + len(name)


def tidy_name(text: str) -> str:
    """Strip quotes, brackets, prefixes and trailing codes from a medium's name; empty where no name is left."""
    text = labels.PREFIX.sub("", text.strip(labels.EDGES))
    quoted = labels.QUOTED.match(text)
    if quoted is not None:
        text = quoted[1]
    text = _balanced(text.strip(labels.EDGES))
    if " " in text and not text.isascii():
        text = _first_words(text)
    text = labels.TRAILING.sub("", text).strip(labels.EDGES)
    return text if _is_name(text) else ""


def _balanced(text: str) -> str:
    """End a name at a closing bracket that was never opened, or before an opening one that is never closed."""
    for opening, closing in labels.PAIRS:
        opened: list[int] = []
        for position, char in enumerate(text):
            if char == opening:
                opened.append(position)
            elif char == closing and opened:
                opened.pop()
            elif char == closing:
                text = text[:position]
                break
        if opened:
            text = text[: opened[0]]
    return text


def _first_words(text: str) -> str:
    words = text.split(" ")
    if words[-1] in labels.PLACES:
        words.pop()  # where the author is
        text = " ".join(words)
        if len(words) == 1:
            return text
    if labels.HANZI.search(words[0]) and labels.MEDIUM.search(words[0]) and not _is_own_channel(words[1], words[0]):
        return words[0]  # of several media the credited one goes first
    if len(text) <= 24 and len(words) <= 3 and labels.MEDIUM.search(words[-1]):
        return text
    kept = words[:1]
    # Latin words before the Chinese ones belong together (CBN 第一财经); later ones are other remarks.
    for word in words[1:]:
        if not kept[-1].isascii():
            break
        kept.append(word)
    return " ".join(kept)


def _is_own_channel(word: str, medium: str) -> bool:
    match = labels.OWN_CHANNEL.search(word)
    return match is not None and (not match.start() or word[0] == medium[0])


def _is_name(text: str) -> bool:
    if not text or len(text) > _LONGEST_NAME or not labels.WORD.search(text):
        return False
    return not (labels.NO_NAME.search(text) or labels.ONLY_CODE.match(text))


def _printed(line: str, start: int, end: int) -> str:
    """Widen a span to the brackets and quotes that enclose it."""
    for left, right in labels.PAIRS:
        if line.startswith(right, end) and line.count(left, start, end) > line.count(right, start, end):
            end += 1
    if start and end < len(line):
        opening, rest = line[start - 1], line[end:]
        for left, right in labels.PAIRS:
            if opening == left and rest.lstrip().startswith(right):
                return line[start - 1 : end + len(rest) - len(rest.lstrip()) + 1]
    return line[start:end]


def _reported_alone(text: str) -> Attribution | None:
    if len(text) > _SHORT and text[-1] not in "）)":
        return None
    if not any(sign in text for sign in labels.REPORT_SIGNS):
        return None
    line = clean(text[-_ENDS:])
    for pattern in labels.REPORTED_ALONE:
        match = pattern.search(line)
        name = tidy_name(match["name"]) if match else ""
        if match and labels.MEDIUM.search(name) and not name.endswith("官网"):
            return Attribution(match["printed"], name)
    return None


def trailing_source(text: str) -> Attribution | None:
    """Read the medium in brackets at the very end of a flash item or a digest: …收跌。（证券时报网）.

    Remarks, codes and persons in brackets are none.
    """
    line = text[-_SHORT:].rstrip(" \u3000\t\r\n。")
    match = labels.LAST_BRACKET.search(clean(line)) if line.endswith(("）", ")", "】", "]")) else None
    if match is None:
        return None
    inside = match["inside"]
    labelled = read_attribution(inside)
    if labelled is not None:
        return Attribution(match["all"], labelled.source, labelled.via)
    name = tidy_name(inside)
    if not name or name != inside.strip() or labels.REMARK.search(name):
        return None
    known = labels.SURE_MEDIUM.search(name) or name in labels.SHORT_MEDIA
    if known or (match["stop"] and labels.PUBLISHER.search(name)):
        return Attribution(match["all"], name)
    return None


def original_title(text: str) -> str | None:
    """Read the title that the article had where it was taken from (原标题：…), or None."""
    if not any(label in text for label in labels.ORIGINAL_TITLES):
        return None
    match = labels.ORIGINAL_TITLE.search(clean(text))
    if match is None:
        return None
    title = match["title"].strip()
    opening = match["open"]
    if opening:
        title = _balanced_title(title, opening)
    stop = labels.TITLE_STOP.search(title)
    title = (title[: stop.start()] if stop else title).strip(" 　")
    if title.startswith("《") and title.endswith("》") and title.count("《") == 1:
        title = title[1:-1]
    return title or None


def _balanced_title(title: str, opening: str) -> str:
    """End a title at the bracket that closes the one before its label."""
    openings, closings = next(pair for pair in _KINDS_OF_BRACKET if opening in pair[0])
    depth = 0
    for position, char in enumerate(title):
        if char in openings:
            depth += 1
        elif char in closings:
            if depth == 0:
                return title[:position]
            depth -= 1
    return title
