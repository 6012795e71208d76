"""What an article lacks, what of it cannot be true, and which pages are no articles at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from newsarchive.models import Problem
from newsarchive.problems import REASONS
from newsarchive.urls import parse_info_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.models import Article

STAGE = "validate"

# What the reader says of pages that carry no article, the most telling first.
_NO_ARTICLE = (
    "empty-page", "error-page", "login-wall", "verification-page", "not-html", "too-complex", "not-json", "no-text",
    "not-an-article",
)  # fmt: skip
# A time that is read in a wrong zone lies up to fourteen hours ahead (the mirror shows some posts eight hours late),
# and clocks differ; beyond a day it is a mistake.
_AHEAD = timedelta(days=1)
# The day of the first public web page: what is dated before it was on no page.
_FIRST_DAY = date(1991, 8, 6)
# An article's number is given out when it is written: days between its date and the printed one that are no mistake.
_NUMBER_SLACK = timedelta(days=30)
_LISTED = "taken from the listing that led here"
# What needs not be told beside another reason.
_IMPLIED_BY = {"no-date": frozenset(("future-date", "implausible-date"))}
# The share service gives a text and, mostly, nothing else: that is no problem of the article.
_SILENT = {"share": frozenset(("no-title", "no-date"))}


def validate(article: Article) -> Article:
    """Add a problem for everything that is missing or implausible, in place, and return the article back.

    A date that cannot be true is taken out.
    """
    known = {problem.reason for problem in article.problems}
    silent = _SILENT.get(article.page.role, frozenset())
    for problem in _findings(article):
        told_by = {problem.reason} | _IMPLIED_BY.get(problem.reason, frozenset())
        if problem.reason not in silent and not told_by & known:
            article.problems.append(problem)
            known.add(problem.reason)
    return article


def rejection(article: Article) -> Problem | None:
    """Return why a page is not to be stored as an article; None for an article, also for one that lacks much."""
    problems = {problem.reason: problem for problem in article.problems}
    for reason in _NO_ARTICLE:
        if reason in problems:
            return problems[reason]
    has_time = article.published_at is not None and not _from_listing(article, "published_at")
    if not article.paragraphs and not article.digest and not has_time:
        return Problem(STAGE, "not-an-article", REASONS["not-an-article"])
    return None


def _findings(article: Article) -> Iterator[Problem]:
    if not article.title or _from_listing(article, "title"):
        yield Problem(STAGE, "no-title", _LISTED if article.title else "")
    if not article.paragraphs and not article.digest:
        yield Problem(STAGE, "no-body", "")
    if article.published_at is None or _from_listing(article, "published_at"):
        yield Problem(STAGE, "no-date", _LISTED if article.published_at else "")
    else:
        yield from _implausible(article, article.published_at)


def date_problem(published: datetime, fetched_at: datetime) -> Problem | None:
    """Return why no page that was fetched then (both aware) can have been published at that time; None if it can.

    The one judge of dates: readers that choose among several ask it, and so does `validate` of what was chosen.
    """
    if published - fetched_at > _AHEAD:
        return Problem(STAGE, "future-date", published.isoformat())
    if published.date() < _FIRST_DAY:
        return Problem(STAGE, "implausible-date", published.isoformat())
    return None


def _implausible(article: Article, published: datetime) -> Iterator[Problem]:
    if problem := date_problem(published, article.page.fetched_at):
        article.published_at = None
        yield problem
    elif (day := _day_of_number(article)) and abs(published.date() - day) > _NUMBER_SLACK:
        yield Problem(STAGE, "implausible-date", f"{published.date()}, but the article's number is of {day}")


def _from_listing(article: Article, field: str) -> bool:
    """Return whether the page itself was silent and the field is what the listing said."""
    return article.evidence.get(field) == "listing"


def _day_of_number(article: Article) -> date | None:
    code = parse_info_code(article.info_code or article.article_key)
    if code is None:
        return None
    try:
        return date(int(code.digits[:4]), int(code.digits[4:6]), int(code.digits[6:8]))
    except ValueError:
        return None
