"""CSS selectors of site files.

Those of listings may be any CSS and become XPath. Those of layouts are kept simple (tags, classes, ids, blanks, `>`,
`+` and commas), because they are answered while the page goes by, in a small part of the time that an XPath takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

import cssselect
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

# What may follow a selector to take an attribute in place of the text: `time@datetime`.
_ATTRIBUTE = re.compile(r"(?P<css>.*\S)\s*@(?P<name>[A-Za-z_][\w-]*)", re.DOTALL)
_COMPOUND = r"(?=[\w.#*])(?:[A-Za-z][A-Za-z0-9]*|\*)?(?:[.#][A-Za-z_][\w-]*)*"
_SIMPLE = re.compile(rf"{_COMPOUND}(?:(?:\s*[>+]\s*|\s+){_COMPOUND})*", re.ASCII)
_STEP = re.compile(r"\s*([>+]|\s)?\s*([^\s>+]+)")
_PART = re.compile(r"([.#]?)([\w*-]+)")
_TRANSLATOR = cssselect.HTMLTranslator()


@lru_cache(maxsize=512)
def compile_css(css: str) -> etree.XPath:
    """Compile any CSS selector to XPath. ValueError tells what is wrong with it."""
    try:
        return etree.XPath(_TRANSLATOR.css_to_xpath(css))
    except (cssselect.SelectorError, etree.XPathError) as error:
        raise ValueError(f"{css!r} is not a CSS selector ({error})") from error


def find_all(css: str, root: _Element) -> list[_Element]:
    """Return the elements below `root` (itself included) that match, in document order."""
    return cast("list[_Element]", compile_css(css)(root))


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a simple selector: how it hangs on the one before (blank, `>`, `+`), and what it must be."""

    joint: Literal[" ", ">", "+"]
    tag: str | None
    identity: str | None
    classes: frozenset[str]

    def fits(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Return whether an element is one of these, whatever stands around it."""
        if self.tag and tag != self.tag:
            return False
        if self.identity and attributes.get("id") != self.identity:
            return False
        return not self.classes or self.classes.issubset(attributes.get("class", "").split())


@dataclass(frozen=True, slots=True)
class Selector:
    """A simple selector: its alternatives, each a chain of steps; `attribute` is taken in place of the text."""

    text: str
    alternatives: tuple[tuple[Step, ...], ...]
    attribute: str | None = None


@lru_cache(maxsize=2048)
def simple_selector(text: str) -> Selector:
    """Read a simple selector, with `@name` behind it for an attribute. ValueError tells what is wrong with it."""
    match = _ATTRIBUTE.fullmatch(text.strip())
    css, attribute = (match["css"], match["name"]) if match else (text.strip(), None)
    alternatives = [part.strip() for part in css.split(",")]
    for part in alternatives:
        if not _SIMPLE.fullmatch(part):
            raise ValueError(f"{text!r} is not made of tags, .classes, #ids, blanks, >, + and commas")
    return Selector(text, tuple(tuple(map(_step, _STEP.findall(part))) for part in alternatives), attribute)


def _step(found: tuple[str, str]) -> Step:
    joint, compound = found
    parts = _PART.findall(compound)
    tag = next((name.lower() for sign, name in parts if not sign and name != "*"), None)
    identity = next((name for sign, name in parts if sign == "#"), None)
    classes = frozenset(name for sign, name in parts if sign == ".")
    return Step(cast('Literal[" ", ">", "+"]', joint.strip() or " "), tag, identity, classes)
