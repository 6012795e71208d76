"""Which of the watched sites are crawled when: by a clock that the test sets, with runs that only take their time."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from newsarchive.archive.frontier import Link
from newsarchive.archive.schedules import Schedule
from newsarchive.crawl.summary import RunSummary
from newsarchive.crawl.watch import Watch
from newsarchive.errors import UserError
from newsarchive.locks import AlreadyRunningError
from newsarchive.options import Options

START = datetime(2026, 3, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Process:
    """Runs nothing: a run lasts until the test ends it, and brings what the test says."""

    def __init__(self):
        self.stopping = asyncio.Event()
        self.begun, self.going_on, self.most = [], {}, 0

    async def crawl_site(self, spider, arguments, begun):
        site = arguments["site"]
        self.begun.append(site)
        self.going_on[site] = asyncio.get_running_loop().create_future()
        self.most = max(self.most, len(self.going_on))
        try:
            return await self.going_on[site]
        finally:
            del self.going_on[site]

    async def end(self, site, outcome="finished", error=None, **counts):
        if error is not None:
            self.going_on[site].set_exception(error)
        else:
            self.going_on[site].set_result(RunSummary("site", site, outcome, None, START, START, "a.db", counts=counts))
        await settled()


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


class ClockedWatch(Watch):
    """A watch whose clock a test sets; it waits until the test lets it go on."""

    time = START

    def now(self):
        return ClockedWatch.time

    async def wait(self, seconds):
        await super().wait(None)

    async def at(self, time):
        ClockedWatch.time = time
        self._changed.set()
        await settled()


@pytest.fixture
def watched(archive, tmp_path, monkeypatch):
    """Return a function that watches sites while a coroutine of the test runs, and gives what it told."""
    folder = tmp_path / "sites"
    folder.mkdir()
    monkeypatch.setenv("NEWSARCHIVE_SITES", str(folder))

    def watched(test, *names, schedules=(), **options):
        for name in names:
            (folder / f"{name}.toml").write_text(
                f'name = "{name}"\ntitle = "{name}"\nbase_url = "http://{name}.example"\nhosts = ["{name}.example"]\n'
                'timezone = "UTC"\nsitemaps = ["/sitemap.xml"]\n',
                encoding="utf-8",
            )
        for schedule in schedules:
            archive.schedules.set(schedule)

        async def run():
            ClockedWatch.time = START
            told = []
            process = Process()

            def find():
                return {path.stem: {"site": path.stem} for path in sorted(folder.glob("*.toml"))}

            watch = ClockedWatch(process, archive, Options(**options), "site", find, told.append)
            running = asyncio.ensure_future(watch.run())
            await settled()
            await test(watch, process)
            process.stopping.set()
            for site in list(process.going_on):
                await process.end(site, "stopped")
            await asyncio.wait_for(running, 10)
            return told

        return asyncio.run(run())

    return watched


def at(minutes, site, **more):
    return Schedule(site, START + minutes * MINUTE, 30 * MINUTE, **more)


def test_the_site_that_is_due_for_the_longest_is_begun_first_and_no_more_than_are_allowed(watched):
    async def test(watch, process):
        await watch.at(START + 10 * MINUTE)
        assert process.begun == ["c", "b"]
        await process.end("b")
        assert process.begun == ["c", "b", "a"]

    watched(test, "a", "b", "c", schedules=[at(3, "a"), at(2, "b"), at(1, "c")], sites_at_once=2)


def test_a_site_is_begun_when_it_is_due_and_not_before(watched, archive):
    async def test(watch, process):
        await watch.at(START + 4 * MINUTE)
        assert process.begun == []
        await watch.at(START + 5 * MINUTE)
        assert process.begun == ["a"]
        await process.end("a", **{"listings/read": 1})
        assert archive.schedules.all()["a"] == Schedule("a", START + 50 * MINUTE, 45 * MINUTE)
        await watch.at(START + 49 * MINUTE)
        assert process.begun == ["a"]
        await watch.at(START + 50 * MINUTE)
        assert process.begun == ["a", "a"]

    watched(test, "a", schedules=[at(5, "a")])


def test_new_sites_are_due_at_once_and_what_is_put_off_by_a_wrong_clock_too(watched):
    async def test(watch, process):
        assert process.begun == ["a", "b"]

    watched(test, "a", "b", schedules=[at(60 * 24 * 30, "b")])


def test_a_failed_site_and_one_that_is_occupied_come_again_each_in_its_time(watched, archive):
    async def test(watch, process):
        await process.end("a", error=UserError("no listing page could be read"))
        await process.end("b", error=AlreadyRunningError("b", "17"))
        await process.end("c", "failed")
        found = archive.schedules.all()
        assert [(one.due_at - START, one.failures) for one in map(found.get, "abc")] == [
            (5 * MINUTE, 1), (MINUTE, 0), (5 * MINUTE, 1),
        ]  # fmt: skip

    told = watched(test, "a", "b", "c")
    assert [str(one.error) for one in told[:1]] == ["no listing page could be read"]


def test_a_fault_of_ours_costs_the_other_sites_nothing(watched, archive, caplog):
    async def test(watch, process):
        await process.end("a", error=RuntimeError("boom"))
        await process.end("b")
        assert archive.schedules.all()["a"].failures == 1
        assert archive.schedules.all()["b"].failures == 0

    watched(test, "a", "b")
    assert "a could not be crawled" in caplog.text


def test_what_waits_in_the_frontier_is_fetched_before_the_listings_are_due(watched, archive):
    archive.frontier.add([Link("http://a.example/1", "a", "post")], None, START)
    archive.frontier.retry("http://a.example/1", reason="http-error", now=START, next_at=START + 12 * MINUTE)

    async def test(watch, process):
        await process.end("a")
        assert archive.schedules.all()["a"].due_at == START + 12 * MINUTE

    watched(test, "a")


def test_sites_that_come_and_go_are_seen_when_it_is_asked_to_look(watched, tmp_path):
    async def test(watch, process):
        await process.end("a")
        folder = tmp_path / "sites"
        (folder / "b.toml").write_text((folder / "a.toml").read_text().replace('"a"', '"b"'), encoding="utf-8")
        (folder / "a.toml").unlink()
        watch.look_for_sites()
        await settled()
        await watch.at(START + timedelta(days=1))
        assert process.begun == ["a", "b"]

    watched(test, "a")


def test_a_run_that_took_its_turn_gives_way_once_for_each_that_waits(watched):
    closed = []

    async def close(reason):
        closed.append(reason)

    async def test(watch, process):
        for run in watch._running.values():
            run.crawler = SimpleNamespace(engine=SimpleNamespace(running=True, close_spider_async=close))
        await watch.at(START + MINUTE)
        await watch.at(START + 2 * MINUTE)
        assert closed == ["gave-way"]

    watched(test, "a", "b", "c", sites_at_once=2, turn_minutes=0)
