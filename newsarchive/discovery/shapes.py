r"""The shape of an address: what it has in common with the addresses of its kind.

Digits become `{n}`, numbers in hexadecimal `{h}`, a name of three or more words `{s}`, and a word of which there are
many side by side `{w}`: `/news/2026/03/1001.html` and `/news/2025/11/98.html` are `/news/{n}/{n}/{n}.html`. The
*family* of a shape has `{d}` for its folders that are plain words: sections of one site whose articles are made alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from newsarchive.url_keys import url_key
from newsarchive.urls import split_url

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

#: A folder in which more different plain words stand side by side is one of articles, tags or persons.
_MANY = 8
#: Different folders that a pattern spells out; of more it takes any.
_MOST_FOLDERS = 12

_EXTENSION = re.compile(r"(?:\.[A-Za-z][A-Za-z0-9]{1,4})+$")
_DIGITS = re.compile(r"[0-9]+")
_HEX = re.compile(r"(?=[^0-9]*[0-9])(?=[0-9]*[a-f])(?:[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f-]{27})", re.IGNORECASE)
_BETWEEN = re.compile(r"[-_+ ]")
_VARIABLE = re.compile(r"\{[nhswd]\}")
#: A name of three words, and in a pattern one where all of them have hyphens.
_HYPHENATED = re.compile(r"/[^/]+-[^/]+-[^/]+/?$")
#: Folders of numbers, one of them a year, that make a day.
_DAY = 3
_SLUG = "[^/?]+-[^/?]+-[^/?]+"
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
#: Placeholder -> what it stands for in a pattern of a path.
_PATTERNS = {"{n}": r"\d+", "{h}": r"[0-9A-Fa-f-]{8,}", "{s}": r"[^/?]+", "{w}": r"[^/?]+", "{d}": r"[^/?]+"}


class Address(NamedTuple):
    """The parts of an address that make its shape: folders, the last name, its extension, and the query."""

    folders: tuple[str, ...]
    name: str
    extension: str
    query: str

    def with_name(self, name: str) -> str:
        """Write the shape with another last name."""
        return "".join(f"/{folder}" for folder in self.folders) + f"/{name}{self.extension}{self.query}"


@lru_cache(maxsize=20_000)
def address_of(url: str) -> Address:
    """Split an address, with placeholders for all that shows by itself what it stands for."""
    # The key has no parameters of tracking and of sessions.
    _, _, rest = url_key(url).partition("/")
    path, _, query = rest.partition("#")[0].partition("?")
    *folders, last = unquote(path).replace("{", "_").replace("}", "_").split("/")
    extension = _EXTENSION.search(last)
    name = last[: extension.start()] if extension else last
    # A folder is named by its last segment, which has a slash behind it.
    ending = extension[0] if extension else ""
    if not last and folders:
        name, ending = folders.pop(), "/"
    return Address(tuple(map(_generalized, folders)), _generalized(name), ending, _query_shape(query))


def plain_shape(url: str) -> str:
    """Return the shape of an address by itself, without a look at its brothers."""
    address = address_of(url)
    return address.with_name(address.name)


class Shapes:
    """The shapes of many addresses of one site: a word is a placeholder where many others stand in its place."""

    def __init__(self, urls: Iterable[str] = ()) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self.add(urls)

    def add(self, urls: Iterable[str]) -> None:
        """Learn further addresses; the shapes of those known before may change."""
        for url in urls:
            address = address_of(url)
            if _is_word(address.name):
                self._names[address.with_name("{w}")].add(address.name)

    def of(self, url: str) -> str:
        """Return the shape of an address."""
        address = address_of(url)
        folded = address.with_name("{w}")
        return (
            folded if _is_word(address.name) and len(self._names[folded]) >= _MANY else address.with_name(address.name)
        )


def _is_word(name: str) -> bool:
    """Return whether the last name of an address has letters of its own beside any placeholder."""
    return any(character.isalpha() for character in _VARIABLE.sub("", name))


def family_of(shape: str) -> str:
    """Return the shape with `{d}` for its folders that are plain words; one without a placeholder stays as it is."""
    if not is_variable(shape):
        return shape
    path, mark, query = shape.partition("?")
    *folders, last = path.split("/")
    if not last and folders:
        last = folders.pop() + "/"
    return "/".join(["{d}" if folder and not _VARIABLE.search(folder) else folder for folder in folders] + [last]) + (
        mark + query
    )


def is_variable(shape: str) -> bool:
    """Return whether addresses of a shape differ in anything."""
    return _VARIABLE.search(shape) is not None


def pattern_of(family: str, shapes: Collection[str], urls: Collection[str], *, any_folder: bool) -> str:
    """Write a regular expression for the paths (and queries) of some `shapes` of one family, of which `urls` are known.

    With `any_folder` folders that were never seen fit, too. It is anchored at both ends.
    """
    path, mark, query = family.partition("?")
    seen = [shape.partition("?")[0].split("/") for shape in shapes]
    years = _years(path, urls)
    # Behind a day stands an article, whatever it is called.
    hyphens = not (years and path.count("/{n}") >= _DAY) and all(
        _HYPHENATED.search(unquote(split_url(url).path)) for url in urls
    )
    parts = []
    for place, segment in enumerate(path.split("/")):
        if segment == "{d}":
            words = sorted({found[place] for found in seen if place < len(found)})
            spelled = "|".join(map(_escaped, words))
            general = any_folder or len(words) > _MOST_FOLDERS
            parts.append("[^/?]+" if general else spelled if len(words) == 1 else f"(?:{spelled})")
        else:
            parts.append(r"\d{4}" if place in years else _segment_pattern(segment, hyphens=hyphens))
    text = "^" + "/".join(parts)
    return text + (r"\?" + _query_pattern(query) if mark else "") + "$"


def without_names(pattern: str, names: Collection[str]) -> str:
    """Return a pattern of addresses that does not fit those whose last name is one of `names`."""
    before, any_name, after = pattern.rpartition("[^/?]+")
    if not names or not any_name or "/" in after.rstrip("$").rstrip("/"):
        return pattern
    return f"{before}(?!(?:{'|'.join(map(_escaped, names))})(?:[/.?]|$)){any_name}{after}"


def commonest(urls: Iterable[str], most: int = 4) -> list[tuple[str, int]]:
    """Return the shapes that most of the addresses have, and how many have each."""
    urls = list(dict.fromkeys(urls))
    shapes = Shapes(urls)
    return Counter(shapes.of(url) for url in urls).most_common(most)


def _generalized(text: str) -> str:
    if _HEX.fullmatch(text):
        return "{h}"
    if not text.isascii():
        return "{s}"
    words = [word for word in _BETWEEN.split(text) if word]
    if len(words) >= 3 and sum(len(word) > 1 and not word.isdigit() for word in words) >= 2:
        return "{s}"
    return _DIGITS.sub("{n}", text)


def _query_shape(query: str) -> str:
    if not query:
        return ""
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return "?" + "&".join(f"{name}{mark}{_generalized(unquote(value)) if value else ''}" for name, mark, value in pairs)


def _years(path: str, urls: Collection[str]) -> set[int]:
    """Return the places of a path where every address has a year."""
    found: set[int] = set()
    segments = [unquote(split_url(url).path).split("/") for url in urls]
    for place, segment in enumerate(path.split("/")):
        values = [parts[place] for parts in segments if place < len(parts)]
        if segment == "{n}" and values and all(_YEAR.fullmatch(value) for value in values):
            found.add(place)
    return found


def _segment_pattern(segment: str, *, hyphens: bool = False) -> str:
    text = ""
    at = 0
    for match in _VARIABLE.finditer(segment):
        is_slug = hyphens and match[0] == "{s}"
        text += _escaped(segment[at : match.start()]) + (_SLUG if is_slug else _PATTERNS[match[0]])
        at = match.end()
    return text + _escaped(segment[at:])


def _escaped(text: str) -> str:
    return re.escape(text).replace(r"\-", "-")


def _query_pattern(query: str) -> str:
    return "&".join(_segment_pattern(pair).replace("[^/?]+", "[^&]+") for pair in query.split("&"))
