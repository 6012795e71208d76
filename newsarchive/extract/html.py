"""HTML: the bytes that are worth parsing, and what the elements of a page mean to a reader of news."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract.charset import decode
from newsarchive.extract.phrases import SHOW_ALL, all_of
from newsarchive.text import clean
from newsarchive.tree import TEXT, attribute, children, descendants
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from newsarchive.models import Page, ParagraphKind
    from newsarchive.tree import Element

# How far into a page a charset is declared.
_HEAD = 4096

#: Elements whose content is never text of an article.
SILENT = frozenset(
    (
        "script", "style", "template", "noscript", "iframe", "object", "embed", "video", "audio", "canvas", "svg",
        "math", "map", "select", "option", "datalist", "input", "button", "textarea", "head", "title", "meta", "link",
        "base",
    )
)  # fmt: skip
#: Elements that give a kind to the text in them.
KINDS: dict[str, ParagraphKind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
    "figure": "caption",
}
#: Class names of captions that no element marks as such: `image-caption`, `wp-caption-text`, `ArticleCaption`.
CAPTION_NAME = re.compile(
    r"(?:^|[\s_-])(?<!no-)(?<!has-)(?<!with-)[a-z]*(?:caption|bildunterschrift|bildtext)"
    r"(?:[_-]{1,2}(?:text|content|inner|body|title|credit|wrapper))?(?:[_-]{1,2}[\w-]{0,20})?(?:\s|$)"
)
#: Elements that begin and end a line of their own.
BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
BOLD = frozenset(("b", "strong"))
CELLS = frozenset(("td", "th"))
# A button that shows the rest of a text, and where it stands: so many siblings before that text or behind it.
_SHOW_ALL = all_of(SHOW_ALL)
_LONGEST_BUTTON, _MOST_BESIDE, _MOST_INNER, _LEAST_HIDDEN = 30, 4, 12, 30
_ARROWS = "\u25bc\u25be\u2193\u2026+>\xbb[\u3010(\uff08. "
# What a script says that opens a page, and how much of a script is looked at.
_OPENED = re.compile(
    r"(?:location(?:\.href)?\s?=|\bopen\(|location\.(?:assign|replace)\()\s?['\"]([^'\"\\<>+]{1,500})['\"](?!\s?\+)"
)
_LONGEST_SCRIPT = 2000
# The text of a link that is so long and holds two sentences is no headline.
_SHORT_TEASER, _TWO_SENTENCES = 60, re.compile(r"[.!?]\s+[A-Z]|[！？].*[！？]")
# Where a picture's address stands; pages that load pictures late keep a placeholder in `src`.
_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_SOURCE_SETS = ("srcset", "data-srcset", "data-lazy-srcset")


@dataclass(slots=True)
class Source:
    """What is read: text in UTF-8, whether it is only a part of the page, and what is known of the charset."""

    data: bytes
    part: bool
    charset: str
    wrong_charset: str | None = None
    damaged: bool = False


def take_source(page: Page, cut: tuple[bytes, bytes] | None) -> Source:
    """Cut the part of the page that is to be read, and decode it."""
    body = page.body
    if _says_utf8(page):
        data = cut_bytes(body, cut)
        try:
            data.decode()
            return Source(data, len(data) < len(body), "utf-8")
        except UnicodeDecodeError:
            pass
    decoded = decode(body, page.headers.get("content-type"))
    body = decoded.text.encode("utf-8", "replace")
    data = cut_bytes(body, cut)
    wrong = decoded.charset if decoded.wrong_declaration else None
    return Source(data, len(data) < len(body), decoded.charset, wrong, decoded.damaged)


def cut_bytes(body: bytes, marks: tuple[bytes, bytes] | None) -> bytes:
    """Return what stands from the first mark behind `<body` up to the last of the second mark, else everything.

    Only behind `<body`, because a broken head can hold a copy of the article.
    """
    if marks is None:
        return body
    begin = body.find(marks[0])
    # `<body` stands shortly before it, if not in front of a copy: looking back is quicker than looking for it first.
    if begin >= 0 and body.rfind(b"<body", 0, begin) < 0:
        behind = body.find(marks[0], max(body.find(b"<body", begin), 0))
        begin = max(begin, behind)
    end = body.rfind(marks[1], begin) if begin >= 0 else -1
    return body[begin:end] if end >= 0 else body


def _says_utf8(page: Page) -> bool:
    """Return whether header and page declare UTF-8 or nothing."""
    header = page.headers.get("content-type")
    if header and "utf-8" not in header and "charset" in header and "utf-8" not in header.lower():
        return False
    at = page.body.find(b"charset", 0, _HEAD)
    return at < 0 or b"utf-8" in page.body[at : at + 20].lower()


def line_of(element: Element, skip: Container[int] = ()) -> str:
    """Return all the text of an element as one line; edges of blocks and `<br>` in it become blanks.

    Elements whose `mem_id` is in `skip` are left out.
    """
    child = element.first_child
    if child is not None and child.next is None and child.tag == TEXT:
        return clean(child.text_content or "")
    return clean("".join(_pieces(element, skip)))


def is_hidden(attributes: Mapping[str, str | None]) -> bool:
    """Return whether an element's own attributes hide it (`display:none`, `hidden`)."""
    if not attributes:
        return False
    style = attributes.get("style")
    if style is not None and "none" in style.lower() and "display:none" in "".join(style.split()).lower():
        return True
    return "hidden" in attributes


