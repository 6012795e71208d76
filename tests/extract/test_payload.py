"""Bodies that are no HTML become valid text: packed ones are unpacked, and what is lost is told."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.extract.payload import read_payload, unpack

TEXT = "江湾港今天上午迎来了本月第一百艘货轮，吞吐量比去年同期增加了一成。" * 50
DATA = TEXT.encode()


def test_all_members_of_a_gzip_file_are_unpacked_and_padding_is_passed_over() -> None:
    packed = gzip.compress(DATA[:300]) + b"\0\0\0" + gzip.compress(DATA[300:]) + b"\0" * 512
    assert unpack(packed) == (DATA, None)


def test_a_file_that_was_packed_twice_is_unpacked_twice() -> None:
    assert unpack(gzip.compress(gzip.compress(DATA))) == (DATA, None)


@pytest.mark.parametrize("body", [b"", b"plain", DATA])
def test_what_is_not_packed_stays_as_it_is(body: bytes) -> None:
    assert unpack(body) == (body, None)


def test_a_gzip_file_that_is_cut_gives_what_is_there_and_tells() -> None:
    packed = gzip.compress(bytes(range(256)) * 400, compresslevel=0)
    data, damage = unpack(packed[: len(packed) // 2])
    assert len(data) > 20_000
    assert damage == "damaged gzip file: it ends in the middle"


def test_a_wrong_checksum_costs_no_text() -> None:
    packed = gzip.compress(DATA)
    data, damage = unpack(packed[:-8] + b"\0\0\0\0" + packed[-4:])
    assert data == DATA
    assert damage is not None
    assert damage.startswith("damaged gzip file: ")


@pytest.mark.parametrize(("limit", "is_told"), [(len(DATA), False), (len(DATA) - 1, True)])
def test_no_more_than_the_limit_is_unpacked(limit: int, is_told: bool) -> None:
    parts = gzip.compress(DATA[:100]) + gzip.compress(DATA[100:])
    data, damage = unpack(parts, limit)
    assert data == DATA[:limit]
    assert damage == (f"more than {limit} bytes when unpacked" if is_told else None)


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (f'<?xml version="1.0" encoding="gb2312"?><a>沈镕路{TEXT}</a>'.encode("gbk"), "text/xml"),
        (f'<?xml version="1.0" encoding="gb2312"?><a>沈镕路{TEXT}</a>'.encode(), "text/xml"),
        (f"<a>沈镕路{TEXT}</a>".encode("gbk"), "text/xml; charset=gbk"),
        (f"<a>沈镕路{TEXT}</a>".encode("utf-16"), None),
        (f'\n <?xml version="1.0" encoding="big5"?><a>沈镕路{TEXT}</a>'.encode("gbk"), "text/xml; charset=gb2312"),
    ],
)
def test_the_charset_is_the_true_one_whatever_is_declared(body: bytes, header: str | None) -> None:
    assert f"<a>沈镕路{TEXT}</a>" in read_payload(body, header).text


def test_a_declaration_behind_the_message_of_a_program_is_heard() -> None:
    body = '<b>Notice</b>: x\n<?xml version="1.0" encoding="big5"?><a>江灣</a>'.encode("big5")
    assert "<a>江灣</a>" in read_payload(body).text


@pytest.mark.parametrize("around", ['{{"a": "{}"}}', 'cb({{"a": "{}"}})', 'var x = ["{}"]'])
def test_a_declaration_inside_of_json_is_a_text(around: str) -> None:
    text = around.format("<?xml version='1.0'?>")
    assert read_payload(text.encode()).text == text


@given(st.binary(max_size=300))
def test_whatever_the_bytes_are_a_text_comes_out_that_can_be_written(body: bytes) -> None:
    for bytes_ in (body, b"\x1f\x8b" + body, gzip.compress(body) + body):
        text = read_payload(bytes_, "text/xml; charset=gbk").text
        assert text.encode().decode() == text
