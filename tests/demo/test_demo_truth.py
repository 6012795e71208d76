"""Reading finds on every page of the sample site what its writer put there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.pages import page

from newsarchive.demo import (
    DemoSite,
    Expected,
    merged,
    truth,
)
from newsarchive.extract import read
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from newsarchive.models import Article, Role

SITE = DemoSite()
RULES = load_site("demo")
FETCHED = datetime(2026, 3, 6, tzinfo=UTC)
ROLES: tuple[Role, ...] = ("post", "file", "share", "original")
FILES = dict(SITE.post_files())
FIELDS = (
    "article_key", "info_code", "title", "published_at", "precision", "digest", "attribution", "source",
    "original_title", "share_url", "original_url",
)  # fmt: skip


def read_page(url: str, role: Role) -> Article:
    if role == "file":
        return read(page(url, FILES[url], role=role, at=FETCHED), RULES)
    reply = SITE.reply(url)
    assert reply.status == 200
    return read(page(url, reply.body, role=role, at=FETCHED, content_type=reply.content_type), RULES)


@pytest.fixture(scope="module", params=ROLES)
def pairs(request: pytest.FixtureRequest) -> list[tuple[Expected, Article]]:
    return [(expected, read_page(expected.url, expected.role)) for expected in truth(SITE, [request.param])]


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_read_from_every_page(pairs: list[tuple[Expected, Article]], field: str) -> None:
    for expected, article in pairs:
        assert (getattr(article, field) or None) == getattr(expected, field), (expected.shape, expected.url)


def test_the_kind_of_a_post_is_read_from_its_address(pairs: list[tuple[Expected, Article]]) -> None:
    for expected, article in pairs:
        if expected.role in ("post", "file"):
            assert article.kind == expected.kind


def test_paragraphs_are_read_in_order_and_with_their_kinds(pairs: list[tuple[Expected, Article]]) -> None:
    for expected, article in pairs:
        wanted = list(expected.paragraphs)
        if expected.role == "share":  # its running text has no elements that could tell a caption or a heading
            assert [p.text for p in article.paragraphs] == [p.text for p in wanted], (expected.shape, expected.url)
        else:
            assert article.paragraphs == wanted, (expected.shape, expected.url)


def test_people_and_securities_are_read(pairs: list[tuple[Expected, Article]]) -> None:
    for expected, article in pairs:
        assert tuple(article.bylines) == expected.bylines, (expected.shape, expected.url)
        codes = {f"{mention.market}.{mention.code}" for mention in article.mentions}
        assert codes == expected.securities, (expected.shape, expected.url)


def test_pictures_are_read(pairs: list[tuple[Expected, Article]]) -> None:
    for expected, article in pairs:
        pictures = [image.url.removeprefix(SITE.base_url) for image in article.images if "/img/D" in image.url]
        assert tuple(pictures) == expected.images, (expected.shape, expected.url)


def test_the_category_of_a_post_is_read(pairs: list[tuple[Expected, Article]]) -> None:
    for expected, article in pairs:
        if expected.category is None:
            continue
        assert article.category is not None, expected.url
        found = (article.category.slug, article.category.name)
        assert found == (expected.category.slug, expected.category.name), expected.url


def test_what_is_missing_or_wrong_is_a_problem_and_nothing_else_is(pairs: list[tuple[Expected, Article]]) -> None:
    for expected, article in pairs:
        assert {problem.reason for problem in article.problems} == expected.problems, (expected.shape, expected.url)


def test_pages_of_one_article_make_one_record() -> None:
    records = merged(truth(SITE))
    assert len(records) == 162  # 160 articles and two messages of the site
    for record in records.values():
        assert record.title
        assert record.published_at is not None
        assert record.paragraphs or record.shape == "no-body"
        assert record.source or record.shape == "site-note"
    both = next(record for record in records.values() if record.share_url and record.original_url)
    assert both.precision == "second"
    assert any(record.securities for record in records.values())
