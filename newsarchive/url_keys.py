"""Keys of URLs: one for all spellings of an address, and a wider one for addresses that may show the same article.

Keys are made of bytes: an escape is never decoded into a character and back, since that of another charset (GBK) would
become another one. Which parameters say nothing of the page is data, `url_parameters.toml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, quote_plus, unquote_to_bytes, urlsplit

from newsarchive.urls import ascii_host, parse_info_code, slashes

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARAMETERS = Path(__file__).with_name("url_parameters.toml")

# Most addresses have nothing to be changed: this look takes a tenth of the time of the way below.
_PLAIN = re.compile(
    r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+/(?:[\w~!$&'*+,=:@-][\w~!$&'*+,=:@./-]*)?)", re.ASCII
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
# What stands for itself in a path, escaped or not (RFC 3986, 3.3). A semicolon does not: it begins a parameter.
_PATH_SAFE = "!$&'()*+,=:@"
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_ESCAPES = {f"{ord(character):02X}": character for character in _UNRESERVED + _PATH_SAFE}
# A session of ASP.NET without cookies: /(S(x1y2))/page.aspx
_ASP_SESSION = re.compile(r"/\((?:[ASFX]\([^()/]*\))+\)(?=/)")
_DOUBLE_ESCAPED = re.compile(r"^(?:amp;)+", re.IGNORECASE)
# A fragment that a script reads as the address of a page: #!/a/1, #/a/1
_ROUTE = re.compile(r"!?/.*|!.+", re.DOTALL)
_DIGITS = re.compile(r"[0-9]{18}")
_NO_ROUTE = ("!", "/", "!/")

# Hosts of another look at the same articles, and the forms of AMP pages, of home pages and of first pages of a folder.
_TWIN_HOST = re.compile(r"^(?:m|wap|3g|mobile|amp|www)\.(?=[^/]+\.[^/.]+/)")
_FIRST_PAGE = re.compile(r"/(?:(?:index|default)\.(?:s?html?|php|aspx?|jsp))?$", re.IGNORECASE)
_AMP = re.compile(r"^(?P<host>[^/]+)/amp(?=/.)|/amp$|\.amp(?=\.s?html?$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Parameters:
    """The table of parameters, all names in lower case."""

    prefixes: tuple[str, ...]
    names: frozenset[str]
    by_host: dict[str, frozenset[str]]
    doubtful: frozenset[str]
    session_in_path: re.Pattern[str]

    def is_dropped(self, name: str, host: str) -> bool:
        if name in self.names or name.startswith(self.prefixes):
            return True
        while host:
            if name in self.by_host.get(host, ()):
                return True
            host = host.partition(".")[2]
        return False


@lru_cache(maxsize=1)
def _parameters() -> _Parameters:
    import tomllib  # noqa: PLC0415 - a command that is given a key reads no table

    data = tomllib.loads(_PARAMETERS.read_text(encoding="utf-8"))
    sessions = data["sessions"]["names"]
    return _Parameters(
        tuple(data["tracking"]["prefixes"]),
        frozenset((*data["tracking"]["names"], *sessions)),
        {host: frozenset(names) for host, names in data["tracking"]["hosts"].items()},
        frozenset(data["doubtful"]["names"]),
        re.compile(rf";(?:{'|'.join(map(re.escape, sessions))})=[^;/]*", re.IGNORECASE),
    )


def canonical_url(url: str) -> str:
    """Spell a URL in one way, without its scheme: the key that its other spellings have, too, and no other page.

    The host is lower-cased and in ASCII, without `www.`, a dot at its end and the usual ports. In the path escapes are
    uniform, dot segments resolved and session ids removed. Parameters keep their order; those of tracking and of
    sessions are removed. A fragment stays where it is the address of a page (`#!/a/1`).

    Raises:
        ValueError: the URL has a port or a host in brackets that is none.

    """
    if (match := _PLAIN.fullmatch(url)) is not None and "/." not in url:
        return match[1]
    parts = urlsplit(slashes(url.strip()))
    table = _parameters()
    host = _host(parts)
    path = _ASP_SESSION.sub("", table.session_in_path.sub("", _uniform_path(parts.path)))
    query = "&".join(
        f"{name}={value}" for name, value in _pairs(parts.query) if not table.is_dropped(name.lower(), host)
    )
    path = _without_dots(path) or "/"
    route = parts.fragment if _ROUTE.fullmatch(parts.fragment) and parts.fragment not in _NO_ROUTE else ""
    return host + path + (f"?{query}" if query else "") + (f"#{_uniform_path(route)}" if route else "")


def url_key(url: str) -> str:
    """Return the canonical URL; one that cannot be read is its own key."""
    try:
        return canonical_url(url)
    except ValueError:
        return url.strip()


def twin_key(key: str, *, with_doubtful: bool = False) -> str:
    """Return what the canonical URLs of pages have in common that may show one article.

    They differ by the host of another look (`m.`, `wap.`, `amp.`), by the form of an AMP page or of a folder's first
    page, and, unless `with_doubtful`, by parameters that are the article's number at one site and tracking at another.
    """
    plain, mark, fragment = key.partition("#")
    address, _, query = plain.partition("?")
    address = _FIRST_PAGE.sub("", _TWIN_HOST.sub("", address))
    address = _AMP.sub(lambda match: match["host"] or "", address, count=1)
    if query and not with_doubtful:
        doubtful = _parameters().doubtful
        query = "&".join(pair for pair in query.split("&") if pair.partition("=")[0].lower() not in doubtful)
    return address + (f"?{query}" if query else "") + mark + fragment


def host_of_key(key: str) -> str:
    """Return the host, with an odd port, of a canonical URL; "" for a key that is none."""
    host, slash, _ = key.partition("/")
    return host if slash else ""


def is_home(key: str) -> bool:
    """Return whether a canonical URL is that of a whole site."""
    return twin_key(key) == twin_key(host_of_key(key) + "/")


def is_number(key: str) -> bool:
    """Return whether a key is the number that several sites give one article."""
    return _DIGITS.fullmatch(key) is not None and parse_info_code(key) is not None


def _host(parts: SplitResult) -> str:
    host = ascii_host((parts.hostname or "").rstrip("."))
    if "." in host[4:]:
        host = host.removeprefix("www.")
    return f"{host}:{parts.port}" if parts.port and parts.port not in (80, 443) else host


def _uniform_path(path: str) -> str:
    """Escape what must be, unescape what need not be, byte by byte."""
    quoted = quote(path, safe=_PATH_SAFE + ";/%", errors="surrogatepass")
    return _ESCAPE.sub(_uniform_escape, quoted) if "%" in quoted else quoted


def _uniform_escape(match: re.Match[str]) -> str:
    digits = match[1]
    if digits is None:
        return "%25"
    digits = digits.upper()
    return _PATH_ESCAPES.get(digits) or f"%{digits}"


def _without_dots(path: str) -> str:
    """Resolve the segments `.` and `..` (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    steps: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            del steps[-1:]
        elif segment != ".":
            steps.append(segment)
    if segments[-1] in (".", ".."):
        steps.append("")
    return "/".join((segments[0], *steps))


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of each parameter, escaped uniformly; an `&amp;` that was escaped twice parts them, too."""
    for piece in query.split("&"):
        if piece:
            name, _, value = _DOUBLE_ESCAPED.sub("", piece).partition("=")
            yield _uniform_value(name), _uniform_value(value)


def _uniform_value(text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    return quote_plus(unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogatepass")))
