"""Do ten tasks of a reader of the archive in Chromium, and print how many clicks and seconds each took.

    python -m benchmarks.browser_tasks --screenshots build/tasks
    python -m benchmarks.browser_tasks --only "compare" --languages zh --widths 390

Makes the sample archive, lets `newsarchive browse` serve it, and does each task from the front page on: in English and
in Chinese, on a desktop and on a telephone, with a pointer and with nothing but a keyboard. Whether the answer is right
is compared with the archive itself. axe looks at every page on the way, once in each language and width, and
each is kept as a picture. Exits with 1 where a task could not be done, or where axe found something.

Needs Debian's `chromium` (or another one that NEWSARCHIVE_CHROMIUM names) and the extra `peers`.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright
from rich.console import Console
from rich.table import Column, Table

from newsarchive.archive.connection import open_readonly
from newsarchive.browse.filters import moment
from newsarchive.i18n import _, speaking
from tools.docs.sample import make_sample
from tools.docs.screenshots import CHROMIUM, served

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
HEIGHTS = {1280: 900, 390: 844}
#: A reader with a keyboard gives up after so many stops.
MOST_STOPS = 150
#: Milliseconds that Chromium waits for what is not there.
PATIENCE = 120_000


class TaskError(Exception):
    """A task that cannot be done, and why."""


@dataclass
class Reader:
    """Somebody before a browser, who knows what the words on the page mean and nothing else."""

    page: Page
    name: str
    screenshots: Path | None
    uses_keyboard: bool = False
    clicks: int = 0
    keys: int = 0
    findings: set[str] = field(default_factory=set)
    #: The addresses that axe and the camera have seen in this language and width, with what axe found there.
    seen: dict[str, set[str]] = field(default_factory=dict)
    #: Seconds in which the reader was kept waiting by axe and the camera.
    held_up: float = 0
    _pictures: int = 0

    def open(self, path: str) -> None:
        """Go to an address that the reader was given."""
        self.page.goto(path)
        self.look()

    def click(self, target: Locator) -> None:
        """Follow a link to another page."""
        self._reach(target)
        with self.page.expect_navigation():
            self._activate(target)
        self.look()

    def link(self, name: str, *, inside: str = "body") -> Locator:
        """Find a link by what it says."""
        return self.page.locator(inside).get_by_role("link", name=name)

    def type(self, target: Locator, text: str) -> None:
        """Write into a field of a form."""
        if self.uses_keyboard:
            self._go_to(target)
            self._press("ControlOrMeta+A")
            self.page.keyboard.type(text)
        else:
            target.click()
            target.fill(text)
            self.clicks += 1
        self.keys += len(text)

    def send(self) -> None:
        """Send the form in which the reader writes."""
        with self.page.expect_navigation():
            self._press("Enter")
        self.look()

    def search(self, text: str) -> None:
        """Search for a text in the search box of the page."""
        self.type(self.page.get_by_role("searchbox"), text)
        self.send()

    def download(self, target: Locator) -> str:
        """Follow a link to a file, and return what is in the file."""
        self._reach(target)
        with self.page.expect_download() as download:
            self._activate(target)
        return Path(download.value.path()).read_text("utf-8-sig")

    def texts(self, selector: str) -> list[str]:
        """Read what stands at some places of the page."""
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]

    def look(self) -> None:
        """Let axe and the camera see the page, while the clock of the reader stands still; each address once."""
        self.page.wait_for_load_state()
        started = time.monotonic()
        if self.page.url not in self.seen:
            self.seen[self.page.url] = self._examined()
        self.findings |= self.seen[self.page.url]
        self.held_up += time.monotonic() - started

    def _examined(self) -> set[str]:
        self._pictures += 1
        findings = set()
        for found in Axe().run(self.page).response["violations"]:
            places = ", ".join(node["html"][:80] for node in found["nodes"][:2])
            findings.add(f"{found['impact']} {found['id']}: {places}")
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            findings.add("the page is wider than the window")
        if self.screenshots:
            self.page.screenshot(path=self.screenshots / f"{self.name}-{self._pictures}.png", full_page=True)
        return findings

    def _reach(self, target: Locator) -> None:
        if target.count() == 0:
            raise TaskError("the link is not there")
        if self.uses_keyboard:
            self._go_to(target.first)

    def _activate(self, target: Locator) -> None:
        self.clicks += 1
        if self.uses_keyboard:
            self._press("Enter")
        else:
            target.first.click()

    def _go_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus; what is no part of the page's head is reached by its skip link."""
        if target.evaluate("e => Boolean(e.closest('main'))") and not self.page.locator("main :focus").count():
            self._press("Tab")
            self._press("Enter")
        for _stop in range(MOST_STOPS):
            if target.evaluate("e => e === document.activeElement"):
                return
            self._press("Tab")
        raise TaskError(f"not reached with {MOST_STOPS} stops of the keyboard")

    def _press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1


