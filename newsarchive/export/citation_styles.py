"""Citations as lines of text: GB/T 7714-2015 for Chinese bibliographies, APA (7th edition) for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.export.citation import Citation

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
# Of more authors GB/T 7714 names three.
_MOST_AUTHORS = 3


def gbt7714(cited: Citation) -> str:
    """Write an article of a newspaper read online, [N/OL]; the day in brackets is that of the archived page."""
    names = ", ".join(cited.authors[:_MOST_AUTHORS])
    et_al = ("，等" if cited.lang.startswith("zh") else ", et al") if len(cited.authors) > _MOST_AUTHORS else ""
    head = f"{names}{et_al}. {cited.title}[N/OL]." if names else f"{cited.title}[N/OL]."
    archived = f"[{_iso(cited.archived)}]" if cited.archived else ""
    published = _iso(cited.published)
    place = ", ".join(part for part in (cited.source, published) if part)
    return " ".join(
        part for part in (head, f"{place}{archived}." if place or archived else "", _stop(cited.url)) if part
    )


def apa(cited: Citation) -> str:
    """Write an article of a news site; an article without an author begins with its title."""
    day = f"({_written(cited.published)})."
    names = _all_of(cited.authors)
    head = f"{_stop(names)} {day} {_stop(cited.title)}" if names else f"{_stop(cited.title)} {day}"
    retrieved = f"Retrieved {_spoken(cited.archived)}, from " if cited.archived and cited.url else ""
    return " ".join(part for part in (head, _stop(cited.source), f"{retrieved}{cited.url}") if part)


def _all_of(names: tuple[str, ...]) -> str:
    return ", & ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _stop(text: str) -> str:
    return f"{text}." if text and text[-1] not in ".?!。？！" else text


def _iso(day: tuple[int, ...]) -> str:
    return "-".join(f"{part:02}" for part in day)


def _written(day: tuple[int, ...]) -> str:
    """Write a day as APA does in brackets: 2026, March 5."""
    if not day:
        return "n.d."
    year, *rest = day
    return " ".join([f"{year},", _month(rest[0]), *map(str, rest[1:])]) if rest else str(year)


def _spoken(day: tuple[int, ...]) -> str:
    """Write a day as APA does in a sentence: March 6, 2026."""
    year, *rest = day
    month = _month(rest[0]) if rest else ""
    return f"{month} {rest[1]}, {year}" if len(rest) > 1 else f"{month} {year}".strip()


def _month(number: int) -> str:
    return _MONTHS[number - 1] if 1 <= number <= len(_MONTHS) else str(number)
