"""The pages: what a request asks for, read in a thread, shown by a template."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING, Any

from datasette.utils import InvalidSql, derive_named_parameters, tilde_decode, validate_sql_select
from datasette.utils.asgi import BadRequest, NotFound, Response
from datasette.views.base import DatasetteError

from newsarchive.archive.problem_log import ProblemLog
from newsarchive.archive.queries import articles_of
from newsarchive.archive.snapshots import Snapshots
from newsarchive.browse import article_page as articles
from newsarchive.browse.archives import archive_of
from newsarchive.browse.atom import FEED_TYPE, feed
from newsarchive.browse.downloads import SQL_TIME, Stream, search_csv, search_json, sql_csv
from newsarchive.browse.filters import is_web_address
from newsarchive.browse.front_page import front
from newsarchive.browse.metadata import queries, tables
from newsarchive.browse.search_page import (
    FEED,
    KINDS,
    PUBLIC_DOWNLOAD,
    SearchForm,
    find,
    told,
    understand,
    values_of,
)
from newsarchive.browse.security import DATA_ONLY
from newsarchive.browse.svg import days_ending, draw, meter
from newsarchive.browse.urls import Addresses
from newsarchive.problems import REASONS
from newsarchive.search import FIELDS, MOST_RANKED, QueryError
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from newsarchive.browse.search_page import SearchResult

    T = TypeVar("T")

_LONGEST_ADDRESS = 2000
CSV_TYPE = "text/csv; charset=utf-8"
_CHARSET = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
#: Pages by the patterns of their paths: our own, and those below the archive's tables and questions.
ROUTES: list[tuple[str, Callable[..., Any]]] = []
TABLE_ROUTES: list[tuple[str, Callable[..., Any]]] = []


def route(
    pattern: str, routes: list[tuple[str, Callable[..., Any]]] = ROUTES
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a page for the paths that match a pattern."""

    def register(page: Callable[..., Any]) -> Callable[..., Any]:
        routes.append((pattern, page))
        return page

    return register


@route(r"/$")
async def front_page(datasette: Datasette, request: Request) -> Response:
    """Show what is in the archive."""
    name = _needed(datasette)
    content = await _read(datasette, name, front)
    to = Addresses(datasette, name)
    bars = []
    if content.last_day:
        bars = days_ending(
            content.last_day, content.chart_days, content.days, lambda day: to.search(**{"from": day, "to": day})
        )
    context = {
        "front": content,
        "bars": bars,
        "chart": draw(bars),
        "meter": meter,
        "questions": await _questions(datasette, name),
        "feed": to.search(form="atom"),
    }
    return await _page(datasette, request, "newsarchive_front.html", context)


@route(r"/tables$")
async def tables_page(datasette: Datasette, request: Request) -> Response:
    """List the questions and the tables, as Datasette's own page of the database does, without its waiting."""
    name = _needed(datasette)
    context = {
        "database": name,
        "metadata": (datasette.metadata("databases") or {}).get(name, {}),
        "tables": await _read(datasette, name, tables),
        "queries": await _questions(datasette, name),
        "allow_execute_sql": await datasette.permission_allowed(request.actor, "execute-sql", name, default=True),
    }
    return await _page(datasette, request, "database.html", context)


@route(r"/search(?:\.(?P<form>json|csv|atom))?$")
async def search_page(datasette: Datasette, request: Request) -> Response | Stream:
    """Search, as a page or in one of the forms that programs read."""
    name = _needed(datasette)
    arguments = {key: request.args[key] for key in request.args}
    form = SearchForm.of(arguments)
    if suffix := request.url_vars.get("form"):
        return await _search_data(datasette, name, form, suffix, request)
    if key := await _read(datasette, name, lambda connection: articles.key_named(connection, form.query)):
        return Response.redirect(Addresses(datasette, name).article(key))
    if is_web_address(form.query) and await _read(datasette, name, lambda c: bool(ProblemLog(c).history(form.query))):
        return Response.redirect(Addresses(datasette, name).why(form.query))
    found = await _read(datasette, name, lambda connection: find(connection, form))
    context = {"found": found, "form": form, "meter": meter, "most_ranked": MOST_RANKED, "fields": FIELDS}
    return await _page(datasette, request, "newsarchive_search.html", context | _links(datasette, name, found))


@route(rf"/search/(?P<kind>{'|'.join(KINDS)})$")
async def values_page(datasette: Datasette, request: Request) -> Response:
    """List all values of a facet of a search."""
    name, kind = _needed(datasette), request.url_vars["kind"]
    form = SearchForm.of({key: request.args[key] for key in request.args})
    wanted = (request.args.get("find") or "").strip()[:100]
    lines, found = await _read(datasette, name, lambda connection: values_of(connection, form, kind, wanted))
    context = {"found": found, "form": form, "kind": kind, "lines": lines, "wanted": wanted, "meter": meter}
    return await _page(datasette, request, "newsarchive_values.html", context | _links(datasette, name, found))


