"""Read an Excel workbook as far as tests ask: the cells of its sheets as texts, its links, filters and fixed rows."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows of cells (numbers as they are written), the addresses of its links, its filter, its panes."""

    rows: list[list[str]]
    links: list[str]
    filter: str | None
    frozen_rows: int
    formulas: int


def sheets(content: bytes) -> list[Sheet]:
    """Return the sheets of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        return [_sheet(book, name) for name in names]


def _sheet(book: zipfile.ZipFile, name: str) -> Sheet:
    root = etree.fromstring(book.read(name))
    related = name.replace("worksheets/", "worksheets/_rels/") + ".rels"
    links = []
    if related in book.namelist():
        links = [str(one.get("Target")) for one in etree.fromstring(book.read(related)).iter(f"{_LINKS}Relationship")]
    found = root.find(f".//{_MAIN}autoFilter")
    pane = root.find(f".//{_MAIN}pane")
    return Sheet(
        [_row(row) for row in root.iter(f"{_MAIN}row")],
        links,
        None if found is None else found.get("ref"),
        0 if pane is None else int(pane.get("ySplit") or 0),
        len(list(root.iter(f"{_MAIN}f"))),
    )


def _row(row: _Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{_MAIN}c"):
        letters = "".join(letter for letter in str(cell.get("r")) if letter.isalpha())
        place = 0
        for letter in letters:
            place = place * 26 + ord(letter) - ord("A") + 1
        cells += [""] * (place - 1 - len(cells))
        cells.append("".join(str(text) for text in cell.itertext()))
    return cells
