"""A wrong argument stops before any request: one clear line, exit status 2, no archive made."""

import pytest

from newsarchive.errors import UserError
from spiders.category import CategorySpider
from spiders.posts import PostsSpider
from spiders.share import ShareSpider


@pytest.mark.parametrize(
    ("spider", "given", "told"),
    [
        (CategorySpider, {"site": "nowhere"}, "site=nowhere: no site 'nowhere': there are "),
        (CategorySpider, {"since": "2022-06-01", "until": "2022-05-01"}, "lies behind until=2022-05-01"),
        (CategorySpider, {"limit": "many"}, "limit=many: not a whole number above zero"),
        (CategorySpider, {"base_url": "ftp://x/"}, "base_url=ftp://x/: not the address of a site"),
        (CategorySpider, {"catgory": "emnews"}, "there is no argument 'catgory' - did you mean category?"),
        (ShareSpider, {"file": "/no/such/file"}, "file=/no/such/file: there is no such file"),
        (ShareSpider, {"codes": "NW202205302396671645", "file": "-"}, "codes= and file= exclude each other"),
        (PostsSpider, {}, "path= is missing"),
    ],
)
def test_a_wrong_argument_is_told_with_its_value_and_what_to_do(spider, given, told):
    with pytest.raises(UserError) as caught:
        spider.check(given)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("spider", "arguments", "settings", "told"),
    [
        ("category", {"since": "yesterdayish"}, {}, "since=yesterdayish: not a date; write it as 2022-05-30"),
        ("posts", {"path": "/no/such/folder"}, {}, "path=/no/such/folder: there is no such folder or file"),
        ("nosuch", {}, {}, "there is no spider 'nosuch' - there are category, feed, "),
        ("share", {}, {"NEWSARCHIVE_WINDOW": "wide"}, "NEWSARCHIVE_WINDOW=wide is not a whole number above zero"),
    ],
)
def test_the_command_ends_with_one_line_and_status_2(first_crawl, spider, arguments, settings, told):
    done = first_crawl(spider, settings=settings, **arguments)
    assert done.status == 2
    assert done.log.count("\n") == 1
    assert told in done.log
    assert not done.db.exists()


def test_an_archive_that_cannot_be_opened_ends_with_status_1_and_no_traceback(crawl, tmp_path):
    (tmp_path / "x.md").write_text("---\n---\n", encoding="utf-8")
    crawl.db.write_text("this is no database, but a letter to the editor", encoding="utf-8")
    done = crawl("posts", path=tmp_path)
    assert done.status == 1
    assert "Traceback" not in done.log
    assert done.log.rstrip().splitlines()[-1].startswith(f"scrapy crawl: archive {crawl.db}: ")
