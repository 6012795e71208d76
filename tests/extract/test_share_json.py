"""Answers of the share service: HTML in one of two keys, and everything that can stand there instead."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.known_pages import CREDIT, DATA_URL, DIGITS, NOW, read_share_answer, reasons

from newsarchive.models import Byline

TEXT = "<p>第一段。</p><p>第二段。</p>" + CREDIT
TIME = datetime(2022, 5, 30, 22, 0, 29, tzinfo=timezone(timedelta(hours=8)))


def test_a_media_item_stands_in_text() -> None:
    article = read_share_answer({"text": TEXT})
    assert [p.text for p in article.paragraphs] == ["第一段。", "第二段。"]
    assert (article.source, article.kind) == ("海运日报", "media")
    assert (article.info_code, article.article_key) == (f"NW{DIGITS}", DIGITS)
    assert (article.title, article.published_at, article.share_url) == (None, None, None)
    assert article.problems == []


def test_a_flash_item_stands_in_content_and_has_no_code_of_its_own() -> None:
    article = read_share_answer({"content": TEXT})
    assert (article.kind, article.info_code, article.article_key) == ("flash", None, DIGITS)


@pytest.mark.parametrize("key", ["text", "Text", "TEXT"])
def test_keys_are_compared_without_regard_to_case(key: str) -> None:
    article = read_share_answer(
        {
            key: "<p>正文。</p>",
            "Title": "标题 一",
            "showTime": "2022-05-30 22:00:29",
            "MediaName": "海运周报",
            "Digest": "摘要：短。",
        }
    )
    assert (article.title, article.published_at, article.source) == ("标题 一", TIME, "海运周报")
    assert (article.attribution, article.digest, article.kind) == ("海运周报", "短。", "media")


def test_the_line_of_credit_goes_before_the_key() -> None:
    assert read_share_answer({"text": TEXT, "from": "别的报"}).source == "海运日报"


@pytest.mark.parametrize("when", ["2022年05月30日 22:00:29", "2022/05/30 22:00:29", 1653919229, 1653919229000])
def test_times_are_read_in_every_form(when: object) -> None:
    assert read_share_answer({"text": TEXT, "showtime": when}).published_at == TIME


@pytest.mark.parametrize(
    "text",
    [
        "第一段。<br><br>第二段。<br/><br/>",
        "　　第一段。　　第二段。",
        "　　第一段。<br />　　第二段。",
        "<p>　　第一段。</p>\r\n <p>第二段。</p>",
        "第一段。<p>第二段。",
    ],
)
def test_paragraph_marks_of_every_kind_are_read(text: str) -> None:
    assert [p.text for p in read_share_answer({"text": text}).paragraphs] == ["第一段。", "第二段。"]


def test_a_flash_item_may_name_its_source_in_brackets() -> None:
    article = read_share_answer({"content": "板块走高。（证券时报网）"})
    assert (article.source, article.paragraphs[-1].text) == ("证券时报网", "板块走高。（证券时报网）")


def test_people_are_named_once() -> None:
    article = read_share_answer({"text": "<p>正文说完。□唐爱红王靖瑗</p>" + CREDIT})
    assert article.bylines == [Byline("author", "唐爱红王靖瑗")]


@pytest.mark.parametrize(
    "answer",
    [{"text": None}, {"content": ""}, {}, {"text": "  "}, {"other": TEXT}, {"text": "<p>　</p>"}, {"text": ["a"]}],
)
def test_an_answer_without_text_says_so(answer: object) -> None:
    article = read_share_answer(answer)
    assert (article.paragraphs, reasons(article)) == ([], ["no-text"])


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>{}</body></html>",
        b"not json",
        b'{"text": "cut sho',
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe\x00{",
    ],
)
def test_what_is_no_json_says_so(body: bytes) -> None:
    assert reasons(read_share_answer(body)) == ["not-json"]


@pytest.mark.parametrize("wrapped", ["var ajaxResult={};", "callback({})", "\ufeff{}", ' {{"data": {}}} '])
def test_a_wrapped_object_is_read(wrapped: str) -> None:
    answer = '{"text":"<p>正文。</p>"}'
    body = wrapped.replace("{}", answer).replace("{{", "{").replace("}}}", "}}").encode()
    assert [p.text for p in read_share_answer(body).paragraphs] == ["正文。"]


def test_an_unknown_form_of_code_is_noted() -> None:
    article = read_share_answer({"text": None}, DATA_URL.replace(f"NW{DIGITS}", "XYZ12"))
    assert reasons(article) == ["bad-info-code", "no-text"]
    assert article.article_key == "finews.zning.xyz/NewsData/GetNewsText.do?id=XYZ12&cid=share"


def test_another_prefix_is_kept() -> None:
    assert read_share_answer({"text": TEXT}, DATA_URL.replace("NW2", "AN2")).info_code == f"AN{DIGITS}"


def test_gbk_answers_are_read() -> None:
    body = '{"text":"<p>海运价格连涨三周，港口吞吐量回升。</p>"}'.encode("gb18030")
    assert [p.text for p in read_share_answer(body).paragraphs] == ["海运价格连涨三周，港口吞吐量回升。"]


@given(
    st.dictionaries(
        st.sampled_from(["text", "Title", "showtime", "from", "x"]),
        st.none() | st.text() | st.integers() | st.lists(st.none()) | st.dictionaries(st.text(), st.none()),
    )
)
def test_no_object_raises(answer: dict[str, object]) -> None:
    article = read_share_answer(answer)
    assert article.page.fetched_at == NOW
    assert bool(article.paragraphs) != ("no-text" in reasons(article))


def test_halves_of_a_character_can_be_written() -> None:
    answer = {"text": "<p>第一段\ud83d。</p>", "title": "快\ud83d\ude00讯\ud83d"}
    article = read_share_answer(json.dumps(answer).encode())
    assert article.title == "快😀讯\ufffd"
    assert [p.text for p in article.paragraphs] == ["第一段\ufffd。"]
