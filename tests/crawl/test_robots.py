"""Robots.txt: asked for once a host, obeyed by all requests, and never taken for permission when it did not come."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from pydispatch.dispatcher import getAllReceivers, liveReceivers
from scrapy import Request, Spider, signals
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import TextResponse
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.test import get_crawler

from newsarchive.crawl.failures import HostPaused, RobotsUnavailable
from newsarchive.crawl.http.robots import Robots

RULES = b"User-agent: *\nDisallow: /private/\nCrawl-delay: 7\n"
PUBLIC, PRIVATE = "http://a.example/news/1", "http://a.example/private/1"


class Engine:
    """The downloader's end: answers by host, after a turn of the loop, and remembers what it was asked."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    async def download_async(self, request):
        self.asked.append(request)
        await asyncio.sleep(0.01)
        answer = self.answers[request.url.split("/")[2].split(".")[0]]
        if isinstance(answer, Exception):
            raise answer
        return TextResponse(request.url, status=answer[0], body=answer[1])


def robots_of(**answers):
    crawler = get_crawler(Spider, {"ROBOTSTXT_OBEY": True, "USER_AGENT": "newsarchive"})
    crawler.engine = Engine(**answers)
    return Robots.from_crawler(crawler)


def process(robots, *urls):
    """Return for each URL, all asked at once, what its request met: None where it may go on."""

    async def together():
        requests = [robots.process_request(Request(url)) for url in urls]
        return await asyncio.gather(*requests, return_exceptions=True)

    return asyncio.run(together())


def told(error):
    return type(error), str(error)


def test_all_requests_of_a_host_wait_for_one_robots_txt_and_hear_what_it_says():
    robots = robots_of(a=(200, RULES))
    allowed, forbidden, also_forbidden = process(robots, PUBLIC, PRIVATE, PRIVATE + "?page=2")
    assert allowed is None
    assert told(forbidden) == told(also_forbidden) == (IgnoreRequest, "Forbidden by robots.txt")
    (asked,) = robots.crawler.engine.asked
    assert asked.url == "http://a.example/robots.txt"
    assert asked.priority == Robots.DOWNLOAD_PRIORITY > 0
    assert asked.meta["dont_obey_robotstxt"]
    assert asked.headers == {b"Accept-Encoding": [b"identity"]}
    assert asked.callback is NO_CALLBACK


def test_each_host_and_port_has_its_own_rules():
    robots = robots_of(a=(200, RULES), b=(200, b""))
    met = process(robots, PRIVATE, "http://b.example/private/1", "http://a.example:8080/private/1")
    assert [error and str(error) for error in met] == ["Forbidden by robots.txt", None, "Forbidden by robots.txt"]
    assert sorted(request.url for request in robots.crawler.engine.asked) == [
        "http://a.example/robots.txt",
        "http://a.example:8080/robots.txt",
        "http://b.example/robots.txt",
    ]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 428, 430, 499])
def test_a_host_that_says_it_has_no_robots_txt_has_no_rules(status):
    assert process(robots_of(a=(status, b"")), PUBLIC) == [None]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_a_host_that_cannot_say_now_is_asked_for_nothing(status):
    robots = robots_of(a=(status, b"User-agent: *\nAllow: /\n"))
    first, second = process(robots, PUBLIC, PRIVATE)
    expected = (RobotsUnavailable, f"robots.txt could not be read (status {status}), so nothing is asked for now")
    assert told(first) == told(second) == expected
    assert len(robots.crawler.engine.asked) == 1


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (DownloadTimeoutError("took longer than 30 seconds"), "took longer than 30 seconds"),
        (OSError("no route"), "no route"),
        (OSError(), "OSError"),
    ],
)
def test_a_host_that_does_not_answer_is_asked_for_nothing_and_that_is_logged(error, why, caplog):
    with caplog.at_level(logging.WARNING):
        (met,) = process(robots_of(a=error), PUBLIC)
    assert told(met) == (RobotsUnavailable, f"robots.txt could not be read ({why}), so nothing is asked for now")
    assert met.__cause__ is error
    assert [(entry.levelname, entry.getMessage()) for entry in caplog.records if "robots" in entry.name] == [
        ("WARNING", f"http://a.example/robots.txt could not be read: {error}")
    ]


