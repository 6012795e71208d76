"""The pages of an article, of what changed in it, of its story, and its raw pages."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from datasette.utils import tilde_decode
from datasette.utils.asgi import NotFound, Response

from newsarchive.archive.snapshots import Snapshots
from newsarchive.browse import article_page as articles
from newsarchive.browse.routing import TABLE_ROUTES, archive_needed, attached, page, read, route
from newsarchive.browse.security import DATA_ONLY
from newsarchive.browse.svg import Dot, timeline
from newsarchive.browse.urls import Addresses
from newsarchive.export.bibtex import write_bibtex
from newsarchive.export.citation import citation_of
from newsarchive.export.citation_styles import apa, gbt7714
from newsarchive.export.ris import write_ris
from newsarchive.i18n import _
from newsarchive.text import shorten
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    import sqlite3

    from datasette.app import Datasette
    from datasette.utils.asgi import Request


#: What a citation is called and served as, by the ending of its address.
CITATIONS = {
    "bib": (write_bibtex, "application/x-bibtex; charset=utf-8"),
    "ris": (write_ris, "application/x-research-info-systems; charset=utf-8"),
}
#: Articles of a timeline at most; the list under it has more.
MOST_DOTS = 40
_LONGEST_TITLE = 300  # characters of a headline in a citation that is shown
_CHARSET = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


@route(rf"/article/(?P<key>[^/.]+)(?:\.(?P<form>json|{'|'.join(CITATIONS)}))?$")
async def article_page(datasette: Datasette, request: Request) -> Response:
    """Show an article, or give all that the archive has of it as JSON, or its citation."""
    name = archive_needed(datasette)
    key, form = tilde_decode(request.url_vars["key"]), request.url_vars.get("form")
    whole = form is not None
    shown = await read(datasette, name, lambda connection: articles.article(connection, key, whole=whole))
    if shown is None:
        raise NotFound(_("The archive has no article with this key."))
    if form == "json":
        return Response(articles.as_json(shown), content_type="application/json; charset=utf-8")
    if form is not None:
        write, content_type = CITATIONS[form]
        stream = BytesIO()
        write([shown.article], stream)
        return Response(stream.getvalue(), headers=attached(f"article.{form}"), content_type=content_type)
    cited = citation_of(shown.article)
    cited = replace(cited, title=shorten(cited.title, _LONGEST_TITLE))
    context = {
        "page": shown,
        "a": shown.row,
        "cited": cited,
        "styles": {"GB/T 7714": gbt7714(cited), "APA": apa(cited)},
    }
    return await page(datasette, request, "newsarchive_article.html", context)


@route(r"/article/(?P<key>[^/.]+)/changes/(?P<revision>\d{1,6})$")
async def change_page(datasette: Datasette, request: Request) -> Response:
    """Show what changed in an article's text with one revision."""
    name = archive_needed(datasette)
    key, revision = tilde_decode(request.url_vars["key"]), int(request.url_vars["revision"])
    found = await read(datasette, name, lambda connection: articles.change(connection, key, revision))
    if found is None:
        raise NotFound(_("The archive has no such change."))
    row, change = found
    to, view = Addresses(datasette, name), _view(request)
    texts = await read(datasette, name, lambda connection: articles.texts(connection, key))
    context = {
        "a": row,
        "change": change,
        "texts": texts[1] if texts else {},
        "chosen": (str(revision - 1), str(revision)),
        "view": view,
        "other_view": to.article(row["article_key"], revision, "" if view else "side"),
    }
    return await page(datasette, request, "newsarchive_change.html", context)


@route(r"/article/(?P<key>[^/.]+)/changes$")
async def comparison_page(datasette: Datasette, request: Request) -> Response:
    """Show what sets two versions or copies of an article apart, the first and the last unless others are chosen."""
    name, key = archive_needed(datasette), tilde_decode(request.url_vars["key"])
    found = await read(datasette, name, lambda connection: articles.texts(connection, key))
    if found is None:
        raise NotFound(_("The archive has no article with this key."))
    row, texts = found
    versions = [one for one in texts if one.isdecimal()]
    usual = versions if len(versions) > 1 else [one for one in texts if one not in versions] or versions or [""]
    chosen = (request.args.get("from") or usual[0], request.args.get("to") or usual[-1])
    if not all(one in texts for one in chosen):
        raise NotFound(_("The archive has no such version or copy of this article."))
    change = await asyncio.to_thread(articles.comparison, *(texts[one] for one in chosen))
    to, view = Addresses(datasette, name), _view(request)
    other = to.comparison(row["article_key"], *chosen, "" if view else "side")
    context = {"a": row, "change": change, "texts": texts, "chosen": chosen, "view": view, "other_view": other}
    return await page(datasette, request, "newsarchive_change.html", context | {"is_comparison": True})


def _view(request: Request) -> str:
    return "side" if request.args.get("view") == "side" else ""


@route(r"/story/(?P<story_id>\d{1,18})$")
async def story_page(datasette: Datasette, request: Request) -> Response:
    """Show a story: who carried it, in which order."""
    name = archive_needed(datasette)
    story_id = int(request.url_vars["story_id"])
    found = await read(datasette, name, lambda connection: articles.story(connection, story_id))
    if found is None:
        raise NotFound(_("The archive has no such story."))
    if found.row["id"] != story_id:
        return Response.redirect(Addresses(datasette, name).story(found.row["id"]))
    to = Addresses(datasette, name)
    dots = [
        Dot(one.source or "-", one.minutes_later, to.article(one.article_key))
        for one in found.members[:MOST_DOTS]
        if one.minutes_later is not None
    ]
    drawing = timeline(dots) if len(dots) > 1 else None
    return await page(datasette, request, "newsarchive_story.html", {"story": found, "timeline": drawing})


@route(r"/raw/(?P<snapshot_id>\d{1,18})$")
async def raw_page(datasette: Datasette, request: Request) -> Response:
    """Return a page as it was fetched, as a text to keep, never as a page to show."""
    name = archive_needed(datasette)
    snapshot_id = int(request.url_vars["snapshot_id"])

    def load(connection: sqlite3.Connection) -> tuple[bytes, str | None]:
        row = connection.execute("SELECT charset FROM snapshots WHERE id = ?", (snapshot_id,)).fetchone()
        page = Snapshots(connection).load(snapshot_id, role="post", site="")
        return page.body, row[0] if row else None

    try:
        body, charset = await read(datasette, name, load)
    except KeyError:
        raise NotFound(_("The archive has no such page.")) from None
    except SnapshotDamagedError as error:
        raise NotFound(_("This page is lost: {error}", error=error)) from error
    charset = charset if charset and _CHARSET.fullmatch(charset) else "utf-8"
    headers = {"content-disposition": f'attachment; filename="page-{snapshot_id}.txt"', **DATA_ONLY}
    return Response(body, headers=headers, content_type=f"text/plain; charset={charset}")


@route(r"/articles/(?P<article_id>\d{1,18})$", TABLE_ROUTES)
async def row_page(datasette: Datasette, request: Request) -> Response:
    """Lead from the row of an article to its page."""
    name = archive_needed(datasette)
    article_id = int(request.url_vars["article_id"])
    key = await read(datasette, name, lambda connection: articles.key_of(connection, article_id))
    if key is None:
        raise NotFound(_("The archive has no such article."))
    return Response.redirect(Addresses(datasette, name).article(key))
