"""Whether a site's file fits the site: its robots.txt, each of its ways in, and three of the articles they lead to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from newsarchive.crawl.fetch_one import StatusError
from newsarchive.discovery import LINK_SOURCES
from newsarchive.discovery.html_listing import is_article
from newsarchive.drafting.needs_browser import needs_browser
from newsarchive.errors import UserError
from newsarchive.extract import process
from newsarchive.extract.html import take_source
from newsarchive.extract.validate import rejection
from newsarchive.i18n import _, ngettext
from newsarchive.problems import REASONS
from newsarchive.tree import parse

if TYPE_CHECKING:
    from newsarchive.crawl.fetch_one import Load
    from newsarchive.models import Page
    from newsarchive.sites import Site

#: Articles that are looked at.
_ARTICLES = 3


class Seen(NamedTuple):
    """One thing that was looked at: what it is, where, whether the file is right about it, and what was seen."""

    what: str
    address: str
    right: bool
    seen: str


async def check_site(site: Site, load: Load) -> list[Seen]:
    """Look at a site with its file; between two pages it is waited as long as the file says."""
    return await _SiteCheck(site, load).run()


class _SiteCheck:
    def __init__(self, site: Site, load: Load) -> None:
        self.site = site
        self.load = load
        self.seen: list[Seen] = []
        #: Addresses of articles, those of each way in by themselves.
        self.articles: list[list[str]] = []
        self.asked = 0

    async def run(self) -> list[Seen]:
        await self._look_at_robots()
        for name, source in LINK_SOURCES.items():
            for url in source.starts(self.site):
                await self._look_at_way(name, url)
        by_turns = dict.fromkeys(url for url in chain(*zip_longest(*self.articles)) if url)
        for url in list(by_turns)[:_ARTICLES]:
            await self._look_at_article(url)
        return self.seen

    async def _get(self, url: str) -> Page | UserError:
        """Return a page, or why it did not come."""
        if self.asked:
            await asyncio.sleep(self.site.politeness.delay)
        self.asked += 1
        try:
            return await self.load(url)
        except UserError as error:
            return error

    async def _look_at_robots(self) -> None:
        url = urljoin(self.site.base_url, "/robots.txt")
        page = await self._get(url)
        if isinstance(page, StatusError) and page.status in (404, 410):
            self.seen.append(Seen("robots.txt", url, right=True, seen=_("there is none")))
        elif isinstance(page, UserError):
            self.seen.append(_missing("robots.txt", url, page))
        else:
            rules = sum(line.lower().startswith(b"disallow:") for line in page.body.splitlines())
            self.seen.append(
                Seen("robots.txt", url, right=True, seen=_("read: {rules} rules that forbid something", rules=rules))
            )

    async def _look_at_way(self, name: str, url: str) -> None:
        page = await self._get(url)
        if isinstance(page, UserError):
            self.seen.append(_missing(name, url, page))
            return
        listed = LINK_SOURCES[name].read(replace(page, role="listing", site=self.site.name), self.site)
        found = [one.url for one in listed.articles if name != "feed" or is_article(one.url, self.site)]
        told = [ngettext("{count} article", "{count} articles", len(found))]
        if others := len(listed.articles) - len(found):
            told.append(_("{number} that listing.article does not know", number=others))
        if further := len(listed.categories) + len(listed.further):
            told.append(ngettext("{count} further listing", "{count} further listings", further))
        if not found and name == "category" and _is_filled_by_scripts(page):
            told.append(_("filled by scripts: [render], or a JSON list behind it"))
        if listed.damage:
            told.append(listed.damage)
        self.articles.append(found)
        self.seen.append(Seen(name, url, bool(found or listed.further), _("; ").join(told)))

    async def _look_at_article(self, url: str) -> None:
        page = await self._get(url)
        if isinstance(page, UserError):
            self.seen.append(_missing("article", url, page))
            return
        article = process(replace(page, role="post", site=self.site.name), self.site)
        problem = rejection(article)
        if problem is None and article.title and article.published_at:
            characters = ngettext("{count} character", "{count} characters", len(article.body))
            told = f"{article.published_at:%Y-%m-%d %H:%M} {article.title} ({characters})"
            self.seen.append(Seen("article", url, right=True, seen=told))
            return
        lacks = [
            _(REASONS[reason])
            for reason, value in (("no-title", article.title), ("no-date", article.published_at))
            if not value
        ]
        why = [problem.detail or _(REASONS[problem.reason])] if problem else lacks
        if _is_filled_by_scripts(page):
            why.append(_("filled by scripts: [render]"))
        self.seen.append(Seen("article", url, right=False, seen=_("; ").join(why)))


def _missing(what: str, url: str, error: UserError) -> Seen:
    return Seen(what, url, right=False, seen=str(error).removeprefix(f"{url}: "))


def _is_filled_by_scripts(page: Page) -> bool:
    root = parse(take_source(page, None).data)
    return root is not None and needs_browser(root)
