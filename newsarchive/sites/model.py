"""The typed form of a site file: how to list, how to read, how to be polite."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urljoin, urlsplit

from newsarchive.models import Recheck
from newsarchive.urls import host_and_odd_port, replace_base

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from datetime import timedelta, tzinfo
    from zoneinfo import ZoneInfo

    from newsarchive.models import Role
    from newsarchive.urls import InfoCode


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

    With `explore` every page of the site may be a listing, or an article at an address that `article` does not know:
    the pages themselves decide. With `follow_articles` the links of articles are followed to further articles.
    `folder_index` is the name of a folder's own page, where `/x/index.html` and `/x/` are one page.
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
    explore: bool = False
    follow_articles: bool = False
    folder_index: str | None = None

    def spelled(self, url: str) -> str:
        """Return an address in the spelling that is asked for: that of a folder without the name of its page."""
        name = self.folder_index
        return url[: -len(name)] if name and url.endswith(f"/{name}") else url


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
    #: The site whose file holds the layout; a site can use the layouts of another.
    site: str = ""
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

    def data_url(self, code: InfoCode) -> str:
        """Return the URL of the JSON behind a share link; the page for people is a script without text."""
        return self.data.format(code=code, digits=code.digits)

    def origin_url(self, code: InfoCode) -> str | None:
        """Return the URL of the origin's own page of an article, where the service names one."""
        return self.origin.format(code=code, digits=code.digits) if self.origin else None

    def moved(self, move: Callable[[str], str]) -> ShareService:
        """Return the service with its URLs moved."""
        origin = move(self.origin) if self.origin else None
        return replace(self, page=move(self.page), data=move(self.data), origin=origin)


