"""What the crawl and the process that writes its archive say to each other."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from newsarchive.models import Recheck
    from newsarchive.options import Options

#: The signals by which a crawl is stopped; the writing process heeds none of them, because the crawl ends it.
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the writer has to know of a crawl; `label` names its WARC files, for the rest see `CrawlSpider`."""

    run_id: int
    site: str
    label: str
    fetches: bool
    reread_at: datetime | None
    recheck: Recheck
    options: Options


@dataclass(frozen=True, slots=True)
class Message:
    """A method of `Operations` to be called, None for none; `urgent` asks for a commit at once."""

    method: Callable[..., Any] | None
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The result of a message of which nothing could be written, with the reason; the others of its batch are."""

    reason: str


@dataclass(slots=True)
class Report:
    """What a batch did: `counts` by the names of the run's row, `errors` what our own rules failed on (tracebacks).

    `settled` are the URLs that are in flight no more, because what came of them is written; `grown` says whether the
    frontier has new rows.
    """

    counts: Counter[str] = field(default_factory=Counter)
    settled: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    grown: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """The results of one batch of messages, in their order, and what was done by them."""

    results: Sequence[Any]
    report: Report


@dataclass(frozen=True, slots=True)
class Broken:
    """The archive cannot be written any more, with the reason for people; nothing of the last batch is stored."""

    reason: str
