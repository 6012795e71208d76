"""What programs may ask the pages for, as OpenAPI 3.1: made of the routes, the questions and the described columns.

A route that gives files by their endings and has no line in `_FILES` cannot be described, and a test fails.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from datasette.utils import tilde_encode
from datasette.utils.asgi import Response

from newsarchive import __version__
from newsarchive.archive.queries import COLUMNS
from newsarchive.archive.schema_docs import descriptions
from newsarchive.browse import article_views, reading_list, search_views, views  # noqa: F401 - they register routes
from newsarchive.browse.archives import archive_of
from newsarchive.browse.atom import FEED_TYPE
from newsarchive.browse.files import TYPES
from newsarchive.browse.metadata import queries
from newsarchive.browse.parameters import field_of
from newsarchive.browse.routing import CSV_TYPE, ROUTES, is_public
from newsarchive.browse.search_form import ORDERS
from newsarchive.search import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasette.app import Datasette

    Json = dict[str, Any]

_JSON = "application/json"
_FORM = re.compile(r"(?:\(\?:\\\.)\(\?P<form>([^)]*)\)\)\??")
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()\[\]]|\[[^]]*\])*\)")
_PARAMETER = re.compile(r":(\w+)")
# Columns of an article that hold numbers, and those that are JSON in a text.
_NUMBERS = ("paywalled", "char_count", "paragraph_count", "story_id", "revision")
_DAY = {"type": "string", "examples": ["2026-03-05"]}


def _type(content_type: str) -> str:
    return content_type.partition(";")[0]


#: What is served at the ending of an address.
_MEDIA = {
    "json": _JSON,
    "csv": _type(CSV_TYPE),
    "atom": _type(FEED_TYPE),
    **TYPES,
    **{form: _type(kind) for form, (_write, kind) in article_views.CITATIONS.items()},
    **{form: _type(kind) for form, (_write, kind, _label) in reading_list.FILES.items()},
}


def _in(name: str, text: str, schema: Json | None = None, *, place: str = "query") -> Json:
    return {
        "name": name,
        "in": place,
        "description": text,
        "required": place == "path",
        "schema": schema or {"type": "string"},
    }


_QUERY = 'Words, "phrases", -without, OR, and fields: ' + ", ".join(field.example for field in FIELDS.values())
_SEARCH = [
    _in("q", _QUERY),
    _in("order", "The order; `rank` weighs the newest matches.", {"type": "string", "enum": list(ORDERS)}),
    _in("from", "The first day.", _DAY),
    _in("to", "The last day.", _DAY),
]
_KEY = _in(
    "key", "Key of the article; what is no letter or digit is written as Datasette does, ~2E for a dot.", place="path"
)
_IDS = _in("ids", "Numbers of articles, with commas.", {"type": "string", "pattern": "^[0-9]+(,[0-9]+)*$"})
_BOM = _in("bom", "1 begins a CSV with a byte order mark, for Excel.", {"type": "string", "enum": ["1"]})
_SIZE = _in("size", "Rows at once; all without it.", {"type": "integer", "minimum": 1})
_AFTER = _in("after", "Where the rows begin: `next` of the answer before.")
# Path of a route without its ending -> what it is about, its parameters, and what its JSON is.
_FILES: dict[str, tuple[str, list[Json], str]] = {
    "/search": ("The articles that a search finds", _SEARCH, "Hits"),
    "/article/{key}": ("An article with all its parts, or its citation", [_KEY], "Article"),
    "/compare": ("How many articles searches find over time; q up to five times", [*_SEARCH[:1], *_SEARCH[2:]], ""),
    "/list": ("Articles by their numbers; a POST may bring notes (note-NUMBER)", [_IDS], "Rows"),
}
_DATABASE = "Tables and questions are answered by Datasette, which has more parameters."


def openapi(database: str = "archive", *, without_sql: bool = False) -> Json:
    """Return the description for the archive of a name; where anybody may ask, it is without SQL of readers' own."""
    paths = dict(_of_routes()) | dict(_of_tables(database))
    if without_sql:
        del paths[f"/{database}.json"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "newsarchive",
            "version": __version__,
            "description": "A news archive, only read. " + _DATABASE,
        },
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


async def openapi_page(datasette: Datasette) -> Response:
    """Return the description of the archive that is served."""
    name = archive_of(datasette)
    assert name is not None  # without an archive there is no route to it
    return Response.json(openapi(tilde_encode(name), without_sql=is_public(datasette)))


