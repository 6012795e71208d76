"""Which records of foreign WARC files become pages, and which pages."""

from __future__ import annotations

import base64
import gzip
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import brotli
import pytest

from newsarchive.crawl.warc_pages import CaptureError, Captures, MissingOriginalError, sites_by_host
from newsarchive.models import Page
from newsarchive.sites import load_site
from newsarchive.warc.reader import Record
from newsarchive.warc.record import (
    SnapshotDamagedError,
    build_record,
    payload_digest,
    split_record,
    unpack,
)
from newsarchive.warc.zstd import zstd_package

if TYPE_CHECKING:
    from collections.abc import Callable

ZSTD = zstd_package()
HTML = "<html><p>江湾晚报讯</p></html>".encode()
CAPTURES = Captures(
    sites=sites_by_host(),
    wants=lambda url: "unwanted" not in url,
    body_of={}.get,
    body_at=lambda url, when: None,
    limit=100_000,
)


def record(
    body: bytes = HTML,
    *,
    url: str = "http://press.example/1.html",
    http: str = "Content-Type: text/html",
    status: str = "200 OK",
    **headers: str,
) -> Record:
    named = {"warc-type": "response", "warc-target-uri": url, "warc-date": "2022-05-30T01:02:03Z"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Record(0, named, f"HTTP/1.1 {status}\r\n{http}\r\n\r\n".encode() + body)


def imported(found: Record, captures: Captures = CAPTURES) -> Page:
    made = captures.page_of(found)
    assert made is not None
    return made


def test_an_answer_becomes_a_page_of_its_host_and_time() -> None:
    assert imported(record(http="Content-Type: text/html; charset=gbk\r\nETag: x")) == Page(
        url="http://press.example/1.html",
        role="original",
        site="press.example",
        body=HTML,
        fetched_at=datetime(2022, 5, 30, 1, 2, 3, tzinfo=UTC),
        status=200,
        headers={"content-type": "text/html; charset=gbk", "etag": "x"},
    )


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (gzip.compress(HTML, mtime=0), "gzip"),
        (gzip.compress(HTML[:9], mtime=0) + gzip.compress(HTML[9:], mtime=0), "x-gzip"),
        (zlib.compress(HTML), "deflate"),
        (zlib.compress(HTML)[2:-4], "deflate"),
        (gzip.compress(zlib.compress(HTML), mtime=0), "deflate, gzip"),
        (HTML, "identity"),
        (HTML, "gzip"),  # unpacked by the crawler, which kept the header
        (HTML, "deflate"),
        (HTML, "br"),
        (HTML, "zstd"),
        (brotli.compress(HTML), "br"),
        (ZSTD.compress(HTML), "zstd"),
        (ZSTD.compress(HTML[:9]) + ZSTD.compress(HTML[9:]), "zstd"),
        (gzip.compress(brotli.compress(HTML), mtime=0), "br, gzip"),
    ],
)
def test_packed_bodies_are_unpacked(body: bytes, coding: str) -> None:
    made = imported(record(body, http=f"Content-Type: text/html\r\nContent-Encoding: {coding}\r\nContent-Length: 3"))
    assert (made.body, made.headers) == (HTML, {"content-type": "text/html"})


