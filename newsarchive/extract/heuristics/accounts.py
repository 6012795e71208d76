"""The account that published an article on a platform, told by the elements and script variables platforms print.

Recognised by structure, not by host: copies of such pages stand at many places. Scripts are searched as text, never
run.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from newsarchive.text import clean
from newsarchive.tree import select, text_in

if TYPE_CHECKING:
    from newsarchive.extract.heuristics.lines import PrintedLines


@dataclass(frozen=True, slots=True)
class _Platform:
    """What a platform's pages print.

    One of the `marks`; the account's name in elements and variables, and the account from which the text was taken.
    """

    marks: tuple[bytes, ...]
    elements: str
    variables: re.Pattern[str] | None = None
    original_elements: str = ""
    original_variables: re.Pattern[str] | None = None


_STRING = r"[\"']([^\"'\\<>]{1,40}(?:\\.[^\"'\\<>]{0,40}){0,20})[\"']"
_PLATFORMS = (
    # Articles of Sohu accounts: the account stands in a column beside the text.
    _Platform((b"mp.sohu.com/profile",), "#user-info h4, .user-info h4"),
    # Articles of WeChat accounts: text, pictures, reposts.
    _Platform(
        (b"rich_media", b"JsDecode("),
        "#js_name, #post-user, .rich_media_meta_nickname a, .profile_nickname, .wx_follow_nickname",
        re.compile(rf"nick(?<=\bnick)_?name\s?[:=]\s?(?:htmlDecode\(|JsDecode\(|\(?xml \? [^:]{{1,60}}: )?{_STRING}"),
        ".original_primary_nickname",
        re.compile(rf"copyright_info\s?[:=]\s?\{{[^{{}}]{{0,400}}?\bplatform\s?:\s?JsDecode\({_STRING}"),
    ),
)
_NO_ACCOUNT = frozenset(("微信公众平台", "未命名账号", "公众号", "微信广告"))
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Account:
    """The account that published an article, and the one from which it says to have taken it over ("": none)."""

    name: str
    original: str = ""


def find_account(flow: PrintedLines, page: str, body: bytes) -> Account | None:
    """Return the account if the page is one of a platform; `page` is its text, `body` the same in bytes."""
    platform = next((one for one in _PLATFORMS if any(mark in body for mark in one.marks)), None)
    if platform is None:
        return None
    name = _element(flow, platform.elements) or _variable(page, platform.variables)
    original = _element(flow, platform.original_elements) or _variable(page, platform.original_variables)
    return Account(name, original) if name or original else None


def _element(flow: PrintedLines, css: str) -> str:
    if not css or not flow.element:
        return ""
    return next((name for one in select(css, flow.element[0]) if (name := _name(text_in(one)[: 2 * _LONGEST]))), "")


def _variable(page: str, pattern: re.Pattern[str] | None) -> str:
    if pattern is None:
        return ""
    return next((name for match in pattern.finditer(page) if (name := _name(_unescape(match[1])))), "")


def _name(text: str) -> str:
    name = clean(text)
    return name if 1 < len(name) <= _LONGEST and name not in _NO_ACCOUNT else ""


def _unescape(literal: str) -> str:
    r"""Read the escapes of a script's string (`\x26`, `\u6c50`) and the entities in it."""
    escaped = _HEX.sub(r"\\u00\1", literal)
    try:
        text: str = json.loads(f'"{escaped}"')
    except ValueError:
        text = literal
    return unescape(text)
