"""Pages that a command is given: a file, or an address that is fetched once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.models import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsarchive.models import Role
    from newsarchive.sites import Site

#: Bytes of a file; a page that is fetched is bounded by DOWNLOAD_MAXSIZE.
LARGEST = 16 * 1024 * 1024


def get_page(place: str, site: Site | None = None, *, url: str | None = None) -> Page:
    """Read a page from an address (http or https) or from a file; `url` is the address that a file had.

    Raises UserError: it is not there, too large, too slow, not to be asked (robots.txt, a private address).
    """
    if not is_address(place):
        return read_file(place, site, url=url)
    (page,) = fetch_pages([place])
    return replace(page, role=_role(page.url, site), site=site.name if site else "")


def is_address(place: str) -> bool:
    """Return whether a place is an address on the web, and not the name of a file."""
    return place.lower().startswith(("http://", "https://"))


def fetch_pages(urls: Sequence[str]) -> list[Page]:
    """Fetch pages from the web; raises UserError for the first that does not come."""
    from newsarchive.crawl.fetch_one import fetch  # noqa: PLC0415 - loads Scrapy, which a file does not need

    return fetch(urls)


def read_file(place: str, site: Site | None = None, *, url: str | None = None) -> Page:
    """Read a page from a file; `url` is the address that it had."""
    path = Path(place)
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(
                _("{place}: larger than {value} MiB - that is no page", place=place, value=LARGEST // 1024**2)
            )
        body = path.read_bytes()
    except OSError as error:
        raise UserError(
            _(
                "{place}: cannot be read: {strerror} - name a file or an http(s) address",
                place=place,
                strerror=error.strerror,
            )
        ) from error
    is_post_file = site is not None and path.suffix in (".md", ".markdown")
    address = url or path.absolute().as_uri()
    role: Role = "file" if is_post_file else _role(address, site)
    return Page(address, role, site.name if site else "", body, datetime.now(UTC))


def _role(url: str, site: Site | None) -> Role:
    layout = site.layout_for(url) if site else None
    return layout.role if layout else "original"