def test_chunks_are_joined_before_the_body_is_unpacked() -> None:
    packed = gzip.compress(HTML, mtime=0)
    body = b"5\r\n" + packed[:5] + b"\r\n%x\r\n" % (len(packed) - 5) + packed[5:] + b"\r\n0\r\n\r\n"
    http = "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip"
    assert imported(record(body, http=http)).body == HTML


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (
            record(gzip.compress(HTML, mtime=0)[:-6], http="Content-Type: text/html\r\nContent-Encoding: gzip"),
            "broken-transfer",
        ),
        (record(b"\x0b\x02\x80", http="Content-Type: text/html\r\nContent-Encoding: br"), "broken-transfer"),
        (record(b"9\r\nabc", http="Content-Type: text/html\r\nTransfer-Encoding: chunked"), "broken-transfer"),
        (
            record(gzip.compress(bytes(10**6), mtime=0), http="Content-Type: text/html\r\nContent-Encoding: gzip"),
            "too-large",
        ),
        (record(brotli.compress(bytes(10**6)), http="Content-Type: text/html\r\nContent-Encoding: br"), "too-large"),
        (
            record(ZSTD.compress(bytes(10**6)), http="Content-Type: text/html\r\nContent-Encoding: zstd"),
            "too-large",
        ),
        (record(brotli.compress(HTML)[:-3], http="Content-Type: text/html\r\nContent-Encoding: br"), "broken-transfer"),
        (
            record(ZSTD.compress(HTML)[:9], http="Content-Type: text/html\r\nContent-Encoding: zstd"),
            "broken-transfer",
        ),
        (replace(record(), block=None), "too-large"),
        (replace(record(), block=b"no answer"), "broken-transfer"),
        (record(warc_truncated="length"), "broken-transfer"),
        (record(warc_date="soon"), "damaged-file"),
    ],
)
def test_what_is_not_whole_is_told(found: Record, reason: str) -> None:
    with pytest.raises(CaptureError) as told:
        CAPTURES.page_of(found)
    assert told.value.reason == reason


@pytest.mark.parametrize(
    "found",
    [
        record(status="404 Not Found"),
        record(status="301 Moved"),
        record(http="Content-Type: image/png"),
        record(http="Content-Type: application/json"),
        record(b"GIF89a", http="Server: x"),
        record(url="dns:press.example"),
        record(url="http://[broken/"),
        record(url=""),
        record(url="http://press.example/unwanted"),
        record(url="http://finance.eastmoney.com/about/contact.html"),
        record(warc_type="revisit", warc_payload_digest="sha1:UNKNOWN", http="Content-Type: image/png"),
        record(http="Content-Type: text/html\r\nContent-Type: image/png"),
        record(b"\xef\xbb\xbfGIF89a", http="Content-Type: */*"),
    ],
)
def test_what_is_no_page_or_not_asked_for_is_passed_over(found: Record) -> None:
    assert CAPTURES.page_of(found) is None


@pytest.mark.parametrize(
    ("body", "http"),
    [
        (b"\n <html></html>", "Server: x"),
        (b"\xef\xbb\xbf<html></html>", "Content-Type: */*"),
        (gzip.compress(b"<html></html>", mtime=0), "Content-Encoding: gzip"),
        (b"<html></html>", "Content-Type: text/html\r\nContent-Type: text/html; charset=utf-8"),
        (b"<html></html>", "Content-Type: text/plain\r\nContent-Type: TEXT/HTML"),
        (b"<html></html>", "Content-Type: text/html\r\nContent-Type: "),
    ],
)
def test_a_page_is_known_by_its_last_type_and_without_one_by_what_it_looks_like(body: bytes, http: str) -> None:
    made = imported(record(body, http=http))
    assert (made.role, made.body.removeprefix(b"\xef\xbb\xbf").strip()) == ("original", b"<html></html>")


def test_a_known_sites_page_has_the_role_of_its_layout() -> None:
    made = imported(record(url="http://finance.eastmoney.com/a/202205302396671645.html"))
    assert (made.role, made.site) == ("original", "eastmoney")
    share = record(
        b'{"text":"x"}',
        url="http://finews.zning.xyz/NewsData/GetNewsText.do?id=NW202205302396671645",
        http="Content-Type: application/json",
    )
    made = imported(share)
    assert (made.role, made.body) == ("share", b'{"text":"x"}')


def test_only_one_site_is_taken_when_it_is_named() -> None:
    only = replace(CAPTURES, sites=sites_by_host([load_site("eastmoney")]), any_host=False)
    assert only.page_of(record()) is None
    assert only.page_of(record(x_newsarchive_role="post", x_newsarchive_site="demo")) is None
    assert imported(record(url="http://finance.eastmoney.com/a/202205302396671645.html"), only).site == "eastmoney"
    assert imported(record(x_newsarchive_role="original", x_newsarchive_site="eastmoney"), only).site == "eastmoney"


