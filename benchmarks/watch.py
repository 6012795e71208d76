"""Measure `newsarchive crawl --watch` over many sites: what a run costs, how late it begins, what kills lose.

    python benchmarks/watch.py                                       500 sites, two hours, 20 kills
    python benchmarks/watch.py --sites 60 --kills 4 --cron 5         less of everything

The sites are served on loopback, each under an address of its own, and publish at paces between ten minutes and a day.
The clock by which they publish and are due runs on by itself while a site is crawled, and jumps to the next moment at
which one is due while none is: two hours take as long as the crawls in them. The watching process is killed (SIGKILL)
at random moments and started again. In the end nothing is published any more, and every site is crawled until it has
nothing new; those runs without news are what is measured, and every article that was published must be in the archive.

For comparison the same runs without news are made as separate processes (`scrapy crawl site`), as cron does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import mmap
import os
import random
import resource
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from newsarchive.archive import Archive  # noqa: E402
from newsarchive.crawl.process import CrawlProcess  # noqa: E402
from newsarchive.crawl.project_settings import project_settings  # noqa: E402
from newsarchive.crawl.watch import Watch, Watched  # noqa: E402
from newsarchive.options import Options  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = 8097
SEED = 14
#: Articles of a site when the watch begins, and on its listing at most.
_FIRST, _LISTED = 5, 30
#: Seconds between two articles of the quickest and the slowest site.
_PACES = (600.0, 86_400.0)
#: What is wanted of a run without news (seconds of CPU), and of 20 sites at one time (MiB).
MOST_WORK, MOST_MEMORY = 0.1, 300
_SITE = """
name = "{name}"
title = "{name}"
base_url = "http://{address}:{port}"
hosts = ["{address}:{port}"]
timezone = "Asia/Shanghai"

[politeness]
delay = 0

[listing]
start = ["/"]
article = '/news/\\d+\\.html$'
"""
_ARTICLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body><article>
<h1>{title}</h1><p class="time">2026-03-05 08:00</p><p>{text}</p></article></body></html>"""
_ENDED = "SELECT url, state, reason FROM frontier WHERE state <> 'pending'"
_WORDS = ("港口", "泊位", "吞吐量", "清晨", "新船", "航线", "仓库", "货主", "班轮", "潮水", "引水员", "堆场", "海关")


