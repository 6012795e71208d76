"""HTML as a tree of elements: the one place that knows the parser, lexbor.

A tree is only ever read, by few calls, all of them here or listed here: of an `Element` its `tag` (`TEXT` for a piece
of text) and the number of it, `tag_id`, `text_content`, `attributes`, `parent`, `first_child`, `next`, `prev`,
`is_element_node`, `is_empty_text_node` and `mem_id`, the number that tells it from all others of its tree. Never
compare two elements by `==`: that compares their markup.
`benchmarks/tree_fuzz.py` makes these calls on damaged pages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from selectolax.lexbor import (
    LexborCSSSelector,
    LexborDocumentOptions,
    LexborHTMLParser,
    LexborNode,
    SelectolaxError,
    create_tag,
)

from newsarchive.i18n import _
from newsarchive.tree_bounds import within_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

Element = LexborNode
#: The tag of a piece of text.
TEXT = "-text"

# One for all trees: to make it costs as much as to parse a small page.
_find = LexborCSSSelector().find  # type: ignore[no-untyped-call]
# Without events nothing is copied within the tree (`<selectedcontent>`).
_OPTIONS = LexborDocumentOptions.WO_EVENTS.value
_TAGS = (
    "a", "abbr", "address", "area", "article", "aside", "audio", "b", "base", "big", "blockquote", "body", "br",
    "button", "canvas", "caption", "center", "cite", "code", "col", "datalist", "dd", "del", "details", "dir", "div",
    "dl", "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "frameset", "h1",
    "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "img", "input", "ins",
    "label", "legend", "li", "link", "main", "map", "mark", "math", "menu", "meta", "nav", "noscript", "object", "ol",
    "optgroup", "option", "p", "param", "picture", "pre", "q", "rp", "rt", "ruby", "s", "script", "section", "select",
    "small", "source", "span", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody", "td", "template",
    "textarea", "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "ul", "video", "wbr",
)  # fmt: skip


def parse(markup: str | bytes, *, strict: bool = False) -> Element | None:
    """Parse HTML (bytes in UTF-8) as a browser does that runs scripts; None when it cannot be parsed at all.

    Returns the `html` element. Time and memory are linear in the size of the page: one made to exhaust the parser is
    tamed first, which leaves its text as it is.

    Raises:
        TooComplexError: `strict`, and there is more markup than any real page has.

    """
    data = markup.encode("utf-8", "replace") if isinstance(markup, str) else markup
    try:
        return LexborHTMLParser(within_bounds(data, strict=strict), options=_OPTIONS, scripting=True).root
    except SelectolaxError:
        return None


def body_of(root: Element) -> Element:
    """Return the `body` of a page; for a page of frames, which has none, the page itself."""
    return next((child for child in children(root) if child.tag == "body"), root)


def children(element: Element) -> Iterator[Element]:
    """Yield what stands directly in an element, pieces of text included."""
    child = element.first_child
    while child is not None:
        yield child
        child = child.next


def ancestors(element: Element) -> Iterator[Element]:
    """Yield the elements around one, the innermost first."""
    outer = element.parent
    while outer is not None:
        yield outer
        outer = outer.parent


def descendants(element: Element) -> Iterator[Element]:
    """Yield an element and all in it in the order of the page, pieces of text and comments included."""
    return element.traverse(include_text=True)


@lru_cache(maxsize=1)
def tag_numbers() -> dict[str, int]:
    """Return the `tag_id` of every tag that HTML knows, and of text; comparing numbers is quicker."""
    root = parse("-")
    assert root is not None
    (text,) = children(body_of(root))
    return {TEXT: text.tag_id, **{tag: create_tag(tag).tag_id for tag in _TAGS}}


def text_in(element: Element) -> str:
    """Return all text in an element as it is, scripts included."""
    return element.text(deep=True)


def attribute(element: Element, name: str) -> str:
    """Return an attribute's value; "" where there is none."""
    return element.attributes.get(name) or ""


def names_of(element: Element) -> str:
    """Return the classes and the id of an element, with a blank between them."""
    attributes = element.attributes
    return f"{attributes.get('class') or ''} {attributes.get('id') or ''}"


def select(css: str, element: Element) -> list[Element]:
    """Return the elements in `element` (itself included) that match, each once, in the order of the page."""
    found: list[Element] = _find(css, element)
    if len(found) < 2 or "," not in css:
        return found
    return list({one.mem_id: one for one in found}.values())


def numbers_of(css: str, element: Element) -> set[int]:
    """Return the `mem_id` of each element in `element` that matches."""
    return {found.mem_id for found in select(css, element)}


@lru_cache(maxsize=2048)
def check_css(css: str) -> None:
    """Raise ValueError for what is no CSS selector."""
    try:
        _find(css, create_tag("p"))
    except SelectolaxError as error:
        raise ValueError(
            _("{css!r} is not a CSS selector, or uses what HTML without a browser has not", css=css)
        ) from error
