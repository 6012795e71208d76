"""The formats of an export: a new one is an entry in `FORMATS`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, TypeVar

from newsarchive.archive.queries import PARTS, articles, articles_of, value
from newsarchive.export.atom import write_atom
from newsarchive.export.bibtex import write_bibtex
from newsarchive.export.csl_json import write_csl_json
from newsarchive.export.csv import write_csv
from newsarchive.export.jekyll import write_posts
from newsarchive.export.json_lines import write_json_lines
from newsarchive.export.parquet import write_parquet
from newsarchive.export.ris import write_ris
from newsarchive.export.tei import write_tei
from newsarchive.export.text_corpus import write_corpus
from newsarchive.export.wacz import write_wacz
from newsarchive.export.workbook import write_workbook
from newsarchive.search import Search

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from newsarchive.archive.queries import ArchivedArticle

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: the articles that `query` matches (an empty one: all), with the options of the formats.

    `bom` begins CSV with a byte order mark; `newest` is the length of a feed, `title` that of a feed or a WACZ file.
    `progress` is called with the number of articles done, `warn` with what has to be left out.
    """

    connection: sqlite3.Connection
    query: str
    bom: bool
    newest: int
    title: str
    progress: Callable[[int], None]
    warn: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format that is one file; `write` writes it to a binary stream and returns the number of articles."""

    help: str
    write: Callable[[Export, IO[bytes]], int]


@dataclass(frozen=True, slots=True)
class FolderFormat:
    """A format that is a folder; `write` fills an empty one and returns the number of articles."""

    help: str
    write: Callable[[Export, Path], int]


def _atom(export: Export, stream: IO[bytes]) -> int:
    search = Search(export.connection)
    hits = search.hits(search.parse(export.query), limit=export.newest)
    archive_id = value(export.connection, "SELECT archive_id FROM identity")
    feed_id = f"urn:newsarchive:feed:{archive_id}" + (f":{export.query}" if export.query else "")
    found = articles_of(export.connection, [hit.article_id for hit in hits], parts=())
    return write_atom(found, stream, title=export.title, feed_id=feed_id)


def _parquet(export: Export, folder: Path) -> int:
    return write_parquet(export.connection, folder, export.query, progress=export.progress)


def _csv(export: Export, stream: IO[bytes]) -> int:
    return _each(partial(write_csv, bom=export.bom), parts=())(export, stream)


def _xlsx(export: Export, stream: IO[bytes]) -> int:
    return _each(partial(write_workbook, query=export.query, warn=export.warn), parts=())(export, stream)


def _wacz(export: Export, stream: IO[bytes]) -> int:
    return write_wacz(
        export.connection, stream, export.query, title=export.title, progress=export.progress, warn=export.warn
    )


def _each(
    write: Callable[[Iterable[ArchivedArticle], T], int], *, parts: Sequence[str] = PARTS
) -> Callable[[Export, T], int]:
    """Return what hands the articles of an export, read with these parts, to a function that writes articles."""

    def written(export: Export, target: T) -> int:
        with closing(articles(export.connection, export.query, parts=parts, progress=export.progress)) as found:
            return write(found, target)

    return written


# Parts of an article that a citation needs.
_CITED = ("bylines", "copies")

#: Name -> how it is written, and its line in the help.
FORMATS: dict[str, FileFormat | FolderFormat] = {
    "csv": FileFormat("one line an article, for spreadsheets (no cell is run as a formula)", _csv),
    "xlsx": FileFormat("a workbook for Excel: headlines are links, columns have filters", _xlsx),
    "jsonl": FileFormat(
        "JSON Lines: one article a line with paragraphs, mentions, images, copies", _each(write_json_lines)
    ),
    "bibtex": FileFormat(
        "citations for LaTeX, with the day on which the page was archived", _each(write_bibtex, parts=_CITED)
    ),
    "ris": FileFormat("citations for Zotero, EndNote and NoteExpress", _each(write_ris, parts=_CITED)),
    "csl": FileFormat("citations in CSL-JSON, for pandoc and Zotero", _each(write_csl_json, parts=_CITED)),
    "atom": FileFormat("a feed of the newest", _atom),
    "parquet": FolderFormat("a folder with one file a month, for DuckDB, polars and pandas", _parquet),
    "wacz": FileFormat("the raw pages with their index, for ReplayWeb.page and pywb", _wacz),
    "jekyll": FolderFormat("post files with front matter, in the mirror's own form", _each(write_posts)),
    "text": FolderFormat("a corpus: one plain text file an article, and index.csv", _each(write_corpus, parts=())),
    "corpus": FolderFormat(
        "the same with a head of metadata (YAML) in each file", _each(partial(write_corpus, heads=True), parts=_CITED)
    ),
    "sentences": FolderFormat(
        "as corpus, with one sentence a line", _each(partial(write_corpus, heads=True, by_sentence=True), parts=_CITED)
    ),
    "tei": FolderFormat(
        "a corpus in TEI P5: one XML file an article, with a header", _each(write_tei, parts=("paragraphs", *_CITED))
    ),
}
