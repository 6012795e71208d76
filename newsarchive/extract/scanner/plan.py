"""A layout made ready for a pass over a page: its selectors as roles, and a tree of the tags met so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from newsarchive.extract.scanner import tags
from newsarchive.extract.scanner.tags import Tag
from newsarchive.sites.selectors import simple_selector

if TYPE_CHECKING:
    from newsarchive.sites import Layout
    from newsarchive.sites.selectors import Selector

#: The fields that selectors fill, and the two roles that an element can have besides.
FIELDS = ("title", "published", "digest", "category", "attribution", "editor")
DROP, BODY = "drop", "body"

# Tags longer than this are hardly met again; so many places and names at most are remembered.
_LONGEST_MET, _MOST_MET, _MOST_NAMES = 200, 10_000, 500
# Plans that are kept, with the tags that each has met: more layouts are hardly read in turn.
_MOST_PLANS = 64


@dataclass(slots=True)
class Role:
    """A selector of a layout: the field that it fills, and its place in the order of preference."""

    field: str
    rank: int
    selector: Selector


@dataclass(slots=True)
class Node:
    """A tag at one place of the page's tree, met before or not: what it is, and what the layout wants of it.

    `body` is set for an element that holds the text, `roles` are the other fields it fills; `doubtful` are roles that
    hang on the element before it, which is another from page to page. `titled` tells that one of them is
    the title, `plain` is a block without any of these.
    """

    tag: Tag
    roles: tuple[Role, ...] = ()
    body: Role | None = None
    doubtful: tuple[Role, ...] = ()
    titled: bool = False
    plain: bool = False
    inside: dict[str, Node] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """A layout made ready for scanning: its selectors as roles, and a tree of the tags met so far."""

    roles: list[Role]
    top: Node = field(default_factory=lambda: Node(Tag(tags.OPEN, "", {})))
    met: int = 0
    by_name: dict[str, list[Role]] = field(default_factory=dict)
    has_link_roles: bool = False

    def remember(self, outer: Node, text: str, node: Node) -> None:
        """Keep a tag that was met inside of another one."""
        if len(text) <= _LONGEST_MET and self.met < _MOST_MET:
            self.met += 1
            outer.inside[text] = node

    def forget(self) -> None:
        """Start again once too many tags were met, so that one strange page does not fill the memory for good."""
        if self.met >= _MOST_MET:
            self.top, self.met = Node(self.top.tag), 0

    def roles_of(self, name: str) -> list[Role]:
        """Return the roles that an element of that name may have."""
        found = self.by_name.get(name)
        if found is None:
            found = [role for role in self.roles if any(c[-1].tag in (None, name) for c in role.selector.alternatives)]
            if len(self.by_name) < _MOST_NAMES:
                self.by_name[name] = found
        return found


@dataclass(slots=True)
class Value:
    """The text of an element that a selector matched; `before_title` tells where it stands."""

    role: Role
    text: str
    before_title: bool


@dataclass(slots=True)
class Body:
    """An element that holds the text: which of the page's paragraphs and pictures, and what stood before the title."""

    role: Role
    depth: int
    paragraphs: slice
    images: slice
    head: str = ""


@lru_cache(maxsize=_MOST_PLANS)
def plan_of(layout: Layout) -> Plan:
    """Make a layout ready for scanning; equal layouts share a plan."""
    roles = [
        Role(name, rank, simple_selector(text))
        for name in (*FIELDS, DROP, BODY)
        for rank, text in enumerate(_texts(layout, name))
    ]
    plan = Plan(roles)
    plan.has_link_roles = bool(plan.roles_of("a"))
    return plan


def _texts(layout: Layout, name: str) -> tuple[str, ...]:
    texts: tuple[str, ...] = getattr(layout, name)
    if layout.format == "html":
        return texts
    # In JSON only the credits inside the text can be selectors; all else are names of keys.
    return tuple(text for text in texts if "." in text) if name == "attribution" else texts if name == DROP else ()
