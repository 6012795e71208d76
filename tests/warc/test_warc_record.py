"""WARC records: what other tools read in them, and what is refused when it is read back."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pages import page
from warcio.archiveiterator import ArchiveIterator

from newsarchive.warc.record import (
    Original,
    SnapshotDamagedError,
    build_record,
    build_warcinfo,
    check_revisit,
    payload_digest,
    payload_of,
    split_record,
    unpack,
)

if TYPE_CHECKING:
    from newsarchive.models import Page

AT = datetime(2026, 3, 5, 1, 2, 3, tzinfo=UTC)
BODY = "<p>江湾晚报讯</p>\r\n\r\n<p>第二段</p>".encode()


def kept(**more: Any) -> Page:
    return page(**({"url": "http://demo/x/1.html", "body": BODY, "at": AT} | more))


def verified(*records: bytes) -> list[tuple[object, bytes]]:
    """Read records with warcio, which verifies the digests of blocks and payloads."""
    iterator = ArchiveIterator(io.BytesIO(b"".join(records)), check_digests="raise")
    return [(record, record.content_stream().read()) for record in iterator]


def test_an_answer_becomes_a_response_record_with_its_http_headers() -> None:
    one = kept(headers={"content-type": "text/html; charset=utf-8", "etag": '"a"'}, status=203)
    ((record, body),) = verified(build_record(one, payload_digest(BODY)))
    assert body == BODY
    assert record.format == "warc"
    assert record.rec_headers.protocol == "WARC/1.1"
    assert record.rec_type == "response"
    assert record.rec_headers.get_header("WARC-Date") == "2026-03-05T01:02:03Z"
    assert record.rec_headers.get_header("WARC-Payload-Digest") == payload_digest(BODY)
    assert record.http_headers.statusline == "203 Non-Authoritative Information"
    assert record.http_headers.get_header("etag") == '"a"'
    assert record.digest_checker.passed


def test_headers_that_tell_how_the_body_was_sent_do_not_mislead_readers_of_the_unpacked_body() -> None:
    sent = {"content-encoding": "gzip", "transfer-encoding": "chunked", "content-length": "17"}
    ((record, body),) = verified(build_record(kept(headers=sent), payload_digest(BODY)))
    assert body == BODY
    assert record.http_headers.get_header("x-crawl-content-encoding") == "gzip"
    assert record.http_headers.get_header("x-crawl-content-length") == "17"
    assert record.http_headers.get_header("content-length") == str(len(BODY))


def test_a_file_becomes_a_resource_record_without_http_headers() -> None:
    ((record, body),) = verified(build_record(kept(url="file:2026-03-05-一.md", role="file"), payload_digest(BODY)))
    assert (record.rec_type, record.http_headers, body) == ("resource", None, BODY)
    assert record.rec_headers.get_header("WARC-Target-URI") == "file:2026-03-05-%E4%B8%80.md"
    assert record.rec_headers.get_header("Content-Type") == "text/markdown"


def test_a_file_that_was_fetched_keeps_its_http_headers() -> None:
    fetched = kept(role="file", headers={"content-type": "text/plain"})
    ((record, _),) = verified(build_record(fetched, payload_digest(BODY)))
    assert record.rec_type == "response"


def test_a_known_body_becomes_a_revisit_that_names_the_record_with_the_body() -> None:
    original = Original(1, "http://demo/x/0 .html", "2026-03-04T00:00:00Z")
    data = build_record(kept(headers={"etag": '"b"'}), payload_digest(BODY), original)
    ((record, body),) = verified(data)
    headers = dict(record.rec_headers.headers)
    assert (record.rec_type, body) == ("revisit", b"")
    assert headers["WARC-Refers-To-Target-URI"] == "http://demo/x/0%20.html"
    assert headers["WARC-Refers-To-Date"] == "2026-03-04T00:00:00Z"
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert record.http_headers.get_header("etag") == '"b"'
    check_revisit(unpack(data, 0), payload_digest(BODY))
    with pytest.raises(SnapshotDamagedError, match="something else"):
        check_revisit(unpack(data, 0), payload_digest(b"other"))


def test_the_first_record_says_which_program_wrote_the_file_and_whose_it_is() -> None:
    ((record, body),) = verified(build_warcinfo("20260305-demo.warc.gz", "abc archive.db"))
    assert record.rec_type == "warcinfo"
    assert record.rec_headers.get_header("WARC-Filename") == "20260305-demo.warc.gz"
    assert b"software: newsarchive/" in body
    assert b"isPartOf: abc archive.db\r\n" in body


@given(
    body=st.binary(max_size=300),
    url=st.text(max_size=40),
    headers=st.dictionaries(st.text(max_size=12), st.text(max_size=30), max_size=4),
    status=st.integers(0, 999),
)
def test_whatever_a_server_sends_comes_back_whole_and_leaves_the_next_record_readable(
    body: bytes, url: str, headers: dict[str, str], status: int
) -> None:
    odd = kept(url="http://demo/" + url, body=body, headers=headers, status=status)
    data = build_record(odd, payload_digest(body))
    record = unpack(data, len(body))
    assert payload_of(record, payload_digest(body), len(body)) == body
    assert split_record(record)[0]["content-length"].isdecimal()
    kinds = [(found.rec_type, rest) for found, rest in verified(data, build_record(kept(), payload_digest(BODY)))]
    assert len(kinds) == 2
    assert kinds[1] == ("response", BODY)


@given(position=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.integers(0, 400))
def test_a_changed_or_missing_byte_is_noticed(position: int, value: int, cut: int) -> None:
    good = build_record(kept(headers={"etag": '"a"'}), payload_digest(BODY))
    bad = bytearray(good)
    bad[position % len(good)] = value
    for data in (bytes(bad), good[: max(0, len(good) - cut)], good + b"x"):
        if data == good:
            continue
        try:
            body = payload_of(unpack(data, len(BODY)), payload_digest(BODY), len(BODY))
        except SnapshotDamagedError:
            continue
        # A few bits carry nothing: time and system in a gzip head, those that fill the last byte of the packed bits.
        assert body == BODY
        assert len(data) == len(good)
        assert (data[10:-9], data[-8:]) == (good[10:-9], good[-8:])


def test_a_record_that_unpacks_to_far_more_than_was_kept_is_refused() -> None:
    bomb = build_record(kept(body=b"0" * 5_000_000), payload_digest(b"0" * 5_000_000))
    with pytest.raises(SnapshotDamagedError, match="does not end"):
        unpack(bomb, 1000)
