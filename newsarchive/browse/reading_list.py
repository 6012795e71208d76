"""A reader's own list of articles: the address holds it, a script keeps it with notes in the browser; and as files.

The archive never learns of it. Notes come with a request for a file, which is why that may be a POST: an address would
be too short for them, and would lie about in histories and logs.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from datasette.utils.asgi import Response

from newsarchive.archive.queries import COLUMNS, articles_of, ids_of, one_moment
from newsarchive.browse.article_page import key_named
from newsarchive.browse.routing import CSV_TYPE, archive_needed, attached, page, read, refused, route
from newsarchive.browse.urls import Addresses
from newsarchive.export.bibtex import bibtex_entry
from newsarchive.export.citation import citation_of
from newsarchive.export.citation_styles import gbt7714
from newsarchive.export.csv import write_csv
from newsarchive.export.ris import ris_record
from newsarchive.i18n import _, ngettext
from newsarchive.text import clean, shorten

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from newsarchive.archive.queries import ArchivedArticle, Row

#: Articles of a list, and characters of a note.
MOST_ARTICLES, LONGEST_NOTE = 500, 4000
# Megabytes of a request that brings notes; a letter of Chinese takes nine bytes.
_LARGEST_REQUEST = 4
_LONGEST_ADDRESS = 20 * MOST_ARTICLES
_LONGEST_ID = 18  # digits


@dataclass(frozen=True, slots=True)
class Kept:
    """An article of a list, and what its reader wrote to it."""

    article_id: int
    article: ArchivedArticle
    note: str = ""

    @property
    def row(self) -> Row:
        """The article's row."""
        return self.article.row


@dataclass(frozen=True, slots=True)
class ReadingList:
    """The articles of a list in its order; `unknown` are numbers that the archive has no article of."""

    articles: list[Kept] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        """The numbers of the articles."""
        return [one.article_id for one in self.articles]


def read_ids(text: str) -> tuple[list[int], str | None]:
    """Return the numbers of a list, each once, and what is wrong with its text, if anything."""
    if len(text) > _LONGEST_ADDRESS:
        return [], _too_many()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not (part.isascii() and part.isdecimal() and len(part) <= _LONGEST_ID):
            return [], _("{text} is not the number of an article: write ids=12,7,30", text=shorten(part, 40))
    ids = list(dict.fromkeys(map(int, parts)))
    return (ids, None) if len(ids) <= MOST_ARTICLES else ([], _too_many())


def rearranged(ids: Sequence[int], asked: Mapping[str, Sequence[str]]) -> list[int]:
    """Return a list after one of its buttons was pressed: one article moved by a place, or removed."""
    changed = list(ids)
    for name, step in (("up", -1), ("down", 1), ("remove", 0)):
        for text in asked.get(name, ())[:1]:
            place = next((at for at, one in enumerate(changed) if str(one) == text), None)
            if place is not None:
                one = changed.pop(place)
                changed[max(0, place + step) : max(0, place + step)] = [one] if step else []
    return changed


def _too_many() -> str:
    return ngettext("A list holds at most {count} article.", "A list holds at most {count} articles.", MOST_ARTICLES)


def reading_list(connection: sqlite3.Connection, ids: Sequence[int], notes: Mapping[int, str]) -> ReadingList:
    """Read the articles of a list."""
    with one_moment(connection):
        sql = "SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        there = {one for (one,) in connection.execute(sql, (json.dumps(ids),))}
        known = [one for one in ids if one in there]
        found = articles_of(connection, known, parts=("bylines", "copies"))
        articles = [Kept(one, article, notes.get(one, "")) for one, article in zip(known, found, strict=True)]
    return ReadingList(articles, [one for one in ids if one not in there])


def _as_csv(kept: Sequence[Kept]) -> bytes:
    stream = io.BytesIO()
    for one in kept:
        one.row["note"] = one.note
    columns = (*(name for name in COLUMNS if name != "body"), "note", "body")
    write_csv((one.article for one in kept), stream, columns=columns)
    return stream.getvalue()


def _as_json(kept: Sequence[Kept]) -> bytes:
    rows = [{"id": one.article_id, "note": one.note, **one.row} for one in kept]
    return json.dumps({"ok": True, "rows": rows}, ensure_ascii=False, indent=1).encode()