@route(r"/article/(?P<key>[^/.]+)(?:\.(?P<form>json))?$")
async def article_page(datasette: Datasette, request: Request) -> Response:
    """Show an article, or give all that the archive has of it as JSON."""
    name = _needed(datasette)
    key = tilde_decode(request.url_vars["key"])
    whole = request.url_vars.get("form") == "json"
    shown = await _read(datasette, name, lambda connection: articles.article(connection, key, whole=whole))
    if shown is None:
        raise NotFound("The archive has no article with this key.")
    if whole:
        return Response(articles.as_json(shown), content_type="application/json; charset=utf-8")
    return await _page(datasette, request, "newsarchive_article.html", {"page": shown, "a": shown.row})


@route(r"/article/(?P<key>[^/.]+)/changes/(?P<revision>\d{1,6})$")
async def change_page(datasette: Datasette, request: Request) -> Response:
    """Show what changed in an article's text with one revision."""
    name = _needed(datasette)
    key, revision = tilde_decode(request.url_vars["key"]), int(request.url_vars["revision"])
    found = await _read(datasette, name, lambda connection: articles.change(connection, key, revision))
    if found is None:
        raise NotFound("The archive has no such change.")
    return await _page(datasette, request, "newsarchive_change.html", {"a": found[0], "change": found[1]})


@route(r"/story/(?P<story_id>\d{1,18})$")
async def story_page(datasette: Datasette, request: Request) -> Response:
    """Show a story: who carried it, in which order."""
    name = _needed(datasette)
    story_id = int(request.url_vars["story_id"])
    found = await _read(datasette, name, lambda connection: articles.story(connection, story_id))
    if found is None:
        raise NotFound("The archive has no such story.")
    if found.row["id"] != story_id:
        return Response.redirect(Addresses(datasette, name).story(found.row["id"]))
    return await _page(datasette, request, "newsarchive_story.html", {"story": found})


@route(r"/why$")
async def why_page(datasette: Datasette, request: Request) -> Response:
    """Show what became of an address: where it was found, what went wrong, what is kept, when it is tried next."""
    name, url = _needed(datasette), (request.args.get("url") or "").strip()[:_LONGEST_ADDRESS]
    events = await _read(datasette, name, lambda connection: ProblemLog(connection).history(url)) if url else []
    key = await _read(datasette, name, lambda connection: articles.key_named(connection, url)) if url else None
    context = {"url": url, "events": events, "key": key, "reasons": REASONS}
    return await _page(datasette, request, "newsarchive_why.html", context)


@route(r"/raw/(?P<snapshot_id>\d{1,18})$")
async def raw_page(datasette: Datasette, request: Request) -> Response:
    """Return a page as it was fetched, as a text to keep, never as a page to show."""
    name = _needed(datasette)
    snapshot_id = int(request.url_vars["snapshot_id"])

    def load(connection: sqlite3.Connection) -> tuple[bytes, str | None]:
        row = connection.execute("SELECT charset FROM snapshots WHERE id = ?", (snapshot_id,)).fetchone()
        page = Snapshots(connection).load(snapshot_id, role="post", site="")
        return page.body, row[0] if row else None

    try:
        body, charset = await _read(datasette, name, load)
    except KeyError:
        raise NotFound("The archive has no such page.") from None
    except SnapshotDamagedError as error:
        raise NotFound(f"This page is lost: {error}") from error
    charset = charset if charset and _CHARSET.fullmatch(charset) else "utf-8"
    headers = {"content-disposition": f'attachment; filename="page-{snapshot_id}.txt"', **DATA_ONLY}
    return Response(body, headers=headers, content_type=f"text/plain; charset={charset}")


@route(r"/articles/(?P<article_id>\d{1,18})$", TABLE_ROUTES)
async def row_page(datasette: Datasette, request: Request) -> Response:
    """Lead from the row of an article to its page."""
    name = _needed(datasette)
    article_id = int(request.url_vars["article_id"])
    key = await _read(datasette, name, lambda connection: articles.key_of(connection, article_id))
    if key is None:
        raise NotFound("The archive has no such article.")
    return Response.redirect(Addresses(datasette, name).article(key))


async def _search_data(
    datasette: Datasette, name: str, form: SearchForm, suffix: str, request: Request
) -> Response | Stream:
    if suffix == "atom":
        return await _search_feed(datasette, name, form, request)
    if form.problem:
        return _refused(form.problem)
    try:
        query = await _read(datasette, name, lambda connection: understand(connection, form))
    except QueryError as error:
        return _refused(told(error))
    database, most = datasette.get_database(name), PUBLIC_DOWNLOAD if _is_public(datasette) else None
    if suffix == "json":
        pieces = search_json(database, query, form, Addresses(datasette, name), _size(request, most))
        return await Stream.of(pieces, "application/json; charset=utf-8")
    file_name = "search.csv" if most is None else f"search-first-{most}.csv"
    return await Stream.of(search_csv(database, query, form, most), CSV_TYPE, file_name)


