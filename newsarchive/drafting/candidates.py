"""Which elements of a page hold a value that is known already: its title, its time, its credit, its text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.extract.charset import decode
from newsarchive.extract.dates import find_dates
from newsarchive.i18n import _
from newsarchive.text import clean
from newsarchive.tree import TEXT, ancestors, body_of, children, descendants, parse, text_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from newsarchive.models import Article, Page
    from newsarchive.tree import Element

# Characters of a line that prints a time or a credit, and of a paragraph's beginning that tells it from others.
_LONGEST_LINE, _BEGINNING, _SHORTEST_PARAGRAPH = 160, 24, 12
_NEARLY_ALL = 0.8
_IGNORED = frozenset(("script", "style", "noscript", "template"))


def parse_page(page: Page) -> Element:
    """Parse a page into a tree, with the charset that its bytes have."""
    root = parse(decode(page.body, page.headers.get("content-type")).text)
    if root is None:
        raise UserError(_("rules: {url} is no page that can be parsed", url=page.url))
    return root


def title_candidates(root: Element, article: Article) -> list[Element]:
    """Return the elements whose text is the title and nothing else, the innermost ones."""
    wanted = _squeezed(article.title or "")
    return _innermost(root, lambda text: _squeezed(text) == wanted) if wanted else []


def time_candidates(root: Element, article: Article) -> list[Element]:
    """Return the innermost short elements that print the time of publication."""
    when = article.published_at
    return _innermost(root, lambda text: _prints(text, when, article.page.fetched_at)) if when else []


def credit_candidates(root: Element, article: Article) -> list[Element]:
    """Return the innermost short elements that print the whole credit, else those that print the source's name."""
    for wanted in (article.attribution, article.source):
        if not wanted:
            continue
        squeezed = _squeezed(wanted)
        found = _innermost(root, lambda text, part=squeezed: part in _squeezed(text))  # type: ignore[misc]
        if found:
            return found
    return []


def body_candidate(root: Element, article: Article) -> list[Element]:
    """Return the smallest element that holds nearly all of the text."""
    held: Counter[int] = Counter()
    known: dict[int, tuple[int, Element]] = {}  # how deep an element stands, and the element
    total = 0
    for paragraph in article.paragraphs:
        squeezed = _squeezed(paragraph.text)
        # A short line may stand elsewhere on the page as well.
        if len(squeezed) >= _SHORTEST_PARAGRAPH and (found := _deepest(root, squeezed[:_BEGINNING])) is not None:
            total += len(squeezed)
            around = [found, *ancestors(found)]
            held.update({element.mem_id: len(squeezed) for element in around})
            known.update((element.mem_id, (-place, element)) for place, element in enumerate(around, -len(around)))
    # A paragraph itself does not hold the text, even if it is the only one.
    holders = [known[number] for number, size in held.items() if size >= _NEARLY_ALL * total]
    holders = [(depth, element) for depth, element in holders if element.tag not in ("p", "-document")]
    return [max(holders, key=lambda holder: holder[0])[1]] if holders else []


def _elements(root: Element) -> Iterator[Element]:
    for element in descendants(body_of(root)):
        if element.is_element_node and element.tag not in _IGNORED:
            yield element


def _innermost(root: Element, fits: Callable[[str], bool]) -> list[Element]:
    found = [element for element in _elements(root) if (text := _short_text(element)) is not None and fits(text)]
    outer = {ancestor.mem_id for element in found for ancestor in ancestors(element)}
    return [element for element in found if element.mem_id not in outer]


def _short_text(element: Element) -> str | None:
    """Return the text of an element, or None as soon as it is longer than a line."""
    parts: list[str] = []
    length = 0
    for part in (node.text_content or "" for node in descendants(element) if node.tag == TEXT):
        stripped = part.strip()
        length += len(stripped)
        if length > _LONGEST_LINE:
            return None
        parts.append(part)
    return clean("".join(parts)) or None


def _prints(text: str, when: datetime, now: datetime) -> bool:
    assert when.tzinfo is not None
    return any(dated.when == when for dated in find_dates(text, zone=when.tzinfo, now=now))


def _deepest(root: Element, beginning: str) -> Element | None:
    """Return the innermost element whose text holds a beginning; the first of several."""
    element = next(iter(_elements(root)))
    if beginning not in _squeezed(text_in(element)):
        return None
    while True:
        inner = next(
            (
                child
                for child in children(element)
                if child.is_element_node and child.tag not in _IGNORED and beginning in _squeezed(text_in(child))
            ),
            None,
        )
        if inner is None:
            return element
        element = inner


def _squeezed(text: str) -> str:
    return "".join(clean(text).split())
