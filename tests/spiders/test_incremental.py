"""What is asked for again, and what is not: listings by their validators, young articles for changes."""

import pytest
from support.servers import Answer
from support.small_site import RECHECK_AT_ONCE, small_site

NEVER = "[recheck]\ndays = 0"
OFTEN = {"NEWSARCHIVE_SWEEP_HOURS": 1000}


@pytest.fixture
def site():
    with small_site() as server:
        server.article(1, "今天上午，江湾港的吞吐量比昨天增加了一成。")
        server.article(2, "下午两点，市场成交额突破了去年同期的水平。")
        server.listing(1, 2)
        yield server


def crawl_it(crawl, site, folder, recheck=NEVER, **more):
    done = crawl("category", site="small", environment=site.describe(folder, more=recheck), settings=OFTEN, **more)
    assert done.status == 0, done.log
    return done


def texts(done):
    return done.column("SELECT body FROM revisions ORDER BY article_id, revision")


def test_a_listing_without_validators_is_known_by_its_bytes(crawl, site, tmp_path):
    site.validates = False
    crawl_it(crawl, site, tmp_path / "sites")
    site.new_requests()
    done = crawl_it(crawl, site, tmp_path / "sites")
    assert site.new_requests() == [("/", 200)]
    assert '"listings/unchanged": 1' in done.column("SELECT counts FROM runs ORDER BY id DESC LIMIT 1")[0]


def test_a_changed_listing_leads_to_what_is_new_alone(crawl, site, tmp_path):
    crawl_it(crawl, site, tmp_path / "sites")
    site.new_requests()
    site.article(3, "夜里十一点，最后一班渡轮靠岸。")
    site.listing(3, 1, 2)
    crawl_it(crawl, site, tmp_path / "sites")
    assert site.new_requests() == [("/", 200), ("/news/3.html", 200)]


def test_a_change_of_the_listing_rules_reads_every_listing_again(crawl, site, tmp_path):
    crawl_it(crawl, site, tmp_path / "sites")
    site.new_requests()
    environment = site.describe(tmp_path / "sites", more=NEVER)
    path = tmp_path / "sites" / "small.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('next = "a.next"', 'next = "a.further"'), encoding="utf-8")
    assert crawl("category", site="small", environment=environment, settings=OFTEN).status == 0
    assert site.new_requests() == [("/", 200)]


def test_a_run_for_some_days_does_not_keep_the_next_from_reading_the_rest(crawl, site, tmp_path):
    crawl_it(crawl, site, tmp_path / "sites", since="2030-01-01", limit="1")
    done = crawl_it(crawl, site, tmp_path / "sites")
    assert done.column("SELECT count(*) FROM articles") == [2]


def test_a_text_that_changes_five_times_has_five_revisions(crawl, site, tmp_path):
    for number in range(1, 6):
        site.article(1, f"第{number}稿：江湾港的吞吐量比昨天增加了{number}成，港务部门作了说明。")
        done = crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
        crawl.let_time_pass()
    found = [text for text in texts(done) if "稿" in text]
    assert [text[1] for text in found] == ["1", "2", "3", "4", "5"]
    assert done.column("SELECT substr(body, 1, 4) FROM articles WHERE url LIKE '%/1.html'") == ["第5稿："]
    assert done.column("SELECT revision FROM articles ORDER BY url") == [5, 1]


def test_an_article_without_changes_is_asked_for_by_its_validators_and_not_stored_again(crawl, site, tmp_path):
    crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
    crawl.let_time_pass()
    site.new_requests()
    done = crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
    assert set(site.new_requests()) == {("/", 304), ("/news/1.html", 304), ("/news/2.html", 304)}
    assert done.column("SELECT count(*) FROM snapshots") == [2]
    assert done.column("SELECT count(*) FROM readings") == [2]


def test_an_article_that_stays_gone_is_kept_and_marked(crawl, site, tmp_path):
    crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
    crawl.let_time_pass()
    del site.pages["/news/1.html"]
    for _ in range(3):
        done = crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
        crawl.let_time_pass()
    assert done.rows("SELECT gone_at IS NOT NULL, http_status FROM copies ORDER BY url") == [(1, 404), (0, 200)]
    assert done.column("SELECT count(*) FROM articles WHERE body <> ''") == [2]
    assert done.state("/news/1.html") == {"gone"}
    assert done.reasons("/news/1.html") == set()
    site.new_requests()
    crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
    assert ("/news/1.html", 404) not in site.new_requests()


def test_a_failure_while_looking_again_takes_nothing_away(crawl, site, tmp_path):
    crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
    crawl.let_time_pass()
    site.pages["/news/1.html"] = b""
    done = crawl_it(crawl, site, tmp_path / "sites", RECHECK_AT_ONCE)
    assert done.state("/news/") == {"done"}
    assert done.reasons("/news/1.html") == {"empty-page"}


def test_later_pages_are_followed_while_they_list_something_new(crawl, site, tmp_path):
    for number in (3, 4):
        site.article(number, f"第{number}段消息说的是码头上的新设备，工人们正在安装。")
    site.listing(1, 2, following="/2")
    site.listing(3, path="/2", following="/3")
    site.listing(4, path="/3")
    crawl_it(crawl, site, tmp_path / "sites")
    site.new_requests()
    site.article(5, "清晨五点，鱼市开门，价格与上周持平。")
    site.listing(5, 1, following="/2")
    site.listing(2, 3, path="/2", following="/3")
    crawl_it(crawl, site, tmp_path / "sites")
    assert sorted(site.new_requests()) == [("/", 200), ("/2", 200), ("/news/5.html", 200)]


WRONG_AT_FIRST = {
    403: Answer(b"<html>Forbidden</html>", 403),
    404: Answer(b"<html>Not yet</html>", 404),
    410: Answer(b"<html>Gone</html>", 410),
    501: Answer(b"<html>Not implemented</html>", 501),
    "empty": Answer(b""),
    "foreign": Answer(b"", 302, {"Location": "https://elsewhere.example/consent"}),
}


@pytest.mark.parametrize("answer", WRONG_AT_FIRST.values(), ids=map(str, WRONG_AT_FIRST))
def test_a_page_that_answers_wrongly_once_is_not_lost(crawl, site, tmp_path, answer):
    site.answers["/news/1.html"] = answer
    first = crawl_it(crawl, site, tmp_path / "sites")
    assert first.rows("SELECT state, attempts FROM frontier WHERE url LIKE '%/1.html'") == [("pending", 1)]
    del site.answers["/news/1.html"]
    crawl.let_time_pass()
    assert crawl_it(crawl, site, tmp_path / "sites").state("/news/") == {"done"}


def test_a_page_that_was_given_up_comes_in_when_a_listing_names_it_days_later(crawl, site, tmp_path):
    site.answers["/news/1.html"] = Answer(b"<html>Forbidden</html>", 403)
    environment = site.describe(tmp_path / "sites", more=NEVER)
    once = OFTEN | {"NEWSARCHIVE_ATTEMPTS": 1}
    first = crawl("category", site="small", environment=environment, settings=once)
    assert first.state("/news/1.html") == {"failed"}
    del site.answers["/news/1.html"]
    crawl.let_time_pass()
    assert crawl("category", site="small", environment=environment, settings=once).state("/1.html") == {"failed"}
    site.article(3, "夜里十一点，最后一班渡轮靠岸。")
    site.listing(3, 1, 2)
    assert crawl("category", site="small", environment=environment, settings=once).state("/news/") == {"done"}
