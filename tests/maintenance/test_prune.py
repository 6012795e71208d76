"""Pruning removes what is old enough, never a text, and never a page that another needs, whenever it is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import AT, numbered_page

from newsarchive.archive import Archive
from newsarchive.cli import cli
from newsarchive.locks import CrawlLock
from newsarchive.maintenance.backup import backup
from newsarchive.maintenance.check import check
from newsarchive.maintenance.prune import Pruned, Rules, prune
from newsarchive.sites import Retention
from newsarchive.warc.record import SnapshotDamagedError

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parents[2]
#: A year and more after the first pages.
NOW = AT + timedelta(days=500)
RAW = Rules({}, Retention(raw=timedelta(days=400)))
FIRST, SECOND, LATE = (
    f"warc/{day}-demo.warc.gz" for day in ("2026/03/20260305", "2026/03/20260306", "2027/05/20270504")
)
SAME = "<p>渡口的公告，多年未改。</p>" * 40


def add(archive: Archive, number: int, days: int, body: str | None = None) -> None:
    """Store an article whose page was fetched so many days after the first."""
    more: dict[str, Any] = {"body": body} if body else {}
    page = numbered_page(number, at=AT + timedelta(days=days, seconds=number), **more)
    crawled(archive, article(page, f"第{number}段", key=f"20260305{number:010}", title="题"))


def fill(archive: Archive) -> None:
    """Store four old pages of one day, two of the next, and two young ones, of which one has the body of an old one."""
    for number in range(4):
        add(archive, number, 0, SAME if number == 2 else None)
    for number in (4, 5):
        add(archive, number, 1)
    add(archive, 6, 425, SAME)
    add(archive, 7, 425)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_archive(tmp_path / "archive.db") as archive:
        fill(archive)
    return tmp_path / "archive.db"


def prune_it(path: Path, rules: Rules = RAW, *, dry_run: bool = False) -> Pruned:
    with Archive.open(path) as archive:
        return prune(archive, rules, NOW, dry_run=dry_run)


def column(path: Path, query: str) -> list[Any]:
    with Archive.open(path, readonly=True) as archive:
        return [row[0] for row in archive.connection.execute(query)]


def files(path: Path) -> list[str]:
    return sorted(str(found.relative_to(path.parent)) for found in path.parent.rglob("*.warc.gz"))


def findings(path: Path) -> list[str]:
    with Archive.open(path, readonly=True) as archive:
        return [finding.what for finding in check(archive, NOW, deep=True).findings]


def bodies(path: Path) -> dict[str, bytes]:
    """Return what each snapshot that is kept holds, by its address."""
    with Archive.open(path, readonly=True) as archive:
        rows = archive.connection.execute("SELECT id, url FROM snapshots").fetchall()
        return {url: archive.snapshots.load(number, role="post", site="demo").body for number, url in rows}


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--db", str(path), "prune", *arguments], catch_exceptions=True)


def test_old_pages_go_with_their_files_and_young_ones_stay(path: Path) -> None:
    before = bodies(path)
    done = prune_it(path)
    assert (done.raw_pages, done.needed, done.files_removed, done.files_rewritten) == (5, 1, 1, 1)
    assert files(path) == [FIRST.replace("-demo", "-demo-2"), LATE]
    kept = {f"http://demo/x/{number}.html" for number in (2, 6, 7)}
    assert bodies(path) == {url: body for url, body in before.items() if url in kept}
    assert findings(path) == []


def test_a_page_stays_whole_as_long_as_a_younger_one_takes_its_body_from_it(path: Path) -> None:
    prune_it(path)
    assert bodies(path)["http://demo/x/6.html"] == SAME.encode()
    assert column(path, "SELECT payload_id IS NULL FROM snapshots WHERE url LIKE '%/2.html'") == [1]


def test_no_text_goes_with_its_page(path: Path) -> None:
    everything = "SELECT url || body FROM articles UNION ALL SELECT url || content_hash FROM copies ORDER BY 1"
    before = column(path, everything)
    prune_it(path)
    assert column(path, everything) == before
    assert len(column(path, "SELECT id FROM readings WHERE snapshot_id IS NULL")) == 5


def test_what_is_left_of_a_page_says_what_it_was_and_when_it_went(path: Path) -> None:
    digests = column(path, "SELECT digest FROM snapshots WHERE url LIKE '%/0.html'")
    prune_it(path)
    row = "SELECT json_array(fetched_at, digest, pruned_at) FROM pruned_pages WHERE url LIKE '%/0.html'"
    (found,) = column(path, row)
    assert json.loads(found) == ["2026-03-05T01:00:00Z", *digests, "2027-07-18T01:00:00Z"]


def test_a_page_that_lost_its_snapshot_otherwise_is_still_told(path: Path) -> None:
    prune_it(path)
    with Archive.open(path) as archive:
        archive.connection.execute("UPDATE copies SET snapshot_id = NULL WHERE url LIKE '%/7.html'")
    assert findings(path) == ["a copy has no snapshot"]


def test_a_dry_run_says_the_same_and_changes_nothing(path: Path) -> None:
    before = path.read_bytes(), files(path)
    counted = prune_it(path, dry_run=True)
    assert (path.read_bytes(), files(path)) == before
    assert counted == prune_it(path)


def test_pruning_twice_finds_nothing_more(path: Path) -> None:
    prune_it(path)
    before = files(path)
    assert prune_it(path) == Pruned(needed=1)
    assert files(path) == before


def test_what_stayed_of_a_file_can_be_pruned_later(path: Path) -> None:
    prune_it(path)
    with Archive.open(path) as archive:
        done = prune(archive, RAW, NOW + timedelta(days=1000))
    assert (done.raw_pages, done.files_removed) == (3, 2)
    assert files(path) == []
    assert findings(path) == []


def test_crawls_go_on_in_a_pruned_archive(path: Path) -> None:
    prune_it(path)
    with Archive.open(path) as archive:
        add(archive, 8, 0)  # a page of a day whose file was removed, as an import brings it
        add(archive, 9, 0, SAME)
    assert bodies(path)["http://demo/x/9.html"] == SAME.encode()
    assert findings(path) == []


def test_a_backup_of_a_pruned_archive_is_whole(path: Path, tmp_path: Path) -> None:
    prune_it(path)
    assert backup(path, tmp_path / "copy").damaged == []
    assert findings(tmp_path / "copy" / path.name) == []


def test_a_file_with_a_damaged_page_that_is_to_stay_is_left_as_it_is(path: Path) -> None:
    (place,) = column(path, "SELECT warc_offset FROM snapshots WHERE url LIKE '%/2.html'")
    damaged = bytearray((path.parent / FIRST).read_bytes())
    damaged[place + 40] ^= 0xFF
    (path.parent / FIRST).write_bytes(damaged)
    done = prune_it(path)
    assert (done.files_removed, done.files_rewritten) == (1, 0)
    assert len(done.refused) == 1
    assert "snapshot 3" in done.refused[0]
    assert (path.parent / FIRST).read_bytes() == damaged
    assert len(column(path, "SELECT id FROM copies WHERE snapshot_id IS NOT NULL")) == 6
    with pytest.raises(SnapshotDamagedError):
        bodies(path)


def test_a_file_that_another_process_writes_is_left_as_it_is(path: Path) -> None:
    holder = (
        "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX); print(flush=True); input()"
    )
    command = [sys.executable, "-c", holder, str(path.parent / SECOND)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        done = prune_it(path)
        process.communicate(b"\n")
    assert done.refused == [f"{SECOND}: another process writes to it"]
    assert SECOND in files(path)
    assert findings(path) == []


def test_a_lost_page_whose_file_is_gone_can_be_pruned(path: Path) -> None:
    (path.parent / SECOND).unlink()
    with Archive.open(path) as archive:
        archive.connection.execute(
            "UPDATE snapshots SET lost_at = '2026-04-01T00:00:00Z' WHERE warc_file = ?", (SECOND,)
        )
    assert prune_it(path).refused == []
    assert findings(path) == []


#: Kills its own process at a line of the modules that prune, counted from the first.
KILLER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path

from newsarchive.archive import Archive
from newsarchive.maintenance.prune import Rules, prune
from newsarchive.sites import Retention
from datetime import timedelta

left = int(sys.argv[2])

def trace(frame, event, argument):
    global left
    if "/maintenance/prune" not in frame.f_code.co_filename:
        return None
    if event == "line":
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
    return trace

sys.settrace(trace)
with Archive.open(Path(sys.argv[1])) as archive:
    prune(archive, Rules({}, Retention(raw=timedelta(days=400))), datetime(2027, 7, 18, tzinfo=UTC))
sys.settrace(None)
print("lines", -left)
"""


