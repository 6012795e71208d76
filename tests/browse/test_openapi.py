"""What the pages say of themselves to programs is what they answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from support.serving import served

from newsarchive.browse.openapi import files_of, openapi
from newsarchive.browse.routing import ROUTES

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    import httpx

DESCRIBED = openapi()
FILES = sorted(f"{path}.{form}" for pattern, _ in ROUTES for path, form in files_of(pattern))
#: Questions to which the sample has no answer.
EMPTY = ("/archive/coverage_gaps.json", "/archive/taken_down.json")
OPERATIONS = [(path, method) for path, operations in DESCRIBED["paths"].items() for method in operations]


@pytest.fixture(scope="session")
def values(rows: sqlite3.Connection) -> dict[str, str]:
    """What stands for the parameters that an answer needs."""
    key, number = rows.execute("SELECT article_key, id FROM articles ORDER BY revision DESC").fetchone()
    (kept,) = rows.execute("SELECT snapshot_id FROM copies WHERE snapshot_id IS NOT NULL").fetchone()
    wanted = {"key": key, "snapshot_id": kept, "ids": number, "sql": "select 1 as one", "q": "银行"}
    return {"table": "articles", "_shape": "objects", "size": "3"} | {name: str(one) for name, one in wanted.items()}


def schema_of(content: dict[str, Any]) -> Draft202012Validator:
    """Return what checks the JSON of an answer, with the components that it refers to."""
    return Draft202012Validator(content["schema"] | {"components": DESCRIBED["components"]})


def ask(site: httpx.Client, path: str, method: str, values: dict[str, str]) -> httpx.Response:
    query = {}
    for one in DESCRIBED["paths"][path][method]["parameters"]:
        name = one["name"]
        if one["in"] == "query" and name in values:
            query[name] = values[name]
    address = path.format_map({name: quote(one, safe="") for name, one in values.items()})
    sent = {"ids": values["ids"], f"note-{values['ids']}": "核对"} if method == "post" else None
    return site.request(method.upper(), address, params=query, data=sent, follow_redirects=True)


def test_the_description_is_one_by_its_standard() -> None:
    validate(DESCRIBED)
    assert DESCRIBED["openapi"].startswith("3.1")


def test_every_file_of_a_route_is_described() -> None:
    assert [path for path in FILES if path not in DESCRIBED["paths"]] == []
    assert {"/search.json", "/article/{key}.json", "/list.json"} <= set(FILES)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_described(site: httpx.Client, values: dict[str, str], path: str, method: str) -> None:
    answer = ask(site, path, method, values)
    assert answer.status_code == 200, answer.text[:300]
    ((media, content),) = DESCRIBED["paths"][path][method]["responses"]["200"]["content"].items()
    assert answer.headers["content-type"].partition(";")[0] == media
    if media == "application/json":
        schema_of(content).validate(answer.json())
        assert answer.json().get("rows", True) or path in EMPTY


@pytest.mark.parametrize(
    "address",
    [
        "/search.json?q=(",
        "/list.json?ids=x",
        "/compare.csv",
        "/archive.json?_shape=objects&sql=selec",
        "/article/0.json",
    ],
)
def test_every_refusal_is_as_described(site: httpx.Client, address: str) -> None:
    answer = site.get(address)
    assert 400 <= answer.status_code < 500
    error = DESCRIBED["paths"]["/search.json"]["get"]["responses"]["4XX"]["content"]["application/json"]
    schema_of(error).validate(answer.json())


def test_a_wrong_answer_would_be_noticed() -> None:
    content = DESCRIBED["paths"]["/search.json"]["get"]["responses"]["200"]["content"]["application/json"]
    assert not schema_of(content).is_valid({"ok": True, "rows": [{}], "query": "", "next": None})
    assert not schema_of(content).is_valid({"ok": True, "rows": []})


def test_all_tables_can_be_asked_for(site: httpx.Client, values: dict[str, str]) -> None:
    path = "/archive/{table}.json"
    parameters = {one["name"]: one for one in DESCRIBED["paths"][path]["get"]["parameters"]}
    for table in parameters["table"]["schema"]["enum"]:
        assert ask(site, path, "get", values | {"table": table, "_size": "1"}).status_code == 200, table


def test_the_server_describes_the_archive_that_it_serves(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "name with blanks.db"
    path.write_bytes(sample.read_bytes())
    with served(path) as site:
        described = site.get("/-/newsarchive/openapi.json").json()
        validate(described)
        assert "/name+with+blanks.json" in described["paths"]
        assert site.get("/name+with+blanks.json?sql=select+1", follow_redirects=True).status_code == 200


def test_others_are_told_of_no_sql_of_their_own(sample: Path) -> None:
    with served(sample, public=True) as public:
        paths = json.loads(public.get("/-/newsarchive/openapi.json").text)["paths"]
    assert "/archive.json" not in paths
    assert "/search.json" in paths
