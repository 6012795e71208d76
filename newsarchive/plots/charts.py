"""The charts themselves, drawn with matplotlib (the extra `plot`) without a display."""

from __future__ import annotations

from contextlib import nullcontext
from importlib import import_module
from math import ceil, log10
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.i18n import ENGLISH, N_, _, speaking
from newsarchive.plots.data import (
    OTHERS,
    hours,
    lags,
    volume,
)
from newsarchive.plots.fonts import find_font
from newsarchive.text import plain, shorten, strip_invisible

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import date

#: Inches, and dots per inch of a PNG.
WIDTH, HEIGHT, DPI = 9.0, 4.8, 120
# Colours that the colour-blind tell apart (Okabe and Ito), and a grey for the rest.
_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7a5195")
_GREY, _INK = "#9a9a9a", "#222222"
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_LATIN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONGEST_NAME = 16
_MOST_TICKS = 12
# Hours -> labels of the axis of lags; the first is its left end.
_LAG_TICKS = {
    0.1: N_("6 min"), 0.25: N_("15 min"), 0.5: N_("30 min"), 1.0: N_("1 h"),
    2.0: N_("2 h"), 4.0: N_("4 h"), 8.0: N_("8 h"), 24.0: N_("1 day"),
    48.0: N_("2 days"), 96.0: N_("4 days"), 168.0: N_("1 week"), 336.0: N_("2 weeks"),
    720.0: N_("1 month"), 2160.0: N_("3 months"), 8760.0: N_("1 year"), 87600.0: N_("10 years"),
}  # fmt: skip
_SOONEST = min(_LAG_TICKS)
_MOST_LAG_TICKS = 9
# Of fewer reprints than these every one is a point and no more: a box would make them look like a distribution.
_FEWEST_IN_BOX = 5


def draw(connection: sqlite3.Connection, kind: str, query: str = "") -> Any:
    """Draw a chart of one of `KINDS` from the articles that a query matches; return matplotlib's figure.

    Raises UserError where matplotlib is not installed or nothing can be drawn, QueryError for a wrong query.
    """
    figure = _new_figure()
    axes = figure.add_subplot()
    KINDS[kind][0](connection, query, axes)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    if query:
        figure.text(0.99, 0.01, _label(query, 80), ha="right", fontsize=7, color=_GREY)
    return figure


def has_chinese_font() -> bool:
    """Return whether Chinese labels can be drawn on this machine."""
    return find_font() is not None


def _new_figure() -> Any:
    try:
        matplotlib = import_module("matplotlib")
        figures, fonts = import_module("matplotlib.figure"), import_module("matplotlib.font_manager")
    except ImportError as error:
        raise UserError(_("charts need matplotlib - install it with: pip install 'newsarchive[plot]'")) from error
    families = ["DejaVu Sans"]
    if font := find_font():
        try:
            fonts.fontManager.addfont(str(font))
            families.insert(0, fonts.FontProperties(fname=str(font)).get_name())
        except (OSError, RuntimeError) as error:
            raise UserError(
                _("{font}: this font cannot be used ({error}) - name another one", font=font, error=error)
            ) from error
    # The letters of an SVG are kept as shapes: it looks the same on machines that lack the font.
    matplotlib.rcParams.update(
        {
            "font.family": families,
            "axes.unicode_minus": False,
            "svg.fonttype": "path",
            "svg.hashsalt": "newsarchive",
            "text.color": _INK,
            "axes.labelcolor": _INK,
            "axes.edgecolor": _GREY,
            "text.parse_math": False,  # a dollar sign in a name is a dollar sign
        }
    )
    return figures.Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, layout="constrained")


def _draw_volume(connection: sqlite3.Connection, query: str, axes: Any) -> None:
    found = volume(connection, query)
    bottom = [0] * len(found.days)
    places = range(len(found.days))
    for number, (name, counts) in enumerate(found.counts.items()):
        colour = _GREY if name == OTHERS else _COLOURS[number % len(_COLOURS)]
        axes.bar(places, counts, bottom=bottom, color=colour, label=_label(name), width=0.85 if len(bottom) < 60 else 1)
        bottom = [low + count for low, count in zip(bottom, counts, strict=True)]
    _day_ticks(axes, found.days)
    axes.set_ylabel(_said("articles"))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_title(_said("Articles per day and source"), loc="left", fontweight="bold")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9)


def _draw_hours(connection: sqlite3.Connection, query: str, axes: Any) -> None:
    grid = hours(connection, query)
    most = max(map(max, grid))
    image = axes.imshow(grid, aspect="auto", cmap="Blues", vmin=0, vmax=most)
    for weekday, row in enumerate(grid):
        for hour, number in enumerate(row):
            if number:
                colour = "white" if number > most * 0.6 else _INK
                axes.text(hour, weekday, str(number), ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(0, 24, 2), [f"{hour:02}" for hour in range(0, 24, 2)])
    axes.set_yticks(range(7), _WEEKDAYS if has_chinese_font() else _WEEKDAYS_LATIN)
    axes.set_xlabel(_said("hour of the day, local time of the site; of articles whose page prints it"))
    axes.set_title(_said("When articles are published"), loc="left", fontweight="bold")
    scale = axes.figure.colorbar(image, ax=axes, label=_said("articles"), shrink=0.8)
    scale.ax.yaxis.get_major_locator().set_params(integer=True)
    scale.outline.set_visible(False)


