"""`newsarchive problems`: what went wrong, and what became of one URL."""

import json
from urllib.parse import urljoin

import pytest

from newsarchive.archive import Archive


@pytest.fixture
def failed(sample):
    """A URL of the sample that gave no article, with its problem."""
    with Archive.open(sample, readonly=True) as archive:
        query = "SELECT f.url, p.reason FROM frontier f JOIN problems p ON p.url = f.url WHERE f.state = 'rejected'"
        return archive.connection.execute(query).fetchone()


def test_problems_are_listed_newest_first_and_by_kind(run, failed):
    listed = [json.loads(line) for line in run("problems", "--json").lines]
    assert [one["last_at"] for one in listed] == sorted((one["last_at"] for one in listed), reverse=True)
    chosen = [json.loads(line) for line in run("problems", "--json", "--reason", failed[1]).lines]
    assert {one["reason"] for one in chosen} == {failed[1]}
    assert run("problems", "--limit", "1").lines[1:] == run("problems").lines[1:2]


def test_of_one_url_it_is_told_what_became_of_it(run, failed):
    url, reason = failed
    ran = run("problems", url, "--json")
    events = [json.loads(line) for line in ran.lines]
    assert ran.status == 0
    assert [event["event"] for event in events] == ["found", "page", "problem", "rejected"]
    assert {event["url"] for event in events} == {url}
    assert events[-1]["reason"] == reason
    assert events[0]["detail"].startswith("share of demo, on http://127.0.0.1")


def test_a_url_may_be_given_without_its_scheme(run, failed):
    url, _ = failed
    assert run("problems", url.partition("://")[2]).out == run("problems", url).out


def test_a_url_that_was_never_seen_is_status_1_and_told_so(run):
    ran = run("problems", "https://news.example/\x1b[31m")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("https://news.example/[31m was never seen: no listing that was read leads to it")


def test_an_article_that_is_stored_from_elsewhere_is_named(run, sample):
    with Archive.open(sample, readonly=True) as archive:
        query = "SELECT article_key, url FROM articles WHERE length(article_key) = 18"
        key, url = archive.connection.execute(query).fetchone()
    ran = run("problems", urljoin(url, f"/elsewhere/{key}.html"))
    assert ran.status == 1
    assert f"newsarchive show {key}" in ran.err
    assert key not in run("problems", f"https://foreign.example/{key}.html").err.replace(f"/{key}.html", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("http://[::1/",), "is not a readable URL"), (("https://news.example/", "--reason", "gone"), "leave it out")],
)
def test_what_makes_no_sense_is_told(run, arguments, words):
    ran = run("problems", *arguments)
    assert ran.status in (1, 2)
    assert words in ran.err
