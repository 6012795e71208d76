"""The share service: a page filled by a script, and the JSON that the script asks for."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Literal

from newsarchive.demo.markup import broken_lines, credit, elements

if TYPE_CHECKING:
    from newsarchive.demo.stories import Item

Form = Literal["elements", "breaks", "spaces"]

NO_TEXT = b'{"text":null}'

_SHELL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>资讯详情</title>
<script src="/js/jquery.min.js"></script></head><body><div id="title"></div><div id="info"></div>
<div id="content"></div>
<script>$.getJSON("{path}?id={code}&cid=share",function(d){{$("#content").html(d.text||d.content)}})</script>
</body></html>"""


def shell(code: str, path: str = "/NewsData/GetNewsText.do") -> bytes:
    """Write the share page for any code, known or not: it never holds a text."""
    return _SHELL.format(path=path, code=escape(code)).encode()


def form(item: Item) -> Form:
    """Return how the JSON of an article marks its paragraphs."""
    if item.plan.number % 3 == 1:
        return "breaks"
    only_text = all(block.kind in ("text", "heading", "subheading") for block in item.blocks)
    return "spaces" if item.plan.number % 3 == 2 and only_text else "elements"


def data(item: Item, base: str) -> bytes:
    """Write the JSON of an article; some carry further keys, in changing spelling. Without a text there are none."""
    if not item.blocks:
        return NO_TEXT
    key = "text" if item.plan.media else "content"
    answer: dict[str, object] = {key: body(item, base)}
    if item.plan.number % 3 == 0:
        answer |= {"Title": item.title, "showTime": f"{item.plan.published:%Y-%m-%d %H:%M:%S}"}
    elif item.plan.number % 6 == 1 and item.plan.media:  # a flash item has no code of its own
        answer |= {"INFOCODE": item.plan.info_code, "medianame": item.plan.medium.name}
    return json.dumps(answer, ensure_ascii=False).encode()


def body(item: Item, base: str) -> str:
    """Write the text as the JSON holds it."""
    kind = form(item)
    if kind == "elements":
        text = "".join(elements(item.blocks, base))
    else:
        text = broken_lines(item.blocks, base, pairs=kind == "breaks")
    return text + credit(item.plan.medium)
