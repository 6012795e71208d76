"""What an alert says: one message with its articles, as JSON for programs and as text for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsarchive.i18n import _, ngettext
from newsarchive.search import Marks
from newsarchive.text import plain, shorten
from newsarchive.timestamps import as_known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from newsarchive.alerts.searches import SavedSearch
    from newsarchive.archive import Archive
    from newsarchive.search import Hit

_NO_MARKS = Marks(start="", end="")
_LONGEST_TITLE = 200
# Line ends to some readers of lines, though not to JSON.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True, slots=True)
class Alert:
    """One article that was found; `id` stays the same however often it is sent."""

    id: str
    found_at: str
    hit: Hit

    def as_object(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        hit = self.hit
        return {
            "alert_id": self.id,
            "found_at": self.found_at,
            "article_key": hit.article_key,
            "title": plain(hit.title),
            "source": hit.source,
            "published_at": hit.published_at,
            "url": hit.url,
            "site": hit.site,
            "lang": hit.lang,
            "category": hit.category_name or hit.category,
            "snippet": plain(hit.snippet),
        }


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at once: the alerts of one search."""

    id: str
    search_name: str
    query: str
    alerts: tuple[Alert, ...]
    is_test: bool = False

    @property
    def subject(self) -> str:
        """Describe in one line what it is about."""
        name = plain(self.search_name)
        if self.is_test:
            name = _("test of {name}", name=name)
        return ngettext("{name}: {count} new article", "{name}: {count} new articles", len(self.alerts), name=name)

    @property
    def text(self) -> str:
        """Describe it for people, in plain text."""
        return "\n".join(self._lines()) if self.alerts else _("Nothing in the archive matches yet.")

    def _lines(self) -> Iterator[str]:
        for alert in self.alerts:
            hit = alert.hit
            when = as_known(hit.published_at or _("no date"), hit.published_precision)[:16].replace("T", " ")
            yield shorten(plain(hit.title) or _("(no title)"), _LONGEST_TITLE)
            yield f"{when}  {plain(hit.source or hit.site)}"
            yield plain(hit.url)
            if hit.snippet:
                yield plain(hit.snippet)
            yield ""

    def as_json(self) -> bytes:
        """Write it as JSON: the message, its search, and a list of articles."""
        content = {
            "id": self.id,
            "type": "test" if self.is_test else "alert",
            "search": {"name": self.search_name, "query": self.query},
            "articles": [alert.as_object() for alert in self.alerts],
        }
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")

    def as_json_lines(self) -> bytes:
        """Write it as JSON Lines, one article a line."""
        about = {"message_id": self.id, "search": self.search_name}
        lines = (json.dumps(about | alert.as_object(), ensure_ascii=False) for alert in self.alerts)
        return "".join(f"{line.translate(_LINE_ENDS)}\n" for line in lines).encode("utf-8", "replace")


def message_of(archive: Archive, search: SavedSearch, message_id: str) -> Message:
    """Compose a message of the outbox as the archive is now; an article that is there no more is left out."""
    rows = archive.connection.execute(
        "SELECT a.id, l.alert_id, l.found_at FROM alerts l JOIN articles a ON a.article_key = l.article_key"
        " WHERE l.search_id = ? AND l.sent_at IS NULL AND l.message_id = ? ORDER BY a.published_at, a.id",
        (search.id, message_id),
    ).fetchall()
    return _composed(archive, search, message_id, {article_id: (alert, at) for article_id, alert, at in rows})


def newest_of(archive: Archive, search: SavedSearch, most: int) -> list[Alert]:
    """Return the alerts of a search that were found last, sent or not, the newest first."""
    rows = archive.connection.execute(
        "SELECT a.id, l.alert_id, l.found_at FROM alerts l JOIN articles a ON a.article_key = l.article_key"
        " WHERE l.search_id = ? AND l.alert_id IS NOT NULL ORDER BY l.found_at DESC, a.id DESC LIMIT ?",
        (search.id, most),
    ).fetchall()
    found = {article_id: (alert, at) for article_id, alert, at in rows}
    return list(_composed(archive, search, "", found).alerts)


def test_message(archive: Archive, search: SavedSearch, message_id: str, found_at: str) -> Message:
    """Compose a message of the newest article that a search finds, which counts for nothing."""
    ids = archive.search.ids(archive.search.parse(search.query), order="newest", limit=1)
    found = dict.fromkeys(ids, (message_id, found_at))
    return _composed(archive, search, message_id, found, is_test=True)


def _composed(
    archive: Archive,
    search: SavedSearch,
    message_id: str,
    found: Mapping[int, tuple[str, str]],
    *,
    is_test: bool = False,
) -> Message:
    query = archive.search.parse(search.query)
    hits = archive.search.hits_of(query, dict.fromkeys(found), _NO_MARKS)
    alerts = tuple(Alert(*found[hit.article_id], hit) for hit in hits)
    return Message(message_id, search.name, search.query, alerts, is_test)
