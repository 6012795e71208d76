"""The little Markdown that post files use, rendered as the site renders it (kramdown).

Post files hold raw HTML, quoted lines (`> digest`), plain paragraphs, addresses in angle brackets and links. In plain
text the site also makes quotes and dashes typographic and takes `*` in pairs for emphasis; what a reader of the page
sees is the mirror's text, so a file is read in the same way.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A line that begins with one of these is HTML as it stands, up to the next empty line.
_HTML_LINE = re.compile(
    r" {0,3}<(?:!--|/?(?:address|article|aside|blockquote|center|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|"
    r"header|hr|iframe|li|main|nav|ol|p|pre|script|section|style|table|tbody|td|tfoot|th|thead|tr|ul|video)(?![A-Za-z0-9:]))",
    re.IGNORECASE,
)
# Lines of the site's own behind an article's HTML.
_AFTER_HTML = ("<http", "<>", "[")
_HEADER = re.compile(r"(#{1,6})[ \t]*(\S.*?)[ \t]*#*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r" {0,3}(?:[*+-]|\d{1,9}\.)[ \t]+(\S.*)$")

# What may stand in a line besides text, by its first character. Every pattern is bounded.
_ADDRESS = re.compile(r"<((?:https?|ftp|mailto):[^<>\n]{1,2000})>")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,30}(?:\s[^<>]{0,4000})?/?>|<!--.{0,4000}?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_LABEL = re.compile(r"\[([^\[\]\n]{1,500})\]\(")
_ESCAPED = re.compile(r"\\([\\.*_+`<>()\[\]{}#!:|\"'$~^=-])")
_CODE = re.compile(r"(`{1,3})(?!`)([^`\n]{1,2000})\1(?!`)")
_DOTS = re.compile(r"\.\.\.|---?|<<|>>")
_TYPOGRAPHIC = {"...": "…", "---": "—", "--": "–", "<<": "«", ">>": "»"}
_SPECIAL = re.compile(r"[<&\[\\`.\->*\"']")
# A quote behind one of these (or at the beginning) opens; behind anything else, Chinese characters too, it closes.
_OPENS_BEHIND = " \t\r\n[{(-"
_QUOTES = {'"': ("“", "”"), "'": ("‘", "’")}


def render(text: str) -> str:
    """Render Markdown to HTML. Time is linear in the length of the text."""
    return "\n".join(_blocks(text.replace("\r\n", "\n").replace("\r", "\n")))


def _blocks(text: str) -> Iterator[str]:
    for block in _joined(re.split(r"\n[ \t]*\n", text)):
        lines = block.strip("\n").split("\n")
        while lines and lines[0].strip():
            kind = _kind(lines[0])
            length = 1 + next((n for n, line in enumerate(lines[1:]) if _ends(kind, line)), len(lines) - 1)
            yield _RENDER[kind](lines[:length])
            lines = lines[length:]


def _joined(blocks: list[str]) -> Iterator[str]:
    """Join blocks again that an empty line inside an open HTML paragraph has parted."""
    waiting: list[str] = []
    for block in blocks:
        if waiting or _HTML_LINE.match(block):
            waiting.append(block)
            if block.rfind("<p") > block.rfind("</p") and len(waiting) == 1:
                continue
            if len(waiting) > 1 and "</p" not in block:
                continue
        yield "\n".join(waiting) or block
        waiting = []
    if waiting:
        yield "\n".join(waiting)


def _kind(line: str) -> str:
    if _HTML_LINE.match(line):
        return "html"
    if line.lstrip(" ").startswith(">"):
        return "quote"
    if line.startswith("#") and _HEADER.match(line):
        return "header"
    if _RULE.match(line):
        return "rule"
    return "list" if _ITEM.match(line) else "text"


def _ends(kind: str, line: str) -> bool:
    """Return whether a block of that kind ends before the line."""
    if kind in ("header", "rule"):
        return True
    if kind == "html":
        return line.startswith(_AFTER_HTML)
    following = _kind(line)
    return following not in ("text", kind)


def _html(lines: list[str]) -> str:
    return "\n".join(lines)


def _quote(lines: list[str]) -> str:
    text = "\n".join(re.sub(r"^ {0,3}> ?", "", line) for line in lines)
    return f"<blockquote>\n<p>{_inline(text)}</p>\n</blockquote>"


def _header(lines: list[str]) -> str:
    match = _HEADER.match(lines[0])
    assert match is not None
    level = len(match[1])
    return f"<h{level}>{_inline(match[2])}</h{level}>"


def _rule(lines: list[str]) -> str:
    return "<hr />" * len(lines)


def _list(lines: list[str]) -> str:
    items: list[str] = []
    for line in lines:
        match = _ITEM.match(line)
        if match:
            items.append(match[1])
        else:
            items[-1] += "\n" + line.strip()
    return "<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ul>"


def _text(lines: list[str]) -> str:
    return f"<p>{_inline(chr(10).join(line.strip(' ') for line in lines))}</p>"


_RENDER: dict[str, Callable[[list[str]], str]] = {
    "html": _html, "quote": _quote, "header": _header, "rule": _rule, "list": _list, "text": _text,
}  # fmt: skip


def _inline(text: str) -> str:
    """Render the inside of a paragraph."""
    pieces: list[str] = []
    at = 0
    stars = _paired_stars(text)
    while match := _SPECIAL.search(text, at):
        start = match.start()
        pieces.append(escape(text[at:start], quote=False))
        html, at = _span(text, start, stars)
        pieces.append(html)
    pieces.append(escape(text[at:], quote=False))
    return "".join(pieces)


def _span(text: str, at: int, stars: dict[int, str]) -> tuple[str, int]:
    """Render what begins at a special character; return it with the position behind it."""
    char = text[at]
    if char in _QUOTES:
        return _curly(text, at), at + 1
    if char == "*":
        tag = stars.get(at)
        return (tag, at + (2 if "strong" in tag else 1)) if tag else ("*", at + 1)
    if char == "[":
        return _link(text, at)
    for pattern, write in _SPANS.get(char, ()):
        match = pattern.match(text, at)
        if match:
            return write(match), match.end()
    return escape(char, quote=False), at + 1


def _link(text: str, at: int) -> tuple[str, int]:
    """Render `[label](target)`; blanks and balanced brackets belong to the target, as the site takes them."""
    match = _LABEL.match(text, at)
    if not match:
        return "[", at + 1
    depth, end = 1, match.end()
    while end < len(text) and end - match.end() < 2000 and text[end] != "\n":
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth == 0:
            target = escape(text[match.end() : end].strip())
            return f'<a href="{target}">{_inline(match[1])}</a>', end + 1
        end += 1
    return "[", at + 1


def _curly(text: str, at: int) -> str:
    opening, closing = _QUOTES[text[at]]
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if before in _OPENS_BEHIND:
        return closing if after.isspace() else opening
    return closing


def _paired_stars(text: str) -> dict[int, str]:
    """Find the asterisks that stand in pairs: where each begins, and the tag that it becomes."""
    found: dict[int, str] = {}
    opened: dict[str, int] = {}
    at = text.find("*")
    while at >= 0:
        mark = "**" if text.startswith("**", at) else "*"
        end = at + len(mark)
        tag = "strong" if mark == "**" else "em"
        if mark in opened and at and not text[at - 1].isspace():
            found[opened.pop(mark)], found[at] = f"<{tag}>", f"</{tag}>"
        elif end < len(text) and not text[end].isspace():
            opened.setdefault(mark, at)
        at = text.find("*", end)
    return found


def _write_address(match: re.Match[str]) -> str:
    address = escape(match[1])
    return f'<a href="{address}">{address}</a>'


def _write_typographic(match: re.Match[str]) -> str:
    return _TYPOGRAPHIC[match[0]]


def _write_as_it_is(match: re.Match[str]) -> str:
    return match[0]


def _write_escaped(match: re.Match[str]) -> str:
    return escape(match[1])


def _write_code(match: re.Match[str]) -> str:
    return f"<code>{escape(match[2].strip())}</code>"


_SPANS: dict[str, tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = {
    "<": ((_ADDRESS, _write_address), (_TAG, _write_as_it_is), (_DOTS, _write_typographic)),
    ">": ((_DOTS, _write_typographic),),
    ".": ((_DOTS, _write_typographic),),
    "-": ((_DOTS, _write_typographic),),
    "&": ((_ENTITY, _write_as_it_is),),
    "\\": ((_ESCAPED, _write_escaped),),
    "`": ((_CODE, _write_code),),
}
