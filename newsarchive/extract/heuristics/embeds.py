"""What stands in a text and is no text: videos, frames, posts of other platforms. Each is named by its address."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract.heuristics.class_names import COMMENTS, FURNITURE, HIDDEN, hints_of
from newsarchive.tree import ancestors, attribute, select
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.tree import Element

# What else an element must have is looked at one by one: CSS with attributes takes several times as long.
_ELEMENTS = "iframe, video, audio, embed, object, blockquote"
_NEEDED = {"embed": "src", "object": "data"}
_POST = re.compile("-(?:tweet|video|media|embed)")
_ADDRESSES = ("src", "data-src", "data-original", "data")
_PLAYER = re.compile(r"video|player|/embed/|\.(?:mp4|m3u8|webm)(?![a-z])", re.IGNORECASE)
#: A frame of so few pixels shows nothing.
_TINY = re.compile(r"[0-9](?:px)?")
_MOST, _UP = 30, 3


def find_embeds(body: Element, base_url: str) -> list[str]:
    """List what is embedded in an element: kind (video, audio, frame, post) and address."""
    return list(dict.fromkeys(islice(_embedded(body, base_url), _MOST)))


def _embedded(body: Element, base_url: str) -> Iterator[str]:
    for element in islice(filter(_is_embedded, select(_ELEMENTS, body)), 4 * _MOST):
        outer = (element, *islice(ancestors(element), _UP))
        if any(hints_of(one) & (FURNITURE | COMMENTS | HIDDEN) for one in outer if one.mem_id != body.mem_id):
            continue
        if _TINY.fullmatch(attribute(element, "width").strip()) or _TINY.fullmatch(
            attribute(element, "height").strip()
        ):
            continue
        url = absolute_url(_address(element)[:2000], base_url, keep_fragment=True)
        if url:
            yield f"{_kind(element, url)} {url}"


def _is_embedded(element: Element) -> bool:
    tag = element.tag or ""
    if tag == "blockquote":
        return _POST.search(attribute(element, "class")) is not None
    return tag not in _NEEDED or _NEEDED[tag] in element.attributes


def _address(element: Element) -> str:
    if element.tag == "blockquote":
        links = [attribute(link, "href") for link in select("a[href]", element)]
        return attribute(element, "cite") or (links[-1] if links else "")
    for holder in (element, *select("source", element)):
        found = next((value for name in _ADDRESSES if (value := attribute(holder, name).strip())), "")
        if found:
            return found
    return attribute(element, "poster").strip()


def _kind(element: Element, url: str) -> str:
    if element.tag == "blockquote":
        return "post"
    if element.tag in ("video", "audio"):
        return str(element.tag)
    return "video" if _PLAYER.search(url) else "frame"
