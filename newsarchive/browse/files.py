"""Whole lists as files that are made before they are sent: Excel and Parquet, written to the disk piece by piece."""

from __future__ import annotations

import asyncio
import re
import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from datasette.utils import derive_named_parameters
from datasette.utils.asgi import Response

from newsarchive.archive.queries import PARTS, articles_of
from newsarchive.browse.archives import archives_of
from newsarchive.browse.downloads import SQL_TIME, Stream, pages_of, sql_rows
from newsarchive.browse.routing import is_public
from newsarchive.export.parquet import article_file, pyarrow
from newsarchive.export.workbook import ARTICLE_COLUMNS, Workbook
from newsarchive.i18n import _, ngettext

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from datasette.app import Datasette
    from datasette.database import Database
    from datasette.utils.asgi import Request

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.browse.search_form import SearchForm
    from newsarchive.search import Query

    Rows = AsyncIterator[list[Sequence[Any]]]

#: The forms, by the endings of their addresses.
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_PIECE = 256 * 1024
_LIMIT = re.compile(r"\s+limit\s+\d+\s*$")


def forms() -> list[str]:
    """Return the forms that this installation can write."""
    return [form for form in TYPES if form != "parquet" or find_spec("pyarrow")]


async def search_file(
    database: Database, query: Query, form: SearchForm, kind: str, *, most: int | None, about: Mapping[str, str]
) -> AsyncIterator[bytes]:
    """Write the articles that a search finds, `most` of them at most, and yield the file in pieces."""
    with _folder() as folder:
        path = folder / f"articles.{kind}"
        with _articles(path, kind, about) as write:
            async for page in pages_of(database, query, form, most):
                parts = PARTS if kind == "parquet" else ()

                def read(
                    connection: sqlite3.Connection, ids: Sequence[int] = tuple(page.ids), parts: Sequence[str] = parts
                ) -> list[ArchivedArticle]:
                    return list(articles_of(connection, ids, parts=parts))

                await asyncio.to_thread(write, await database.execute_fn(read))
        async for piece in _pieces(path):
            yield piece


async def sql_workbook(rows: Rows, about: Mapping[str, str]) -> AsyncIterator[bytes]:
    """Write the rows of `sql_rows` as a workbook, and yield it in pieces."""
    with _folder() as folder:
        path, book = folder / "rows.xlsx", None
        async for batch in rows:
            if book is None:
                book, batch = Workbook(str(path), [str(name) for name in batch[0]], about, folder), batch[1:]  # noqa: PLW2901
            await asyncio.to_thread(book.add, batch)
        if book is not None:
            await asyncio.to_thread(book.close)
            async for piece in _pieces(path):
                yield piece


async def sql_parquet(rows: Callable[[], Rows]) -> AsyncIterator[bytes]:
    """Write the rows of `sql_rows` as Parquet, and yield it in pieces.

    The rows are read twice: SQLite's columns hold values of any kind, and which they hold is known at the end only.
    """
    kinds: list[set[type]] = []
    names: list[str] = []
    async for batch in rows():
        if not names:
            names, batch = _distinct([str(name) for name in batch[0]]), batch[1:]  # noqa: PLW2901
            kinds = [set() for _ in names]
        for row in batch:
            for found, value in zip(kinds, row, strict=True):
                found.add(type(value))
    arrow, parquet = pyarrow()
    columns = [_column(arrow, found - {type(None)}) for found in kinds]
    schema = arrow.schema([(name, kind) for name, (kind, _) in zip(names, columns, strict=True)])
    with _folder() as folder:
        path, is_first = folder / "rows.parquet", True
        with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
            async for batch in rows():
                values = batch[is_first:]
                is_first = False
                arrays = [
                    arrow.array([read(row[place]) for row in values], type=kind)
                    for place, (kind, read) in enumerate(columns)
                ]
                await asyncio.to_thread(writer.write_table, arrow.Table.from_arrays(arrays, schema=schema))
        async for piece in _pieces(path):
            yield piece


def renderer(kind: str) -> dict[str, Any]:
    """Return the form as Datasette takes one: the whole answer to the SQL of a table, a question or a reader."""

    async def render(  # noqa: PLR0917 - Datasette hands over what is asked for by name
        datasette: Datasette,
        database: str,
        data: Any,
        request: Request,
        sql: str | None,
        table: str | None,
        query_name: str | None,
    ) -> Response:
        if database not in archives_of(datasette) or not sql:
            return Response.text(_("There is no list here that could be a file: {kind}", kind=kind), status=400)
        if table and "query" not in data:  # 1.0 tells the parameters of a table's SQL to who asks for them
            return Response.redirect(f"{request.path}?{request.query_string}&_extra=query")
        parameters = (data.get("query") or {}).get("params") or {key: request.args[key] for key in request.args}
        statement = _LIMIT.sub("", sql) if table else sql
        is_bounded = is_public(datasette)
        most = datasette.setting("max_returned_rows") if is_bounded else None
        seconds = datasette.setting("sql_time_limit_ms") / 1000 if is_bounded else SQL_TIME
        named = await derive_named_parameters(datasette.get_database(database), statement)
        values = {name: parameters.get(name) or "" for name in named}

        def rows() -> Rows:
            return sql_rows(datasette, database, statement, values, most=most, seconds=seconds)

        label = table or query_name or "sql"
        about = {_("What"): label, _("Address"): datasette.absolute_url(request, request.full_path)}
        if most is not None:
            about[_("Limit")] = ngettext(
                "At most {count} row, because anybody may ask for this file.",
                "At most {count} rows, because anybody may ask for this file.",
                most,
            )
        pieces = sql_parquet(rows) if kind == "parquet" else sql_workbook(rows(), about)
        return await Stream.of_sql(pieces, TYPES[kind], f"{_file_name(label)}.{kind}")

    def can_render(datasette: Datasette, database: str, view_name: str) -> bool:
        return kind in forms() and view_name != "row" and database in archives_of(datasette)

    return {"extension": kind, "render": render, "can_render": can_render}


@contextmanager
def _articles(path: Path, kind: str, about: Mapping[str, str]) -> Iterator[Callable[[list[ArchivedArticle]], None]]:
    if kind == "parquet":
        with article_file(path) as write:
            yield write
        return
    book = Workbook(str(path), ARTICLE_COLUMNS, about, path.parent)
    yield book.add_articles
    book.close()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="newsarchive-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _column(arrow: Any, kinds: set[type]) -> tuple[Any, Callable[[Any], Any]]:
    """Return the type of a column that holds values of these types, and what brings a value into it."""
    if kinds and kinds <= {int}:
        return arrow.int64(), lambda value: value
    if kinds and kinds <= {int, float}:
        return arrow.float64(), lambda value: None if value is None else float(value)
    if kinds == {bytes}:
        return arrow.binary(), lambda value: value
    return arrow.string(), _text


def _text(value: Any) -> str | None:
    return None if value is None else value.hex() if isinstance(value, bytes) else str(value)


def _distinct(names: list[str]) -> list[str]:
    """Return the names, those that come again with a number: a Parquet file has one column of a name."""
    found: list[str] = []
    for place, name in enumerate(names, start=1):
        while name in found:
            name += f"_{place}"  # noqa: PLW2901
        found.append(name)
    return found


def _file_name(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", label).strip("-") or "rows"
