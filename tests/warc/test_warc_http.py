"""HTTP answers inside WARC records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.warc.http_answer import Answer, AnswerDamagedError, join_chunks, media_type, read_answer


def test_status_headers_and_body_are_read() -> None:
    answer = read_answer(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a\r\nset-cookie: b\r\nX-Long: one\r\n two\r\n"
        b"X-Name: \xe6\xb1\x9f\xe6\xb9\xbe\r\nX-Odd: \xff\r\nnonsense\r\n\r\n<p>\r\n\r\n</p>"
    )
    assert answer.status == 200
    assert answer.headers == {
        "content-type": "text/html",
        "set-cookie": "a, b",
        "x-long": "one two",
        "x-name": "江湾",
        "x-odd": "ÿ",
    }
    assert answer.body == b"<p>\r\n\r\n</p>"


def test_old_and_careless_forms_are_read() -> None:
    assert read_answer(b"HTTP/1.0 404\n\nx").status == 404
    assert read_answer(b"HTTP/2 200\r\nA: b\r\n\r\n").status == 200
    assert read_answer(b"HTTP/1.1 204 No Content").body == b""


def test_lines_before_the_status_and_answers_that_announce_another_are_passed_over() -> None:
    real = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n<p>"
    for odd in (
        b"\r\n",
        b"X-Cache: hit\r\nconnected\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
        b" ",
    ):
        assert read_answer(odd + real) == Answer(200, {"a": "b"}, b"<p>")
    assert read_answer(b"ICY 200 OK\n\n").status == read_answer(b"http 200\n\n").status == 200
    assert read_answer(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").status == 101


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/html", "text/html"),
        ("TEXT/HTML; charset=GBK", "text/html"),
        ("text/plain, text/html;charset=utf-8", "text/html"),
        ("text/html, */*", "text/html"),
        ("text/html, ", "text/html"),
        ("html", ""),
        ("", ""),
    ],
)
def test_of_several_types_the_last_counts(content_type: str, expected: str) -> None:
    assert media_type(content_type) == expected


@pytest.mark.parametrize("block", [b"", b"<html>", b"HTTP/1.1 OK", b"HTTP/1.1 2000 OK", b"<pre>\nHTTP/1.1 200 OK\n\n"])
def test_what_is_no_answer_is_refused(block: bytes) -> None:
    with pytest.raises(AnswerDamagedError):
        read_answer(block)


def test_chunks_are_joined() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    assert read_answer(head + b"4;x=y\r\n<p>a\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n").body == b"<p>a0123456789"
    assert read_answer(head + b"0\r\n\r\n").body == b""


def test_a_body_whose_chunks_were_joined_by_the_crawler_stays_as_it_is() -> None:
    assert join_chunks(b"<p>a</p>") == b"<p>a</p>"
    assert join_chunks(b"") == b""


@pytest.mark.parametrize("body", [b"4\r\nabcd\r\n", b"4\r\nab", b"4\r\nabcd\r\n4\r\nabcd", b"ffffffff\r\nx"])
def test_chunks_that_are_cut_short_are_refused(body: bytes) -> None:
    with pytest.raises(AnswerDamagedError):
        join_chunks(body)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
def test_any_chunks_are_joined_to_what_they_were(parts: list[bytes]) -> None:
    assert join_chunks(b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n") == b"".join(
        parts
    )


@given(st.binary(max_size=400), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]))
def test_whatever_a_block_holds_it_is_read_or_refused(block: bytes, head: bytes) -> None:
    try:
        answer = read_answer(head + block)
    except AnswerDamagedError:
        return
    assert answer.body in head + block or "chunked" in answer.headers["transfer-encoding"]
