"""Measure a full crawl (download, snapshot, extract, store) against a bare Scrapy spider that downloads the same pages.

    python benchmarks/throughput.py                    5,000 pages, three rounds
    python benchmarks/throughput.py --memory           peak memory at 1,000 and at 20,000 pages as well

The pages come from memory in another process. Both sides run with the same settings of speed (the sample site's: no
delay, 16 at once); the bare spider has Scrapy's own middlewares, no pipelines, and is given the addresses. The figure
is pages per second of the whole command, its start included, as a ratio in one round. The full crawl has a second
process, which writes the archive; its work and its memory count.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
from pathlib import Path

from static_site import Ran, crawl, run, serve_static

PORT = 8098
#: Pages of the sample site for each article of it: editions, and the texts behind share links.
PAGES_AN_ARTICLE = 2.1
BARE = """
import sys
from pathlib import Path
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

class Bare(Spider):
    name = "bare"
    async def start(self):
        for url in Path(sys.argv[1]).read_text().split("\\n"):
            yield Request(url, dont_filter=True)
    def parse(self, response):
        pass

process = AsyncCrawlerProcess({
    "LOG_LEVEL": "INFO", "ROBOTSTXT_OBEY": True, "COOKIES_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False, "CONCURRENT_REQUESTS": 16, "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0, "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
})
process.crawl(Bare)
process.start()
"""


def full(folder: Path, base: str) -> tuple[int, Ran]:
    """Crawl all into a new archive; return the number of pages and the run."""
    folder.mkdir()
    ran = crawl(folder / "archive.db", "category", base)
    if ran.status:
        raise SystemExit(f"the crawl ended with status {ran.status}:\n{ran.log[-3000:]}")
    return len(urls(folder)), ran


def urls(folder: Path) -> list[str]:
    """Return the addresses of which the archive keeps a page."""
    connection = sqlite3.connect(folder / "archive.db")
    found = [url for (url,) in connection.execute("SELECT url FROM snapshots")]
    connection.close()
    return found


def bare(folder: Path, addresses: list[str]) -> Ran:
    """Download the addresses with a bare spider."""
    names, script = folder / "urls.txt", folder / "bare.py"
    names.write_text("\n".join(addresses))
    script.write_text(BARE)
    ran = run([sys.executable, str(script), str(names)], folder / "none.db")
    if ran.status or f"'response_received_count': {len(addresses) + 1}" not in ran.log:
        raise SystemExit(f"the bare spider did not get every page (status {ran.status}):\n{ran.log[-2000:]}")
    return ran


def compare(scratch: Path, pages: int, rounds: int) -> None:
    """Print pages per second of both, and their ratio, for each round."""
    ratios, works = [], []
    with serve_static(PORT, articles=int(pages / PAGES_AN_ARTICLE)) as base:
        for number in range(1, rounds + 1):
            folder = scratch / f"round{number}"
            count, ours = full(folder, base)
            other = bare(folder, urls(folder))
            ratios.append(other.seconds / ours.seconds)
            works.append(other.work / ours.work)
            print(
                f"round {number}: {count} pages; full crawl {count / ours.seconds:.0f} pages/s"
                f" ({ours.work / count * 1000:.1f} ms of work a page, {ours.peak / 1024:.0f} MiB),"
                f" bare spider {count / other.seconds:.0f} pages/s ({other.work / count * 1000:.1f} ms of work a page)",
                flush=True,
            )
    print(
        f"pages/s of the full crawl to those of the bare spider, median: {statistics.median(ratios):.2f} (wanted: 0.70)"
    )
    print(
        f"the same by work done (CPU), which other programs on the machine disturb less: {statistics.median(works):.2f}"
    )


def memory(scratch: Path) -> None:
    """Print the peak memory of a small and of a large crawl."""
    peaks = []
    for pages in (1_000, 20_000):
        with serve_static(PORT, articles=int(pages / PAGES_AN_ARTICLE)) as base:
            count, ran = full(scratch / f"memory{pages}", base)
        peaks.append(ran.peak)
        print(f"{count} pages: peak memory {ran.peak / 1024:.0f} MiB, {count / ran.seconds:.0f} pages/s", flush=True)
    print(f"memory of the large crawl to the small one: {peaks[1] / peaks[0]:.2f} (wanted: at most 1.20)")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="throughput-") as name:
        compare(Path(name), options.pages, options.rounds)
        if options.memory:
            memory(Path(name))


if __name__ == "__main__":
    main()
