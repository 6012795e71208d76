"""XML as strangers write it: feeds, their entries, sitemaps; and which vocabulary an element belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree

from newsarchive.extract.payload import read_payload
from newsarchive.extract.xml_repair import drop_declaration, repair_xml
from newsarchive.text import clean
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

#: Vocabulary -> the beginnings of the namespaces that stand for it, in lower case and without the scheme.
_NAMESPACES = {
    "rss": (
        "purl.org/rss/1.0/modules/rss091", "backend.userland.com/rss", "blogs.law.harvard.edu/tech/rss",
        "my.netscape.com/rdf/simple", "my.netscape.com/publish/formats/rss", "channel.netscape.com/rdf/simple",
        "cyber.law.harvard.edu/rss", "purl.org/net/rss1.1", "purl.org/rss/1.0", "www.rssboard.org/rss",
    ),
    "content": ("purl.org/rss/1.0/modules/content",),
    "module": ("purl.org/rss/1.0/modules",),
    "atom": ("www.w3.org/2005/atom", "purl.org/atom/ns"),
    "dc": ("purl.org/dc/elements", "purl.org/dc/terms"),
    "rdf": ("www.w3.org/1999/02/22-rdf-syntax-ns",),
    "xhtml": ("www.w3.org/1999/xhtml",),
    "sitemap": ("www.sitemaps.org/schemas/sitemap", "www.google.com/schemas/sitemap/"),
    "news": ("www.google.com/schemas/sitemap-news",),
}  # fmt: skip
#: The longest beginning decides.
_BEGINNINGS = sorted(
    ((start, name) for name, starts in _NAMESPACES.items() for start in starts), key=lambda pair: -len(pair[0])
)
#: Prefixes that documents use without declaring them.
_PREFIXES = {"dcterms": "dc", "a10": "atom", "atom10": "atom", "xhtml": "xhtml", "html": "xhtml", "n": "news"}
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
#: Faults that lose nothing: a prefix without a declaration is understood by its name.
_HARMLESS = etree.ErrorDomains.NAMESPACE


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of an XML document: its root, and what of it is lost, for people (None where nothing is)."""

    root: _Element | None
    damage: str | None = None


def read_xml(body: bytes, content_type: str | None = None) -> Document:
    """Read XML that a stranger wrote, packed or not, in whatever charset it really is.

    A well-formed document is taken as it stands, any other is repaired first (`xml_repair`). No entity is expanded
    and nothing is fetched. Nothing is raised, whatever the bytes are.
    """
    payload = read_payload(body, content_type)
    document = parse_xml(payload.text)
    return Document(document.root, payload.damage or document.damage)


def parse_xml(text: str) -> Document:
    """Parse XML of a text, as `read_xml` does."""
    plain = drop_declaration(text)
    # A document type may declare entities: it is dropped by the repair, and only entities of HTML are known then. A
    # CDATA section without end is well-formed where a later one ends, and swallows what stands between.
    if "<!DOCTYPE" not in plain and plain.count("<![CDATA[") == plain.count("]]>"):
        try:
            return Document(etree.fromstring(plain.encode(), _parser(recover=False)))
        except (etree.XMLSyntaxError, ValueError):
            pass
    repaired = repair_xml(plain)
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(repaired.text.encode(), parser) if repaired.text else None
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return Document(None, "no XML" if text.strip() else "empty")
    faults = [error for error in parser.error_log if error.domain != _HARMLESS]
    return Document(root, repaired.damage or (clean(faults[0].message) if faults else None))


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, recover=recover, huge_tree=False, load_dtd=False
    )


def name_of(element: _Element) -> str:
    """Return an element's name without its namespace, in lower case; "" for comments and the like."""
    return _spelt(element.tag)[0] if isinstance(element.tag, str) else ""


def vocabulary_of(element: _Element) -> str:
    """Return what an element's namespace, or its undeclared prefix, stands for.

    "" is none at all; a namespace that nobody knows is its own vocabulary.
    """
    return _spelt(element.tag)[1] if isinstance(element.tag, str) else ""


@lru_cache(maxsize=1024)
def _spelt(tag: str) -> tuple[str, str]:
    """Part a tag into name and vocabulary."""
    namespace, _, full_name = tag.rpartition("}")
    prefix, _, name = full_name.lower().rpartition(":")
    if not namespace:
        return name, _PREFIXES.get(prefix, prefix)
    plain = namespace[1:].lower().strip().partition("://")[2]
    return name, next((known for start, known in _BEGINNINGS if plain.startswith(start)), namespace[1:])


def text_of(element: _Element | None) -> str | None:
    """Return the text of an element, without that of comments, or None."""
    return (clean("".join(element.itertext())) or None) if element is not None else None


def children(element: _Element, name: str, *vocabularies: str) -> Iterator[_Element]:
    """Yield the children of a name that belong to the element's own vocabulary, then those of the given ones."""
    found = [inner for inner in element if name_of(inner) == name]
    if len(found) > 1 or (found and vocabulary_of(found[0]) != vocabulary_of(element)):
        wanted = dict.fromkeys((vocabulary_of(element), *vocabularies))
        found = [inner for vocabulary in wanted for inner in found if vocabulary_of(inner) == vocabulary]
    yield from found


def child(element: _Element, name: str, *vocabularies: str) -> _Element | None:
    """Return the first of an element's `children`."""
    return next(children(element, name, *vocabularies), None)


def base_of(element: _Element, document_url: str) -> str:
    """Return the address to which relative links in an element belong: by `xml:base`, else the document's own."""
    bases = [
        value for above in (element, *element.iterancestors()) if (value := above.get(_BASE) or above.get("xml:base"))
    ]
    base = document_url
    for value in reversed(bases):
        base = absolute_url(value, base) or base
    return base
