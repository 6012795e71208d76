"""What reading a known site costs, as a multiple of `lxml.html.fromstring` on the same full page.

    python benchmarks/known_site.py [--rounds 40]

Over the real posts beside the project where there are any, else over the built-in sample site. Every page is read and
parsed in turn, in one process; the best of the rounds counts (CPU time, garbage collection off, as `timeit` does it).
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html

sys.path.insert(0, str(Path(__file__).parents[1]))

from newsarchive.demo import DemoSite, truth
from newsarchive.extract import read
from newsarchive.models import Page
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.models import Role
    from newsarchive.sites import Site

REAL = Path(__file__).parents[1] / "../shared/finews"
HTML, JSON = "text/html; charset=utf-8", "application/json;charset=UTF-8"
INNER = 20  # calls between two looks at the clock


def real_pages() -> Iterator[Page]:
    """Yield the pages of the real posts, and those that the replica of origin and share service makes of them."""
    spec = importlib.util.spec_from_file_location("replica", REAL / "replica.py")
    assert spec is not None
    assert spec.loader is not None
    replica = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(replica)
    for line in (REAL / "truth.jsonl").read_text(encoding="utf-8").splitlines():
        path = json.loads(line)["page"]
        if path:
            yield page(f"http://finews.withounder.com/{path}", "post", (REAL / "site" / path).read_bytes(), HTML)
    for digits, editions in replica.load_posts(REAL).items():
        known, body = editions.get(True) or editions[False]
        if known["published"]:
            html = replica.original(digits, known, body).encode()
            yield page(f"http://finance.eastmoney.com/a/{digits}.html", "original", html, HTML)
        answer = json.dumps({"text": body}, ensure_ascii=False).encode()
        yield page(f"http://finews.zning.xyz/NewsData/GetNewsText.do?id=NW{digits}&cid=share", "share", answer, JSON)


def sample_pages() -> Iterator[Page]:
    """Yield the pages of the sample site."""
    site = DemoSite()
    for expected in truth(site):
        reply = site.reply(expected.url)
        yield page(expected.url, expected.role, reply.body, reply.content_type)


def page(url: str, role: Role, body: bytes, content_type: str) -> Page:
    """Make a page as a spider would."""
    return Page(url, role, "", body, datetime.now(UTC), headers={"content-type": content_type})


def cost(action: Callable[[], object], calls: int = INNER) -> float:
    """Return the CPU seconds of one of some calls."""
    began = time.process_time_ns()
    for _ in range(calls):
        action()
    return (time.process_time_ns() - began) / calls / 1e9


def measure(one: Page, site: Site, rounds: int) -> tuple[float, float]:
    """Return the best times of parsing and of reading a page, measured in turn."""
    parsing = reading = float("inf")
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        parsing = min(parsing, cost(lambda: lxml.html.fromstring(one.body)))
        reading = min(reading, cost(lambda: read(one, site)))
    gc.enable()
    return parsing, reading


def report(name: str, times: list[tuple[float, float]]) -> None:
    """Print one line of the table."""
    ratios = [reading / parsing for parsing, reading in times]
    parsing, reading = (sum(column) for column in zip(*times, strict=True))
    print(
        f"{name:10} {len(times):5} {parsing / len(times) * 1e6:9.0f} {reading / len(times) * 1e6:9.0f}"
        f" {reading / parsing:8.2f} {statistics.median(ratios):8.2f} {max(ratios):8.2f}"
    )


def main() -> None:
    """Measure every page and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="how often every page is measured")
    rounds = parser.parse_args().rounds
    real = REAL.is_dir()
    site = load_site("finews" if real else "demo")
    times: dict[str, list[tuple[float, float]]] = {}
    for one in real_pages() if real else sample_pages():
        times.setdefault(one.role, []).append(measure(one, site, rounds))
    print(f"{'real posts' if real else 'sample site'}: microseconds a page, and reading as a multiple of parsing")
    print(f"{'kind':10} {'pages':>5} {'parsing':>9} {'reading':>9} {'of sums':>8} {'median':>8} {'worst':>8}")
    for kind, pairs in times.items():
        report(kind, pairs)
    report("html", [pair for kind, pairs in times.items() if kind != "share" for pair in pairs])


if __name__ == "__main__":
    main()
