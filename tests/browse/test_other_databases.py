"""The plugin beside other databases, in folders and files with any name, and asked for what it does not give."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.serving import served

from newsarchive.browse.metadata import database_name
from newsarchive.browse.serve import application
from newsarchive.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


def datasette(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "datasette", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO articles VALUES (7, '另一个库')")
        connection.commit()
    return path


def test_a_datasette_without_an_archive_is_as_ever(other: Path) -> None:
    front = datasette(other, "--get", "/")
    assert front.returncode == 0, front.stderr
    assert "News archive" not in front.stdout
    assert '<a href="/other">other</a>' in front.stdout
    assert "另一个库" in datasette(other, "--get", "/other/articles/7").stdout
    assert "News archive" not in datasette(other, "--get", "/search").stdout


def test_a_database_beside_the_archive_keeps_its_rows(sample: Path, other: Path) -> None:
    for files in ((sample, other), (other, sample)):
        ran = datasette(*files, "--get", "/other/articles/7.json?_shape=array")
        assert json.loads(ran.stdout)[0]["name"] == "另一个库"
        assert "News archive" in datasette(*files, "--get", "/").stdout


def test_several_archives_are_served_and_lead_to_each_other(sample: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.db"
    second.write_bytes(sample.read_bytes())
    with served(sample, others=[second]) as site:
        assert site.get("/second/-/search").status_code == 200
        assert 'href="/second/-/"' in site.get("/").text
        assert 'href="/"' in site.get("/second/-/").text
    same = tmp_path / "beside" / sample.name
    with pytest.raises(UserError, match="called so, too"):
        application(sample, others=[same])


@pytest.mark.parametrize("folder", ["新闻 库", "dir#1", "dir%41", "what?", "a&b=c", "'quoted\""])
def test_an_archive_is_served_from_a_folder_of_any_name(sample: Path, tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "archive.db"
    path.parent.mkdir()
    shutil.copy(sample, path)
    with served(path) as client:
        assert client.get("/").status_code == 200
        assert client.get("/search.json", params={"q": "银行"}).json()["rows"]
        assert client.get("/archive/articles").status_code == 200
    assert [one.name for one in tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize("name", ["article", "story", "raw", "search", "why", "a.b", "新闻", "a b"])
def test_an_archive_is_served_from_a_file_of_any_name(sample: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.db"
    shutil.copy(sample, path)
    with closing(sqlite3.connect(path)) as connection:
        (key,) = connection.execute("SELECT article_key FROM articles LIMIT 1").fetchone()
    with served(path) as client:
        tables = client.get("/tables").text
        (questions,) = {
            part.split('"')[0] for part in tables.split('href="') if part.split('"')[0].endswith("articles_per_day")
        }
        (articles,) = {
            part.split("?")[0] for part in tables.split('href="') if part.split("?")[0].endswith("/articles")
        }
        for address in (questions, articles, f"{questions}.csv", "/search?q=%E9%93%B6%E8%A1%8C", f"/article/{key}"):
            answer = client.get(address)
            assert answer.status_code == 200, address
        assert "How much was published per day?" in client.get(questions).text
        database = articles.removesuffix("/articles")
        assert client.get(f"{database}.csv", params={"sql": "select 1 as n"}).text == "n\r\n1\r\n"
    assert database_name(path) == (f"{name}_archive" if name in ("search", "why") else name)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/", "/search", "/article/1", "/archive", "/archive/articles", "/archive/articles_of_a_day"]
)
def test_what_would_write_is_refused(site: httpx.Client, method: str, path: str) -> None:
    answer = site.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/archive/articles?_timelimit=abc",
        "/archive/articles_of_a_day?_timelimit=x",
        "/archive/articles?_through={}",
        "/archive/articles?_through=[]",
        "/archive/articles?_facet_size=x",
        "/archive/articles?_facet=nothing",
        "/archive/articles?_size=x",
        "/archive/articles?_next=x",
        "/archive/articles?_sort=x",
        "/archive/articles?_shape=x",
        "/archive/articles.json?_shape=object&_col=nothing",
        "/archive/articles.json?_json=x&_extra=x",
        "/archive/articles?_where=x(",
        "/archive/articles?id__in=[",
        "/archive/articles?id__arraycontains=x",
        "/archive/nothing.json",
        "/archive/articles/x",
        "/archive.atom?sql=select+x'ff'+as+article_key",
        "/archive.atom?sql=select+1+as+article_key",
        "/archive.blob?sql=select+1&_blob_column=x",
        "/archive.csv?sql=select+1+as+a,2+as+a",
        "/archive?sql=select+:x&_hide_sql=1",
        "/search?after=x~y",
        "/search.json?size=x&after=~",
        "/search/Source?find=%00",
        "/article/%00",
        "/raw/999999999999999999",
    ],
)
def test_nothing_that_a_reader_can_type_is_a_failure_of_the_server(site: httpx.Client, path: str) -> None:
    assert site.get(path).status_code < 500


@pytest.mark.parametrize(
    "path",
    ["/archive?sql=selec+*+from+articles", "/archive?sql=select+nothing", "/archive?sql=select+1+from+(select"],
)
def test_sql_that_failed_can_be_mended_where_it_stands(site: httpx.Client, path: str) -> None:
    page = site.get(path).text
    assert 'role="alert"' in page
    assert path.partition("sql=")[2].replace("+", " ") in page.partition("<textarea")[2].partition("</textarea>")[0]


def test_sql_that_takes_too_long_keeps_its_text_and_shows_no_markup(site: httpx.Client) -> None:
    sql = "with recursive c(x) as (select 1 union all select x%2 from c) select count(*) from c"
    answer = site.get("/archive", params={"sql": sql})
    assert answer.status_code == 400
    assert "&lt;textarea" not in answer.text
    assert sql in answer.text.partition("<textarea")[2]
    assert "narrow it down" in answer.text


@pytest.mark.parametrize(
    "name", ["threads", "databases", "versions", "plugins", "settings", "metadata", "actor", "patterns"]
)
def test_what_datasette_tells_of_itself_is_not_for_everybody(sample: Path, name: str) -> None:
    with served(sample, public=True) as client:
        assert client.get(f"/-/{name}.json").status_code == 404
        assert client.get(f"/-/{name}").status_code == 404
        assert client.get("/-/newsarchive/style.css").status_code == 200
        assert client.get("/").status_code == 200
