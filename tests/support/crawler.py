"""Run real crawls in processes of their own, each into an archive of its own."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.running import plain_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]


@dataclass
class Crawled:
    """How a crawl ended and what its archive holds."""

    status: int
    log: str
    db: Path

    def rows(self, query: str, *values: object) -> list[Any]:
        connection = sqlite3.connect(f"{self.db.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def column(self, query: str, *values: object) -> list[Any]:
        return [row[0] for row in self.rows(query, *values)]

    def reasons(self, url_part: str) -> set[str]:
        return set(self.column("SELECT reason FROM problems WHERE url LIKE ?", f"%{url_part}%"))

    def state(self, url_part: str) -> set[str]:
        return set(self.column("SELECT state FROM frontier WHERE url LIKE ?", f"%{url_part}%"))


class Crawler:
    """Runs `scrapy crawl` with an archive of its own."""

    def __init__(self, folder: Path) -> None:
        self.db = folder / "archive.db"
        self.environment = plain_environment(NEWSARCHIVE_DB=str(self.db))
        #: Crawls that `kill_all` ends, if they have not ended.
        self.started: list[subprocess.Popen[bytes]] = []

    def let_time_pass(self) -> None:
        """Make due whatever waits in the frontier, and let what was given up be so for months."""
        with closing(sqlite3.connect(self.db)) as connection, connection:
            connection.execute("UPDATE frontier SET next_at = '2026-01-01T00:00:00Z' WHERE next_at IS NOT NULL")
            connection.execute("UPDATE frontier SET ended_at = '2026-01-01T00:00:00Z' WHERE ended_at IS NOT NULL")

    def command(self, spider: str, settings: Mapping[str, object], arguments: Mapping[str, object]) -> list[str]:
        command = [sys.executable, "-m", "scrapy", "crawl", spider]
        for name, value in arguments.items():
            command += ["-a", f"{name}={value}"]
        for name, value in settings.items():
            command += ["-s", f"{name}={value}"]
        return command

    def start(
        self, spider: str, *, settings: Mapping[str, object] | None = None, **arguments: object
    ) -> subprocess.Popen[bytes]:
        """Start a crawl."""
        process = subprocess.Popen(
            self.command(spider, settings or {}, arguments), cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL
        )
        self.started.append(process)
        return process

    def kill_all(self) -> None:
        """Kill the crawls that were started and are still at work."""
        for process in self.started:
            process.kill()
            process.wait(60)

    def __call__(
        self,
        spider: str,
        *,
        settings: Mapping[str, object] | None = None,
        stdin: str | None = None,
        environment: dict[str, str] | None = None,
        **arguments: object,
    ) -> Crawled:
        done = subprocess.run(
            self.command(spider, settings or {}, arguments),
            cwd=ROOT,
            env=self.environment | (environment or {}),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return Crawled(done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stderr), self.db)
