"""JSON Feed (1.0 and 1.1) written as the Atom feed that says the same, so that both are read alike."""

from __future__ import annotations

import json
from typing import Any

from lxml import etree

from newsarchive.extract.xml import Document
from newsarchive.extract.xml_repair import CONTROL
from newsarchive.text import valid_unicode

_ATOM = "{http://www.w3.org/2005/Atom}"
#: Key of an item -> the element of Atom for the same.
_TEXTS = {
    "id": "id",
    "title": "title",
    "date_published": "published",
    "date_modified": "updated",
    "summary": "summary",
    "content_html": "content",
    "content_text": "content",
}


def atom_of_json(text: str) -> Document | None:
    """Return a JSON Feed as an Atom feed; None for a text that is none."""
    start = text[:4096].lstrip()
    if not start.startswith("{") or "jsonfeed.org" not in text:
        return None
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        return Document(None, f"not JSON: {error}")
    root = etree.Element(_ATOM + "feed")
    items = data.get("items")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            _entry(root, item)
    _link(root, "next", data.get("next_url"))
    hubs = data.get("hubs")
    for hub in hubs if isinstance(hubs, list) else ():
        _link(root, "hub", hub.get("url") if isinstance(hub, dict) else None)
    return Document(root)


def _entry(root: etree._Element, item: dict[str, Any]) -> None:
    entry = etree.SubElement(root, _ATOM + "entry")
    _link(entry, "alternate", item.get("url") or item.get("external_url"))
    for key, name in _TEXTS.items():
        value = item.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            etree.SubElement(entry, _ATOM + name).text = _writable(str(value))
    authors = item.get("authors") or [item.get("author")]
    for author in authors if isinstance(authors, list) else ():
        if isinstance(author, dict) and isinstance(author.get("name"), str):
            person = etree.SubElement(entry, _ATOM + "author")
            etree.SubElement(person, _ATOM + "name").text = _writable(author["name"])
    _link(entry, "enclosure", item.get("image") or item.get("banner_image"), type="image/*")
    tags = item.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, str):
            etree.SubElement(entry, _ATOM + "category", term=_writable(tag))


def _link(parent: etree._Element, relation: str, target: Any, **attributes: str) -> None:
    if isinstance(target, str) and target.strip():
        etree.SubElement(parent, _ATOM + "link", attributes, rel=relation, href=_writable(target))


def _writable(text: str) -> str:
    """Drop what XML cannot hold."""
    return CONTROL.sub("", valid_unicode(text))
