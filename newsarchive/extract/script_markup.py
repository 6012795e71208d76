"""Texts as they stand in the data of scripts, made HTML: plain, escaped, lists of paragraphs, trees of nodes.

Editors of sites keep texts as trees of their own (Contentful, Draft.js, Editor.js, ProseMirror, Slate); what they have
in common is enough: nodes with a kind, a text or other nodes.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from newsarchive.text import clean, valid_unicode

_LETTERS = re.compile(r"[\W_]+")
_MOST_LEVELS = 24
_MARKUP = re.compile(
    r"<(?:p|br|div|span|section|article|figure|img|h[1-6]|ul|ol|li|table|blockquote|strong|em|b|i|a|font)\b[^<>]*>",
    re.IGNORECASE,
)
_BLOCK_MARKUP = re.compile(r"<(?:p|br|div|section|h[1-6]|ul|ol|li|table|blockquote)\b", re.IGNORECASE)
_ESCAPED_MARKUP = re.compile(r"&lt;(?:p|br|div|span|section|figure|img|h[1-6]|ul|ol|table|blockquote)\b", re.IGNORECASE)
TAGS = re.compile(r"<[^<>]{0,2000}>")
#: What kinds of nodes in a text are, by words in their names, as the tag that they become; "" for what is no text.
_NODES = (
    ("", ("related", "recommend", "advert", "promo", "newsletter", "teaser", "readmore", "interstitial", "video",
          "gallerylink", "oembed", "embed", "iframe", "script", "divider", "correction")),
    ("li", ("listitem",)),
    ("h2", ("heading", "header", "subtitle", "subhead", "crosshead")),
    ("blockquote", ("quote",)),
    ("img", ("image", "picture", "photo", "figure")),
    ("", ("adslot", "adunit")),
)  # fmt: skip
_INLINE_NODES = frozenset(
    ("text", "link", "hyperlink", "a", "b", "strong", "em", "i", "u", "span", "bold", "italic", "mark", "br",
     "hardbreak", "emphasis", "entityhyperlink", "underline")
)  # fmt: skip
_NODE_TEXTS = ("text", "value", "html", "content", "contentHtml", "data", "body", "rendered", "paragraph", "markup")
_NODE_CHILDREN = (
    "content", "children", "nodes", "items", "blocks", "paragraphs", "components", "elements", "sections",
    "content_elements", "contentBlocks", "modules", "parts",
    "body", "data", "ops", "insert", "value", "model", "document", "json", "root",
)  # fmt: skip
_NODE_KINDS = ("type", "nodeType", "_type", "kind", "component", "blockType", "tagName", "tag", "__typename", "style")


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, in one case."""
    return _LETTERS.sub("", text).casefold()


def markup_of(value: Any, depth: int = 0) -> str:
    """Return a text in whatever form (plain, HTML, a list of paragraphs, a tree of nodes) as HTML."""
    if isinstance(value, str):
        return _of_text(value)
    if depth > _MOST_LEVELS:
        return ""
    if isinstance(value, list):
        return "".join(_of_node(one, depth + 1) for one in value)
    return _of_node(value, depth + 1) if isinstance(value, dict) else ""


def _of_text(text: str) -> str:
    """Return a text that may be plain, HTML, or HTML with its signs escaped once more, as HTML."""
    text = valid_unicode(text)
    if _MARKUP.search(text) is None:
        if _ESCAPED_MARKUP.search(text) is None:
            lines = (line.strip() for line in unescape(text).splitlines())
            return "".join(f"<p>{escape(line, quote=False)}</p>" for line in lines if line)
        text = unescape(text)
    # Lines of a text without blocks are paragraphs.
    return text if _BLOCK_MARKUP.search(text) else text.replace("\n", "<br>")


def _of_node(node: Any, depth: int) -> str:
    """Return a piece of a text as HTML: a text by itself, or a node with its kind."""
    if isinstance(node, str):
        return _of_text(node)
    if isinstance(node, list):
        return markup_of(node, depth)
    if not isinstance(node, dict) or depth > _MOST_LEVELS:
        return ""
    kind = _kind_of(node)
    tag = _tag_of(kind)
    if tag == "img":
        return _of_image(node)
    inner = "" if tag == "" else _inside(node, kind, depth)
    if not inner or (tag is None and (kind in _INLINE_NODES or _BLOCK_MARKUP.match(inner))):
        return inner
    return f"<{tag or 'p'}>{inner}</{tag or 'p'}>"


def _inside(node: dict[str, Any], kind: str, depth: int) -> str:
    """Return the first text or list of nodes in a node as HTML."""
    for key in (*_NODE_CHILDREN, *_NODE_TEXTS):
        one = node.get(key)
        inner = ""
        if isinstance(one, (list, dict)):
            inner = _of_line(one, depth + 1) if _is_line(one) else markup_of(one, depth + 1)
        elif isinstance(one, str) and key in _NODE_TEXTS and one.strip():
            inner = _of_piece(one) if kind else _of_text(one)
        if inner:
            return inner
    return ""


def _of_piece(text: str) -> str:
    text = valid_unicode(text)
    return text if _MARKUP.search(text) else escape(unescape(text), quote=False)


def _of_line(value: Any, depth: int) -> str:
    """Return the pieces of one line."""
    pieces = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            pieces.append(_of_piece(one))
        elif isinstance(one, dict) and depth <= _MOST_LEVELS:
            text = next((one[key] for key in ("text", "value", "content") if isinstance(one.get(key), str)), None)
            inner = next((one[key] for key in _NODE_CHILDREN if isinstance(one.get(key), list)), None)
            pieces.append(_of_piece(text) if text is not None else "" if inner is None else _of_line(inner, depth + 1))
    return "".join(pieces)


def _is_line(value: Any) -> bool:
    """Return whether a list holds pieces of one line: texts with their marks, links."""
    if not isinstance(value, list) or not value:
        return False
    first = next((one for one in value if isinstance(one, dict)), None)
    if first is None:
        return False
    kind = _kind_of(first)
    return kind in _INLINE_NODES or (not kind and isinstance(first.get("text"), str))


def _kind_of(node: dict[str, Any]) -> str:
    for key in _NODE_KINDS:
        kind = node.get(key)
        if isinstance(kind, str):
            return letters_of(kind)
    return ""


def _tag_of(kind: str) -> str | None:
    """Return the tag that a kind of node becomes, "" for what is no text, None for a paragraph or whatever is in it."""
    if not kind:
        return None
    return next((tag for tag, words in _NODES if any(word in kind for word in words)), None)


def _of_image(node: dict[str, Any]) -> str:
    flat = {**node, **{key: one for inner in node.values() if isinstance(inner, dict) for key, one in inner.items()}}
    url = next((flat[key] for key in ("url", "src", "href") if isinstance(flat.get(key), str)), "")
    caption = next((flat[key] for key in ("caption", "legend", "alt") if isinstance(flat.get(key), str)), "")
    line = clean(unescape(TAGS.sub("", caption)))
    picture = f'<img src="{escape(url)}">' if url else ""
    return f"<figure>{picture}<figcaption>{escape(line, quote=False)}</figcaption></figure>" if line else picture
