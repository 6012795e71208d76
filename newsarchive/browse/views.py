"""The other pages: the front, tables, subjects, what became of an address; SQL and questions as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette.utils import InvalidSql, derive_named_parameters, tilde_decode, validate_sql_select
from datasette.utils.asgi import BadRequest, NotFound, Response
from datasette.views.base import DatasetteError

from newsarchive.archive.problem_log import ProblemLog
from newsarchive.browse import article_page as articles
from newsarchive.browse.charts import chart_of, hours_chart, year_of
from newsarchive.browse.datasette_api import database_metadata, ensure_allowed, is_allowed, questions_of
from newsarchive.browse.downloads import SQL_TIME, Stream, sql_csv, sql_rows
from newsarchive.browse.front_page import front
from newsarchive.browse.metadata import queries, tables
from newsarchive.browse.parameters import read_day
from newsarchive.browse.routing import (
    CSV_TYPE,
    TABLE_ROUTES,
    archive_needed,
    is_public,
    leading,
    only,
    page,
    read,
    route,
)
from newsarchive.browse.subjects import KINDS, subject
from newsarchive.browse.svg import meter, network
from newsarchive.browse.urls import Addresses
from newsarchive.i18n import N_, _
from newsarchive.problems import REASONS

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request


_LONGEST_ADDRESS = 2000
_MISSING = {
    "source": N_("The archive has no article of this source."),
    "security": N_("The archive has no article that names this security."),
    "author": N_("The archive has no article of this author."),
    "site": N_("The archive has no article of this site."),
    "day": N_("The archive has no article of this day."),
}


@route(r"/$")
async def front_page(datasette: Datasette, request: Request) -> Response:
    """Show what is in the archive."""
    name = archive_needed(datasette)
    content = await read(datasette, name, front)
    to = Addresses(datasette, name)
    context = {
        "front": content,
        "chart": chart_of(content.volume, _("Articles over time"), leading(to)) if content.volume else None,
        "meter": meter,
        "questions": await questions_of(datasette, name),
        "feed": to.search(form="atom"),
    }
    return await page(datasette, request, "newsarchive_front.html", context)


@route(r"/tables$")
async def tables_page(datasette: Datasette, request: Request) -> Response:
    """List the questions and the tables, as Datasette's own page of the database does, without its waiting."""
    name = archive_needed(datasette)
    context = {
        "database": name,
        "metadata": await database_metadata(datasette, name),
        "tables": await read(datasette, name, tables),
        "queries": await questions_of(datasette, name),
        "allow_execute_sql": await is_allowed(datasette, request.actor, "execute-sql", name),
    }
    return await page(datasette, request, "database.html", context)


@route(rf"/(?P<kind>{'|'.join(KINDS)})/(?P<name>[^/.]+)$")
async def subject_page(datasette: Datasette, request: Request) -> Response:
    """Show the page of a source, a security, an author, a site or a day."""
    name, kind = archive_needed(datasette), request.url_vars["kind"]
    asked = tilde_decode(request.url_vars["name"])
    if kind == "day" and read_day(asked) != asked:
        return Response.redirect(Addresses(datasette, name).subject("day", read_day(asked)))
    found = await read(datasette, name, lambda connection: subject(connection, kind, asked))
    if found is None:
        raise NotFound(_(_MISSING[kind]))
    to, chart = Addresses(datasette, name), None
    if found.volume:
        chart = chart_of(found.volume, _("Articles over time"), leading(to, found.text) if found.text else None)
    elif found.hours:
        chart = hours_chart(found.hours)
    year = None
    if found.volume and found.text:
        year = year_of(found.volume.days, lambda day: to.search(found.text, **only(day.isoformat())))
    flows = network(found.before, found.title, found.after) if found.before or found.after else None
    context = {"subject": found, "chart": chart, "year": year, "network": flows, "meter": meter}
    return await page(datasette, request, "newsarchive_subject.html", context)


@route(r"/why$")
async def why_page(datasette: Datasette, request: Request) -> Response:
    """Show what became of an address: where it was found, what went wrong, what is kept, when it is tried next."""
    name, url = archive_needed(datasette), (request.args.get("url") or "").strip()[:_LONGEST_ADDRESS]
    events = await read(datasette, name, lambda connection: ProblemLog(connection).history(url)) if url else []
    key = await read(datasette, name, lambda connection: articles.key_named(connection, url)) if url else None
    context = {"url": url, "events": events, "key": key, "reasons": REASONS}
    return await page(datasette, request, "newsarchive_why.html", context)


@route(r"(?:/-/query)?\.csv$", TABLE_ROUTES)
async def sql_download(datasette: Datasette, request: Request) -> Stream:
    """Return the whole answer to a reader's SQL as CSV."""
    name, sql = archive_needed(datasette), (request.args.get("sql") or "").strip()
    await ensure_allowed(datasette, request, "execute-sql", name)
    if not sql:
        raise BadRequest(
            _("A database is no list: ask for one of its tables ({name}/articles.csv), or with ?sql=.", name=name)
        )
    try:
        validate_sql_select(sql)
    except InvalidSql as error:
        raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
    return await _answer_csv(datasette, request, sql, "sql")


@route(rf"/(?P<query>{'|'.join(queries())})\.csv$", TABLE_ROUTES)
async def question_download(datasette: Datasette, request: Request) -> Stream:
    """Return the whole answer to a question as CSV."""
    name, query = archive_needed(datasette), request.url_vars["query"]
    await ensure_allowed(datasette, request, "view-query", name, query)
    return await _answer_csv(datasette, request, queries()[query]["sql"], query)


async def _answer_csv(datasette: Datasette, request: Request, sql: str, label: str) -> Stream:
    name, is_bounded = archive_needed(datasette), is_public(datasette)
    named = await derive_named_parameters(datasette.get_database(name), sql)
    parameters = {parameter: request.args.get(parameter) or "" for parameter in named}
    most = datasette.setting("max_returned_rows") if is_bounded else None
    seconds = datasette.setting("sql_time_limit_ms") / 1000 if is_bounded else SQL_TIME
    pieces = sql_csv(sql_rows(datasette, name, sql, parameters, most=most, seconds=seconds))
    return await Stream.of_sql(pieces, CSV_TYPE, f"{label}.csv")