def files_of(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield the path of a route and each ending under which it gives a file."""
    forms = _FORM.search(pattern)
    path = _GROUP.sub(lambda match: f"{{{match[1]}}}", _FORM.sub("", pattern)).removesuffix("$")
    for form in forms[1].split("|") if forms else ():
        yield path, form


def _of_routes() -> Iterator[tuple[str, Json]]:
    for pattern, _view in ROUTES:
        for path, form in files_of(pattern):
            summary, parameters, schema = _FILES[path]
            given = [*parameters, *([_SIZE, _AFTER] if (path, form) == ("/search", "json") else [])]
            given += [_BOM] if form == "csv" else []
            get = _operation(f"{summary}, as {form}", given, _MEDIA[form], schema if form == "json" else "")
            yield f"{path}.{form}", {"get": get} | ({"post": _sent(get)} if path == "/list" else {})
    number = _in("snapshot_id", "Number of the kept page.", {"type": "integer"}, place="path")
    yield "/raw/{snapshot_id}", {"get": _operation("A page as it was fetched", [number], "text/plain")}


def _of_tables(database: str) -> Iterator[tuple[str, Json]]:
    shape = _in("_shape", "Rows as objects.", {"type": "string", "const": "objects"}) | {"required": True}
    size = _in("_size", "Rows at once, 2,000 at most.", {"type": "integer", "minimum": 1, "maximum": 2000})
    names = [name for name, table in descriptions().items() if not table.hidden]
    table = _in("table", "Name of a table or view.", {"type": "string", "enum": names}, place="path")
    filters = _in("_where", "A condition in SQL; column=value, column__gt=value and others do as well.")
    following = _in("_next", "Where the rows begin: `next` of the answer before.")
    rows = _operation("Rows of a table", [table, shape, size, following, filters], _JSON, "TableRows")
    yield f"/{database}/{{table}}.json", {"get": rows}
    for name, question in queries().items():
        asked = sorted(set(_PARAMETER.findall(question["sql"])))
        fields = [_in(one, field_of(one).label + "; empty for the usual.") for one in asked]
        get = _operation(question["title"], [shape, *fields], _JSON, "TableRows")
        yield f"/{database}/{name}.json", {"get": get | {"description": question["description"]}}
    sql = _in("sql", "A SELECT statement.") | {"required": True}
    yield f"/{database}.json", {"get": _operation("Rows of SQL of one's own", [sql, shape], _JSON, "TableRows")}


def _operation(summary: str, parameters: list[Json], media: str, schema: str = "") -> Json:
    content = {media: {"schema": {"$ref": f"#/components/schemas/{schema}"}} if schema else {}}
    error = {"$ref": "#/components/schemas/Error"}
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer.", "content": content},
            "4XX": {"description": "What is wrong with the question.", "content": {_JSON: {"schema": error}}},
        },
    }


def _sent(get: Json) -> Json:
    """Return the operation of a list that is sent as a form with its notes."""
    note = {"type": "string", "maxLength": reading_list.LONGEST_NOTE}
    form = {
        "type": "object",
        "properties": {"ids": _IDS["schema"]},
        "patternProperties": {"^note-[0-9]+$": note},
        "required": ["ids"],
    }
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}
    return {**get, "parameters": [one for one in get["parameters"] if one is not _IDS], "requestBody": body}


def _schemas() -> dict[str, Json]:
    text, number, truth = {"type": ["string", "null"]}, {"type": ["integer", "null"]}, {"type": "boolean"}
    told = descriptions()["articles"].columns
    article = {
        name: (number if name in _NUMBERS else text) | ({"description": told[name]} if name in told else {})
        for name in COLUMNS
    }
    hit_texts = ("article_key", "title", "source", "published_at", "snippet", "address", "url", "site", "lang",
                 "category", "category_name")  # fmt: skip
    hit = dict.fromkeys(hit_texts, text) | {
        "rank": {"type": ["number", "null"]}, "char_count": number, "story_id": number,
    }  # fmt: skip
    parts = {
        name: {"type": "array", "items": {"type": "object"}}
        for name in ("paragraphs", "bylines", "mentions", "images", "copies", "revisions", "story")
    }
    named = {name: one for name, one in article.items() if name not in ("category_name", "category_url")}
    whole = named | parts | {"via": {"type": "array", "items": {"type": "string"}}, "category_slug": text}
    row = {"id": {"type": "integer"}, "note": {"type": "string"}} | article
    return {
        "Hits": _object({"ok": truth, "query": {"type": "string"}, "rows": _array(_object(hit)), "next": text}),
        "Article": _object(whole, closed=False),
        "Rows": _object({"ok": truth, "rows": _array(_object(row))}),
        "TableRows": _object({"rows": _array({"type": "object"})}, closed=False),
        "Error": _object({"ok": {"const": False}, "error": {"type": "string"}}, closed=False),
    }


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


def _object(properties: Json, *, closed: bool = True) -> Json:
    """Return the schema of an object that has all of the properties, and no others where it is closed."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": not closed,
    }
