"""What the spiders share that ask nobody: their pages lie in snapshots or files, of one site or of many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from newsarchive.crawl.arguments import read_site
from newsarchive.crawl.warc_pages import known_site
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.sites import Site
from newsarchive.urls import is_local, origin_of, split_url
from spiders.base import ArchiveSpider

if TYPE_CHECKING:
    from newsarchive.crawl.arguments import Reader
    from newsarchive.models import Page

# Stands for the site of a run that is not limited to one; nothing is asked of its address.
ALL_SITES = Site("all sites", "all sites", "https://all-sites.invalid", (), ZoneInfo("UTC"))


def read_url_pattern(text: str) -> re.Pattern[str]:
    """Read a URL, or a regular expression that is looked for in URLs."""
    try:
        return re.compile(text)
    except re.error as error:
        raise UserError(_("neither a URL nor a regular expression ({error})", error=error)) from None


class OfflineSpider(ArchiveSpider):
    """A spider that makes no request; what it reads says nothing of what is still to be fetched.

    Spider arguments:
        site: only pages of this site; without it those of all sites.
        url: only this URL, or the URLs in which this regular expression is found.
    """

    fetches: ClassVar[bool] = False
    readers: ClassVar[dict[str, Reader]] = {"site": read_site, "url": read_url_pattern}

    def __init__(self, given: dict[str, str], values: dict[str, Any]) -> None:
        super().__init__(given, {"site": ALL_SITES} | values)
        self.only_site: Site | None = values.get("site")
        self.url_pattern: re.Pattern[str] | None = values.get("url")

    def site_of(self, page: Page) -> Site | None:
        """Return the site that the page names, as it was served where the page is; None where there is no such file."""
        is_only = self.only_site is not None and page.site == self.only_site.name
        site = self.site if is_only else known_site(page.site)
        if site is None or site.is_own(page.url) or not self.trusts(page):
            return site
        return site.served_at(origin_of(page.url))

    def trusts(self, page: Page) -> bool:
        """Return whether a page was served for the site that it names: anybody can write that into a file.

        What lies inside of a private network was served by its user.
        """
        host = split_url(page.url).hostname
        return host is not None and is_local(host)

    def wants(self, url: str) -> bool:
        """Return whether a URL is among those that the argument `url` asks for."""
        pattern = self.url_pattern
        return pattern is None or url == pattern.pattern or pattern.search(url) is not None
