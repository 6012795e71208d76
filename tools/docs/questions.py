"""`docs/questions.md`: questions that analysts ask, their SQL, and what the sample archive answers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsarchive.text import plain, shorten

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_FILE = Path(__file__).with_name("questions.toml")
#: Rows of an answer that the page shows, and characters of a value.
MOST_ROWS, LONGEST = 8, 60
_HEAD = """# {count} questions

Each with its SQL and the answer of the sample archive, an invented site of two weeks that anybody can make:

    python -m tools.docs sample sample.db
    newsarchive --db sample.db sql "SELECT count(*) FROM articles"

`newsarchive sql -` reads a question from standard input; `--csv` and `--json` give the whole answer. The tables are
explained in [schema.md](schema.md). This page is written by `python -m tools.docs write` from
`tools/docs/questions.toml`; a test asks every question again and compares the answers.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words, its SQL, and a remark on how the answer is to be read."""

    title: str
    sql: str
    note: str = ""


def questions() -> list[tuple[str, list[Question]]]:
    """Return the questions, under the headings that group them."""
    with _FILE.open("rb") as file:
        groups = tomllib.load(file)["groups"]
    return [(group["name"], [Question(**question) for question in group["questions"]]) for group in groups]


def questions_page(connection: sqlite3.Connection) -> str:
    """Ask all questions and write the page."""
    groups = questions()
    parts = [_HEAD.format(count=_in_words(sum(len(group) for _, group in groups)))]
    number = 0
    for name, group in groups:
        parts.append(f"## {name}\n")
        for question in group:
            number += 1
            parts.append("\n".join(_entry(connection, question, number)))
    return "\n".join(parts)


def _entry(connection: sqlite3.Connection, question: Question, number: int) -> Iterator[str]:
    cursor = connection.execute(question.sql)
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    yield f"### {number}. {question.title}\n\n```sql\n{question.sql.strip()}\n```\n"
    yield f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    for row in rows[:MOST_ROWS]:
        yield f"| {' | '.join(map(_value, row))} |"
    if len(rows) > MOST_ROWS:
        yield f"\n... {len(rows)} rows in all."
    if question.note:
        yield f"\n{question.note.strip()}"
    yield ""


def _value(value: Any) -> str:
    if value is None:
        return ""
    return shorten(plain(str(value)), LONGEST).replace("|", "¦").replace("<", "&lt;").replace("*", "\\*")


def _in_words(number: int) -> str:
    return "Thirty" if number == 30 else str(number)
