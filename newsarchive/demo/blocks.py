"""The text of an invented article before it becomes markup: blocks of runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from newsarchive.demo.vocabulary import Stock

Run = str | Stock
Runs = tuple[Run, ...]
Kind = Literal["text", "heading", "subheading", "caption", "table", "list", "quote", "image", "kline", "hidden"]


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
    """Return the text of runs, without anything that markup adds."""
    return "".join(run if isinstance(run, str) else run.name for run in runs)
