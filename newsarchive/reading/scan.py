"""One pass over the tags and texts of a page: what its layout's selectors match, and the text of its body.

No tree is built. A page is split at its tags; each distinct tag is taken apart once and remembered with the selectors
that may match it; what stands around an element is on the stack of open ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

from newsarchive.reading import tags
from newsarchive.reading.blocks import image_url
from newsarchive.reading.collector import BREAK, Collector
from newsarchive.reading.mentions import Mentions
from newsarchive.reading.tags import Tag, UntidyError, read_tag
from newsarchive.sites.selectors import simple_selector
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.sites import Layout
    from newsarchive.sites.selectors import Selector, Step

#: The fields that selectors fill, and the two roles that an element can have besides.
FIELDS = ("title", "published", "digest", "category", "attribution", "editor")
DROP, BODY = "drop", "body"

_SPLIT = re.compile(r"(<[^<>]*>)")
# Tags longer than this or beyond this number are hardly met again.
_LONGEST_KNOWN, _MOST_KNOWN = 160, 4096
#: What may stand between the links of a line that holds nothing but links.
SEPARATORS = " \t\r\n\xa0\u3000|｜丨·-" + BREAK


# The elements before one, from the last to the first.
_Before = tuple[Tag, Any] | None


@dataclass(slots=True)
class Role:
    """A selector of a layout: the field that it fills, and its place in the order of preference."""

    field: str
    rank: int
    selector: Selector


@dataclass(slots=True)
class Plan:
    """A layout made ready for scanning: its selectors as roles, and the tags met so far with the roles they may have."""

    layout: Layout
    roles: list[Role]
    known: dict[str, tuple[Tag, tuple[Role, ...]]] = field(default_factory=dict)


@dataclass(slots=True)
class Value:
    """The text of an element that a selector matched; `before_title` tells where it stands."""

    role: Role
    text: str
    before_title: bool


@dataclass(slots=True)
class Body:
    """An element that holds the text: what of the page's paragraphs and pictures is in it, what stood before the title."""

    role: Role
    depth: int
    paragraphs: slice
    images: slice
    head: str = ""


def plan_of(layout: Layout) -> Plan:
    """Make a layout ready for scanning."""
    roles = [
        Role(name, rank, simple_selector(text))
        for name in (*FIELDS, DROP, BODY)
        for rank, text in enumerate(_texts(layout, name))
    ]
    return Plan(layout, roles)


def _texts(layout: Layout, name: str) -> tuple[str, ...]:
    texts: tuple[str, ...] = getattr(layout, name)
    if layout.format == "html":
        return texts
    # In JSON only the credits inside the text can be selectors; all else are names of keys.
    return tuple(text for text in texts if "." in text) if name == "attribution" else texts if name == DROP else ()


