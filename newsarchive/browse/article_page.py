"""Everything that the archive has of one article, for its page and as JSON; and what changed in its text."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from newsarchive.archive.queries import (
    Revision,
    article_row,
    articles_of,
    ids_of,
    one,
    one_moment,
    revisions,
    stored_key,
    story_members,
)
from newsarchive.models import Paragraph
from newsarchive.text import shorten
from newsarchive.textdiff import (
    Line,
    Piece,
    difference,
    line_difference,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from newsarchive.archive.queries import ArchivedArticle, Member, Row
    from newsarchive.models import Mention

#: What is shown of one article at most; the JSON has everything.
MOST_CHARACTERS, MOST_MEMBERS = 200_000, 100
_LONGEST_ADDRESS = 2000
# How a row of a table is kept as a paragraph.
_CELL_MARK = " | "
_NUMBER = re.compile(r"[-+−]?[\d.,]+\s?[%％‰亿万元]*")
_LONGEST_TITLE = 1000  # characters of a headline that are compared
_BEFORE = """
SELECT r.first_seen_at AS seen_at, r.cause, r.title, t.body, t.content_hash
FROM readings r JOIN copies c ON c.id = r.copy_id JOIN texts t ON t.id = r.text_id
WHERE r.article_id = ? AND c.url = ? AND r.first_seen_at < ? AND t.body <> '' ORDER BY r.first_seen_at DESC LIMIT 1
"""
# What each copy said when it was read last.
_COPIES = """
SELECT c.id, c.role, r.first_seen_at, c.url, r.title, t.body FROM copies c
JOIN readings r ON r.id = (SELECT e.id FROM readings e JOIN texts x ON x.id = e.text_id
                           WHERE e.copy_id = c.id AND e.article_id = c.article_id AND x.body <> ''
                           ORDER BY e.first_seen_at DESC LIMIT 1)
