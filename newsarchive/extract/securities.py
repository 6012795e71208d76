"""Securities and boards that an article's markup names; never guessed from plain text.

The origin writes them in three forms, `1,600160` (market, code), `NIO|106|7` (code, market, type) and `K NIO|106|7`
(on the picture of a chart), and as links to `quote.eastmoney.com/unify/r/<market>.<code>`. Codes keep leading zeros.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsarchive.models import Mention

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMMA = re.compile(r"\s*(\d{1,4}),([A-Za-z0-9._-]{1,20})\s*")
_BARS = re.compile(r"\s*(?:K\s+)?([A-Za-z0-9._-]{1,20})\|(\d{1,4})(?:\|[^|]*){0,3}\s*")
_LINK = re.compile(r"quote\.eastmoney\.com/(?:unify/)?r/(\d{1,4})\.([A-Za-z0-9_-]{1,20})(?![A-Za-z0-9_-])")


def security_of(attributes: Mapping[str, str | None]) -> tuple[str, str] | None:
    """Read the market and the code that an element's attributes name, or None."""
    code = attributes.get("data-code")
    if code:
        if match := _COMMA.fullmatch(code):
            return match[1], match[2]
        if match := _BARS.fullmatch(code):
            return match[2], match[1]
    link = attributes.get("href")
    if link and "quote." in link and (match := _LINK.search(link)):
        return match[1], match[2]
    return None


def may_name_securities(markup: str | bytes) -> bool:
    """Return whether a page holds a mark of a security anywhere: a quick look before the thorough one."""
    if isinstance(markup, str):
        return "data-code" in markup or "quote." in markup
    return b"data-code" in markup or b"quote." in markup


class Mentions:
    """Counts the securities of a page, in the order of their first mark."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Mention] = {}

    def add(self, security: tuple[str, str]) -> None:
        """Count one mark of a security."""
        mention = self.found.get(security)
        if mention is None:
            self.found[security] = Mention(*security)
        else:
            mention.count += 1

    def name(self, security: tuple[str, str], name: str) -> None:
        """Record under which name a mark stands; the first name is kept."""
        mention = self.found.get(security)
        if mention is not None and mention.name is None and name:
            mention.name = name
