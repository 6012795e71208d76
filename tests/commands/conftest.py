"""Archives that are really filled: a small sample, and one whose texts are meant to do harm."""

from datetime import UTC, datetime

import pytest
from support.running import HOSTILE, run_on

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


@pytest.fixture(scope="session")
def sample(made_once):
    """A small archive of four days of the sample site, with revisions."""
    return made_once("sample.db", lambda path: make_sample(path, articles=60, visits=(0, 24)))


@pytest.fixture
def run(sample):
    return lambda *arguments, **options: run_on(sample, *arguments, **options)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """An archive in which every text is meant to do harm."""
    path = tmp_path_factory.mktemp("hostile") / "archive.db"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with Archive.open(path) as archive:
        for number, title in enumerate((HOSTILE, "长" * 100_000 + HOSTILE)):
            page = Page(f"https://evil.example/{number}?{'x' * 50}", "post", "demo", b"", now)
            archive.store(
                Article(
                    page,
                    f"evil.example/{number}",
                    title=title,
                    digest=HOSTILE,
                    paragraphs=[Paragraph(HOSTILE), Paragraph("=1+1" + HOSTILE, "heading")],
                    published_at=now,
                    source="@SUM(A1)" + HOSTILE,
                    attribution=HOSTILE,
                    bylines=[Byline("author", HOSTILE)],
                    mentions=[Mention("1", "600160", "+" + HOSTILE, 1)],
                    images=[Image("javascript:alert(1)", HOSTILE, HOSTILE)],
                    category=Category("evil", HOSTILE, "javascript:alert(1)"),
                    extractor="test",
                ),
                None,
                now,
            )
    return path
