"""A name resolver that gives no private addresses: what a name means is looked at when the connection is made."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from newsarchive.urls import is_public

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twisted.internet.interfaces import IAddress

    from newsarchive.crawl.http.offsite import AddressRules


# Zope's interfaces are not types: what is handed on is Any.
@implementer(IHostnameResolver)
class PublicResolver:
    """Wraps the resolver that is installed and leaves out addresses inside private networks.

    A name that has no other address cannot be connected to; it is then found in `refused` with what it resolved to.
    """

    def __init__(self, inner: Any, rules: AddressRules) -> None:
        self.inner = inner
        self.rules = rules
        self.refused: dict[str, str] = {}

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
        if not self.rules.trusts(hostName, portNumber):
            receiver = _PublicOnly(resolutionReceiver, hostName, self.refused)
        return self.inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _PublicOnly:
    def __init__(self, receiver: Any, host: str, refused: dict[str, str]) -> None:
        self.receiver = receiver
        self.host = host
        self.refused = refused

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        self.receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        host = str(getattr(address, "host", ""))
        if is_public(ipaddress.ip_address(host.partition("%")[0])):
            self.receiver.addressResolved(address)
        else:
            self.refused[self.host] = host

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()
