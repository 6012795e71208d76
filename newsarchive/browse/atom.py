"""Lists of articles for programs: Atom feeds of searches, tables and questions, and the rows of a search as JSON."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Response

from newsarchive.archive.queries import articles_of, ids_of
from newsarchive.export.atom import write_atom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from newsarchive.archive.queries import ArchivedArticle
    from newsarchive.browse.search_page import SearchResult
    from newsarchive.browse.urls import Addresses

FEED_TYPE = "application/atom+xml; charset=utf-8"
#: Entries of a feed at most.
MOST_ENTRIES = 100


def search_rows(found: SearchResult, to: Addresses) -> list[dict[str, Any]]:
    """Return the hits of a search as rows of JSON; the snippet has its matches in [[ ]]."""
    return [
        {
            "article_key": hit.article_key,
            "title": hit.title,
            "source": hit.source,
            "published_at": hit.published_at,
            "snippet": hit.snippet.replace("\x02", "[[").replace("\x03", "]]"),
            "rank": hit.rank,
            "address": to.article(hit.article_key),
        }
        for hit in found.hits
    ]


def feed(articles: Sequence[ArchivedArticle], title: str, request: Request) -> bytes:
    """Write an Atom feed; it is named by its own address."""
    stream = BytesIO()
    write_atom(articles, stream, title=title, feed_id=request.url, self_url=request.url)
    return stream.getvalue()


def can_render(columns: Sequence[str]) -> bool:
    """Return whether a list is one of articles: whether it has their keys."""
    return "article_key" in columns


async def render(  # noqa: PLR0917 - Datasette hands over what is asked for by name
    datasette: Datasette,
    columns: Sequence[str],
    rows: Sequence[Any],
    database: str,
    request: Request,
    query_name: str | None,
    table: str | None,
) -> Response:
    """Return any list of articles, of a table or a question, as an Atom feed."""
    if "article_key" not in columns:
        return Response.text("This list has no column article_key, so it is no list of articles.", status=400)
    keys = list(dict.fromkeys(row["article_key"] for row in rows))[:MOST_ENTRIES]
    found = await datasette.get_database(database).execute_fn(
        lambda connection: list(articles_of(connection, ids_of(connection, keys), parts=()))
    )
    title = f"{query_name or table or 'SQL'} - newsarchive"
    return Response(feed(found, title, request), content_type=FEED_TYPE)
