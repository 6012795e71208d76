"""`newsarchive categories`: the category pages of the sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsarchive.archive import Archive
from newsarchive.commands.output import print_rows, rows_options

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("site", "slug", "name", "articles", "newest", "url")
_CATEGORIES = """
SELECT c.site, c.slug, c.name, count(a.id), max(a.published_at), c.url
FROM categories c LEFT JOIN articles a ON a.category_id = c.id
GROUP BY c.id ORDER BY c.site, 4 DESC, c.slug
"""


@click.command(epilog="Example: newsarchive categories --json")
@rows_options
@click.pass_obj
def categories(db: Path, form: str | None) -> None:
    """List the category pages."""
    with Archive.open(db, readonly=True) as archive:
        print_rows(_COLUMNS, archive.connection.execute(_CATEGORIES), form, bar="articles")
