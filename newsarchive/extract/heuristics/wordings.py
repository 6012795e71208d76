"""How a page's head and the link to it word the title, and how far a line of the page agrees with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from newsarchive.extract.heuristics.site_names import is_site_name
from newsarchive.extract.html import is_teaser
from newsarchive.text import clean, strip_invisible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.extract.heuristics.metadata import Head

#: A longer text is no title (characters).
LONGEST_TITLE = 200
#: Before one of these a site's suffix may begin.
_SEPARATORS = frozenset("_|｜丨·•»«>:：~～/\\(（[【-‐‑‒–—―−﹣－─")
_SUFFIX = re.compile(r"\s?(?:[_|｜ㅣ»]|\s[-–—]|\s[·•](?=\s)|(?<=[^\x00-\x7f])-{1,3}|--+)\s?")
#: Behind one of these the title may begin, if what stands before is the site or a column.
_PREFIX = re.compile(r"\s?(?:[_|｜丨»]|\s[-–—·•]|--+)\s?|[：】\]]|:\s|(?<=[^\x00-\x7f])-{1,3}(?=[^\x00-\x7f])")
_DASHES = re.compile(r"[-‐‑‒–—―−﹣－─]+")
_QUOTES = re.compile("[“”„‟″「」『』«»'‘’`´＂]")
_BARS = re.compile("[丨｜]")
_CUT_SHORT = re.compile(r"(?:\.{2,}|…+)$")
#: A title shorter than this agrees with a line only as a whole; longer ones by these shares of the head's title.
_SHORTEST, _SHORTEST_HEADING = 4, 2
_BEFORE_BLANK, _BEFORE_SEPARATOR = 0.5, 0.2
#: How many parts of a title are looked at as titles of their own, and how long what stands before one may be.
_MOST_PARTS, _LONGEST_BEFORE = 3, 40
#: Outside of East Asia sites have long names, which stand behind the title: the end of one is hardly the title.
_LONG_NAMES = 20.0
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: A part of a title at most so long, and half as long as another, is a column or the site.
_SHORT_PART = 10


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which the title is said: where, its words and their key.

    `before` characters of the key that was said stand before this part of it. `is_link` marks the text of a link,
    `is_cut` one that ends in dots. `said` counts the places that word it so, `doubt` is what an agreement with it is
    worth less.
    """

    name: str
    text: str
    key: str
    before: int = 0
    is_link: bool = False
    is_cut: bool = False
    said: int = 1
    doubt: float = 0.0

    @property
    def is_part(self) -> bool:
        """Whether something else stands before it."""
        return self.before > 0

    def may_end(self, length: int, *, certain: bool) -> bool:
        """Return whether a suffix may begin where so much of the key is over: at a separator, a blank, or the end.

        Before a blank, which may stand anywhere in a title, more of the title must have been said; in an h1 (`certain`)
        a shorter one is believed.
        """
        whole = len(self.key)
        if length >= whole:
            return length == whole
        if length < (_SHORTEST_HEADING if certain else _SHORTEST):
            return False
        if length < (_BEFORE_SEPARATOR / 2 if certain else _BEFORE_SEPARATOR) * whole:
            return False
        rest = self.text[len(cut_to(self.text, length)) :]
        return rest.lstrip()[:1] in _SEPARATORS or (rest[:1].isspace() and length >= _BEFORE_BLANK * whole)

    def is_kicker(self, length: int) -> bool:
        """Return whether so much of the key is a kicker: a colon stands behind it, and then more than it."""
        return 2 * length < len(self.key) and self.text[len(cut_to(self.text, length)) :].lstrip()[:1] in (":", "：")

    def worth(self, length: int) -> float:
        """Return how much an agreement of so many characters is worth.

        A whole wording is worth no more than what stands before the site's suffix; a part loses what it leaves out.
        """
        suffix = _last_suffix(self.text) if length == len(self.key) else 0
        return length - suffix - self.before / 2 - self.doubt


@lru_cache(maxsize=256)  # the wordings of a page and its first lines are compared again and again
def key_of(text: str) -> str:
    """Make titles comparable: no white space, nothing invisible, one kind of quote, dash and bar, lower case."""
    key = "".join(text.split()).lower()
    if key.isalnum():
        return key
    return _DASHES.sub("-", _BARS.sub("|", _QUOTES.sub('"', key if key.isprintable() else strip_invisible(key))))


def common_length(a: str, b: str) -> int:
    """Count the characters that two texts share at their beginning."""
    if b.startswith(a):
        return len(a)
    if a.startswith(b):
        return len(b)
    return next(i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)


