"""Members of packed bytes are unpacked one by one, up to a bound, and in linear time."""

import gzip
import zlib

import pytest
from support.growth import grows_linearly

from newsarchive.crawl.http.decompression import decompress
from newsarchive.extract.payload import unpack
from newsarchive.unpacking import unpack_member

EMPTY = gzip.compress(b"", mtime=0)


def test_a_member_is_given_with_the_place_of_the_next():
    first, second = gzip.compress(b"one"), gzip.compress(b"two")
    packed = first + second
    assert unpack_member(packed, 0, room=10) == (b"one", len(first), True)
    assert unpack_member(packed, len(first), room=10) == (b"two", len(packed), True)


def test_no_more_comes_out_than_there_is_room_for():
    packed = gzip.compress(b"\0" * 10_000_000)
    part, _, is_whole = unpack_member(packed, 0, room=1000)
    assert (part, is_whole) == (b"\0" * 1000, False)


def test_a_member_that_is_cut_gives_what_is_there():
    packed = gzip.compress(bytes(range(256)) * 4000, compresslevel=0)
    part, at, is_whole = unpack_member(packed[:500_000], 0, room=1 << 30)
    assert (at, is_whole) == (500_000, False)
    assert 480_000 < len(part) < 500_000


def test_damage_is_raised():
    with pytest.raises(zlib.error):
        unpack_member(b"\x1f\x8b\x08" + b"\xff" * 100, 0, room=10)


def test_many_empty_members_cost_no_more_than_their_size():
    assert grows_linearly(lambda number: lambda: unpack(EMPTY * number), 20_000)
    assert grows_linearly(lambda number: lambda: decompress(EMPTY * number, b"gzip", 1000), 20_000)
