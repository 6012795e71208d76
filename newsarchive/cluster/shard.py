"""A shard: the one process that writes an archive of a cluster. It applies what workers ship, and cuts their slices.

What was applied last of each site is written in the transaction that applies it (`cluster_feed`), so that an envelope
that comes twice is applied once. What cannot be applied because of the archive (a full disk, another program that
writes) stays where it is until it can; what cannot be applied because of itself is put aside after three tries.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from newsarchive import __version__
from newsarchive.archive import Archive
from newsarchive.archive.connection import explain
from newsarchive.cluster import claims, inbox, moves, registry
from newsarchive.cluster.engine import EngineAwayError
from newsarchive.cluster.envelope import unpack
from newsarchive.cluster.publishing import Publisher
from newsarchive.cluster.slices import cut
from newsarchive.crawl.writer.messages import Crawl, Ended, Message
from newsarchive.crawl.writer.operations import Operations
from newsarchive.crawl.writer.process import CACHE, ReplayIndex
from newsarchive.crawl.writer.wire import NewerFormError
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from newsarchive.cluster.engine import Engine
    from newsarchive.cluster.inbox import Envelope

logger = logging.getLogger(__name__)

# Envelopes that are applied in one transaction.
_AT_ONCE = 20
# Tries until an envelope is put aside; where the process itself ended in them, more: it may have been killed.
_TRIES, _DEADLY_TRIES = 3, 6
# Seconds between two looks into an empty inbox, between two tries while the archive cannot be written, and between
# two times at which the engine is told that the shard is there.
_LOOK_AGAIN, _REST, _HEARTBEAT = 0.2, 2.0, 5.0
# Seconds between two looks for moves and publications.
_ERRANDS = 1.0
# Seconds for which an envelope of a newer version is left alone.
_NEWER_REST = 60.0
# What has moved on by a later move than the engine knows of is not the shard's any more.
_KNOW = """
INSERT INTO cluster_feed (site, family, files, hosts, moved) VALUES (?, ?, ?, ?, ?) ON CONFLICT (site) DO UPDATE
SET family = excluded.family, files = excluded.files, hosts = excluded.hosts, moved = excluded.moved, home = NULL
WHERE moved <= excluded.moved AND (home IS NOT NULL
    OR (family, files, hosts, moved) <> (excluded.family, excluded.files, excluded.hosts, excluded.moved))
