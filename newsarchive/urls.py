"""All that is done with URLs but for their keys: info codes, completed links, escapes, hosts and private addresses.

The origin gives every article 18 digits, 8 of date and 10 of serial. An info code is two letters and these digits
(`NW` news, `AN` notices, `AP` reports); the digits alone are the identity, because a flash item and a media item of
one number are two editions of one article. Other sites number in the same form: which ones share the origin's numbers
is said in their site files.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urljoin, urlsplit

from newsarchive.text import strip_invisible

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PORTS = {"http": 80, "https": 443}

# What may stand unescaped in one segment of a path (RFC 3986, 3.3), and in a whole URL that may be escaped already.
_SEGMENT_SAFE = "!$&'()*+,;=:@"
_URL_SAFE = _SEGMENT_SAFE + "/%?#[]"

_INFO_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2})?(\d{18})(?!\d)", re.IGNORECASE)
_EXACT_CODE = re.compile(r"([A-Z]{2})?(\d{18})", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Most links that are printed need nothing: this look at them takes a fifth of the time of the way below.
_COMPLETE = re.compile(r"https?://[a-z0-9.-]+/[\w!$&'()*+,=:@/%.~-]*(?:\?[\w!$&'()*+,=:@/%.~-]+)?", re.ASCII)
# The next most frequent ones need only the host of the page before them.
_ROOTED = re.compile(r"/(?!/)[\w!$&'()*+,=:@/%.~-]*(?:\?[\w!$&'()*+,=:@/%.~-]+)?", re.ASCII)
_PLAIN_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?=/)")
_BEFORE_QUERY = re.compile(r"[^?#]*")

# An IPv4 address in the last 32 bits, reached through a gateway (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAMES = ("localhost", "localdomain", "local", "internal", "home.arpa")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class InfoCode:
    """The origin's number of an article: `prefix` in upper case ("" for a bare number) and 18 `digits`."""

    prefix: str
    digits: str

    def __str__(self) -> str:
        return self.prefix + self.digits


def parse_info_code(text: str) -> InfoCode | None:
    """Read a text that is an info code and nothing else; None when it is not one."""
    match = _EXACT_CODE.fullmatch(text.strip())
    if match is None or not _plausible(match[2]):
        return None
    return InfoCode((match[1] or "").upper(), match[2])


def find_info_code(url: str) -> InfoCode | None:
    """Find the info code that a URL carries, in its query or at the end of its path; None when there is none."""
    parts = urlsplit(url)
    for name, value in parse_qsl(parts.query):
        if name.lower() in ("infocode", "id") and (code := parse_info_code(value)):
            return code
    for match in reversed(list(_INFO_CODE.finditer(unquote(parts.path.rpartition("/")[2])))):
        if _plausible(match[2]):
            return InfoCode((match[1] or "").upper(), match[2])
    return None


def read_info_code(text: str) -> InfoCode | None:
    """Read an info code, a share link or an original link as a person gives it; None when there is no code in it."""
    text = text.strip()
    return parse_info_code(text) or (find_info_code(text) if split_url(text).hostname else None)


def _plausible(digits: str) -> bool:
    return "1990" <= digits[:4] <= "2099" and "01" <= digits[4:6] <= "12" and "01" <= digits[6:8] <= "31"


def spellings(url: str) -> list[str]:
    """Return a URL as it is given, and as it may have been recorded: by either scheme, with and without `www.`."""
    full = absolute_url(url if "://" in url else f"//{url}")
    if full is None:
        return [url]
    rest = full.partition("://")[2].removeprefix("www.")
    return list(dict.fromkeys([url, *(f"{scheme}://{www}{rest}" for scheme in DEFAULT_PORTS for www in ("", "www."))]))


def absolute_url(
    link: str, base_url: str = "https:", *, keep_fragment: bool = False, charset: str = "utf-8"
) -> str | None:
    """Return the full http(s) URL of a link as a browser would follow it; None for a link that leads nowhere else.

    Blanks and Chinese characters are escaped, those of a query in the charset of the page that holds the link; escapes
    stay as they are, the host is lower-cased and in ASCII. A link with a user name in it is none that a page has reason
    to print. The fragment matters only where a link is shown, not fetched.
    """
    link = strip_invisible(link).strip()
    if _COMPLETE.fullmatch(link):
        return link
    if "/." not in link and _ROOTED.fullmatch(link) and (origin := _PLAIN_ORIGIN.match(base_url)):
        return origin[0] + link
    if _SCHEME.match(link) and not link.lower().startswith(("http:", "https:")):
        return None
    try:
        parts = urlsplit(urljoin(base_url, slashes(link)))
        _ = parts.port  # raises for one that is no number
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
            return None
        return parts._replace(
            netloc=ascii_netloc(parts.netloc.lower()),
            path=quote(parts.path, safe=_SEGMENT_SAFE + "/%"),
            query=_quote_query(parts.query, charset),
            fragment=quote(parts.fragment, safe=_SEGMENT_SAFE + "/%?") if keep_fragment else "",
        ).geturl()
    except ValueError:  # a port or a host in brackets that is none, a lone surrogate
        return None


