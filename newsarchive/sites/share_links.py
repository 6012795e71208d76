"""From an info code, or any link that carries one, to where its text can be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.urls import InfoCode, find_info_code, parse_info_code

if TYPE_CHECKING:
    from newsarchive.sites import ShareService


def read_code(text: str) -> InfoCode | None:
    """Read an info code, a share link or an original link; None when there is no code in it."""
    text = text.strip()
    code = parse_info_code(text)
    if code is not None:
        return code
    try:
        return find_info_code(text) if urlsplit(text).hostname else None
    except ValueError:
        return None


def data_url(service: ShareService, code: InfoCode) -> str:
    """Return the URL of the JSON behind a share link; the page for people is a script without text."""
    return service.data.format(code=code, digits=code.digits)


def origin_url(service: ShareService, code: InfoCode) -> str | None:
    """Return the URL of the origin's own page of an article, where the service names one."""
    return service.origin.format(code=code, digits=code.digits) if service.origin else None