def cut_to(text: str, length: int) -> str:
    """Return the beginning of a text whose key has `length` characters."""
    # The key of a text is as long as the text, or shorter by its blanks and dashes.
    end = lacking = length
    while lacking > 0 and end < len(text):
        lacking = length - len(key_of(text[:end]))
        end += lacking
    return text[:end].rstrip()


def wordings_of(head: Head, link: str = "", site: str = "") -> list[Wording]:
    """List what the head and the link say the title is, each wording once, the best first, then parts of them."""
    own = key_of(site)
    found: dict[str, Wording] = {}
    for name, text in _titles(head):
        key = key_of(_CUT_SHORT.sub("", text))
        if key and key != own:
            known = found.get(key)
            cut = _CUT_SHORT.search(text) is not None
            found[key] = replace(known, said=known.said + 1) if known else Wording(name, text, key, is_cut=cut)
    longest = max(found.values(), key=lambda wording: len(wording.text), default=None)
    parts = _parts(longest, head) if longest else ()
    key = "" if is_teaser(link) else key_of(_CUT_SHORT.sub("", link[:LONGEST_TITLE]))
    if key and key != own:
        found.setdefault(key, Wording("listing", clean(link[:LONGEST_TITLE]), key, is_link=True))
    return [*found.values(), *parts]


def _titles(head: Head) -> Iterator[tuple[str, str]]:
    headline = head.card.get("headline")
    if isinstance(headline, str) and headline.strip():
        yield "json-ld", clean(headline[: 2 * LONGEST_TITLE])
    for _, name, text in head.meta.get("title", [])[:3]:
        yield name, text[: 2 * LONGEST_TITLE]
    if head.title:
        yield "title", head.title[: 2 * LONGEST_TITLE]


def _parts(wording: Wording, head: Head) -> Iterator[Wording]:
    """Yield the ends of a wording that are longer than what stands before them: the site or a column."""
    for match in list(_PREFIX.finditer(wording.text[: 2 * _LONGEST_BEFORE]))[:_MOST_PARTS]:
        before, text = wording.text[: match.start()].strip(), wording.text[match.end() :].strip()
        key = key_of(text)
        said = len(key_of(before))
        if 0 < said <= _LONGEST_BEFORE and len(key) > max(said, _SHORTEST) and not _is_of_site(text, head):
            doubt = 0.0 if ":" in match[0] or _EAST_ASIAN.search(text) else _LONG_NAMES
            yield Wording(wording.name, text, key, before=said, doubt=doubt)


def parts_of(wordings: list[Wording]) -> list[str]:
    """List all wordings and their parts that are long enough to be headlines, the longest first."""
    parts = {part.strip() for one in wordings for part in (one.text, *_SUFFIX.split(one.text))}
    return sorted((part for part in parts if len(key_of(part)) > _SHORT_PART), key=len, reverse=True)


def _last_suffix(text: str) -> int:
    """Count the characters of a title's last part, if it is short enough for the site's name; 0 where there is none."""
    last = None
    for last in _SUFFIX.finditer(text):  # noqa: B007 - only the last one matters
        pass
    if last is None or not last.start():
        return 0
    rest = len(key_of(text[last.start() :]))
    return rest if 2 * rest <= len(key_of(text)) else 0


def without_site(text: str, site: str) -> str:
    """Return a line without the site's name at its end, if a separator parts them."""
    rest = text.removesuffix(site).rstrip() if site else text
    return rest[:-1].rstrip() if len(rest) < len(text) and len(rest) > _SHORTEST and rest[-1] in _SEPARATORS else text


def begins_with_site(wording: Wording, head: Head) -> bool:
    """Return whether a wording begins with a site's name, as those do that all pages of a site have."""
    parts = _SUFFIX.split(wording.text, maxsplit=1)
    return len(parts) > 1 and is_site_name(parts[0].strip(), head)


def _is_of_site(text: str, head: Head) -> bool:
    """Return whether a text is a site's name, or that of an institution and behind it that of a part of it."""
    return is_site_name(text, head) or is_site_name(_SUFFIX.split(text, maxsplit=1)[0].strip(), head)


def main_part(wording: Wording, head: Head) -> str:
    """Return a wording of the head without what the site adds to it, before or behind the title."""
    text = wording.text
    if wording.name == "json-ld":
        return text
    if head.title != text and key_of(head.title).startswith(wording.key):
        return text
    parts = [part for part in map(str.strip, _SUFFIX.split(text)) if part]
    if not parts:
        return ""
    rest = [part for part in parts if not is_site_name(part, head)] or parts
    longest = max(rest, key=len)
    is_column = len(rest[0]) <= _SHORT_PART and len(longest) >= 2 * len(rest[0]) and not longest.isascii()
    return longest if is_column else rest[0]