class Scan:
    """The pass over one page. `values` and `bodies` hold what was found, in document order."""

    def __init__(self, plan: Plan, base_url: str, site_title: str) -> None:
        self.plan = plan
        self.base_url = base_url
        self.site_title = site_title
        self.values: list[Value] = []
        self.bodies: list[Body] = []
        self.collector = Collector()
        self.mentions = Mentions()
        #: Paragraphs that hold nothing but links: their number -> (address, text) of each.
        self.link_lines: dict[int, list[tuple[str, str]]] = {}
        self.title_rank = 1_000_000
        self.title_seen = False
        self._stack: list[Tag] = []
        self._last: list[_Before] = [None]  # for each open element, the elements inside it that are closed
        self._closers: list[tuple[int, Callable[[Any], None], Any]] = []
        self._sink: list[str] | None = None  # where text goes: the collector's parts, a capture, or nowhere
        self._anchors: list[tuple[int, int, str]] = []
        self._tidy = False

    def all_of_it(self) -> Scan:
        """Take everything for the body: for a piece of HTML that is an article's text and nothing else."""
        self.bodies.append(Body(Role(BODY, 0, simple_selector("*")), 0, slice(0, None), slice(0, None)))
        self._sink = self.collector.parts
        return self

    def run(self, text: str, *, tidy: bool) -> Scan:
        """Go over the page. UntidyError is raised for markup that must be written anew first (then it is `tidy`)."""
        self._tidy = tidy
        pieces = _SPLIT.split(text)
        if not tidy and text.count("<") != len(pieces) // 2:
            raise UntidyError
        known, collector, stack, closers = self.plan.known, self.collector, self._stack, self._closers
        parts = collector.parts
        self._text(pieces[0])
        number, end = 1, len(pieces)
        while number < end:
            tag, roles = known.get(pieces[number]) or self._learn(pieces[number])
            piece = pieces[number + 1]
            number += 2
            if tag.ordinary and not roles:
                if self._sink is parts and tag.block:
                    if parts:
                        self._flush()
                    # An element with nothing but text in it, by far the most frequent: no need to open it.
                    if number < end and pieces[number] == tag.end and "&" not in piece:
                        if piece:
                            collector.line(piece)
                        self._last[-1] = (tag, self._last[-1])
                        piece = pieces[number + 1]
                        number += 2
                    else:
                        stack.append(tag)
                        self._last.append(None)
                else:
                    self._open(tag, roles)
            elif tag.act == tags.CLOSE:
                if not stack:
                    pass  # the end of an element that began before the cut
                elif stack[-1].name == tag.name:
                    if closers and closers[-1][0] == len(stack):
                        self._pop()
                    else:
                        if self._sink is not None and stack[-1].block:
                            self._end_line()
                        self._last.pop()
                        self._last[-1] = (stack.pop(), self._last[-1])
                elif not tidy:
                    raise UntidyError
            elif tag.act == tags.OPEN or roles:
                self._open(tag, roles)
            elif self._sink is not None:
                self._single(tag)
            if piece and self._sink is not None and (self._sink or not piece.isspace()):
                self._text(piece)
        while stack:
            self._pop()
        self._flush()
        return self

    def _learn(self, text: str) -> tuple[Tag, tuple[Role, ...]]:
        tag = read_tag(text, tidy=self._tidy)
        roles = tuple(
            role
            for role in self.plan.roles
            if tag.name
            and tag.act != tags.CLOSE
            and any(chain[-1].fits(tag.name, tag.attributes) for chain in role.selector.alternatives)
        )
        if len(text) <= _LONGEST_KNOWN and len(self.plan.known) < _MOST_KNOWN and not self._tidy:
            self.plan.known[text] = (tag, roles)
        return tag, roles

    # Text

    def _text(self, piece: str) -> None:
        if "&" in piece:
            piece = unescape(piece)
        if self._sink is self.collector.parts:
            self.collector.add(piece)
        elif self._sink is not None:
            self._sink.append(piece)

    def _single(self, tag: Tag) -> None:
        """Read an element that cannot hold others."""
        if tag.block:
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
            if tag.security and not any(one.security == tag.security for one in self._stack):
                self.mentions.add(tag.security)

    def _flush(self) -> None:
        if not self._anchors:
            self.collector.flush()
            return
        parts, anchors = self.collector.parts, self._anchors
        links = [(href, clean("".join(parts[start:end]))) for start, end, href in anchors]
        inside = {n for start, end, _ in anchors for n in range(start, end)}
        loose = "".join(part for n, part in enumerate(parts) if n not in inside)
        number = len(self.collector.paragraphs)
        anchors.clear()
        self.collector.flush()
        if not loose.strip(SEPARATORS) and len(self.collector.paragraphs) == number + 1:
            self.link_lines[number] = links

    # Elements

    def _open(self, tag: Tag, roles: tuple[Role, ...]) -> None:
        if tag.block and self._sink is not None:
            self._end_line()
        self._stack.append(tag)
        self._last.append(None)
        if roles:
            self._match(roles)
        if tag.watched:
            self._watch(tag)
        if tag.empty:
            self._pop()

    def _end_line(self) -> None:
        if self._sink is not self.collector.parts:
            assert self._sink is not None
            self._sink.append(" ")
        elif self._sink:
            self._flush()

    def _pop(self) -> None:
        tag = self._stack[-1]
        if tag.block and self._sink is not None:
            self._end_line()
        closers, depth = self._closers, len(self._stack)
        while closers and closers[-1][0] == depth:
            _, action, argument = closers.pop()
            action(argument)
        self._last.pop()
        self._last[-1] = (self._stack.pop(), self._last[-1])

    def _on_close(self, action: Callable[[Any], None], argument: Any) -> None:
        self._closers.append((len(self._stack), action, argument))

    def _watch(self, tag: Tag) -> None:
        """Open an element that is more than a new line."""
        if tag.silent:
            self._on_close(self._set_sink, self._sink)
            self._sink = None
            return
        if tag.security and self._sink is not None:
            self._name_security(tag)
        if self._sink is not self.collector.parts:
            return
        if tag.bold:
            self.collector.bold += 1
            self._on_close(self._end_bold, None)
        if tag.kind:
            self._on_close(self._set_kind, self.collector.kind)
            self.collector.kind = tag.kind
        if tag.row:
            self.collector.open_row()
            self._on_close(self._end_row, None)
        elif tag.cell:
            self._on_close(self._end_cell, None)
        elif tag.name == "a":
            self._on_close(self._end_anchor, (len(self.collector.parts), tag.attributes.get("href", "").strip()))

    def _set_sink(self, sink: list[str] | None) -> None:
        self._sink = sink

    def _set_kind(self, kind: Any) -> None:
        self.collector.kind = kind

    def _end_bold(self, _: object) -> None:
        self.collector.bold -= 1

    def _end_row(self, _: object) -> None:
        self.collector.close_row()

    def _end_cell(self, _: object) -> None:
        self.collector.close_cell()

    def _end_anchor(self, anchor: tuple[int, str]) -> None:
        start, href = anchor
        if start < len(self.collector.parts):
            self._anchors.append((start, len(self.collector.parts), href))

    def _name_security(self, tag: Tag) -> None:
        assert tag.security is not None
        assert self._sink is not None
        if not any(one.security == tag.security for one in self._stack[:-1]):
            self.mentions.add(tag.security)
        self._on_close(self._end_name, (tag.security, self._sink, len(self._sink)))

    def _end_name(self, mark: tuple[tuple[str, str], list[str], int]) -> None:
        security, sink, start = mark
        self.mentions.name(security, clean("".join(sink[start:])))

    # Selectors

    def _match(self, roles: tuple[Role, ...]) -> None:
        """Begin what the selectors that match the element just opened ask for."""
        taken: list[Role] = []
        only_dropped = True
        for role in roles:
            if not self._is_matched(role):
                continue
            if role.field == BODY:
                self._open_body(role)
            elif role.field != "title" or role.rank < self.title_rank:
                taken.append(role)
                only_dropped = only_dropped and role.field == DROP
        if not taken:
            return
        if only_dropped:
            self._on_close(self._set_sink, self._sink)
            self._sink = None
        else:
            self._on_close(self._end_capture, (taken, self._sink, self._stack[-1]))
            self._sink = []

    def _is_matched(self, role: Role) -> bool:
        top = len(self._stack) - 1
        for chain in role.selector.alternatives:
            # The last step is known to fit only where it is the only alternative.
            if self._fits(top, chain):
                return True
        return False

    def _fits(self, place: int, chain: tuple[Step, ...]) -> bool:
        """Tell whether the element at a place of the stack fits a chain of steps with what stands around it."""
        return self._hangs(self._stack[place], place - 1, self._last[place], chain)

    def _hangs(self, tag: Tag, above: int, before: _Before, chain: tuple[Step, ...]) -> bool:
        """Do so for any element: `above` is its parent's place, `before` are the elements before it, from the last."""
        step = chain[-1]
        if not step.fits(tag.name, tag.attributes):
            return False
        rest = chain[:-1]
        if not rest:
            return True
        if step.joint == "+":
            return before is not None and self._hangs(before[0], above, before[1], rest)
        if step.joint == ">":
            return above >= 0 and self._fits(above, rest)
        return any(self._fits(place, rest) for place in range(above, -1, -1))

    def _end_capture(self, capture: tuple[list[Role], list[str] | None, Tag]) -> None:
        roles, outer, tag = capture
        assert self._sink is not None
        inner, self._sink = self._sink, outer
        text = clean("".join(inner))
        kept = [self._take(role, text, tag) for role in roles]
        if outer is not None and outer is not self.collector.parts:
            outer.extend(inner)
        elif outer is not None and not any(kept):
            self.collector.add(" ".join(inner) if tag.block else "".join(inner))
            if tag.block:
                self._flush()

    def _take(self, role: Role, text: str, tag: Tag) -> bool:
        """Note the value of a field; False when the element's text remains text of the body."""
        if role.selector.attribute:
            text = clean(tag.attributes.get(role.selector.attribute, ""))
        if role.field == DROP:
            return True
        self.values.append(Value(role, text, before_title=not self.title_seen))
        if role.field == "title":
            if text == self.site_title:
                self.values.pop()
                return False
            self._leave_head()
            self.title_seen = True
            self.title_rank = role.rank if text else self.title_rank
        return True

    def _leave_head(self) -> None:
        """Leave out what the body element holds before the title: time, crumbs, the site's name."""
        for body in self.bodies:
            if body.depth == len(self._stack) - 1 and body.paragraphs.stop is None:
                collector = self.collector
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
        self._on_close(self._end_body, (body, self._sink))
        self._sink = collector.parts

    def _end_body(self, ended: tuple[Body, list[str] | None]) -> None:
        body, outer = ended
        self._flush()
        body.paragraphs = slice(body.paragraphs.start, len(self.collector.paragraphs))
        body.images = slice(body.images.start, len(self.collector.images))
        self._sink = outer
