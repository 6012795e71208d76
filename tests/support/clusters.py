"""A cluster of real processes on this machine, over sites that a test serves: workers, shards, and what they stored."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from support.small_site import DESCRIPTION, SmallSite

from newsarchive.archive.connection import open_readonly
from newsarchive.cluster import overview, registry
from newsarchive.cluster.engine import Engine
from newsarchive.demo.server import serving
from newsarchive.paths import ROOT
from newsarchive.sites import load_site, site_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_NOTHING: Mapping[str, object] = {}
#: What an archive holds, whenever, however often and by how many machines its sites were crawled.
HOLDS = {
    "copies": "SELECT url, role, site, content_hash FROM copies",
    "articles": "SELECT article_key, site, title, body, content_hash, revision FROM articles",
    "pages": "SELECT DISTINCT url, digest FROM snapshots",
    "listings": "SELECT url, site, digest, next_url, due FROM listings",
    "frontier": "SELECT url, site, role, state, found_on, hints FROM frontier",
    "stories": "SELECT group_concat(article_key, ' ') FROM (SELECT story_id, article_key FROM articles"
    " ORDER BY article_key) GROUP BY story_id",
    "search": "SELECT count(*) FROM articles_search WHERE articles_search MATCH '泊位'",
}


def holds(*archives: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return what archives hold together."""
    found: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for db in archives:
        with closing(open_readonly(db)) as connection:
            for name, query in HOLDS.items():
                if name != "search":
                    found[name] |= set(connection.execute(query))
    return found


def doubles(db: Path) -> int:
    """Return how many rows of an archive are there twice."""
    with closing(open_readonly(db)) as connection:
        return sum(
            connection.execute(f"SELECT count(*) - count(DISTINCT {key}) FROM {table}").fetchone()[0]
            for table, key in (("articles", "article_key"), ("copies", "url"), ("readings", "copy_id"))
        )


def count(db: Path, query: str) -> int:
    """Return a number of an archive; 0 where there is no archive yet."""
    if not db.exists():
        return 0
    with closing(open_readonly(db)) as connection:
        is_made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'cluster_feed'").fetchone()
        return int(connection.execute(query).fetchone()[0]) if is_made else 0


@contextmanager
def small_sites(
    folder: Path, names: Sequence[str], articles: int, delay: float = 0.0
) -> Iterator[dict[str, SmallSite]]:
    """Serve sites of so many articles on three listing pages each, and write their files into a folder."""
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        sites = {}
        for place, name in enumerate(names):
            site = sites[name] = stack.enter_context(serving(SmallSite()))
            numbers = range(1, articles + 1)
            for number in numbers:
                text = _text(number if number % 5 == 0 else number + 1000 * place)
                site.article(number, text, title=f"{name}网第{number}条消息的标题写得清楚")
            third = articles // 3
            site.listing(*numbers[:third], following="/page2")
            site.listing(*numbers[third : 2 * third], path="/page2", following="/page3")
            site.listing(*numbers[2 * third :], path="/page3")
            text = DESCRIPTION.format(base=site.base_url, top="", more="").replace('"small"', f'"{name}"', 1)
            text = text.replace("delay = 0\nconcurrency = 4", f"delay = {delay}\nconcurrency = {1 if delay else 4}")
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        yield sites


def _text(number: int) -> str:
    """Return a text that sites share where the number is the same, so that they tell one story."""
    return f"今天上午，江湾港第{number}号泊位迎来了新船，装有{number * 7}吨货物，工人用了{number % 9 + 2}小时把它卸完。"


