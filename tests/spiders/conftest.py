"""Real crawls in processes of their own, against the sample site on loopback."""

import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsarchive.demo import DemoSite, serve

ROOT = Path(__file__).parents[2]


@dataclass
class Crawled:
    status: int
    log: str
    db: Path

    def rows(self, query, *values):
        connection = sqlite3.connect(f"{self.db.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def one(self, query, *values):
        return self.rows(query, *values)[0][0]

    def reasons(self, url_part=""):
        return {row[0] for row in self.rows("SELECT reason FROM problems WHERE url LIKE ?", f"%{url_part}%")}


@dataclass
class Crawler:
    db: Path
    environment: dict

    def __call__(self, spider, *arguments, settings=(), stdin=None, **spider_arguments):
        command = [sys.executable, "-m", "scrapy", "crawl", spider, *arguments]
        for name, value in spider_arguments.items():
            command += ["-a", f"{name}={value}"]
        for name, value in dict(settings).items():
            command += ["-s", f"{name}={value}"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Crawled(done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stderr), self.db)


@pytest.fixture
def crawl(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    db = tmp_path / "archive.db"
    return Crawler(db, environment | {"NEWSARCHIVE_DB": str(db), "PYTHONDONTWRITEBYTECODE": "1"})


@pytest.fixture
def demo():
    with serve(DemoSite(articles=24)) as server:
        yield server
