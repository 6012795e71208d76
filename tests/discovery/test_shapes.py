"""Addresses of one kind have one shape, and a pattern that is written of it fits them and no others."""

import re
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.discovery.shapes import (
    Shapes,
    commonest,
    family_of,
    is_variable,
    pattern_of,
    plain_shape,
    without_names,
)

HOST = "https://news.chaosheng.example"


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/", "/"),
        ("/news/", "/news/"),
        ("/news/2026/03/1001.html", "/news/{n}/{n}/{n}.html"),
        ("/c/2026-03-04/17.html", "/c/{n}-{n}-{n}/{n}.html"),
        ("/t20260304_1001.shtml", "/t{n}_{n}.shtml"),
        ("/old-harbour-opens-again/", "/{s}/"),
        ("/%E6%B8%94%E6%B8%AF/", "/{s}/"),
        ("/0a1b2c3d4e5f/", "/{h}/"),
        ("/show.php?id=17&utm_source=mail", "/show.php?id={n}"),
        ("/issue3/harbour/", "/issue{n}/harbour/"),
        ("/list_4_12.html", "/list_{n}_{n}.html"),
    ],
)
def test_a_shape_has_a_placeholder_for_what_shows_by_itself_that_it_varies(path, shape):
    assert plain_shape(HOST + path) == shape


def test_a_word_with_many_brothers_is_a_placeholder_and_one_of_a_few_is_not():
    few = [f"{HOST}/part/{word}/" for word in ("sea", "town", "hill")]
    many = [f"{HOST}/tag/{chr(97 + number)}x/" for number in range(8)]
    shapes = Shapes([*few, *many])
    assert shapes.of(few[0]) == "/part/sea/"
    assert {shapes.of(url) for url in many} == {"/tag/{w}/"}


def test_sections_are_one_family_and_a_page_by_itself_is_none():
    assert family_of("/sea/{n}/{n}.html") == family_of("/town/{n}/{n}.html") == "/{d}/{n}/{n}.html"
    assert family_of("/sea/ferries/") == "/sea/ferries/"
    assert not is_variable("/sea/ferries/")


def _fits(pattern, url):
    parts = urlsplit(url)
    return re.search(pattern, unquote(parts.path) + (f"?{parts.query}" if parts.query else "")) is not None


def test_a_pattern_names_the_folders_that_were_seen_or_takes_any():
    urls = [f"{HOST}/sea/2026/17.html", f"{HOST}/town/2025/3.html"]
    shapes = {plain_shape(url) for url in urls}
    named = pattern_of("/{d}/{n}/{n}.html", shapes, urls, any_folder=False)
    general = pattern_of("/{d}/{n}/{n}.html", shapes, urls, any_folder=True)
    assert named == r"^/(?:sea|town)/\d{4}/\d+\.html$"
    assert not _fits(named, f"{HOST}/hill/2026/1.html")
    assert _fits(general, f"{HOST}/hill/2026/1.html")
    assert not _fits(general, f"{HOST}/hill/26/1.html"), "where all have a year, one is asked for"
    assert not _fits(general, f"{HOST}/print/hill/2026/1.html")


def test_a_pattern_of_articles_that_differ_in_the_query_fits_the_query():
    urls = [f"{HOST}/show.php?id={number}&mod=view" for number in (7, 12)]
    pattern = pattern_of(plain_shape(urls[0]), {plain_shape(urls[0])}, urls, any_folder=True)
    assert all(_fits(pattern, url) for url in urls)
    assert not _fits(pattern, f"{HOST}/show.php?id=7&mod=edit")
    assert not _fits(pattern, f"{HOST}/show.php?id=7&mod=view&reply=1")


_PARTS = st.lists(
    st.text(st.characters(exclude_characters="/?#{}", exclude_categories=("Cs", "Cc")), min_size=1), max_size=4
)


@given(_PARTS, st.sampled_from(["", "/", ".html", "/index.html"]))
def test_a_pattern_of_one_address_fits_it_whatever_it_is_made_of(parts, ending):
    url = f"{HOST}/" + "/".join(quote(part, safe="") for part in parts) + ending
    shape = plain_shape(url)
    for any_folder in (True, False):
        assert re.compile(pattern_of(family_of(shape), {shape}, [url], any_folder=any_folder))


def test_the_commonest_shapes_are_told_with_their_number():
    urls = [*(f"{HOST}/a/{number}.html" for number in range(5)), f"{HOST}/about/", f"{HOST}/a/3.html"]
    assert commonest(urls) == [("/a/{n}.html", 5), ("/about/", 1)]


def test_a_name_that_stands_for_no_article_can_be_left_out_of_a_pattern():
    pattern = re.compile(without_names(r"^/issue\d+/[^/?]+/$", ["crossword", "quiz"]))
    assert pattern.search("/issue3/quizzical-birds/")
    assert not pattern.search("/issue3/quiz/")
    assert without_names(r"^/news/\d+\.html$", ["quiz"]) == r"^/news/\d+\.html$"
