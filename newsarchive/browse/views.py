"""The pages: what a request asks for, read in a thread, shown by a template."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
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
from newsarchive.browse.charts import chart_of, chosen_by, comparison_of, hours_chart, volume_csv, year_of
from newsarchive.browse.comparison import MOST_SEARCHES, compare
from newsarchive.browse.datasette_api import (
    database_metadata,
    ensure_allowed,
    is_allowed,
    questions_of,
)
from newsarchive.browse.downloads import SQL_TIME, Stream, search_csv, search_json, sql_csv, sql_rows
from newsarchive.browse.files import TYPES, forms, search_file
from newsarchive.browse.filters import form_name, is_web_address
from newsarchive.browse.front_page import front
from newsarchive.browse.metadata import queries, tables
from newsarchive.browse.parameters import read_day
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
from newsarchive.browse.subjects import KINDS as SUBJECTS
from newsarchive.browse.subjects import subject
from newsarchive.browse.svg import Dot, meter, network, timeline
from newsarchive.browse.urls import Addresses
from newsarchive.export.bibtex import write_bibtex
from newsarchive.export.citation import citation_of
from newsarchive.export.citation_styles import apa, gbt7714
from newsarchive.export.ris import write_ris
from newsarchive.problems import REASONS
from newsarchive.search import FIELDS, MOST_RANKED, QueryError
from newsarchive.text import shorten
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import TypeVar

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from newsarchive.browse.search_page import SearchResult
    from newsarchive.browse.volume import Period

    T = TypeVar("T")

_LONGEST_ADDRESS = 2000
CSV_TYPE = "text/csv; charset=utf-8"
#: What a citation is called and served as, by the ending of its address.
CITATIONS = {
    "bib": (write_bibtex, "application/x-bibtex; charset=utf-8"),
    "ris": (write_ris, "application/x-research-info-systems; charset=utf-8"),
}
#: Articles of a timeline at most; the list under it has more.
MOST_DOTS = 40
_LONGEST_TITLE = 300  # characters of a headline in a citation that is shown
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
    context = {
        "front": content,
        "chart": chart_of(content.volume, "Articles over time", _leading(to)) if content.volume else None,
        "meter": meter,
        "questions": await questions_of(datasette, name),
        "feed": to.search(form="atom"),
    }
    return await _page(datasette, request, "newsarchive_front.html", context)


@route(r"/tables$")
async def tables_page(datasette: Datasette, request: Request) -> Response:
    """List the questions and the tables, as Datasette's own page of the database does, without its waiting."""
    name = _needed(datasette)
    context = {
        "database": name,
        "metadata": await database_metadata(datasette, name),
        "tables": await _read(datasette, name, tables),
        "queries": await questions_of(datasette, name),
        "allow_execute_sql": await is_allowed(datasette, request.actor, "execute-sql", name),
    }
    return await _page(datasette, request, "database.html", context)


@route(rf"/search(?:\.(?P<form>json|csv|atom|{'|'.join(TYPES)}))?$")
async def search_page(datasette: Datasette, request: Request) -> Response:
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
    to, chart = Addresses(datasette, name), None
    if found.volume:
        chart = chart_of(
            found.volume,
            "Articles over time",
            lambda period: to.search(**chosen_by(form, period).arguments),
            is_share=form.by == "share",
        )
    context = {
        "found": found,
        "form": form,
        "chart": chart,
        "meter": meter,
        "most_ranked": MOST_RANKED,
        "fields": FIELDS,
    }
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


