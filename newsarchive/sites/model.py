"""The typed form of a site file: how to list, how to read, how to be polite."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from newsarchive.items import Role


@dataclass(frozen=True, slots=True)
class Listing:
    """How the pages that list articles are found and read.

    `start` are paths below the site's base URL. A link whose path matches `article` leads to an article, one that
    matches `category` to a further listing (its group `slug`, where it has one, is the category's key). `item`
    selects the list entries (each is or holds a link), `heading` the headings of which the nearest before an entry
    names its category, `time` a printed time inside an entry, `next` the link to the next page. `heading_suffix` is
    taken off a heading to get the category's name (`新闻`). `category_page` is the address of a category's page with
    `{slug}` in it, for articles that name their category without linking to it; `numbered_page` is the address of the
    later pages of a category, with `{slug}` and `{page}` (from 2) in it, where no link leads to the next.
    """

    start: tuple[str, ...]
    article: re.Pattern[str]
    category: re.Pattern[str] | None = None
    item: str = "a"
    heading: str | None = None
    heading_suffix: str = ""
    time: str | None = None
    next: str | None = None
    max_pages: int = 50
    category_page: str | None = None
    numbered_page: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    r"""How one kind of page of a site is read.

    `url` matches the page's URL (searched, not anchored). `cut` holds two byte strings: only what stands between the
    first of the one behind `<body` and the last of the other is parsed, which is what makes a known site cheap; where
    they are missing the whole page is parsed. The tuples of selectors are in order of preference: the first that
    gives text wins (in CSS; `selector@name` takes an attribute in place of the text). `body` is the element that
    holds the text; title, times, digest and credits inside it are not taken for paragraphs.

    `drop` removes elements from the body. A paragraph that starts with one of `stop` ends it, brackets before the
    mark not counted; paragraphs at its end that contain one of `trailing` are left out.

    `share_link`, `original_link` and `category_link` sort the links that stand on lines of their own at the end of
    the text (an address printed as its own link, a link back to the category). `kinds` gives the article's kind: the
    first whose pattern is found in the URL (for JSON, in the name of the key that holds the text).

    For `format = "json"` the selectors are names of keys, compared without regard to case, and the key of `body`
    holds HTML; an `attribution` with a `.` in it is a selector inside that HTML.
    """

    role: Role
    url: re.Pattern[str]
    format: Literal["html", "json"] = "html"
    cut: tuple[bytes, bytes] | None = None
    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    digest: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    editor: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    category_suffix: str = ""
    share_link: re.Pattern[str] | None = None
    original_link: re.Pattern[str] | None = None
    category_link: re.Pattern[str] | None = None
    kinds: tuple[tuple[str, re.Pattern[str]], ...] = ()
    error_marks: tuple[str, ...] = ()
    #: Kinds whose articles may credit their source in brackets at the very end of the text: （X）.
    bracket_source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShareService:
    """Where an info code leads: a page for people, the JSON behind it, and the origin's page as a last resort.

    Each is a URL with `{code}` (prefix and digits) or `{digits}` in it.
    """

    page: str
    data: str
    origin: str | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Politeness:
    """How fast a site may be asked: seconds between requests to one host, and how many at once."""

    delay: float = 1.0
    concurrency: int = 1


@dataclass(frozen=True, slots=True)
class Site:
    """One site as its TOML file describes it. `hosts` are all hosts that belong to it; `base_url` has a scheme.

    `layouts` holds the site's own layouts, then those of the sites that its file names in `layouts_of`.
    """

    name: str
    title: str
    base_url: str
    hosts: tuple[str, ...]
    timezone: ZoneInfo
    lang: str = "zh"
    listing: Listing | None = None
    layouts: tuple[Layout, ...] = ()
    share: ShareService | None = None
    politeness: Politeness = field(default_factory=Politeness)
    #: Jekyll post files: the zone in which the site takes a date that names none (its pages show the shifted time).
    post_file_timezone: tzinfo | None = None

    def layout_for(self, url: str) -> Layout | None:
        """Give the first layout whose pattern is found in the URL, or None."""
        return next((layout for layout in self.layouts if layout.url.search(url)), None)