@dataclass(frozen=True)
class Sample:
    """Where the archive is served, and what it really holds, so that answers can be compared with it."""

    connection: sqlite3.Connection
    address: str

    def value(self, sql: str, *parameters: object) -> str:
        """Return the only value of a query."""
        return str(self.connection.execute(sql, parameters).fetchone()[0])

    def values(self, sql: str, *parameters: object) -> list[str]:
        """Return the only column of a query."""
        return [str(value) for (value,) in self.connection.execute(sql, parameters)]


def published_yesterday(reader: Reader, sample: Sample) -> None:
    """Find what a source published on the day before its newest one."""
    source = sample.value(
        "SELECT s.name FROM sources s JOIN articles a ON a.source_id = s.id GROUP BY s.id ORDER BY count(*) DESC, 1"
    )
    of_source = "SELECT {} FROM articles a JOIN sources s ON s.id = a.source_id WHERE s.name = ?"
    day = sample.value(f"{of_source} ORDER BY 1 DESC LIMIT 1 OFFSET 1".format("DISTINCT published_date"), source)
    reader.open("/")
    reader.click(reader.link(source, inside=".side"))
    reader.click(reader.link(moment(day).striptags(), inside="figure.volume"))
    wanted = sample.values(f"{of_source} AND published_date = ?".format("a.title"), source, day)
    expect("headlines", sorted(reader.texts(".hits h3, .same-story a")), sorted(wanted))


def spread_of_a_story(reader: Reader, sample: Sample) -> None:
    """Find how a story spread, and who was first."""
    reader.open("/")
    reader.click(reader.page.locator("section[aria-labelledby=stories] li a"))
    story = reader.page.url.rpartition("/")[2]
    carried = sample.values(
        "SELECT s.name FROM articles a JOIN sources s ON s.id = a.source_id WHERE story_id = ? ORDER BY published_at",
        story,
    )
    expect("sources in their order", reader.texts(".members .source"), carried)
    expect("the first", reader.texts(".members .lag")[0], _("first"))
    expect("pictures of the spread", len(reader.texts("figure.spread")), 1)


def change_of_an_article(reader: Reader, sample: Sample) -> None:
    """Find what was changed in an article after it had appeared."""
    reader.open("/")
    reader.click(reader.link(_("Which articles were changed after they appeared?")))
    changed = set(
        sample.values("SELECT a.title FROM articles a JOIN revisions r ON r.article_id = a.id WHERE cause = 'site'")
    )
    if not set(reader.texts("td.col-title")) <= changed or not reader.texts("td.col-title"):
        raise TaskError("the list names articles that their site did not change, or none")
    reader.click(reader.page.locator("td.col-title a"))
    reader.click(reader.link(_("what changed")))
    if not reader.texts("ins, del"):
        raise TaskError("nothing is struck out or underlined")


def security_over_time(reader: Reader, sample: Sample) -> None:
    """Find how often a security was in the news, over time."""
    reader.open("/")
    reader.click(reader.page.locator("section[aria-labelledby=securities] a"))
    code = reader.page.url.rpartition("/")[2]
    articles = sample.value("SELECT count(DISTINCT article_id) FROM mentions WHERE code = ?", code)
    if articles not in reader.texts(".totals")[0]:
        raise TaskError(f"the page does not say that there are {articles} articles")
    expect("charts", reader.page.locator("figure.volume svg").count(), 1)