def _as_text(kept: Sequence[Kept]) -> bytes:
    """Write the list as a bibliography by GB/T 7714, each note below its entry."""
    lines = []
    for number, one in enumerate(kept, start=1):
        lines.append(f"[{number}] {gbt7714(citation_of(one.article))}")
        lines += [f"    {line}" for line in one.note.splitlines() if line.strip()]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _as_bibtex(kept: Sequence[Kept]) -> bytes:
    return "".join(bibtex_entry(citation_of(one.article, one.note)) for one in kept).encode()


def _as_ris(kept: Sequence[Kept]) -> bytes:
    return "".join(ris_record(citation_of(one.article, one.note)) for one in kept).encode()


#: The files of a list by the endings of their addresses: what writes each, what it is served and called as.
FILES: dict[str, tuple[Callable[[Sequence[Kept]], bytes], str, str]] = {
    "csv": (_as_csv, CSV_TYPE, "CSV"),
    "json": (_as_json, "application/json; charset=utf-8", "JSON"),
    "bib": (_as_bibtex, "application/x-bibtex; charset=utf-8", "BibTeX"),
    "ris": (_as_ris, "application/x-research-info-systems; charset=utf-8", "RIS"),
    "txt": (_as_text, "text/plain; charset=utf-8", "GB/T 7714"),
}


@route(rf"/list(?:\.(?P<form>{'|'.join(FILES)}))?$")
async def list_page(datasette: Datasette, request: Request) -> Response:
    """Show the articles that an address lists, or write them as a file with the notes that come with the request."""
    name, form = archive_needed(datasette), request.url_vars.get("form")
    asked = await _asked(request)
    if asked is None:
        return refused(_("The list with its notes is too large: at most {size} MB.", size=_LARGEST_REQUEST))
    ids, problem = read_ids(",".join(asked.get("ids", [])))
    ids, notes = rearranged(ids, asked), _notes(asked)
    if any(len(note) > LONGEST_NOTE for note in notes.values()):
        problem = ngettext(
            "A note has at most {count} character.", "A note has at most {count} characters.", LONGEST_NOTE
        )
    if form and (problem or not ids):
        return refused(problem or _("there is nothing to write: ids=12,7,30"))
    if (added := (request.args.get("add") or "").strip()) and not problem:
        more = await read(datasette, name, lambda connection: _named(connection, added))
        if more is not None:
            return Response.redirect(Addresses(datasette, name).list([*ids, more]))
        problem = _("The archive has no article {text}.", text=shorten(added, 60))
    found = await read(datasette, name, lambda connection: reading_list(connection, ids, notes))
    if form:
        write, content_type, _label = FILES[form]
        return Response(write(found.articles), headers=attached(f"list.{form}"), content_type=content_type)
    context = {
        "list": found,
        "problem": problem,
        "files": {label: Addresses(datasette, name).list_as(form) for form, (_w, _t, label) in FILES.items()},
        "longest_note": LONGEST_NOTE,
    }
    return await page(datasette, request, "newsarchive_list.html", context)


async def _asked(request: Request) -> dict[str, list[str]] | None:
    """Return the arguments of the address, or of the form that was sent; None where it is too large."""
    if request.method != "POST":
        return {"ids": request.args.getlist("ids")}
    body, is_more = bytearray(), True
    while is_more:
        message = await request.receive()
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
        if len(body) > _LARGEST_REQUEST << 20:
            return None
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=2 * MOST_ARTICLES)
    except ValueError:
        return None


def _named(connection: sqlite3.Connection, text: str) -> int | None:
    """Return the number of the article that a key, an info code or an address names."""
    key = key_named(connection, text)
    return next(iter(ids_of(connection, [key])), None) if key else None


def _notes(asked: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Return the notes of a form by the numbers of their articles; line ends are those of the text, not of the form."""
    found = {}
    for name, values in asked.items():
        number = name.removeprefix("note-")
        if name != number and number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID:
            found[int(number)] = _note(values[-1])
    return found


def _note(text: str) -> str:
    return "\n".join(map(clean, text.splitlines())).strip()
