"""CSS selectors of site files.

Selectors made of tags, classes, ids, blanks, `>` and `+` are answered from an index of the page, in a fraction of the
time of an XPath each; all others are compiled to XPath.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import cssselect
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

# What may follow the selector to take an attribute in place of the text: `time@datetime`.
_ATTRIBUTE = re.compile(r"(?P<css>.*\S)\s*@(?P<name>[A-Za-z_][\w-]*)", re.DOTALL)
_COMPOUND = r"(?:[A-Za-z][A-Za-z0-9]*|\*)?(?:[.#][A-Za-z_][\w-]*)*"
_JOINT = r"(?:\s*[>+]\s*|\s+)"
_SIMPLE = re.compile(rf"(?=[\w.#*]){_COMPOUND}(?:{_JOINT}(?=[\w.#*]){_COMPOUND})*", re.ASCII)
_STEP = re.compile(r"\s*([>+]|\s)?\s*([^\s>+]+)")
_PART = re.compile(r"([.#]?)([\w*-]+)")
_TRANSLATOR = cssselect.HTMLTranslator()
_CLASSED = etree.XPath("descendant-or-self::*[@class]")
_NAMED = etree.XPath("descendant-or-self::*[@id]")


@dataclass(frozen=True, slots=True)
class Step:
    """One element of a simple selector: how it hangs on the one before (` `, `>`, `+`), and what it must be."""

    joint: str
    tag: str | None
    identity: str | None
    classes: tuple[str, ...]

    @property
    def several(self) -> bool:
        """Tell whether more is asked of the element than the one thing it is looked up by."""
        return len(self.classes) + (self.tag is not None) + (self.identity is not None) > 1

    def fits(self, element: _Element) -> bool:
        """Tell whether an element is one of these, whatever stands around it."""
        if self.tag and element.tag != self.tag:
            return False
        if self.identity and element.get("id") != self.identity:
            return False
        return not self.classes or set(self.classes).issubset((element.get("class") or "").split())


@dataclass(frozen=True, slots=True)
class Selector:
    """A compiled selector; `attribute` is the attribute it takes, or None where the text counts.

    `needles` are the names of classes and ids without which a page cannot have a match.
    """

    css: str
    attribute: str | None
    steps: tuple[Step, ...]
    xpath: etree.XPath
    needles: tuple[bytes, ...]

    def find(self, root: _Element) -> list[_Element]:
        """Give the elements below `root` (itself included) that match, in document order."""
        return cast("list[_Element]", self.xpath(root))


@lru_cache(maxsize=2048)
def compile_selector(text: str) -> Selector:
    """Compile a CSS selector, with `@name` behind it for an attribute. ValueError tells what is wrong with it."""
    match = _ATTRIBUTE.fullmatch(text.strip())
    css, attribute = (match["css"], match["name"]) if match else (text.strip(), None)
    try:
        xpath = etree.XPath(_TRANSLATOR.css_to_xpath(css))
    except (cssselect.SelectorError, etree.XPathError) as error:
        raise ValueError(f"{text!r} is not a CSS selector ({error})") from error
    steps = tuple(_step(joint, compound) for joint, compound in _STEP.findall(css)) if _SIMPLE.fullmatch(css) else ()
    needles = tuple(name.encode() for step in steps for name in (*step.classes, step.identity) if name)
    return Selector(css, attribute, steps, xpath, needles)


def _step(joint: str, compound: str) -> Step:
    parts = _PART.findall(compound)
    tag = next((name.lower() for sign, name in parts if not sign and name != "*"), None)
    identity = next((name for sign, name in parts if sign == "#"), None)
    return Step(joint.strip() or " ", tag, identity, tuple(name for sign, name in parts if sign == "."))


class Index:
    """A parsed page that answers many selectors; `data` are the bytes that were parsed."""

    __slots__ = ("_by_class", "_by_id", "_data", "_root")

    def __init__(self, root: _Element, data: bytes) -> None:
        self._root = root
        self._data = data
        self._by_class: dict[str, list[_Element]] | None = None
        self._by_id: dict[str, list[_Element]] | None = None

    def find(self, selector: Selector) -> Iterable[_Element]:
        """Give the elements that match, in document order."""
        for needle in selector.needles:
            if needle not in self._data:
                return ()
        steps = selector.steps
        if not steps:
            return selector.find(self._root)
        last = steps[-1]
        found = self._candidates(last)
        if last.several:
            found = [one for one in found if last.fits(one)]
        return found if len(steps) == 1 else [one for one in found if _hangs(one, steps)]

    def _candidates(self, step: Step) -> Iterable[_Element]:
        if step.identity:
            if self._by_id is None:
                self._by_id = {}
                for element in cast("list[_Element]", _NAMED(self._root)):
                    self._by_id.setdefault(element.get("id", ""), []).append(element)
            return self._by_id.get(step.identity, ())
        if step.classes:
            if self._by_class is None:
                self._by_class = self._classes()
            return self._by_class.get(step.classes[0], ())
        return list(self._root.iter(step.tag or "*"))

    def _classes(self) -> dict[str, list[_Element]]:
        found: dict[str, list[_Element]] = {}
        for element in cast("list[_Element]", _CLASSED(self._root)):
            names = element.get("class", "")
            for name in dict.fromkeys(names.split()) if " " in names else (names,):
                found.setdefault(name, []).append(element)
        return found


def _hangs(element: _Element, steps: tuple[Step, ...]) -> bool:
    """Tell whether what stands around an element fits the steps before its own."""
    joint, before = steps[-1].joint, steps[:-1]
    if not before:
        return True
    last = before[-1]
    if joint == " ":
        return any(last.fits(above) and _hangs(above, before) for above in element.iterancestors())
    near = element.getparent() if joint == ">" else element.getprevious()
    return near is not None and last.fits(near) and _hangs(near, before)
