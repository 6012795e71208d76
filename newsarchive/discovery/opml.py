"""OPML 1.0 and 2.0: the lists of feeds that feed readers exchange, read from anybody's file and written for others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from newsarchive.discovery import feed_urls
from newsarchive.extract.xml import name_of, read_xml
from newsarchive.text import clean, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

    from newsarchive.sites import Site

#: Folders in folders; what lies deeper is taken for damage.
_DEEPEST = 50
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class FeedOutline:
    """A feed of a list: its address, its name in the list, the page that it belongs to, and its language.

    `folders` are the names of the folders around it, outermost first.
    """

    url: str
    title: str = ""
    page: str = ""
    lang: str = ""
    folders: tuple[str, ...] = ()


@dataclass(slots=True)
class FeedList:
    """A list of feeds, each once and in the order of the file; `passed_over` tells what of the file is no feed."""

    title: str = ""
    feeds: list[FeedOutline] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    damage: str | None = None


def read_opml(body: bytes, content_type: str | None = None) -> FeedList:
    """Read a list, in whatever charset and however broken; nothing is raised."""
    document = read_xml(body, content_type)
    found = FeedList(damage=document.damage)
    if document.root is None:
        return found
    for element in document.root.iter():
        if name_of(element) == "head":
            found.title = next((clean(one.text or "") for one in element if name_of(one) == "title"), "")
        elif name_of(element) == "outline":
            _read_outline(element, found)
    once: dict[str, FeedOutline] = {}
    for feed in found.feeds:
        once.setdefault(feed.url, feed)
    found.feeds = list(once.values())
    return found


def _read_outline(element: _Element, found: FeedList) -> None:
    values = {str(name).rpartition("}")[2].lower(): clean(str(value)) for name, value in element.attrib.items()}
    title = values.get("title") or values.get("text") or ""
    kind = values.get("type", "").lower()
    # Readers of old write `url`, and so does a link to another list.
    address = values.get("xmlurl") or (values.get("url") if kind not in ("include", "link") else "") or ""
    if not address:
        if kind in ("include", "link"):
            found.passed_over.append(f"{title or 'an outline'}: a link to {values.get('url') or 'nothing'}, not a feed")
        return
    url = _web_address(address)
    if url is None:
        found.passed_over.append(f"{title or 'an outline'}: {address[:200]} is no address on the web")
        return
    page = _web_address(values.get("htmlurl", "")) or ""
    lang = values.get("language", "") if values.get("language", "").lower() != "unknown" else ""
    found.feeds.append(FeedOutline(url, title, page, lang, _folders(element)))


def _web_address(text: str) -> str | None:
    """Return an http(s) address, also of one that is written as readers do: `feed://host/x`, `feed:https://host/x`."""
    address = text.strip()
    if address.lower().startswith("feed:"):
        rest = address[len("feed:") :]
        address = rest if rest.lower().startswith(_WEB) else f"http://{rest.lstrip('/')}"
    if not address.lower().startswith(_WEB):
        return None
    try:
        parts = urlsplit(address)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return address if is_address else None


def _folders(element: _Element) -> tuple[str, ...]:
    names: list[str] = []
    for parent in element.iterancestors():
        if name_of(parent) == "outline" and len(names) < _DEEPEST:
            names.append(clean(parent.get("title") or parent.get("text") or ""))
    return tuple(name for name in reversed(names) if name)


def write_opml(sites: Iterable[Site], title: str) -> str:
    """Write the feeds of sites as a list, a folder for each site that has one."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>{_escaped(title)}</title></head>",
        "<body>",
    ]
    for site in sites:
        if not site.feeds:
            continue
        lines.append(f"<outline text={_attribute(site.title)}>")
        lines += (
            f'<outline type="rss" text={_attribute(site.title)} xmlUrl={_attribute(url)}'
            f" htmlUrl={_attribute(site.base_url)} language={_attribute(site.lang)}/>"
            for url in feed_urls(site)
        )
        lines.append("</outline>")
    return "\n".join([*lines, "</body>", "</opml>\n"])


def _attribute(text: str) -> str:
    return quoteattr(plain(text))


def _escaped(text: str) -> str:
    return _attribute(text)[1:-1]
