"""What takes how much room: to the byte in the sum, and by site, month and kind as far as can be known."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import AT, page

from newsarchive.archive import Archive
from newsarchive.cli import cli
from newsarchive.i18n import speaking
from newsarchive.maintenance.du import KINDS, usage

if TYPE_CHECKING:
    from pathlib import Path

LONG = "a-site-with-a-very-long-name"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive with ten articles of a site in March, and one each of two sites in April."""
    with new_archive(tmp_path / "archive.db") as archive:
        for number, (site, days) in enumerate([*[("demo", 0)] * 10, ("demo", 30), (LONG, 30)]):
            url = f"http://{site}/{number}.html"
            fetched = page(url, f"<p>渡口第{number}号</p>" * 200, site=site, at=AT + timedelta(days=days))
            crawled(archive, article(fetched, f"渡口第{number}号。" * 300, key=f"20260305{number:010}", title="题"))
    return tmp_path / "archive.db"


def du(path: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--db", str(path), "du", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_sum_is_the_size_of_the_file_and_of_all_records(path: Path) -> None:
    rows = [json.loads(line) for line in du(path, "--json").splitlines()]
    assert rows[-1]["site"] == "total"
    warc = sum(file.stat().st_size for file in path.parent.rglob("*.warc.gz"))
    assert sum(rows[-1][kind] for kind in ("texts", "index", "machinery")) == path.stat().st_size
    assert warc - 3 * 600 < rows[-1]["warc"] < warc  # all but the heads of three files
    for kind in (*KINDS, "total"):
        assert sum(row[kind] for row in rows[:-1]) == rows[-1][kind], kind


def test_a_month_with_more_articles_takes_more_of_every_kind(path: Path) -> None:
    with Archive.open(path, readonly=True) as archive:
        found = {(one.site, one.month): one for one in usage(archive)}
    assert (LONG, "2026-04") in found
    full, little = found["demo", "2026-03"], found["demo", "2026-04"]
    assert full.texts > 8 * little.texts > 0
    assert full.index > 8 * little.index > 0
    assert full.warc > 8 * little.warc > 0
    assert full.machinery > 4 * little.machinery > 0
    assert found["demo", "2026-03"].total == sum(getattr(full, kind) for kind in KINDS)


def test_the_table_fits_eighty_columns(path: Path) -> None:
    lines = du(path).splitlines()
    assert lines[0].split() == ["site", "month", "texts", "index", "warc", "machinery", "total"]
    assert all(cell_len(line) < 80 for line in lines)
    assert len({cell_len(line) for line in lines}) == 1
    assert any(line.startswith("a-site-with-a") for line in lines)
    assert lines[-1].startswith("total")


def test_months_can_be_left_out(path: Path) -> None:
    names = [line.split()[0] for line in du(path, "--by", "site").splitlines()]
    assert names[-3].startswith("a-site-with-a")
    assert names[-2:] == ["demo", "total"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_narrow_terminal_gets_less_of_a_long_name_and_every_size(path: Path, language: str, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    with speaking(language):
        lines = du(path).splitlines()
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}
    assert cell_len(lines[0]) < 60
    assert all(line.rstrip().endswith(("kB", "MB", "bytes", "字节")) for line in lines[1:])


def test_what_is_free_in_the_file_belongs_to_nobody(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.connection.execute("CREATE TABLE ballast (text TEXT)")
        archive.connection.execute("INSERT INTO ballast VALUES (zeroblob(400000))")
        archive.connection.execute("DROP TABLE ballast")
    with Archive.open(path, readonly=True) as archive:
        (nobody,) = (one for one in usage(archive) if not one.site)
    assert nobody.machinery > 390_000