def all_as_csv(reader: Reader, sample: Sample) -> None:
    """Download all results of a search as a table."""
    reader.open("/")
    reader.search("市")
    rows = list(csv.DictReader(reader.download(reader.link("CSV", inside=".results .forms")).splitlines()))
    wanted = sample.value("SELECT count(*) FROM articles WHERE coalesce(title, '') || body LIKE '%市%'")
    expect("rows", str(len({row["article_key"] for row in rows})), wanted)
    if wanted not in reader.texts("#found")[0]:
        raise TaskError("the page tells another number than the file holds")


def shared_search(reader: Reader, sample: Sample) -> None:  # noqa: ARG001 - every task takes the same
    """Show somebody else a search by its address."""
    reader.open("/")
    reader.search("市场")
    address = reader.page.url
    if not addresses(reader.page):
        raise TaskError("the search finds nothing")
    with closing(reader.page.context.browser.new_context(locale="en-GB")) as other:  # type: ignore[union-attr]
        page = other.new_page()
        page.goto(address)
        # By their addresses: what has no headline is called so in the language of the reader.
        expect("hits of the other reader", addresses(page), addresses(reader.page))


def source_and_day(reader: Reader, sample: Sample) -> None:
    """Narrow a search to a source and a day by clicking, and widen it again."""
    reader.open("/")
    reader.search("市")
    everything = reader.texts("#found")
    for kind in ("Source", "Day"):
        section = reader.page.locator(".facets section").filter(has=reader.page.get_by_role("heading", name=_(kind)))
        reader.click(section.locator("li a"))
    source, day = reader.texts(".hits .source")[0], reader.page.locator("#from").input_value()
    wanted = sample.value(
        "SELECT count(*) FROM articles a JOIN sources s ON s.id = a.source_id"
        " WHERE s.name = ? AND published_date = ? AND coalesce(a.title, '') || a.body LIKE '%市%'",
        source,
        day,
    )
    if wanted not in reader.texts("#found")[0]:
        raise TaskError(f"not {wanted} of {source} on {day}, but {reader.texts('#found')[0]}")
    for _chip in range(2):
        reader.click(reader.page.locator(".chips a:not(.all)"))
    expect("hits without conditions", reader.texts("#found"), everything)


def two_sources(reader: Reader, sample: Sample) -> None:
    """Put two sources beside each other over time."""
    first, second = sample.values(
        "SELECT s.name FROM sources s JOIN articles a ON a.source_id = s.id"
        " GROUP BY s.id ORDER BY count(*) DESC, 1 LIMIT 2"
    )
    reader.open("/")
    reader.click(reader.link(_("Compare"), inside="nav"))
    reader.type(reader.page.locator("#q1"), f"source:{first}")
    reader.type(reader.page.locator("#q2"), f"source:{second}")
    reader.send()
    of_source = "SELECT count(*) FROM articles a JOIN sources s ON s.id = a.source_id "
    of_source += " WHERE s.name = ?"
    expect("totals", reader.texts(".legend .n"), [sample.value(of_source, first), sample.value(of_source, second)])


def by_what_is_at_hand(reader: Reader, sample: Sample) -> None:
    """Find an article by its info code, and by its address."""
    code, url, title = sample.connection.execute(
        "SELECT info_code, url, title FROM articles WHERE info_code IS NOT NULL AND title <> '' LIMIT 1"
    ).fetchone()
    for text in (code, url):
        reader.open("/")
        reader.search(text)
        expect(f"headline for {text}", reader.texts("h1"), [title])


def what_is_missing(reader: Reader, sample: Sample) -> None:
    """Find what could not be collected: reasons and addresses."""
    reader.open("/")
    reader.click(reader.link(_("What went wrong?")))
    wanted = sample.values("SELECT count(*) FROM problems GROUP BY reason, stage ORDER BY 1 DESC")
    expect("addresses", sorted(reader.texts("td.col-addresses")), sorted(wanted))
    number = reader.texts("td.col-addresses")[0]
    reader.click(reader.page.locator("td.col-addresses a"))
    expect("addresses of the first reason", str(len(reader.texts("td.col-url"))), number)