class Cluster:
    """Processes of a cluster; each kind is started by name, and ended by the end of the test."""

    def __init__(self, folder: Path, dsn: str, sites: Path, **settings: object) -> None:
        self.folder, self.dsn, self.sites = folder, dsn, sites
        self.settings = {
            "NEWSARCHIVE_INTERVAL_MIN": 0.02,
            "NEWSARCHIVE_INTERVAL_MAX": 0.1,
            "NEWSARCHIVE_BACKOFF": 1,
            "NEWSARCHIVE_BATCH_SECONDS": 0.3,
            "NEWSARCHIVE_CLUSTER_LEASE": 6,
        } | settings
        self.engine = Engine(dsn, patience=60)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def add(self, *names: str, shard: int = 0) -> None:
        """Have sites crawled, whose files are in the folder of the sites."""
        for name in names:
            hosts = {place.partition(":")[0] for place in load_site(name, self.sites).places}
            files = site_files(name, self.sites)
            registry.add(self.engine, name, family=name, shard=shard, files=files, hosts=hosts)

    def archive(self, shard: int = 0) -> Path:
        """Return the archive of a shard."""
        return self.folder / f"shard-{shard}" / "archive.db"

    def environment(self, **more: object) -> dict[str, str]:
        """Return the environment of a process."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSARCHIVE_")}
        ours = {"NEWSARCHIVE_CLUSTER": self.dsn, "NEWSARCHIVE_SITES": str(self.folder / "none")} | self.settings | more
        return kept | {name: str(value) for name, value in ours.items()} | {"PYTHONPATH": str(ROOT)}

    def worker(self, name: str, **settings: object) -> subprocess.Popen[bytes]:
        """Start a worker, which sites know by its name in the User-Agent."""
        more = {"NEWSARCHIVE_CONTACT": f"http://{name}.example/"} | settings
        return self._start(name, "cluster", "work", more=more)

    def shard(self, number: int = 0, **settings: object) -> subprocess.Popen[bytes]:
        """Start a shard."""
        db = str(self.archive(number))
        return self._start(f"shard-{number}", "--db", db, "cluster", "shard", str(number), more=settings)

    def shard_with_limit(self, size: int) -> subprocess.Popen[bytes]:
        """Start a shard whose disk takes no file of more than so many bytes."""
        db = str(self.archive())
        return self._start("shard-0", "--db", db, "cluster", "shard", "0", limit=size)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of newsarchive to its end."""
        return subprocess.run(
            [sys.executable, "-m", "newsarchive", *arguments],
            env=self.environment(NEWSARCHIVE_SITES=self.sites),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def _start(
        self, name: str, *arguments: str, limit: int = resource.RLIM_INFINITY, more: Mapping[str, object] = _NOTHING
    ) -> subprocess.Popen[bytes]:
        def begin() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

        with (self.folder / f"{name}.log").open("ab") as log:
            process = self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "newsarchive", *arguments],
                env=self.environment(**more),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=begin,  # noqa: PLW1509 - no threads are there yet
            )
        return process

    def log(self, name: str) -> str:
        """Return what a process has written."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def wait_for(self, what: Callable[[], bool], seconds: float = 180.0) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, f"not within {seconds} seconds: {self._state()}"
            time.sleep(0.1)

    def is_done(self, articles: Mapping[int, int]) -> bool:
        """Return whether each shard has so many copies, and nothing is under way or to be fetched."""
        return (
            all(count(self.archive(shard), "SELECT count(*) FROM copies") >= n for shard, n in articles.items())
            and not any(
                count(self.archive(shard), "SELECT count(*) FROM frontier WHERE state = 'pending'")
                for shard in articles
            )
            and not any(row.envelopes for row in overview.shards(self.engine))
        )

    def _state(self) -> str:
        logs = "\n".join(f"{name}: {self.log(name)[-1500:]}" for name in self.processes)
        return f"{overview.shards(self.engine)} {overview.workers(self.engine)} {overview.failing(self.engine)}\n{logs}"

    def stop(self, *names: str) -> None:
        """Stop processes in good order."""
        for name in names or list(self.processes):
            process = self.processes.pop(name)
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise

    def kill(self, name: str) -> None:
        """Kill a process with all that it started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """Kill whatever is left."""
        for name in list(self.processes):
            if self.processes[name].poll() is None:
                self.kill(name)
        self.engine.close()
