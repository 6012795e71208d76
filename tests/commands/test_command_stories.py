"""`newsarchive stories rebuild`: the same stories as before, whatever had become of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from newsarchive.archive import Archive
from newsarchive.cli import cli
from tools.docs.sample import make_sample

if TYPE_CHECKING:
    from pathlib import Path

_STORIES = "SELECT article_key, story_id FROM articles ORDER BY 1"


def test_a_rebuild_gives_the_stories_that_the_crawl_gave(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    make_sample(path, articles=40, visits=(0,))
    with Archive.open(path) as archive:
        before = archive.connection.execute(_STORIES).fetchall()
        archive.connection.execute("UPDATE articles SET story_id = NULL")
    result = CliRunner().invoke(cli, ["--db", str(path), "stories", "rebuild"])
    assert result.exit_code == 0
    assert f"{len(before)} articles in " in result.output
    with Archive.open(path, readonly=True) as archive:
        assert archive.connection.execute(_STORIES).fetchall() == before
