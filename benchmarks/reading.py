"""Measure the reader without any site rules: what it finds, how fast, beside the other extractors that are installed.

    python benchmarks/reading.py                      all sets, all peers that can be imported
    python benchmarks/reading.py --sets zh_gne aeb --peers trafilatura_meta
    python benchmarks/reading.py --half odd           only every other page: rules were written for the even ones
    python benchmarks/reading.py --speed              only the time, of unknown pages and of known sites, and its floor
    python benchmarks/reading.py --growth             only how the time grows with the size of a page

The pages, their truth and the scoring program lie outside the project, in `../shared/reading` beside it (`--data` names
another place). Without them only the growth is measured. Times are CPU times of one process, pages interleaved over the
extractors, and are given as multiples of lxml's bare parse of the same pages in the same run.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import importlib
import importlib.util
import json
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import known_site  # noqa: E402
import lxml.html  # noqa: E402

from newsarchive.extract import read  # noqa: E402
from newsarchive.extract.charset import decode  # noqa: E402
from newsarchive.models import Page  # noqa: E402
from newsarchive.sites import load_site  # noqa: E402
from newsarchive.tree import parse  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsarchive.sites import Site

SHARED = ROOT.parent / "shared" / "reading"
SETS = ("zh_gne", "zh_magic", "zh_misc", "zh_charset", "mixed", "aeb", "fundus", "trafilatura", "htmldate_mc")
FIELDS = ("title", "date", "source", "authors")
OURS, FLOOR = "reading:extract", "floor_lxml"
#: Extractors of the scoring program and the module that each needs.
PEERS = {
    "trafilatura_meta": "trafilatura",
    "gne": "gne",
    "readability_lxml": "readability",
    "resiliparse": "resiliparse",
    "htmldate_only": "htmldate",
}
NOW = datetime.now(UTC)
NO_PAGES = "{} is not there: only the growth of time with size is measured (the pages lie outside the project)."


def extract(raw: bytes, url: str | None) -> dict[str, object]:
    """Read a page as the scoring program wants it: bytes and URL in, five fields out."""
    page = Page(url=url or "http://localhost/", role="original", site="", body=raw, fetched_at=NOW)
    article = read(page)
    return {
        "title": article.title,
        "date": article.published_at.isoformat() if article.published_at else None,
        "body": article.body,
        "authors": [byline.name for byline in article.bylines if byline.role == "author"],
        "source": article.source,
    }


@contextmanager
def arguments(*values: str) -> Iterator[None]:
    """Run a program in this process as if it had been called with these arguments."""
    before = sys.argv
    sys.argv = list(values)
    try:
        yield
    finally:
        sys.argv = before


def halved(data: Path, sets: list[str], half: str, folder: Path) -> None:
    """Make sets of every other page in a folder, by the numbers of their lines from 1."""
    for name in sets:
        (folder / name).mkdir()
        (folder / name / "pages").symlink_to(data / "data" / name / "pages")
        lines = (data / "data" / name / "truth.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name / "truth.jsonl").write_text("".join(lines[half == "even" :: 2]), encoding="utf-8")


def compare(data: Path, sets: list[str], peers: list[str], half: str | None) -> None:
    """Print the scoring program's tables, then each extractor's time as a multiple of the bare parse."""
    sys.path[:0] = [str(data), str(Path(__file__).parent)]
    program = importlib.import_module("evaluate")
    extractors = [OURS, *peers, FLOOR]
    with tempfile.TemporaryDirectory() as folder:
        results, pages = Path(folder) / "results.json", data / "data"
        if half is not None:
            pages = Path(folder)
            halved(data, sets, half, pages)
        chosen = ("--data", str(pages), "--sets", *sets, "--extractors", *extractors)
        with arguments("evaluate", *chosen, "--out", str(results)):
            program.main()
        report = json.loads(results.read_text(encoding="utf-8"))
    print_summary(report, extractors)


def print_summary(report: dict[str, Any], extractors: list[str]) -> None:
    """Print one table in Markdown of what is right (percent) and of the time against the bare parse."""
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    print(f"\n## Summary\n\nMeasured {report['when'][:10]} with Python {report['python']}, {versions}.\n")
    print("| set | pages | extractor | F1 | title | date | source | authors | time, median | time, p95 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    pooled: dict[str, list[dict[str, float]]] = {name: [] for name in extractors}
    for name, measured in report["sets"].items():
        for extractor, rows in measured["pages"].items():
            pooled[extractor] += rows
            summary = {} if extractor == FLOOR else measured["summary"][extractor]
            print_row((name, len(rows), extractor), summary, ratios(rows, measured["pages"][FLOOR]))
    for extractor, rows in pooled.items():
        print_row(("all", len(rows), extractor), {}, ratios(rows, pooled[FLOOR]))


def print_row(row: tuple[str, int, str], summary: dict[str, float], times: tuple[float, float]) -> None:
    """Print a row (set, pages, extractor); a field that was not scored, or that an extractor never finds, is a dash.

    F1 is that of pieces of text that must be there, or must not, where the set has those.
    """
    name, count, extractor = row
    values = (summary.get("chunk_f1", summary.get("f1")), *(summary.get(field) for field in FIELDS))
    fields = [f"{100 * value:.1f}" if value else "–" for value in values]
    who = "newsarchive" if extractor == OURS else extractor
    print("|", " | ".join([name, str(count), who, *fields, *(f"{ratio:.2f}" for ratio in times)]), "|")


def ratios(rows: list[dict[str, float]], floor: list[dict[str, float]]) -> tuple[float, float]:
    """Return the median and the 95th percentile of CPU times over those of the bare parse."""
    times, bare = ([row["cpu"] for row in each] for each in (rows, floor))
    return statistics.median(times) / statistics.median(bare), tail(times) / tail(bare)


def tail(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[round(0.95 * (len(values) - 1))]


#: How often every page is measured, and how many calls between two looks at the clock.
ROUNDS, CALLS = 3, 2


def speed_pages(data: Path, sets: list[str], half: str | None) -> Iterator[tuple[str, Page, Site | None]]:
    """Yield pages of sites without rules, then those of a known site: kind, page, site."""
    for name in sets if data.is_dir() else ():
        folder = data / "data" / name
        lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
        for row in map(json.loads, lines[half == "even" :: 2] if half else lines):
            raw = gzip.decompress((folder / "pages" / f"{row['id']}.html.gz").read_bytes())
            yield "unknown", Page(row["url"] or "http://localhost/", "original", "", raw, NOW), None
    real = known_site.REAL.is_dir()
    site = load_site("finews" if real else "demo")
    for page in known_site.real_pages() if real else known_site.sample_pages():
        yield f"known, {page.role}", page, site


def measure_speed(data: Path, sets: list[str], half: str | None) -> None:
    """Print what reading costs, and its floor, as multiples of lxml's bare parse of the same pages in the same run.

    The floor is to decode a page and to parse it with our parser: what no reader can do without. Every page is parsed,
    decoded and read in turn; the best of a few rounds counts.
    """
    times: dict[str, list[tuple[float, float, float]]] = {}
    for kind, page, site in speed_pages(data, sets, half):
        times.setdefault(kind, []).append(fastest(page, site))
    print("\n## Speed: multiples of lxml's bare parse, median and 95th percentile of the pages\n")
    print("| pages | number | lxml, ms | reading, median | reading, p95 | floor, median | floor, p95 |")
    print("|---|---|---|---|---|---|---|")
    for kind, rows in times.items():
        reading = [read_time / bare for bare, _, read_time in rows]
        floor = [floor_time / bare for bare, floor_time, _ in rows]
        numbers = (statistics.median(reading), tail(reading), statistics.median(floor), tail(floor))
        bare = statistics.median(row[0] for row in rows) * 1e3
        print(f"| {kind} | {len(rows)} | {bare:.2f} |", " | ".join(f"{number:.2f}" for number in numbers), "|")


def fastest(page: Page, site: Site | None) -> tuple[float, float, float]:
    """Return the best CPU times (seconds) of the bare parse, of the floor, and of reading, measured in turn."""
    decoded = decode(page.body)
    parser = lxml.html.HTMLParser(encoding="utf-8")
    markup = decoded.text.encode("utf-8", "replace")
    actions = (
        lambda: lxml.html.fromstring(markup, parser=parser),
        lambda: parse(page.body if decode(page.body).as_sent else markup),
        lambda: read(page, site),
    )
    best = [float("inf")] * len(actions)
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        best = [min(before, known_site.cost(action, CALLS)) for before, action in zip(best, actions, strict=True)]
    gc.enable()
    return best[0], best[1], best[2]


PARAGRAPH = "<p>河湾镇的集市在星期六照常开放，来的人比往年多；镇里说，桥修好以后会更多。</p>\n"
PAGE = "<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{body}</div></body></html>"
#: Pages that grow: shape -> what is repeated. The last ones are what a hostile server might send.
SHAPES: dict[str, Callable[[int], str]] = {
    "paragraphs": lambda n: PARAGRAPH * n,
    "links": lambda n: '<li><a href="/a">河湾镇的集市照常开放</a></li>' * n,
    "teasers": lambda n: ('<div><h3><a href="/a">河湾镇的集市照常开放了</a></h3>' + PARAGRAPH + "</div>") * n,
    "breaks": lambda n: "河湾镇的集市在星期六照常开放，来的人比往年多。<br>" * n,
    "one line": lambda n: "河湾镇的集市，" * 4 * n,
    "nested": lambda n: "<div>" * n + PARAGRAPH + "</div>" * n,
    "unclosed": lambda n: "<div><a href=/a>来源：" * n,
    "dates": lambda n: "<p>2022-03-03 05:23 来源：河湾报 作者：李</p>" * n,
    "brackets": lambda n: "（【([" * 8 * n,
    "blanks": lambda n: "　 \t" * 12 * n,
    "class names": lambda n: "".join(f'<div class="a{i} b-{i} related_{i}">集市，集市。</div>' for i in range(n)),
    "script": lambda n: "<script>var publish_time = 1, ct = '2';</script>" * n,
    "cards": lambda n: '<script type="application/ld+json">{"@graph": [' + '{"@type": "A"},' * n + "{}]}</script>",
}
SIZES = (2000, 4000, 8000, 16000)


def measure_growth() -> None:
    """Print the time for pages of each shape, doubled in size again and again: about 2.0 each time is linear."""
    print("\n## Growth: milliseconds, then the factor at each doubling of the page\n")
    for name, shape in SHAPES.items():
        times = []
        for count in SIZES:
            raw = PAGE.format(title="河湾镇的集市照常开放", body=shape(count)).encode()
            times.append(min(seconds_for(raw) for _ in range(3)))
        factors = " ".join(f"{after / before:5.2f}" for before, after in pairwise(times))
        print(f"{name:12} {times[0] * 1000:8.1f} ... {times[-1] * 1000:8.1f} ms   {factors}")


def seconds_for(raw: bytes) -> float:
    """Time one reading (CPU seconds)."""
    start = time.process_time()
    extract(raw, None)
    return time.process_time() - start


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED, help="folder of the scoring program and the pages")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--peers", nargs="*", help="other extractors (default: all that can be imported)")
    parser.add_argument("--half", choices=["even", "odd"], help="only every other page of each set")
    parser.add_argument("--growth", action="store_true", help="only measure how the time grows with the size of a page")
    parser.add_argument("--speed", action="store_true", help="only measure the time: unknown pages and known sites")
    chosen = parser.parse_args()
    if chosen.speed:
        measure_speed(chosen.data, chosen.sets, chosen.half)
        return
    peers = chosen.peers
    if peers is None:
        peers = [name for name, module in PEERS.items() if importlib.util.find_spec(module)]
    if chosen.growth or not (chosen.data / "evaluate.py").is_file():
        if not chosen.growth:
            print(NO_PAGES.format(chosen.data))
        measure_growth()
        return
    compare(chosen.data, chosen.sets, peers, chosen.half)


if __name__ == "__main__":
    main()
