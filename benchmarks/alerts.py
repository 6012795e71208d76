"""Kill runs of saved searches at random moments and see that each hit is told, and twice only with the same id.

    python -m benchmarks.alerts                          # 10,000 articles, 200 crawls, 50 kills, 100 searches
    python -m benchmarks.alerts --articles 500 --crawls 20 --kills 5 --searches 10

A webhook on loopback takes the messages. After each crawl `newsarchive watch run` runs in a process of its own, and
some of these are killed. Exits with 1 when a hit is missing, or when one came in two messages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from newsarchive.alerts import searches
from newsarchive.alerts.destinations import AddressFile, read_destination
from newsarchive.archive import Archive
from newsarchive.demo.server import serving
from newsarchive.models import Article, Page, Paragraph

_WORDS = [
    "银行",
    "港口",
    "渡轮",
    "降准",
    "市场",
    "利率",
    "海运",
    "年检",
    "公积金",
    "地铁",
    "台风",
    "棉花",
    "粮食",
    "芯片",
    "风电",
    "盐田",
    "学校",
    "医院",
    "预算",
    "招牌",
]
_START = datetime(2026, 3, 1, tzinfo=UTC)


class _Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"
        #: Path -> message id -> keys; and all requests.
        self.messages: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self.requests = 0


class _Handler(BaseHTTPRequestHandler):
    server: _Receiver

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:  # its sender was killed
            return
        content = json.loads(body)
        self.server.messages[self.path][content["id"]] = [one["article_key"] for one in content["articles"]]
        self.server.requests += 1
        time.sleep(0.005)  # time for a kill between sending and noting
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep the terminal quiet."""


def article(number: int, dice: random.Random) -> Article:
    """Make an article of some of the words."""
    key = f"news.example/{number}.html"
    page = Page(f"https://{key}", "post", "demo", b"", _START + timedelta(seconds=number))
    words = dice.sample(_WORDS, 3)
    text = f"第{number}条：{words[0]}今天有新消息，{words[1]}与{words[2]}同样受到关注。"
    return Article(page, key, title=f"{words[0]}消息", paragraphs=[Paragraph(text)], published_at=page.fetched_at)


def queries(number: int) -> list[str]:
    """Return so many different searches: words, pairs of words, alternatives, exclusions."""
    pairs = [(one, other) for one in _WORDS for other in _WORDS if one < other]
    random.Random(7).shuffle(pairs)
    forms = ("{} {}", "{} OR {}", "{} -{}", "title:{} {}")
    found = [*_WORDS, *(forms[place % 4].format(*pair) for place, pair in enumerate(pairs))]
    return found[:number]


def main() -> None:
    """Run, check and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("articles", 10_000), ("crawls", 200), ("kills", 50), ("searches", 100), ("seed", 20260305)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder, serving(_Receiver()) as receiver:
        db = Path(folder) / "archive.db"
        wanted = queries(options.searches)
        with Archive.open(db) as archive:
            addresses = AddressFile(db)
            for place, query in enumerate(wanted):
                address = f"{receiver.base_url}/{place}"
                addresses.set(searches.add(archive, query, read_destination(address)).name, address)
        killed = set(dice.sample(range(options.crawls - 1), options.kills))
        environment = os.environ | {"NEWSARCHIVE_ALERT_HOSTS": "127.0.0.1"}
        command = [sys.executable, "-m", "newsarchive", "--db", str(db), "watch", "run"]
        took, whole = [], 5.0
        for crawl in range(options.crawls):
            with Archive.open(db) as archive, archive.transaction():
                for number in range(
                    crawl * options.articles // options.crawls, (crawl + 1) * options.articles // options.crawls
                ):
                    archive.store(article(number, dice), None, _START)
            started = time.monotonic()
            process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            if crawl in killed:
                time.sleep(dice.uniform(0.2, 1) * whole)
                process.send_signal(signal.SIGKILL)
                process.wait()
            else:
                assert process.wait() == 0
                whole = time.monotonic() - started
                took.append(whole)
        missing = twice = hits = 0
        with Archive.open(db, readonly=True) as archive:
            for place, query in enumerate(wanted):
                told = [key for keys in receiver.messages[f"/{place}"].values() for key in keys]
                where = archive.search.condition(archive.search.parse(query))
                rows = archive.connection.execute(
                    f"SELECT article_key FROM articles a WHERE {where.text}", where.parameters
                )
                matching = {key for (key,) in rows}
                hits += len(matching)
                missing += len(matching - set(told))
                twice += len(told) - len(set(told))
        messages = sum(map(len, receiver.messages.values()))
        took.sort()
        told_again = receiver.requests - messages
        print(f"{options.articles:,} articles, {options.crawls} crawls, {options.kills} kills, {len(wanted)} searches")
        print(f"{hits:,} hits, {messages:,} messages, {told_again} of them sent again with the same id")
        print(f"{missing} hits missing, {twice} in two messages")
        print(f"a run takes {took[len(took) // 2]:.2f} s (median), {took[-1]:.2f} s at most")
    sys.exit(int(bool(missing or twice)))


if __name__ == "__main__":
    main()
