"""A sample archive and one whose texts are meant to do harm, both served."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from serving import HOSTILE, served

from newsarchive.archive import Archive
from newsarchive.docs.sample import make_sample
from newsarchive.items import Article, Byline, Category, Image, Mention, Page, Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

NOW = datetime(2026, 3, 1, tzinfo=UTC)
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


@pytest.fixture(scope="session")
def harm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An archive in which every text is meant to do harm; the second article has a title of 100 kB."""
    path = tmp_path_factory.mktemp("harm") / "archive.db"
    with Archive.open(path) as archive:
        for article in (
            harmful(0, HOSTILE, "量子"),
            harmful(1, "长" * 100_000 + HOSTILE, "=1+1"),
            harmful(0, HOSTILE + "改", "量子改"),
        ):
            article.page.fetched_at = datetime(2026, 3, 1 + archive.connection.total_changes % 7, tzinfo=UTC)
            article.page.snapshot_id = archive.snapshots.keep(article.page)
            archive.store(article, None, article.page.fetched_at)
    with served(path) as client:
        yield client
