"""A page becomes an article in one order of steps, the same in a crawl and outside of one."""

from __future__ import annotations

from support import known_pages as pages
from support.known_pages import CREDIT, MEDIA_URL, SITE, known_page, post_html, reasons

from newsarchive import settings
from newsarchive.extract import process, read, rejection
from newsarchive.extract.steps import AFTER_READING


def test_what_was_read_is_normalized_and_then_judged() -> None:
    text = '<p>第一段。</p><center><img src="//img.example/船 图.png"></center>'
    html = post_html(pages.section(text, CREDIT, when="<small>2021-05-30 10:00:00</small>"))
    article = process(known_page(MEDIA_URL, html), SITE)
    assert [image.url for image in article.images] == ["https://img.example/%E8%88%B9%20%E5%9B%BE.png"]
    assert reasons(article) == ["implausible-date"]
    assert rejection(article) is None
    assert reasons(read(known_page(MEDIA_URL, html), SITE)) == []


def test_a_page_without_an_article_is_processed_too() -> None:
    article = process(known_page(MEDIA_URL, b""), SITE)
    problem = rejection(article)
    assert problem is not None
    assert problem.reason == "empty-page"


def test_a_crawl_takes_the_same_steps_in_the_same_order() -> None:
    in_order = sorted(settings.ITEM_PIPELINES, key=settings.ITEM_PIPELINES.__getitem__)
    names = [name.rpartition(".")[2].lower() for name in in_order]
    assert names == ["snapshot", "extract", *(step.__name__ for step in AFTER_READING), "store"]
