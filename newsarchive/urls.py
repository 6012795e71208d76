"""Info codes, article keys and canonical URLs: what makes two addresses one article.

The origin gives every article 18 digits, 8 of date and 10 of serial. An info code is two letters and these digits
(`NW` news, `AN` notices, `AP` reports); the digits alone are the identity, because a flash item and a media item of
one number are two editions of one article.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_INFO_CODE = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2})?(\d{18})(?!\d)", re.IGNORECASE)
_EXACT_CODE = re.compile(r"([A-Z]{2})?(\d{18})", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm_\w+|spm|from|isappinstalled|share_token|fbclid|gclid|wt_mc|track|ref)", re.IGNORECASE)
# What may stand unescaped in a path; everything else is escaped in one way, so that two spellings compare equal.
_PATH_SAFE = "/:@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class InfoCode:
    """The origin's number of an article: `prefix` in upper case ("" for a bare number) and 18 `digits`."""

    prefix: str
    digits: str

    def __str__(self) -> str:
        return self.prefix + self.digits


def _plausible(digits: str) -> bool:
    return "1990" <= digits[:4] <= "2099" and "01" <= digits[4:6] <= "12" and "01" <= digits[6:8] <= "31"


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


def canonical_url(url: str) -> str:
    """Spell a URL in one way, without its scheme.

    Host lower-cased, `www.` and default ports removed, path kept (escapes made uniform), tracking parameters and the
    fragment removed, the other parameters kept in their order.
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    if parts.port and parts.port not in (80, 443):
        host = f"{host}:{parts.port}"
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)])
    path = quote(unquote(parts.path), safe=_PATH_SAFE) or "/"
    return host + path + (f"?{query}" if query else "")


def article_key(url: str, info_code: str | None = None) -> str:
    """Return which article a URL is a copy of: the 18 digits where there are any, else the canonical URL."""
    code = (parse_info_code(info_code) if info_code else None) or find_info_code(url)
    return code.digits if code else canonical_url(url)