async def _search_feed(datasette: Datasette, name: str, form: SearchForm, request: Request) -> Response:
    """Return the newest articles of a search as a feed that tells how many there are and leads to the others."""
    found = await _read(datasette, name, lambda connection: find(connection, form, size=FEED, counts=False))
    if found.error:
        return _refused(found.error)
    ids = [hit.article_id for hit in found.hits]
    listed = await _read(datasette, name, lambda connection: list(articles_of(connection, ids, parts=())))
    title = f"{form.text} - newsarchive" if form.text else "newsarchive"
    note, next_url = "", None
    if found.next_after:
        note = f"{len(ids)} of {found.total:,} articles" if found.total else f"{len(ids)} articles of more"
        following = Addresses(datasette, name).search(form="atom", **form.arguments, after=found.next_after)
        next_url = datasette.absolute_url(request, following)
    return Response(feed(listed, title, request, note=note, next_url=next_url), content_type=FEED_TYPE)


def _refused(problem: str) -> Response:
    return Response.json({"ok": False, "error": problem}, status=400)


def _size(request: Request, most: int | None) -> int | None:
    """Return how many rows a program wants at once; all of them unless it says `size=`."""
    wanted = request.args.get("size") or ""
    size = int(wanted) if wanted.isdecimal() and 0 < len(wanted) < 7 else 0
    return min(size, most or size) if size else most


def _is_public(datasette: Datasette) -> bool:
    return bool((datasette.plugin_config("newsarchive") or {}).get("public"))


@route(r"\.csv$", TABLE_ROUTES)
async def sql_download(datasette: Datasette, request: Request) -> Stream:
    """Return the whole answer to a reader's SQL as CSV."""
    name, sql = _needed(datasette), (request.args.get("sql") or "").strip()
    await datasette.ensure_permissions(request.actor, [("execute-sql", name), ("view-database", name), "view-instance"])
    if not sql:
        raise BadRequest(f"A database is no list: ask for one of its tables ({name}/articles.csv), or with ?sql=.")
    try:
        validate_sql_select(sql)
    except InvalidSql as error:
        raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
    return await _answer_csv(datasette, request, sql, "sql")


@route(rf"/(?P<query>{'|'.join(queries())})\.csv$", TABLE_ROUTES)
async def question_download(datasette: Datasette, request: Request) -> Stream:
    """Return the whole answer to a question as CSV."""
    name, query = _needed(datasette), request.url_vars["query"]
    await datasette.ensure_permissions(
        request.actor, [("view-query", (name, query)), ("view-database", name), "view-instance"]
    )
    return await _answer_csv(datasette, request, queries()[query]["sql"], query)


async def _answer_csv(datasette: Datasette, request: Request, sql: str, label: str) -> Stream:
    name, is_public = _needed(datasette), _is_public(datasette)
    named = await derive_named_parameters(datasette.get_database(name), sql)
    parameters = {parameter: request.args.get(parameter) or "" for parameter in named}
    most = datasette.setting("max_returned_rows") if is_public else None
    seconds = datasette.setting("sql_time_limit_ms") / 1000 if is_public else SQL_TIME
    pieces = sql_csv(datasette, name, sql, parameters, most=most, seconds=seconds)
    try:
        return await Stream.of(pieces, CSV_TYPE, f"{label}.csv")
    except sqlite3.Error as error:
        is_slow = "interrupted" in str(error)
        raise DatasetteError(str(error), title="Invalid SQL", status=400, message_is_html=is_slow) from error


def _links(datasette: Datasette, name: str, found: SearchResult) -> dict[str, Any]:
    """Return the links of a search page: to what follows, to all values of a facet, to other forms of the list."""
    to = Addresses(datasette, name)
    same = found.form.arguments
    return {
        "most": PUBLIC_DOWNLOAD if _is_public(datasette) else None,
        "next_page": to.search(**same, after=found.next_after) if found.next_after else None,
        "first_page": to.search(**same) if found.form.after else None,
        "values": lambda kind: to.values(kind, **same),
        "table": to.search(form="csv", **same, bom="1"),
        "json": to.search(form="json", **same),
        "feed": to.search(form="atom", **same),
    }


async def _questions(datasette: Datasette, name: str) -> list[dict[str, Any]]:
    return list((await datasette.get_canned_queries(name, None)).values())


async def _read(datasette: Datasette, name: str, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function in one of Datasette's threads with a connection of its own to the archive."""
    return await datasette.get_database(name).execute_fn(function)  # type: ignore[no-any-return]


def _needed(datasette: Datasette) -> str:
    name = archive_of(datasette)
    assert name is not None  # there are no routes to pages of ours without an archive
    return name


async def _page(datasette: Datasette, request: Request, template: str, context: dict[str, Any]) -> Response:
    return Response.html(await datasette.render_template(template, context, request=request))
