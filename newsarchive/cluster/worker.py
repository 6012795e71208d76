"""A worker: crawls the sites that are due and that no other worker has, so many at one time, in one process."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.archive.schedules import Schedule
from newsarchive.cluster import claims, overview, schema
from newsarchive.cluster.engine import Engine, EngineAwayError
from newsarchive.cluster.lease import RENEWAL, EngineThread, Lease, LeaseChannel
from newsarchive.cluster.slices import open_piece
from newsarchive.crawl.http.host_pauses import PERMISSIONS
from newsarchive.crawl.schedule import after_failure
from newsarchive.crawl.watch import Run, after_run
from newsarchive.crawl.writer.channel import CHANNELS
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.processes import process_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.crawler import Crawler

    from newsarchive.archive import Archive
    from newsarchive.crawl.process import CrawlProcess
    from newsarchive.crawl.summary import RunSummary
    from newsarchive.options import Options

logger = logging.getLogger(__name__)

_SPIDER = "site"
# Seconds between two looks for sites that are due, and for a slice that is not there yet.
_LOOK_AGAIN, _LOOK_FOR_SLICE = 1.0, 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of a lease, and what may be on its way: envelopes of a site, and bytes of all sites of a shard."""

    lease: float = 60.0
    envelopes: int = 40
    bytes: int = 256 << 20


@dataclass(slots=True)
class _Kept:
    """A slice that this worker has, and the fence under which it was used last."""

    archive: Archive
    fence: int


