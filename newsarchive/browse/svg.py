"""Bars drawn on the server as inline SVG: no script, no picture to load, colours from the style sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

HEIGHT = 100.0
_SLOT = 10.0
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: how many articles, and where to read them."""

    day: str
    count: int
    address: str


def days_ending(last: str, length: int, counts: Mapping[str, int], address: Callable[[str], str]) -> list[Bar]:
    """Return one bar for each of `length` days up to `last`, also for days without articles."""
    end = date.fromisoformat(last)
    days = [(end - timedelta(days=back)).isoformat() for back in range(length - 1, -1, -1)]
    return [Bar(day, counts.get(day, 0), address(day)) for day in days]


def draw(bars: Sequence[Bar]) -> Markup:
    """Draw bars side by side; the drawing stretches to its place.

    A reader of screens is told the same by the table beside the chart, so the drawing is hidden from it and its links
    are no stops of the tab key.
    """
    most = max((bar.count for bar in bars), default=0) or 1
    pieces = [_bar(position, bar, most) for position, bar in enumerate(bars)]
    width = _SLOT * max(1, len(bars))
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        "{}</svg>"
    ).format(f"{width:g}", f"{HEIGHT:g}", Markup("").join(pieces))


def _bar(position: int, bar: Bar, most: int) -> Markup:
    height = max(HEIGHT * bar.count / most, 1.5) if bar.count else 0.0
    left = _SLOT * position
    tip = f"{bar.day}: {bar.count:,}"
    # The first rectangle takes the whole slot, so that low bars are as easy to hit as high ones.
    return Markup(
        '<a href="{}" tabindex="-1"><title>{}</title><rect class="slot" x="{}" y="0" width="{}" height="{}"/>'
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/></a>'
    ).format(
        bar.address,
        tip,
        f"{left:g}",
        f"{_SLOT:g}",
        f"{HEIGHT:g}",
        f"{left + _GAP / 2:g}",
        f"{HEIGHT - height:.2f}",
        f"{_SLOT - _GAP:g}",
        f"{height:.2f}",
    )


def meter(count: int, most: int) -> Markup:
    """Draw one horizontal bar, `count` of `most`; the number stands beside it in words."""
    share = 100.0 * count / most if most else 0.0
    return Markup(
        '<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="bar" width="{}" height="4"/></svg>'
    ).format(f"{share:.1f}")
