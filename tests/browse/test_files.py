"""Lists as Excel workbooks and as Parquet, from the browser."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.serving import served
from support.workbooks import sheets

from newsarchive.browse.search_page import PUBLIC_DOWNLOAD
from newsarchive.export import workbook
from newsarchive.export.workbook import ARTICLE_COLUMNS, Workbook

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install pyarrow")


def parquet_of(answer: httpx.Response) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(io.BytesIO(answer.content)).to_pylist()
    return rows


def whole(site: httpx.Client, address: str, **arguments: str) -> httpx.Response:
    return site.get(address, params=arguments or None, follow_redirects=True)


def test_a_search_is_a_workbook_with_links_filters_and_a_fixed_header(site: httpx.Client) -> None:
    hits = site.get("/search.json", params={"q": "银行"}).json()["rows"]
    answer = site.get("/search.xlsx", params={"q": "银行"})
    assert "attachment" in answer.headers["content-disposition"]
    rows, about = sheets(answer.content)
    title, url = ARTICLE_COLUMNS.index("title"), ARTICLE_COLUMNS.index("url")
    assert [row[title] for row in rows.rows[1:]] == [hit["title"] for hit in hits]
    assert set(rows.links) == {hit["url"] for hit in hits}
    assert [row[url] for row in rows.rows[1:]] == [hit["url"] for hit in hits]
    assert rows.frozen_rows == 1
    assert rows.filter is not None
    assert rows.filter.endswith(str(len(hits) + 1))
    assert ["Search", "银行"] in about.rows


def test_a_search_is_a_parquet_file_with_all_that_belongs_to_its_articles(
    site: httpx.Client, rows: sqlite3.Connection
) -> None:
    found = parquet_of(site.get("/search.parquet"))
    assert len(found) == rows.execute("SELECT count(*) FROM articles").fetchone()[0]
    one = max(found, key=lambda row: len(row["paragraphs"]))
    assert "\n\n".join(paragraph["text"] for paragraph in one["paragraphs"]) == one["body"]
    assert any(row["copies"] and row["published_date"] for row in found)


@pytest.mark.parametrize(
    "address",
    [
        "/archive/articles{}?_col=title&source_id__notblank=1",
        "/archive/articles_per_day{}",
        "/archive/articles_naming_a_security{}",
        "/archive{}?sql=select+id,title,published_at,1.5+as+half,null+as+empty+from+articles+where+id>:least&least=3",
    ],
)
def test_tables_questions_and_sql_are_files_of_all_their_rows(site: httpx.Client, address: str) -> None:
    stream = "&_stream=1" if "/articles{}" in address else ""
    lines = site.get(address.format(".csv") + stream).text.split("\r\n")
    rows, about = sheets(whole(site, address.format(".xlsx")).content)
    assert len(rows.rows) == len(lines) - 1
    assert about.rows
    assert len(parquet_of(whole(site, address.format(".parquet")))) == len(lines) - 2
    assert len(lines) > 3


def test_columns_of_mixed_values_become_text_in_parquet(site: httpx.Client) -> None:
    sql = "select 1 as a, 1 as b, x'ff' as c, 2 as a union all select 2, 'x', null, 2.5"
    found = parquet_of(whole(site, "/archive.parquet", sql=sql))
    assert [list(row.values()) for row in found] == [[1, "1", b"\xff", 2.0], [2, "x", None, 2.5]]
    assert len(set(found[0])) == 4


def test_a_wrong_statement_is_a_page_and_no_broken_file(site: httpx.Client) -> None:
    for form in ("xlsx", "parquet"):
        answer = whole(site, f"/archive.{form}", sql="select * from nothing")
        assert answer.status_code == 400
        assert site.get(f"/search.{form}", params={"q": "("}).status_code == 400


def test_no_cell_is_a_formula(harm: httpx.Client) -> None:
    for address in ("/search.xlsx", "/archive/articles.xlsx", "/archive/bylines.xlsx"):
        rows, about = sheets(whole(harm, address).content)
        assert rows.formulas == about.formulas == 0
        assert all(link.startswith(("http://", "https://")) for link in rows.links)
    assert any("@SUM(A1)" in cell for row in sheets(harm.get("/search.xlsx").content)[0].rows for cell in row)


def test_for_everybody_files_are_bounded_and_say_so(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsarchive.browse.search_views.PUBLIC_DOWNLOAD", 20)
    with served(sample, public=True) as client:
        rows, about = sheets(client.get("/search.xlsx").content)
        assert len(rows.rows) == 21
        assert any("first 20" in cell for row in about.rows for cell in row)
        assert len(parquet_of(client.get("/search.parquet"))) == 20
        assert "Excel, first 20 of" in client.get("/search").text
    assert PUBLIC_DOWNLOAD > 20


def test_what_a_sheet_cannot_hold_is_told_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    monkeypatch.setattr(workbook, "MOST_LINKS", 2)
    path = tmp_path / "rows.xlsx"
    book = Workbook(str(path), ["title", "url", "published_at", "n"], {}, tmp_path)
    long = "长" * 32_766 + "𠮷"
    book.add([[long, f"https://a.example/{n}", "2026-03-05T23:59:00+08:00", 10**17] for n in range(5)])
    book.close()
    rows, about = sheets(path.read_bytes())
    told = dict([*row, ""][:2] for row in about.rows)
    assert (len(rows.rows), len(rows.links)) == (4, 2)
    assert rows.rows[1][0] == "长" * 32_766
    assert rows.rows[1][2].startswith("46086.99")  # the clock of the site, as Excel counts days
    assert rows.rows[1][3] == str(10**17)
    assert told["Rows"] == "3"
    assert "2 rows" in told["Left out"]
    assert told["Cut"].startswith("1 text: ")
    assert "first 2" in told["Links"]


def test_nothing_is_left_behind_on_the_disk(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with served(sample) as client:
        for address in ("/search.xlsx", "/search.parquet", "/archive/articles.xlsx", "/archive/articles.parquet"):
            assert whole(client, address).status_code == 200
    assert list(tmp_path.iterdir()) == []
    with closing(sqlite3.connect(sample)) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone()[0] > 0
