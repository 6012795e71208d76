"""The addresses of a site by their shapes, and which shapes are those of articles, by the pages that were looked at."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.discovery.exploration import LATE, rank_of
from newsarchive.discovery.shapes import Shapes, family_of, is_variable
from newsarchive.url_keys import url_key

if TYPE_CHECKING:
    from collections.abc import Container

    from newsarchive.discovery.judge import Kind
    from newsarchive.models import Article

# Pages of a shape that decide on it: so many at least, more where they differ, and the part that has to be articles.
_FEW, _ENOUGH, _NEARLY_ALL = 2, 4, 0.6
#: Addresses that a shape has at least, for its pages to be asked for: with evidence one is enough.
_LEAST_URLS = 2
_LONG_TEXT, _LONG_HAN = 25, 9
#: What the link to an article that nothing is known of is worth, at least: a headline or a date.
_HOPEFUL = 2.5
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class Known:
    """An address of the site: what the links to it say, and what speaks for an article."""

    url: str
    text: str = ""
    is_dated: bool = False
    in_feed: bool = False
    in_sitemap: bool = False

    @property
    def promise(self) -> float:
        """What speaks for an article, as a number."""
        is_headline = len(self.text) >= _LONG_TEXT or len(_HAN.findall(self.text)) >= _LONG_HAN
        return 1.0 + 4.0 * self.in_feed + 0.5 * self.in_sitemap + 2.0 * self.is_dated + 1.5 * is_headline

    @property
    def is_hopeful(self) -> bool:
        """Whether the links to it read like those to an article."""
        return self.promise >= _HOPEFUL


@dataclass(slots=True)
class Visited:
    """A page that was asked for, and what it turned out to be."""

    url: str
    kind: Kind
    article: Article
    links: list[str]
    #: Whether it is a later page of a listing, of which the first is the better way in.
    is_later: bool = False


class Group(NamedTuple):
    """Addresses of one family or shape, and how many of the pages that were looked at are articles."""

    name: str
    shapes: frozenset[str]
    urls: list[str]
    articles: int
    #: Pages that have the title and the date of an article, and hardly any text.
    thin: int
    judged: int

    @property
    def are_articles(self) -> bool:
        """Whether its pages are articles."""
        return self.articles > 0 and self.articles + self.thin >= _NEARLY_ALL * self.judged

    @property
    def is_decided(self) -> bool:
        """Whether so many of its pages were looked at that it is known what they are."""
        if self.judged < _FEW:
            return False
        if self.articles + self.thin in (0, self.judged) and self.judged >= 3:
            return True
        return self.judged >= _ENOUGH


@dataclass(slots=True)
class AddressGroups:
    """The known addresses of a site by their keys, the pages of them that came, and the addresses of the others.

    A word in an address is a placeholder where many others stand in its place: the groups change with what is known.
    """

    known: dict[str, Known] = field(default_factory=dict)
    visited: list[Visited] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    shapes: Shapes = field(default_factory=Shapes)
    #: Families that are judged shape by shape, because their sections differ.
    split: set[str] = field(default_factory=set)

    def groups(self) -> list[Group]:
        """Return all groups of addresses that differ in something."""
        members: defaultdict[str, list[str]] = defaultdict(list)
        shapes: defaultdict[str, set[str]] = defaultdict(set)
        kinds: defaultdict[str, Counter[Kind]] = defaultdict(Counter)
        for known in self.known.values():
            shape = self.shapes.of(known.url)
            if is_variable(shape):
                name = self._name(shape)
                members[name].append(known.url)
                shapes[name].add(shape)
        for page in self.visited:
            kinds[self._name(self.shapes.of(page.url))][page.kind] += 1
        for url in self.missing:
            kinds[self._name(self.shapes.of(url))]["other"] += 1
        groups = [
            Group(name, frozenset(shapes[name]), urls, kinds[name]["article"], kinds[name]["thin"], kinds[name].total())
            for name, urls in members.items()
        ]
        mixed = {
            group.name
            for group in groups
            if len(group.shapes) > 1 and group.judged >= _ENOUGH and 0 < group.articles + group.thin < group.judged
        }
        if mixed - self.split:
            self.split |= mixed
            return self.groups()
        return groups

    def hopeful(self) -> int:
        """Count the known addresses that are articles, or to which links lead that read like headlines."""
        groups = self.groups()
        sure = sum(len(group.urls) for group in groups if group.are_articles)
        undecided = (url for group in groups if not group.is_decided for url in group.urls)
        return sure + sum(self.known[url_key(url)].is_hopeful for url in undecided)

    def wanted(self, asked: Container[str]) -> str | None:
        """Return an address of the most promising group that is not decided on yet; those `asked` for are left out."""
        best: tuple[float, str] | None = None
        for group in self.groups():
            url = None if group.is_decided else self._sample(group, asked)
            if url is None:
                continue
            promise = sum(self.known[url_key(one)].promise for one in group.urls[:200])
            # Between two equal ones the one of which less is known.
            promise /= 1 + group.judged
            if rank_of(url) == LATE:
                promise /= 5
            if best is None or promise > best[0]:
                best = (promise, url)
        return best[1] if best is not None and best[0] >= _LEAST_URLS else None

    def _sample(self, group: Group, asked: Container[str]) -> str | None:
        """Return an address of a group that was not asked for, of a section of which least is known."""
        open_urls = [url for url in group.urls if url_key(url) not in asked]
        if not open_urls:
            return None
        seen = Counter(self.shapes.of(page.url) for page in self.visited)
        least = min(open_urls, key=lambda url: (seen[self.shapes.of(url)], not self.known[url_key(url)].in_feed))
        same = [url for url in open_urls if self.shapes.of(url) == self.shapes.of(least)]
        # Not the first, which stands out, but one from the middle.
        return same[len(same) // 2] if len(same) > 2 else least

    def _name(self, shape: str) -> str:
        family = family_of(shape)
        return shape if family in self.split else family
