"""Which addresses are asked: the hosts that a site names, on the public network, by http or https.

The rules are applied in two places: the filter looks at every URL before it is requested, ahead of everything else, so
that redirects and requests for robots.txt pass it, too; the resolver looks at every address that a name turns out to
have when a connection is made. A name that changes its address between the two is caught by the second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import signals
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.httpobj import urlparse_cached
from w3lib.url import add_http_if_no_scheme

from newsarchive.crawl.failures import Refused
from newsarchive.crawl.http.public_resolver import PublicResolver
from newsarchive.urls import DEFAULT_PORTS, host_port, is_local

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from newsarchive.sites import Site


#: In a request's `meta`: the rules for it, where they are not those of the crawl.
RULES = "newsarchive_address_rules"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address is not asked: a `reason` from `problems.REASONS`, and the detail for people."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class AddressRules:
    """The hosts that may be asked: `hosts`, which may carry a port, or every public one where that is None.

    `trusted` are the exact `host:port` that may be private.
    """

    hosts: frozenset[str] | None
    trusted: frozenset[str] = field(default=frozenset())

    def refusal(self, url: str) -> Refusal | None:
        """Return why a URL is not to be asked, None where nothing speaks against it."""
        try:
            parts = urlsplit(url)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        except ValueError:
            return Refusal("unsafe-url", "not a readable URL")
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in DEFAULT_PORTS or not host:
            return Refusal("unsafe-url", f"not a web address ({parts.scheme or 'no scheme'})")
        if "@" in parts.netloc:
            return Refusal("unsafe-url", "carries a user name")
        if is_local(host) and not self.trusts(host, port):
            return Refusal("unsafe-url", f"{host} lies inside a private network")
        plain = host if port == DEFAULT_PORTS[parts.scheme] else None
        if self.hosts is None or self.trusts(host, port) or not self.hosts.isdisjoint((f"{host}:{port}", plain)):
            return None
        return Refusal("foreign-host", f"{host}:{port} is no host of this site")

    def trusts(self, host: str, port: int) -> bool:
        """Return whether the user named this host and port, so that its address may be a private one."""
        return f"{host.rstrip('.').lower()}:{port}" in self.trusted


def site_rules(site: Site, also: Iterable[str] = ()) -> AddressRules:
    """Make the rules for a site: the hosts that its file names, and those of the URLs in `also`, which the user gave.

    A private address that stands literally in the site's own file is trusted, with its port and nothing beside it.
    """
    others = [*(site.share.hosts if site.share else ()), *(site.vanished.hosts if site.vanished else ())]
    named = {host.lower() for host in (*site.hosts, *others)}
    urls = [site.base_url, *(found.url for found in site.lists if "://" in found.url)]
    if site.vanished:
        urls.append(site.vanished.address)
    if site.share:
        urls += [url for url in (site.share.page, site.share.data, site.share.origin) if url]
    parts = [urlsplit(url) for url in urls]
    hosts = named | {host_port(part) for part in parts}
    trusted = {host for host in hosts if ":" in host and is_local(host.rpartition(":")[0])}
    trusted |= {host_port(urlsplit(url)) for url in also}
    return AddressRules(frozenset(hosts | trusted), frozenset(trusted))


class OffsiteFilter:
    """Downloader middleware that refuses what the spider's `address_rules` do not allow.

    That a harmless name has a private address is found out by the reactor's resolver. Behind a proxy names are the
    proxy's business, and only the proxy's own name is resolved here.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.rules = AddressRules(frozenset())
        crawler.signals.connect(self.opened, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def opened(self) -> None:
        """Adopt the spider's rules."""
        self.rules = rules_of(self.crawler)

    def process_request(self, request: Request) -> None:
        """Pass a request or raise Refused."""
        rules: AddressRules = request.meta.get(RULES, self.rules)
        refusal = rules.refusal(request.url)
        if refusal is not None:
            raise Refused(refusal)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise Refused in place of a failed look-up when it was the resolver that left the address out."""
        host = urlparse_cached(request).hostname or ""
        if isinstance(exception, CannotResolveHostError) and (address := PublicResolver.installed().refused.get(host)):
            raise Refused(Refusal("unsafe-url", f"{host} has the private address {address}"))


def rules_of(crawler: Crawler) -> AddressRules:
    """Return the rules of a crawl's spider; one that has none may ask for nothing."""
    rules: AddressRules = getattr(crawler.spider, "address_rules", AddressRules(frozenset()))
    return rules


def connectable(rules: AddressRules) -> AddressRules:
    """Return the rules by which connections are made: what may be private, and the proxies that the user named."""
    proxies = {_proxy_host(url) for scheme, url in getproxies().items() if scheme in ("http", "https")}
    return AddressRules(rules.hosts, rules.trusted | proxies)


def _proxy_host(url: str) -> str:
    return host_port(urlsplit(add_http_if_no_scheme(url)))
