"""`newsarchive stories`: rebuild the stories of an archive, or find those of several."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsarchive.archive import Archive
from newsarchive.archive.connection import must_exist
from newsarchive.archive.migrations import applied_names
from newsarchive.archive.queries import one_moment
from newsarchive.commands.output import print_rows, rows_options
from newsarchive.i18n import _
from newsarchive.progress_bar import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.stories.across import Place

_COLUMNS = ("story", "article_key", "published_at", "source", "title", "archive")


@click.group()
def stories() -> None:
    """Rebuild the stories of the archive, or find those of several archives."""


@stories.command()
@click.pass_obj
def rebuild(db: Path) -> None:
    """Rebuild all stories and their links; the result is the same as that of a crawl.

    Needed only after the rules by which stories are found have changed. An interrupted rebuild leaves the stories as
    they were.
    """
    with Archive.open(must_exist(db)) as archive, archive.transaction(), progress_bar("articles") as report:
        done = archive.stories.rebuild(report)
        (number,) = archive.connection.execute("SELECT count(*) FROM stories").fetchone()
    click.echo(_("{done:,} articles in {number:,} stories.", done=done, number=number))


@stories.command(epilog="Example: newsarchive --db a.db stories across b.db c.db --csv > stories.csv")
@click.argument("others", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--days", type=click.IntRange(1), help="Only articles that were published in the last so many days.")
@click.option("--kept", type=click.Path(path_type=Path, dir_okay=False),
              help="Keep in this file what was compared, so that the next time only what has changed is.")  # fmt: skip
@rows_options
@click.pass_obj
def across(db: Path, /, others: tuple[Path, ...], days: int | None, kept: Path | None, form: str | None) -> int:
    """Find the stories that the articles of the archive and of the archives OTHERS tell together.

    They are those that one archive with all the articles would have; the archives are not changed. A story is named by
    its article that was published first. The status is 1 when no story has more than one article.
    """
    from newsarchive.stories.across import stories_across  # noqa: PLC0415 - a rebuild needs none of it
    from newsarchive.stories.kept import kept_stories  # noqa: PLC0415

    since = None if days is None else (datetime.now(UTC) - timedelta(days=days)).date().isoformat()

    with ExitStack() as stack:
        paths = (db, *others)
        archives = [stack.enter_context(Archive.open(must_exist(path), readonly=True)) for path in paths]
        for archive in archives:
            stack.enter_context(one_moment(archive.connection))
        connections = [archive.connection for archive in archives]
        if kept is None:
            found = stories_across(connections, since)
        else:
            found = kept_stories(kept, applied_names(connections[0])[-1], connections, since)
        print_rows(_COLUMNS, (row for places in found for row in _rows(archives, places)), form)
    return int(not found)


def _rows(archives: Sequence[Archive], places: Sequence[Place]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a story, the article that was published first before the others."""
    articles = []
    for number, article_ids in groupby(places, key=lambda place: place[0]):
        archive = archives[number]
        for _archive, article_id in article_ids:
            row = archive.connection.execute(
                "SELECT a.article_key, a.published_at, s.name, a.title, julianday(a.published_at)"
                " FROM articles a LEFT JOIN sources s ON s.id = a.source_id WHERE a.id = ?",
                (article_id,),
            ).fetchone()
            articles.append((*row[:4], str(archive.path), row[4]))
    articles.sort(key=lambda row: (row[5] is None, row[5] or 0, row[0]))
    for row in articles:
        yield articles[0][0], *row[:5]
