"""Addresses of the pages, below whatever path Datasette is served at."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from datasette.utils import tilde_encode

from newsarchive.browse.archives import prefix_of
from newsarchive.warc.replay import replay_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from datasette.app import Datasette


class Addresses:
    """Makes the addresses of one Datasette's pages."""

    def __init__(self, datasette: Datasette, database: str) -> None:
        self._urls = datasette.urls
        self._database = database
        self._prefix = prefix_of(datasette, database)

    def _path(self, path: str) -> str:
        return str(self._urls.path(self._prefix + path))

    def front(self) -> str:
        """Address of the front page."""
        return self._path("/")

    def static(self, name: str, version: str) -> str:
        """Address of a file of ours; `version` changes with what is in it."""
        return str(self._urls.path(f"/-/newsarchive/{name}?{version}"))

    def article(self, key: str, change: int | None = None, view: str = "") -> str:
        """Address of an article, or of what changed with revision `change`; `view` is "side" for two columns."""
        path = f"/article/{tilde_encode(key)}"
        shown = f"?view={view}" if view else ""
        return self._path(path if change is None else f"{path}/changes/{change}{shown}")

    def comparison(self, key: str, before: str = "", after: str = "", view: str = "") -> str:
        """Address of what sets two versions (1, 2) or copies (copy-7) of an article apart."""
        path = self._path(f"/article/{tilde_encode(key)}/changes")
        return _with(path, {"from": before, "to": after, "view": view})

    def article_as(self, key: str, form: str) -> str:
        """Address of all that the archive has of an article (json), or of its citation (bib, ris)."""
        return f"{self.article(key)}.{form}"

    def story(self, story_id: int) -> str:
        """Address of a story."""
        return self._path(f"/story/{story_id}")

    def subject(self, kind: str, name: str) -> str:
        """Address of the page of a source, a security, an author, a site or a day."""
        return self._path(f"/{kind}/{tilde_encode(name)}")

    def compare(self, searches: Sequence[str] = (), form: str = "", **options: str | None) -> str:
        """Address of searches beside each other; `form` is empty for the page, or csv."""
        asked = [("q", one) for one in searches] + [(name, value) for name, value in options.items() if value]
        path = self._path("/compare" + (f".{form}" if form else ""))
        return f"{path}?{urlencode(asked)}" if asked else path

    def list(self, ids: Iterable[int] = ()) -> str:
        """Address of a reader's own list of articles, by the numbers of their rows."""
        listed = ",".join(map(str, ids))
        return f"{self._path('/list')}?ids={listed}" if listed else self._path("/list")

    def list_as(self, form: str) -> str:
        """Address to which the numbers and notes of a list are sent for a file."""
        return self._path(f"/list.{form}") + ("?bom=1" if form == "csv" else "")

    def why(self, url: str) -> str:
        """Address of what became of a page elsewhere."""
        return f"{self._path('/why')}?{urlencode({'url': url})}"

    def raw(self, snapshot_id: int) -> str:
        """Address of a page as it was fetched."""
        return self._path(f"/raw/{snapshot_id}")

    def replay(self, url: str, fetched_at: str | None) -> str | None:
        """Address of a page as it was, at the replay server that NEWSARCHIVE_REPLAY names; None where it names none."""
        return replay_address(url, fetched_at)

    def search(self, query: str = "", form: str = "", **options: str | None) -> str:
        """Address of a search; `form` is empty for the page, or json, csv, atom."""
        return _with(self._path("/search" + (f".{form}" if form else "")), {"q": query, **options})

    def values(self, kind: str, q: str = "", **options: str | None) -> str:
        """Address of all values that the articles of a search have of a kind (Source, Day, ...)."""
        return _with(self._path(f"/search/{kind}"), {"q": q, **options})

    def query(self, name: str, given: Mapping[str, str] | None = None, other: str = "", value: str = "") -> str:
        """Address of a question (a canned query) with what was `given`, one of them with another value."""
        path = str(self._urls.query(self._database, name))
        arguments = {**(given or {}), other: value} if other else given or {}
        return f"{path}?{urlencode(arguments)}" if arguments else path

    def questions(self) -> str:
        """Address of the list of questions."""
        return self._path("/tables#questions")

    def tables(self) -> str:
        """Address of the list of tables and questions."""
        return self._path("/tables")

    def table(self, table: str, **filters: str) -> str:
        """Address of the rows of a table that have these values, those that are not empty."""
        return _with(str(self._urls.table(self._database, table)), filters)

    def row(self, table: str, value: object) -> str:
        """Address of a row by its primary key."""
        return f"{self._urls.table(self._database, table)}/{tilde_encode(str(value))}"


def _with(address: str, arguments: Mapping[str, str | None]) -> str:
    """Return an address with those of the arguments that are not empty."""
    given = {name: value for name, value in arguments.items() if value}
    return f"{address}?{urlencode(given)}" if given else address
