"""Metrics are what Prometheus reads without a complaint, and say what `newsarchive status` says."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.archives import crawled, new_archive
from support.articles import article
from support.pages import page

from newsarchive.archive import Archive, Link
from newsarchive.archive.health import SiteHealth
from newsarchive.archive.schedules import Schedule
from newsarchive.cli import cli
from newsarchive.commands.metrics import ABOUT, PREFIX, exposition

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "operating.md"
NOW = datetime.now(UTC).replace(microsecond=0)
# The grammar of the exposition format: names, labels with their three escapes, numbers.
_SAMPLE = re.compile(
    r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)'
)
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of two sites: one that was crawled well, one that failed."""
    with new_archive(tmp_path / "archive.db") as archive:
        for site, outcome, hours in (("demo", "finished", 1), ("harbour", "failed", 30)):
            at = NOW - timedelta(hours=hours)
            run_id = archive.runs.start(spider="site", site=site, arguments={}, now=at)
            archive.runs.finish(run_id, outcome=outcome, counts={}, now=at)
        crawled(archive, article(page("http://demo/1.html", "x", at=NOW), "一段", key="1", title="题"))
        archive.frontier.add([Link(f"http://harbour/{n}.html", "harbour", "post") for n in range(3)], None, NOW)
        archive.frontier.end("http://harbour/0.html", state="failed", reason="unreachable", now=NOW)
    return tmp_path / "archive.db"


def status(path: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["--db", str(path), "status", *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value, result.output


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read metrics as Prometheus does; assert that each is announced, once, before its first sample."""
    assert text.endswith("\n")
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    announced = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            announced = line.split()[2]
            assert line.endswith("."), line
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {announced} gauge"
        else:
            match = _SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == announced
            key = match[1], frozenset(_LABEL.findall(match[2] or ""))
            assert key not in found, line
            found[key] = float(match[3])
    told = [line.split()[2] for line in text.splitlines() if line.startswith("# HELP ")]
    assert Counter(told).most_common(1)[0][1] == 1
    return found


def of(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return PREFIX + name, frozenset(labels.items())


def test_metrics_say_what_status_says(path: Path) -> None:
    found = samples(status(path, "--metrics")[1])
    rows = {row["site"]: row for row in map(json.loads, status(path, "--json")[1].splitlines())}
    for site, row in rows.items():
        assert found[of("pending_addresses", site=site)] == row["pending"]
        assert found[of("new_articles_today", site=site)] == row["today"]
        assert found[of("alarms", site=site)] == len(row["alarms"])
        assert found[of("last_run_success", site=site)] == (row["outcome"] == "finished")
    at = (NOW - timedelta(hours=1)).timestamp()
    assert found[of("last_good_run_timestamp_seconds", site="demo")] == at
    assert of("last_good_run_timestamp_seconds", site="harbour") not in found
    assert found[of("uncollected_addresses", site="harbour", reason="unreachable")] == 1


def test_metrics_tell_the_sizes_on_disk(path: Path) -> None:
    found = samples(status(path, "--metrics")[1])
    assert found[of("size_bytes", kind="database")] == path.stat().st_size
    with Archive.open(path, readonly=True) as archive:
        (raw,) = archive.connection.execute("SELECT sum(warc_length) FROM snapshots").fetchone()
    assert found[of("size_bytes", kind="raw_pages")] == raw > 0


def test_names_keep_the_rules_of_prometheus() -> None:
    for name, about in ABOUT.items():
        assert re.fullmatch("[a-z]+(_[a-z]+)*", name), name
        assert not name.endswith(("_total", "_count", "_sum", "_bucket", "_info")), f"{name} is a gauge"
        assert not re.search("gauge|counter|metric|_ms$|_kb$|minutes|hours|days", name), f"{name} has no base unit"
        assert about.endswith(".")


def test_one_site_can_be_asked_for_and_an_alarm_is_a_status(path: Path) -> None:
    code, text = status(path, "harbour", "--metrics", "--check")
    assert code == 1
    assert {dict(labels).get("site") for _, labels in samples(text)} == {"harbour", None}


def test_when_a_site_is_due_is_told_as_long_as_its_file_is_there(path: Path) -> None:
    with Archive.open(path) as archive, archive.transaction():
        for site in ("demo", "harbour"):
            archive.schedules.set(Schedule(site, NOW, timedelta(hours=1)))
    assert "next run" in status(path, "demo")[1]
    assert "next run" not in status(path, "harbour")[1]


def test_a_dead_rule_is_told_with_what_proposes_another() -> None:
    dead = SiteHealth("harbour", "finished", None, None, None, None, 0, 0.5, 0, 0, dead_rules=["post: title"])
    alarms = dead.alarms(NOW, run_hours=24, silence_hours=48)
    assert any("post: title" in alarm and "newsarchive add --again harbour" in alarm for alarm in alarms)


def test_labels_are_escaped() -> None:
    site = SiteHealth('a"b\\c\nd', None, None, None, None, None, 0, 0.5, 0, 0)
    text = exposition([site], {site.site: 0}, {})
    assert '{site="a\\"b\\\\c\\nd"} 0.5' in text
    assert of("new_articles_usual", site='a\\"b\\\\c\\nd') in samples(text)


def test_every_metric_is_documented() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    assert re.findall(r"^\| `newsarchive_([a-z_]+)` \|", text, re.MULTILINE) == list(ABOUT)
