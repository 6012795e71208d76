"""Store an article: one transaction, idempotent, and the same result whatever the order of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from newsarchive.archive.copies import Copies
from newsarchive.archive.copy_keys import CopyKeys, identity_of
from newsarchive.archive.history import History
from newsarchive.archive.merge import merge
from newsarchive.archive.observations import observation_of
from newsarchive.archive.outlets import Outlets
from newsarchive.archive.regroup import PARTS, Articles
from newsarchive.stories import Stories
from newsarchive.text import clean
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from newsarchive.archive.copy_keys import Identity
    from newsarchive.archive.merge import Merged
    from newsarchive.archive.observations import Observation
    from newsarchive.models import Article, Category

StoreOutcome = Literal["new", "changed", "known"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing a page did: `new` article, `changed` article, or nothing but a later `last_seen_at` (`known`)."""

    article_id: int
    outcome: StoreOutcome


class ArticleStore:
    """Stores what pages say of articles. Every method works inside the transaction that the caller holds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._articles = Articles(connection)
        self._copies = Copies(connection)
        self._keys = CopyKeys(connection)
        self._history = History(connection)
        self._outlets = Outlets(connection)
        self._stories = Stories(connection)

    def store(self, article: Article, *, reread_at: datetime | None = None, is_latest: bool = False) -> Stored:
        """Store what one page says of an article.

        Storing the same page again changes only `last_seen_at`. The article's row is rebuilt from the newest reading
        of each of its copies, so the order in which copies arrive leaves no trace. With `reread_at` (UTC) the page was
        read again from its snapshot at that time: a difference is then recorded as ours, not as the site's. What
        `is_latest` was seen after all that is known of its URL: where a clock was ahead, a moment after it.
        """
        page = article.page
        seen_at = stamp(page.fetched_at)
        if is_latest and (last := self._copies.last_seen(page.url)) and last > seen_at:
            seen_at = stamp(datetime.fromisoformat(last) + timedelta(seconds=1))  # times are kept to the second
        reading = observation_of(article)
        # Also what only a less trusted copy says is named, so that the order of arrival leaves no trace.
        self._source_id(article.source)
        self._upsert_category(page.site, article.category)
        identity = identity_of(article)
        copy = self._connection.execute("SELECT id, article_id FROM copies WHERE url = ?", (page.url,)).fetchone()
        # What is read again is known without the redirect that led there: nothing that it named is forgotten.
        only_add = reread_at is not None
        is_named = copy is not None and self._keys.is_recorded(copy[0], identity, only_add=only_add)
        found = [copy[1]] if is_named else self._keys.articles_of(identity, reading, known=copy and copy[1])
        if not found:
            return Stored(self._open(article, identity, reading, seen_at), "new")
        article_id = self._articles.join(found, seen_at)
        is_new_reading = is_new_copy = False
        if reread_at and self._copies.reread(page.url, reading.content_hash):
            is_new_reading = self._history.add(reading, page, article_id, seen_at=stamp(reread_at), cause="reread")
        else:
            is_new_copy = self._copies.see(article, article_id, reading.content_hash, seen_at)
            is_new_reading = self._history.add(reading, page, article_id, seen_at=seen_at)
        is_renamed = not is_named and self._name(page.url, article_id, identity, seen_at, only_add=only_add)
        if is_new_copy or is_new_reading or len(found) > 1:
            changed = self.refresh(article_id)
            return Stored(article_id, "changed" if changed or is_renamed or len(found) > 1 else "known")
        if reread_at is None:
            self._touch(article_id, seen_at)
        return Stored(article_id, "changed" if is_renamed else "known")

    def refresh(self, article_id: int) -> bool:
        """Rebuild an article's row from its readings; return whether anything but the times of seeing changed."""
        merged = merge(self._history.newest(article_id))
        columns = self._columns(merged)
        names = ", ".join(columns)
        before = self._connection.execute(f"SELECT {names} FROM articles WHERE id = ?", (article_id,)).fetchone()  # noqa: S608
        parts_before = self.stored_parts(article_id)
        changed = tuple(before) != tuple(columns.values())
        first, last = self._connection.execute(
            "SELECT min(first_seen_at), max(last_seen_at) FROM copies WHERE article_id = ?", (article_id,)
        ).fetchone()
        revision, changed_at = self._history.last_revision(article_id)
        columns |= {"first_seen_at": first, "last_seen_at": last, "revision": revision, "changed_at": changed_at}
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self._connection.execute(f"UPDATE articles SET {assignments} WHERE id = ?", (*columns.values(), article_id))  # noqa: S608
        parts = parts_of(article_id, merged)
        for table in PARTS:
            if parts_before[table] != parts[table]:
                self._connection.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))  # noqa: S608
                self._insert_part(table, parts[table])
                changed = True
        self._stories.link(article_id)
        return changed

    def fill_precision(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Fill `published_precision` where it is missing, from what the copies say.

        `progress` is called with how many articles are done, and how many have a copy that prints a time less exactly
        than to the second: the others need no look.
        """
        lacking = "published_at IS NOT NULL AND published_precision IS NULL"
        coarse = self._connection.execute(
            "SELECT id FROM articles"  # noqa: S608
            f" WHERE {lacking} AND EXISTS (SELECT 1 FROM readings r WHERE r.article_id = articles.id"
            " AND json_extract(r.fields, '$.precision') IS NOT NULL)"
        ).fetchall()
        for done, (article_id,) in enumerate(coarse, 1):
            precision = merge(self._history.newest(article_id)).columns["published_precision"]
            self._connection.execute(
                "UPDATE articles SET published_precision = ? WHERE id = ?", (precision, article_id)
            )
            if progress is not None:
                progress(done, len(coarse))
        self._connection.execute(f"UPDATE articles SET published_precision = 'second' WHERE {lacking}")  # noqa: S608

    def insert(self, key: str, merged: Merged, seen_at: str) -> int:
        """Insert an article that was first seen at a time (UTC), without its copies, and return its id."""
        columns = self._columns(merged) | {
            "article_key": key,
            "first_seen_at": seen_at,
            "last_seen_at": seen_at,
            "revision": 1,
            "changed_at": seen_at,
        }
        marks = ", ".join("?" * len(columns))
        cursor = self._connection.execute(
            f"INSERT INTO articles ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
            tuple(columns.values()),
        )
        article_id = cursor.lastrowid
        assert article_id is not None
        for table, rows in parts_of(article_id, merged).items():
            self._insert_part(table, rows)
        self._stories.link(article_id)
        return article_id

    def stored_parts(self, article_id: int) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows that are stored of what belongs to an article, in the order of `parts_of`."""
        return {
            table: self._connection.execute(
                f"SELECT * FROM {table} WHERE article_id = ? ORDER BY 1, 2, 3",  # noqa: S608
                (article_id,),
            ).fetchall()
            for table in PARTS
        }

    def _open(self, article: Article, identity: Identity, reading: Observation, seen_at: str) -> int:
        """Store a page as the first copy of a new article and return the article's id."""
        key = identity.number or identity.own
        holder = self._articles.free_key(key)
        article_id = self.insert(key, merge([reading]), seen_at)
        self._copies.see(article, article_id, reading.content_hash, seen_at)
        self._history.add(reading, article.page, article_id, seen_at=seen_at)
        self._name(article.page.url, article_id, identity, seen_at, is_new=True)
        if holder is not None:
            self._articles.settle_key(holder, seen_at, before=key)
        return article_id

    def _name(
        self,
        url: str,
        article_id: int,
        identity: Identity,
        seen_at: str,
        *,
        is_new: bool = False,
        only_add: bool = False,
    ) -> bool:
        """Record what a copy is known by; return whether its article has another key now."""
        (copy_id,) = self._connection.execute("SELECT id FROM copies WHERE url = ?", (url,)).fetchone()
        self._keys.record(copy_id, identity, only_add=only_add)
        if identity.number is not None:
            return self._articles.set_number(article_id, identity.number, seen_at)
        is_renamed = self._articles.settle_key(article_id, seen_at, before="" if is_new else None)
        self._articles.settle_namesakes(article_id, identity, seen_at)
        return is_renamed

    def _touch(self, article_id: int, seen_at: str) -> None:
        (first_seen_at,) = self._connection.execute(
            "SELECT first_seen_at FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        self._connection.execute(
            "UPDATE articles SET last_seen_at = max(last_seen_at, ?1), first_seen_at = min(first_seen_at, ?1)"
            " WHERE id = ?2",
            (seen_at, article_id),
        )
        if seen_at < first_seen_at:  # between equal times of publication the earlier sighting leads a story
            self._stories.link(article_id)

    def _columns(self, merged: Merged) -> dict[str, Any]:
        return merged.columns | {
            "source_id": self._source_id(merged.columns["source_printed"]),
            "category_id": self._upsert_category(merged.category_site, merged.category),
        }

    def _insert_part(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608

    def _source_id(self, printed: str | None) -> int | None:
        return self._outlets.resolve(printed) if printed and clean(printed) else None

    def _upsert_category(self, site: str, category: Category | None) -> int | None:
        """Know a category of a site; of several names the first in the alphabet stays, in whatever order they come."""
        if category is None:
            return None
        row = self._connection.execute(
            "SELECT id, name, url FROM categories WHERE site = ? AND slug = ?", (site, category.slug)
        ).fetchone()
        if row is None:
            return self._connection.execute(
                "INSERT INTO categories (site, slug, name, url) VALUES (?, ?, ?, ?)",
                (site, category.slug, category.name, category.url),
            ).lastrowid
        category_id, *known = row
        names = [
            min(filter(None, pair), default=None) for pair in zip(known, (category.name, category.url), strict=True)
        ]
        if names != known:
            self._connection.execute("UPDATE categories SET name = ?, url = ? WHERE id = ?", (*names, category_id))
        return int(category_id)


def parts_of(article_id: int, merged: Merged) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of what belongs to an article, by table, as they are stored."""
    return {
        "paragraphs": [(article_id, i, p.kind, p.text) for i, p in enumerate(merged.paragraphs)],
        "bylines": sorted({(article_id, b.role, b.name) for b in merged.bylines}),
        "mentions": sorted((article_id, m.market, m.code, m.name, m.count) for m in merged.mentions),
        "images": [(article_id, i, image.url, image.alt, image.caption) for i, image in enumerate(merged.images)],
    }
