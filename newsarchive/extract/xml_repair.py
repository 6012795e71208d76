"""XML that is not well-formed made so, with nothing lost that can be told apart; one pass, in linear time."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape, unescape
from html.entities import html5

from newsarchive.text import valid_unicode

#: Elements that do not stand inside one of their own name: a second one tells that the first was not closed.
_ENTRIES = frozenset(("item", "entry", "url", "sitemap"))
#: Elements of HTML that have no end, where HTML stands in a text without being escaped.
_VOID = frozenset(("br", "hr", "img", "input", "meta", "wbr", "area", "col", "embed"))
#: Elements of entries that hold text alone: where another of them begins inside, the first was not closed.
_LINES = frozenset(("title", "link", "guid", "pubdate", "loc", "lastmod", "changefreq", "id", "updated", "published"))
_FIELDS = _LINES | _ENTRIES | {"description", "category", "author", "content", "encoded", "summary"}
#: libxml2 ends at 256.
_DEEPEST = 200

_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]*>", re.IGNORECASE)
#: What XML cannot hold.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ROOT = re.compile(
    r"<(?:[\w.-]+:)?(?:rss|rdf|feed|urlset|sitemapindex|channel|item|entry|sitemap)(?=[\s/>])", re.IGNORECASE
)
_MARKUP = re.compile(
    r"<(?:(?P<special>!--|!\[CDATA\[|\?|!)"
    r"|(?P<end>/)?(?P<name>[^\W\d][\w.-]*+(?::[^\W\d][\w.-]*+)?)"
    r"(?P<attributes>(?:[\s/](?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+'|(?!))*+)?)>)?"
)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]*+(?:\[[^\]]*+\]\s*+)?>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"(?<![\w.:-])([^\W\d][\w.-]*+(?::[^\W\d][\w.-]*+)?)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))"
)
_REFERENCE = re.compile(r"&(?:#(\d{1,8}|[xX][0-9a-fA-F]{1,7});|([A-Za-z][A-Za-z0-9]{1,31});)?")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A well-formed text, "" where there is no element in it; `damage` says what is lost, for people, or None."""

    text: str
    damage: str | None = None


def drop_declaration(text: str) -> str:
    """Return a document without its XML declaration, whose charset is that of bytes that are no more."""
    match = _DECLARATION.match(text)
    return text[match.end() :] if match else text.lstrip()


def repair_xml(text: str) -> Repaired:
    """Make a document well-formed.

    What stands before the root element is dropped, with the document type and processing instructions. Ampersands that
    begin no reference are escaped, entities of HTML are replaced by their characters, others stand for themselves.
    Elements are closed where an outer one ends, entries and their lines where the next begins, a CDATA section that
    has no end where its element ends.
    """
    text = CONTROL.sub("", text)
    return _Repair(text, _root_at(text)).run()


def _root_at(text: str) -> int:
    """Return where the document begins: at the first element that may be a root and does not stand in a comment."""
    at = 0
    # More comments than these before a root are no document's.
    for _ in range(20):
        match = _ROOT.search(text, at)
        if match is None:
            return 0
        opened = text.rfind("<!--", 0, match.start())
        if opened < 0 or text.find("-->", opened, match.start()) >= 0:
            return match.start()
        closed = text.find("-->", match.start())
        if closed < 0:
            return match.start()
        at = closed
    return 0


