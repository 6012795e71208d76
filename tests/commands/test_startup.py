"""What commands that read the archive load: a script that asks a hundred times pays for it a hundred times."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.running import command_line

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
]


def loaded(db: Path, *arguments: str) -> set[str]:
    """Return the names of the modules that a command imports."""
    line = [sys.executable, "-X", "importtime", *command_line(db, *arguments)[1:]]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr
    return set(re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", ran.stderr, re.MULTILINE))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_that_reads_loads_nothing_that_only_others_need(sample: Path, command: tuple[str, ...]) -> None:
    names = loaded(sample, *command)
    assert "newsarchive.cli" in names
    found = {name for name in names for package in ELSEWHERE if name == package or name.startswith(f"{package}.")}
    assert not found


def test_showing_an_article_loads_no_crawler_and_no_export_but_its_own(sample: Path) -> None:
    with closing(open_readonly(sample)) as connection:
        (key,) = connection.execute("SELECT article_key FROM articles LIMIT 1").fetchone()
    names = loaded(sample, "show", key)
    assert not names & {"sqlite_utils", "scrapy", "warcio", "newsarchive.export.parquet", "newsarchive.stories"}
