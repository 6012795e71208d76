"""The key under which an index of web archives sorts a URL: its host from the top-level domain on, then path and query.

`http://www.Press.example:80/A/?b=2&a=1` has the key `example,press)/a?a=1&b=2`. Replay looks an address up by the key
that it makes itself, so that ours have to be the same, whatever one might think of the rules: the Internet Archive's,
under which spellings of one address that servers seldom tell apart have one key.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import quote_from_bytes, unquote_to_bytes

_URL = re.compile(rb"(?:[a-z][a-z0-9+.-]*:)?/*([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_AUTHORITY = re.compile(rb"(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?", re.DOTALL)
_WWW = re.compile(rb"www\d*\.")
_DEFAULT_PORTS = {b"http": b"80", b"https": b"443"}
_CONTROLS = b"\t\r\n"
# What stays as it is when an address is escaped: all that can be printed, but for `#` and `%`.
_SAFE = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
# Ids of sessions, by which one page has a thousand addresses.
_SESSION_PATHS = (
    re.compile(rb"^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$", re.IGNORECASE),
    re.compile(rb"^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$", re.IGNORECASE),
)
_SESSION_QUERIES = tuple(
    re.compile(rb"^(.*)(?:" + form + rb")(?:&(.*))?$", re.IGNORECASE | re.DOTALL)
    for form in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt_key(url: str) -> str:
    """Return the key of an http(s) address."""
    data = url.strip().encode("utf-8", "surrogatepass").translate(None, _CONTROLS)
    scheme = data.partition(b":")[0].lower()
    found = _URL.match(data)
    assert found is not None  # every part may be empty
    authority, path, query = found.groups()
    split = _AUTHORITY.match(authority)
    assert split is not None
    key = b",".join(reversed(_host(split[1]).split(b".")))
    port = (split[2] or b"").lstrip(b"0")
    if port and port != _DEFAULT_PORTS.get(scheme):
        key += b":" + port
    key += b")" + _path(path)
    if query and (query := _query(query)):
        key += b"?" + query
    return key.decode("utf-8", "replace")


def _host(host: bytes) -> bytes:
    host = _unescape(host.strip(b"[]"))
    if not host.isascii():
        with suppress(ValueError):  # no name that DNS has
            host = host.decode("utf-8", "ignore").encode("idna")
    host = _escape(host.replace(b"..", b".").strip(b".").lower())
    www = _WWW.match(host)
    return host[www.end() :] if www else host


def _path(path: bytes) -> bytes:
    path = _escape(_without_dots(_unescape(path))).lower()
    for form in _SESSION_PATHS:
        if found := form.match(path):
            path = found[1] + found[2]
    return path[:-1] if len(path) > 1 and path.endswith(b"/") else path


def _without_dots(path: bytes) -> bytes:
    kept: list[bytes] = []
    steps = path.split(b"/")[1:]
    for step in steps:
        if step == b".." and kept:
            kept.pop()
        elif step != b".":
            kept.append(step)
    if not kept:
        return b"/"
    return b"/" + b"".join(step + b"/" for step in kept[:-1] if step) + kept[-1]


def _query(query: bytes) -> bytes:
    query = _escape(_unescape(query))
    for form in _SESSION_QUERIES:
        if found := form.match(query):
            query = found[1] + (found[2] or b"")
    query = query.lower()
    if len(query) <= 1:
        return query
    # A parameter without a value sorts before one of the same name with an empty one.
    return b"&".join(b"=".join(pair) for pair in sorted(part.split(b"=", 1) for part in query.split(b"&")))


def _unescape(text: bytes) -> bytes:
    while (plain := unquote_to_bytes(text)) != text:
        text = plain
    return text


def _escape(text: bytes) -> bytes:
    return quote_from_bytes(text, safe=_SAFE).encode("ascii")
