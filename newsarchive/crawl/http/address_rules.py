"""Which addresses a crawl may ask: the hosts that its site names, on the public network, by http or https.

Two places use these rules: the guard looks at every URL before it is requested, the resolver at every address that a
name turns out to have when a connection is made. A name that changes its address between the two is caught by the
second.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from newsarchive.sites import Site

DEFAULT_PORTS = {"http": 80, "https": 443}
# An IPv4 address in the last 32 bits, reached through a gateway (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "home.arpa")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address is not asked: a `reason` from `problems.REASONS`, and the detail for people."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class AddressRules:
    """The hosts of a crawl. `hosts` may carry a port; `trusted` are the exact `host:port` that may be private."""

    hosts: frozenset[str]
    trusted: frozenset[str] = field(default=frozenset())

    def refusal(self, url: str) -> Refusal | None:
        """Return why a URL is not to be asked, or give None where nothing speaks against it."""
        try:
            parts = urlsplit(url)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        except ValueError:
            return Refusal("unsafe-url", "not a readable URL")
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in DEFAULT_PORTS or not host:
            return Refusal("unsafe-url", f"not a web address ({parts.scheme or 'no scheme'})")
        if f"{host}:{port}" in self.trusted:
            return None
        if is_local(host):
            return Refusal("unsafe-url", f"{host} lies inside a private network")
        if f"{host}:{port}" in self.hosts or (host in self.hosts and port == DEFAULT_PORTS[parts.scheme]):
            return None
        return Refusal("foreign-host", f"{host}:{port} is no host of this site")

    def trusts(self, host: str, port: int) -> bool:
        """Return whether the user named this host and port, so that its address may be a private one."""
        return f"{host.rstrip('.').lower()}:{port}" in self.trusted


def is_local(host: str) -> bool:
    """Whether a host is an address outside the public network, in any spelling, or a name used only inside one."""
    address = parse_address(host)
    if address is not None:
        return not is_public(address)
    return "." not in host or host.endswith(tuple("." + name for name in _LOCAL_NAMES)) or host in _LOCAL_NAMES


def parse_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read a host that is an address: also the short, octal and hexadecimal forms that a connection accepts."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return whether an address is reachable by everybody; an IPv4 address inside an IPv6 one is looked at itself."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


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


def host_port(parts: SplitResult) -> str:
    """Spell a URL's host with its port, the scheme's own where it names none."""
    return f"{parts.hostname}:{parts.port or DEFAULT_PORTS[parts.scheme]}"
