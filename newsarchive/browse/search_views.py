"""The pages of searches, of all values of a facet and of comparisons; and searches as files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from newsarchive.archive.problem_log import ProblemLog
from newsarchive.archive.queries import articles_of
from newsarchive.browse import article_page as articles
from newsarchive.browse.atom import FEED_TYPE, feed
from newsarchive.browse.charts import chart_of, chosen_by, comparison_of, volume_csv
from newsarchive.browse.comparison import MOST_SEARCHES, compare
from newsarchive.browse.downloads import Stream, search_csv, search_json
from newsarchive.browse.files import TYPES, forms, search_file
from newsarchive.browse.filters import form_name
from newsarchive.browse.routing import CSV_TYPE, archive_needed, attached, is_public, page, read, refused, route
from newsarchive.browse.search_form import ORDERS, SearchForm
from newsarchive.browse.search_page import (
    FEED,
    KINDS,
    PUBLIC_DOWNLOAD,
    FormSearch,
    told,
)
from newsarchive.browse.svg import meter
from newsarchive.browse.urls import Addresses
from newsarchive.i18n import _, ngettext
from newsarchive.search import FIELDS, MOST_RANKED, QueryError
from newsarchive.urls import is_web_address

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from newsarchive.browse.search_page import SearchResult


@route(rf"/search(?:\.(?P<form>json|csv|atom|{'|'.join(TYPES)}))?$")
async def search_page(datasette: Datasette, request: Request) -> Response:
    """Search, as a page or in one of the forms that programs read."""
    name = archive_needed(datasette)
    arguments = {key: request.args[key] for key in request.args}
    form = SearchForm.of(arguments)
    if suffix := request.url_vars.get("form"):
        return await _search_data(datasette, name, form, suffix, request)
    if key := await read(datasette, name, lambda connection: articles.key_named(connection, form.query)):
        return Response.redirect(Addresses(datasette, name).article(key))
    if is_web_address(form.query) and await read(datasette, name, lambda c: bool(ProblemLog(c).history(form.query))):
        return Response.redirect(Addresses(datasette, name).why(form.query))
    found = await read(datasette, name, lambda connection: FormSearch(connection, form).find())
    to, chart = Addresses(datasette, name), None
    if found.volume:
        chart = chart_of(
            found.volume,
            _("Articles over time"),
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
        "orders": ORDERS,
    }
    return await page(datasette, request, "newsarchive_search.html", context | _links(datasette, name, found))


@route(rf"/search/(?P<kind>{'|'.join(KINDS)})$")
async def values_page(datasette: Datasette, request: Request) -> Response:
    """List all values of a facet of a search."""
    name, kind = archive_needed(datasette), request.url_vars["kind"]
    form = SearchForm.of({key: request.args[key] for key in request.args})
    wanted = (request.args.get("find") or "").strip()[:100]
    lines, found = await read(datasette, name, lambda connection: FormSearch(connection, form).values_of(kind, wanted))
    context = {"found": found, "form": form, "kind": kind, "lines": lines, "wanted": wanted, "meter": meter}
    return await page(datasette, request, "newsarchive_values.html", context | _links(datasette, name, found))


@route(r"/compare(?:\.(?P<form>csv))?$")
async def compare_page(datasette: Datasette, request: Request) -> Response:
    """Show searches beside each other over time, or the numbers as CSV."""
    name = archive_needed(datasette)
    searches, arguments = request.args.getlist("q"), {key: request.args[key] for key in request.args}
    found = await read(datasette, name, lambda connection: compare(connection, searches, arguments))
    if request.url_vars.get("form"):
        if found.problem or found.errors or not found.volume:
            return refused(found.problem or next(iter(found.errors.values()), _("there is nothing to count: q=WORD")))
        return Response(volume_csv(found.volume, found.searches), headers=attached("volume.csv"), content_type=CSV_TYPE)
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
    return await page(datasette, request, "newsarchive_compare.html", context)


async def _search_data(datasette: Datasette, name: str, form: SearchForm, suffix: str, request: Request) -> Response:
    if suffix == "atom":
        return await _search_feed(datasette, name, form, request)
    if form.problem:
        return refused(form.problem)
    try:
        query = await read(datasette, name, lambda connection: FormSearch(connection, form).query())
    except QueryError as error:
        return refused(told(error))
    database, most = datasette.get_database(name), PUBLIC_DOWNLOAD if is_public(datasette) else None
    if suffix == "json":
        pieces = search_json(database, query, form, Addresses(datasette, name), _size(request, most))
        return await Stream.of(pieces, "application/json; charset=utf-8")
    file_name = f"search.{suffix}" if most is None else f"search-first-{most}.{suffix}"
    if suffix in TYPES:
        about = {
            _("Search"): form.text or _("all articles"),
            _("Address"): datasette.absolute_url(request, request.full_path),
        }
        if most is not None:
            about[_("Limit")] = ngettext(
                "The first {count} article, because anybody may ask for this file.",
                "The first {count} articles, because anybody may ask for this file.",
                most,
            )
        pieces = search_file(database, query, form, suffix, most=most, about=about)
        return await Stream.of(pieces, TYPES[suffix], file_name)
    return await Stream.of(search_csv(database, query, form, most), CSV_TYPE, file_name)


async def _search_feed(datasette: Datasette, name: str, form: SearchForm, request: Request) -> Response:
    """Return the newest articles of a search as a feed that tells how many there are and leads to the others."""
    found = await read(datasette, name, lambda connection: FormSearch(connection, form).find(size=FEED, counts=False))
    if found.error:
        return refused(found.error)
    ids = [hit.article_id for hit in found.hits]
    listed = await read(datasette, name, lambda connection: list(articles_of(connection, ids, parts=())))
    title = f"{form.text} - newsarchive" if form.text else "newsarchive"
    note, next_url = "", None
    if found.next_after:
        note = f"{len(ids)} of {found.total:,} articles" if found.total else f"{len(ids)} articles of more"
        following = Addresses(datasette, name).search(form="atom", **form.arguments, after=found.next_after)
        next_url = datasette.absolute_url(request, following)
    return Response(feed(listed, title, request, note=note, next_url=next_url), content_type=FEED_TYPE)


def _size(request: Request, most: int | None) -> int | None:
    """Return how many rows a program wants at once; all of them unless it says `size=`."""
    wanted = request.args.get("size") or ""
    size = int(wanted) if wanted.isdecimal() and 0 < len(wanted) < 7 else 0
    return min(size, most or size) if size else most


def _links(datasette: Datasette, name: str, found: SearchResult) -> dict[str, Any]:
    """Return the links of a search page: to what follows, to all values of a facet, to other forms of the list."""
    to = Addresses(datasette, name)
    same = found.form.arguments
    return {
        "most": PUBLIC_DOWNLOAD if is_public(datasette) else None,
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
