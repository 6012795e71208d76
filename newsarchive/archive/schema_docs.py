"""What tables and columns mean, for the documentation and for Datasette."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("schema_docs.toml")


@dataclass(frozen=True, slots=True)
class Described:
    """One table or view: what a row is, what each column means, and whether it is machinery."""

    name: str
    about: str
    hidden: bool
    columns: dict[str, str]


@cache
def descriptions() -> dict[str, Described]:
    """Return the description of every table and view, in the order in which a reader wants to meet them."""
    with _FILE.open("rb") as file:
        tables = tomllib.load(file)
    return {
        name: Described(
            name=name,
            about=entry["_about"],
            hidden=entry.get("_hidden", False),
            columns={column: text for column, text in entry.items() if not column.startswith("_")},
        )
        for name, entry in tables.items()
    }
