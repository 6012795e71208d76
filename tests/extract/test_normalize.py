"""One spelling for each thing, and nothing of what was printed lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.articles import article

from newsarchive.extract.normalize import normalize
from newsarchive.models import Byline, Image, Mention, Paragraph
from pipelines.normalize import Normalize


@pytest.mark.parametrize("field", ["title", "original_title", "digest", "attribution", "source", "section"])
def test_a_printed_line_loses_blanks_and_what_prints_nothing(field):
    result = normalize(article(**{field: "\ufeff  港口\u3000\u200b今晨\n 开放 "}))
    assert getattr(result, field) == "港口 今晨 开放"
    assert result.evidence[f"printed:{field}"] == "\ufeff  港口\u3000\u200b今晨\n 开放 "


def test_words_width_and_marks_stay_as_printed():
    assert normalize(article(title="Ａ股：“三连阳”（附图）")).title == "Ａ股：“三连阳”（附图）"


def test_what_was_right_leaves_no_evidence():
    assert normalize(article(title="港口今晨开放", share_url="http://s.example.com/?infoCode=NW1")).evidence == {}


def test_an_empty_line_is_missing():
    assert normalize(article(title=" \u200b ", source="")).title is None


@pytest.mark.parametrize(
    ("url", "spelt"),
    [
        ("//news.example.com/category/a b.html", "https://news.example.com/category/a%20b.html"),
        (" HTTP://News.Example.com/A.html ", "http://news.example.com/A.html"),
        ("http://news.example.com/a.html?x=1&y=2", "http://news.example.com/a.html?x=1&y=2"),
        ("<>", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("/relative.html", None),
        ("http://[::1/", None),
        ("", None),
    ],
)
def test_an_address_is_complete_and_escaped_or_missing(url, spelt):
    assert normalize(article(original_url=url)).original_url == spelt


def test_names_are_joined_and_counted_once():
    bylines = [Byline("author", "张 三"), Byline("author", "张三"), Byline("editor", "张三"), Byline("author", "、")]
    names = [(b.role, b.name) for b in normalize(article(bylines=bylines)).bylines]
    assert names == [("author", "张三"), ("editor", "张三")]


def test_blanks_in_latin_names_stay():
    assert normalize(article(bylines=[Byline("author", "Jane  Doe")])).bylines[0].name == "Jane Doe"


def test_mentions_of_one_security_are_one_with_their_sum():
    mentions = [
        Mention("1", "600160"),
        Mention("1", " 600160", "巨化股份", 2),
        Mention("106", "nio", "蔚来"),
        Mention("0", ""),
    ]
    result = normalize(article(mentions=mentions)).mentions
    assert result == [Mention("1", "600160", "巨化股份", 3), Mention("106", "NIO", "蔚来", 1)]


def test_leading_zeros_of_a_code_stay():
    assert normalize(article(mentions=[Mention("116", "00700")])).mentions[0].code == "00700"


def test_pictures_without_a_usable_address_are_left_out_and_doubles_are_one():
    images = [
        Image("//img.example.com/1.png", alt=" "),
        Image("https://img.example.com/1.png"),
        Image("data:image/png,x"),
    ]
    assert normalize(article(images=images)).images == [Image("https://img.example.com/1.png")]


def test_media_on_the_way_are_named_once_in_their_order():
    assert normalize(article(via=["乙 ", "甲", "乙", " "])).via == ["乙", "甲"]


@given(st.text(), st.text(), st.text())
def test_normalizing_twice_is_normalizing_once(title, url, text):
    def made():
        return article(
            title=title,
            share_url=url,
            paragraphs=[Paragraph(text)],
            bylines=[Byline("author", title)],
            images=[Image(url)],
        )

    once = normalize(made())
    fields = (once.title, once.share_url, [b.name for b in once.bylines], [i.url for i in once.images], once.body)
    twice = normalize(once)
    assert fields == (
        twice.title,
        twice.share_url,
        [b.name for b in twice.bylines],
        [i.url for i in twice.images],
        twice.body,
    )


def test_the_pipeline_gives_the_article_on():
    made = article(title=" x ")
    assert Normalize().process_item(made) is made
    assert made.title == "x"