def slashes(url: str) -> str:
    """Return a URL with backslashes before its query turned into slashes, as browsers do."""
    return _BEFORE_QUERY.sub(lambda match: match[0].replace("\\", "/"), url, count=1) if "\\" in url else url


def _quote_query(query: str, charset: str) -> str:
    if query.isascii():
        return quote(query, safe=_SEGMENT_SAFE + "/%?")
    try:
        encoded = query.encode(charset, "xmlcharrefreplace")  # what the charset lacks goes as &#1234;
    except LookupError:
        encoded = query.encode()
    return quote(encoded, safe=_SEGMENT_SAFE + "/%?")


def ascii_netloc(netloc: str) -> str:
    """Return a host, with or without a port, in its ASCII form."""
    if netloc.isascii():
        return netloc
    host, colon, port = netloc.partition(":")
    return ascii_host(host) + colon + port


@lru_cache(maxsize=4096)
def ascii_host(host: str) -> str:
    """Return an internationalized host name in its ASCII form (xn--...); one that has none as it is."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def quote_segment(text: str) -> str:
    """Escape a text so that it is one segment of a path: its slashes are escaped, too."""
    return quote(text, safe=_SEGMENT_SAFE)


def quote_path(text: str) -> str:
    """Escape a text so that it is a path, or a part of one: its slashes part segments."""
    return quote(text, safe=_SEGMENT_SAFE + "/")


def quote_url(url: str) -> str:
    """Escape what cannot stand in a URL, for a place that must not end early; what is escaped already stays."""
    return quote(url, safe=_URL_SAFE, errors="replace")


def host_and_odd_port(url: str) -> str:
    """Return the host of a URL, with its port where that is not the usual one; "" where it cannot be read."""
    return _place_of(origin_of(url))


@lru_cache(maxsize=1024)
def _place_of(origin: str) -> str:
    """Return host and odd port; nearly all addresses that are asked about are of a few hosts."""
    try:
        host, port = _host_and_odd_port(origin)
    except ValueError:
        return ""
    return f"{host}:{port}" if port else host or ""


def replace_base(url: str, old_base: str, new_base: str) -> str:
    """Move a URL from the host of the old base, by http or https, to the new base; any other stays as it is."""
    try:
        if _host_and_odd_port(url) != _host_and_odd_port(old_base):
            return url
    except ValueError:
        return url
    return new_base.rstrip("/") + urlsplit(url)._replace(scheme="", netloc="").geturl()


def _host_and_odd_port(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, None if parts.port == DEFAULT_PORTS.get(parts.scheme) else parts.port


def reachable_base(base_url: str, proxies: Mapping[str, str]) -> str:
    """Return the base URL as it can be reached: by http where there is a proxy for http and none for https.

    `proxies` maps a scheme to the URL of its proxy, as `urllib.request.getproxies` gives it.
    """
    if "http" in proxies and "https" not in proxies and base_url.startswith("https://"):
        return "http://" + base_url.removeprefix("https://")
    return base_url


def split_url(url: str) -> SplitResult:
    """Split a URL as `urlsplit` does; one that cannot be read has only empty parts."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def origin_of(url: str) -> str:
    """Return scheme and host of an http(s) URL, without a slash at the end."""
    return url[: url.find("/", 8)] if url.find("/", 8) > 0 else url


def host_port(parts: SplitResult) -> str:
    """Return a URL's host with its port, the scheme's own where it names none; ValueError for a port that is none."""
    return f"{parts.hostname}:{parts.port or DEFAULT_PORTS[parts.scheme]}"


def is_local(host: str) -> bool:
    """Return whether a host is an address outside the public network, in any spelling, or a name used only inside."""
    host = host.rstrip(".")
    address = parse_address(host)
    if address is not None:
        return not is_public(address)
    return "." not in host or host.endswith(tuple("." + name for name in _LOCAL_NAMES)) or host in _LOCAL_NAMES


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine itself."""
    address = parse_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def parse_address(host: str) -> IPAddress | None:
    """Read a host that is an address: also the short, octal and hexadecimal forms that a connection accepts."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        import socket  # noqa: PLC0415 - commands that read the archive meet no host

        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: IPAddress) -> bool:
    """Return whether an address is reachable by everybody; an IPv4 address inside an IPv6 one is looked at itself."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def is_web_address(url: object) -> bool:
    """Return whether a value is an http or https address that may become a link."""
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")) or not url.isprintable():
        return False
    return bool(split_url(url).hostname)
