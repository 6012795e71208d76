"""Measure `newsarchive add` and `newsarchive crawl` on an invented site that makes it hard to be found out.

    python benchmarks/hard_site.py                    3,000 articles
    python benchmarks/hard_site.py --articles 300     a tenth of them

The site is that of the tests: months and numbered pages, a channel at a second host in GBK, relative links behind a
redirect, articles told apart by the query alone or linked from other articles only; beside them a calendar without
end, a cloud of tags and a shop. 1 where less than 99 % of the articles are found, anything else is stored as one, or an
article costs more than 1.5 requests, looking at the site more than 80.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.hard_site import KINDS, MAIN, HardSite, hard_site  # noqa: E402
from support.running import plain_environment  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What is wanted: the part of the articles, the requests for one, and those of a look.
LEAST_FOUND, MOST_AN_ARTICLE, MOST_LOOKED = 0.99, 1.5, 80


def run(site: HardSite, folder: Path, *arguments: str) -> int:
    """Run a command against the site; return how many requests it made."""
    sites = str(folder / "sites")
    environment = plain_environment(http_proxy=site.base_url, NEWSARCHIVE_SITES=sites, PYTHONPATH=str(ROOT))
    before = len(site.asked)
    command = [sys.executable, "-m", "newsarchive", "--db", str(folder / "archive.db"), *arguments]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return len(site.asked) - before


def lines(site: HardSite, stored: set[str], requests: tuple[int, int, int], seconds: float) -> Iterator[str]:
    """Say what was measured."""
    number, (looked, fetched, again) = len(site.stories), requests
    found = sum(story.url in stored for story in site.stories)
    yield f"{number} articles, found {found} ({found / number:.2%}) in {seconds:.0f} s"
    for kind in KINDS:
        of_kind = [story.url for story in site.stories if story.kind == kind]
        yield f"  {kind:12}{sum(url in stored for url in of_kind)} of {len(of_kind)}"
    yield f"stored that are none: {len(stored - {story.url for story in site.stories})}"
    yield f"requests: {looked} to add it, {fetched} to crawl it ({fetched / number:.2f} an article), {again} once more"


def main() -> int:
    """Measure and print; 1 where it is not good enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=3000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hard-site-") as name, hard_site(options.articles) as site:
        folder, began = Path(name), time.monotonic()
        looked = run(site, folder, "add", f"http://{MAIN}/", "--delay", "0")
        fetched = run(site, folder, "crawl", "chaosheng")
        seconds = time.monotonic() - began
        again = run(site, folder, "crawl", "chaosheng")
        with contextlib.closing(sqlite3.connect(folder / "archive.db")) as connection:
            stored = {url for (url,) in connection.execute("SELECT url FROM copies")}
        print("\n".join(lines(site, stored, (looked, fetched, again), seconds)))
        wanted = {story.url for story in site.stories}
    is_good = len(stored & wanted) >= LEAST_FOUND * len(wanted) and not stored - wanted
    return int(not is_good or fetched > MOST_AN_ARTICLE * len(wanted) or looked > MOST_LOOKED)


if __name__ == "__main__":
    sys.exit(main())
