"""Make the keys of all copies, in an archive that has none, and regroup its articles by them.

What an earlier version took for one article, for a number or a parameter that two sites use alike, is parted again;
what it took for several, because addresses were spelled in several ways or pages name one address, becomes one. The
result is that of storing the copies again, those first that have the number of their article.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from newsarchive.archive import copy_keys
from newsarchive.archive.copy_keys import CopyKeys
from newsarchive.archive.history import History
from newsarchive.archive.merge import merge
from newsarchive.archive.regroup import Articles
from newsarchive.archive.store import ArticleStore
from newsarchive.extract.identity import aliases_of, entry_key, identity_of, is_hearsay
from newsarchive.i18n import _
from newsarchive.models import Article, Page
from newsarchive.sites import SiteError, load_site
from newsarchive.timestamps import stamp
from newsarchive.url_keys import is_number
from newsarchive.urls import find_info_code

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from newsarchive.archive.copy_keys import Identity
    from newsarchive.archive.observations import Observation
    from newsarchive.archive.regroup import Change
    from newsarchive.progress_bar import Progress
    from newsarchive.sites import Site

logger = logging.getLogger(__name__)

_CHUNK = 500
_COPIES = """
SELECT c.id, c.url, c.role, c.site, a.article_key, f.found_on,
       (SELECT json_array(r.fields ->> 'canonical_url', r.fields ->> 'final_url') FROM readings r
        WHERE r.article_id = c.article_id AND r.copy_id = c.id
        ORDER BY r.last_seen_at DESC, r.first_seen_at DESC LIMIT 1)
FROM copies c JOIN articles a ON a.id = c.article_id LEFT JOIN frontier f ON f.url = c.url
WHERE c.id > ? AND NOT EXISTS (SELECT 1 FROM copy_keys k WHERE k.copy_id = c.id) ORDER BY c.id LIMIT ?
"""


def make_keys(connection: sqlite3.Connection, progress: Progress) -> None:
    """Make the keys of all copies and regroup the articles, if no copy has any; the caller holds the transaction."""
    count, keyed = connection.execute("SELECT count(*), EXISTS (SELECT 1 FROM copy_keys) FROM copies").fetchone()
    if not count or keyed:
        return
    one = _Rekeying(connection)
    done = 0
    for with_number in (True, False):
        for copy_id, article, is_numbered in _copies(connection):
            if is_numbered is with_number:
                one.place(copy_id, article)
                done += 1
                progress(done, count)
    one.finish()
    changes = dict(connection.execute("SELECT change, count(*) FROM key_changes GROUP BY change").fetchall())
    if changes:
        logger.warning(
            _("articles regrouped by their addresses: %d split, %d joined, %d renamed - each is a row of key_changes"),
            *(changes.get(change, 0) for change in ("split", "joined", "renamed")),
        )


class _Rekeying:
    """Places one copy after the other as if it were stored now."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._articles = Articles(connection)
        self._keys = CopyKeys(connection)
        self._store = ArticleStore(connection)
        self._at = stamp(datetime.now(UTC))
        #: Articles that hold a copy that was placed.
        self._opened: set[int] = set()
        #: Articles that are looked at again in the end -> the key that they had before.
        self._before: dict[int, str] = {}
        #: Articles that lost or got a copy; those that lost one -> where the last one went.
        self._moved: set[int] = set()
        self._went: dict[int, int] = {}

    def place(self, copy_id: int, article: Article) -> None:
        """Leave a copy where it is, or move it to the article that it is of, or to a new one."""
        connection, identity = self._connection, copy_keys.identity_of(article)
        (article_id,) = connection.execute("SELECT article_id FROM copies WHERE id = ?", (copy_id,)).fetchone()
        reading = History(connection).newest_at(article.page.url)
        if reading is None:  # nothing tells what it showed
            self._keys.record(copy_id, identity)
            return
        found = [one for one in self._keys.articles_of(identity, reading) if one in self._opened]
        if len(found) > 1:
            self._look_again(*found)
            target = self._articles.join(found, self._at)
            self._opened -= set(found) - {target}
            (article_id,) = connection.execute("SELECT article_id FROM copies WHERE id = ?", (copy_id,)).fetchone()
        elif found:
            target = found[0]
        else:
            target = self._open(article_id, identity, reading)
        if target != article_id:
            self._look_again(target, article_id)
            self._articles.move(copy_id, target)
            self._moved |= {target, article_id}
            self._went[article_id] = target
        if article.aliases or article.canonical_url:
            self._look_again(target)
        self._keys.record(copy_id, identity)

    def finish(self) -> None:
        """Make the articles anew that have other copies now, and delete those that have none left."""
        connection = self._connection
        query = "SELECT count(*) FROM copies WHERE article_id = ?"
        counts = {one: connection.execute(query, (one,)).fetchone()[0] for one in sorted(self._before)}
        for article_id in (one for one, copies in counts.items() if copies):
            self._articles.settle_key(article_id, self._at, before="")
            if counts[article_id] > 1 or article_id in self._moved:
                self._store.refresh(article_id)
            self._note("renamed", article_id, article_id)
        for article_id in (one for one in counts if not counts[one] and one in self._went):
            self._note("joined", article_id, self._went[article_id])
            self._articles.delete(article_id)

    def _note(self, change: Change, article_id: int, today: int) -> None:
        before, key = self._before[article_id], self._articles.key_of(today)
        if before != key:
            self._articles.note(change, before, key, self._at)

    def _open(self, article_id: int, identity: Identity, reading: Observation) -> int:
        """Return the article of a copy that is of none of those that were placed before."""
        connection, key = self._connection, identity.number or identity.own
        before = self._articles.key_of(article_id)
        if article_id not in self._opened:
            if before != key:
                self._look_again(article_id)
                self._free(key)
                connection.execute("UPDATE articles SET article_key = ? WHERE id = ?", (key, article_id))
            self._opened.add(article_id)
            return article_id
        self._free(key)
        target = self._store.insert(key, merge([reading]), self._at)
        self._opened.add(target)
        self._before[target] = key
        self._articles.note("split", self._before.get(article_id, before), key, self._at)
        return target

    def _free(self, key: str) -> None:
        holder = self._articles.holder_of(key)
        if holder is not None:
            self._look_again(holder)
            self._articles.free_key(key)

    def _look_again(self, *article_ids: int) -> None:
        for article_id in article_ids:
            if article_id not in self._before:
                self._before[article_id] = self._articles.key_of(article_id)