JOIN texts t ON t.id = r.text_id
WHERE c.article_id = ? ORDER BY c.first_seen_at, c.url
"""
# Columns of the row that the JSON gives under other names, or not.
_INNER = ("category", "category_name", "category_site")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, or a table with its cells; `head` is its first row where that is one of headings."""

    paragraph: Paragraph | None
    rows: list[list[str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article, its revisions and its story; `is_cut` when paragraphs were left out because there are too many."""

    row: Row
    article: ArchivedArticle
    revisions: list[Revision]
    members: list[Member]
    via: list[str]
    is_cut: bool

    @property
    def parts(self) -> list[Part]:
        """The text as it is shown: paragraphs, and tables made of the rows that follow each other."""
        found: list[Part] = []
        for is_row, group in groupby(self.article.paragraphs, key=_is_row):
            if is_row:
                found.append(_table([paragraph.text.split(_CELL_MARK) for paragraph in group]))
            else:
                found += [Part(paragraph) for paragraph in group]
        return found

    @property
    def embeds(self) -> list[str]:
        """What stands in the text and is none: kind and address of each."""
        return _names(self.row["embeds"])

    @property
    def mentions(self) -> list[Mention]:
        """The securities, those named most often first."""
        return sorted(self.article.mentions, key=lambda mention: -mention.count)


@dataclass(frozen=True, slots=True)
class CopyText:
    """What a copy said when it was read last: its number among the copies, its row and role, since when it says so."""

    number: int
    copy_id: int
    role: str
    seen_at: str
    url: str
    title: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Change:
    """What sets two texts of an article apart: both, the headline's pieces, the text's paragraphs.

    The paragraphs come in groups: runs that are the same, and runs that are not.
    """

    before: Revision | CopyText
    after: Revision | CopyText
    title: list[Piece]
    groups: list[list[Line]]

    @property
    def is_none(self) -> bool:
        """Whether both are the same."""
        lines = [line for group in self.groups for line in group]
        return all(line.is_same for line in lines) and all(piece.kind == "same" for piece in self.title)


@dataclass(frozen=True, slots=True)
class Story:
    """A story, its articles in the order of publication, and the headline of the first."""

    row: Row
    title: str
    members: list[Member]


def article(connection: sqlite3.Connection, key: str, *, whole: bool = False) -> ArticlePage | None:
    """Read an article by its key, None for an unknown one; `whole` leaves nothing out."""
    with one_moment(connection):
        row = _row(connection, key)
        if row is None:
            return None
        found = next(iter(articles_of(connection, [row["id"]])))
        states = revisions(connection, row["id"])
        members = story_members(connection, row["story_id"], limit=MOST_MEMBERS)
    is_cut = False
    if not whole:
        found.paragraphs, is_cut = _cut(found.paragraphs)
    return ArticlePage(row, found, states, members, _names(row["via"]), is_cut)


def key_named(connection: sqlite3.Connection, text: str) -> str | None:
    """Return the key of the article that a text names as a whole: by its key, its info code or an address of it."""
    return stored_key(connection, text) if text and len(text) <= _LONGEST_ADDRESS else None


def key_of(connection: sqlite3.Connection, article_id: int) -> str | None:
    """Return the key of the article in a row of the table."""
    row = one(connection, "SELECT article_key FROM articles WHERE id = ?", (article_id,))
    return row["article_key"] if row else None


def change(connection: sqlite3.Connection, key: str, revision: int) -> tuple[Row, Change] | None:
    """Compare a revision of an article with the one before; None where either is unknown.

    What the site changed is compared with what the same page said before, not with another copy in between.
    """
    row = _row(connection, key)
    if row is None:
        return None
    found = {state.revision: state for state in revisions(connection, row["id"])}
    if revision not in found or revision - 1 not in found:
        return None
    before, after = found[revision - 1], found[revision]
    if after.cause == "site":
        before = _same_page_before(connection, row["id"], after) or before
    return row, _compared(before, after)


def texts(connection: sqlite3.Connection, key: str) -> tuple[Row, dict[str, Revision | CopyText]] | None:
    """Return the texts of an article by what an address calls them: its versions (1, 2), then its copies (copy-7)."""
    row = _row(connection, key)
    if row is None:
        return None
    found: dict[str, Revision | CopyText] = {str(state.revision): state for state in revisions(connection, row["id"])}
    copies = [CopyText(number, *one) for number, one in enumerate(connection.execute(_COPIES, (row["id"],)), start=1)]
    return row, found | {f"copy-{one.copy_id}": one for one in copies if len(copies) > 1}


def comparison(before: Revision | CopyText, after: Revision | CopyText) -> Change:
    """Compare two texts of an article; a headline that one of them does not have is no difference."""
    title = before.title and after.title
    return _compared(before, after) if title else _compared(replace(before, title=None), replace(after, title=None))


def _compared(before: Revision | CopyText, after: Revision | CopyText) -> Change:
    titles = ((state.title or "")[:_LONGEST_TITLE] for state in (before, after))
    bodies = ((state.body or "")[:MOST_CHARACTERS] for state in (before, after))
    groups = [list(lines) for _, lines in groupby(difference(*bodies), key=attrgetter("is_same"))]
    return Change(before, after, line_difference(*titles), groups)


def _same_page_before(connection: sqlite3.Connection, article_id: int, after: Revision) -> Revision | None:
    found = one(connection, _BEFORE, (article_id, after.url, after.seen_at))
    return Revision(revision=after.revision - 1, url=after.url, **found) if found else None


def story(connection: sqlite3.Connection, story_id: int) -> Story | None:
    """Read a story; None for an unknown one.

    A story is called by the id of one of its articles; by any other of them it is found, too, so that a link to a story
    that has since joined another leads there.
    """
    row = one(connection, "SELECT * FROM stories WHERE id = ?", (story_id,)) or one(
        connection, "SELECT t.* FROM articles a JOIN stories t ON t.id = a.story_id WHERE a.id = ?", (story_id,)
    )
    if row is None:
        return None
    lead = one(connection, "SELECT title FROM articles WHERE id = ?", (row["lead_article_id"],))
    members = story_members(connection, row["id"], limit=MOST_MEMBERS)
    return Story(row, (lead["title"] if lead else None) or "", members)


def as_json(page: ArticlePage) -> str:
    """Write an article with all its parts as JSON."""
    row = {name: value for name, value in page.row.items() if name not in _INNER}
    content: dict[str, Any] = {
        **row,
        "category": page.row["category_name"],
        "category_slug": page.row["category"],
        "via": page.via,
        "paragraphs": [
            {"position": position, **asdict(paragraph)} for position, paragraph in enumerate(page.article.paragraphs)
        ],
        "bylines": _objects(page.article.bylines),
        "mentions": _objects(page.mentions),
        "images": _objects(page.article.images),
        "copies": _objects(page.article.copies),
        "revisions": _objects(page.revisions),
        "story": _objects(page.members),
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _is_row(paragraph: Paragraph) -> bool:
    return paragraph.kind == "table" and _CELL_MARK in paragraph.text


def _table(cells: list[list[str]]) -> Part:
    """Make a table of rows, all of one length; the first is one of headings where numbers begin below it."""
    width = max(map(len, cells))
    filled = [row + [""] * (width - len(row)) for row in cells]
    is_headed = len(filled) > 1 and not _has_number(filled[0]) and any(map(_has_number, filled[1:]))
    return Part(None, filled[is_headed:], filled[0] if is_headed else [])


def _has_number(cells: Iterable[str]) -> bool:
    return any(_NUMBER.fullmatch(cell.strip()) for cell in cells)


def _row(connection: sqlite3.Connection, key: str) -> Row | None:
    found = ids_of(connection, [key])
    return article_row(connection, found[0]) if found else None


def _objects(parts: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def _cut(paragraphs: list[Paragraph]) -> tuple[list[Paragraph], bool]:
    """Return the paragraphs up to the most that a page shows, and whether any text was left out."""
    room = MOST_CHARACTERS
    for position, paragraph in enumerate(paragraphs):
        if len(paragraph.text) > room:
            return [*paragraphs[:position], Paragraph(shorten(paragraph.text, room + 1), paragraph.kind)], True
        room -= len(paragraph.text)
    return paragraphs, False


def _names(via: str | None) -> list[str]:
    found = json.loads(via) if via else []
    return [str(name) for name in found] if isinstance(found, list) else []
