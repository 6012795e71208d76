"""What crawls and the process that writes their archive say to each other."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from newsarchive.models import Recheck
    from newsarchive.options import Options

#: The signals by which a crawl is stopped; the writing process heeds none of them, because the crawl ends it.
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the writer has to know of a crawl; `label` names its WARC files, for the rest see `CrawlSpider`.

    Behind it come as many descriptors as `locks` says, which the writer holds until the crawl is over.
    """

    run_id: int
    site: str
    label: str
    fetches: bool
    reread_at: datetime | None
    recheck: Recheck
    options: Options
    locks: int = 0
    spider: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a crawl ended, for a writer on another machine, which closes its run; see `RunSummary`."""

    spider: str
    outcome: str
    reason: str | None
    started_at: datetime
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Message:
    """A method of `Operations` to be called, by its name, None for none; `urgent` asks for a commit at once.

    `run_id` is that of the crawl, whose last message it is with `ends`.
    """

    method: str | None
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False
    run_id: int = 0
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The result of a message of which nothing could be written, with the reason; the others of its batch are."""

    reason: str


@dataclass(slots=True)
class Report:
    """What a batch did for a crawl: `counts` by the names of the run's row, `errors` (tracebacks) of our own rules.

    `settled` are the URLs that are in flight no more, because what came of them is written; `grown` says whether the
    frontier has new rows.
    """

    counts: Counter[str] = field(default_factory=Counter)
    settled: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    grown: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """The results of one batch of messages, in their order, and what was done by them for each crawl (by its run)."""

    results: Sequence[Any]
    reports: Mapping[int, Report]


@dataclass(frozen=True, slots=True)
class Broken:
    """The archive cannot be written any more, with the reason for people; nothing of the last batch is stored."""

    reason: str