def _draw_lag(connection: sqlite3.Connection, query: str, axes: Any) -> None:
    found = lags(connection, query)
    names = list(found.by_source)[::-1]
    # Most come within hours and some after weeks: only a logarithmic axis shows both.
    values = [[max(_SOONEST, later) for later in found.by_source[name]] for name in names]
    boxed = {place: later for place, later in enumerate(values, 1) if len(later) >= _FEWEST_IN_BOX}
    if boxed:
        _boxes(axes, boxed)
    for place, later in enumerate(values, 1):
        axes.plot(later, [place] * len(later), "o", color=_COLOURS[0], alpha=0.45, markersize=4)
    axes.set_yticks(range(1, len(names) + 1), [f"{_label(name)} ({len(found.by_source[name])})" for name in names])
    _lag_axis(axes, found.hours[0], found.hours[-1])
    axes.set_xlabel(
        _said("after the first article of the story; a box: the middle half, and the median")
        if boxed
        else _said("after the first article of the story")
    )
    axes.set_axisbelow(True)
    middle = found.hours[len(found.hours) // 2]
    axes.set_title(
        _said(
            "How much later a story is carried ({reprints} reprints, half within {hours:.1f} h)",
            reprints=len(found.hours),
            hours=middle,
        ),
        loc="left",
        fontweight="bold",
    )


def _boxes(axes: Any, values: dict[int, list[float]]) -> None:
    """Draw a box at each place: its middle half, with the median as a line."""
    axes.boxplot(
        list(values.values()),
        positions=list(values),
        orientation="horizontal",
        widths=0.55,
        showfliers=False,
        manage_ticks=False,
        patch_artist=True,
        boxprops={"facecolor": "#cfe3f1", "edgecolor": _COLOURS[0]},
        medianprops={"color": _COLOURS[5], "linewidth": 2},
        whiskerprops={"color": _COLOURS[0]},
        capprops={"color": _COLOURS[0]},
    )


def _lag_axis(axes: Any, first: float, last: float) -> None:
    """Let the axis reach from the last tick before the first value to the first one behind the last."""
    ticks = list(_LAG_TICKS)
    low = max((tick for tick in ticks if tick <= first), default=ticks[0])
    high = min((tick for tick in ticks if tick >= last and tick > low), default=last)
    within = [tick for tick in ticks if low <= tick <= high]
    within = within[:: ceil(len(within) / _MOST_LAG_TICKS)]
    axes.set_xscale("log")
    axes.set_xticks(within, [_said(_LAG_TICKS[tick]) for tick in within])
    axes.minorticks_off()
    axes.set_xlim(low * 0.95, high * 1.05)
    axes.grid(axis="x", color="#e5e5e5")


def _draw_gaps(connection: sqlite3.Connection, query: str, axes: Any) -> None:
    found = volume(connection, query, sources=24)
    found.counts.pop(OTHERS, None)
    names = list(found.counts)
    most = max(max(counts) for counts in found.counts.values())
    levels = [[log10(1 + count) / log10(1 + most) for count in found.counts[name]] for name in names]
    axes.imshow(levels, aspect="auto", cmap="Blues", vmin=0, vmax=1.1, interpolation="nearest")
    for row, name in enumerate(names):
        silent = [place for place, count in enumerate(found.counts[name]) if not count]
        axes.plot(silent, [row] * len(silent), "x", color=_COLOURS[5], markersize=5 if len(found.days) < 60 else 2)
    _day_ticks(axes, found.days)
    axes.set_yticks(range(len(names)), [_label(name) for name in names], fontsize=8)
    axes.set_title(_said("Coverage: darker is more articles, × is a day without any"), loc="left", fontweight="bold")


def _day_ticks(axes: Any, days: Sequence[date]) -> None:
    step = max(1, ceil(len(days) / _MOST_TICKS))
    one_year = days[0].year == days[-1].year
    labels = [day.strftime("%m-%d" if one_year else "%Y-%m-%d") for day in days[::step]]
    axes.set_xticks(range(0, len(days), step), labels, rotation=0 if len(labels) <= 8 else 45)
    axes.set_xlabel(_said("{first} to {last}", first=days[0].isoformat(), last=days[-1].isoformat()))


def _said(message: str, **values: object) -> str:
    """Return a message in the language of the reader, where this machine can draw its letters."""
    with nullcontext() if has_chinese_font() else speaking(ENGLISH):
        return _(message, **values)


def _label(name: str, longest: int = _LONGEST_NAME) -> str:
    return shorten(plain(strip_invisible(name)), longest)


#: kind -> (how it is drawn, what it shows)
KINDS: dict[str, tuple[Callable[[sqlite3.Connection, str, Any], None], str]] = {
    "volume": (_draw_volume, "articles per day, stacked by source"),
    "hours": (_draw_hours, "weekday and hour of publication"),
    "lag": (_draw_lag, "hours until others carried a story"),
    "gaps": (_draw_gaps, "sources by day, and the days on which they are silent"),
}
