"""What commands print for people: in Chinese nothing is left in English, and no line is wider than the terminal."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

import click.testing
import pytest
from rich.cells import cell_len
from support.running import run_on

from newsarchive.archive import Archive
from newsarchive.archive.connection import open_readonly
from newsarchive.i18n import speaking

if TYPE_CHECKING:
    from pathlib import Path

COLOUR = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;[^\x1b]*\x1b\\")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: What stays as it is in every language: addresses, commands, options, moments, codes, names of reasons and columns.
STAYS = re.compile(
    r"https?://\S+|newsarchive( [a-z-]+)*|--[a-z-]+|\d\S*|(?:/|\w+/)\S*|[\w-]+\.(?:db|atom|toml|gz)\b|[a-z]+[_:]\S*|"
    r"\b(?:no|wrong)-\w+|"
    r"\b(?:demo|post|share|original|listing|category|extract|gone|robots|finished|snapshot|kB|MB|GB|bytes|JSON|CSV|NW\w+)\b"
)
ENGLISH = re.compile(r"[A-Za-z]{3,}")
COMMANDS = [
    *(
        "search 银行 --limit 3",
        "search 无此词语",
        "show KEY",
        "diff KEY",
        "why PAGE",
        "why LOST",
        "why http://a.example/",
    ),
    *("stats", "stats --by source", "sources", "categories", "mentions", "mentions CODE", "kwic 银行 --limit 5"),
    *("words --limit 5", "status", "problems LOST", "check", "du", "doctor", "sites", "watch list"),
    *("stories across OTHER", "sql 'select * from articles limit 1'", "prune", "repair", "vacuum", "migrate"),
    *("show nothing", "problems http://a.example/", "diff nothing", "bulk status", "cluster status", "backup TARGET"),
]
#: What prints tables or texts; the others print sentences, which the terminal breaks.
DRAWN = (
    *("search 银行", "show KEY", "diff KEY", "stats", "sources", "categories", "mentions", "kwic", "words", "status"),
    *("problems LOST", "du", "doctor", "sites", "watch list", "stories across", "sql"),
)
#: Rows of these are data of pages; their columns have the names of tables.
DATA = ("sql", "words", "sites", "doctor")


@pytest.fixture(scope="module")
def watched(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with saved searches and a wrong text, of its own so that it may be repaired."""
    path = tmp_path_factory.mktemp("watched") / "archive.db"
    path.write_bytes(sample.read_bytes())
    run_on(path, "watch", "add", "银行 source:松桥证券报", "--to", path.parent / "banks.atom", "--quiet", "22:00-07:00")
    with Archive.open(path) as archive, archive.transaction():
        archive.connection.execute("UPDATE texts SET body = body || '改' WHERE id = 3")
    return path


@pytest.fixture
def read(watched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run a command as on a terminal of so many columns; return its lines."""
    monkeypatch.setattr(click.testing._NamedTextIOWrapper, "isatty", lambda _self: True, raising=False)
    monkeypatch.delenv("NEWSARCHIVE_CLUSTER", raising=False)
    with closing(open_readonly(watched)) as connection:
        known = {
            "KEY": connection.execute("SELECT article_key FROM articles WHERE revision > 1").fetchone()[0],
            "PAGE": connection.execute("SELECT url FROM articles WHERE url IS NOT NULL").fetchone()[0],
            "LOST": connection.execute("SELECT url FROM problems").fetchone()[0],
            "CODE": connection.execute("SELECT code FROM mentions").fetchone()[0],
            "OTHER": str(watched),
            "TARGET": str(tmp_path / "backup"),
        }

    def lines(command: str, columns: int) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(columns))
        ran = run_on(watched, *(known.get(word, word.strip("'")) for word in re.findall(r"'[^']*'|\S+", command)))
        return [COLOUR.sub("", line) for line in (ran.out + ran.err).splitlines()]

    return lines


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", [one for one in COMMANDS if one.startswith(DRAWN)])
def test_no_line_is_wider_than_the_terminal(read, command: str, language: str, columns: int) -> None:
    with speaking(language):
        printed = read(command, columns)
    assert max(map(cell_len, printed)) <= columns


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_left_in_english(read, command: str) -> None:
    with speaking("zh"):
        printed = read(command, 100)
    assert any(CHINESE.search(line) for line in printed)
    if command.startswith(DATA):
        return
    texts = [line for line in printed if not line.startswith("│")]  # rows of tables are data
    left = [line for line in texts if not CHINESE.search(line) and ENGLISH.search(STAYS.sub(" ", line))]
    assert left == []
