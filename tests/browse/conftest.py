"""A sample archive and one whose texts are meant to do harm, both served."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.serving import ESCAPING, HOSTILE, served

from newsarchive.archive import Archive
from newsarchive.models import (
    Article,
    Byline,
    Category,
    Image,
    Mention,
    Page,
    Paragraph,
)
from tools.docs.sample import make_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

NOW = datetime(2026, 3, 1, tzinfo=UTC)
# Long enough for two articles with it to be one story.
SHARED = "".join(f"第{n}段讲述量子计算机在云溪市的第{n * 7}次试运行，记者{n}看到账本。" for n in range(30))
KINDS = ("text", "heading", "caption", "quote", "table", "list")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("browse") / "archive.db"
    make_sample(path, articles=100, visits=(0, 1, 3))
    return path


@pytest.fixture(scope="session")
def site(sample: Path) -> Iterator[httpx.Client]:
    with served(sample) as client:
        yield client


@pytest.fixture(scope="session")
def rows(sample: Path) -> Iterator[sqlite3.Connection]:
    """The sample itself, to compare with."""
    connection = sqlite3.connect(f"{sample.as_uri()}?mode=ro", uri=True, check_same_thread=False)
    yield connection
    connection.close()


def harmful(number: int, title: str, *texts: str) -> Article:
    page = Page(f"https://evil.example/{number}", "post", "demo", b"<script>alert(1)</script>", NOW)
    return Article(
        page,
        f"evil.example/{number}",
        title=title,
        digest=HOSTILE,
        paragraphs=[Paragraph(text + HOSTILE, kind) for kind in KINDS for text in texts],  # type: ignore[arg-type]
        published_at=NOW,
        source="@SUM(A1)" + HOSTILE,
        attribution=HOSTILE,
        original_title=HOSTILE,
        bylines=[Byline("author", HOSTILE)],
        mentions=[Mention("1", "600160", "+" + HOSTILE, 2)],
        images=[Image("javascript:window.hit=1", HOSTILE, HOSTILE), Image("https://img.example/a.png", HOSTILE)],
        category=Category("evil", HOSTILE, "javascript:window.hit=1"),
        share_url="javascript:window.hit=1",
        original_url="data:text/html,<script>window.hit=1</script>",
        via=[HOSTILE],
        lang='zh" onfocus="window.hit=1',
        extractor=HOSTILE,
    )


def carried(number: int, title: str, source: str) -> Article:
    """An article that tells the story that others of its kind tell as well."""
    texts = [Paragraph(SHARED, "text"), Paragraph(ESCAPING + HOSTILE, "text")]
    mention = Mention('1"><script>', '60 OR "x', HOSTILE, 2)
    return replace(harmful(number, title), source=source + HOSTILE, paragraphs=texts, mentions=[mention])


def log_harm(archive: Archive) -> None:
    """Let a run, its problems and a page that is gone say what an article may say."""
    run_id = archive.runs.start(spider=HOSTILE, site=HOSTILE, arguments={"site": HOSTILE}, now=NOW)
    for url in ("javascript:window.hit=1", f"https://evil.example/{HOSTILE}"):
        where = {"url": url, "site": HOSTILE, "stage": HOSTILE, "reason": "no-body"}
        archive.problems.add(run_id, **where, detail=ESCAPING + HOSTILE, now=NOW)
    archive.copies.gone("https://evil.example/10", 404, NOW)
    archive.runs.finish(run_id, outcome="finished", now=NOW, reason=HOSTILE, counts={HOSTILE: 1})


@pytest.fixture(scope="session")
def harm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An archive in which every text is meant to do harm; the second article has a title of 100 kB.

    The third and the fourth are one story, the last two have titles of which nothing, or far too much, can be seen.
    """
    path = tmp_path_factory.mktemp("harm") / "archive.db"
    with Archive.open(path) as archive:
        for article in (
            harmful(0, HOSTILE, "量子"),
            harmful(1, "长" * 100_000 + HOSTILE, "=1+1"),
            harmful(0, HOSTILE + "改", "量子改"),
            carried(10, ESCAPING + HOSTILE, "甲"),
            carried(11, "=HYPERLINK(1)" + ESCAPING, "乙" + ESCAPING),
            harmful(20, "\u3164\u2800", "看不见"),
            harmful(21, "塔" + "\u0301\u0334" * 70 + "尾" + "\u0316" * 90, "塔"),
        ):
            article.page.fetched_at = datetime(2026, 3, 1 + archive.connection.total_changes % 7, tzinfo=UTC)
            article.page.snapshot_id = archive.snapshots.save(article.page)
            archive.store(article, None, article.page.fetched_at)
        log_harm(archive)
    with served(path) as client:
        yield client
