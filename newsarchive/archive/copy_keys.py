"""What copies are known by: the key of their own address, and those of the addresses that they name.

Which article a page is a copy of is decided here, from the certain to the likely: by the number that the origin gave
it, by a spelling of an address that is stored, by an address that one of the two pages names as its own (canonical
URL, redirect), by an address that differs in what may be the look of the page alone. The last two count only where the
texts agree as well, because templates name one address on all their pages.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsarchive.archive.history import History
from newsarchive.models import WHOLE
from newsarchive.text import clean
from newsarchive.url_keys import is_home, is_number, twin_key, url_key

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from newsarchive.archive.observations import Observation
    from newsarchive.models import Article

#: What a key is to a copy: its `own` address, one that it says it stands at (`named`), the one that it was only said to
#: be of (`listed`), what its address has in common with others of the same article (`twin`).
Kind = Literal["own", "named", "listed", "twin"]

_OF_AN_ARTICLE: tuple[Kind, ...] = ("own", "named")
# Candidates that are looked at for one page; an address that thousands of pages name is none of an article.
_MOST_CANDIDATES = 20
# The part of a text that has to stand in the other one.
_HALF, _NEARLY_ALL = 0.5, 0.8

# The number of a page behind a title: (2), _2, 第2页, - Page 2.
_PAGE_NUMBER = re.compile(r"[\s_\-–—|]{0,3}[(（\[]?(?:第|page|seite|p\.)?\s?\d{1,2}\s?[页頁]?[)）\]]?$", re.IGNORECASE)

_OWN = "SELECT c.article_id FROM copy_keys k JOIN copies c ON c.id = k.copy_id WHERE k.key = ? AND k.kind = 'own'"
# In the order of the table's own index, so that the look at the newest is short however many there are.
_NEWEST = """
SELECT c.article_id, k.copy_id FROM copy_keys k JOIN copies c ON c.id = k.copy_id
WHERE k.key = ? AND k.kind = ? ORDER BY k.copy_id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a page is known by. `number` is the one that the origin gave the article."""

    own: str
    number: str | None = None
    named: tuple[str, ...] = ()
    listed: str | None = None
    twin: str | None = None

    def rows(self) -> Iterator[tuple[str, Kind]]:
        """Yield the keys with their kinds, as they are stored."""
        yield self.own, "own"
        yield from ((key, "named") for key in self.named)
        if self.listed is not None:
            yield self.listed, "listed"
        if self.twin is not None and self.twin != self.own:
            yield self.twin, "twin"


def identity_of(article: Article) -> Identity:
    """Return what the page of an article is known by."""
    page, key = article.page, article.article_key
    if article.is_hearsay:
        return Identity(f"{key}#{page.site}", listed=None if is_number(key) else key)
    if is_number(key):
        return Identity(url_key(page.url), number=key)
    has_twins = page.role in ("post", "original") and "/" in key and not is_home(key)
    return Identity(key, named=tuple(article.aliases), twin=twin_key(key) if has_twins else None)


class CopyKeys:
    """The keys of an archive's copies, and the articles that they lead to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def articles_of(self, identity: Identity, reading: Observation, *, known: int | None = None) -> list[int]:
        """Return the articles that a page is a copy of, most certain first; several where it shows that they are one.

        `known` is the article that the page's address is a copy of already. It stays that, and is one with another
        article only where the texts agree.
        """
        certain = [] if known is None else [known]
        if identity.number is not None:
            certain += self._ids("SELECT id FROM articles WHERE article_key = ?", identity.number)
        certain += self._ids(_OWN, identity.own)
        found = {
            article_id: None
            for article_id in certain
            if known in (None, article_id) or self._agrees(reading, article_id)
        }
        if identity.number is not None:
            return list(found)
        naming: list[tuple[str, Kind]] = [(identity.own, "named")]
        naming += [(key, kind) for key in identity.named for kind in _OF_AN_ARTICLE]
        for article_id in dict.fromkeys(article_id for article_id, _ in self._candidates(naming)):
            if article_id not in found and self._agrees(reading, article_id):
                found[article_id] = None
        twins: list[tuple[str, Kind]] = [(identity.twin, "own"), (identity.twin, "twin")] if identity.twin else []
        for article_id, copy_id in self._candidates(twins):
            if article_id not in found and self._are_twins(identity.own, reading, article_id, copy_id):
                found[article_id] = None
        return list(found)

    def is_recorded(self, copy_id: int, identity: Identity, *, only_add: bool = False) -> bool:
        """Return whether a page that is stored is known by this already, so that `record` has nothing to do."""
        if identity.number is not None:
            query = "SELECT a.article_key FROM copies c JOIN articles a ON a.id = c.article_id WHERE c.id = ?"
            return is_number(self._connection.execute(query, (copy_id,)).fetchone()[0])
        before = self._rows(copy_id)
        return before == _rows_after(before, identity, only_add=only_add)

    def record(self, copy_id: int, identity: Identity, *, only_add: bool = False) -> None:
        """Record what a copy is known by.

        What it names no longer is forgotten, unless `only_add`; its own address stays.
        """
        before = self._rows(copy_id)
        now = _rows_after(before, identity, only_add=only_add)
        for key, kind in before - now:
            self._connection.execute(
                "DELETE FROM copy_keys WHERE key = ? AND kind = ? AND copy_id = ?", (key, kind, copy_id)
            )
        self._connection.executemany(
            "INSERT INTO copy_keys (key, kind, copy_id) VALUES (?, ?, ?)", [(*row, copy_id) for row in now - before]
        )

    def preferred_key(self, article_id: int) -> str | None:
        """Return the key by which an article without a number is known: what its copies name, else their own.

        A key that a copy of another article has, too, is none. None for an article without copies.
        """
        kinds: dict[str, set[str]] = defaultdict(set)
        for key, kind in self._connection.execute(
            "SELECT k.key, k.kind FROM copies c JOIN copy_keys k ON k.copy_id = c.id"
            " WHERE c.article_id = ? AND k.kind <> 'twin'",
            (article_id,),
        ):
            kinds[key].add(kind)
        ranked = sorted(kinds, key=lambda key: (_rank(kinds[key]), key != twin_key(key), len(key), key))
        return next((key for key in ranked if "own" in kinds[key] or not self._is_elsewhere(key, article_id)), None)

    def _candidates(self, keys: list[tuple[str, Kind]]) -> list[tuple[int, int]]:
        """Return the article and the copy of the newest copies that have one of these keys, each once."""
        return list(
            dict.fromkeys(row for key in keys for row in self._connection.execute(_NEWEST, (*key, _MOST_CANDIDATES)))
        )

    def _rows(self, copy_id: int) -> set[tuple[str, Kind]]:
        return set(self._connection.execute("SELECT key, kind FROM copy_keys WHERE copy_id = ?", (copy_id,)).fetchall())

    def _agrees(self, reading: Observation, article_id: int) -> bool:
        return any(agree(reading, one) for one in self._newest(article_id))

    def _newest(self, article_id: int) -> list[Observation]:
        """Return the latest reading of each copy of an article; those without keys are not known to be of it."""
        known = self._connection.execute(
            "SELECT c.url FROM copies c JOIN copy_keys k ON k.copy_id = c.id WHERE c.article_id = ? AND k.kind = 'own'",
            (article_id,),
        )
        urls = {url for (url,) in known}
        return [one for one in History(self._connection).newest(article_id) if one.url in urls]

    def _is_elsewhere(self, key: str, article_id: int) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM copy_keys k JOIN copies c ON c.id = k.copy_id"
            " WHERE k.key = ? AND k.kind <> 'twin' AND c.article_id <> ? LIMIT 1",
            (key, article_id),
        ).fetchone()
        return row is not None

    def _are_twins(self, own: str, reading: Observation, article_id: int, copy_id: int) -> bool:
        """Return whether an article is the same as a page whose address differs in what may be its look alone.

        Where a parameter differs that may be the number of the article, title and text must be equal.
        """
        (other,) = self._connection.execute(
            "SELECT key FROM copy_keys WHERE copy_id = ? AND kind = 'own'", (copy_id,)
        ).fetchone()
        looks_alike = twin_key(own, with_doubtful=True) == twin_key(other, with_doubtful=True)
        for one in self._newest(article_id):
            times = [found[0].date() for found in (reading.published, one.published) if found is not None]
            if len(set(times)) > 1 or clean(one.title or "") != clean(reading.title or ""):
                continue
            if one.body and one.content_hash == reading.content_hash:
                return True
            if looks_alike and one.body and reading.body and _common(one, reading)[0] >= _HALF:
                return True
        return False

    def _ids(self, query: str, key: str) -> list[int]:
        return [article_id for (article_id,) in self._connection.execute(query, (key,))]