class Clock:
    """The time by which sites publish and are due: the real one, and what was skipped of it; shared by a file.

    When it is `frozen`, publishing ends and only the rest of the clock goes on.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(16))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 16)

    def now(self) -> float:
        """Return the time in Unix seconds."""
        return time.time() + float(struct.unpack_from("d", self._shared, 0)[0])

    def skip(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        struct.pack_into("d", self._shared, 0, struct.unpack_from("d", self._shared, 0)[0] + seconds)

    def freeze(self) -> None:
        """Publish nothing after this moment; the first one counts."""
        struct.pack_into("d", self._shared, 8, self.published_until)

    @property
    def published_until(self) -> float:
        """Until when what is published is out."""
        return float(struct.unpack_from("d", self._shared, 8)[0]) or self.now()


@dataclass(frozen=True, slots=True)
class NewsSite:
    """A site that publishes an article every so many seconds since the beginning."""

    number: int
    pace: float

    @property
    def name(self) -> str:
        """Its name."""
        return f"s{self.number:04}"

    @property
    def address(self) -> str:
        """Its address on loopback."""
        return f"127.0.{1 + self.number // 250}.{1 + self.number % 250}"

    def count(self, seconds: float) -> int:
        """Return how many articles it has published so many seconds after the beginning."""
        return _FIRST + int(max(0.0, seconds) / self.pace)

    def page(self, path: str, count: int) -> bytes | None:
        """Return a page; None for one that it has not."""
        if path == "/":
            numbers = range(count, max(0, count - _LISTED), -1)
            return "".join(f'<li><a href="/news/{n}.html">{self.title(n)}</a></li>' for n in numbers).encode()
        number = path.removeprefix("/news/").removesuffix(".html")
        if not number.isdecimal() or not 0 < int(number) <= count:
            return None
        chance = random.Random(f"{self.name} {number}")
        text = "，".join("".join(chance.choices(_WORDS, k=4)) for _ in range(30)) + "。"
        return _ARTICLE.format(title=self.title(int(number)), text=text).encode()

    def title(self, number: int) -> str:
        """Return the title of an article."""
        return f"{self.name}报道第{number}条：" + "".join(random.Random(f"{self.name}:{number}").choices(_WORDS, k=4))


def sites_of(number: int) -> list[NewsSite]:
    """Return so many sites, whose paces lie evenly between the quickest and the slowest on a scale of ratios."""
    quickest, slowest = _PACES
    return [NewsSite(n, quickest * (slowest / quickest) ** (n / max(1, number - 1))) for n in range(number)]


# The server, a process of its own


async def serve(sites: list[NewsSite], clock: Clock, began: float) -> None:
    """Serve all sites for ever."""
    by_address = {site.address: site for site in sites}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site = by_address[writer.get_extra_info("sockname")[0]]
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                body = site.page(path, site.count(clock.published_until - began))
                tag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'.encode()
                status = b"404 Not Found" if body is None else b"200 OK"
                if body is not None and tag in head:
                    status, body = b"304 Not Modified", b""
                body = body or b""
                writer.write(
                    b"HTTP/1.1 %b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\nETag: %b\r\n\r\n%b"
                    % (status, len(body), tag, body)
                )
        writer.close()

    server = await asyncio.start_server(handle, [site.address for site in sites], PORT)
    print("ready", flush=True)
    await server.serve_forever()


# The watch, a process of its own


@dataclass(slots=True)
class SkippingWatch(Watch):
    """A watch by that clock, which prints what its runs did.

    After the hours it has every site crawled, again and again until none has anything new; then it prints what the runs
    of that last round cost, and stops.
    """

    clock: Clock = field(kw_only=True)
    end: float = field(kw_only=True)
    #: When each site was due; runs that were due while no watch lived are late because of the kill.
    due_at: dict[str, datetime] = field(default_factory=dict)
    #: The sites that have not been crawled in the round that is going on; None before the first.
    left: set[str] | None = None
    has_news: bool = False
    worked: float = 0.0

    def now(self) -> datetime:
        """Return the time of the clock."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    async def wait(self, seconds: float | None) -> None:
        """Let the time pass at once in which nothing is to be done."""
        if self.is_idle and seconds:
            self.clock.skip(min(seconds, max(0.0, self.end - self.clock.now()) + 1))
        else:
            # Not the parameterless form, which a dataclass with slots has no use for.
            await Watch.wait(self, seconds)
        if self.clock.now() > self.end and self.left is None:
            self.clock.freeze()
            self.begin_round()

    def begin_round(self) -> None:
        """Have every site crawled at once."""
        self.left, self.has_news, self.worked = set(self.arguments), False, work()
        due = self.now() - timedelta(seconds=1)
        self.schedules = {site: replace(known, due_at=due) for site, known in self.schedules.items()}
        self.look_for_sites()

    def tell(self, ended: Watched) -> None:
        """Print a run, and go on to the next round with the last one of this."""
        summary, site = ended.summary, ended.schedule.site
        if summary is None:
            raise SystemExit(f"{site}: {ended.error}")
        new, due = summary.articles("new"), self.due_at.get(site)
        late = (ended.began_at - due).total_seconds() if due and self.left is None else None
        self.due_at[site] = ended.schedule.due_at
        requests = summary.counts.get("requests", 0)
        print(json.dumps({"site": site, "new": new, "late": late, "requests": requests}), flush=True)
        if self.left is None:
            return
        self.has_news = self.has_news or new > 0 or summary.outcome != "finished"
        self.left.discard(site)
        if not self.left and self.has_news:
            asyncio.get_running_loop().call_soon(self.begin_round)
        elif not self.left:
            print(json.dumps({"work": (work() - self.worked) / len(self.arguments)}), flush=True)
            os.kill(os.getpid(), signal.SIGTERM)


