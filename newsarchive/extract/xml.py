"""XML as strangers write it: feeds, their entries, sitemaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from newsarchive.text import clean

if TYPE_CHECKING:
    from lxml.etree import _Element


def parse_xml(body: bytes) -> _Element | None:
    """Parse XML that a stranger wrote: no entities, no network, broken places skipped; None where nothing is left."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, huge_tree=False, dtd_validation=False
    )
    try:
        return etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def name_of(element: _Element) -> str:
    """Return an element's name without its namespace, in lower case; "" for comments and the like."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def text_of(element: _Element | None) -> str | None:
    """Return the text of an element, without that of comments, or None."""
    return (clean("".join(element.itertext())) or None) if element is not None else None


def child(element: _Element, *names: str) -> _Element | None:
    """Return the first child that has one of the names, whatever its namespace."""
    return next((inner for inner in element if name_of(inner) in names), None)
