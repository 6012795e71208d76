"""Values that are written in JavaScript, read as data: nothing is run, and what is no literal is passed over.

It is wider than JSON: names without quotes, single quotes, escapes, calls around a text (`JSON.parse("...")`,
`htmlDecode("...")`), alternatives (`"" || "x"`), and functions that return an object and are called with its values.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from html import unescape
from typing import Any
from urllib.parse import unquote

from newsarchive.text import valid_unicode

# Levels of one value in the other, and characters of one literal, beyond which nothing is read.
_MOST_LEVELS = 60
_MOST_CHARACTERS = 4_000_000

_BLANK = re.compile(r"(?:\s++|/\*.*?\*/|//[^\n]*+|(?!))*+", re.DOTALL)
_TEXTS = {
    '"': re.compile(r'"((?:[^"\\]++|\\.|(?!))*+)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]++|\\.|(?!))*+)'", re.DOTALL),
    "`": re.compile(r"`((?:[^`\\]++|\\.|(?!))*+)`", re.DOTALL),
}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_NUMBER = re.compile(r"-?[0-9]++(?:\.[0-9]++|(?!))?+(?:[eE][-+]?[0-9]{1,3}|(?!))?+")
_WORD = re.compile(r"[A-Za-z_$][\w$]*+(?:\s*+\.\s*+[A-Za-z_$][\w$]*+|(?!))*+")
_FUNCTION = re.compile(r"\(?\s*+function\s*+[\w$]*+\s*+\(([\w$,\s]*+)\)\s*+\{")
_ARROW = re.compile(r"\(?\s*+\(([\w$,\s]*+)\)\s*+=>\s*+\(?\s*+(?=\{)")
_RETURN = re.compile(r"\breturn\s*+(?=[{\[(])")
# What an expression that is passed over may hold: texts, brackets, and its end.
_NEXT = re.compile(r"[\"'`(){}\[\],;]|/\*.*?\*/|//[^\n]*+", re.DOTALL)
_KNOWN: dict[str, object] = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}
_CLOSING = frozenset("]})")


class Name(str):
    """The name of a variable that stands where a value should."""

    __slots__ = ()


def read_literal(text: str, start: int = 0) -> tuple[Any, int]:
    """Read the value that begins at `start`; return it (None for what is no literal) and where it ends.

    Objects and arrays that never end are read as far as they go. Time is linear in what is read; nothing is raised.
    """
    if text.startswith(("{", "["), start):
        # Most of them are JSON, which is read much quicker.
        with suppress(ValueError, RecursionError):
            return _read_as_json(text, start)
    reader = _Reader(text, start)
    value = reader.function() if text.startswith(("function", "(function", "!function", "((", "("), start) else None
    if value is None:
        reader.at = start
        value = reader.value(0)
    return value, reader.at


_DECODER = json.JSONDecoder(strict=False)
_WINDOW, _CLOSE = 16_384, 8


def _read_as_json(text: str, start: int) -> tuple[Any, int]:
    """Read a value from a short piece of the text, or of all where that was cut off amid it; as `raw_decode`.

    An error counts the lines from the beginning of what was read, which takes long in a long text.
    """
    piece = text[start : start + _WINDOW]
    try:
        value, length = _DECODER.raw_decode(piece)
    except json.JSONDecodeError as error:
        is_cut = error.msg.startswith("Unterminated") or error.pos >= len(piece) - _CLOSE
        if len(piece) < _WINDOW or not is_cut:
            raise
        return _DECODER.raw_decode(text, start)
    return value, start + length


def read_json(text: str) -> Any:
    """Read a text that should be JSON; None where it is none."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


#: Where an object or an array begins, and a text whose own quotes may not be escaped: a quote ends it before a colon, a
#: bracket, a comma with a value behind it, or the next key. What the line does not end is matched, too, but not closed.
_OPENING = re.compile(r"[{\[](?=\s*+[\"'{\[])")
_QUOTED = re.compile(
    r'"((?:[^"\\\n]++|\\.|"(?!\s*+(?:[:}\]]|,\s*+["\'{\[}\]\d/]|"[@\w]{1,40}"\s*+:))|(?!))*+)("?)', re.DOTALL
)
_MOST_VALUES = 20


def read_json_as_printed(text: str) -> Any:
    """Read JSON as pages print it; None where there is none.

    Pages write it between comments, with the entities of HTML, with commas too many, with quotes inside of texts,
    several values in a row (which are read as a list), or something behind the last one.
    """
    text = text if '"' in text else unescape(text)
    known = read_json(text)
    if known is not None:
        return known
    text = _QUOTED.sub(_with_escaped_quotes, text)
    found: list[Any] = []
    begun = _OPENING.search(text)
    while begun and len(found) < _MOST_VALUES:
        value, end = read_literal(text, begun.start())
        found.append(value)
        begun = _OPENING.search(text, max(end, begun.end()))
    return found or None


def _with_escaped_quotes(match: re.Match[str]) -> str:
    inner = match[1]
    return f'"{inner}{match[2]}' if '"' not in inner or not match[2] else json.dumps(unescape_text(inner))