def kill_at(path: Path, line: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLER, str(path), str(line)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_prune_that_is_killed_at_any_line_loses_nothing_that_stays_and_the_next_finishes_it(tmp_path: Path) -> None:
    whole = tmp_path / "whole" / "archive.db"
    whole.parent.mkdir()
    with new_archive(whole) as archive:
        fill(archive)
    pages = bodies(whole)
    staying = {url: body for url, body in pages.items() if url.endswith(("/2.html", "/6.html", "/7.html"))}
    done = kill_at(whole, 0)
    lines = int(done.stdout.split()[1])
    killed = 0
    for line in range(1, lines, 7):
        folder = tmp_path / str(line)
        folder.mkdir()
        with new_archive(folder / "archive.db") as archive:
            fill(archive)
        killed += kill_at(folder / "archive.db", line).returncode == -9
        there = bodies(folder / "archive.db")
        assert staying.items() <= there.items() <= pages.items(), line
        with Archive.open(folder / "archive.db", readonly=True) as archive:
            report = check(archive, NOW, deep=True)
        assert not report.is_damaged, (line, report.findings)
        prune_it(folder / "archive.db")
        assert bodies(folder / "archive.db") == staying, line
        assert findings(folder / "archive.db") == [], line
        assert files(folder / "archive.db") == [FIRST.replace("-demo", "-demo-2"), LATE], line
    assert killed >= 20


def test_the_rule_of_a_site_goes_for_its_pages_alone(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.connection.execute("UPDATE copies SET site = 'harbour' WHERE url LIKE '%/4.html'")
    done = prune_it(path, Rules({"harbour": Retention(raw=timedelta(days=400))}))
    assert done.raw_pages == 1
    assert column(path, "SELECT url FROM pruned_pages") == ["http://demo/x/4.html"]
    assert prune_it(path, Rules({"demo": Retention(raw=timedelta(days=4000))}, RAW.others)).raw_pages == 0


def runs(archive: Archive, *ages: int, site: str = "demo") -> None:
    """Record runs that ended so many days ago, the oldest first, each with a problem that it met."""
    for age in ages:
        at = NOW - timedelta(days=age)
        number = archive.runs.start(spider="site", site=site, arguments={}, now=at)
        archive.runs.finish(number, outcome="finished", now=at, counts={"articles/new": 1, "requests": 2})
        archive.problems.add(number, url=f"http://{site}/{age}", site=site, stage="fetch", reason="unreachable", now=at)


def test_old_runs_and_problems_go_and_what_they_counted_stays(path: Path) -> None:
    with Archive.open(path) as archive:
        runs(archive, 500, 500, 400, 40, 10)
    done = prune_it(path, Rules({}, Retention(runs=timedelta(days=365), problems=timedelta(days=450))))
    assert (done.runs, done.problems) == (3, 1)  # two runs of one day met one problem
    assert len(column(path, "SELECT id FROM runs")) == 2
    assert column(path, "SELECT url FROM problems ORDER BY 1") == [f"http://demo/{age}" for age in (10, 40, 400)]
    assert column(path, "SELECT json_extract(counts, '$.requests') FROM run_days ORDER BY day") == [4, 2, 2]
    assert findings(path) == []


def test_the_problems_of_a_site_go_together_with_its_last_runs(path: Path) -> None:
    with Archive.open(path) as archive:
        runs(archive, 500, 400, site="harbour")
    done = prune_it(path, Rules({}, Retention(runs=timedelta(days=365), problems=timedelta(days=365))))
    assert (done.runs, done.problems) == (2, 2)


def test_a_run_that_goes_on_stays_and_so_do_those_after_it(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.runs.start(spider="site", site="demo", arguments={}, now=NOW - timedelta(days=500))
        runs(archive, 450)
    assert prune_it(path, Rules({}, Retention(runs=timedelta(days=365)))).runs == 0
    assert len(column(path, "SELECT id FROM runs")) == 2


def test_the_command_says_what_it_did_and_waits_for_no_crawl(path: Path) -> None:
    age = "1d"
    lock = CrawlLock(path, "demo")
    try:
        result = run(path, "--keep-raw", age)
        assert "demo is being crawled" in str(result.exception)
    finally:
        lock.release()
    told = run(path, "--keep-raw", age, "--dry-run").output
    done = run(path, "--keep-raw", age)
    assert told.startswith("Would remove ")
    assert done.output.startswith("Removed ")
    assert told.split("remove ")[1].split(";")[0] == done.output.split("Removed ")[1].split(";")[0]
    assert json.loads(run(path, "--keep-raw", age, "--json").output)["raw_pages"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--keep-raw", "400"), "must be a number of days, weeks or years such as 400d, 8w or 2y, not '400'"),
        (("--keep-raw", "0d"), "such as 400d"),
        (("--keep-runs", "7d"), "must be more than 30 days, not '7d'"),
    ],
)
def test_an_age_that_is_none_is_told(path: Path, arguments: tuple[str, ...], words: str) -> None:
    result = run(path, *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", " ").split())


def test_without_a_rule_nothing_goes(path: Path) -> None:
    assert "no age is given" in str(run(path).exception)
    assert "holds nothing of site 'nosuch'" in str(run(path, "nosuch", "--keep-raw", "1d").exception)


def test_a_site_file_says_how_long_its_things_are_kept(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "harbour.toml").write_text(
        'name = "harbour"\ntitle = "江湾"\nbase_url = "http://demo"\nhosts = ["demo"]\ntimezone = "UTC"\n'
        '[retention]\nraw = "20y"\nruns = "1y"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("NEWSARCHIVE_SITES", str(folder))
    with Archive.open(path) as archive:
        archive.connection.execute("UPDATE copies SET site = 'harbour'")
        archive.connection.execute("UPDATE frontier SET site = 'harbour'")
    assert json.loads(run(path, "--keep-raw", "1d", "--dry-run", "--json").output)["raw_pages"] == 0
    named = json.loads(run(path, "harbour", "--keep-raw", "1d", "--dry-run", "--json").output)
    assert named["raw_pages"] > 0
