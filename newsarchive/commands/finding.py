"""Which article a person means: by key, info code, address, or the end of its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.identity import canonical_url, find_info_code, parse_info_code

if TYPE_CHECKING:
    import sqlite3

_SHORTEST_END = 4  # digits


def find_article(connection: sqlite3.Connection, text: str) -> int:
    """Give the id of the article that a key, an info code, an address or the last digits of a key name.

    Raises UserError when there is none, or more than one.
    """
    wanted = text.strip()
    ids = _exact(connection, wanted) or _ending(connection, wanted)
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise UserError(f"{wanted} is the end of {len(ids)} keys - write more digits")
    raise UserError(
        f"no article {wanted} in this archive - a key, info code or address is wanted;"
        " `newsarchive search WORD` lists keys"
    )


def _exact(connection: sqlite3.Connection, wanted: str) -> list[int]:
    keys = {wanted}
    if code := parse_info_code(wanted):
        keys.add(code.digits)
    if "/" in wanted:
        keys |= _keys_of_address(wanted)
    for key in sorted(keys):
        rows = connection.execute(
            "SELECT id FROM articles WHERE article_key = ?1 UNION SELECT article_id FROM copies WHERE url = ?1", (key,)
        ).fetchall()
        if rows:
            return [row[0] for row in rows]
    return []


def _keys_of_address(wanted: str) -> set[str]:
    try:
        code = find_info_code(wanted)
        return {code.digits if code else canonical_url(wanted if "://" in wanted else f"//{wanted}")}
    except ValueError:  # brackets or a port that no address has
        return set()


def _ending(connection: sqlite3.Connection, wanted: str) -> list[int]:
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) >= _SHORTEST_END):
        return []
    rows = connection.execute("SELECT id FROM articles WHERE article_key LIKE ? LIMIT 50", (f"%{wanted}",))
    return [row[0] for row in rows]
