"""One page from the web or from a file, politely and within bounds: for people who look at a page, not for crawls."""

from __future__ import annotations

import http.client
import socket
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego

from newsarchive import __version__
from newsarchive.crawl.http.address_rules import (
    DEFAULT_PORTS,
    host_port,
    is_local,
    is_public,
    parse_address,
)
from newsarchive.errors import UserError
from newsarchive.models import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

    from newsarchive.models import Role
    from newsarchive.sites import Site

#: Bytes of a page and of a robots.txt; seconds for all of it and for one wait.
LARGEST, LARGEST_ROBOTS = 16 * 1024 * 1024, 512 * 1024
LONGEST, WAIT = 60.0, 20.0
_CHUNK = 64 * 1024
_AGENT = f"newsarchive/{__version__}"
_HEADERS = {
    "User-Agent": _AGENT,
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "identity",
}


def get_page(place: str, site: Site | None = None, *, url: str | None = None) -> Page:
    """Read a page from an address (http or https) or from a file; `url` is the address that a file had.

    Raises UserError: it is not there, too large, too slow, not to be asked (robots.txt, a private address).
    """
    if place.lower().startswith(("http://", "https://")):
        return _fetch(place, site)
    path = Path(place)
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"{place}: larger than {LARGEST // 1024**2} MiB - that is no page")
        body = path.read_bytes()
    except OSError as error:
        raise UserError(f"{place}: cannot be read: {error.strerror} - name a file or an http(s) address") from error
    is_post_file = site is not None and path.suffix in (".md", ".markdown")
    address = url or path.absolute().as_uri()
    role: Role = "file" if is_post_file else _role(address, site)
    return Page(address, role, site.name if site else "", body, datetime.now(UTC))


def _role(url: str, site: Site | None) -> Role:
    layout = site.layout_for(url) if site else None
    return layout.role if layout else "original"


def _fetch(url: str, site: Site | None) -> Page:
    opener = _Opener(url)
    opener.check_robots(url)
    body, answer = opener.get(url, LARGEST)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Page(
        answer.url, _role(answer.url, site), site.name if site else "", body, datetime.now(UTC), answer.status, headers
    )


class _Opener:
    """Asks for a few addresses within one span of time; private ones only where the user typed a loopback address."""

    def __init__(self, typed: str) -> None:
        self._end = time.monotonic() + LONGEST
        self._trusted = _trusted(typed)
        proxies = urllib.request.getproxies()
        self._proxies = {host_port(urlsplit(proxy)) for scheme, proxy in proxies.items() if scheme in DEFAULT_PORTS}
        self._opener = _opener(self._connect, self._refuse)

    def check_robots(self, url: str) -> None:
        """Raise UserError when the host's robots.txt asks not to fetch an address; without one everything may be."""
        self._refuse(url)
        parts = urlsplit(url)
        try:
            body, _ = self.get(f"{parts.scheme}://{parts.netloc}/robots.txt", LARGEST_ROBOTS)
        except _MissingError:
            return
        if not Protego.parse(body.decode("utf-8", "replace")).can_fetch(url, _AGENT):
            raise UserError(f"{url}: the site's robots.txt asks not to fetch it - save it in a browser, read the file")

    def get(self, url: str, largest: int) -> tuple[bytes, Any]:
        """Return the body of an address and its answer, redirects followed."""
        self._refuse(url)
        request = urllib.request.Request(url, headers=_HEADERS)  # noqa: S310 - the scheme was looked at
        try:
            with self._opener.open(request, timeout=WAIT) as answer:
                return self._read(answer, largest), answer
        except urllib.error.HTTPError as error:
            error.close()
            kind = _MissingError if error.code < 500 else UserError
            raise kind(f"{url}: the server answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, _RefusedError):
                raise UserError(str(reason)) from error
            raise UserError(f"{url}: cannot be fetched: {reason}") from error

    def _read(self, answer: Any, largest: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while chunk := answer.read1(_CHUNK):
            size += len(chunk)
            if size > largest:
                raise UserError(f"{answer.url}: larger than {largest // 1024} KiB - that is no page")
            if time.monotonic() > self._end:
                raise UserError(f"{answer.url}: took longer than {LONGEST:.0f} seconds - try again later")
            parts.append(chunk)
        return _unpacked(b"".join(parts), answer.headers, largest)

    def _refuse(self, url: str) -> None:
        reason = _refusal(url, self._trusted)
        if reason:
            raise UserError(f"{url}: {reason} - save the page and read the file")

    def _connect(self, address: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
        """Connect to an address whose every number is public; in place of `socket.create_connection`."""
        host, port = address
        if f"{host}:{port}" in self._trusted | self._proxies:
            return socket.create_connection(address, timeout, source)
        numbers = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        for number in numbers:
            found = parse_address(number)
            if found is None or not is_public(found):
                raise _RefusedError(f"{host} has the private address {number} - save the page and read the file")
        return socket.create_connection((numbers[0], port), timeout, source)


class _MissingError(UserError):
    """The server answered, but not with the page."""


class _RefusedError(OSError):
    """A name turned out to have an address inside a private network."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows few redirects, and only to where a request may go."""

    max_redirections = 5

    def __init__(self, refuse: Callable[[str], None]) -> None:
        self._refuse = refuse

    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:
        """Look at the new address before it is asked."""
        self._refuse(arguments[-1])
        return super().redirect_request(*arguments)


def _opener(connect: Callable[..., socket.socket], refuse: Callable[[str], None]) -> urllib.request.OpenerDirector:
    """Make an opener that knows http and https alone, and connects only by `connect`."""

    class Connection(http.client.HTTPConnection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._create_connection = connect

    class SecureConnection(http.client.HTTPSConnection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._create_connection = connect

    class Handler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Connection, req)

    class SecureHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(SecureConnection, req)

    opener = urllib.request.OpenerDirector()
    others = (urllib.request.ProxyHandler(), urllib.request.UnknownHandler(), urllib.request.HTTPDefaultErrorHandler())
    for handler in (*others, urllib.request.HTTPErrorProcessor(), _Redirects(refuse), Handler(), SecureHandler()):
        opener.add_handler(handler)
    return opener


def _trusted(typed: str) -> frozenset[str]:
    try:
        parts = urlsplit(typed)
        place = host_port(parts)
    except (ValueError, KeyError):
        return frozenset()
    address = parse_address(parts.hostname or "")
    is_loopback = parts.hostname == "localhost" or (address is not None and address.is_loopback)
    return frozenset((place,)) if is_loopback else frozenset()


def _refusal(url: str, trusted: frozenset[str]) -> str | None:
    try:
        parts = urlsplit(url)
        place = host_port(parts)
    except (ValueError, KeyError):
        return "not a readable web address"
    if not parts.hostname or parts.username:
        return "not a plain web address"
    if place not in trusted and is_local(parts.hostname):
        return "the address lies inside a private network"
    return None


def _unpacked(body: bytes, headers: Message, largest: int) -> bytes:
    """Unpack what a server packed though nobody asked for it."""
    coding = (headers.get("content-encoding") or "identity").strip().lower()
    if coding == "identity" or not body:
        return body
    from newsarchive.crawl.http.decompression import decompress  # noqa: PLC0415 - loads Scrapy, and is rarely needed
    from newsarchive.crawl.outcomes import BrokenTransfer, TooLarge  # noqa: PLC0415

    try:
        return decompress(body, coding.encode("latin-1", "replace"), largest)
    except (BrokenTransfer, TooLarge) as error:
        raise UserError(f"the page cannot be unpacked: {error}") from error
