"""The securities that a query may mean: what is typed is a code as it is printed, or a name as articles mark it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsarchive.text import fold

if TYPE_CHECKING:
    import sqlite3

# 600160, SH600160, 600160.SH, 1.600160, AAPL; a market in front or behind is left out.
_CODE = re.compile(r"(?:(?:SH|SZ|BJ|HK)[.:]?|[0-9]{1,3}\.)?([0-9]{4,6}|[A-Z]{1,6})(?:\.[A-Z]{1,3})?")
_LONGEST_NAME = 30
_SECURITIES = """
SELECT market, code, max(name), count(*) FROM mentions WHERE {} GROUP BY market, code ORDER BY 4 DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Security:
    """A security, and how many articles mark it."""

    market: str
    code: str
    name: str | None
    articles: int


def read_code(text: str) -> str | None:
    """Read the code of a security, without its market; None for what is none."""
    match = _CODE.fullmatch(fold(text).strip().upper())
    return match[1] if match else None


def securities(connection: sqlite3.Connection, text: str, *, by_name: bool = True, most: int = 5) -> list[Security]:
    """Return the securities with this code or exactly this name, those in most articles first.

    No index knows the names: `by_name` reads all mentions.
    """
    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or " " in name or ":" in name:
        return []
    found = _having(connection, "code = ?", code, most) if (code := read_code(name)) else []
    return found or (_having(connection, "name = ?", name, most) if by_name else [])


def _having(connection: sqlite3.Connection, condition: str, value: str, most: int) -> list[Security]:
    return [Security(*row) for row in connection.execute(_SECURITIES.format(condition), (value, most))]