@route(rf"/(?P<kind>{'|'.join(SUBJECTS)})/(?P<name>[^/.]+)$")
async def subject_page(datasette: Datasette, request: Request) -> Response:
    """Show the page of a source, a security, an author, a site or a day."""
    name, kind = _needed(datasette), request.url_vars["kind"]
    asked = tilde_decode(request.url_vars["name"])
    if kind == "day" and read_day(asked) != asked:
        return Response.redirect(Addresses(datasette, name).subject("day", read_day(asked)))
    found = await _read(datasette, name, lambda connection: subject(connection, kind, asked))
    if found is None:
        raise NotFound(f"The archive has no article of this {kind}.")
    to, chart = Addresses(datasette, name), None
    if found.volume:
        chart = chart_of(found.volume, "Articles over time", _leading(to, found.text) if found.text else None)
    elif found.hours:
        chart = hours_chart(found.hours)
    year = None
    if found.volume and found.text:
        year = year_of(found.volume.days, lambda day: to.search(found.text, **_only(day.isoformat())))
    flows = network(found.before, found.title, found.after) if found.before or found.after else None
    context = {"subject": found, "chart": chart, "year": year, "network": flows, "meter": meter}
    return await _page(datasette, request, "newsarchive_subject.html", context)


@route(r"/compare(?:\.(?P<form>csv))?$")
async def compare_page(datasette: Datasette, request: Request) -> Response:
    """Show searches beside each other over time, or the numbers as CSV."""
    name = _needed(datasette)
    searches, arguments = request.args.getlist("q"), {key: request.args[key] for key in request.args}
    found = await _read(datasette, name, lambda connection: compare(connection, searches, arguments))
    if request.url_vars.get("form"):
        if found.problem or found.errors or not found.volume:
            return _refused(found.problem or next(iter(found.errors.values()), "there is nothing to count: q=WORD"))
        return Response(
            volume_csv(found.volume, found.searches), headers=_attached("volume.csv"), content_type=CSV_TYPE
        )
    to, chart = Addresses(datasette, name), None
    if found.volume:
        chart = comparison_of(found.volume, is_share=found.form.by == "share")
    context = {
        "comparison": found,
        "chart": chart,
        "fields": [*found.searches, *[""] * MOST_SEARCHES][:MOST_SEARCHES],
        "table": to.compare(found.searches, "csv", **found.arguments, bom="1"),
        "other": to.compare(found.searches, **found.arguments | {"by": "" if found.form.by else "share"}),
    }
    return await _page(datasette, request, "newsarchive_compare.html", context)


@route(rf"/article/(?P<key>[^/.]+)(?:\.(?P<form>json|{'|'.join(CITATIONS)}))?$")
async def article_page(datasette: Datasette, request: Request) -> Response:
    """Show an article, or give all that the archive has of it as JSON, or its citation."""
    name = _needed(datasette)
    key, form = tilde_decode(request.url_vars["key"]), request.url_vars.get("form")
    whole = form is not None
    shown = await _read(datasette, name, lambda connection: articles.article(connection, key, whole=whole))
    if shown is None:
        raise NotFound("The archive has no article with this key.")
    if form == "json":
        return Response(articles.as_json(shown), content_type="application/json; charset=utf-8")
    if form is not None:
        write, content_type = CITATIONS[form]
        stream = BytesIO()
        write([shown.article], stream)
        return Response(stream.getvalue(), headers=_attached(f"article.{form}"), content_type=content_type)
    cited = citation_of(shown.article)
    cited = replace(cited, title=shorten(cited.title, _LONGEST_TITLE))
    context = {
        "page": shown,
        "a": shown.row,
        "cited": cited,
        "styles": {"GB/T 7714": gbt7714(cited), "APA": apa(cited)},
    }
    return await _page(datasette, request, "newsarchive_article.html", context)


@route(r"/article/(?P<key>[^/.]+)/changes/(?P<revision>\d{1,6})$")
async def change_page(datasette: Datasette, request: Request) -> Response:
    """Show what changed in an article's text with one revision."""
    name = _needed(datasette)
    key, revision = tilde_decode(request.url_vars["key"]), int(request.url_vars["revision"])
    found = await _read(datasette, name, lambda connection: articles.change(connection, key, revision))
    if found is None:
        raise NotFound("The archive has no such change.")
    is_side = request.args.get("view") == "side"
    context = {"a": found[0], "change": found[1], "is_side": is_side}
    return await _page(datasette, request, "newsarchive_change.html", context)


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
    to = Addresses(datasette, name)
    dots = [
        Dot(one.source or "-", one.minutes_later, to.article(one.article_key))
        for one in found.members[:MOST_DOTS]
        if one.minutes_later is not None
    ]
    drawing = timeline(dots) if len(dots) > 1 else None
    return await _page(datasette, request, "newsarchive_story.html", {"story": found, "timeline": drawing})


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


