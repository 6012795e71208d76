"""One pass over the tags and texts of a page: what its layout's selectors match, and the text of its body.

No tree is built. A page is split at its tags; each distinct tag is taken apart once and remembered with the selectors
that may match it; what stands around an element is on the stack of open ones.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from newsarchive.extract.html import image_url
from newsarchive.extract.paragraphs import BREAK, ParagraphBuilder
from newsarchive.extract.scanner import tags
from newsarchive.extract.scanner.matching import Around, give_roles, roles_here
from newsarchive.extract.scanner.plan import (
    BODY,
    DROP,
    Body,
    Node,
    Plan,
    Role,
    Value,
)
from newsarchive.extract.scanner.tags import Tag, UntidyError, read_tag
from newsarchive.extract.securities import Mentions
from newsarchive.sites.selectors import simple_selector
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.extract.scanner.matching import Before

_LINK = re.compile(r'<a href="([^"<>]*)">')
_SPLIT = re.compile(r"(<[^<>]*>)")
#: What may stand between the links of a line that holds nothing but links.
SEPARATORS = " \t\r\n\xa0\u3000|｜丨·-" + BREAK
_NO_TITLE = 1_000_000
# How far up the open elements are looked at: hostile pages nest without end.
_NEAR = 8
_PLAIN_LINK = Node(Tag(tags.OPEN, "a", {}, watched=True, inline=True, end="</a>"))


class Scan:
    """The pass over one page. `values` (by field) and `bodies` hold what was found, in document order."""

    def __init__(self, plan: Plan, base_url: str, site_title: str) -> None:
        plan.forget()
        self.plan = plan
        self.base_url = base_url
        self.site_title = site_title
        self.values: dict[str, list[Value]] = {}
        self.bodies: list[Body] = []
        self.collector = ParagraphBuilder()
        self.mentions = Mentions()
        #: Paragraphs that hold nothing but links: their number -> (address, text) of each.
        self.link_lines: dict[int, list[tuple[str, str]]] = {}
        self.title_rank = _NO_TITLE
        self.title_seen = False
        self._stack: list[Node] = [plan.top]
        self._last: list[Before] = [None, None]  # what is closed already, at the level of each open element
        self._around = Around(self._stack, self._last)
        self._closers: list[tuple[int, Callable[..., None], tuple[Any, ...]]] = []  # what to do at whose end
        self._sink: list[str] | None = None  # where text goes: the collector's parts, a capture, or nowhere
        self._anchors: list[tuple[int, int, str]] = []
        self._href = ""
        self._counts = True  # are securities counted here?
        self._tidy = False

    def all_of_it(self) -> Scan:
        """Take everything for the body: for a piece of HTML that is an article's text and nothing else."""
        self.bodies.append(Body(Role(BODY, 0, simple_selector("*")), 0, slice(0, None), slice(0, None)))
        self._sink = self.collector.parts
        return self

    def run(self, text: str, *, tidy: bool) -> Scan:
        """Scan the page. UntidyError is raised for markup that must be rewritten first (then it is `tidy`)."""
        self._tidy = tidy
        pieces = _SPLIT.split(text)
        if not tidy and text.count("<") != len(pieces) // 2:
            raise UntidyError
        pieces += ("", "")
        stack, last, parts, line = self._stack, self._last, self.collector.parts, self.collector.line
        end = len(pieces) - 2
        self._text(pieces[0])
        number = 1
        while number < end:
            node = stack[-1].inside.get(pieces[number]) or self._meet(pieces[number], pieces[number + 2])
            piece = pieces[number + 1]
            number += 2
            act = node.tag.act
            if act == tags.OPEN:
                # An element with nothing but text in it is by far the most frequent: no need to open it.
                if pieces[number] == node.tag.end and (
                    (node.plain and self._sink is parts and not parts and line(piece)) or self._leaf(node, piece)
                ):
                    last[-1] = (node, last[-1])
                    piece = pieces[number + 1]
                    number += 2
                else:
                    self._open(node)
            elif act == tags.CLOSE:
                self._close(node.tag)
            elif self._sink is not None or node.roles:
                self._single(node)
            if self._sink is not None and (self._sink or not piece.isspace()):
                self._text(piece)
        while len(stack) > 1:
            self._pop()
        self._flush()
        return self

    def _meet(self, text: str, following: str) -> Node:
        """Parse a tag that was not met at this place before."""
        if following == "</a>" and self._sink is self.collector.parts and not self.plan.has_link_roles:
            match = _LINK.fullmatch(text)
            if match is not None and "quote." not in text:
                # A plain link is hardly met again: all that is needed of it is its address.
                self._href = unescape(match[1]).strip()
                return _PLAIN_LINK
        node = Node(read_tag(text, tidy=self._tidy))
        if node.tag.block and self._stack[-1].tag.name == "p" and not self._tidy:
            raise UntidyError  # a browser ends the open paragraph here
        if node.tag.act != tags.CLOSE and node.tag.name:
            give_roles(self.plan, node, self._around)
        node.plain = node.tag.ordinary and node.tag.block and not (node.roles or node.body or node.doubtful)
        if not self._tidy:
            self.plan.remember(self._stack[-1], text, node)
        return node

    def _leaf(self, node: Node, text: str) -> bool:
        """Read an element that holds only text, at once; False for those that must be opened all the same."""
        if node.roles or node.body or node.doubtful:
            return self._leaf_value(node, text)
        collector, sink, tag = self.collector, self._sink, node.tag
        if sink is not collector.parts or not (tag.ordinary or tag.inline):
            return sink is None and not tag.security
        if tag.block:
            self._flush()
        if "&" in text:
            text = unescape(text)
        if text and tag.name == "a":
            href = self._href if node is _PLAIN_LINK else tag.attributes.get("href", "").strip()
            self._anchors.append((len(sink), len(sink) + 1, href))
        if tag.bold:
            sink.append(text)
        elif text:
            collector.add(text)
        if tag.block:
            collector.flush()
        return True

    def _leaf_value(self, node: Node, text: str) -> bool:
        """Take the value of a field, if that is all that the element asks for."""
        tag = node.tag
        roles = (
            node.roles if not node.doubtful else roles_here(node, len(self._stack) - 1, self._last[-1], self._around)
        )
        if not roles or node.body or tag.silent or tag.security or (node.titled and not self._wants(roles)):
            return False
        if tag.block and self._sink is not None:
            self._end_line()
        self._take_all(roles, clean(unescape(text) if "&" in text else text), tag, len(self._stack) + 1, [text])
        return True

    # Text

    def _text(self, piece: str) -> None:
        if not piece:
            return
        if "&" in piece:
            piece = unescape(piece)
        if self._sink is self.collector.parts:
            self.collector.add(piece)
        elif self._sink is not None:
            self._sink.append(piece)

    def _single(self, node: Node) -> None:
        """Read an element that cannot hold others."""
        tag = node.tag
        if node.roles:
            self._open(node)
        elif tag.block:
            self._end_line()
        elif tag.act == tags.BREAK:
            if self._sink is self.collector.parts:
                self.collector.add(BREAK)
            elif self._sink is not None:
                self._sink.append(" ")
        elif tag.act == tags.IMAGE:
            url = image_url(tag.attributes, self.base_url)
            if url and self._sink is self.collector.parts:
                self.collector.image(url, tag.attributes.get("alt"))
            if tag.security and self._counts and not self._is_named(tag.security, self._stack[-_NEAR:]):
                self.mentions.add(tag.security)

    def _flush(self) -> None:
        if not self._anchors:
            self.collector.flush()
            return
        links, loose = self._links()
        number = len(self.collector.paragraphs)
        self.collector.flush()
        if not loose.strip(SEPARATORS) and len(self.collector.paragraphs) == number + 1:
            self.link_lines[number] = links

    def _links(self) -> tuple[list[tuple[str, str]], str]:
        """Return address and text of the links in the paragraph that is being collected, and the text around them."""
        parts = self.collector.parts
        if len(parts) == 1:
            _, _, href = self._anchors.pop()
            self._anchors.clear()
            return [(href, clean(parts[0]))], ""
        links: list[tuple[str, str]] = []
        loose: list[str] = []
        done = 0
        for start, end, href in self._anchors:
            loose += parts[done:start]
            links.append((href, clean("".join(parts[start:end]))))
            done = end
        loose += parts[done:]
        self._anchors.clear()
        return links, "".join(loose)

    # Elements

    def _open(self, node: Node) -> None:
        tag = node.tag
        if tag.block and self._sink is not None:
            self._end_line()
        self._stack.append(node)
        self._last.append(None)
        if node.body is not None:
            self._open_body(node.body)
        if node.roles or node.doubtful:
            self._capture(node)
        if tag.watched:
            self._watch(tag)
        if tag.empty:
            self._pop()

    def _close(self, tag: Tag) -> None:
        if self._stack[-1].tag.name == tag.name:
            self._pop()
        elif len(self._stack) > 1 and not self._tidy:
            raise UntidyError
        # Else it ends an element that began before the cut.

    def _end_line(self) -> None:
        if self._sink is not self.collector.parts:
            assert self._sink is not None
            self._sink.append(" ")
        elif self._sink:
            self._flush()

    def _pop(self) -> None:
        stack, last, closers = self._stack, self._last, self._closers
        node = stack[-1]
        if node.tag.block and self._sink is not None:
            self._end_line()
        if closers:
            depth = len(stack)
            while closers and closers[-1][0] == depth:
                _, action, arguments = closers.pop()
                action(*arguments)
        stack.pop()
        last.pop()
        last[-1] = (node, last[-1])

    def _on_close(self, action: Callable[..., None], *arguments: object) -> None:
        self._closers.append((len(self._stack), action, arguments))

    def _watch(self, tag: Tag) -> None:
        """Open an element that is more than a new line."""
        if tag.silent:
            self._on_close(setattr, self, "_sink", self._sink)
            self._sink = None
            return
        if tag.security and self._sink is not None and self._counts:
            self._name_security(tag)
        collector = self.collector
        if self._sink is not collector.parts:
            return
        if tag.bold:
            self._on_close(setattr, collector, "bold", collector.bold)
            collector.bold += 1
        if tag.kind:
            self._on_close(setattr, collector, "kind", collector.kind)
            collector.kind = tag.kind
        if tag.row:
            collector.open_row()
            self._on_close(collector.close_row)
        elif tag.cell:
            self._on_close(collector.close_cell)
        elif tag.name == "a":
            self._on_close(self._end_anchor, len(collector.parts), tag.attributes.get("href", "").strip())

    def _end_anchor(self, start: int, href: str) -> None:
        if start < len(self.collector.parts):
            self._anchors.append((start, len(self.collector.parts), href))

    def _name_security(self, tag: Tag) -> None:
        assert tag.security is not None
        assert self._sink is not None
        if not self._is_named(tag.security, self._stack[-_NEAR:-1]):
            self.mentions.add(tag.security)
        self._on_close(self._end_name, tag.security, self._sink, len(self._sink))

    def _is_named(self, security: tuple[str, str], around: list[Node]) -> bool:
        """Return whether one of the elements around names the security already (a link around a chart)."""
        return any(node.tag.security == security for node in around)

    def _end_name(self, security: tuple[str, str], sink: list[str], start: int) -> None:
        self.mentions.name(security, clean("".join(sink[start:])))

    # Selectors

    def _capture(self, node: Node) -> None:
        """Begin to collect the text of an element that fills fields."""
        roles = roles_here(node, len(self._stack) - 2, self._last[-2], self._around) if node.doubtful else node.roles
        if not roles or (node.titled and not self._wants(roles)):
            return
        if all(role.field == DROP for role in roles):
            self._on_close(setattr, self, "_sink", self._sink)
            self._sink = None
        else:
            self._on_close(self._end_capture, roles, self._sink, node.tag)
            self._sink = []
            # Of what stands beside the text only the credit line counts for securities.
            self._on_close(setattr, self, "_counts", self._counts)
            self._counts = any(role.field == "attribution" for role in roles)

    def _wants(self, roles: tuple[Role, ...]) -> bool:
        """Return whether a matching element is of use: a title only as long as no better one was found."""
        return any(role.field != "title" or role.rank < self.title_rank for role in roles)

    def _end_capture(self, roles: tuple[Role, ...], outer: list[str] | None, tag: Tag) -> None:
        assert self._sink is not None
        inner, self._sink = self._sink, outer
        self._take_all(roles, clean("".join(inner)), tag, len(self._stack), inner)

    def _take_all(self, roles: tuple[Role, ...], line: str, tag: Tag, depth: int, pieces: list[str]) -> None:
        """Record a value for each role; return the text on to what is around the element, if it belongs there too."""
        kept = False
        for role in roles:
            kept = self._take(role, line, tag, depth) or kept
        sink = self._sink
        if sink is None or (kept and sink is self.collector.parts):
            return
        for piece in pieces:
            self._text(piece)
        if tag.block:
            self._end_line()

    def _take(self, role: Role, text: str, tag: Tag, depth: int) -> bool:
        """Record the value of a field; False when the element's text remains text of the body.

        `depth` is the element's own place on the stack.
        """
        if role.field == DROP:
            return True
        if role.selector.attribute:
            text = clean(tag.attributes.get(role.selector.attribute, ""))
        if role.field == "title":
            if text == self.site_title or role.rank >= self.title_rank:
                return False
            self._leave_head(depth - 1)
            self.title_rank = role.rank if text else self.title_rank
        self.values.setdefault(role.field, []).append(Value(role, text, not self.title_seen))
        self.title_seen = self.title_seen or role.field == "title"
        return True

    def _leave_head(self, depth: int) -> None:
        """Leave out what the body element holds before the title: time, crumbs, the site's name."""
        collector = self.collector
        for body in self.bodies:
            if body.depth == depth and body.paragraphs.stop is None and (collector.parts or collector.paragraphs):
                start = body.paragraphs.start
                body.head = " ".join(
                    [*(paragraph.text for paragraph in collector.paragraphs[start:]), *collector.parts]
                )
                del collector.paragraphs[start:], collector.images[body.images.start :]
                collector.parts.clear()

    def _open_body(self, role: Role) -> None:
        if self._sink is not None and self._sink is not self.collector.parts:
            return
        self._flush()
        collector = self.collector
        body = Body(role, len(self._stack), slice(len(collector.paragraphs), None), slice(len(collector.images), None))
        self.bodies.append(body)
        self._on_close(self._end_body, body, self._sink)
        self._sink = collector.parts

    def _end_body(self, body: Body, outer: list[str] | None) -> None:
        self._flush()
        body.paragraphs = slice(body.paragraphs.start, len(self.collector.paragraphs))
        body.images = slice(body.images.start, len(self.collector.images))
        self._sink = outer