class _Reader:
    """Reads one literal; `at` is where it stands in the text."""

    __slots__ = ("at", "end", "text")

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.end = min(len(text), at + _MOST_CHARACTERS)

    def blank(self) -> str:
        """Pass over white space and comments; return the character behind it, "" at the end."""
        match = _BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.text[self.at] if self.at < self.end else ""

    def value(self, depth: int) -> Any:
        """Read a value, and pass over what is reckoned with it, up to the comma or the bracket behind it."""
        while True:
            value = self._one(depth)
            # "" || "x" is "x".
            if value or self.blank() != "|" or not self.text.startswith("||", self.at):
                break
            self.at += 2
        self.skip()
        return value

    def _one(self, depth: int) -> Any:  # noqa: PLR0911 - any value
        sign = self.blank()
        if sign in _TEXTS:
            return self._text(sign)
        if sign == "{" and depth < _MOST_LEVELS:
            return self._object(depth + 1)
        if sign == "[" and depth < _MOST_LEVELS:
            self.at += 1
            return self._array(depth + 1, "]")
        if sign == "(" and depth < _MOST_LEVELS:
            self.at += 1
            values = self._array(depth + 1, ")")
            return values[-1] if values else None
        if sign == "!":
            self.at += 2
            return self.text[self.at - 1 : self.at] == "0"
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return float(number[0]) if "." in number[0] or "e" in number[0].lower() else int(number[0][:40])
        if word := _WORD.match(self.text, self.at):
            self.at = word.end()
            return self._word("".join(word[0].split()), depth)
        return None

    def _text(self, sign: str) -> str | None:
        """Read a text, and others that are added to it."""
        parts: list[str] = []
        while True:
            match = _TEXTS[sign].match(self.text, self.at)
            if match is None:
                self.at = self.end
                return "".join(parts) or None
            self.at = match.end()
            parts.append(unescape_text(match[1]))
            if self.blank() != "+":
                return "".join(parts)
            self.at += 1
            sign = self.blank()
            if sign not in _TEXTS:
                return "".join(parts)

    def _word(self, word: str, depth: int) -> Any:
        if word in _KNOWN:
            return _KNOWN[word]
        if word in ("new", "await"):
            return self._one(depth) if depth < _MOST_LEVELS else None
        if self.blank() != "(" or word in ("function", "void") or depth >= _MOST_LEVELS:
            return None if word in ("function", "void") else Name(word)
        self.at += 1
        values = self._array(depth + 1, ")")
        first = values[0] if values else None
        return _decoded(word, first) if isinstance(first, str) else None

    def _array(self, depth: int, closing: str) -> list[Any]:
        found: list[Any] = []
        while True:
            sign = self.blank()
            if not sign or sign == ";":
                return found
            if sign in _CLOSING:
                if sign == closing:
                    self.at += 1
                return found
            if sign == ",":
                self.at += 1
                continue
            found.append(self.value(depth))

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        while True:
            sign = self.blank()
            if not sign or sign in _CLOSING:
                self.at += sign == "}"
                return found
            if sign in ",;":
                self.at += 1
                continue
            key = self._key(sign)
            if key is None or self.blank() != ":":
                # A method, a statement, what is spread: no value.
                self.skip()
                continue
            self.at += 1
            value = self.value(depth)
            found.setdefault(key, value)

    def _key(self, sign: str) -> str | None:
        if sign in _TEXTS:
            match = _TEXTS[sign].match(self.text, self.at)
            key = unescape_text(match[1]) if match else None
        else:
            match = _WORD.match(self.text, self.at) or _NUMBER.match(self.text, self.at)
            key = match[0] if match else None
        self.at = match.end() if match else self.at
        return key

    def skip(self) -> None:
        """Pass over an expression, up to the comma or the bracket that ends it."""
        text, level = self.text, 0
        while True:
            match = _NEXT.search(text, self.at, self.end)
            if match is None:
                self.at = self.end
                return
            sign = match[0]
            if sign in _TEXTS:
                whole = _TEXTS[sign].match(text, match.start())
                self.at = whole.end() if whole else self.end
                continue
            if not level and (sign in ",;" or sign in _CLOSING):
                self.at = match.start()
                return
            level += (sign in "([{") - (sign in _CLOSING)
            self.at = match.end()

    def function(self) -> Any:
        """Read `function(a, b) {return {...}}("x", 1)` as the object with the values in their places; else None."""
        start = self.at + (self.text[self.at] == "!")
        head = _FUNCTION.match(self.text, start)
        if head is not None:
            back = _RETURN.search(self.text, head.end(), self.end)
            if back is None:
                return None
            self.at = back.end()
        else:
            head = _ARROW.match(self.text, start)
            if head is None:
                return None
            self.at = head.end()
        value = self.value(0)
        while (sign := self.blank()) and sign in ";})":
            self.at += 1
        if sign != "(":
            return value
        self.at += 1
        names = "".join(head[1].split()).split(",")
        return _filled(value, dict(zip(names, self._array(0, ")"), strict=False)))


def _filled(value: Any, values: dict[str, Any]) -> Any:
    """Put values in the place of names, in place."""
    if isinstance(value, Name):
        return values.get(value)
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            places: list[tuple[Any, Any]] = list(inner.items())
        elif isinstance(inner, list):
            places = list(enumerate(inner))
        else:
            continue
        for place, one in places:
            if isinstance(one, Name):
                inner[place] = values.get(one)
            elif isinstance(one, (dict, list)):
                waiting.append(one)
    return value


def _decoded(name: str, text: str) -> Any:
    """Return what a function makes of a text, by its name."""
    name = name.lower()
    if name.endswith("parse"):
        return read_json(text)
    if name.endswith("jsdecode"):
        return unescape_text(text)
    if name.endswith(("decodeuricomponent", "decodeuri", "unescape")):
        return unquote(text)
    if "html" in name and "decode" in name:
        return unescape(text)
    return text


def unescape_text(text: str) -> str:
    """Return what a text between quotes of JavaScript means."""
    if "\\" not in text:
        return text
    return valid_unicode(_ESCAPE.sub(_character, text))


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        return _CONTROLS.get(match[4], match[4])
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else "\ufffd"
