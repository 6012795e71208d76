"""`newsarchive mentions`: the securities that articles name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive.joins import ARTICLES_WITH_SOURCE
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_SECURITY_COLUMNS = ("market", "code", "name", "articles", "newest")
_SECURITIES = """
SELECT m.market, m.code, max(m.name), count(*), max(a.published_at)
FROM mentions m JOIN articles a ON a.id = m.article_id
GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2 LIMIT ?
"""
_MENTION_COLUMNS = ("article_key", "published_at", "source", "title", "market", "code", "name", "count")
_MENTIONS = f"""
SELECT a.article_key, a.published_at, s.name, a.title, m.market, m.code, m.name, m.count
{ARTICLES_WITH_SOURCE} JOIN mentions m ON m.article_id = a.id
WHERE m.code = ?1 AND (?2 = '' OR m.market = ?2) ORDER BY a.published_at DESC, a.id DESC LIMIT ?3
"""


@click.command(epilog="Example: newsarchive mentions 600160")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Maximum number of lines.")
@rows_options
@click.argument("code", required=False)
@click.pass_obj
def mentions(db: Path, limit: int, form: str | None, code: str | None) -> int:
    """List the articles that name a security.

    CODE is a code as printed (600160), or with its market in front (1.600160). Without it, the securities that are
    named most often are listed. The exit status is 1 when no article names it.
    """
    with Archive.open(db, readonly=True) as archive:
        if code is None:
            rows = archive.connection.execute(_SECURITIES, (limit,))
            return int(not print_rows(_SECURITY_COLUMNS, rows, form, bar="articles"))
        market, _dot, bare = code.rpartition(".")
        found = archive.connection.execute(_MENTIONS, (bare.upper(), market, limit)).fetchall()
        if not found:
            click.echo(_("No article names {code}.", code=code), err=True)
            return 1
        print_rows(_MENTION_COLUMNS, found, form)
    return 0
