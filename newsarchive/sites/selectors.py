"""CSS selectors of site files, compiled once into XPath."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import cssselect
from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import _Element

# What may follow the selector to take an attribute in place of the text: `time@datetime`.
_ATTRIBUTE = re.compile(r"(?P<css>.*\S)\s*@(?P<name>[A-Za-z_][\w-]*)", re.DOTALL)
_TRANSLATOR = cssselect.HTMLTranslator()


@dataclass(frozen=True, slots=True)
class Selector:
    """A compiled selector; `attribute` is the attribute it takes, or None where the text counts."""

    css: str
    xpath: etree.XPath
    attribute: str | None = None

    def find(self, root: _Element) -> list[_Element]:
        """Give the elements below `root` (itself included) that match, in document order."""
        return cast("list[_Element]", self.xpath(root))


@lru_cache(maxsize=2048)
def compile_selector(text: str) -> Selector:
    """Compile a CSS selector, with `@name` behind it for an attribute. ValueError tells what is wrong with it."""
    match = _ATTRIBUTE.fullmatch(text.strip())
    css, attribute = (match["css"], match["name"]) if match else (text.strip(), None)
    try:
        return Selector(css, etree.XPath(_TRANSLATOR.css_to_xpath(css)), attribute)
    except (cssselect.SelectorError, etree.XPathError) as error:
        raise ValueError(f"{text!r} is not a CSS selector ({error})") from error
