"""CSS selectors of site files: any that the parser of pages knows, with `@name` behind one for an attribute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from newsarchive.tree import check_css

# What may follow a selector to take an attribute in place of the text: `time@datetime`.
_ATTRIBUTE = re.compile(r"(?P<css>.*\S)\s*@(?P<name>[A-Za-z_][\w:-]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector as written in a site file: its CSS, and the attribute that is taken in place of the text."""

    text: str
    css: str
    attribute: str | None = None


@lru_cache(maxsize=2048)
def read_selector(text: str) -> Selector:
    """Read a selector. ValueError tells what is wrong with it."""
    match = _ATTRIBUTE.fullmatch(text.strip())
    css, attribute = (match["css"], match["name"]) if match else (text.strip(), None)
    check_css(css)
    return Selector(text, css, attribute)
