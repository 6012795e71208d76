"""What a reader asks of the search page: words, days, an order, where the page begins; read from an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from newsarchive.browse.filters import plain
from newsarchive.i18n import N_, _
from newsarchive.search import Filter, Order, Position
from newsarchive.search.fields import read_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_DAY = 40  # characters
#: The orders of a search by their names in addresses -> what they are called.
ORDERS: dict[Order, str] = {
    "newest": N_("newest first"),
    "oldest": N_("oldest first"),
    "longest": N_("longest first"),
    "shortest": N_("shortest first"),
    "rank": N_("best first"),
}


@dataclass(frozen=True, slots=True)
class SearchForm:
    """What a reader asks for. `since` and `until` are days, both included; `after` is where the page begins."""

    query: str = ""
    order: Order = "newest"
    since: str = ""
    until: str = ""
    after: str = ""
    #: What the chart shows: numbers, or the share of all articles.
    by: Literal["", "share"] = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> SearchForm:
        """Read the arguments of an address. A day that is none stays as it was typed, see `problem`."""
        asked = arguments.get("order", "")
        return cls(
            query=arguments.get("q", "").strip(),
            order=next((order for order in ORDERS if order == asked), "newest"),
            since=_day(arguments.get("from", "")),
            until=_day(arguments.get("to", "")),
            after=arguments.get("after", "")[:100],
            by="share" if arguments.get("by") == "share" else "",
        )

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of an address that asks for the same, from its first page on."""
        order = "" if self.order == "newest" else self.order
        return {"q": self.query, "order": order, "from": self.since, "to": self.until, "by": self.by}

    @property
    def days(self) -> list[Filter]:
        """The days as conditions of a query."""
        first = [Filter("after", self.since)] if is_day(self.since) else []
        return first + ([Filter("before", _next(self.until))] if is_day(self.until) else [])

    @property
    def position(self) -> Position | None:
        """The place behind which the page begins, in the orders of time and length."""
        return _position(self.after, is_length=self.is_by_length)

    @property
    def is_by_length(self) -> bool:
        """Whether the order is one of length."""
        return self.order in ("longest", "shortest")

    @property
    def problem(self) -> str | None:
        """What is wrong with the days, if anything."""
        for day in filter(None, (self.since, self.until)):
            if not is_day(day):
                return _("{day} is not a day: write YYYY-MM-DD, for example 2026-03-05", day=plain(day))
        if self.since and self.until and self.since > self.until:
            return _(
                "the first day, {first}, is after the last, {last}: exchange them", first=self.since, last=self.until
            )
        return None

    @property
    def text(self) -> str:
        """The query with its days in it, as the command line takes it."""
        days = [f"{day.field}:{day.value}" for day in self.days]
        return " ".join([f"({self.query})" if days else self.query, *days] if self.query else days)


def _day(text: str) -> str:
    """Read a day in any form that the query language has, as ISO 8601; leave what is none as it was typed."""
    typed = text.strip()[:_LONGEST_DAY].strip()
    moment = read_moment(typed)
    return moment if moment and is_day(moment) else typed


def is_day(text: str) -> bool:
    """Return whether a text is a day as ISO 8601 that has a day after it."""
    # The day after the last one that there is has no name.
    return len(text) == len("2026-03-05") and "1000-01-01" <= text < "2999-12-31" and read_moment(text) == text


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def token(position: Position, form: SearchForm) -> str:
    """Write the place behind which a page begins as an argument of an address."""
    return f"{position.char_count if form.is_by_length else position.published_at or ''}~{position.article_id}"


def _position(token: str, *, is_length: bool) -> Position | None:
    value, separator, article_id = token.rpartition("~")
    if not separator or not _is_number(article_id) or (is_length and not _is_number(value)):
        return None
    return Position(None, int(article_id), int(value)) if is_length else Position(value or None, int(article_id))


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= 18