def is_opened(element: Element) -> bool:
    """Return whether a hidden element holds a text that the button beside it shows (`展开全文`, `Read more`)."""
    text = _beginning(element)
    if len(text) < _LEAST_HIDDEN:
        return False
    beside = [element.prev, element.next]
    for _ in range(_MOST_BESIDE):
        for place, sibling in enumerate(beside):
            if sibling is not None:
                if _is_button(_beginning(sibling)):
                    return True
                beside[place] = sibling.next if place else sibling.prev
    return False


def has_button(element: Element) -> bool:
    """Return whether a button that shows the rest stands at the end of an element with a text, or right behind it."""
    beside = [element.next, *list(children(element))[-_MOST_BESIDE:]]
    if element.next is not None:
        beside.append(element.next.next)
    return any(one is not None and _is_button(_beginning(one)) for one in beside)


def _is_button(text: str) -> bool:
    return len(text) <= _LONGEST_BUTTON and text.lstrip(_ARROWS).lower().startswith(_SHOW_ALL)


def _beginning(element: Element) -> str:
    """Return the beginning of the text of an element, hidden or a button as it may be."""
    if element.tag == TEXT:
        return clean((element.text_content or "")[:_LEAST_HIDDEN])
    texts = [inner for inner in islice(descendants(element), _MOST_INNER) if inner.tag == TEXT]
    return clean("".join((text.text_content or "")[:_LEAST_HIDDEN] for text in texts))


def image_url(attributes: Mapping[str, str | None], base_url: str) -> str | None:
    """Return the full http(s) address of an `img`; None for pictures inside the page itself and broken addresses."""
    for name in _SOURCES:
        source = attributes.get(name)
        if source and not source.startswith("data:"):
            return absolute_url(source, base_url, keep_fragment=True)
    for name in _SOURCE_SETS:
        source = (attributes.get(name) or "").strip().split(" ")[0].rstrip(",")
        if source and not source.startswith("data:"):
            return absolute_url(source, base_url, keep_fragment=True)
    return None


def _pieces(root: Element, skip: Container[int]) -> Iterator[str]:
    """Yield the pieces of text that are printed inside an element, in order, with blanks where lines end."""
    opened: list[Element] = []
    node = root.first_child
    while node is not None:
        tag = node.tag
        inner = None
        if tag == TEXT:
            yield node.text_content or ""
        else:
            if tag in BLOCKS or tag == "br":
                yield " "
            if tag not in SILENT and not is_hidden(node.attributes) and node.mem_id not in skip:
                inner = node.first_child
        if inner is not None:
            opened.append(node)
            node = inner
            continue
        following = node.next
        while following is None and opened:
            outer = opened.pop()
            if outer.tag in BLOCKS:
                yield " "
            following = outer.next
        node = following


def target_of(link: Element) -> str:
    """Return where a link leads: what its `href` says, else the address that its script would open."""
    target = attribute(link, "href").strip()
    if target and target[0] != "#" and target[:11].lower() != "javascript:":
        return target
    return opened_by(attribute(link, "onclick") or target) or target


def opened_by(script: str) -> str | None:
    """Return the address to which a script would lead: location.href = '/a/1.html', window.open('/a/1.html')."""
    match = _OPENED.search(script[:_LONGEST_SCRIPT])
    return match[1].strip() if match else None


def is_teaser(text: str) -> bool:
    """Return whether the text of a link begins or sums up the text of its article, and is no title."""
    return "。" in text or (len(text) > _SHORT_TEASER and _TWO_SENTENCES.search(text) is not None)


def better_title(known: str | None, text: str | None) -> str | None:
    """Return the likelier title of two texts of links to one article: no teaser, then the longer one.

    A picture, a headline and a teaser often lead to the same article.
    """
    return max(known, text, key=lambda one: (bool(one) and not is_teaser(one or ""), len(one or "")))