TASKS: dict[str, Callable[[Reader, Sample], None]] = {
    "published-yesterday": published_yesterday,
    "spread-of-a-story": spread_of_a_story,
    "what-changed": change_of_an_article,
    "security-over-time": security_over_time,
    "all-as-csv": all_as_csv,
    "share-a-search": shared_search,
    "source-and-day": source_and_day,
    "compare-two-sources": two_sources,
    "by-code-or-address": by_what_is_at_hand,
    "what-is-missing": what_is_missing,
}


def addresses(page: Page) -> list[str | None]:
    """Read where the hits of a search lead to."""
    return [link.get_attribute("href") for link in page.locator(".hits h3 a").all()]


def expect(what: str, seen: object, wanted: object) -> None:
    """Fail where the page shows something else than the archive holds."""
    if seen != wanted:
        raise TaskError(f"{what}: {seen} in place of {wanted}"[:300])


class Way(NamedTuple):
    """In which language, on how wide a window, and with what a reader works."""

    language: str
    width: int
    hand: str

    def __str__(self) -> str:
        return f"{self.language}-{self.width}-{self.hand}"


def attempt(
    browser: Browser, sample: Sample, task: str, way: Way, screenshots: Path | None, *, seen: dict[str, set[str]]
) -> list[str]:
    """Do a task once; return what the table says of it: clicks, keys, seconds, how it ended, what axe found."""
    context = browser.new_context(
        base_url=sample.address,
        locale={"zh": "zh-CN", "en": "en-GB"}[way.language],
        viewport={"width": way.width, "height": HEIGHTS[way.width]},
        has_touch=way.width < 600,
        bypass_csp=True,  # axe is a script, and the pages allow none
    )
    with closing(context), speaking(way.language):
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        reader = Reader(page, f"{task}-{way}", screenshots, uses_keyboard=way.hand == "keyboard", seen=seen)
        started, result = time.monotonic(), "ok"
        try:
            TASKS[task](reader, sample)
        except (TaskError, Error) as error:
            result = str(error).splitlines()[0]
            seen.pop(page.url, None)  # what is there when a task fails is worth another look
            reader.look()
        seconds = time.monotonic() - started - reader.held_up
    findings = "; ".join(sorted(reader.findings))
    return [str(reader.clicks), str(reader.keys), f"{seconds:.1f}", result, findings]


def main() -> None:
    """Do all tasks in all ways, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--db", type=Path, help="another archive than the sample")
    parser.add_argument("--screenshots", type=Path, help="folder for a picture of every page on the way")
    parser.add_argument("--only", default="", help="tasks with this word in their names")
    parser.add_argument("--languages", nargs="+", choices=("en", "zh"), default=("en", "zh"))
    parser.add_argument("--widths", nargs="+", type=int, choices=tuple(HEIGHTS), default=tuple(HEIGHTS))
    parser.add_argument("--hands", nargs="+", choices=("pointer", "keyboard"), default=("pointer", "keyboard"))
    options = parser.parse_args()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    ways = [
        Way(language, width, hand)
        for language in options.languages
        for width in options.widths
        for hand in options.hands
    ]
    numbers = (Column(name, justify="right") for name in ("clicks", "keys", "seconds"))
    table = Table("task", "language", "width", "hand", *numbers, "result", "axe")
    is_good = True
    with tempfile.TemporaryDirectory() as folder:
        db = options.db or Path(folder) / "sample.db"
        if options.db is None:
            make_sample(db)
        with (
            closing(open_readonly(db)) as connection,
            served(db) as base,
            sync_playwright() as playwright,
            closing(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)) as browser,
        ):
            sample = Sample(connection, base)
            seen: defaultdict[tuple[str, int], dict[str, set[str]]] = defaultdict(dict)
            for task in (name for name in TASKS if options.only in name):
                for way in ways:
                    row = attempt(browser, sample, task, way, options.screenshots, seen=seen[way.language, way.width])
                    print(task, way, *row, file=sys.stderr, flush=True)
                    table.add_row(task, way.language, str(way.width), way.hand, *row)
                    is_good = is_good and row[-2:] == ["ok", ""]
                table.add_section()
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    sys.exit(int(not is_good))


if __name__ == "__main__":
    main()