@dataclass(slots=True)
class _Repair:
    text: str
    at: int
    out: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    #: Where in `out` each element of the stack begins.
    begins: list[int] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    damage: str | None = None
    root_closed: bool = False
    _ends: dict[str, int] = field(default_factory=dict)
    _doctype_seen: bool = False

    def run(self) -> Repaired:
        while True:
            at = self.text.find("<", self.at)
            self._text(self.text[self.at : at if at >= 0 else len(self.text)])
            if at < 0:
                break
            self._markup(at)
        if not self.stack:
            return Repaired("")
        self._drop_half()
        while self.stack:
            self._close()
        return Repaired("".join(self.out), self.damage)

    def _drop_half(self) -> None:
        """Where the text ends within an entry, drop the field that is cut: half an address leads to another page."""
        if self.root_closed:
            return
        self._damaged("it ends in the middle")
        entries = [n for n, name in enumerate(self.stack) if _local(name) in _ENTRIES]
        if entries and entries[-1] + 1 < len(self.stack):
            cut = entries[-1] + 1
            del self.out[self.begins[cut] :], self.stack[cut:], self.begins[cut:]

    def _damaged(self, what: str) -> None:
        # What stands behind the root is none of the document.
        if not self.root_closed:
            self.damage = self.damage or what

    def _text(self, text: str) -> None:
        if self.stack and text:
            self.out.append(_escaped(text).replace("]]>", "]]&gt;"))

    def _markup(self, at: int) -> None:
        match = _MARKUP.match(self.text, at)
        assert match is not None
        self.at = match.end()
        if match["special"]:
            self._special(at, match["special"])
        elif match["name"] is None:
            self._text("<")
        elif match["end"]:
            self._end(match["name"])
        else:
            self._start(match["name"], match["attributes"])

    def _start(self, name: str, attributes: str) -> None:
        local = _local(name)
        if local in _FIELDS and len(self.stack) > 1 and _local(self.stack[-1]) in _LINES:
            self._close()
        if local in _ENTRIES and self.open[name] > (self.stack[:1] == [name]):
            while self._close() != name:
                pass
        is_empty = attributes.endswith("/") or local in _VOID
        if len(self.stack) >= _DEEPEST:
            self._damaged(f"elements are nested more than {_DEEPEST} deep")
            return
        self.out.append(f"<{name}{_attributes(attributes)}{'/' if is_empty and self.stack else ''}>")
        if not is_empty or not self.stack:
            self.stack.append(name)
            self.begins.append(len(self.out) - 1)
            self.open[name] += 1
            self.root_closed = self.root_closed or is_empty

    def _end(self, name: str) -> None:
        if not self.open[name]:
            return
        if name == self.stack[0] and self.open[name] == 1:
            # The root stays open to the end: some programs write on behind it.
            while len(self.stack) > 1:
                self._close()
            self.root_closed = True
            return
        while self._close() != name:
            pass

    def _close(self) -> str:
        name = self.stack.pop()
        self.begins.pop()
        self.open[name] -= 1
        self.out.append(f"</{name}>")
        return name

    def _special(self, at: int, kind: str) -> None:
        if kind == "!--":
            self._comment(at)
        elif kind == "![CDATA[":
            self._cdata(at)
        elif kind == "?":
            end = self._find("?>", self.at)
            if end >= 0 and self.text.find("<", self.at, end) < 0:
                self.at = end + 2
        elif not self._doctype_seen:
            # There is one at most; to look for the end of each that is claimed would take quadratic time.
            self._doctype_seen = True
            match = _DOCTYPE.match(self.text, at)
            self.at = match.end() if match else self.at

    def _comment(self, at: int) -> None:
        """Pass over a comment; of one that has no end, or holds another one, only its first mark."""
        end = self._find("-->", self.at)
        inner = self._find("<!--", self.at)
        if end >= 0 and not at < inner < end:
            self.at = end + 3
        elif end < 0:
            self._damaged("a comment has no end")

    def _cdata(self, at: int) -> None:
        end = self._find("]]>", self.at)
        inner = self._find("<![CDATA[", self.at)
        limit = len(self.text) if end < 0 else end
        if self.stack and (end < 0 or at < inner < end):
            # Such a section mostly lacks its end: the end of its element is the nearest that can have been meant.
            own = self.text.find(f"</{self.stack[-1]}", self.at, inner if inner >= 0 else limit)
            if own >= 0:
                self._literal(self.text[self.at : own])
                self.at = own
                return
        if end < 0:
            self._damaged("a CDATA section has no end")
        self._literal(self.text[self.at : limit])
        self.at = min(limit + 3, len(self.text))

    def _literal(self, text: str) -> None:
        if self.stack:
            self.out.append(escape(text, quote=False))

    def _find(self, mark: str, start: int) -> int:
        """Find a mark as `str.find` does; what was found once is not looked for again, so that time stays linear."""
        known = self._ends.get(mark)
        if known is None or (0 <= known < start):
            self._ends[mark] = known = self.text.find(mark, start)
        return known


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _attributes(text: str) -> str:
    """Write the attributes of a tag again, each name once."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = next(value for value in match.groups()[1:] if value is not None)
        # A value without quotes may touch the end of an empty tag.
        found.setdefault(match[1], value.rstrip("/") if match[4] is not None and match.end() == len(text) else value)
    return "".join(f' {name}="{_escaped(value).replace(chr(34), "&quot;")}"' for name, value in found.items())


def _escaped(text: str) -> str:
    """Escape what begins no tag and no reference; references that XML does not know become characters."""
    text = text.replace("<", "&lt;")
    return valid_unicode(_REFERENCE.sub(_reference, text)) if "&" in text else text


def _reference(match: re.Match[str]) -> str:
    number, name = match.groups()
    if name:
        if name in {"amp", "lt", "gt", "quot", "apos"}:
            return match[0]
        return escape(html5[name + ";"]) if name + ";" in html5 else f"&amp;{name};"
    if not number:
        return "&amp;"
    value = int(number[1:], 16) if number[0] in "xX" else int(number)
    if 0xD800 <= value <= 0xDFFF:
        return chr(value)
    return escape(CONTROL.sub("\ufffd", unescape(match[0])))
