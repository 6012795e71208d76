"""What is missing or cannot be true is told; a page that is no article is not stored as one."""

from datetime import UTC, datetime, timedelta

import pytest
from support.articles import CHINA, PUBLISHED, article
from support.pages import page

from newsarchive.extract.validate import rejection, validate
from newsarchive.models import Problem

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


def fetched(role="post", **fields):
    return article(page(role=role, at=NOW), **fields)


def reasons(made):
    validate(made)
    return [problem.reason for problem in made.problems]


def test_a_whole_article_has_no_problems():
    made = fetched()
    assert reasons(made) == []
    assert rejection(made) is None


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": None}, "no-title"),
        ({"title": ""}, "no-title"),
        ({"paragraphs": []}, "no-body"),
        ({"published_at": None}, "no-date"),
    ],
)
def test_what_is_missing_is_told_and_the_article_is_kept(fields, reason):
    made = fetched(**fields)
    assert reasons(made) == [reason]
    assert rejection(made) is None


def test_a_problem_that_the_reader_told_is_not_told_twice():
    assert reasons(fetched(title=None, problems=[Problem("extract", "no-title")])) == ["no-title"]


def test_what_only_the_listing_told_is_missing_on_the_page():
    made = fetched(evidence={"title": "listing", "published_at": "listing"})
    assert reasons(made) == ["no-title", "no-date"]
    assert made.title is not None


def test_a_date_in_the_future_is_not_taken():
    made = fetched(published_at=datetime(2099, 1, 1, tzinfo=CHINA))
    assert reasons(made) == ["future-date"]
    assert made.published_at is None


def test_a_page_that_runs_eight_hours_ahead_keeps_its_date():
    made = fetched(published_at=NOW + timedelta(hours=8))
    assert reasons(made) == []
    assert made.published_at is not None


def test_a_date_before_the_web_is_not_taken():
    made = fetched(published_at=datetime(1970, 1, 1, tzinfo=CHINA))
    assert reasons(made) == ["implausible-date"]
    assert made.published_at is None


@pytest.mark.parametrize("fields", [{"info_code": "NW202401012345678901"}, {"key": "202401012345678901"}])
def test_a_date_that_contradicts_the_number_is_told_and_kept(fields):
    made = fetched(**fields)
    assert reasons(made) == ["implausible-date"]
    assert made.published_at == PUBLISHED


def test_the_share_service_is_not_blamed_for_what_it_never_gives():
    assert reasons(fetched(role="share", title=None, published_at=None)) == []


@pytest.mark.parametrize("reason", ["empty-page", "error-page", "login-wall", "not-an-article", "not-json", "no-text"])
def test_a_page_of_which_the_reader_says_so_is_no_article(reason):
    found = rejection(fetched(problems=[Problem("extract", "wrong-charset"), Problem("extract", reason, "why")]))
    assert found == Problem("extract", reason, "why")


def test_a_title_alone_is_no_article():
    found = rejection(fetched(paragraphs=[], published_at=None))
    assert found is not None
    assert found.reason == "not-an-article"
