"""A limit for the headers of an answer: DOWNLOAD_MAXSIZE counts the body alone, and Twisted counts nothing."""

# ruff: noqa: SLF001 - neither Scrapy nor Twisted has another place for it

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.python.failure import Failure

from newsarchive.crawl.failures import TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.web.client import HTTPConnectionPool

#: Bytes of the status line and the headers of one answer; what browsers take.
MOST_BYTES = 256 * 1024
# The states of Twisted's parser before a body begins; interim answers (1xx) belong to it.
_BEFORE_BODY = ("STATUS", "HEADER")


def limit_headers(pool: HTTPConnectionPool, most: int = MOST_BYTES) -> None:
    """Have every connection that a pool makes from now on give up an answer whose headers do not end in time."""
    make_factory: Callable[..., Any] = pool._factory

    def make_limited(*arguments: Any) -> Any:
        factory = make_factory(*arguments)
        build = factory.buildProtocol
        factory.buildProtocol = lambda address: _limited(build(address), most)
        return factory

    pool._factory = make_limited  # type: ignore[assignment]


def headers_too_large(error: BaseException) -> TooLarge | None:
    """Return what a failed request failed with when it was given up because of its headers."""
    seen: BaseException | None = error
    while seen is not None:
        for reason in getattr(seen, "reasons", ()):
            if isinstance(reason.value, TooLarge):
                return reason.value
        seen = seen.__cause__ or seen.__context__
    return None


def _limited(protocol: Any, most: int) -> Any:
    receive = protocol.dataReceived
    size = 0

    def receive_limited(data: bytes) -> None:
        nonlocal size
        parser = protocol._parser
        size = size + len(data) if parser is not None and parser.state in _BEFORE_BODY else 0
        if size > most:
            protocol._giveUp(Failure(TooLarge(f"more than {most} bytes of headers")))  # type: ignore[no-untyped-call]
        else:
            receive(data)

    protocol.dataReceived = receive_limited
    return protocol
