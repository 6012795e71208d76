"""The text of an invented article before it becomes markup: blocks of runs, filled from templates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from newsarchive.demo.vocabulary import Stock

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.demo.dice import Dice

Run = str | Stock
Runs = tuple[Run, ...]
Kind = Literal["text", "heading", "subheading", "caption", "table", "list", "quote", "image", "kline", "hidden"]

_SLOT = re.compile(r"\{(?P<name>\w+)(?::(?P<low>[\d.]+)-(?P<high>[\d.]+))?\}")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of an article.

    `parts` are the paragraphs of a text block (several stand in one element, parted by a pair of breaks) or the items
    of a list; `rows` the cells of a table; `stock` the security of a chart; `url` the path of a picture.
    """

    kind: Kind
    parts: tuple[Runs, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    stock: Stock | None = None
    url: str = ""


def text(*parts: Runs) -> Block:
    """Make a text block of one or several paragraphs."""
    return Block("text", parts)


def plain(runs: Runs) -> str:
    """Give the text of runs, without anything that markup adds."""
    return "".join(run if isinstance(run, str) else run.name for run in runs)


def fill(template: str, slots: dict[str, Run], dice_for: Callable[[str], Dice]) -> Runs:
    """Put words and numbers into a template.

    `{name}` takes the word of that name from `slots` (KeyError when there is none), `{n:3-9}` a whole number and
    `{d:0.5-2}` a decimal, both rolled with the dice for that blank. Words may themselves hold slots.
    """
    runs: list[Run] = []
    end = 0
    for match in _SLOT.finditer(template):
        runs.append(template[end : match.start()])
        runs.extend(_value(match, slots, dice_for))
        end = match.end()
    runs.append(template[end:])
    return _joined(runs)


def _value(match: re.Match[str], slots: dict[str, Run], dice_for: Callable[[str], Dice]) -> Runs:
    if match["low"] is None:
        word = slots[match["name"]]
        return fill(word, slots, dice_for) if isinstance(word, str) else (word,)
    dice = dice_for(match[0])
    if match["name"] == "n":
        return (str(dice.between(int(match["low"]), int(match["high"]))),)
    return (dice.decimal(match["low"], match["high"]),)


def _joined(runs: list[Run]) -> Runs:
    joined: list[Run] = []
    for run in runs:
        if isinstance(run, str) and joined and isinstance(joined[-1], str):
            joined[-1] += run
        elif run:
            joined.append(run)
    return tuple(joined)
