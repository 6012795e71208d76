"""Excel workbooks that grow on the disk, not in memory: rows with links, filters and a fixed header."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

from newsarchive.archive.queries import COLUMNS
from newsarchive.errors import UserError
from newsarchive.i18n import _, ngettext
from newsarchive.labels import label_of
from newsarchive.urls import is_web_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from newsarchive.archive.queries import ArchivedArticle

#: What a sheet takes at most: rows, links, characters in a cell. The first two are Excel's own bounds, less a few.
MOST_ROWS, MOST_LINKS, LONGEST_CELL = 1_048_000, 65_000, 32_767
#: The columns of articles, those that people look at first; the text comes last.
ARTICLE_COLUMNS = tuple(
    dict.fromkeys(
        [
            *("title", "source", "published_at", "category_name", "section", "char_count", "lang", "site", "url"),
            *(name for name in COLUMNS if name != "body"),
            "body",
        ]
    )
)
# Excel counts days from 1900 and knows none before.
_FIRST_YEAR = 1900
_LONGEST_ADDRESS = 2000
# Excel counts a character beyond the basic plane as two.
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_LARGEST_NUMBER = 10**15  # beyond it Excel loses digits: what is longer is a name
_WIDTHS = {"title": 60, "url": 40, "body": 60, "digest": 40, "published_at": 17, "source": 16, "article_key": 22}
_USUAL_WIDTH = 14


class Workbook:
    """A workbook with a sheet of rows under a header, and a second one that tells what the rows are.

    `title` is the column whose cells are links to the address in the column `url`. What waits to be written lies in
    `folder`. Raises UserError where XlsxWriter is not installed.
    """

    def __init__(
        self, target: str | IO[bytes], columns: Sequence[str], about: Mapping[str, str], folder: Path | str
    ) -> None:
        try:
            xlsxwriter = import_module("xlsxwriter")
        except ImportError as error:
            raise UserError(_("Excel needs XlsxWriter - install it with: pip install 'newsarchive[browse]'")) from error
        options = {"constant_memory": True, "tmpdir": str(folder), "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(target, options)
        self._sheet = self._book.add_worksheet(_("Rows"))
        self._about = dict(about)
        self._columns = list(columns)
        self._places = {name: place for place, name in enumerate(self._columns)}
        self._row = self._links = self._cut = self._left_out = 0
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._minute = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        self._link = self._book.get_default_url_format()
        for place, name in enumerate(self._columns):
            self._sheet.set_column(place, place, _WIDTHS.get(name, _USUAL_WIDTH))
            self._sheet.write_string(0, place, label_of(name), self._bold)

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows, whose values come in the order of the columns."""
        for row in rows:
            if self._row >= MOST_ROWS:
                self._left_out += 1
                continue
            self._row += 1
            for place, value in enumerate(row):
                self._write(place, value, row)

    def add_articles(self, articles: Iterable[ArchivedArticle]) -> None:
        """Add articles with the columns of `ARTICLE_COLUMNS`."""
        self.add([article.row[name] for name in self._columns] for article in articles)

    @property
    def rows(self) -> int:
        """How many rows have been written."""
        return self._row

    @property
    def left_out(self) -> str | None:
        """How many rows there is no room for; None while there is room."""
        if not self._left_out:
            return None
        return ngettext(
            "{count} row: a sheet holds {most}. CSV and Parquet have all.",
            "{count} rows: a sheet holds {most}. CSV and Parquet have all.",
            self._left_out,
            most=format(MOST_ROWS, ","),
        )

    def close(self) -> None:
        """Write the file; whatever had to be left out stands on its second sheet."""
        self._sheet.freeze_panes(1, 0)
        if self._columns:
            self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
        notes = self._book.add_worksheet(_("About"))
        notes.set_column(0, 0, 18)
        notes.set_column(1, 1, 90)
        for place, (name, text) in enumerate((self._about | self._told()).items()):
            notes.write_string(place, 0, name, self._bold)
            notes.write_string(place, 1, _cut(text))
        self._book.close()

    def _told(self) -> dict[str, str]:
        told = {
            _("Rows"): f"{self._row:,}",
            _("Times"): _("Times of publication are by the clock of the site, all others are UTC."),
        }
        if self.left_out:
            told[_("Left out")] = self.left_out
        if self._cut:
            told[_("Cut")] = ngettext(
                "{count} text: a cell holds {most} characters. CSV and Parquet have all.",
                "{count} texts: a cell holds {most} characters. CSV and Parquet have all.",
                self._cut,
                most=format(LONGEST_CELL, ","),
            )
        if self._links >= MOST_LINKS:
            told[_("Links")] = ngettext(
                "Only the first headline is a link: a sheet holds no more.",
                "Only the first {count} headlines are links: a sheet holds no more.",
                MOST_LINKS,
            )
        return told

    def _write(self, place: int, value: Any, row: Sequence[Any]) -> None:
        name = self._columns[place]
        if value is None or value == "":
            return
        if isinstance(value, int | float):
            self._write_number(place, value)
        elif isinstance(value, bytes):
            self._write_text(place, value.hex())
        elif name.endswith(("_at", "_date", "day")) and (when := _time(str(value))) is not None:
            is_day = len(str(value)) == len("2026-03-05") or self._value(row, "published_precision") == "day"
            self._sheet.write_datetime(self._row, place, when, self._day if is_day else self._minute)
        elif name == "title" and self._is_link(address := self._value(row, "url")):
            self._links += 1
            self._sheet.write_url(self._row, place, address, self._link, _cut(str(value)))
        else:
            self._write_text(place, str(value))

    def _write_number(self, place: int, value: float) -> None:
        if abs(value) < _LARGEST_NUMBER:  # also false for what is no number
            self._sheet.write_number(self._row, place, value)
        else:
            self._sheet.write_string(self._row, place, str(value))

    def _write_text(self, place: int, text: str) -> None:
        whole = _cut(text)
        self._cut += whole is not text
        self._sheet.write_string(self._row, place, whole)

    def _value(self, row: Sequence[Any], name: str) -> Any:
        place = self._places.get(name)
        return None if place is None else row[place]

    def _is_link(self, address: Any) -> bool:
        return is_web_address(address) and len(address) <= _LONGEST_ADDRESS and self._links < MOST_LINKS


def write_workbook(
    articles: Iterable[ArchivedArticle], stream: IO[bytes], *, query: str, warn: Callable[[str], None]
) -> int:
    """Write articles as a workbook, and return their number; `warn` is called with what a sheet has no room for."""
    with TemporaryDirectory(prefix="newsarchive-") as folder:
        book = Workbook(stream, ARTICLE_COLUMNS, {_("Search"): query or _("All articles")}, folder)
        book.add_articles(articles)
        book.close()
    if book.left_out:
        warn(book.left_out)
    return book.rows


def _cut(text: str) -> str:
    """Return what a cell can hold of a text."""
    if len(text) * 2 <= LONGEST_CELL or len(text) + len(_BEYOND.findall(text)) <= LONGEST_CELL:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST_CELL].decode("utf-16-le", "ignore")


def _time(text: str) -> datetime | None:
    """Read a time as the clock showed it, without its zone, which Excel does not know."""
    try:
        when = datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return None
    return when if when.year > _FIRST_YEAR else None
