"""Files and data that come where a page was asked for are told by their first bytes, then by what the server says."""

from datetime import UTC, datetime

import pytest

from newsarchive.extract.media import describe_other_media
from newsarchive.extract.steps import process
from newsarchive.extract.validate import rejection
from newsarchive.models import Page

HTML = "<html><head><title>江湾晚报</title></head><body><p>渡轮照常。</p></body></html>".encode()
URL = "https://news.example/a/1.html"


def page(body, kind=""):
    return Page(URL, "post", "wanghu", body, datetime(2026, 11, 19, tzinfo=UTC), headers={"content-type": kind})


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.5\n1 0 obj",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a\x01\x00",
        b"BM\x36\x00\x0c\x00",
        b"PK\x03\x04\x14\x00",
        b"Rar!\x1a\x07\x00",
        b"\x1f\x8b\x08\x00\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"ID3\x03\x00\x00",
        b"\x00\x00\x00\x20ftypisom",
        b'{"code": 500, "data": null}',
        b' [{"title": "x"}]',
    ],
)
def test_the_first_bytes_decide_whatever_the_server_says(body):
    found = process(page(body, "text/html; charset=utf-8"))
    refused = rejection(found)
    assert refused is not None
    assert refused.reason == "not-html"
    assert refused.detail == describe_other_media(page(body))


@pytest.mark.parametrize("kind", ["application/pdf", "image/webp", "Video/MP4", "application/octet-stream; x=y"])
def test_the_declared_type_decides_where_nothing_looks_like_markup(kind):
    assert (
        describe_other_media(page(b"\x01\x02\x03 something", kind)) == f"declared as {kind.partition(';')[0].lower()}"
    )
    assert describe_other_media(page(HTML, kind)) is None
    assert describe_other_media(page(b"\xef\xbb\xbf" + HTML, kind)) is None


@pytest.mark.parametrize(
    "body", [HTML, b"BMW and others", b"ID3 is a format of tags", b"{ not JSON }", b"[1] a footnote", b"plain words"]
)
def test_words_are_words(body):
    assert describe_other_media(page(body, "text/html")) is None
