"""What commands that read the archive load: a script that asks a hundred times pays for it a hundred times."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.running import ROOT, command_line

from newsarchive.archive.connection import open_readonly

if TYPE_CHECKING:
    from pathlib import Path

#: Packages that crawls, charts, pages, exports and writing need, and modules of our own that are about these.
ELSEWHERE = (
    *("sqlite_utils", "numpy", "scrapy", "twisted", "lxml", "selectolax", "bs4", "warcio", "requests", "dateutil"),
    *("datasette", "jinja2", "matplotlib", "pyarrow", "opencc", "yaml", "asyncio", "http", "email", "difflib"),
    *(f"newsarchive.{room}" for room in ("crawl", "discovery", "extract", "drafting", "warc", "maintenance", "demo")),
    *(f"newsarchive.{room}" for room in ("stories", "export", "browse", "plots", "sites", "settings", "progress_bar")),
    *("newsarchive.archive.store", "newsarchive.archive.merge", "newsarchive.archive.snapshots"),
    *(
        "newsarchive.archive.frontier",
        "newsarchive.archive.copies",
        "psycopg",
        "newsarchive.cluster",
        "rich.console",
        "rich.table",
        "rich.cells",
    ),
)
COMMANDS = [
    ("search", "银行"),
    ("search", "--json", "银行", "after:2020", "-工作日"),
    ("search", "--count", "source:江湾晚报"),
    ("stats", "--by", "day"),
    ("stats", "银行", "--csv"),
    ("sources",),
    ("categories", "--json"),
    ("mentions",),
    ("sql", "select count(*) from articles"),
    ("kwic", "银行"),
    ("problems",),
    ("status",),
    ("watch", "list"),
    ("du",),
]
#: What a command of these is about.
ITS_OWN = {"du": {"newsarchive.maintenance"}}


def loaded(db: Path, *arguments: str) -> set[str]:
    """Return the names of the modules that a command imports."""
    line = [sys.executable, "-X", "importtime", *command_line(db, *arguments)[1:]]
    ran = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode in (0, 1), ran.stderr
    return set(re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", ran.stderr, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_that_reads_loads_nothing_that_only_others_need(sample: Path, command: tuple[str, ...]) -> None:
    names = loaded(sample, *command)
    assert "newsarchive.cli" in names
    elsewhere = set(ELSEWHERE) - ITS_OWN.get(command[0], set())
    assert not {name for name in names for package in elsewhere if f"{name}.".startswith(f"{package}.")}


@pytest.mark.parametrize("command", ["show", "diff", "why"])
def test_an_article_is_found_by_its_key_without_queries_and_the_rules_of_any_site(sample: Path, command: str) -> None:
    with closing(open_readonly(sample)) as connection:
        (key,) = connection.execute("SELECT article_key FROM articles LIMIT 1").fetchone()
    names = loaded(sample, command, key)
    assert "newsarchive.archive.queries" in names
    assert not names & {"newsarchive.sites", "newsarchive.extract", "newsarchive.search.query", "csv"}


def test_an_article_is_found_by_the_address_of_a_copy_without_the_rules_of_any_site(sample: Path) -> None:
    with closing(open_readonly(sample)) as connection:
        (url,) = connection.execute("SELECT url FROM copies LIMIT 1").fetchone()
    names = loaded(sample, "show", url)
    assert "newsarchive.url_keys" in names
    assert not names & {"newsarchive.sites", "newsarchive.extract"}


def test_a_query_of_han_characters_compiles_no_pattern_of_all_characters_without_blanks(sample: Path) -> None:
    asked = (
        "import sys; from pathlib import Path\n"
        "from newsarchive.archive import Archive; from newsarchive.search import tokens\n"
        "with Archive.open(Path(sys.argv[1]), readonly=True) as archive:\n"
        "    hits = archive.search.hits(archive.search.parse(sys.argv[2]))\n"
        "print(len(hits), tokens._run.cache_info().currsize)"
    )

    def ask(query: str) -> list[str]:
        line = [sys.executable, "-c", asked, str(sample), query]
        return subprocess.run(line, capture_output=True, text=True, check=True, timeout=60, cwd=ROOT).stdout.split()

    assert ask("银行")[0] != "0"
    assert [ask("银行")[1], ask("a股")[1]] == ["0", "1"]


def test_showing_an_article_loads_no_crawler_and_no_export_but_its_own(sample: Path) -> None:
    with closing(open_readonly(sample)) as connection:
        (key,) = connection.execute("SELECT article_key FROM articles LIMIT 1").fetchone()
    names = loaded(sample, "show", key)
    assert not names & {"sqlite_utils", "scrapy", "warcio", "newsarchive.export.parquet", "newsarchive.stories"}
