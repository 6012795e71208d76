"""The guard: no request leaves for a host, a scheme or an address that the crawl has no business with.

It stands before everything else, so redirects and robots.txt requests pass it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import signals
from scrapy.exceptions import CannotResolveHostError
from scrapy.utils.httpobj import urlparse_cached
from w3lib.url import add_http_if_no_scheme

from newsarchive.crawl.http.address_rules import AddressRules, Refusal, host_port
from newsarchive.crawl.http.public_resolver import PublicResolver
from newsarchive.crawl.outcomes import Refused

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler


class OffsiteFilter:
    """Downloader middleware that refuses what the spider's `address_rules` do not allow.

    While the crawl runs it also wraps the reactor's resolver, so that a harmless name with a private address is
    found out. Behind a proxy names are the proxy's business, and only the proxy's own name is resolved here.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.rules = AddressRules(frozenset())
        self._resolver: PublicResolver | None = None
        crawler.signals.connect(self.opened, signals.spider_opened)
        crawler.signals.connect(self.closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one for a crawl."""
        return cls(crawler)

    def opened(self) -> None:
        """Take the spider's rules and put the resolver in front."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it earlier would choose the wrong one

        self.rules = getattr(self.crawler.spider, "address_rules", self.rules)
        proxies = {_proxy_host(url) for scheme, url in getproxies().items() if scheme in ("http", "https")}
        connectable = AddressRules(self.rules.hosts, self.rules.trusted | proxies)
        self._resolver = PublicResolver(reactor.nameResolver, connectable)
        reactor.installNameResolver(self._resolver)

    def closed(self) -> None:
        """Return the reactor its resolver back."""
        from twisted.internet import reactor  # noqa: PLC0415

        if self._resolver is not None:
            reactor.installNameResolver(self._resolver.inner)

    def process_request(self, request: Request) -> None:
        """Let a request pass or raise Refused."""
        refusal = self.rules.refusal(request.url)
        if refusal is not None:
            raise Refused(refusal)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise Refused in place of a failed look-up when it was the resolver that left the address out."""
        host = urlparse_cached(request).hostname or ""
        if isinstance(exception, CannotResolveHostError) and self._resolver and host in self._resolver.refused:
            address = self._resolver.refused[host]
            raise Refused(Refusal("unsafe-url", f"{host} has the private address {address}"))


def _proxy_host(url: str) -> str:
    return host_port(urlsplit(add_http_if_no_scheme(url)))
