"""Reading foreign WARC files: all forms, little memory, and damage that costs only what it hit."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsarchive.warc.formats import read_pages
from newsarchive.warc.reader import Damage, Record

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1 << 20


def write(count: int = 5, *, packed: bool = True, body: bytes = b"<p>text</p>") -> list[bytes]:
    """Make a file as other crawlers do, with requests and metadata between the pages; return it record by record."""
    records = []
    for number in range(count):
        out = io.BytesIO()
        writer = WARCWriter(out, gzip=packed, warc_version="1.0")
        url = f"http://press.example/{number}.html"
        if number == 0:
            writer.write_record(writer.create_warcinfo_record("x.warc.gz", {"software": "other"}))
            records.append(out.getvalue())
            out.seek(0)
            out.truncate()
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        request = StatusAndHeaders("GET / HTTP/1.1", [("Host", "press.example")], is_http_request=True)
        writer.write_record(writer.create_warc_record(url, "request", http_headers=request))
        records.append(out.getvalue())
        out.seek(0)
        out.truncate()
        payload = body + b"%d" % number
        writer.write_record(
            writer.create_warc_record(url, "response", io.BytesIO(payload), len(payload), http_headers=http)
        )
        records.append(out.getvalue())
    return records


def pages_of(path: Path, data: bytes, limit: int = LIMIT) -> list[str]:
    """Return the last part of each page's address, and `damage` where something was damaged."""
    path.write_bytes(data)
    return [
        "damage" if isinstance(found, Damage) else found.headers["warc-target-uri"].rpartition("/")[2]
        for found in read_pages(path, limit)
    ]


NAMES = [f"{number}.html" for number in range(5)]


@pytest.mark.parametrize("form", ["packed by record", "packed as a whole", "plain", "padded"])
def test_all_forms_are_read(tmp_path: Path, form: str) -> None:
    data = b"".join(write(packed=form in ("packed by record", "padded")))
    if form == "packed as a whole":
        data = gzip.compress(data, mtime=0)
    if form == "padded":
        data += b"\0" * 70_000
    assert pages_of(tmp_path / "x", data) == NAMES


def test_a_record_says_where_it_lies_and_what_it_holds(tmp_path: Path) -> None:
    for packed in (True, False):
        parts = write(2, packed=packed)
        (tmp_path / "x").write_bytes(b"".join(parts))
        first, second = read_pages(tmp_path / "x", LIMIT)
        assert isinstance(first, Record)
        assert isinstance(second, Record)
        assert first.offset == len(parts[0]) + len(parts[1])
        assert second.offset == sum(map(len, parts[:4]))
        assert second.block is not None
        assert second.block.endswith(b"\r\n\r\n<p>text</p>1")


def test_a_block_above_the_limit_is_passed_over_and_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"".join(write(2, body=b"x" * 50_000)))
    found = list(read_pages(tmp_path / "x", 10_000))
    assert [record.block for record in found if isinstance(record, Record)] == [None, None]


def test_a_file_that_ends_in_the_middle_gives_what_is_whole_and_tells_the_rest(tmp_path: Path) -> None:
    for packed in (True, False):
        parts = write(packed=packed)
        whole = b"".join(parts)
        for cut in (1, 5, 30, len(parts[-1]) - 1):
            assert pages_of(tmp_path / "x", whole[:-cut])[:4] == NAMES[:4]
        # Only the blank lines behind the last record are missing.
        expected = [*NAMES[:4], "damage"] if packed else NAMES
        assert pages_of(tmp_path / "x", whole[:-1]) == expected
        assert pages_of(tmp_path / "x", whole[:-30]) == [*NAMES[:4], "damage"]
        assert pages_of(tmp_path / "x", b"".join(parts[:-1])) == NAMES[:4]


