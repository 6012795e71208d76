"""Which elements of a page hold a value that is known already: its title, its time, its credit, its text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lxml import html

from newsarchive.extract.charset import decode
from newsarchive.extract.dates import find_dates
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from lxml.html import HtmlElement

    from newsarchive.models import Article, Page

# Characters of a line that prints a time or a credit, and of a paragraph's beginning that tells it from others.
_LONGEST_LINE, _BEGINNING, _SHORTEST_PARAGRAPH = 160, 24, 12
_NEARLY_ALL = 0.8
_IGNORED = frozenset(("script", "style", "noscript", "template"))


def parse_page(page: Page) -> HtmlElement:
    """Parse a page into a tree, with the charset that its bytes have."""
    text = decode(page.body, page.headers.get("content-type")).text
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False)
    return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)


def title_candidates(root: HtmlElement, article: Article) -> list[HtmlElement]:
    """Return the elements whose text is the title and nothing else, the innermost ones."""
    wanted = _squeezed(article.title or "")
    return _innermost(root, lambda text: _squeezed(text) == wanted) if wanted else []


def time_candidates(root: HtmlElement, article: Article) -> list[HtmlElement]:
    """Return the innermost short elements that print the time of publication."""
    when = article.published_at
    return _innermost(root, lambda text: _prints(text, when, article.page.fetched_at)) if when else []


def credit_candidates(root: HtmlElement, article: Article) -> list[HtmlElement]:
    """Return the innermost short elements that print the whole credit, else those that print the source's name."""
    for wanted in (article.attribution, article.source):
        if not wanted:
            continue
        squeezed = _squeezed(wanted)
        found = _innermost(root, lambda text, part=squeezed: part in _squeezed(text))  # type: ignore[misc]
        if found:
            return found
    return []


def body_candidate(root: HtmlElement, article: Article) -> list[HtmlElement]:
    """Return the smallest element that holds nearly all of the text."""
    held: Counter[HtmlElement] = Counter()
    total = 0
    for paragraph in article.paragraphs:
        squeezed = _squeezed(paragraph.text)
        # A short line may stand elsewhere on the page as well.
        if len(squeezed) >= _SHORTEST_PARAGRAPH and (found := _deepest(root, squeezed[:_BEGINNING])) is not None:
            total += len(squeezed)
            held.update(dict.fromkeys((found, *found.iterancestors()), len(squeezed)))
    # Elements come from the innermost outwards; a paragraph itself does not hold the text, even if it is the only one.
    holders = [element for element, size in held.items() if size >= _NEARLY_ALL * total and element.tag != "p"]
    return [max(holders, key=lambda element: len(list(element.iterancestors())))] if holders else []


def _elements(root: HtmlElement) -> Iterator[HtmlElement]:
    body = root.find("body")
    for element in (root if body is None else body).iter():
        if isinstance(element.tag, str) and element.tag not in _IGNORED:
            yield element


def _innermost(root: HtmlElement, fits: Callable[[str], bool]) -> list[HtmlElement]:
    found = [element for element in _elements(root) if (text := _short_text(element)) is not None and fits(text)]
    outer = {ancestor for element in found for ancestor in element.iterancestors()}
    return [element for element in found if element not in outer]


def _short_text(element: HtmlElement) -> str | None:
    """Return the text of an element, or None as soon as it is longer than a line."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        stripped = part.strip()
        length += len(stripped)
        if length > _LONGEST_LINE:
            return None
        parts.append(part)
    return clean("".join(parts)) or None


def _prints(text: str, when: datetime, now: datetime) -> bool:
    assert when.tzinfo is not None
    return any(dated.when == when for dated in find_dates(text, zone=when.tzinfo, now=now))


def _deepest(root: HtmlElement, beginning: str) -> HtmlElement | None:
    """Return the innermost element whose text holds a beginning; the first of several."""
    element = next(iter(_elements(root)))
    if beginning not in _squeezed("".join(element.itertext())):
        return None
    while True:
        inner = next(
            (
                child
                for child in element
                if isinstance(child.tag, str)
                and child.tag not in _IGNORED
                and beginning in _squeezed("".join(child.itertext()))
            ),
            None,
        )
        if inner is None:
            return element
        element = inner


def _squeezed(text: str) -> str:
    return "".join(clean(text).split())
