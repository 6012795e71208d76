"""The full-text index: FTS5 over the tokens of `search_tokens`, kept in step by triggers as articles are stored.

Two indexes read the articles through views that call our SQL functions, so the text is stored once, FTS5 can check
and rebuild itself, and a program without these functions gets an error instead of an index that silently drifts:

- `search_index` holds pairs and words with their places, for body, title and digest. The body comes first because
  FTS5 spends two bytes per token and article on every column but the first. A digest that the body repeats is not
  indexed again. Its order `rank` is bm25 with the weights below.
- `search_characters` holds the single unspaced characters of an article, without places: a search for one character
  would otherwise have to join every pair that begins with it.

A trigger notes in `search_pending` what the indexes have of an article that was changed: nothing, or its former text.
Another one writes what is noted into the indexes, at once. A transaction that stores many articles does that once, at
its end (`defer`, `settle`): FTS5 ends a segment with every statement of a transaction that changes other tables, too,
and merging these segments costs more than all else. When a transaction is committed nothing is pending.

Rows of articles must be changed by UPDATE, upsert or DELETE. `INSERT OR REPLACE` deletes rows without calling triggers
(unless `PRAGMA recursive_triggers` is on).
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from typing import TYPE_CHECKING

from newsarchive.search.folding import built_in_folding, load_folding
from newsarchive.search.query import LONGEST, MOST_TERMS, QueryError, parse
from newsarchive.search.sql import CHARACTERS, PAIRS, fts5_phrase, plan
from newsarchive.search.tokens import characters, pairs, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from newsarchive.search.folding import Folding

#: How much a word weighs in the body, in the title and in the digest.
WEIGHTS = (1.0, 5.0, 2.0)
#: Articles that `reindex` reads at once; progress is reported after each such step.
STEP = 2000

# The token characters of `ascii` are ASCII letters and digits and everything that is not ASCII: just what our tokens
# are made of, and the same in every version of SQLite.
_OPTIONS = {PAIRS: "tokenize='ascii'", CHARACTERS: "tokenize='ascii', detail=none, columnsize=0"}
# How many segments there may be before they are merged, while all articles are indexed and otherwise. The megabyte that
# FTS5 collects before it writes a segment is as much as a processor holds near itself: more takes longer to sort than
# fewer segments save.
_BULK = {"automerge": 0, "crisismerge": 64}
_USUAL = {"automerge": 8, "crisismerge": 16}

_NOTHING = '""'  # FTS5's form of a phrase without words
_SYNTAX = re.compile(r"[\s\"“”„＂「」『』()（）]+")

_INDEXES = {PAIRS: ("body", "title", "digest"), CHARACTERS: ("characters",)}
# What each column is made of; {row} is the table or trigger row that is read.
_VALUES = {
    "body": "search_pairs({row}.body)",
    "title": "search_pairs({row}.title)",
    "digest": "search_pairs(CASE WHEN instr({row}.body, {row}.digest) THEN NULL ELSE {row}.digest END)",
    "characters": "search_letters({row}.body, {row}.title, {row}.digest)",
}
_TEXTS = ("title", "digest", "body")
_TEXT_CHANGED = "new.id IS NOT old.id OR " + " OR ".join(f"new.{column} IS NOT old.{column}" for column in _TEXTS)
# While this row is there the others are left for the end of the transaction. No article has such an id.
_DEFERRED = -1 << 63
_PENDING = f"""
CREATE TABLE search_pending (
    id INTEGER PRIMARY KEY,
    is_indexed INTEGER NOT NULL,
    {", ".join(f"{column} TEXT" for column in _TEXTS)}
) STRICT
"""


def register_functions(connection: sqlite3.Connection) -> Callable[[], Folding]:
    """Add to a connection the SQL functions that the index and its triggers call; every connection needs them.

    - `search_pairs(text)` and `search_letters(body, title, digest)`: tokens of the two indexes
    - `search_fold(text)`: the text with its spellings made equal
    - `search_match(query)`: `match_expression` of a query

    Returns what gives their folding: that of the index, or, made when it is first needed, that of a new one.
    """
    index = SearchIndex(connection)
    folding = index.stored_folding()

    def used() -> Folding:
        return folding or built_in_folding()

    index.register(used)
    return used


def functions_of(table: bytes | None) -> dict[str, Callable[..., str | None]]:
    """Return the SQL functions with the folding of a stored table; None stands for that of a new index."""
    folding = _loaded(table)
    return _functions(lambda: folding or built_in_folding())


def _functions(folding: Callable[[], Folding]) -> dict[str, Callable[..., str | None]]:
    return {
        "search_pairs": lambda text: pairs(text, folding()),
        "search_letters": lambda *texts: characters(texts, folding()),
        "search_fold": lambda text: None if text is None else folding().fold(str(text)),
        "search_match": lambda query: match_expression(str(query or ""), folding()),
    }


class SearchIndex:
    """The full-text index of an archive. No method commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def create(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Create both indexes, their views and triggers, and index the articles that are there.

        `progress` is called as by `reindex`.
        """
        self._connection.execute(
            "CREATE TABLE search_folding (id INTEGER PRIMARY KEY CHECK (id = 1), folding BLOB NOT NULL) STRICT"
        )
        self._connection.execute("INSERT INTO search_folding VALUES (1, ?)", (built_in_folding().dump(),))
        for index, columns in _INDEXES.items():
            values = ", ".join(f"{_VALUES[column].format(row='articles')} AS {column}" for column in columns)
            self._connection.execute(f"CREATE VIEW {index}_text AS SELECT id, {values} FROM articles")  # noqa: S608
            self._create_table("main", index)
        self._command(PAIRS, "rank", f"bm25{WEIGHTS}")
        self.create_triggers()
        self.reindex(progress)

    def create_triggers(self) -> None:
        """Create the table of what is pending, and the triggers that fill it and write it into the indexes."""
        self._connection.execute(_PENDING)
        former = _note("old.id", 1, (f"old.{column}" for column in _TEXTS))
        nothing = _note("new.id", 0, ("NULL" for _ in _TEXTS))
        for name, event, note in (
            ("insert", "INSERT ON articles", nothing),
            ("delete", "DELETE ON articles", former),
            ("update", f"UPDATE OF id, title, digest, body ON articles WHEN {_TEXT_CHANGED}", former),
            ("move", "UPDATE OF id ON articles WHEN new.id IS NOT old.id", nothing),
        ):
            self._connection.execute(f"CREATE TRIGGER search_{name} AFTER {event} BEGIN {note} END")
        deferred = f"SELECT 1 FROM search_pending WHERE id = {_DEFERRED}"  # noqa: S608
        write = "".join((*map(_write, _INDEXES), "DELETE FROM search_pending;"))
        for name, event in (
            ("write", f"INSERT ON search_pending WHEN NOT EXISTS ({deferred})"),
            ("settle", f"DELETE ON search_pending WHEN old.id = {_DEFERRED}"),
        ):
            self._connection.execute(f"CREATE TRIGGER search_{name} AFTER {event} BEGIN {write} END")

    def defer(self) -> None:
        """Leave to `settle` what the rest of a transaction changes; the caller holds it, and calls that at its end."""
        self._connection.execute("INSERT OR IGNORE INTO search_pending (id, is_indexed) VALUES (?, 0)", (_DEFERRED,))

    def settle(self) -> None:
        """Write into the indexes what was left for it since `defer`, if anything was."""
        self._connection.execute("DELETE FROM search_pending WHERE id = ?", (_DEFERRED,))

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Rebuild both indexes from the articles, with the folding of the installed libraries.

        `progress` is called with the number of articles done and of all, after every `STEP` of them. Where the
        installed libraries fold otherwise than those the index was made with, the transaction must not have written
        articles before, and other connections have to be reopened afterwards.
        """
        folding = built_in_folding()
        if (table := folding.dump()) != self._stored_table():
            # First of all: SQLite refuses it once the index was written to.
            self.register(lambda: folding)
            self._connection.execute("INSERT OR REPLACE INTO search_folding (id, folding) VALUES (1, ?)", (table,))
        # Before the row whose end would write them.
        self._connection.execute("DELETE FROM search_pending WHERE id <> ?", (_DEFERRED,))
        self._connection.execute("DELETE FROM search_pending")
        for index in _INDEXES:
            self._command(index, "delete-all")
            self._configure(index, _BULK)
        (total,) = self._connection.execute("SELECT count(*) FROM articles").fetchone()
        last, done = -1, 0
        while rows := self._connection.execute(
            "SELECT id FROM articles WHERE id > ? ORDER BY id LIMIT ?", (last, STEP)
        ).fetchall():
            first, last = rows[0][0], rows[-1][0]
            for index, columns in _INDEXES.items():
                names = ", ".join(columns)
                self._connection.execute(
                    f"INSERT INTO {index} (rowid, {names}) SELECT id, {names} FROM {index}_text "  # noqa: S608
                    "WHERE id BETWEEN ? AND ? ORDER BY id",
                    (first, last),
                )
            done += len(rows)
            if progress is not None:
                progress(done, total)
        for index in _INDEXES:
            self._merge(index)
            self._configure(index, _USUAL)

    def check(self, *, words: bool = True) -> list[str]:
        """Look for damage in the index and, with `words`, compare it with the articles, word for word.

        Returns what is wrong, in words.

        FTS5 checks only an index that it may write to. So that a crawl can go on meanwhile, and that an archive can be
        checked which may not be written, each of both indexes is copied into SQLite's temporary database first. Raises
        OperationalError where that has no room for it.
        """
        problems = [*self._faults_of_folding()]
        if self._connection.execute("SELECT EXISTS (SELECT 1 FROM search_pending)").fetchone()[0]:
            problems.append("search_pending holds articles whose words the indexes lack")
        for index in _INDEXES:
            self._connection.execute("SAVEPOINT check_index")
            try:
                self._copy_to_temp(index)
                self._command(f"temp.{index}", "integrity-check", int(words))
                if words:
                    problems += [f"{index} does not find {term!r}" for term in self._unfound(index)]
            except sqlite3.OperationalError:  # a full disk says nothing about the index
                raise
            except sqlite3.DatabaseError as error:
                problems.append(f"{index} {'does not agree with the articles' if words else 'is damaged'} ({error})")
            finally:
                if self._connection.in_transaction:  # a full disk has ended it
                    self._connection.execute("ROLLBACK TO check_index")
                    self._connection.execute("RELEASE check_index")
        return problems

    def folding(self) -> Folding:
        """Return the folding that the index of this archive was made with."""
        return self.stored_folding() or built_in_folding()

    def stored_folding(self) -> Folding | None:
        """Return the folding that the index was made with; None where there is no index, or its table is damaged."""
        return _loaded(self._stored_table())

    def register(self, folding: Callable[[], Folding]) -> None:
        """Add the SQL functions to the connection, with a folding that is asked for when it is first needed."""
        for name, function in _functions(folding).items():
            arity = 3 if name == "search_letters" else 1
            self._connection.create_function(name, arity, function, deterministic=True)

    def _faults_of_folding(self) -> Iterator[str]:
        """Yield what is wrong with the table by which the index was folded."""
        table = self._stored_table()
        try:
            if table is None:
                yield "the table of spellings is missing"
            else:
                load_folding(table)
        except (zlib.error, ValueError) as error:
            yield f"the table of spellings cannot be read ({error})"

    def _stored_table(self) -> bytes | None:
        if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_folding'").fetchone():
            return None
        row = self._connection.execute("SELECT folding FROM search_folding").fetchone()
        return bytes(row[0]) if row else None

    def _create_table(self, schema: str, index: str) -> None:
        columns = ", ".join(_INDEXES[index])
        options = f"content='{index}_text', content_rowid='id', {_OPTIONS[index]}"
        self._connection.execute(f"CREATE VIRTUAL TABLE {schema}.{index} USING fts5({columns}, {options})")

    def _merge(self, index: str) -> None:
        """Merge the segments of an index into one: each of them costs a search one look-up a word."""
        pages = 2000  # that one step writes
        self._command(index, "merge", -pages)
        before = -2
        # FTS5 says that there is nothing left to merge by changing no more than a row.
        while self._connection.total_changes - before > 1:
            before = self._connection.total_changes
            self._command(index, "merge", pages)

    def _unfound(self, index: str) -> Iterator[str]:
        """Yield the terms of an index for which a search does not find all that have them.

        FTS5 reads its blocks from the first to the last to check itself; a search goes by a table of their first terms.
        """
        self._connection.execute(f"CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(temp, {index}, row)")
        query = f"SELECT count(*) FROM temp.{index} WHERE {index} MATCH ?"  # noqa: S608 - names of ours
        for term, number in self._connection.execute("SELECT term, doc FROM temp.search_terms").fetchall():
            if self._connection.execute(query, (f'"{term}"',)).fetchone() != (number,):
                yield term
        self._connection.execute("DROP TABLE temp.search_terms")

    def _copy_to_temp(self, index: str) -> None:
        self._connection.execute(f"CREATE TEMP VIEW {index}_text AS SELECT * FROM main.{index}_text")  # noqa: S608
        self._create_table("temp", index)
        tables = "SELECT name FROM sqlite_temp_master WHERE type = 'table' AND name GLOB ?"
        for (table,) in self._connection.execute(tables, (f"{index}_*",)).fetchall():
            self._connection.execute(f"DELETE FROM temp.{table}")  # noqa: S608
            self._connection.execute(f"INSERT INTO temp.{table} SELECT * FROM main.{table}")  # noqa: S608

    def _configure(self, index: str, settings: dict[str, int]) -> None:
        for name, value in settings.items():
            self._command(index, name, value)

    def _command(self, table: str, command: str, argument: str | int | None = None) -> None:
        index = table.removeprefix("temp.")
        self._connection.execute(f"INSERT INTO {table} ({index}, rank) VALUES (?, ?)", (command, argument))  # noqa: S608


def _loaded(table: bytes | None) -> Folding | None:
    try:
        return None if table is None else load_folding(table)
    except (zlib.error, ValueError):
        return None  # damaged: the archive can still be opened, and `newsarchive check` tells


def match_expression(query: str, folding: Folding | None = None) -> str:
    """Write the words of a query as an FTS5 expression for `search_index`; fields other than title are left out.

    A query without words, or with only excluded ones, gives an expression that matches nothing. One that cannot be
    understood is taken for plain words: this is for search boxes that have no place for an error.
    """
    folding = folding or built_in_folding()
    try:
        found = plan(parse(query, folding), only=PAIRS).match
    except QueryError:
        words = [phrase(word, folding) for word in _SYNTAX.sub(" ", query[:LONGEST]).split()[:MOST_TERMS]]
        return " AND ".join(fts5_phrase(word, is_prefix=word.prefix) for word in words if word) or _NOTHING
    return found.expression if found else _NOTHING


def _note(row_id: str, is_indexed: int, texts: Iterable[str]) -> str:
    """Write the SQL that notes what the indexes have of a row; what was noted of it before stays."""
    # Not by OR IGNORE: the conflict clause of the statement that calls a trigger would be taken instead.
    return (
        f"INSERT INTO search_pending SELECT {row_id}, {is_indexed}, {', '.join(texts)} "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE id = {row_id});"
    )


def _write(index: str) -> str:
    """Write the SQL that brings an index up to date with what is pending; in the order of ids, as FTS5 wants it."""
    names = ", ".join(_INDEXES[index])
    former, texts = (
        ", ".join(_VALUES[column].format(row=table) for column in _INDEXES[index])
        for table in ("search_pending", "articles")
    )
    # Not from the view of the texts: SQLite then refuses every ALTER TABLE to who does not have our functions.
    return (
        f"INSERT INTO {index} ({index}, rowid, {names}) "  # noqa: S608
        f"SELECT 'delete', id, {former} FROM search_pending WHERE is_indexed ORDER BY id;"
        f"INSERT INTO {index} (rowid, {names}) SELECT articles.id, {texts} "
        "FROM search_pending CROSS JOIN articles ON articles.id = search_pending.id ORDER BY search_pending.id;"
    )
