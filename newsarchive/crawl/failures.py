"""Why a request failed, and which outcome that is for its URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from newsarchive.crawl.http.conditional import NOT_MODIFIED
from newsarchive.crawl.outcomes import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from newsarchive.crawl.http.offsite import Refusal
    from newsarchive.crawl.outcomes import State


class Refused(IgnoreRequest):
    """A request that is not made, because the address is none that this crawl may ask."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class HostPaused(IgnoreRequest):
    """A request that is not made now, because its host asked to be left alone until a time (UTC)."""

    def __init__(self, host: str, until: datetime) -> None:
        super().__init__(f"{host} asks to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC")
        self.until = until


class RobotsUnavailable(IgnoreRequest):
    """A request that is not made now, because the robots.txt of its host did not come."""

    def __init__(self, why: str) -> None:
        super().__init__(f"robots.txt could not be read ({why}), so nothing is asked for now")


class NotRendered(IgnoreRequest):
    """A page that needs a browser and was not rendered."""


class BrokenTransfer(Exception):  # noqa: N818 - named as the reason is
    """The body did not arrive whole, or cannot be unpacked."""


class TooLarge(IgnoreRequest):
    """The body is larger than DOWNLOAD_MAXSIZE when unpacked."""


#: What it means that a server says "as you know it" of a page that is not known, or was not said to be.
UNASKED = Outcome("http-error", "retry", "status 304, though nothing was said of what is known")

# The statuses by which a server says that a page is not there; any other error status may be the server's own.
_GONE = (404, 410)
# What Scrapy raises -> reason, state; the first class that fits.
_EXCEPTIONS: tuple[tuple[type[Exception], str, State], ...] = (
    (HostPaused, "http-error", "retry"),
    (RobotsUnavailable, "unreachable", "retry"),
    (NotRendered, "unreachable", "retry"),
    (TooLarge, "too-large", "rejected"),
    (DownloadCancelledError, "too-large", "rejected"),  # raised for nothing else than DOWNLOAD_MAXSIZE
    (BrokenTransfer, "broken-transfer", "retry"),
    (ResponseDataLossError, "broken-transfer", "retry"),
    (DownloadTimeoutError, "unreachable", "retry"),
    (DownloadConnectionRefusedError, "unreachable", "retry"),
    (CannotResolveHostError, "unreachable", "retry"),
    (DownloadFailedError, "unreachable", "retry"),
    (OSError, "unreachable", "retry"),
    (UnsupportedURLSchemeError, "unsafe-url", "rejected"),
    (NotSupported, "unsafe-url", "rejected"),
)
# Scrapy's middlewares tell some refusals apart by nothing but the words of an IgnoreRequest.
_WORDS: dict[str, tuple[str, State]] = {
    "Forbidden by robots.txt": ("robots", "blocked"),
    "max redirections reached": ("redirect-loop", "rejected"),
}


def outcome_of(error: BaseException) -> Outcome:
    """Return what a failed request means for its URL."""
    if isinstance(error, Refused):
        return Outcome(error.refusal.reason, "rejected", error.refusal.detail)
    if isinstance(error, HttpError):
        return _outcome_of_status(error)
    words = str(error)
    if isinstance(error, IgnoreRequest) and words in _WORDS:
        return Outcome(*_WORDS[words])
    not_before = error.until if isinstance(error, HostPaused) else None
    for kind, reason, state in _EXCEPTIONS:
        if isinstance(error, kind):
            return Outcome(reason, state, words or kind.__name__, not_before)
    return Outcome("unreachable", "retry", f"{type(error).__name__}: {words}")


def _outcome_of_status(error: HttpError) -> Outcome:
    status = error.response.status
    if status == NOT_MODIFIED:
        return UNASKED
    if 300 <= status < 400:
        # Scrapy follows every redirect that leads to a web address; what is left leads elsewhere or nowhere.
        location = (error.response.headers.get("Location") or b"").decode("latin-1")
        return Outcome("unsafe-url", "rejected", f"status {status}, redirects to {location[:200] or 'nowhere'}")
    if status in _GONE:
        return Outcome("gone", "gone", f"status {status}")
    return Outcome("http-error", "retry", f"status {status}")
