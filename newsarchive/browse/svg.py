"""Charts drawn on the server as inline SVG: no script, no picture to load, colours from the style sheet.

Places across are shares of the width and heights are pixels, so that a chart fills its place and its letters keep their
size and form on a telephone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log10, sqrt
from typing import TYPE_CHECKING

from markupsafe import Markup

from newsarchive.browse.filters import element, plain
from newsarchive.i18n import N_, _
from newsarchive.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    Attributes = dict[str, str | float]

#: Pixels: a chart's height, where its bars begin and where they stand.
HEIGHT, TOP, FLOOR = 168, 16, 146
#: Labels under a chart, and numbers beside it, at most.
_MOST_LABELS, _MOST_LINES, _SHORT_LABEL = 6, 4, 5
# A timeline: pixels of its scale and of a row; in percent, where the first article stands, how far the last is from it,
# and how far marks of the scale are from each other.
_ABOVE, _ROW, _LEFT, _WIDTH, _TICKS_APART, _LONGEST_SOURCE = 26, 24, 2.0, 94.0, 17.0, 14
_CELL, _PITCH = 11, 13  # pixels of a day of a calendar, and from one to the next
_LEVELS = 4
# Minutes -> how a distance in time is written.
_DISTANCES = {
    1: N_("1 min"), 5: N_("5 min"), 10: N_("10 min"), 30: N_("30 min"), 60: N_("1 h"),
    120: N_("2 h"), 360: N_("6 h"), 720: N_("12 h"), 1440: N_("1 d"), 2880: N_("2 d"),
    7200: N_("5 d"), 14400: N_("10 d"), 43200: N_("30 d"), 144000: N_("100 d"), 525600: N_("1 y"),
    5256000: N_("10 y"),
}  # fmt: skip
# A network, in pixels: its name and its rows, the broadest line; the longest name beside a line; in percent, where
# lines begin at the left and where they meet the source.
_TITLE, _STEP, _WIDEST, _LONGEST_NAME, _OUTER, _INNER = 26, 28, 12, 7, 35, 50


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label under the axis, what it says to whoever points at it, its height, where it leads."""

    label: str
    tip: str
    value: float
    address: str | None = None
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """An article of a timeline: who printed it, how many minutes after the first, where to read it."""

    name: str
    minutes: int
    address: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A line of a network: to whom or from whom, and how many articles."""

    name: str
    count: int


def bars(columns: Sequence[Bar], title: str, *, is_share: bool = False) -> Markup:
    """Draw bars over a scale. Each that leads somewhere is a stop of the tab key; the title says what is drawn."""
    top, lines = _scale(max((column.value for column in columns), default=0), is_share=is_share)
    slot = 100 / max(1, len(columns))
    drawn = [
        _bar(column, slot * place, slot, (FLOOR - TOP) * column.value / top) for place, column in enumerate(columns)
    ]
    inner = _together(lines, *drawn, _labels([column.label for column in columns]))
    return _draw("svg", inner, class_="chart", width="100%", height=HEIGHT, role="group", aria_label=title)


def curves(labels: Sequence[str], series: Sequence[Sequence[float]], *, is_share: bool = False) -> Markup:
    """Draw a line for each series over one scale; the table beside it says the same to who cannot see it."""
    top, lines = _scale(max((value for values in series for value in values), default=0), is_share=is_share)
    step = 100 / max(1, len(labels))
    drawn, ends = [], []
    for number, values in enumerate(series, start=1):
        places = [(step * (place + 0.5), TOP + (FLOOR - TOP) * (1 - value / top)) for place, value in enumerate(values)]
        points = " ".join(f"{x:.2f},{y:.1f}" for x, y in places)
        drawn.append(_draw("polyline", class_=f"s{number}", points=points))
        if places:
            ends.append(_draw("circle", class_=f"s{number}", r=4, cx=_share(places[-1][0]), cy=places[-1][1]))
    # Only an inner drawing stretches: lines may, letters must not.
    size: Attributes = {
        "width": "100%",
        "height": HEIGHT,
        "viewBox": f"0 0 100 {HEIGHT}",
        "preserveAspectRatio": "none",
    }
    stretched = _draw("svg", _together(*drawn), class_="curves", **size)
    return _hidden("chart", HEIGHT, _together(lines, stretched, *ends, _labels(labels)))


def timeline(dots: Sequence[Dot]) -> Markup:
    """Draw who followed the first article of a story after how long; the list beside it says the same."""
    longest = max(dot.minutes for dot in dots) or 1
    height = _ROW * len(dots) + _ABOVE

    def place(minutes: float) -> float:
        return _LEFT + _WIDTH * sqrt(max(0.0, minutes) / longest)

    pieces, free = [], _LEFT + _TICKS_APART
    for minutes, distance in _DISTANCES.items():
        if not free <= place(minutes) <= 100:
            continue
        free = place(minutes) + _TICKS_APART
        tick = _share(place(minutes))
        pieces.append(_draw("line", class_="grid", x1=tick, x2=tick, y1=20, y2=height))
        pieces.append(_draw("text", f"+{_(distance)}", x=tick, y=13, text_anchor="middle"))
    for row, dot in enumerate(dots):
        x, y = place(dot.minutes), _ABOVE + _ROW * (row + 0.5)
        is_right = x > 60  # there the name stands before the dot, above its line
        side: Attributes = {"text_anchor": "end", "dx": -9, "y": y - 4} if is_right else {"dx": 9, "y": y + 4.5}
        line = _draw("line", class_="reach", x1=_share(_LEFT), x2=_share(x), y1=y, y2=y)
        mark = _draw("circle", cx=_share(x), cy=y, r=5)
        name = _draw("text", _name(dot.name, _LONGEST_SOURCE), x=_share(x), **side)
        pieces.append(_draw("a", _together(line, mark, name), href=dot.address, tabindex=-1))
    return _hidden("timeline", height, _together(*pieces))


def network(before: Sequence[Flow], name: str, after: Sequence[Flow]) -> Markup:
    """Draw from whom a source takes articles, and who takes them from it: the broader a line, the more of them."""
    height = _TITLE + _STEP * max(len(before), len(after), 1)
    most = max((flow.count for flow in (*before, *after)), default=1)
    sides = [*_side(before, most, height), *_side(after, most, height, is_left=False)]
    title = _draw("text", _name(name, 2 * _LONGEST_NAME), class_="centre", x="50%", y=15, text_anchor="middle")
    return _hidden("network", height, _together(title, *sides))


def calendar(weeks: Sequence[Sequence[tuple[date, int, str] | None]]) -> Markup:
    """Draw a year of days, a column for each week, the darker the more articles. None stands for a day out of it."""
    most = max((day[1] for week in weeks for day in week if day), default=0)
    pieces: list[Markup] = []
    month, free = 0, 0
    for column, week in enumerate(weeks):
        x = column * _PITCH
        if week[0] is not None and week[0][0].month != month and free <= column < len(weeks) - 2:
            month, free = week[0][0].month, column + 3
            pieces.append(_draw("text", f"{week[0][0]:%Y-%m}"[2:], x=x, y=10))
        for row, cell in enumerate(week):
            if cell is not None:
                pieces.append(_square(*cell, most, x=x, y=16 + row * _PITCH))
    size: Attributes = {"width": len(weeks) * _PITCH + 24, "height": 16 + len(weeks[0]) * _PITCH}
    return _draw("svg", _together(*pieces), class_="calendar", aria_hidden="true", focusable="false", **size)


def meter(count: int, most: int) -> Markup:
    """Draw one horizontal bar, `count` of `most`; the number stands beside it in words."""
    bar = _draw("rect", class_="bar", width=100.0 * count / most if most else 0, height=4)
    size = {"viewBox": "0 0 100 4", "preserveAspectRatio": "none"}
    return _draw("svg", bar, class_="meter", aria_hidden="true", focusable="false", **size)


def _draw(name: str, inner: str = "", /, **attributes: str | float) -> Markup:
    """Make an element; numbers are written short, text is escaped."""
    written = {
        key: f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        for key, value in attributes.items()
    }
    return element(name, inner, **written)


def _together(*pieces: Markup) -> Markup:
    return Markup("").join(pieces)


def _share(value: float) -> str:
    return f"{value:.2f}%"


def _hidden(name: str, height: float, inner: Markup) -> Markup:
    """Wrap a drawing that says nothing that does not stand beside it."""
    return _draw("svg", inner, class_=name, width="100%", height=height, aria_hidden="true", focusable="false")


def _bar(column: Bar, left: float, slot: float, height: float) -> Markup:
    height = max(height, 2.0) if column.value else 0.0
    # The first rectangle takes the whole slot, so that low bars are as easy to hit as high ones.
    whole = _draw("rect", class_="slot", x=_share(left), y=TOP, width=_share(slot), height=FLOOR - TOP)
    name, inset = "bar chosen" if column.is_chosen else "bar", slot * 0.1
    place: Attributes = {
        "x": _share(left + inset),
        "y": FLOOR - height,
        "width": _share(slot - 2 * inset),
        "height": height,
    }
    drawn = _together(_draw("title", column.tip), whole, _draw("rect", class_=name, **place))
    if column.address is None:
        return _draw("g", drawn)
    # A period without articles can be pointed at, but is no stop of the tab key.
    stop = {} if column.value else {"tabindex": -1}
    return _draw("a", drawn, href=column.address, aria_label=column.tip, **stop)


def _side(flows: Sequence[Flow], most: int, height: float, *, is_left: bool = True) -> Iterator[Markup]:
    """Draw the lines of one side, which meet the source one under the other, and the names where they begin."""

    def across(share: float) -> str:
        return _share(share if is_left else 100 - share)

    widths = [max(1.0, _WIDEST * flow.count / most) for flow in flows]
    step = (height - _TITLE) / max(1, len(flows))
    inner = (_TITLE + height - sum(widths)) / 2
    if flows:
        x = across(_INNER)
        yield _draw("line", class_="node", x1=x, x2=x, y1=inner, y2=inner + sum(widths))
    for place, (flow, width) in enumerate(zip(flows, widths, strict=True)):
        y = _TITLE + step * (place + 0.5)
        ends: Attributes = {"x1": across(_OUTER), "y1": y, "x2": across(_INNER), "y2": inner + width / 2}
        inner += width
        yield _draw("line", **ends, stroke_width=width)
        # Letters take half as much room as signs of Chinese.
        text = f"{_name(flow.name, _LONGEST_NAME * (1 + flow.name.isascii()))} {flow.count:,}"
        yield _draw("text", text, x=across(_OUTER - 1), y=y + 4.5, text_anchor="end" if is_left else "start")


def _square(day: date, count: int, address: str, most: int, *, x: int, y: int) -> Markup:
    level = ceil(_LEVELS * sqrt(count / most)) if count else 0
    tip = _draw("title", f"{day.isoformat()}: {count:,}")
    square = _draw("rect", tip, class_=f"l{level}", x=x, y=y, width=_CELL, height=_CELL)
    return _draw("a", square, href=address, tabindex=-1) if count else square


def _scale(most: float, *, is_share: bool) -> tuple[float, Markup]:
    """Return the value at the top of a chart, which is a round one, and the lines of its scale."""
    floor = _draw("line", class_="floor", x1=0, x2="100%", y1=FLOOR, y2=FLOOR)
    if most <= 0:
        return 1.0, floor
    rough = most / _MOST_LINES
    size = 10.0 ** (ceil(log10(rough)) - 1)
    step = next(size * factor for factor in (1, 2, 5, 10, 20) if size * factor >= rough * 0.999)
    step = step if is_share else max(1, step)
    count = ceil(most / step - 1e-9)
    drawn = [floor]
    for number in range(1, count + 1):
        y = FLOOR - (FLOOR - TOP) * number / count
        label = f"{100 * step * number:.10g} %" if is_share else f"{step * number:,.0f}"
        drawn.append(_draw("line", class_="grid", x1=0, x2="100%", y1=y, y2=y))
        drawn.append(_draw("text", label, x=0, dx=-6, y=y + 4, text_anchor="end"))  # in the padding at the left
    return step * count, _together(*drawn)


def _labels(labels: Sequence[str]) -> Markup:
    """Write some of the labels under their bars; those at the edges stay within the chart."""
    if not labels:
        return Markup("")
    fitting = _MOST_LABELS if max(map(len, labels)) <= _SHORT_LABEL else _MOST_LABELS - 2
    slot = 100 / len(labels)
    drawn = []
    for place in range(0, len(labels), ceil(len(labels) / fitting)):
        x = slot * (place + 0.5)
        anchor, x = ("start", 0.0) if x < 6 else ("end", 100.0) if x > 94 else ("middle", x)
        drawn.append(_draw("text", labels[place], x=_share(x), y=HEIGHT - 6, text_anchor=anchor))
    return _together(*drawn)


def _name(text: str, longest: int) -> str:
    return shorten(plain(text, 60), longest)