class Worker:
    """Crawls sites of a cluster until somebody stops it; `told` hears of every run that ended.

    Slices and site files lie in a folder of their own, which is nobody else's, and gone with the process.
    """

    def __init__(
        self,
        process: CrawlProcess,
        dsn: str,
        options: Options,
        limits: Limits,
        told: Callable[[str, RunSummary | UserError], None],
    ) -> None:
        self.process = process
        self.options = options
        self.limits = limits
        self.name = process_name(os.getpid())
        self._told = told
        # Two connections: a lease must not wait behind a large envelope.
        self._engine, self._shipping = (EngineThread(Engine(dsn, patience=limits.lease)) for _ in range(2))
        self._folder = Path(tempfile.mkdtemp(prefix="newsarchive-worker-"))
        self._leases: dict[str, Lease] = {}
        self._runs: dict[str, Run] = {}
        self._kept: dict[str, _Kept] = {}
        #: The last run of each site, which may still be ending when the site is claimed again.
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Crawl until somebody stops the process, then wait for the crawls that are going on.

        Raises:
            UserError: the engine is away for longer than a lease lasts, or its tables are of another version.

        """
        (self._folder / "sites").mkdir()
        os.environ["NEWSARCHIVE_SITES"] = str(self._folder / "sites")
        renewing = asyncio.ensure_future(self._renew())
        stopping = asyncio.ensure_future(self.process.stopping.wait())
        for task in (renewing, stopping):
            task.add_done_callback(lambda _: self._changed.set())
        try:
            await self._engine.call(schema.must_be_current)
            while not stopping.done() and not renewing.done():
                self._changed.clear()
                await self._begin_due()
                await self._make_room()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _LOOK_AGAIN)
            if renewing.done():
                renewing.result()
        except EngineAwayError as error:
            for lease in self._leases.values():
                lease.lose(str(error))
            raise
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks.values())
            for task in (renewing, stopping):
                task.cancel()
            self._close()

    def _close(self) -> None:
        for kept in self._kept.values():
            kept.archive.close()
        for engine in (self._engine, self._shipping):
            engine.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # Which sites are crawled

    async def _begin_due(self) -> None:
        room = self.options.sites_at_once - len(self._leases)
        if room <= 0:
            return
        asked_at = time.monotonic()
        claimed = await self._engine.call(claims.claim, self.name, self.limits.lease, room)
        for claim in claimed:
            if (before := self._leases.get(claim.site)) is not None:
                before.lose(_("{site}: its lease was not renewed in time, and it is claimed again", site=claim.site))
            lease = Lease(claim, self.limits.lease, self._engine, asked_at)
            self._leases[claim.site] = lease
            self._tasks[claim.site] = asyncio.ensure_future(self._crawl(lease, self._tasks.get(claim.site)))

    async def _make_room(self) -> None:
        """Have runs that took their turn give way, the longest first, as many as sites are due that nobody crawls."""
        over = time.monotonic() - self.options.turn_minutes * 60
        turns = sorted((run for run in self._runs.values() if run.has_turned(over)), key=lambda run: run.began)
        if turns and len(self._leases) >= self.options.sites_at_once:
            waiting, _ = await self._engine.call(overview.waiting)
            for run in turns[:waiting]:
                run.give_way()

    async def _renew(self) -> None:
        """Renew the leases for as long as there is anything; those that are another worker's by now are lost."""
        while True:
            await asyncio.sleep(self.limits.lease * RENEWAL)
            held = {lease.site: (lease.fence, lease.seconds) for lease in self._leases.values() if lease.loss is None}
            if not held:
                continue
            asked_at = time.monotonic()
            renewed = await self._engine.call(claims.renew, held)
            for site, (fence, seconds) in held.items():
                lease = self._leases.get(site)
                if lease is None or lease.fence != fence:
                    continue
                if site in renewed:
                    lease.renewed(asked_at, seconds)
                else:
                    lease.lose(
                        _("{site}: its lease was not renewed in time, and it may be another worker's by now", site=site)
                    )

    # A run

    async def _crawl(self, lease: Lease, last: asyncio.Task[None] | None) -> None:
        if last is not None:  # it may have lost its lease, and not be over
            await asyncio.wait([last])
        site = lease.site
        self._runs[site] = Run(time.monotonic())
        before = Schedule(site, datetime.now(UTC), lease.claim.interval, lease.claim.failures)
        after, summary, reason = before, None, None
        try:
            archive = await self._slice(lease)
            summary = await self._run(lease, archive)
            after = after_run(before, summary, archive, now=datetime.now(UTC), options=self.options)
            reason = summary.reason or "; ".join(summary.alarms) or None
            self._told(site, summary)
        except Exception as error:
            if not isinstance(error, UserError):
                logger.exception(_("%s could not be crawled"), site)
                error = UserError(_("a fault in newsarchive ({name}: {error})", name=type(error).__name__, error=error))
            if not self.process.stopping.is_set():
                after = after_failure(before, now=datetime.now(UTC), options=self.options)
            reason = str(error)
            self._told(site, error)
        finally:
            await self._give_back(lease, after, summary, reason)
            del self._runs[site]
            if self._leases[site] is lease:
                del self._leases[site], self._tasks[site]
            self._changed.set()

    async def _slice(self, lease: Lease) -> Archive:
        """Return the slice of a site: the one that is here if it is still true, else the one that its shard cuts.

        Raises:
            UserError: the lease was lost or the process stopped before there was one.

        """
        site, claim = lease.site, lease.claim
        for name, text in claim.files.items():
            (self._folder / "sites" / f"{name}.toml").write_text(text, encoding="utf-8")
        kept = self._kept.get(site)
        if kept is not None and claim.has_slice and kept.fence == claim.fence - 1:
            kept.fence = claim.fence
            return kept.archive
        self._drop(site)
        if claim.has_slice:
            await self._shipping.call(claims.want_slice, site, lease.fence)
        while (data := await self._shipping.call(claims.take_slice, site, lease.fence)) is None:
            if lease.loss is not None or self.process.stopping.is_set():
                raise UserError(lease.loss or _("{site}: stopped before it was begun", site=site))
            await asyncio.sleep(_LOOK_FOR_SLICE)
        archive = open_piece(data, self._folder / f"{site}-{lease.fence}" / "slice.db")
        self._kept[site] = _Kept(archive, lease.fence)
        return archive

    def _drop(self, site: str) -> None:
        if (kept := self._kept.pop(site, None)) is not None:
            kept.archive.close()
            shutil.rmtree(kept.archive.path.parent, ignore_errors=True)

    async def _run(self, lease: Lease, archive: Archive) -> RunSummary:
        """Run the spider on a slice, and send how it ended.

        Raises:
            UserError: as `CrawlProcess.crawl_site`, or the lease was lost.

        """
        limits = self.limits
        channel = LeaseChannel(lease, archive, self._shipping, most=limits.envelopes, most_bytes=limits.bytes)

        def begun(crawler: Crawler) -> None:
            self._runs[lease.site].crawler = crawler
            crawler.settings.set("NEWSARCHIVE_DB", str(archive.path), priority="cmdline")
            PERMISSIONS[crawler] = lease

        CHANNELS.put(str(archive.path), channel)
        try:
            summary = await self.process.crawl_site(_SPIDER, {"site": lease.site}, begun)
            if lease.loss is not None:
                raise UserError(lease.loss)
            await channel.end(summary)
        finally:
            CHANNELS.put(str(archive.path), None)
        return summary

    async def _give_back(self, lease: Lease, after: Schedule, summary: RunSummary | None, reason: str | None) -> None:
        """Release a site, with its slice only where the shard was sent all that is in it."""
        channel = lease.channel
        keeps = summary is not None and channel is not None and channel.failure is None
        if not keeps:
            self._drop(lease.site)
        if lease.loss is not None:
            return
        try:
            await self._engine.call(
                claims.release,
                lease.site,
                lease.fence,
                due_in=max(timedelta(0), after.due_at - datetime.now(UTC)),
                every=after.interval,
                failures=after.failures,
                outcome=summary.outcome if summary else "failed",
                reason=reason,
                keeps=keeps and not self.process.stopping.is_set(),
            )
        except EngineAwayError as error:
            logger.warning(_("%s could not be given back: %s"), lease.site, error)
