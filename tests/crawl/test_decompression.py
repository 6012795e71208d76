"""Packed bodies arrive whole or not at all."""

import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsarchive.crawl.failures import BrokenTransfer, TooLarge
from newsarchive.crawl.http.decompression import decompress

TEXT = "财经消息".encode() * 500
LIMIT = 1_000_000


def raw_deflate(body):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKERS = {b"gzip": gzip.compress, b"x-gzip": gzip.compress, b"deflate": zlib.compress}


@given(st.binary(max_size=3000), st.sampled_from(sorted(PACKERS)))
def test_what_was_packed_is_unpacked(body, coding):
    assert decompress(PACKERS[coding](body), coding, LIMIT) == body


@given(st.binary(max_size=3000))
def test_deflate_without_a_header_is_understood(body):
    assert decompress(raw_deflate(body), b"deflate", LIMIT) == body


def test_several_gzip_pieces_and_padding_are_understood():
    assert decompress(gzip.compress(TEXT) + gzip.compress(TEXT) + b"\0\0", b"gzip", LIMIT) == TEXT + TEXT


@given(st.integers(min_value=0))
def test_no_truncated_body_passes_for_a_whole_one(cut):
    packed = gzip.compress(TEXT, mtime=0)
    with pytest.raises(BrokenTransfer):
        decompress(packed[: cut % len(packed)], b"gzip", LIMIT)


@given(st.binary(max_size=200), st.sampled_from([b"gzip", b"deflate", b"br", b"zstd", b"\xff"]))
def test_damaged_bodies_are_broken_transfers_and_nothing_else(body, coding):
    with suppress(BrokenTransfer):
        assert len(decompress(body, coding, LIMIT)) <= LIMIT


def test_a_bomb_is_stopped_at_the_limit():
    bomb = gzip.compress(b"\0" * 50_000_000)
    with pytest.raises(TooLarge):
        decompress(bomb, b"gzip", LIMIT)


def test_pieces_are_counted_together():
    with pytest.raises(TooLarge):
        decompress(gzip.compress(b"x" * 600_000) * 2, b"gzip", LIMIT)


def test_a_body_of_exactly_the_limit_passes():
    assert len(decompress(gzip.compress(b"x" * LIMIT), b"gzip", LIMIT)) == LIMIT
