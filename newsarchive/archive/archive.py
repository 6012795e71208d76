"""The archive as the rest of the program uses it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from newsarchive.archive.connection import connect, explain, transaction
from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlite_utils import Database

    from newsarchive.archive.copies import Copies
    from newsarchive.archive.frontier import Frontier
    from newsarchive.archive.listings import Listings
    from newsarchive.archive.outlets import Outlets
    from newsarchive.archive.problem_log import ProblemLog
    from newsarchive.archive.runs import Runs
    from newsarchive.archive.schedules import Schedules
    from newsarchive.archive.snapshots import Snapshots
    from newsarchive.archive.store import ArticleStore, Stored
    from newsarchive.models import Article
    from newsarchive.search import Search
    from newsarchive.search.index import SearchIndex
    from newsarchive.stories import Stories


class Archive:
    """One open archive. Every method commits before it returns unless it is called inside `transaction()`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self.connection = connection
        self._file = path.stat()
        # Whether the open transaction has stored articles; None where it is not one of `transaction`.
        self._has_stored: bool | None = None

    # Imported when they are first asked for: a crawl that finds nothing needs few of them, a command that reads fewer.

    @cached_property
    def db(self) -> Database:
        """The archive as sqlite-utils sees it."""
        from sqlite_utils import Database  # noqa: PLC0415

        return Database(self.connection)

    @cached_property
    def runs(self) -> Runs:
        """The runs of crawls."""
        from newsarchive.archive.runs import Runs  # noqa: PLC0415

        return Runs(self.connection)

    @cached_property
    def problems(self) -> ProblemLog:
        """What went wrong."""
        from newsarchive.archive.problem_log import ProblemLog  # noqa: PLC0415

        return ProblemLog(self.connection)

    @cached_property
    def frontier(self) -> Frontier:
        """The URLs to fetch."""
        from newsarchive.archive.frontier import Frontier  # noqa: PLC0415

        return Frontier(self.connection)

    @cached_property
    def listings(self) -> Listings:
        """The listings that were read."""
        from newsarchive.archive.listings import Listings  # noqa: PLC0415

        return Listings(self.connection)

    @cached_property
    def schedules(self) -> Schedules:
        """When the sites that are watched are due."""
        from newsarchive.archive.schedules import Schedules  # noqa: PLC0415

        return Schedules(self.connection)

    @cached_property
    def copies(self) -> Copies:
        """The URLs at which articles stand."""
        from newsarchive.archive.copies import Copies  # noqa: PLC0415

        return Copies(self.connection)

    @cached_property
    def outlets(self) -> Outlets:
        """The sources that articles are credited to, with their outlets."""
        from newsarchive.archive.outlets import Outlets  # noqa: PLC0415

        return Outlets(self.connection)

    @cached_property
    def snapshots(self) -> Snapshots:
        """The raw pages."""
        from newsarchive.archive.snapshots import Snapshots  # noqa: PLC0415

        return Snapshots(self.connection)

    @property
    def search(self) -> Search:
        """The search of the archive."""
        self._index_stored()
        return self._search

    @cached_property
    def _search(self) -> Search:
        from newsarchive.search import Search  # noqa: PLC0415

        return Search(self.connection)

    @cached_property
    def _article_store(self) -> ArticleStore:
        from newsarchive.archive.store import ArticleStore  # noqa: PLC0415

        return ArticleStore(self.connection)

    @cached_property
    def _search_index(self) -> SearchIndex:
        from newsarchive.search.index import SearchIndex  # noqa: PLC0415

        return SearchIndex(self.connection)

    @cached_property
    def stories(self) -> Stories:
        """The stories of the archive."""
        from newsarchive.stories import Stories  # noqa: PLC0415

        return Stories(self.connection)

    @classmethod
    def open(cls, path: Path | str, *, readonly: bool = False) -> Self:
        """Open or create the archive at a path. Raises UserError for a file that cannot be used, saying why."""
        return cls(connect(path, readonly=readonly), Path(path))

    def close(self) -> None:
        """Close the files; the write-ahead log is folded in where no reader holds it."""
        try:
            if self._has_snapshots:
                self.snapshots.close()
        finally:
            self.connection.close()

    @property
    def _has_snapshots(self) -> bool:
        """Whether a raw page may have been read or written through this archive."""
        return "snapshots" in self.__dict__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def must_be_in_place(self) -> None:
        """Raise UserError where the archive's name does not lead to the open file any more: what is written is lost."""
        try:
            is_same = os.path.samestat(self.path.stat(), self._file)
        except FileNotFoundError:
            is_same = False
        if not is_same:
            raise UserError(
                _(
                    "archive {path}: was removed or replaced while it was written to, and what was written since "
                    "is lost with the old file - put the right file there and run the same command again",
                    path=self.path,
                )
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold one write transaction. Raises UserError when the file cannot be written (locked, full disk).

        The words of the articles stored in it are indexed together, at its end or when `search` is asked for before.
        """
        try:
            is_outermost = not self.connection.in_transaction
            with transaction(self.connection):
                if not is_outermost:
                    yield
                    return
                with self._index_at_the_end():
                    yield
                if self._has_snapshots:  # pages first: a row that a power cut leaves must not name one it took
                    self.snapshots.sync()
                self.must_be_in_place()
        except sqlite3.OperationalError as error:
            raise explain(error, self.path) from error

    @contextmanager
    def _index_at_the_end(self) -> Iterator[None]:
        self._has_stored = False
        try:
            yield
            self._index_stored()
        finally:
            self._has_stored = None

    def _index_stored(self) -> None:
        if self._has_stored:
            self._search_index.settle()
            self._has_stored = False

    def store(
        self,
        article: Article,
        run_id: int | None,
        now: datetime,
        *,
        fetched: bool = True,
        reread_at: datetime | None = None,
        is_latest: bool = False,
    ) -> Stored:
        """Store what one page says of an article, with its problems, and mark its URL as done: all or nothing.

        A page that was not `fetched` now but found in a file or a snapshot leaves a URL that is still to be fetched as
        it is. With `reread_at` it was read again from its snapshot at that time (see `ArticleStore.store`).
        `is_latest` says that the page has just been fetched, whatever clocks have said before.
        """
        page = article.page
        with self.transaction():
            if self._has_stored is not None:
                self._search_index.defer()
                self._has_stored = True
            stored = self._article_store.store(article, reread_at=reread_at, is_latest=is_latest)
            if page.snapshot_id is not None and article.charset:
                self.snapshots.note_charset(page.snapshot_id, article.charset)
            for problem in article.problems:
                self.problems.add(
                    run_id,
                    url=page.url,
                    site=page.site,
                    stage=problem.stage,
                    reason=problem.reason,
                    detail=problem.detail,
                    now=page.fetched_at,
                )
            if fetched:
                self.frontier.done(page.url, now)
            else:
                self.frontier.accept(page.url, now)
        return stored