async def _search_data(datasette: Datasette, name: str, form: SearchForm, suffix: str, request: Request) -> Response:
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
    file_name = f"search.{suffix}" if most is None else f"search-first-{most}.{suffix}"
    if suffix in TYPES:
        about = {"Search": form.text or "all articles", "Address": datasette.absolute_url(request, request.full_path)}
        if most is not None:
            about["Limit"] = f"The first {most:,} articles, because anybody may ask for this file."
        pieces = search_file(database, query, form, suffix, most=most, about=about)
        return await Stream.of(pieces, TYPES[suffix], file_name)
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


def _leading(to: Addresses, text: str = "") -> Callable[[Period], str]:
    """Return what leads from a period of a chart to its articles."""
    return lambda period: to.search(text, **{"from": period.first.isoformat(), "to": period.last.isoformat()})


def _only(day: str) -> dict[str, str]:
    return {"from": day, "to": day}


def _attached(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def _refused(problem: str) -> Response:
    return Response.json({"ok": False, "error": problem}, status=400)


def _size(request: Request, most: int | None) -> int | None:
    """Return how many rows a program wants at once; all of them unless it says `size=`."""
    wanted = request.args.get("size") or ""
    size = int(wanted) if wanted.isdecimal() and 0 < len(wanted) < 7 else 0
    return min(size, most or size) if size else most


def _is_public(datasette: Datasette) -> bool:
    return bool((datasette.plugin_config("newsarchive") or {}).get("public"))


@route(r"(?:/-/query)?\.csv$", TABLE_ROUTES)
async def sql_download(datasette: Datasette, request: Request) -> Stream:
    """Return the whole answer to a reader's SQL as CSV."""
    name, sql = _needed(datasette), (request.args.get("sql") or "").strip()
    await ensure_allowed(datasette, request, "execute-sql", name)
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
    await ensure_allowed(datasette, request, "view-query", name, query)
    return await _answer_csv(datasette, request, queries()[query]["sql"], query)


async def _answer_csv(datasette: Datasette, request: Request, sql: str, label: str) -> Stream:
    name, is_public = _needed(datasette), _is_public(datasette)
    named = await derive_named_parameters(datasette.get_database(name), sql)
    parameters = {parameter: request.args.get(parameter) or "" for parameter in named}
    most = datasette.setting("max_returned_rows") if is_public else None
    seconds = datasette.setting("sql_time_limit_ms") / 1000 if is_public else SQL_TIME
    pieces = sql_csv(sql_rows(datasette, name, sql, parameters, most=most, seconds=seconds))
    return await Stream.of_sql(pieces, CSV_TYPE, f"{label}.csv")


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
        "files": {form_name(kind): to.search(form=kind, **same) for kind in forms()},
        "numbers": to.compare([found.form.query], "csv", **{"from": found.form.since, "to": found.form.until}, bom="1"),
        "compared": to.compare([found.form.query] if found.form.query else []),
        "all_days": replace(found.form, since="", until="", after=""),
        "measured": to.search(**same | {"by": "" if found.form.by else "share"}),
    }


async def _read(datasette: Datasette, name: str, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function in one of Datasette's threads with a connection of its own to the archive."""
    return await datasette.get_database(name).execute_fn(function)  # type: ignore[no-any-return]


def _needed(datasette: Datasette) -> str:
    name = archive_of(datasette)
    assert name is not None  # there are no routes to pages of ours without an archive
    return name


async def _page(datasette: Datasette, request: Request, template: str, context: dict[str, Any]) -> Response:
    return Response.html(await datasette.render_template(template, context, request=request))
