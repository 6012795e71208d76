"""Conditional requests: by what a page is known again, sent along and read from the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.archive.listings import Validators
from newsarchive.warc.record import payload_digest

if TYPE_CHECKING:
    from scrapy.http import Response

#: The status of an answer that says "as you know it" and has no body.
NOT_MODIFIED = 304


def conditional_headers(known_by: Validators | None) -> dict[str, str]:
    """Return the headers that ask a server to answer only if the page is another than the known one."""
    if known_by is None:
        return {}
    headers = {"If-None-Match": known_by.etag, "If-Modified-Since": known_by.last_modified}
    return {name: value for name, value in headers.items() if value}


def validators_of(response: Response) -> Validators:
    """Return by what the page of an answer is known again."""
    return Validators(_text(response, "ETag"), _text(response, "Last-Modified"), payload_digest(response.body))


def is_unasked(response: Response) -> bool:
    """Return whether an answer says "as you know it" to a request that told nothing of what is known."""
    asked = response.request.headers if response.request else {}
    return response.status == NOT_MODIFIED and "If-None-Match" not in asked and "If-Modified-Since" not in asked


def is_unchanged(response: Response, known_by: Validators | None) -> bool:
    """Return whether an answer is the known page: the server says so when asked, or its bytes are the same."""
    if response.status == NOT_MODIFIED:
        return not is_unasked(response)
    return known_by is not None and known_by.digest is not None and known_by.digest == payload_digest(response.body)


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    # One that no request could carry is none.
    text = value.decode("latin-1") if value else ""
    return text if text.isprintable() and text else None