def test_a_flipped_byte_costs_one_record(tmp_path: Path) -> None:
    parts = write(body=bytes(range(256)) * 20)
    hit = bytearray(parts[4])
    hit[len(hit) // 2] ^= 0xFF
    assert pages_of(tmp_path / "x", b"".join([*parts[:4], bytes(hit), *parts[5:]])) == ["0.html", "damage", *NAMES[2:]]


def test_junk_between_records_is_passed_over_and_told(tmp_path: Path) -> None:
    parts = write()
    junk = b"\x1f\x8b\x08 no gzip " * 9
    assert pages_of(tmp_path / "x", b"".join([*parts[:3], junk, *parts[3:]])) == ["0.html", "damage", *NAMES[1:]]
    plain = write(packed=False)
    damaged = b"".join([*plain[:3], b"junk\r\n\r\n", *plain[3:]])
    assert pages_of(tmp_path / "x", damaged) == ["0.html", "damage", *NAMES[1:]]


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\0" * 100, b"no archive", b"\x1f\x8b", gzip.compress(b"text", mtime=0)]
)
def test_what_is_no_warc_file_is_told(tmp_path: Path, data: bytes) -> None:
    assert pages_of(tmp_path / "x", data) == ["damage"]


@pytest.mark.parametrize(
    "head",
    [
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\nno length",
        b"WARC/1.0\r\nContent-Length: -1\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: \xc2\xb2\r\n\r\n",
        b"WARC/1.0\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"WARC/1.0\r\n" + b"x" * 1_000_000,
    ],
)
def test_a_head_that_makes_no_sense_is_damage(tmp_path: Path, head: bytes) -> None:
    assert pages_of(tmp_path / "x", head) == ["damage"]
    assert pages_of(tmp_path / "x", gzip.compress(head, mtime=0) + b"".join(write(1)))[-1] == "0.html"


def test_a_long_header_may_go_on_in_the_next_line(tmp_path: Path) -> None:
    head = b"WARC/1.0\r\nWARC-Type: resource\r\nX: one\r\n two\r\nx: three\r\nContent-Length: 1\r\n\r\nx"
    (tmp_path / "x").write_bytes(head)
    (found,) = read_pages(tmp_path / "x", LIMIT)
    assert isinstance(found, Record)
    assert found.headers["x"] == "one two"


@given(data=st.binary(max_size=2000), before=st.booleans(), packed=st.booleans())
def test_whatever_a_file_holds_reading_it_ends(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, before: bool, packed: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.warc"
    good = b"".join(write(1, packed=packed))
    path.write_bytes(data + good if before else good + data)
    found = list(read_pages(path, LIMIT))
    if not before:
        assert isinstance(found[0], Record)


@given(position=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), packed=st.booleans())
def test_one_wrong_byte_never_costs_more_than_its_record(
    tmp_path_factory: pytest.TempPathFactory, position: float, value: int, packed: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "wrong.warc"
    data = bytearray(b"".join(write(4, packed=packed)))
    data[int(position * len(data))] = value
    path.write_bytes(data)
    urls = {
        found.headers["warc-target-uri"]
        for found in read_pages(path, LIMIT)
        if isinstance(found, Record)
        if "warc-target-uri" in found.headers
    }
    expected = {f"http://press.example/{number}.html" for number in range(4)}
    assert len(expected - urls) <= (1 if packed else 2)


def test_memory_stays_flat_however_large_the_file(tmp_path: Path) -> None:
    part = b"".join(write(3, body=b"<p>page</p>" * 2000))

    def peak(times: int) -> int:
        (tmp_path / "x").write_bytes(part * times)
        tracemalloc.start()
        assert sum(1 for _ in read_pages(tmp_path / "x", LIMIT)) == 3 * times
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(400) < 1.5 * peak(20)


def test_a_small_file_that_unpacks_to_very_much_takes_little_memory(tmp_path: Path) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 200000000\r\n\r\n"
    (tmp_path / "x").write_bytes(gzip.compress(head + bytes(200_000_000), 1, mtime=0))
    tracemalloc.start()
    (found,) = read_pages(tmp_path / "x", LIMIT)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Record)
    assert found.block is None
    assert most < 5_000_000