@pytest.mark.parametrize(
    "kept",
    [
        Page("http://127.0.0.1:9/x.html", "post", "demo", HTML, datetime(2026, 3, 5, tzinfo=UTC), 200, {"etag": "x"}),
        Page("file:2026-03-05-a.md", "file", "finews", b"---\n", datetime(2026, 3, 5, tzinfo=UTC)),
        Page("http://127.0.0.1:9/s?id=1", "share", "demo", b"{}", datetime(2026, 3, 5, tzinfo=UTC), 200, {"a": "b"}),
    ],
)
def test_what_the_archive_wrote_itself_comes_back_as_it_was(kept: Page) -> None:
    written = unpack(build_record(kept, payload_digest(kept.body)), len(kept.body))
    assert CAPTURES.page_of(Record(0, *split_record(written))) == kept


def test_a_record_that_refers_to_an_earlier_one_gives_its_body_where_that_is_known() -> None:
    captures = replace(CAPTURES, body_of={"sha1:KNOWN": HTML}.get)
    again = record(b"", warc_type="revisit", warc_payload_digest="sha1:KNOWN", warc_date="2022-06-01T00:00:00.5Z")
    made = imported(again, captures)
    assert (made.body, made.fetched_at.day) == (HTML, 1)
    assert imported(replace(again, block=b""), captures).body == HTML
    unchanged = record(b"", warc_type="revisit", warc_payload_digest="sha1:KNOWN", status="304 Not Modified")
    assert captures.page_of(unchanged) is None
    assert imported(replace(again, headers=again.headers | {"warc-truncated": "length"}), captures).body == HTML


def test_a_record_is_found_by_address_and_time_where_its_digest_is_not_known() -> None:
    asked = []

    def body_at(url: str, when: str) -> bytes:
        asked.append((url, when))
        return HTML

    again = record(
        b"",
        warc_type="revisit",
        warc_payload_digest="sha256:00",
        warc_refers_to_target_uri="<http://press.example/1.html>",
        warc_refers_to_date="2022-05-30T01:02:03.5Z",
    )
    assert imported(again, replace(CAPTURES, body_at=body_at)).body == HTML
    assert asked == [("http://press.example/1.html", "2022-05-30T01:02:03Z")]
    with pytest.raises(MissingOriginalError, match=r"press\.example/1\.html sha256:00"):
        CAPTURES.page_of(again)


@pytest.mark.parametrize("digest", ["sha1:PACKED", "sha256:9f86d0", "md5:00"])
def test_the_digest_of_a_body_that_was_sent_packed_leads_to_the_body(digest: str) -> None:
    captures = replace(CAPTURES, body_of={payload_digest(HTML): HTML}.get, _digests={})
    packed = gzip.compress(HTML, mtime=0)
    http = "Content-Type: text/html\r\nContent-Encoding: gzip"
    imported(record(packed, http=http, warc_payload_digest=digest), captures)
    again = record(b"", http=http, warc_type="revisit", warc_payload_digest=digest)
    assert imported(again, captures).body == HTML


def test_a_record_may_name_the_earlier_one_by_its_id() -> None:
    captures = replace(CAPTURES, body_of={payload_digest(HTML): HTML}.get, _digests={})
    imported(record(warc_record_id="<urn:uuid:1>", warc_payload_digest="sha1:OTHER"), captures)
    again = record(b"", warc_type="revisit", warc_refers_to="<urn:uuid:1>")
    assert imported(again, captures).body == HTML


@pytest.mark.parametrize("form", [str.lower, str.upper])
def test_a_digest_may_be_written_in_hexadecimal_or_small_letters(form: Callable[[str], str]) -> None:
    ours = payload_digest(HTML)
    captures = replace(CAPTURES, body_of={ours: HTML}.get)
    base32 = ours.removeprefix("sha1:")
    for text in (base32, base64.b32decode(base32).hex()):
        assert (
            imported(record(b"", warc_type="revisit", warc_payload_digest=f"sha1:{form(text)}"), captures).body == HTML
        )


def test_a_damaged_original_is_told() -> None:
    def body_of(digest: str) -> bytes:
        raise SnapshotDamagedError("snapshot 7 is gone")

    with pytest.raises(CaptureError, match="snapshot 7") as told:
        replace(CAPTURES, body_of=body_of).page_of(record(b"", warc_type="revisit", warc_payload_digest="sha1:X"))
    assert told.value.reason == "damaged-snapshot"
