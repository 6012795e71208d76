"""Pages that list articles: the articles they lead to, the categories, the next page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from newsarchive.extract.html import better_title, line_of, take_source, target_of
from newsarchive.models import Category, Hints
from newsarchive.text import clean
from newsarchive.tree import attribute, numbers_of, parse, select
from newsarchive.tree_bounds import TooComplexError
from newsarchive.urls import absolute_url, is_local, quote_path, split_url

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime
    from urllib.parse import SplitResult

    from newsarchive.discovery.refresh import Refresh
    from newsarchive.models import Page
    from newsarchive.sites import Listing, Site
    from newsarchive.tree import Element

_CUT_SHORT = ("...", "…")
# More links than any real page has; a page made to exhaust us ends here.
_MOST_LINKS = 20_000


@dataclass(slots=True)
class ListedArticle:
    """A link to an article, what the listing says of it, and the time of its last change as printed, if it is told."""

    url: str
    hints: Hints
    changed: str | None = None


@dataclass(slots=True)
class ListingPage:
    """What a listing page holds: articles and categories in the order of print, each URL once.

    `rejected` are links that look like articles and must not be followed, with `unsafe-url` or `foreign-host`.
    `further` are listings that are read as this one is, `changed` says until when (UTC) one of them may have changed;
    `pages` are articles whose whole text stands in the listing. `refresh` is how often it asks to be read, `hub` the
    WebSub hub that tells of changes. `damage` says, for people, what of the page could not be read and how much was;
    None where nothing is lost.
    """

    articles: list[ListedArticle] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    next_url: str | None = None
    rejected: list[tuple[str, str]] = field(default_factory=list)
    further: list[str] = field(default_factory=list)
    changed: dict[str, datetime] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    refresh: Refresh | None = None
    hub: str | None = None
    damage: str | None = None
    #: Pages of an explored site that may be listings or articles, those of a pager marked.
    others: list[OtherPage] = field(default_factory=list)
    #: How many addresses of a sitemap do not look like articles and are not followed.
    passed_over: int = 0


@dataclass(slots=True)
class OtherPage:
    """A page that something led to and of which nothing is known, and what the link to it said."""

    url: str
    text: str = ""
    is_pager: bool = False


def damage_of(read: int, *parts: str | None) -> str | None:
    """Describe for people what of a listing was lost, and how many entries were read; None where nothing was."""
    told = "; ".join(part for part in parts if part)
    return f"{told} ({read} entries read)" if told else None


def too_many(found: int, most: int, what: str = "entries") -> str | None:
    """Describe how a listing has more entries than are read; None where it has not."""
    return f"more {what} than {most}" if found > most else None


def without_address(lost: int) -> str | None:
    """Describe how many entries have no address that can be used; None where all have one."""
    return f"entries without an address: {lost}" if lost else None


def is_script_hook(target: str, link: Element) -> bool:
    """Return whether a link leads to a place on its own page, or shows nothing but what a script makes of it.

    Such are buttons to share, whose address ends in `#`.
    """
    if target.startswith("#"):
        return True
    return target.endswith("#") and not line_of(link) and not select("img", link)


def is_article(url: str, site: Site) -> bool:
    """Return whether a URL has the form of the site's articles, in its path alone or with its query.

    Where the site file has no pattern for articles, every URL has it.
    """
    if site.listing is None:
        return True
    parts = split_url(url)
    path = unquote(parts.path)
    search = site.listing.article.search
    return search(path) is not None or (bool(parts.query) and search(f"{path}?{unquote(parts.query)}") is not None)


def read_listing(page: Page, site: Site) -> ListingPage:
    """Read a listing page of a site by its `listing` rules. Nothing is raised, whatever the bytes are.

    A page with more markup than any real one has lists nothing, and says so.

    Links may lead to the site's hosts and to the host that the page itself came from. A page's own category (its
    heading, its slug from the URL) is given to the articles as a hint, never the `title` element.
    """
    source = take_source(page, None)
    try:
        root = parse(source.data, strict=True)
    except TooComplexError as error:
        return ListingPage(damage=str(error))
    if site.listing is None or root is None:
        return ListingPage()
    return _Reader(page, site, site.listing, source.charset).read(root)


def commonest_shapes(page: Page, site: Site) -> str:
    """Describe for people how many links a page has, and which addresses are the most frequent among them."""
    from newsarchive.discovery.page_links import read_links  # noqa: PLC0415 - only where something is wrong
    from newsarchive.discovery.shapes import commonest  # noqa: PLC0415

    source = take_source(page, None)
    root = parse(source.data)
    links = read_links(root, page.base_url, source.charset).found if root is not None else {}
    own = [url for url in links if is_own(split_url(url), site, {split_url(page.base_url).netloc})]
    shapes = ", ".join(f"{shape} ({number})" for shape, number in commonest(own))
    return f"{len(own)} links" + (f", the commonest shapes are {shapes}" if shapes else "")


class _Reader:
    def __init__(self, page: Page, site: Site, listing: Listing, charset: str) -> None:
        self.page = page
        self.charset = charset
        self.site = site
        self.listing = listing
        self.own_hosts = {split_url(page.url).netloc, split_url(page.base_url).netloc}
        self.base = page.base_url
        self.found = ListingPage()
        self.articles: dict[str, ListedArticle] = {}
        self.refused: set[str] = set()
        self.heading: str | None = None

    def read(self, root: Element) -> ListingPage:
        base = next((link for element in select("base", root) if (link := attribute(element, "href"))), None)
        self.base = (absolute_url(base, self.page.base_url) if base else None) or self.page.base_url
        heading, item = self.listing.heading, self.listing.item
        headings = numbers_of(heading, root) if heading else set()
        for element in select(f"{heading}, {item}" if heading else item, root):
            if element.mem_id in headings:
                self.heading = line_of(element)
            else:
                self._read_item(element)
        self.found.articles = list(self.articles.values())
        self.found.next_url = self._next(root)
        self._read_categories(root)
        if self.listing.explore:
            self._read_others(root)
        return self.found

    def _read_item(self, item: Element) -> None:
        links = [item] if item.tag == "a" else select("a", item)
        times = select(self.listing.time, item) if self.listing.time else []
        printed = next(filter(None, map(line_of, times)), None)
        if len(links) > _MOST_LINKS:
            self.found.damage = f"more links than {_MOST_LINKS} in one entry"
        for link in links[:_MOST_LINKS]:
            target = target_of(link)
            url = self._article_url(target) if target and not is_script_hook(target, link) else None
            if url is not None:
                self._take(url, _title(link), printed)

    def _take(self, url: str, title: str | None, printed: str | None) -> None:
        known = self.articles.get(url)
        if known is None:
            self.articles[url] = ListedArticle(url, Hints(title, printed, self._category_of(url)))
            return
        known.hints.title = better_title(known.hints.title, title)
        known.hints.published = known.hints.published or printed

    def _article_url(self, target: str) -> str | None:
        """Complete a link to an article; None for all others. Refused ones are noted."""
        url = absolute_url(target, self.base, charset=self.charset)
        if url is None:
            if self.listing.item != "a" or self.listing.article.search(target):
                self._refuse(target, "unsafe-url")
            return None
        url = self.listing.spelled(url)
        parts = split_url(url)
        if not is_article(url, self.site):
            return None
        if is_own(parts, self.site, self.own_hosts):
            return url
        self._refuse(url, "unsafe-url" if is_local(parts.hostname or "") else "foreign-host")
        return None

    def _refuse(self, url: str, reason: str) -> None:
        if url not in self.refused:
            self.refused.add(url)
            self.found.rejected.append((url[:500], reason))

    def _category_of(self, url: str) -> Category | None:
        """Name the category of a listed article: the page's own slug, else the one in the article's URL."""
        name = self.heading
        suffix = self.listing.heading_suffix
        if name and suffix:
            name = name.removesuffix(suffix) or name
        slug = self._slug(self.page.url)
        if slug:
            return Category(slug, name, self.page.url)
        layout = self.site.layout_for(url)
        match = layout.url.search(url) if layout else None
        slug = (match.groupdict().get("slug") or "") if match else ""
        return Category(unquote(slug).replace("/", " "), name) if slug else None

    def _slug(self, url: str) -> str | None:
        pattern = self.listing.category
        match = pattern.search(unquote(split_url(url).path)) if pattern else None
        return match.groupdict().get("slug") if match else None

    def _read_categories(self, root: Element) -> None:
        if self.listing.category is None:
            return
        # The next page of a listing is no category of its own, although its address often looks like one.
        seen = {self.page.url, self.page.base_url, self.found.next_url}
        links = select("a", root)
        self.found.damage = self.found.damage or too_many(len(links), _MOST_LINKS, "links")
        for link in links[:_MOST_LINKS]:
            url = absolute_url(attribute(link, "href").strip(), self.base, charset=self.charset)
            if not url or url in seen or not is_own(split_url(url), self.site, self.own_hosts):
                continue
            match = self.listing.category.search(unquote(split_url(url).path))
            if match is None:
                continue
            seen.add(url)
            # Without a slug it is a further listing all the same, but no category that articles belong to.
            if slug := match.groupdict().get("slug"):
                self.found.categories.append(Category(slug, line_of(link) or None, url))
            else:
                self.found.further.append(url)

    def _read_others(self, root: Element) -> None:
        """Record all pages of the site that are not known for articles, and the pages of this listing."""
        from newsarchive.discovery.page_links import read_links  # noqa: PLC0415 - most sites have rules

        links = read_links(root, self.page.base_url, self.charset)
        pages = dict.fromkeys(map(self.listing.spelled, links.pages))
        # The entries of a drop-down list are no links.
        texts = {self.listing.spelled(link.url): link.text for link in links.found.values()} | {
            url: "" for url in pages if url not in links.found
        }
        self.found.others = [
            OtherPage(url, text, url in pages)
            for url, text in texts.items()
            if is_own(split_url(url), self.site, self.own_hosts) and not is_article(url, self.site)
        ]
        following = self.listing.spelled(links.next_url) if links.next_url else None
        if self.found.next_url is None and following in {other.url for other in self.found.others if other.is_pager}:
            self.found.next_url = following

    def _next(self, root: Element) -> str | None:
        if self.listing.next:
            for link in select(self.listing.next, root):
                target = attribute(link, "href").strip()
                is_link = target and not target.startswith("#")
                url = absolute_url(target, self.base, charset=self.charset) if is_link else None
                if (
                    url
                    and url not in (self.page.url, self.page.base_url)
                    and is_own(split_url(url), self.site, self.own_hosts)
                ):
                    return url
        if self.listing.numbered_page and self.articles:
            return self._numbered(self.listing.numbered_page)
        return None

    def _numbered(self, template: str) -> str | None:
        """Return the page after this one by its number; the first page of a category has none."""
        match = _template_pattern(template).search(split_url(self.page.url).path)
        if match:
            slug, number = unquote(match["slug"]), int(match["page"]) + 1
        else:
            slug, number = self._slug(self.page.url) or "", 2
        if not slug or number > self.listing.max_pages:
            return None
        return urljoin(self.page.base_url, template.format(slug=quote_path(slug), page=number))


def is_own(parts: SplitResult, site: Site, netlocs: Container[str]) -> bool:
    """Return whether an address leads to a site: to one of its hosts by an ordinary port, or to one of `netlocs`."""
    return parts.netloc in netlocs or (parts.hostname in site.hosts and parts.port in (None, 80, 443))


def _title(link: Element) -> str | None:
    text = line_of(link)
    full = clean(attribute(link, "title"))
    return (full if not text or (text.endswith(_CUT_SHORT) and len(full) > len(text)) else text) or None


@lru_cache(maxsize=64)
def _template_pattern(template: str) -> re.Pattern[str]:
    text = re.escape(template).replace(r"\{slug\}", "(?P<slug>[^/]+?)").replace(r"\{page\}", r"(?P<page>\d{1,6})")
    return re.compile(text + "$")
