"""A look around a site that nobody has described: its ways in, the addresses of its articles, what it calls itself.

A survey asks for few pages. It begins with the home page, robots.txt, feeds and sitemaps; then it goes on by turns to
a page of a shape of addresses that may be one of articles, and to a page that may list more of them. What each turns
out to be the reader says; a shape whose pages are articles, whatever section they stand in, is one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from newsarchive.discovery.exploration import LATE, Exploration, may_be_page
from newsarchive.discovery.feed import read_feed
from newsarchive.discovery.json_list import read_json_list
from newsarchive.discovery.judge import judge
from newsarchive.discovery.page_links import Links, is_headline, read_links
from newsarchive.discovery.shapes import is_variable
from newsarchive.discovery.sitemap import read_sitemap
from newsarchive.drafting.address_groups import AddressGroups, Group, Known, Visited
from newsarchive.drafting.json_lists import find_list, paged
from newsarchive.drafting.needs_browser import needs_browser
from newsarchive.errors import UserError
from newsarchive.extract import process
from newsarchive.extract.html import take_source
from newsarchive.sites.model import Site
from newsarchive.tree import attribute, parse, select
from newsarchive.url_keys import url_key
from newsarchive.urls import host_and_odd_port, is_local, origin_of, split_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from newsarchive.discovery.judge import Kind
    from newsarchive.models import Article, Page
    from newsarchive.sites import JsonList
    from newsarchive.tree import Element

#: Requests for one site, those for robots.txt included.
MOST_REQUESTS = 80
# Sitemaps, feeds and addresses of data that are read, and those that are guessed where none is named.
_MOST_SITEMAPS, _MOST_FEEDS, _MOST_DATA = 8, 4, 4
_GUESSED_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml")
_GUESSED_FEEDS = ("/feed/", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml")
_FEED_LINK = re.compile(r"(?:^|[/.])(?:rss|atom|feed)(?:\.xml|\.php|/)?$|/index\.xml$", re.IGNORECASE)
_SITEMAP_FIRST = re.compile(r"news|post|article|story", re.IGNORECASE)
_SITEMAP_LAST = re.compile(r"image|video|tag|author|user|categor|product|page", re.IGNORECASE)
#: Addresses of one feed or sitemap that are looked at.
_MOST_EVIDENCE = 3_000
# Pages, one after the other, that bring neither a new shape nor a new article, after which a survey ends.
_TIRED, _LEAST_PAGES = 14, 20
#: Addresses of articles that have to be known by then: of a small site, every page that leads to some counts.
_MANY_ARTICLES = 100
#: Pages that lead to articles which the site's file names as ways in.
_MOST_STARTS = 12
#: Pages of a host of which none came, until it is left.
_MOST_SILENT = 2
_TERMS = re.compile("条款|声明|版权|协议|terms|legal|copyright|impressum|使用須知", re.IGNORECASE)
_JSON = re.compile(
    r"""["'](/(?:[^"'\s<>]{1,200}?\.json(?:\?[^"'\s<>]{0,100})?|(?:[^"'\s<>]{1,100}/)?(?:api|ajax)/[^"'\s<>]{1,100}"""
    r"""|[^"'\s<>]{0,100}?getlist[^"'\s<>]{0,100}))["']""",
    re.IGNORECASE,
)
_CRAWL_DELAY = re.compile(r"^[ \t]*crawl-delay[ \t]*:[ \t]*([\d.]+)", re.IGNORECASE | re.MULTILINE)
_PLAIN_INDEX = re.compile(r"/(index\.(?:s?html?|php|aspx?|jsp))$", re.IGNORECASE)
# Hosts of a domain that are no channels.
_SERVICES = frozenset((
    "mail", "passport", "login", "sso", "static", "img", "image", "images", "pic", "cdn", "api", "search", "shop",
    "bbs", "ad", "ads", "my", "user", "account", "accounts", "app", "wap", "m", "video", "live", "status", "docs",
    "help",
))  # fmt: skip
# Domains of the second level under which anybody has a site.
_SHARED = frozenset(("com", "net", "org", "gov", "edu", "ac", "co", "or", "ne", "go", "mil", "gob", "gouv", "govt"))
_HOSTING = frozenset((
    "github.io", "gitlab.io", "gitee.io", "netlify.app", "vercel.app", "pages.dev", "blogspot.com", "wordpress.com",
    "substack.com", "medium.com", "tumblr.com", "herokuapp.com", "web.app", "onrender.com", "weebly.com", "wixsite.com",
    "sina.com.cn",
))  # fmt: skip


@dataclass(slots=True)
class Survey:
    """What was found out about a site."""

    base_url: str
    hosts: list[str]
    start: str
    groups: list[Group] = field(default_factory=list)
    visited: list[Visited] = field(default_factory=list)
    home: Article | None = None
    head_titles: list[str] = field(default_factory=list)
    site_names: Counter[str] = field(default_factory=Counter)
    #: Feeds and sitemaps, each with the number of addresses on it.
    feeds: dict[str, int] = field(default_factory=dict)
    sitemaps: dict[str, int] = field(default_factory=dict)
    #: Those of the sitemaps that no other one names.
    sitemap_roots: list[str] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)
    folder_index: str | None = None
    crawl_delay: float | None = None
    robots: str = ""
    terms: str | None = None
    #: Addresses of data that the scripts of its pages name, and those of them that list articles, with what they list.
    json: list[str] = field(default_factory=list)
    lists: dict[JsonList, list[str]] = field(default_factory=dict)
    requests: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    html: list[bytes] = field(default_factory=list)
    #: Pages that show nothing without their scripts.
    blank: int = 0
    #: Script links and links in all on the pages that list things.
    scripted: int = 0

    def is_listed(self, url: str) -> bool:
        """Return whether a feed or a sitemap names an address."""
        known = self.known.get(url_key(url))
        return known is not None and (known.in_feed or known.in_sitemap)

    def articles(self) -> list[Visited]:
        """Return the pages that are articles."""
        return [page for page in self.visited if page.kind == "article"]


