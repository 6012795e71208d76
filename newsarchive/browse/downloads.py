"""Whole lists as streams: searches page by page, answers of SQL row by row, so that memory does not grow with them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
import sys
import time
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

from newsarchive.archive.queries import articles_of
from newsarchive.browse.datasette_api import release_connection
from newsarchive.browse.search_form import token
from newsarchive.export.csv import write_csv
from newsarchive.search import MOST_RANKED, Marks, Position, Search

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence

    from datasette.app import Datasette
    from datasette.database import Database

    from newsarchive.browse.search_form import SearchForm
    from newsarchive.browse.urls import Addresses
    from newsarchive.search import Query

    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: Articles that are read at once, and rows of a reader's own SQL.
ARTICLES, SQL_ROWS = 200, 500
#: Seconds that SQLite may take for the next rows of a reader's own SQL.
SQL_TIME = 60.0
# Steps of SQLite's machine between two looks at the clock.
_STEPS = 50_000


class Stream(Response):  # type: ignore[misc]
    """An answer that is sent in pieces as they are made; one that breaks off is seen to be broken off."""

    def __init__(self, first: bytes, pieces: AsyncIterator[bytes], headers: dict[str, str]) -> None:
        super().__init__(headers=headers)
        self._first = first
        self._pieces = pieces

    @classmethod
    async def of(cls, pieces: AsyncIterator[bytes], content_type: str, file_name: str | None = None) -> Stream:
        """Wait for the first piece: until it is there, a failure still becomes a page."""
        headers = {"content-type": content_type}
        if file_name:
            headers["content-disposition"] = f'attachment; filename="{file_name}"'
        return cls(await anext(pieces, b""), pieces, headers)

    @classmethod
    async def of_sql(cls, pieces: AsyncIterator[bytes], content_type: str, file_name: str) -> Stream:
        """Wait for the first piece of an answer to SQL. Raises DatasetteError where the SQL is wrong or too slow."""
        try:
            return await cls.of(pieces, content_type, file_name)
        except sqlite3.Error as error:
            is_slow = "interrupted" in str(error)
            raise DatasetteError(str(error), title="Invalid SQL", status=400, message_is_html=is_slow) from error

    async def asgi_send(self, send: Send) -> None:
        """Send everything."""
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._first, "more_body": True})
        async for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def search_csv(database: Database, query: Query, form: SearchForm, most: int | None) -> AsyncIterator[bytes]:
    """Write the articles that a search finds as CSV with every column of the export, `most` of them at most."""
    yield await database.execute_fn(partial(_articles_csv, ids=(), header=True))
    async for page in pages_of(database, query, form, most):
        yield await database.execute_fn(partial(_articles_csv, ids=list(page.ids), header=False))


async def search_json(
    database: Database, query: Query, form: SearchForm, to: Addresses, most: int | None
) -> AsyncIterator[bytes]:
    """Write the hits of a search as one JSON object; `next` is where the rest begins if there are more than `most`."""
    yield f'{{"ok": true, "query": {_json(form.text)}, "rows": ['.encode()
    separator, following = "\n", None
    async for page in pages_of(database, query, form, most):
        objects = await database.execute_fn(partial(_objects, query=query, ids=page.ids, to=to))
        yield (separator + ",\n".join(map(_json, objects))).encode()
        separator, following = ",\n", page.following
    yield f'\n], "next": {_json(following)}}}\n'.encode()


async def sql_csv(rows: AsyncIterator[list[Sequence[Any]]]) -> AsyncIterator[bytes]:
    """Write the rows of `sql_rows` as CSV."""
    async for lines in rows:
        yield _lines(lines)


async def sql_rows(
    datasette: Datasette, name: str, sql: str, parameters: Mapping[str, Any], *, most: int | None, seconds: float
) -> AsyncIterator[list[Sequence[Any]]]:
    """Yield the answer of SQL in batches, `most` rows at most; the first row of the first batch has the columns' names.

    It has a connection of its own, because its cursor lives as long as the reader. Raises sqlite3.Error before anything
    is yielded where the SQL is wrong.
    """
    database = datasette.get_database(name)
    connection = await asyncio.to_thread(_connected, datasette, database)
    try:
        cursor, lines = await asyncio.to_thread(_first_rows, connection, sql, parameters, seconds)
        left = None if most is None else most + 1
        while lines:
            yield lines if left is None else lines[:left]
            left = None if left is None else max(0, left - len(lines))
            lines = [] if left == 0 else await asyncio.to_thread(_next_rows, connection, cursor, seconds)
    finally:
        await asyncio.to_thread(connection.close)


def _connected(datasette: Datasette, database: Database) -> sqlite3.Connection:
    connection: sqlite3.Connection = database.connect()
    release_connection(database, connection)  # closed here, not when Datasette ends
    datasette._prepare_connection(connection, database.name)  # noqa: SLF001 - as for its own threads
    return connection


def _first_rows(
    connection: sqlite3.Connection, sql: str, parameters: Mapping[str, Any], seconds: float
) -> tuple[sqlite3.Cursor, list[Sequence[Any]]]:
    _limit(connection, seconds)
    cursor = connection.execute(sql, parameters)
    return cursor, [[column[0] for column in cursor.description or ()], *cursor.fetchmany(SQL_ROWS)]


def _next_rows(connection: sqlite3.Connection, cursor: sqlite3.Cursor, seconds: float) -> list[Sequence[Any]]:
    _limit(connection, seconds)
    return list(cursor.fetchmany(SQL_ROWS))


def _limit(connection: sqlite3.Connection, seconds: float) -> None:
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)


def _lines(table: Sequence[Sequence[Any]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([one.hex() if isinstance(one, bytes) else one for one in row] for row in table)
    return stream.getvalue().encode()


def _articles_csv(connection: sqlite3.Connection, *, ids: Sequence[int], header: bool) -> bytes:
    stream = io.BytesIO()
    write_csv(articles_of(connection, ids, parts=()), stream, header=header)
    return stream.getvalue()


def _objects(
    connection: sqlite3.Connection, *, query: Query, ids: Mapping[int, float | None], to: Addresses
) -> list[dict[str, Any]]:
    """Make the objects of hits; a snippet has its matches in [[ ]]."""
    return [
        {
            "article_key": hit.article_key,
            "title": hit.title,
            "source": hit.source,
            "published_at": hit.published_at,
            "snippet": hit.snippet,
            "rank": hit.rank,
            "address": to.article(hit.article_key),
            "url": hit.url,
            "site": hit.site,
            "lang": hit.lang,
            "category": hit.category,
            "category_name": hit.category_name,
            "char_count": hit.char_count,
            "story_id": hit.story_id,
        }
        for hit in Search(connection).hits_of(query, ids, Marks(start="[[", end="]]"))
    ]


class _Page(NamedTuple):
    ids: dict[int, float | None]
    following: str | None


async def pages_of(database: Database, query: Query, form: SearchForm, most: int | None) -> AsyncIterator[_Page]:
    """Yield what a search finds page by page; in the order of rank, articles that are not weighed come last."""
    left = MOST_RANKED if most is None else most
    weighed: set[int] = set()
    if form.order == "rank":
        while left:
            read = partial(_ids, query=query, form=form, offset=len(weighed), size=min(ARTICLES, left))
            page = await database.execute_fn(read)
            if not page.ids:
                break
            yield page
            weighed.update(page.ids)
            left -= len(page.ids)
        form = replace(form, order="newest", after="")
    left = sys.maxsize if most is None else most - len(weighed)
    while left > 0:
        page = await database.execute_fn(partial(_ids, query=query, form=form, offset=0, size=min(ARTICLES, left)))
        ids = {article_id: rank for article_id, rank in page.ids.items() if article_id not in weighed}
        if ids:
            yield _Page(ids, page.following)
        if page.following is None:
            return
        left -= len(ids)
        form = replace(form, after=page.following)


def _ids(connection: sqlite3.Connection, *, query: Query, form: SearchForm, offset: int, size: int) -> _Page:
    after = None if form.order == "rank" else form.position
    found = Search(connection).ids(query, order=form.order, limit=size + 1, offset=offset, after=after)
    ids = dict(islice(found.items(), size))
    if form.order == "rank" or len(found) <= size:
        return _Page(ids, None)
    last = next(reversed(ids))
    sql = "SELECT published_at, id, coalesce(char_count, 0) FROM articles WHERE id = ?"
    return _Page(ids, token(Position(*connection.execute(sql, (last,)).fetchone()), form))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
