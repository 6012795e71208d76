"""The pauses of hosts, which all crawls of a process share: two sites may name the same host.

Scrapy keeps the pauses of one crawl. Here are those that a host asked for itself, whoever heard of them, and those
between the requests of one crawl and the next of another.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler


@dataclass(slots=True)
class _Host:
    #: Until when it asked to be left alone, and when its next request may go out if several crawls ask.
    rests_until: float = 0.0
    next_turn: float = 0.0
    #: Until when no request goes out after the last answer.
    quiet_until: float = 0.0
    #: The crawls that have asked it and are not over.
    crawls: set[object] = field(default_factory=set)
    #: Whether requests of several crawls take turns; also those of the last one, until none waits any more.
    is_shared: bool = False


class HostPauses:
    """What is known of the pauses of hosts (`host` or `host:port`); times are those of a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for so many seconds from now on."""
        known = self._hosts.setdefault(host, _Host())
        known.rests_until = max(known.rests_until, self._clock() + seconds)

    def left(self, host: str) -> float:
        """Return for how many seconds a host is still to be left alone; 0 or less for one that may be asked."""
        known = self._hosts.get(host)
        return known.rests_until - self._clock() if known else 0.0

    def answered(self, host: str, quiet: float) -> None:
        """Let no request to a host out for so many seconds after its answer.

        Pauses are counted from when a request leaves its queue. A busy process sends it later, and the next one on
        time: that would come to the host right behind it.
        """
        known = self._hosts.setdefault(host, _Host())
        known.quiet_until = max(known.quiet_until, self._clock() + quiet)

    def take_turn(self, host: str, crawl: object, delay: float) -> float:
        """Return how many seconds a crawl's next request to a host has to wait for those of other crawls.

        A crawl that is alone with a host waits for nobody, and for the last answer alone: the pause between its own
        requests is kept elsewhere. `delay` is that pause; the next request of any of several crawls waits for so long.
        """
        known = self._hosts.setdefault(host, _Host())
        known.crawls.add(crawl)
        now = self._clock()
        known.is_shared = len(known.crawls) > 1 or (known.is_shared and known.next_turn > now)
        turn = max(now, known.quiet_until, known.next_turn if known.is_shared else now)
        known.next_turn = turn + delay
        return turn - now

    def leave(self, crawl: object) -> None:
        """Forget a crawl that is over, and hosts of which there is nothing to remember any more."""
        now = self._clock()
        for host, known in list(self._hosts.items()):
            known.crawls.discard(crawl)
            if not known.crawls and max(known.rests_until, known.next_turn, known.quiet_until) <= now:
                del self._hosts[host]


#: Those of this process.
HOST_PAUSES = HostPauses()


class Permission(Protocol):
    """What a crawl asks before each request, where somebody else may crawl its site or its hosts as well."""

    async def ask(self, host: str, delay: float) -> float:
        """Wait until a request to a host may begin; return for how many seconds it may last.

        Raises:
            HostPaused: the crawl may ask nothing any more.

        """


#: Those of the crawls of this process that have one.
PERMISSIONS: WeakKeyDictionary[Crawler, Permission] = WeakKeyDictionary()
