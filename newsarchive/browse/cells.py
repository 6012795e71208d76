"""Cells of tables and of questions' answers: text as text, keys and names as links to the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasette.utils import to_css_class
from markupsafe import Markup, escape

from newsarchive.browse.filters import (
    IN_CELL,
    element,
    harmless,
    link,
    moment,
    shown,
    web_link,
)
from newsarchive.i18n import N_, _
from newsarchive.labels import label_of
from newsarchive.problems import REASONS
from newsarchive.search import write_term
from newsarchive.timestamps import by_clock_of
from newsarchive.urls import is_web_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from newsarchive.browse.urls import Addresses

# Columns that refer to a row -> the table that it stands in.
_REFERENCES = {
    "article_id": "articles",
    "other_id": "articles",
    "lead_article_id": "articles",
    "source_id": "sources",
    "lead_source_id": "sources",
    "category_id": "categories",
    "run_id": "runs",
    "copy_id": "copies",
    "text_id": "texts",
    "payload_id": "snapshots",
}
# Columns of answers whose values have a page of their own -> its kind.
_SUBJECTS = {"source": "source", "carried_by": "source", "first_by": "source", "code": "security", "day": "day"}
# The same for values that are searched for when they are followed -> the field of the query.
_SEARCHED = {"category": "category"}
# Columns of answers whose values are words of ours.
_WORDS = ("what_changed", "role")
# Where something went wrong -> what it is called in answers.
_STAGES = {
    "listing": N_("reading a list"),
    "fetch": N_("fetching"),
    "extract": N_("reading the page"),
    "validate": N_("checking what was read"),
    "store": N_("storing"),
}
# Tables whose addresses have a history.
_CRAWLED = ("problems", "frontier")
_LONG_TEXT = ("body", "headers", "fields", "hints", "counts", "detail")
_LONGEST_TEXT = 200
_NUMBERS_AS_NAMES = ("year", "http_status", "hour", "revision", "story")


def show_cell(to: Addresses, row: Any, value: Any, column: str, table: str | None) -> Markup | None:
    """Show one value; None leaves it to Datasette (binary values, empty ones)."""
    if isinstance(value, dict):
        return _reference(to, value, column)
    if value is None or value == "" or isinstance(value, bytes):
        return None
    if isinstance(value, int | float):
        return _number(to, row, value, column)
    return _text(to, row, str(value), column, table)


def _reference(to: Addresses, value: dict[str, Any], column: str) -> Markup | None:
    """Link to the row that a value refers to, by its label."""
    table = _REFERENCES.get(column)
    if table is None:
        return None
    label = shown(value["label"] or value["value"], IN_CELL)
    return link(to.row(table, value["value"]), label)


def _number(to: Addresses, row: Any, value: float, column: str) -> Markup:
    if column == "version" and (key := _value(row, "article_key")) and value > 1:
        return link(to.article(str(key), int(value)), _("compare"))
    if isinstance(value, float):
        return escape(f"{value:,.2f}".rstrip("0").rstrip("."))
    # Numbers of rows, years and codes of answers are names, not quantities.
    is_name = column == "id" or column.endswith("_id") or column in _NUMBERS_AS_NAMES
    written = str(value) if is_name else f"{value:,}"
    address = _address_of_number(to, row, value, column)
    return link(address, written) if address else escape(written)


def _address_of_number(to: Addresses, row: Any, value: int, column: str) -> str | None:
    """Find the page that a number leads to: what it is the number of, or what it counts."""
    if column in _REFERENCES:
        return to.row(_REFERENCES[column], value)
    if column in ("story_id", "story"):
        return to.story(value)
    if column == "snapshot_id":
        return to.raw(value)
    if column == "addresses" and (reason := _value(row, "reason")):
        return to.table("problems", reason=str(reason), stage=str(_value(row, "stage") or ""))
    return None


def _text(to: Addresses, row: Any, value: str, column: str, table: str | None) -> Markup:
    if table is None and (word := _word(value, column)) is not None:
        return word
    if (address := _address(to, row, value, column, table=table)) is not None:
        return link(address, shown(value, 40 if column == "article_key" else IN_CELL), column)
    if column.endswith("_at"):
        is_publication, published_at = column == "published_at", _value(row, "published_at")
        # In an answer all times of an article are by its clock; a table has them as they are stored.
        when = by_clock_of(value, str(published_at)) if table is None and published_at else value
        return moment(when, _value(row, "published_precision") if is_publication else None, is_in_table=True)
    if is_web_address(value):
        is_crawled = column == "newest_address" or (column == "url" and table in _CRAWLED)
        return web_link(value) + Markup(" ") + link(to.why(value), _("why")) if is_crawled else web_link(value)
    return shown(value, _LONGEST_TEXT if column in _LONG_TEXT else IN_CELL)


def _word(value: str, column: str) -> Markup | None:
    """Write a value of an answer that is a word of ours for people; None for others."""
    if column in _WORDS:
        return shown(_(value))
    if column == "stage" and value in _STAGES:
        return shown(_(_STAGES[value]))
    if column == "reason" and value in REASONS:
        return shown(_(REASONS[value])) + Markup(" ") + element("span", value, class_="code")
    return None


def _address(to: Addresses, row: Any, value: str, column: str, *, table: str | None) -> str | None:
    """Find the page that a value leads to: an article for its key and headline; in answers, a search for others."""
    if column == "article_key":
        return to.article(value)
    if column == "title":
        if key := _value(row, "article_key"):
            return to.article(str(key))
        return to.row("articles", _value(row, "id")) if table == "articles" else None
    return _search_for(to, value, column) if table is None else None


def _search_for(to: Addresses, value: str, column: str) -> str | None:
    if column in _SUBJECTS:
        return to.subject(_SUBJECTS[column], value)
    query = write_term(_SEARCHED[column], value) if column in _SEARCHED else None
    return to.search(query) if query else None


def _value(row: Any, column: str) -> Any:
    try:
        return row[column]
    except (KeyError, IndexError):
        return None


def listed(columns: Sequence[str]) -> list[str]:
    """Return the columns of an answer that a page shows: the key is behind the headline already."""
    return [column for column in columns if column != "article_key" or "title" not in columns]


def answer_of(rows: Iterable[Sequence[Any]], columns: Sequence[str]) -> Markup:
    """Make the rows of an answer from cells that are ready to show."""
    shown_columns = listed(columns)
    places = [columns.index(column) for column in shown_columns]
    return body_of(([row[place] for place in places] for row in rows), shown_columns)


def body_of(rows: Iterable[Iterable[Any]], columns: Iterable[str], named: Callable[[str], str] = label_of) -> Markup:
    """Make the rows of a table from cells that are ready to show; a telephone shows each cell under its name."""
    names = [(f"col-{to_css_class(column)}", named(column)) for column in columns]
    return Markup("\n").join(
        element(
            "tr",
            Markup("").join(
                element("td", harmless(cell), class_=name, data_label=label)
                for cell, (name, label) in zip(row, names, strict=True)
            ),
        )
        for row in rows
    )


def body_of_table(rows: Iterable[Iterable[Any]], columns: Iterable[Any]) -> Markup:
    """Make the rows of one of Datasette's tables, whose cells and columns know more than their values."""
    return body_of(([cell["value"] for cell in row] for row in rows), [column["name"] for column in columns], str)
