"""How answers travel: in gzip, and only when something was written since."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from datasette.app import Datasette
from support.serving import served

from newsarchive.browse import caching
from newsarchive.search import register_functions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx


def raw(client: httpx.Client, address: str, **headers: str) -> tuple[httpx.Headers, bytes]:
    """Return the headers and the bytes as they came."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.stream("GET", address, headers=named) as answer:
        return answer.headers, b"".join(answer.iter_raw())


@pytest.mark.parametrize("address", ["/", "/search.csv", "/search.json", "/archive/articles.csv?_stream=1"])
def test_texts_come_in_gzip_to_who_takes_it(site: httpx.Client, address: str) -> None:
    plain_headers, plain = raw(site, address, accept_encoding="identity")
    headers, packed = raw(site, address, accept_encoding="br, gzip")
    assert headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain_headers
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 2
    assert "content-encoding" not in raw(site, address, accept_encoding="gzip;q=0")[0]


def test_what_is_small_or_packed_already_is_sent_as_it_is(site: httpx.Client) -> None:
    assert "content-encoding" not in raw(site, "/compare.csv?q=银行", accept_encoding="gzip")[0]
    assert "content-encoding" not in raw(site, "/search.xlsx", accept_encoding="gzip")[0]


def test_a_page_is_sent_again_only_when_something_was_written(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "archive.db"
    shutil.copy(sample, path)
    monkeypatch.setattr(caching, "_SETTLED", 0.0)
    with served(path) as client:
        first = client.get("/search")
        tag = first.headers["etag"]
        again = client.get("/search", headers={"if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["x-content-type-options"] == "nosniff"
        assert client.get("/search?q=x", headers={"if-none-match": tag}).status_code == 200
        other = {"if-none-match": tag, "accept-language": "zh"}
        assert client.get("/search", headers=other).status_code == 200
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE runs SET reason = 'another'")
            connection.commit()
            assert client.get("/search", headers={"if-none-match": tag}).headers["etag"] != tag
            monkeypatch.setattr(caching, "_SETTLED", 600.0)
            # Written to a moment ago: it may be written to again without looking different.
            assert "etag" not in client.get("/search").headers


def test_the_style_sheet_is_kept_for_good(site: httpx.Client) -> None:
    (address,) = {
        part.split('"')[0] for part in site.get("/").text.split('href="') if "style.css" in part.split('"')[0]
    }
    assert "immutable" in site.get(address).headers["cache-control"]
    assert "immutable" not in site.get(address.partition("?")[0]).headers.get("cache-control", "")


def test_a_failure_is_not_kept(site: httpx.Client) -> None:
    assert "etag" not in site.get("/article/nothing").headers


def test_of_two_archives_each_has_its_pages(sample: Path, tmp_path: Path) -> None:
    second = tmp_path / "article.db"  # named as a page is
    shutil.copy(sample, second)
    with closing(sqlite3.connect(second)) as connection:
        register_functions(connection)
        connection.execute("UPDATE articles SET title = '第二个库'")
        connection.commit()
        (key,) = connection.execute("SELECT article_key FROM articles WHERE length(article_key) = 18").fetchone()

    datasette = Datasette([str(sample), str(second)])
    with asyncio.Runner() as runner:
        runner.run(datasette.invoke_startup())

        def get(address: str) -> str:
            answer = runner.run(datasette.client.get(address))
            return str(answer.text)

        check_two_archives(get, key)


def check_two_archives(get: Callable[[str], str], key: str) -> None:
    front = get("/")
    assert '<a href="/article/-/">' in front
    assert "第二个库" not in front
    found = get("/article/-/search")
    assert found.count("第二个库") > 10
    assert 'href="/article/-/article/' in found
    assert "第二个库" in get(f"/article/-/article/{key}")
    assert "第二个库" not in get(f"/article/{key}")
    assert "How much was published per day?" in get("/article/articles_per_day")
