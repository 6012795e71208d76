"""The `posts` spider: files to articles, without a single request."""

import pytest

from newsarchive.demo import DemoSite
from newsarchive.errors import UserError
from spiders.posts import POST_FILES


@pytest.fixture
def folder(tmp_path):
    DemoSite(articles=30).export_posts(tmp_path / "posts")
    return tmp_path / "posts"


def test_every_file_is_stored_and_reading_them_again_changes_nothing(crawl, folder):
    done = crawl("posts", site="demo", path=folder)
    assert done.status == 0, done.log
    names = {f"file:{path.name}" for path in folder.iterdir()}
    assert set(done.column("SELECT url FROM copies")) == names
    before = done.rows("SELECT article_key, body, revision FROM articles ORDER BY 1")
    done = crawl("posts", site="demo", path=folder)
    assert "articles: 0 new, 0 changed" in done.log
    assert done.rows("SELECT article_key, body, revision FROM articles ORDER BY 1") == before
    assert done.column("SELECT count(*) FROM frontier") == [0]


def test_bad_files_get_their_reason_and_the_rest_is_read(crawl, tmp_path):
    text = "---\ntitle: 港口今晨开放\ndate: 2026-03-05 08:00:00\ncategories: jiangwan\n---\n船只陆续离港。\n"
    (tmp_path / "2026-03-05-NW202603050000000001.md").write_text(text, encoding="utf-8")
    (tmp_path / "2026-03-05-NW202603050000000002.md").write_bytes(b"")
    (tmp_path / "2026-03-05-NW202603050000000003.md").write_bytes(b"x" * 2_000)
    done = crawl("posts", site="demo", path=tmp_path, settings={"DOWNLOAD_MAXSIZE": 1_000})
    assert done.status == 0, done.log
    assert done.column("SELECT article_key FROM articles") == ["202603050000000001"]
    assert done.reasons("000000002.md") == {"empty-page"}
    assert done.reasons("000000003.md") == {"too-large"}


def make(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")


def names(text):
    return [path.name for path in POST_FILES(str(text))]


def test_a_folder_is_read_with_its_sub_folders_but_not_the_hidden_ones(tmp_path):
    make(tmp_path, "b.md", "2022/a.markdown", ".git/c.md", "d.txt", "2022/.trash/e.md")
    assert names(tmp_path) == ["a.markdown", "b.md"]


def test_a_folder_inside_a_hidden_one_is_read(tmp_path):
    make(tmp_path, ".cache/site/a.md")
    assert names(tmp_path / ".cache" / "site") == ["a.md"]


def test_of_a_checkout_only_the_posts_are_read(tmp_path):
    make(tmp_path, "README.md", "_posts/2022-05-30-a.md", "old_post/2022-05-01-b.md", "docs/c.md")
    assert names(tmp_path) == ["2022-05-01-b.md", "2022-05-30-a.md"]


def test_a_glob_and_a_single_file_are_read(tmp_path):
    make(tmp_path, "2022-05-30-a.md", "2022-05-31-b.md", "2022-06-01-c.md")
    assert names(tmp_path / "2022-05-*.md") == ["2022-05-30-a.md", "2022-05-31-b.md"]
    assert names(tmp_path / "2022-06-01-c.md") == ["2022-06-01-c.md"]


@pytest.mark.parametrize("text", ["missing", "empty", "*.md"])
def test_a_path_without_posts_is_refused(tmp_path, text):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError):
        POST_FILES(str(tmp_path / text))
