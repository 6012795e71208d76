"""How a server is asked: under one honest name, no faster than it wants, and not at all while it rests."""

import json
import sqlite3
import time

import pytest
from support.servers import Answer, server

CODES = [f"NW2026030500000000{number:02d}" for number in range(1, 6)]
# Nothing else is on its way when an answer asks for a pause.
ONE_BY_ONE = {"CONCURRENT_REQUESTS": 1}


def share_service(robots="", trouble=None):
    """Serve share texts; `trouble` answers for the first request of an address that holds its key."""
    trouble = dict(trouble or {})

    def answer(asked):
        for part in list(trouble):
            if part in asked.path:
                return trouble.pop(part)
        if asked.path.endswith("/robots.txt"):
            return Answer(robots.encode(), headers={"Content-Type": "text/plain"})
        body = json.dumps({"text": "<p>船只今晨陆续离港，码头恢复作业。</p>"}, ensure_ascii=False).encode()
        return Answer(body, headers={"Content-Type": "application/json"})

    return server(answer)


def share(crawl, running, codes=CODES, **more):
    return crawl("share", site="demo", base_url=running.base_url, codes=",".join(codes), **more)


def test_it_says_who_asks_and_reads_robots_txt_first(crawl):
    with share_service() as running:
        done = share(crawl, running, CODES[:1], settings={"NEWSARCHIVE_CONTACT": "https://archive.example.org/about"})
    assert done.status == 0, done.log
    paths = [asked.path for asked in running.asked]
    assert (paths[0], len(paths)) == ("/robots.txt", 2)
    agents = {asked.headers["User-Agent"] for asked in running.asked}
    assert len(agents) == 1
    assert agents.pop().endswith("(+https://archive.example.org/about)")


@pytest.mark.parametrize(
    "answer",
    [Answer(status=503), Answer(status=429), Answer(b"User-agent: *", headers={"Content-Length": "500"})],
    ids=["server-error", "too-many", "cut-off"],
)
def test_while_robots_txt_cannot_be_read_nothing_is_asked_for(crawl, answer):
    with share_service(trouble={"robots.txt": answer}) as running:
        done = share(crawl, running, settings={"RETRY_TIMES": 0, "DOWNLOAD_TIMEOUT": 2})
        assert [asked.path for asked in running.asked] == ["/robots.txt"]
        assert done.rows("SELECT DISTINCT state, reason FROM frontier") == [("pending", "unreachable")]
        assert "robots.txt could not be read" in done.column("SELECT detail FROM problems")[0]
        with sqlite3.connect(crawl.db) as archive:
            archive.execute("UPDATE frontier SET next_at = NULL")  # some minutes later
        again = share(crawl, running)
    # The origin's pages, looked for in the meantime, are none that this service has.
    assert again.column("SELECT DISTINCT state FROM frontier WHERE role = 'share'") == ["done"]


@pytest.mark.parametrize("status", [404, 403])
def test_a_site_without_robots_txt_has_no_rules(crawl, status):
    with share_service(trouble={"robots.txt": Answer(status=status)}) as running:
        done = share(crawl, running, CODES[:1])
    assert done.column("SELECT state FROM frontier") == ["done"]


def test_a_crawl_delay_is_kept_also_when_the_throttle_would_go_faster(crawl):
    with share_service(robots="User-agent: *\nCrawl-delay: 0.4\n") as running:
        done = share(crawl, running, settings={"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_START_DELAY": 0})
    assert done.status == 0, done.log
    assert len(running.asked) == 1 + len(CODES)
    # Five pauses; when a request is noted depends on the machine as well, and half of them is more than it ever takes.
    assert running.asked[-1].at - running.asked[0].at > 0.4 * len(CODES) / 2


def test_what_was_sent_late_is_not_followed_at_once_by_the_next_request(crawl):
    """The answer to robots.txt comes late, as it does when the process is busy when it should be asked for."""
    with share_service() as running:
        answer = running.answer
        running.answer = lambda asked: time.sleep(0.7 * (not running.asked[1:])) or answer(asked)
        done = share(crawl, running, CODES[:1], settings={"DOWNLOAD_DELAY": 0.8, "CONCURRENT_REQUESTS_PER_DOMAIN": 1})
    assert done.status == 0, done.log
    first, second = running.asked
    assert second.at - first.at > 0.7 + 0.8 / 2


def test_a_host_that_asks_for_a_pause_gets_it(crawl):
    trouble = {CODES[0]: Answer(status=429, headers={"Retry-After": "2"})}
    with share_service(trouble=trouble) as running:
        done = share(crawl, running, settings=ONE_BY_ONE)
    assert done.status == 0, done.log
    assert done.column("SELECT count(*) FROM articles") == [len(CODES)]
    paused = next(asked.at for asked in running.asked if CODES[0] in asked.path)
    assert not [asked.path for asked in running.asked if paused < asked.at < paused + 1.9]


def test_a_host_that_asks_for_a_long_pause_is_left_alone_until_then(crawl):
    trouble = {CODES[0]: Answer(status=503, headers={"Retry-After": "7200"})}
    with share_service(trouble=trouble) as running:
        done = share(crawl, running, settings=ONE_BY_ONE)
        asked = len(running.asked)
        again = share(crawl, running)
    assert done.status == 0, done.log
    assert asked == 2
    waits = "SELECT count(*) FROM frontier WHERE state = 'pending' AND julianday(next_at) - julianday(found_at) > 0.08"
    assert done.column(waits) == [len(CODES)]
    assert len(running.asked) == asked, again.log


def test_a_proxy_of_the_environment_is_used_and_real_names_are_not_looked_up(crawl):
    with share_service() as running:
        done = crawl(
            "share",
            codes=CODES[0],
            environment={"http_proxy": running.base_url},
            settings={"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False},
        )
    assert done.status == 0, done.log
    assert [asked.path.split("?")[0] for asked in running.asked] == [
        "http://finews.zning.xyz/robots.txt",
        "http://finews.zning.xyz/NewsData/GetNewsText.do",
    ]