def _copies(connection: sqlite3.Connection) -> Iterator[tuple[int, Article, bool]]:
    """Yield each copy without keys, what its address and the page tell, and whether that is its article's number."""
    last = 0
    while rows := connection.execute(_COPIES, (last, _CHUNK)).fetchall():
        for last, url, role, site, key, found_on, named in rows:
            page = Page(url, role, site, b"", datetime.now(UTC), found_on=found_on)
            canonical, final_url = json.loads(named or "[null, null]")
            page.final_url = final_url
            article = _article(page, key, canonical)
            yield last, article, article.article_key == key and is_number(key)


def _article(page: Page, old_key: str, canonical: str | None) -> Article:
    """Return what is known of an article by its addresses; `canonical` is the URL that the page names."""
    site = _site(page.site)
    article = Article(page, old_key, canonical_url=canonical)
    if page.role == "feed":
        article.article_key, article.is_hearsay = entry_key(page.url, site), is_hearsay(page.url, page.found_on, site)
    elif page.role != "file":
        article.article_key = identity_of(page.url, site)[1]
    elif canonical is not None:
        article.article_key = identity_of(canonical, site)[1]
    if is_number(old_key) and site is not None and site.has_info_codes and _has_number(page.url, old_key):
        article.article_key = old_key  # also where the site was crawled at another address than its own
    elif page.role in ("post", "original"):
        article.aliases = aliases_of(page.url, article.article_key, (page.final_url, canonical), site)
    return article


def _has_number(url: str, number: str) -> bool:
    try:
        code = find_info_code(url)
    except ValueError:
        return False
    return code is not None and code.digits == number


@cache
def _site(name: str) -> Site | None:
    with suppress(SiteError):
        return load_site(name)
    return None