def watch(folder: Path, began: float, hours: float, number: int) -> None:
    """Watch until the hours are over and nothing is new any more."""
    settings = project_settings(NEWSARCHIVE_DB=str(folder / "archive.db"), LOG_LEVEL="ERROR")
    sites = {site.name: {"site": site.name} for site in sites_of(number)}

    def told(ended: Watched) -> None:
        watch.tell(ended)

    with Archive.open(folder / "archive.db") as archive:
        watch = SkippingWatch(
            CrawlProcess(settings),
            archive,
            Options.from_settings(settings),
            "site",
            lambda: sites,
            told,
            clock=Clock(folder / "clock"),
            end=began + hours * 3600,
        )
        now = watch.now()
        watch.due_at = {site: known.due_at for site, known in archive.schedules.all().items() if known.due_at >= now}
        watch.process.run(watch.run())


def work() -> float:
    """Return the seconds of CPU that this process has taken."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# What starts, kills and measures them


@dataclass(slots=True)
class Memory:
    """The most memory that the processes of a watch took together, in KiB."""

    peak: int = 0

    def look(self, pid: int) -> None:
        """Look at a process and its children."""
        with contextlib.suppress(OSError, ValueError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            self.peak = max(self.peak, sum(_resident(one) for one in (str(pid), *children)))


def _resident(pid: str) -> int:
    """Return the memory of a process, of what it shares with others its part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def run_watch(folder: Path, options: argparse.Namespace, environment: dict[str, str]) -> tuple[list[dict], Memory, int]:
    """Watch to the end, with kills; return what it printed, its memory, and how often it was killed."""
    began = (folder / "began").read_text()
    chance = random.Random(SEED)
    memory, lines, kills = Memory(), [], 0
    command = [sys.executable, __file__, "--role", "watch", "--folder", str(folder), "--began", began]
    command += ["--hours", str(options.hours), "--sites", str(options.sites)]
    while True:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        kill_at = time.monotonic() + chance.uniform(4.0, options.kill_after) if kills < options.kills else float("inf")
        reader = threading.Thread(target=lambda out=process.stdout: lines.extend(out))
        reader.start()
        while process.poll() is None and time.monotonic() < kill_at:
            memory.look(process.pid)
            time.sleep(0.25)
        is_killed = process.poll() is None
        process.kill()
        process.wait()
        reader.join()
        kills += is_killed
        if not is_killed:
            if process.returncode:
                raise SystemExit(f"the watch ended with status {process.returncode}")
            return [json.loads(line) for line in lines if line.endswith("\n")], memory, kills


