"""The addresses that programs ask the pages for, as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# What programs can ask the pages for

`newsarchive browse` answers programs at the addresses below; [openapi.json](openapi.json) describes them for machines
(OpenAPI 3.1), and `/-/newsarchive/openapi.json` does so of the archive that is served. `archive` in the addresses is
the name of the file without its ending. This page is made by `make docs`.

    curl -G http://127.0.0.1:8001/search.json --data-urlencode q=银行 -d size=10

"""


def api_page(described: dict[str, Any]) -> str:
    """Write the paths of an OpenAPI description with their parameters."""
    return _HEAD + "\n".join(_lines(described)) + "\n"


def _lines(described: dict[str, Any]) -> Iterator[str]:
    yield "| address | answer | parameters |\n| --- | --- | --- |"
    for path, operations in described["paths"].items():
        get = operations["get"]
        names = [f"`{one['name']}`" for one in get["parameters"] if one["in"] == "query"]
        methods = " (GET, POST)" if "post" in operations else ""
        yield f"| `{path}`{methods} | {get['summary']} | {', '.join(names)} |"
    yield "\n## Parameters\n"
    told = {
        one["name"]: one["description"]
        for operations in described["paths"].values()
        for one in operations["get"]["parameters"]
    }
    yield from (f"- `{name}`: {text}" for name, text in told.items())