@dataclass(frozen=True, slots=True)
class FallbackSource:
    """Where the text of a post can still be had that has left the site.

    `url` matches the post's URL (searched); `address` is made of its named groups, as `{year}` or `{id}`, and leads to
    the post's file. `hosts` are those of the address.
    """

    url: re.Pattern[str]
    address: str
    hosts: tuple[str, ...] = ()

    def address_of(self, url: str) -> str | None:
        """Return the second address of a post; None where it has none."""
        match = self.url.search(url)
        return self.address.format(**match.groupdict("")) if match else None

    @property
    def beginning(self) -> str:
        """What all the second addresses begin with."""
        return self.address.partition("{")[0]

    def moved(self, move: Callable[[str], str]) -> FallbackSource:
        """Return the source with its address moved."""
        return replace(self, address=move(self.address))


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed (RSS or Atom) at a path below the base URL; `full` where its entries hold the whole text of the articles.

    The articles of a full feed are taken from it, and their own pages are not fetched. Of a feed in pages, or with
    archives, `max_pages` are followed at most.
    """

    path: str
    full: bool = False
    max_pages: int = 50


@dataclass(frozen=True, slots=True)
class JsonList:
    """A list of articles as JSON, also behind a JavaScript name (`var x={...}`, `callback({...})`).

    `url` is the address, or a path below the base URL; `{page}` in it counts from `first_page`, `{cursor}` is what the
    page before gave under `cursor`. `items` and `cursor` are keys joined by dots, `items` "." where the
    list is the whole answer. In an item the first key of `link`, `id`, `title`, `time`, `source` and the others that it
    has is taken, also keys joined by dots; keys are compared without regard to case. `article` makes
    the address of an item without a link of its `{id}`.
    """

    url: str
    items: str
    id: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    article: str | None = None
    cursor: str | None = None
    first_page: int = 1
    max_pages: int = 20

    def page_url(self, base_url: str, *, page: int, cursor: str = "") -> str:
        """Return the address of a page of the list."""
        filled = self.url.replace("{page}", str(page)).replace("{cursor}", quote(cursor, safe=""))
        return urljoin(base_url + "/", filled)

    def moved(self, move: Callable[[str], str]) -> JsonList:
        """Return the list with its URLs moved."""
        return replace(self, url=move(self.url), article=move(self.article) if self.article else None)


@dataclass(frozen=True, slots=True)
class Politeness:
    """How fast a site may be asked: seconds between requests to one host, and how many at once.

    In `quiet_hours`, hours of the day by the clocks of the site's zone, no run is begun that nobody asked for.
    """

    delay: float = 1.0
    concurrency: int = 1
    quiet_hours: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Render:
    """Which pages are rendered by a browser, and what one may cost.

    Pages whose URL matches `url` (searched) are always rendered; without it, those in which nothing is found otherwise.
    `wait` selects what is waited for, else it is waited until the page asks for nothing any more. A page gets
    `seconds`, the browser `memory` MiB, and a run renders `max_pages`.
    """

    url: re.Pattern[str] | None = None
    wait: str | None = None
    seconds: float = 45.0
    max_pages: int = 200
    memory: int = 1024


@dataclass(frozen=True, slots=True)
class Retention:
    """How long is kept what `newsarchive prune` may remove; None for ever. Texts are always kept."""

    raw: timedelta | None = None
    runs: timedelta | None = None
    problems: timedelta | None = None


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
    #: Whether the 18 digits in an address are the origin's number of the article; None: where there is a share service.
    info_codes: bool | None = None
    listing: Listing | None = None
    layouts: tuple[Layout, ...] = ()
    share: ShareService | None = None
    politeness: Politeness = field(default_factory=Politeness)
    #: Jekyll post files: the zone in which the site takes a date that names none (its pages show the shifted time).
    post_file_timezone: tzinfo | None = None
    vanished: FallbackSource | None = None
    recheck: Recheck = field(default_factory=Recheck)
    retention: Retention = field(default_factory=Retention)
    feeds: tuple[Feed, ...] = ()
    #: Paths of sitemaps below the base URL; one that is an index leads to the others.
    sitemaps: tuple[str, ...] = ()
    lists: tuple[JsonList, ...] = ()
    #: How pages are rendered by a browser; None: never.
    render: Render | None = None
    #: Whether somebody has seen that the file is right; what is known of a catalogue's sites is second-hand.
    verified: bool = True

    @property
    def has_info_codes(self) -> bool:
        """Whether the 18 digits in an address are the origin's number of the article."""
        return self.share is not None if self.info_codes is None else self.info_codes

    def is_own(self, url: str) -> bool:
        """Return whether a URL lies at one of the site's hosts, those of its services included."""
        place = host_and_odd_port(url)
        if place in self.hosts or (place and place in self._services()):
            return True
        return self.vanished is not None and url.startswith(self.vanished.beginning)

    @property
    def places(self) -> frozenset[str]:
        """All hosts that the site's pages and services are at, some with their ports."""
        return self._services() | frozenset(self.hosts)

    def _services(self) -> frozenset[str]:
        share = self.share
        if share is None:
            return _places_of((self.base_url,))
        return _places_of((self.base_url, share.page, share.data, share.origin or ""), share.hosts)

    def layout_for(self, url: str) -> Layout | None:
        """Return the first layout whose pattern is found in the URL, or None."""
        return next((layout for layout in self.layouts if layout.url.search(url)), None)

    def served_at(self, base_url: str) -> Site:
        """Return the site as a local copy or a replica serves it at another address than its own.

        Its own pages and services are there; all other hosts stay as they are.
        """

        def move(url: str) -> str:
            return replace_base(url, self.base_url, base_url)

        return replace(
            self,
            base_url=base_url,
            hosts=(*self.hosts, urlsplit(base_url).netloc.lower()),
            share=self.share.moved(move) if self.share else None,
            vanished=self.vanished.moved(move) if self.vanished else None,
            lists=tuple(found.moved(move) for found in self.lists),
        )


@lru_cache(maxsize=256)
def _places_of(addresses: tuple[str, ...], hosts: tuple[str, ...] = ()) -> frozenset[str]:
    """Return hosts, and those of addresses with their odd ports; every page of a site asks for the same."""
    return frozenset((*hosts, *map(host_and_odd_port, addresses)))
