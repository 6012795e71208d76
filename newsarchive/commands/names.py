"""Commands about names: sources and their spellings, category pages, and the securities that articles name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.archive import sources as media
from newsarchive.commands.printing import print_rows, rows_options

if TYPE_CHECKING:
    from pathlib import Path

_SOURCE_COLUMNS = ("source", "medium", "articles", "aliases")
_CATEGORY_COLUMNS = ("site", "slug", "name", "articles", "newest", "url")
_CATEGORIES = """
SELECT c.site, c.slug, c.name, count(a.id), max(a.published_at), c.url
FROM categories c LEFT JOIN articles a ON a.category_id = c.id
GROUP BY c.id ORDER BY c.site, 4 DESC, c.slug
"""
_SECURITY_COLUMNS = ("market", "code", "name", "articles", "newest")
_SECURITIES = """
SELECT m.market, m.code, max(m.name), count(*), max(a.published_at)
FROM mentions m JOIN articles a ON a.id = m.article_id
GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2 LIMIT ?
"""
_MENTION_COLUMNS = ("article_key", "published_at", "source", "title", "market", "code", "name", "count")
_MENTIONS = """
SELECT a.article_key, a.published_at, s.name, a.title, m.market, m.code, m.name, m.count
FROM mentions m JOIN articles a ON a.id = m.article_id LEFT JOIN sources s ON s.id = a.source_id
WHERE m.code = ?1 AND (?2 = '' OR m.market = ?2) ORDER BY a.published_at DESC, a.id DESC LIMIT ?3
"""


@click.group(invoke_without_command=True, epilog="Example: newsarchive sources merge 江湾晚报数字报 江湾晚报")
@rows_options
@click.pass_context
def sources(context: click.Context, form: str | None) -> None:
    """List the media that articles are credited to, or mend their names.

    `medium` is the house to which a source belongs (paper, site, application); `aliases` are other names that were
    merged into it.
    """
    if context.invoked_subcommand is None:
        with Archive.open(context.obj, readonly=True) as archive:
            found = media.list_sources(archive.connection)
        rows = ((one.name, one.medium, one.articles, ", ".join(one.aliases)) for one in found)
        print_rows(_SOURCE_COLUMNS, rows, form, bar="articles")


@sources.command(epilog="Example: newsarchive sources merge 江湾晚报数字报 江湾晚报")
@click.argument("name")
@click.argument("into")
@click.pass_obj
def merge(db: Path, name: str, into: str) -> None:
    """Make NAME an alias of INTO; its articles follow, now and later."""
    with Archive.open(db) as archive, archive.transaction():
        moved = media.merge(archive.connection, name, into)
    click.echo(f"{name} is {into} from now on: {moved:,} articles moved.")


@sources.command(epilog="Example: newsarchive sources split 江湾晚报数字报")
@click.argument("alias")
@click.pass_obj
def split(db: Path, alias: str) -> None:
    """Make ALIAS a source of its own again; the articles that print it follow."""
    with Archive.open(db) as archive, archive.transaction():
        moved = media.split(archive.connection, alias)
    click.echo(f"{alias} is a source of its own: {moved:,} articles moved.")


@sources.command(epilog="Example: newsarchive sources medium 江湾晚报客户端 江湾晚报")
@click.argument("name")
@click.argument("house")
@click.pass_obj
def medium(db: Path, name: str, house: str) -> None:
    """Group the source NAME under the medium HOUSE."""
    with Archive.open(db) as archive, archive.transaction():
        media.set_medium(archive.connection, name, house)
    click.echo(f"{name} belongs to {house}.")


@click.command(epilog="Example: newsarchive categories --json")
@rows_options
@click.pass_obj
def categories(db: Path, form: str | None) -> None:
    """List the category pages."""
    with Archive.open(db, readonly=True) as archive:
        print_rows(_CATEGORY_COLUMNS, archive.connection.execute(_CATEGORIES), form, bar="articles")


@click.command(epilog="Example: newsarchive mentions 600160")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many lines at most.")
@rows_options
@click.argument("code", required=False)
@click.pass_obj
def mentions(db: Path, limit: int, form: str | None, code: str | None) -> int:
    """List the articles that name a security.

    CODE is a code as printed (600160) or with its market in front (1.600160); without one the securities that are
    named most are listed. The status is 1 when no article names it.
    """
    with Archive.open(db, readonly=True) as archive:
        if code is None:
            rows = archive.connection.execute(_SECURITIES, (limit,))
            return int(not print_rows(_SECURITY_COLUMNS, rows, form, bar="articles"))
        market, _, bare = code.rpartition(".")
        found = archive.connection.execute(_MENTIONS, (bare.upper(), market, limit)).fetchall()
        if not found:
            click.echo(f"No article names {code}.", err=True)
            return 1
        print_rows(_MENTION_COLUMNS, found, form)
    return 0