async def survey(url: str, fetch: Callable[[str], Awaitable[Page | str]], most: int = MOST_REQUESTS) -> Survey:
    """Look around the site at an address, by at most so many requests.

    Raises:
        UserError: the first page did not come, or is none.

    """
    return await _Surveyor(url, fetch, most).run()


class _Surveyor:
    def __init__(self, url: str, fetch: Callable[[str], Awaitable[Page | str]], most: int) -> None:
        self.first = url
        self.fetch = fetch
        self.most = most
        self.addresses = AddressGroups()
        self.exploration = Exploration(float(most), patient=True)
        self.asked: set[str] = set()
        #: Keys of pages that a pager leads to, from a page that was looked at before.
        self.later: set[str] = set()
        self.tired = 0
        #: Addresses of data that were tried.
        self.data = 0
        #: Hosts that answered, and how often another one did not.
        self.answered: set[str] = set()
        self.silent: Counter[str] = Counter()
        self.result: Survey
        self.domain = ""

    async def run(self) -> Survey:
        page = await self.fetch(self.first)
        if isinstance(page, str):
            raise UserError(f"{self.first}: {page}")
        host = host_and_odd_port(page.base_url)
        self.domain = domain_of(host)
        self.result = Survey(origin_of(page.base_url).rstrip("/"), [host], page.base_url, requests=2)
        self.addresses = AddressGroups(self.result.known, self.result.visited)
        self.result.requests += page.final_url is not None
        self.answered.add(host)
        self.asked.update((url_key(page.base_url), url_key(self.first)))
        links = self._take(page)
        await self._find_folder_index(page, links)
        await self._read_robots()
        await self._read_feeds(links)
        await self._read_json()
        await self._look_around()
        self.result.groups = self.addresses.groups()
        return self.result

    # Asking

    async def _get(self, url: str) -> Page | None:
        key = url_key(url)
        host = host_and_odd_port(url)
        # The first request to a host asks for its robots.txt, too; any may be redirected.
        requests = 1 + (host not in self.answered and not self.silent[host])
        if key in self.asked or self.result.requests + requests >= self.most:
            return None
        self.asked.add(key)
        self.exploration.saw(url)
        if self.silent[host] >= _MOST_SILENT:
            return None
        self.result.requests += requests
        page = await self.fetch(url)
        if isinstance(page, str):
            self.result.failures.append((url, page))
            self.addresses.missing.append(url)
            self.silent[host] += host not in self.answered
            return None
        self.answered.add(host)
        self.asked.add(url_key(page.base_url))
        self.result.requests += page.final_url is not None
        return page

    def _site(self) -> Site:
        return Site("", "", self.result.base_url, tuple(self.result.hosts), ZoneInfo("UTC"))

    # Ways in

    async def _find_folder_index(self, home: Page, links: Links) -> None:
        """Learn whether `/x/index.html` is `/x/` here: both spellings of one address are the same page."""
        named = next(
            (match[1] for url in links.found if self._is_own(url) and (match := _PLAIN_INDEX.search(url))), None
        )
        if named is None:
            return
        plain = home.base_url if split_url(home.base_url).path.endswith("/") else self.result.base_url + "/"
        page = await self._get(urljoin(plain, named))
        if page is not None and page.body == home.body:
            self.result.folder_index = named
            self._respell()

    def _respell(self) -> None:
        known, self.result.known = self.result.known, {}
        self.addresses = AddressGroups(self.result.known, self.result.visited, self.addresses.missing)
        self.exploration = Exploration(float(self.most), patient=True)
        for one in known.values():
            self._note(one.url, one.text, is_dated=one.is_dated)

    async def _read_robots(self) -> None:
        result = self.result
        page = await self._get(urljoin(result.base_url, "/robots.txt"))
        named: list[str] = []
        if page is not None and b"<html" not in page.body[:500].lower():
            result.robots = page.body[:100_000].decode("utf-8", "replace")
            delay = _CRAWL_DELAY.search(result.robots)
            result.crawl_delay = float(delay[1]) if delay and delay[1].strip(".") else None
            named = read_sitemap(page, self._site()).further
        named = [self._here(url) for url in named]
        await self._read_sitemaps(
            named or [result.base_url + path for path in _GUESSED_SITEMAPS], are_guessed=not named
        )

    def _here(self, url: str) -> str:
        """Return an address of a sitemap at the site's own host, where it names one that is no host of this domain."""
        parts = split_url(url)
        return url if self._is_own(url) or not parts.path else self.result.base_url + parts.path

    async def _read_sitemaps(self, urls: list[str], *, are_guessed: bool) -> None:
        waiting, read = list(dict.fromkeys(urls)), 0
        roots = set(waiting)
        while waiting and read < _MOST_SITEMAPS:
            waiting.sort(key=_sitemap_order)
            url = waiting.pop(0)
            page = await self._get(url)
            read += 1
            if page is None:
                continue
            listed = read_sitemap(page, self._site())
            waiting += [self._here(lower) for lower in listed.further if url_key(lower) not in self.asked]
            if listed.further or listed.articles:
                self.result.sitemaps[url] = len(listed.articles)
                if url in roots:
                    self.result.sitemap_roots.append(url)
                if are_guessed:
                    waiting = [lower for lower in waiting if lower not in urls]
            for found in listed.articles[:_MOST_EVIDENCE]:
                self._note(found.url, found.hints.title or "", in_sitemap=True)

    async def _read_feeds(self, links: Links) -> None:
        named = [url for url in links.feeds if "comment" not in url.lower()]
        named += [url for url in links.found if _FEED_LINK.search(split_url(url).path) and self._is_own(url)]
        guessed = [self.result.base_url + path for path in _GUESSED_FEEDS] if not named else []
        read = 0
        for url in dict.fromkeys(named or guessed):
            if read >= _MOST_FEEDS:
                break
            page = await self._get(url)
            read += 1
            if page is None:
                continue
            listed = read_feed(page, self._site())
            own = [found for found in listed.articles if self._is_own(found.url)]
            if own:
                self.result.feeds[url] = len(own)
            for found in own[:_MOST_EVIDENCE]:
                self._note(found.url, found.hints.title or "", in_feed=True)
            if guessed and own:
                break

    async def _read_json(self) -> None:
        """Ask for data that scripts name; what lists articles is a way in."""
        for path in self.result.json[self.data : _MOST_DATA]:
            self.data += 1
            first, template = paged(path)
            page = await self._get(urljoin(self.result.base_url, first))
            if page is None:
                continue
            known = [one.url for one in self.result.known.values()]
            found = find_list(page, template, known, self._is_own)
            if found is None:
                continue
            urls = self._note_list(page, found)
            if "{page}" in template:
                following = await self._get(found.page_url(self.result.base_url, page=found.first_page + 1))
                if following is None or set(self._note_list(following, found)) <= set(urls):
                    found = replace(found, url=first)
            self.result.lists[found] = urls

    def _note_list(self, page: Page, found: JsonList) -> list[str]:
        """Record what a list of data leads to, as a crawl reads it."""
        listed = read_json_list(page, replace(self._site(), lists=(found,))).articles
        for one in listed:
            self._note(one.url, one.hints.title or "", is_dated=one.hints.published is not None)
        return [self._spelled(one.url) for one in listed]

    # Looking around

    async def _look_around(self) -> None:
        by_turns = 0
        while self.result.requests + 2 < self.most:  # else a page of a new host would be one too many
            self._offer_lists()
            wanted = self.addresses.wanted(self.asked)
            if wanted is None and self.tired >= _TIRED and self._is_enough():
                break
            candidate = None
            if wanted is None or by_turns % 2:
                candidate = self.exploration.next(worst=None if wanted is None else LATE - 1)
            by_turns += 1
            url = candidate.url if candidate is not None else wanted
            if url is None:
                break
            page = await self._get(url)
            if page is None:
                self.exploration.did_not_come(url)
                continue
            before = self.addresses.hopeful()
            self._take(page)
            await self._read_json()
            new = self.addresses.hopeful() - before
            self.tired = 0 if new > 0 else self.tired + 1
            if candidate is not None:
                self.exploration.learn(url, max(new, 0))

    def _is_enough(self) -> bool:
        """Return whether so many articles are known that another page hardly changes the picture."""
        known = sum(len(group.urls) for group in self.addresses.groups() if group.are_articles)
        return known >= _MANY_ARTICLES and self.result.requests >= _LEAST_PAGES

    def _offer_lists(self) -> None:
        """Treat the pages of groups that are not those of articles as pages that may list some."""
        for group in self.addresses.groups():
            if group.is_decided and not group.are_articles:
                for url in group.urls:
                    self.exploration.offer(url, self.result.known[url_key(url)].text)

    # Pages

    def _take(self, page: Page) -> Links:
        """Read a page, judge it, and note where it leads."""
        source = take_source(page, None)
        root = parse(source.data)
        article = process(page, None)
        if root is None:
            self.result.visited.append(Visited(page.base_url, "other", article, []))
            return Links()
        links = read_links(root, page.base_url, source.charset)
        self.result.blank += needs_browser(root)
        known = self.result.known.get(url_key(page.url))
        kind: Kind = judge(article, root, links, dated=known is not None and known.in_feed)
        if (
            kind == "article"
            and known is not None
            and not is_variable(self.addresses.shapes.of(known.url))
            and not (known.in_feed or known.in_sitemap or is_headline(known.text))
        ):
            kind = "listing"
        if not self.result.visited:
            kind = "listing"  # what one is led to first
            self.result.home = article
        self._note_head(root, links, kind)
        if kind == "article":
            self.result.html.append(page.body[:200_000])
        own = [link for link in links.found.values() if self._is_own(link.url)]
        if kind in ("article", "thin"):  # the pages of its pager belong to the article
            own = [link for link in own if link.url not in links.pages]
        for link in own:
            self.exploration.count_link(self._spelled(link.url))
            self._note(link.url, link.text, is_dated=link.is_dated, found_on=self._spelled(page.url))
        for url in links.pages:
            if self._is_own(url) and kind not in ("article", "thin"):
                self.exploration.offer(self._spelled(url), is_pager=True)
                if not self._was_visited(url):
                    self.later.add(url_key(self._spelled(url)))
        self.result.visited.append(
            Visited(
                self._spelled(page.url),
                kind,
                article,
                [self._spelled(link.url) for link in own],
                is_later=url_key(page.url) in self.later,
            )
        )
        return links

    def _was_visited(self, url: str) -> bool:
        key = url_key(self._spelled(url))
        return any(url_key(page.url) == key for page in self.result.visited)

    def _note_head(self, root: Element, links: Links, kind: Kind) -> None:
        title = next((clean for element in select("title", root) if (clean := " ".join(element.text().split()))), "")
        if not self.result.visited or (title and kind == "article"):
            self.result.head_titles.append(title)
        for element in select("meta", root):
            if attribute(element, "property").lower() == "og:site_name" and (
                name := attribute(element, "content").strip()
            ):
                self.result.site_names[name] += 1
        if self.result.terms is None:
            self.result.terms = next((link.url for link in links.found.values() if _TERMS.search(link.text)), None)
        if kind != "article":
            self.result.scripted += links.refused
            for script in select("script", root):
                self.result.json += [found for found in _JSON.findall(script.text()) if found not in self.result.json]

    def _note(
        self,
        url: str,
        text: str = "",
        *,
        is_dated: bool = False,
        in_feed: bool = False,
        in_sitemap: bool = False,
        found_on: str | None = None,
    ) -> None:
        url = self._spelled(url)
        if not self._is_own(url) or not may_be_page(url) or len(url) > 1000:
            return
        key = url_key(url)
        known = self.result.known.get(key)
        if known is None:
            known = self.result.known[key] = Known(url)
            self.addresses.shapes.add([url])
            host = host_and_odd_port(url)
            if host not in self.result.hosts:
                self.result.hosts.append(host)
        known.text = max(known.text, text, key=len)
        known.is_dated = known.is_dated or is_dated
        known.in_feed, known.in_sitemap = known.in_feed or in_feed, known.in_sitemap or in_sitemap
        if is_variable(self.addresses.shapes.of(url)):
            if known.is_hopeful:
                self.exploration.saw_article(url)
        elif not (in_feed or in_sitemap):
            self.exploration.offer(url, text, found_on=found_on)

    def _spelled(self, url: str) -> str:
        index = self.result.folder_index
        url = url.partition("#")[0]
        return url[: -len(index)] if index and url.endswith("/" + index) else url

    def _is_own(self, url: str) -> bool:
        host = host_and_odd_port(url)
        if host in self.result.hosts:
            return True
        if not host or is_local(host.partition(":")[0]) or domain_of(host) != self.domain:
            return False
        return host.removesuffix(self.domain).rstrip(".").rpartition(".")[2] not in _SERVICES


def domain_of(host: str) -> str:
    """Return the domain that a host shares with others of its owner: `paper.example` of `www.paper.example`."""
    labels = host.partition(":")[0].split(".")
    if host.replace(".", "").replace(":", "").isdigit() or len(labels) < 3:
        return host
    last_two = ".".join(labels[-2:])
    is_shared = last_two in _HOSTING or (labels[-2] in _SHARED and len(labels[-1]) == 2)
    return ".".join(labels[-3:]) if is_shared else last_two


def _sitemap_order(url: str) -> int:
    name = split_url(url).path
    return 0 if _SITEMAP_FIRST.search(name) else 2 if _SITEMAP_LAST.search(name) else 1