def run_cron(number: int, environment: dict[str, str]) -> tuple[float, int]:
    """Make so many runs without news as processes; return the CPU (seconds) and the memory (KiB) of one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for site in sites_of(number):
        command = [sys.executable, "-m", "scrapy", "crawl", "site", "-a", f"site={site.name}", "-L", "ERROR"]
        subprocess.run(command, env=environment, check=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used / number, _peak_of_one(command, environment)


def _peak_of_one(command: list[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    _, _, used = os.wait4(process.pid, 0)
    return used.ru_maxrss


def lost(folder: Path, sites: list[NewsSite], began: float) -> tuple[int, list[str]]:
    """Return how many articles were published, and those that the archive neither has nor will fetch, with its reason.

    A page that failed because the machine was busy is fetched again minutes later.
    """
    until = Clock(folder / "clock").published_until - began
    published = {
        f"http://{site.address}:{PORT}/news/{n}.html" for site in sites for n in range(1, site.count(until) + 1)
    }
    with contextlib.closing(sqlite3.connect(folder / "archive.db")) as connection:
        known = "SELECT url FROM copies UNION SELECT url FROM frontier WHERE state = 'pending'"
        missing = sorted(published - {url for (url,) in connection.execute(known)})
        ended = {url: f"{state}, {reason}" for url, state, reason in connection.execute(_ENDED)}
    return len(published), [f"{url} ({ended.get(url, 'no listing led to it')})" for url in missing]


@contextlib.contextmanager
def served(folder: Path, number: int, began: float) -> Iterator[None]:
    """Serve the sites in a process of their own."""
    command = [sys.executable, __file__, "--role", "serve", "--folder", str(folder), "--began", str(began)]
    server = subprocess.Popen([*command, "--sites", str(number)], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield
    finally:
        server.kill()
        server.wait()


def main() -> int:
    """Measure and print; 1 where something was lost or a run cost too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=500)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--kill-after", type=float, default=10.0, help="seconds after which it is killed at the latest")
    parser.add_argument("--cron", type=int, default=20, help="runs as separate processes that are measured")
    for name in ("--role", "--folder", "--began"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role == "serve":
        asyncio.run(serve(sites_of(options.sites), Clock(Path(options.folder) / "clock"), float(options.began)))
    elif options.role == "watch":
        watch(Path(options.folder), float(options.began), options.hours, options.sites)
    else:
        return measure(options)
    return 0


def measure(options: argparse.Namespace) -> int:
    """Start all, and print what was measured."""
    with tempfile.TemporaryDirectory(prefix="watch-") as name:
        folder, began = Path(name), time.time()
        (folder / "began").write_text(str(began))
        (folder / "sites").mkdir()
        sites = sites_of(options.sites)
        for site in sites:
            text = _SITE.format(name=site.name, address=site.address, port=PORT)
            (folder / "sites" / f"{site.name}.toml").write_text(text, encoding="utf-8")
        plain = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        environment = plain | {"NEWSARCHIVE_SITES": str(folder / "sites"), "PYTHONPATH": str(ROOT)}
        environment["NEWSARCHIVE_DB"] = str(folder / "archive.db")
        Clock(folder / "clock")
        with served(folder, options.sites, began):
            started = time.monotonic()
            lines, memory, kills = run_watch(folder, options, environment)
            seconds = time.monotonic() - started
            cron = run_cron(min(options.cron, options.sites), environment)
        measured = Measured(options, lines, memory.peak >> 10, kills, seconds, cron, lost(folder, sites, began))
    print("\n".join(measured.lines()))
    return int(not measured.is_good)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: what the watch printed, MiB, kills, seconds, CPU and KiB of a process, published and lost."""

    options: argparse.Namespace
    printed: list[dict]
    memory: int
    kills: int
    seconds: float
    cron: tuple[float, int]
    articles: tuple[int, list[str]]

    @property
    def work(self) -> float:
        """Seconds of CPU that a run without news takes."""
        return float(next(one["work"] for one in reversed(self.printed) if "work" in one))

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, and no run cost too much."""
        return not self.articles[1] and self.work <= MOST_WORK and self.memory < MOST_MEMORY

    def lines(self) -> Iterator[str]:
        """Say it."""
        sites, hours, runs = self.options.sites, self.options.hours, [one for one in self.printed if "site" in one]
        late = sorted(run["late"] for run in runs if run["late"] is not None)
        yield f"{sites} sites, {hours:g} hours of their time in {self.seconds:.0f} s, {len(runs)} runs that ended"
        yield f"killed {self.kills} times; published {self.articles[0]} articles, lost {len(self.articles[1])}"
        yield from (f"  lost: {one}" for one in self.articles[1])
        yield f"requests: {sum(run['requests'] for run in runs) / sites:.1f} a site"
        if late:
            middle, p99 = late[len(late) // 2], late[len(late) * 99 // 100]
            yield f"lateness of {len(late)} runs: median {middle:.1f} s, p99 {p99:.1f} s, most {late[-1]:.1f} s"
        else:
            yield "lateness: the hours were over before any site was due again"
        yield f"a run without news: {self.work * 1000:.0f} ms of CPU (wanted: at most {MOST_WORK * 1000:.0f})"
        yield f"memory, both processes together: at most {self.memory} MiB (wanted: below {MOST_MEMORY})"
        work, memory = self.cron[0], self.cron[1] >> 10
        yield f"the same as a process of its own: {work:.2f} s of CPU, {memory} MiB; 20 at once {20 * memory} MiB"
        yield f"work of separate processes to that of the watch: {work / self.work:.0f}"


if __name__ == "__main__":
    sys.exit(main())