def _rows_after(before: set[tuple[str, Kind]], identity: Identity, *, only_add: bool) -> set[tuple[str, Kind]]:
    now = set(identity.rows())
    if own := {row for row in before if row[1] == "own"}:
        now = {row for row in now if row[1] != "own"} | own
    return now | before if only_add else now


def agree(one: Observation, other: Observation) -> bool:
    """Return whether two pages tell one article.

    Under one title half of the shorter text has to stand in the other one, or the times of publication are equal; under
    two titles nearly all of the longer text. Where one of them has no text, the title tells, and so it does of two
    pages of an article on several; a page that shows all of them may also hold nearly all of the shorter text.
    """
    if one.part != other.part:
        same = bool(one.title) and _without_number(one.title or "") == _without_number(other.title or "")
        is_whole = WHOLE in (one.part, other.part) and one.body and other.body
        return same or (bool(is_whole) and _common(one, other)[0] >= _NEARLY_ALL)
    same_title = bool(one.title) and clean(one.title or "") == clean(other.title or "")
    if not one.body or not other.body:
        return same_title
    if one.content_hash == other.content_hash:
        return True
    of_shorter, of_longer = _common(one, other)
    if not same_title:
        return of_longer >= _NEARLY_ALL
    return of_shorter >= _HALF or (one.published is not None and one.published == other.published)


def _without_number(title: str) -> str:
    """Return a title without the number of the page behind it."""
    return _PAGE_NUMBER.sub("", clean(title))


def _rank(kinds: set[str]) -> int:
    if "named" in kinds:
        return 0 if "own" in kinds else 1
    return 1 if "listed" in kinds else 2


def _common(one: Observation, other: Observation) -> tuple[float, float]:
    """Return which part of the shorter text, by characters, stands in the other one, too, and which of the longer."""
    texts = [set(reading.body.split("\n\n")) for reading in (one, other)]
    shorter, longer = sorted(sum(map(len, text)) for text in texts)
    common = sum(map(len, texts[0] & texts[1]))
    return common / max(1, shorter), common / max(1, longer)
