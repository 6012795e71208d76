"""A wrong argument stops before any request: one clear line, exit status 2, no archive made."""

import pytest


@pytest.mark.parametrize(
    ("spider", "arguments", "told"),
    [
        ("category", {"since": "yesterdayish"}, "since=yesterdayish: not a date; write it as 2022-05-30"),
        ("category", {"site": "nowhere"}, "site=nowhere: no site 'nowhere': there are "),
        ("category", {"since": "2022-06-01", "until": "2022-05-01"}, "lies behind until=2022-05-01"),
        ("category", {"limit": "many"}, "limit=many: not a whole number above zero"),
        ("category", {"base_url": "ftp://x/"}, "base_url=ftp://x/: not the address of a site"),
        ("category", {"catgory": "emnews"}, "there is no argument 'catgory' - did you mean category?"),
        ("share", {"file": "/no/such/file"}, "file=/no/such/file: there is no such file"),
        ("share", {"codes": "NW202205302396671645", "file": "-"}, "codes= and file= exclude each other"),
        ("posts", {}, "path= is missing"),
        ("posts", {"path": "/no/such/folder"}, "path=/no/such/folder: there is no such folder or file"),
        ("nosuch", {}, "there is no spider 'nosuch' - there are category, posts, share"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(crawl, spider, arguments, told):
    done = crawl(spider, **arguments)
    assert done.status == 2
    assert done.log.count("\n") == 1
    assert told in done.log
    assert not done.db.exists()


def test_a_wrong_setting_of_ours_is_told_in_one_line(crawl, tmp_path):
    done = crawl("posts", settings={"NEWSARCHIVE_WINDOW": "wide"}, path=tmp_path)
    assert (done.status, done.log.count("\n")) == (2, 1)


def test_an_archive_that_cannot_be_opened_fails_with_one_line_of_explanation(crawl, tmp_path):
    (tmp_path / "x.md").write_text("---\n---\n", encoding="utf-8")
    crawl.db.write_text("this is no database, but a letter to the editor", encoding="utf-8")
    done = crawl("posts", path=tmp_path)
    assert done.status == 1
    assert "Traceback" not in done.log
    assert done.log.rstrip().splitlines()[-1].startswith(f"scrapy crawl: archive {crawl.db}: ")
