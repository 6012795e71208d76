"""The pages: what a request asks for, read in a thread, shown by a template."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response
from datasette.views.index import IndexView

from newsarchive.archive.queries import articles_of
from newsarchive.archive.snapshots import Snapshots
from newsarchive.browse import article_page as articles
from newsarchive.browse.archives import archive_of
from newsarchive.browse.atom import (
    FEED_TYPE,
    feed,
    search_rows,
)
from newsarchive.browse.front_page import front
from newsarchive.browse.metadata import tables
from newsarchive.browse.search_page import (
    DOWNLOAD,
    FEED,
    SearchForm,
    find,
)
from newsarchive.browse.security import DATA_ONLY
from newsarchive.browse.svg import days_ending, draw, meter
from newsarchive.browse.urls import Addresses
from newsarchive.export.csv import write_csv
from newsarchive.search import FIELDS, MOST_RANKED
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import TypeVar

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from newsarchive.browse.search_page import SearchResult

    T = TypeVar("T")

_CHARSET = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
# The page that Datasette has for a row of articles leads to the article's own page.
ROUTES: list[tuple[str, Callable[..., Any]]] = []


def route(pattern: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a page for the paths that match a pattern."""

    def register(page: Callable[..., Any]) -> Callable[..., Any]:
        ROUTES.append((pattern, page))
        return page

    return register


@route(r"/$")
async def front_page(datasette: Datasette, request: Request) -> Response:
    """Show what is in the archive; without an archive of ours, what Datasette shows."""
    name = await archive_of(datasette)
    if name is None:
        return await IndexView(datasette).get(request)
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
    name = await _needed(datasette)
    context = {
        "database": name,
        "metadata": (datasette.metadata("databases") or {}).get(name, {}),
        "tables": await _read(datasette, name, tables),
        "queries": await _questions(datasette, name),
        "allow_execute_sql": await datasette.permission_allowed(request.actor, "execute-sql", name, default=True),
    }
    return await _page(datasette, request, "database.html", context)


@route(r"/search(?:\.(?P<form>json|csv|atom))?$")
async def search_page(datasette: Datasette, request: Request) -> Response:
    """Search, as a page or in one of the forms that programs read."""
    name = await _needed(datasette)
    arguments = {key: request.args[key] for key in request.args}
    form = SearchForm.of(arguments)
    if suffix := request.url_vars.get("form"):
        return await _search_data(datasette, name, form, suffix, request)
    found = await _read(datasette, name, lambda connection: find(connection, form))
    context = {"found": found, "form": form, "meter": meter, "most_ranked": MOST_RANKED, "fields": FIELDS}
    return await _page(datasette, request, "newsarchive_search.html", context | _links(datasette, name, found))


@route(r"/article/(?P<key>[^/.]+)(?:\.(?P<form>json))?$")
async def article_page(datasette: Datasette, request: Request) -> Response:
    """Show an article, or give all that the archive has of it as JSON."""
    name = await _needed(datasette)
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
    name = await _needed(datasette)
    key, revision = tilde_decode(request.url_vars["key"]), int(request.url_vars["revision"])
    found = await _read(datasette, name, lambda connection: articles.change(connection, key, revision))
    if found is None:
        raise NotFound("The archive has no such change.")
    return await _page(datasette, request, "newsarchive_change.html", {"a": found[0], "change": found[1]})


@route(r"/story/(?P<story_id>\d{1,18})$")
async def story_page(datasette: Datasette, request: Request) -> Response:
    """Show a story: who carried it, in which order."""
    name = await _needed(datasette)
    story_id = int(request.url_vars["story_id"])
    found = await _read(datasette, name, lambda connection: articles.story(connection, story_id))
    if found is None:
        raise NotFound("The archive has no such story; a story's number may change when articles join it.")
    return await _page(datasette, request, "newsarchive_story.html", {"story": found})


@route(r"/raw/(?P<snapshot_id>\d{1,18})$")
async def raw_page(datasette: Datasette, request: Request) -> Response:
    """Return a page as it was fetched, as a text to keep, never as a page to show."""
    name = await _needed(datasette)
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


@route(r"/(?P<database>[^/]+)/articles/(?P<article_id>\d{1,18})$")
async def row_page(datasette: Datasette, request: Request) -> Response:
    """Lead from the row of an article to its page."""
    name = await _needed(datasette)
    if tilde_decode(request.url_vars["database"]) != name:
        raise NotFound("Row not found.")
    article_id = int(request.url_vars["article_id"])
    key = await _read(datasette, name, lambda connection: articles.key_of(connection, article_id))
    if key is None:
        raise NotFound("The archive has no such article.")
    return Response.redirect(Addresses(datasette, name).article(key))


async def _search_data(datasette: Datasette, name: str, form: SearchForm, suffix: str, request: Request) -> Response:
    size = FEED if suffix == "atom" else DOWNLOAD
    found = await _read(datasette, name, lambda connection: find(connection, form, size=size, counts=False))
    if found.error:
        return Response.json({"ok": False, "error": found.error}, status=400)
    if suffix == "json":
        rows = search_rows(found, Addresses(datasette, name))
        return Response.json({"ok": True, "query": form.text, "next": found.next_after, "rows": rows})
    ids = [hit.article_id for hit in found.hits]
    listed = await _read(datasette, name, lambda connection: list(articles_of(connection, ids, parts=())))
    if suffix == "atom":
        title = f"{form.text} - newsarchive" if form.text else "newsarchive"
        return Response(feed(listed, title, request), content_type=FEED_TYPE)
    stream = BytesIO()
    write_csv(listed, stream, bom=request.args.get("bom") == "1")
    headers = {"content-disposition": 'attachment; filename="search.csv"', "x-next": found.next_after or ""}
    return Response(stream.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")


def _links(datasette: Datasette, name: str, found: SearchResult) -> dict[str, Any]:
    """Return the links of a search page: to narrower searches, to what follows, to other forms of the list."""
    to = Addresses(datasette, name)
    same = found.form.arguments
    return {
        "narrowed": lambda line: to.search(**line.narrower.arguments) if line.narrower else None,
        "next_page": to.search(**same, after=found.next_after) if found.next_after else None,
        "first_page": to.search(**same) if found.form.after else None,
        "forms": {suffix: to.search(form=suffix, **same) for suffix in ("csv", "json", "atom")},
        "feed": to.search(form="atom", **same),
    }


async def _questions(datasette: Datasette, name: str) -> list[dict[str, Any]]:
    return list((await datasette.get_canned_queries(name, None)).values())


async def _read(datasette: Datasette, name: str, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function in one of Datasette's threads with a connection of its own to the archive."""
    return await datasette.get_database(name).execute_fn(function)  # type: ignore[no-any-return]


async def _needed(datasette: Datasette) -> str:
    name = await archive_of(datasette)
    if name is None:
        raise NotFound("No archive of newsarchive is open here.")
    return name


async def _page(datasette: Datasette, request: Request, template: str, context: dict[str, Any]) -> Response:
    return Response.html(await datasette.render_template(template, context, request=request))
