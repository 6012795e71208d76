"""Where a redirect led: to the article, or to a page that sites show in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from newsarchive.crawl.outcomes import Outcome
from newsarchive.url_keys import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsarchive.sites import Site

_HOME = re.compile(r"/(?:(?:index|default|home|main)(?:\.\w{2,5})?)?", re.IGNORECASE)
# Words of a host or of a path that make it a place where one logs in, agrees, or proves to be a person.
_DOORS = frozenset(
    ("login", "signin", "sign-in", "logon", "sso", "passport", "oauth", "auth", "account", "accounts", "register",
     "subscribe", "consent", "cookie-consent", "gdpr", "privacy-gate", "captcha", "verify", "verification",
     "challenge", "antispider", "waf", "denglu")
)  # fmt: skip
_ERRORS = frozenset(
    ("404", "500", "502", "503", "error", "errors", "errorpage", "error-page", "notfound", "not-found", "not_found",
     "pagenotfound", "page-not-found", "maintenance", "weihu")
)  # fmt: skip
_EXTENSION = re.compile(r"\.\w{2,5}$")


def misdirection(asked: str, landed: str, site: Site, is_listing: Callable[[str], bool]) -> Outcome | None:
    """Return what it means that a URL was redirected to another; None where that may be the article.

    `is_listing` tells whether a URL is known as a listing of the site.
    """
    if asked == landed or canonical_url(asked) == canonical_url(landed):
        return None
    before, after = urlsplit(asked), urlsplit(landed)
    words = _words(landed) - _words(asked)
    if words & _ERRORS:
        return Outcome("error-page", "rejected", f"redirected to {landed[:300]}")
    starts = {canonical_url(urljoin(site.base_url, start)) for start in site.listing.start} if site.listing else set()
    is_home = _HOME.fullmatch(after.path or "/") is not None and not after.query and after.path != before.path
    if is_home or words & _DOORS or canonical_url(landed) in starts or is_listing(landed):
        return Outcome("redirected-away", "rejected", f"redirected to {landed[:300]}")
    return None


def _words(url: str) -> set[str]:
    parts = urlsplit(url)
    segments = [_EXTENSION.sub("", segment) for segment in parts.path.split("/")]
    return {word.lower() for word in (*(parts.hostname or "").split("."), *segments) if word}