"""


class Shard:
    """Keeps an archive in step with what workers ship to it.

    `lease` is for how many seconds a worker has a site. An engine that was lost gives out no site before: whoever had
    it may still crawl it.
    """

    def __init__(self, db: Path, engine: Engine, number: int, *, lease: float = 0.0) -> None:
        self.db = db
        self.lease = lease
        self.engine = engine
        self.number = number
        #: Why nothing can be stored at present; None where all is well.
        self.trouble: str | None = None
        self._archive: Archive | None = None
        self._told_at = float("-inf")
        #: The crawls that go on: site -> fence, and what they do to the archive.
        self._crawls: dict[str, tuple[int, Operations]] = {}
        #: How many envelopes are applied alone, with their tries counted, because one of them may be at fault. The
        #: first are: one of them may be what the process ended in before.
        self._careful = _AT_ONCE
        #: Sites with envelopes of a newer version -> until when (monotonic) they are left alone.
        self._newer: dict[str, float] = {}
        self._publisher = Publisher(db, engine, number)
        self._errands_at = float("-inf")

    @property
    def archive(self) -> Archive:
        """The archive, opened again after something could not be written."""
        if self._archive is None:
            self._archive = Archive.open(self.db)
            self._archive.connection.execute(CACHE)
            self._index = ReplayIndex(self._archive)
        return self._archive

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Work until somebody stops it.

        Raises:
            UserError: the engine is away for long, or the archive is damaged.

        """
        try:
            while not is_stopping():
                if not self.step():
                    time.sleep(_REST if self.trouble else _LOOK_AGAIN)
        finally:
            self._publisher.close()
        self.close()

    def close(self) -> None:
        """Close the archive."""
        self._crawls.clear()
        if self._archive is not None:
            archive, self._archive = self._archive, None
            archive.close()

    def step(self) -> bool:
        """Apply what is there and cut the slices that are asked for; return whether there was anything to do.

        Raises:
            UserError: see `run`.

        """
        try:
            self.tell()
            envelopes = inbox.take(self.engine, self.number, 1 if self._careful else _AT_ONCE, self._left_alone())
            if envelopes:
                self._apply(envelopes)
            wanted = claims.wanted(self.engine, self.number)
            for site, fence in wanted:
                claims.give(self.engine, site, fence, cut(self.archive, site))
            is_moving = self._run_errands()
        except (EngineAwayError, ArchiveDamagedError):
            raise
        except (UserError, OSError, sqlite3.Error) as error:
            if self.trouble is None:
                logger.warning(_("nothing can be stored: %s"), error)
                self._told_at = float("-inf")
            self.trouble = str(error)
            with suppress(UserError, OSError, sqlite3.Error):
                self.close()
            return False
        if self.trouble is not None:
            logger.warning(_("the archive can be written again"))
            self.trouble = None
        if not envelopes:
            self._careful = 0
        return bool(envelopes or wanted or is_moving)

    def tell(self) -> None:
        """Report to the engine that this shard is there, and learn its sites; report all again where it was lost."""
        if time.monotonic() < self._told_at + _HEARTBEAT:
            return
        self._told_at = time.monotonic()
        if not registry.seen(self.engine, self.number, __version__, self.trouble):
            known = self.archive.connection.execute(
                "SELECT site, family, files, hosts, fence, moved, coalesce(home, ?) FROM cluster_feed", (self.number,)
            ).fetchall()
            for site, family, files, hosts, fence, moved, home in known:
                registry.add(
                    self.engine,
                    site,
                    family=family,
                    shard=home,
                    files=json.loads(files),
                    hosts=json.loads(hosts),
                    fence=fence,
                    moved=moved,
                    rest=self.lease,
                    renew=False,
                )
            registry.register(self.engine, self.number, __version__)
            logger.info(_("the engine was told %d sites"), len(known))
        sites = [
            (row.name, row.family, json.dumps(row.files), json.dumps(row.hosts), row.moved)
            for row in registry.sites(self.engine, self.number)
        ]
        if self.trouble is None:
            with self.archive.transaction():
                self.archive.connection.executemany(_KNOW, sites)
            moves.learn_left(self.archive, self.engine, self.number, [site for site, *_ in sites])

    def _run_errands(self) -> bool:
        """Go on with moves and publications; return whether there is more to do of a move."""
        if time.monotonic() < self._errands_at:
            return False
        is_moving = moves.step(self.archive, self.engine, self.number)
        self._publisher.step(is_cleared=not is_moving)
        self._errands_at = float("-inf") if is_moving else time.monotonic() + _ERRANDS
        return is_moving

    # What workers ship

    def _left_alone(self) -> list[str]:
        now = time.monotonic()
        self._newer = {site: until for site, until in self._newer.items() if until > now}
        return list(self._newer)

    def _apply(self, envelopes: Sequence[Envelope]) -> None:
        """Apply envelopes in one transaction, and take them away; a single one is put aside when it fails too often."""
        first, is_alone = envelopes[0], self._careful > 0
        tries = inbox.tried(self.engine, first) if is_alone else 0
        if tries > _DEADLY_TRIES:
            self._bury(first, f"the shard ended {_DEADLY_TRIES} times while it was applied")
            return
        try:
            with self.archive.transaction():
                messages = [message for envelope in envelopes for message in self._apply_one(envelope)]
        except NewerFormError as error:
            self.close()
            logger.warning(_("an envelope of %s waits for a newer version of this shard: %s"), first.site, error)
            if is_alone:
                self._newer[first.site] = time.monotonic() + _NEWER_REST
            self._careful = max(self._careful, len(envelopes))
        except (UserError, OSError):
            raise
        except sqlite3.OperationalError as error:
            raise explain(error, self.db) from error
        except Exception as error:
            self.close()
            self._careful = max(self._careful, len(envelopes))
            logger.exception(_("an envelope of %s could not be applied"), first.site if is_alone else _("some site"))
            if is_alone and tries >= _TRIES:
                self._bury(first, f"{type(error).__name__}: {error}")
        else:
            inbox.done(self.engine, [envelope.id for envelope in envelopes])
            self._careful = max(0, self._careful - 1)
            self._look_at_reports()
            self._index.note(messages)

    def _bury(self, envelope: Envelope, why: str) -> None:
        inbox.bury(self.engine, envelope, why)
        self._careful -= 1
        logger.error(_("put aside envelope %d of %s: %s"), envelope.id, envelope.site, why)

    def _apply_one(self, envelope: Envelope) -> list[Message]:
        """Apply an envelope unless that was done before; return its messages."""
        connection = self.archive.connection
        known = connection.execute(
            "SELECT fence, seq, run_id FROM cluster_feed WHERE site = ?", (envelope.site,)
        ).fetchone()
        if known is None:  # it was added since the engine was last asked, or its shard was restored
            known = (0, 0, None)
        if (envelope.fence, envelope.seq) <= known[:2]:
            return []
        run_id = known[2]
        if envelope.fence != known[0]:
            if run_id is not None:
                self.archive.runs.lose(run_id, datetime.now(UTC))
            run_id = None
        messages, operations = [], None
        for frame in unpack(envelope.payload):
            if isinstance(frame, Message) and operations is not None:
                operations.attempt(frame)
                messages.append(frame)
            elif isinstance(frame, Crawl) and frame.site == envelope.site:
                run_id = run_id or self._begin_run(envelope.site, frame.spider)
                operations = self._operations(envelope, frame, run_id)
            elif isinstance(frame, Ended):
                run_id = run_id or self._begin_run(envelope.site, frame.spider)
                self._end_run(run_id, frame)
                self._crawls.pop(envelope.site, None)
                messages.append(Message(None, ends=True))
            else:
                raise ValueError(f"no frame that may be there: {type(frame).__name__}")
        connection.execute(
            "INSERT INTO cluster_feed (site, family, files, hosts, fence, seq, run_id)"
            " VALUES (?1, ?1, '{}', '[]', ?2, ?3, ?4)"
            " ON CONFLICT (site) DO UPDATE SET fence = excluded.fence, seq = excluded.seq, run_id = excluded.run_id",
            (envelope.site, envelope.fence, envelope.seq, run_id),
        )
        return messages

    def _operations(self, envelope: Envelope, crawl: Crawl, run_id: int) -> Operations:
        fence, operations = self._crawls.get(envelope.site, (0, None))
        if operations is None or fence != envelope.fence:
            options = replace(crawl.options, db=str(self.db))
            operations = Operations(self.archive, replace(crawl, run_id=run_id, options=options))
            self._crawls[envelope.site] = envelope.fence, operations
        return operations

    def _begin_run(self, site: str, spider: str) -> int:
        now = datetime.now(UTC)
        if self.archive.runs.ahead(now) is not None:
            self.archive.frontier.bring_back(site=site, now=now)
        return self.archive.runs.start(spider=spider, site=site, arguments={"site": site}, now=now)

    def _end_run(self, run_id: int, ended: Ended) -> None:
        now = datetime.now(UTC)
        self.archive.runs.finish(run_id, outcome=ended.outcome, reason=ended.reason, counts=ended.counts, now=now)
        self.archive.runs.compact(now)

    def _look_at_reports(self) -> None:
        """Log what failed, and have slices cut again that say otherwise than the archive."""
        doubtful = []
        for site, (_first, operations) in self._crawls.items():
            report = operations.take_report()
            for error in report.errors:
                logger.error("%s", error)
            if report.errors or report.counts["articles/rejected"]:
                doubtful.append(site)
        if doubtful:
            claims.distrust(self.engine, doubtful)
