"""Lists of articles for programs: Atom feeds of searches, tables and questions."""

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

FEED_TYPE = "application/atom+xml; charset=utf-8"
#: Entries of a feed at most.
MOST_ENTRIES = 100


def feed(
    articles: Sequence[ArchivedArticle], title: str, request: Request, *, note: str = "", next_url: str | None = None
) -> bytes:
    """Write an Atom feed; it is named by its own address, and `next_url` leads to what follows (RFC 5005)."""
    stream = BytesIO()
    write_atom(
        articles, stream, title=title, feed_id=request.url, self_url=request.url, subtitle=note, next_url=next_url
    )
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
    found_keys = (row["article_key"] for row in rows)  # of SQL, anything
    keys = list(dict.fromkeys(key for key in found_keys if isinstance(key, str)))[:MOST_ENTRIES]
    found = await datasette.get_database(database).execute_fn(
        lambda connection: list(articles_of(connection, ids_of(connection, keys), parts=()))
    )
    title = f"{query_name or table or 'SQL'} - newsarchive"
    return Response(feed(found, title, request), content_type=FEED_TYPE)