def test_a_host_that_rests_is_asked_for_nothing_although_a_refusal_would_mean_no_rules():
    rests = HostPaused("a.example", datetime(2026, 3, 5, 1, 0, tzinfo=UTC))
    (met,) = process(robots_of(a=rests), PUBLIC)
    assert told(met) == (RobotsUnavailable, f"robots.txt could not be read ({rests}), so nothing is asked for now")
    assert met.__cause__ is rests


def test_a_robots_txt_that_leads_to_where_nothing_is_asked_for_is_taken_for_none(caplog):
    assert process(robots_of(a=IgnoreRequest("another host")), PUBLIC) == [None]
    assert caplog.records == []


def test_a_request_that_is_given_up_takes_no_rules_from_the_others():
    robots = robots_of(a=(200, RULES))

    async def give_up_the_first():
        first = asyncio.ensure_future(robots.process_request(Request(PUBLIC)))
        second = asyncio.ensure_future(robots.process_request(Request(PRIVATE)))
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.gather(first, second, return_exceptions=True)

    gave_up, forbidden = asyncio.run(give_up_the_first())
    assert isinstance(gave_up, asyncio.CancelledError)
    assert told(forbidden) == (IgnoreRequest, "Forbidden by robots.txt")


def test_what_is_to_ignore_robots_txt_asks_for_none():
    robots = robots_of()
    asyncio.run(robots.process_request(Request(PRIVATE, meta={"dont_obey_robotstxt": True})))
    assert robots.crawler.engine.asked == []


def test_the_rules_are_told_to_whoever_listens_with_the_request_that_asked_for_them():
    robots = robots_of(a=(200, RULES))
    heard = []

    def listen(robotparser, request):
        heard.append((robotparser.crawl_delay("newsarchive"), request.url))

    robots.crawler.signals.connect(listen, signals.robots_parsed)
    process(robots, PUBLIC, PRIVATE)
    assert heard == [(7, PUBLIC)]


MOST = 500 * 1024


def rules_that_end_at(end, last):
    """Return a robots.txt of so many bytes whose last bytes are those of a rule."""
    start = b"User-agent: *\n"
    comment = b"#" * (end - len(start) - len(last) - 1) + b"\n"
    return start + comment + last


@pytest.mark.parametrize(
    ("body", "is_forbidden"),
    [
        (rules_that_end_at(MOST, b"Disallow: /private/"), True),
        (rules_that_end_at(MOST, b"Disallow: /private/\n") + b"x", True),
        (rules_that_end_at(MOST + 1, b"Disallow: /private/\n") + b"x", False),
        (rules_that_end_at(MOST + 1, b"Disallow: /private/"), False),
        # Read as far as the limit, this one would forbid everything that begins with /private/.
        (rules_that_end_at(MOST + 7, b"Disallow: /private/secret/\n"), False),
        (rules_that_end_at(MOST - 9, b"Disallow: /private/\n") + b"Allow: /private/\n", True),
    ],
)
def test_whole_lines_of_the_first_bytes_of_a_long_robots_txt_are_obeyed(body, is_forbidden):
    (met,) = process(robots_of(a=(200, body)), PRIVATE)
    assert (met is not None) == is_forbidden


def test_no_more_of_a_robots_txt_is_read_than_is_obeyed():
    robots = robots_of(a=(200, RULES))
    process(robots, PUBLIC)
    (asked,) = robots.crawler.engine.asked
    assert asked.meta["download_maxsize"] == 0  # no limit of Scrapy's, which would take it for one that did not come

    listening = liveReceivers(getAllReceivers(robots.crawler, signals.bytes_received))
    assert robots.stop_reading in listening
    robots.stop_reading(b"x" * (MOST - 1), asked)
    robots.stop_reading(b"x", asked)
    with pytest.raises(StopDownload) as stopped:
        robots.stop_reading(b"x", asked)
    assert stopped.value.fail is False
    robots.stop_reading(b"x" * (MOST + 1), Request(PUBLIC))


def test_without_robotstxt_obey_there_is_no_such_middleware():
    with pytest.raises(NotConfigured):
        Robots.from_crawler(get_crawler(Spider, {"ROBOTSTXT_OBEY": False}))
