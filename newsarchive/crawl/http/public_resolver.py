"""A name resolver that gives no private addresses: what a name means is looked at when the connection is made.

There is one in a reactor, installed with the first crawl and left there, so that no crawl that ends takes the guard
away from another. Which private hosts may be connected to is a matter of the crawl that asks: its `GuardedPool` tells
the resolver whose connection is being made. For everybody else no private address is trusted.
"""

from __future__ import annotations

import ipaddress
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer  # type: ignore[import-untyped]

from newsarchive.urls import is_public

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress, IStreamClientEndpoint
    from twisted.web._newclient import HTTP11ClientProtocol

    from newsarchive.crawl.http.offsite import AddressRules


# Zope's interfaces are not types: what is handed on is Any.
@implementer(IHostnameResolver)
class PublicResolver:
    """Wraps the resolver that is installed and leaves out addresses inside private networks.

    A name that has no other address cannot be connected to; it is then found in `refused` with what it resolved to.
    """

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.refused: dict[str, str] = {}
        self._rules: AddressRules | None = None

    @classmethod
    def installed(cls) -> PublicResolver:
        """Return the one of the reactor, which is installed if it is not yet."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it earlier would choose the wrong one

        if not isinstance(reactor.nameResolver, cls):
            reactor.installNameResolver(cls(reactor.nameResolver))
        resolver: PublicResolver = reactor.nameResolver
        return resolver

    @contextmanager
    def asked_by(self, rules: AddressRules) -> Iterator[None]:
        """Resolve by the rules of one crawl what is asked for inside the block, which must not wait for anything."""
        before, self._rules = self._rules, rules
        try:
            yield
        finally:
            self._rules = before

    def resolveHostName(  # noqa: N802 - the name is Twisted's
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name, as `IHostnameResolver` asks for."""
        receiver = resolutionReceiver
        if self._rules is None or not self._rules.trusts(hostName, portNumber):
            receiver = _PublicOnly(resolutionReceiver, hostName, self.refused)
        return self.inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


class GuardedPool(HTTPConnectionPool):
    """The connections of one crawl: names are resolved by its rules."""

    def __init__(self, reactor: Any, rules: AddressRules) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._resolver = PublicResolver.installed()
        self._crawl_rules = rules

    @classmethod
    def like(cls, pool: HTTPConnectionPool, rules: AddressRules) -> GuardedPool:
        """Make one in place of a pool that nothing has used yet."""
        guarded = cls(pool._reactor, rules)  # noqa: SLF001 - it has no other name
        guarded.maxPersistentPerHost = pool.maxPersistentPerHost
        guarded._factory = pool._factory  # noqa: SLF001 - Scrapy sets it, too
        return guarded

    def _newConnection(  # noqa: N802 - the name is Twisted's
        self, key: Hashable, endpoint: IStreamClientEndpoint
    ) -> Deferred[HTTP11ClientProtocol]:
        # Every connection is made here, also one in place of another that the server has closed. An endpoint asks the
        # resolver before it returns; were this method not called any more, no private address would be trusted.
        with self._resolver.asked_by(self._crawl_rules):
            return super()._newConnection(key, endpoint)


@implementer(IResolutionReceiver)
class _PublicOnly:
    def __init__(self, receiver: Any, host: str, refused: dict[str, str]) -> None:
        self.receiver = receiver
        self.host = host
        self.refused = refused

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        self.refused.pop(self.host, None)
        self.receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        host = str(getattr(address, "host", ""))
        if is_public(ipaddress.ip_address(host.partition("%")[0])):
            self.receiver.addressResolved(address)
        else:
            self.refused[self.host] = host

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()
