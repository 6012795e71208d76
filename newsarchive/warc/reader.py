"""Read anybody's WARC file from its beginning to its end, in little memory: gzip by record, gzip as a whole, or plain.

How records lie in a file is its `Form`; those of other formats are made by `arc` and `zstd`, and `formats` opens a
file of any of them.

Nothing of a damaged file is taken for whole: a record that is cut short, or whose checksum is wrong, is told as damage,
and reading goes on with the next record that can be found.
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsarchive.unpacking import GZIP, GZIP_MAGIC

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    Stream = io.BufferedReader[Any]

#: Types of records that carry pages; the others are passed over.
PAGES = ("response", "resource", "revisit")

# With the only method that members are packed by.
_MEMBER_MAGIC = GZIP_MAGIC + b"\x08"
_PLAIN_MAGIC = b"\nWARC/1."
_CHUNK = 1 << 16
#: Bytes that all header lines of one record may take.
_HEAD_LIMIT = 1 << 18


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its headers (names lower-cased, the first of each) and its block; None for one above the limit.

    `offset` is the byte of the file at which the record begins, or the gzip member that holds it.
    """

    offset: int
    headers: dict[str, str]
    block: bytes | None


@dataclass(frozen=True, slots=True)
class Damage:
    """A place at which the file cannot be read."""

    offset: int
    detail: str


class DamagedError(Exception):
    """The file cannot be read any further; the message says why."""


class Members(io.RawIOBase):
    """The unpacked bytes of packed members, one after the other; `member` is where the last that was read begins."""

    member: int

    def readable(self) -> bool:
        """Return True."""
        return True


@dataclass(frozen=True, slots=True)
class Form:
    """How the records of a file are read.

    `members` unpacks a file from a position (None: it is not packed), `next_start` finds the next place at or behind a
    position at which a record begins, and `read_record` reads one: its headers, and its block unless it is above the
    limit.
    """

    members: Callable[[Stream, int], Members] | None
    next_start: Callable[[Stream, int], int | None]
    read_record: Callable[[Stream, int], tuple[dict[str, str], bytes | None]]


_ERRORS = (DamagedError, zlib.error)


def read_form(file: Stream, limit: int, form: Form) -> Iterator[Record | Damage]:
    """Yield the records of an open file of one form that carry pages, and the places that are damaged, in its order.

    Blocks of more than `limit` bytes are passed over.
    """
    start: int | None = 0
    while start is not None:
        file.seek(start)
        damage = yield from _read_row(file, form, limit)
        if damage is None:
            return
        yield damage
        start = form.next_start(file, damage.offset + 1)


def _read_row(file: Stream, form: Form, limit: int) -> Generator[Record, None, Damage | None]:
    """Yield the records from here to the end of the file, or to the first damage, which is returned."""
    begin = file.tell()
    members = form.members(file, begin) if form.members else None
    stream: Stream = io.BufferedReader(members, _CHUNK) if members else file
    try:
        while _skip_blank_lines(stream):
            begin = members.member if members else file.tell()
            headers, block = form.read_record(stream, limit)
            damage = None
            try:
                # What follows is only read to have the checksum of this record verified.
                _skip_blank_lines(stream)
            except _ERRORS as error:
                if members is None or members.member == begin:
                    raise
                damage = Damage(members.member, str(error))
            if headers.get("warc-type") in PAGES:
                yield Record(begin, headers, block)
            if damage:
                return damage
    except _ERRORS as error:
        return Damage(begin, str(error))
    return None


class GzipMembers(Members):
    """The unpacked bytes of a row of gzip members."""

    def __init__(self, file: Stream, start: int) -> None:
        super().__init__()
        self.member = start
        self._file = file
        self._at = start
        self._packed = b""
        self._unpacker: zlib._Decompress | None = None

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Return bytes of one member only; 0 at the end of the file."""
        while True:
            if not self._packed:
                self._packed = self._file.read(_CHUNK)
            if self._unpacker is None:
                self._skip_padding()
                if not self._packed:
                    return 0
                self.member, self._unpacker = self._at, zlib.decompressobj(GZIP)
            if not self._packed:
                raise DamagedError("the file ends in the middle of a record")
            if data := self._unpack(self._unpacker, len(buffer)):
                buffer[: len(data)] = data
                return len(data)

    def _unpack(self, unpacker: zlib._Decompress, size: int) -> bytes:
        data = unpacker.decompress(self._packed, size)
        rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        self._at += len(self._packed) - len(rest)
        self._packed = rest
        if unpacker.eof:
            self._unpacker = None
        return data

    def _skip_padding(self) -> None:
        while self._packed.startswith(b"\0"):
            rest = self._packed.lstrip(b"\0") or self._file.read(_CHUNK)
            self._at += len(self._packed) - len(rest)
            self._packed = rest


def _skip_blank_lines(stream: Stream) -> bool:
    """Advance to the next record; return whether there is one."""
    while (following := stream.peek(1)[:1]) in (b"\r", b"\n"):
        stream.read(1)
    return bool(following)


def read_warc_record(stream: Stream, limit: int) -> tuple[dict[str, str], bytes | None]:
    """Read a WARC record; raises DamagedError where none begins."""
    if not stream.readline(_HEAD_LIMIT).startswith(b"WARC/"):
        raise DamagedError("no WARC record begins where one should")
    headers = _read_headers(stream)
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > 15:
        raise DamagedError("a record does not say how long it is")
    wanted = headers.get("warc-type") in PAGES and int(length) <= limit
    return headers, take(stream, int(length), keep=wanted)


def _read_headers(stream: Stream) -> dict[str, str]:
    headers: dict[str, str] = {}
    name, left = "", _HEAD_LIMIT
    while left > 0:
        line = stream.readline(left)
        left -= len(line)
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if not line.endswith(b"\n"):
            break
        if not text:
            return headers
        if text[0] in " \t" and name:  # a long value goes on in the next line
            headers[name] += " " + text.strip()
            continue
        name = text.partition(":")[0].strip().lower()
        headers.setdefault(name, text.partition(":")[2].strip())
    raise DamagedError("the head of a record does not end")


def take(stream: Stream, length: int, *, keep: bool) -> bytes | None:
    """Read the block of a record, or pass it over."""
    left, parts = length, []
    while left:
        data = stream.read(min(left, _CHUNK))
        if not data:
            raise DamagedError("the file ends in the middle of a record")
        left -= len(data)
        if keep:
            parts.append(data)
    return b"".join(parts) if keep else None


def _next_plain(file: Stream, position: int) -> int | None:
    found = find(file, position, _PLAIN_MAGIC)
    return None if found is None else found + 1


def next_member(begins: Callable[[bytes], bool]) -> Callable[[Stream, int], int | None]:
    """Make what finds the next gzip member of a file whose first unpacked bytes are the beginning of a record."""

    def next_start(file: Stream, position: int) -> int | None:
        while (found := find(file, position, _MEMBER_MAGIC)) is not None:
            file.seek(found)
            if begins(unpack_beginning(file.read(1024))):
                return found
            position = found + 1
        return None

    return next_start


def unpack_beginning(packed: bytes, size: int = 256) -> bytes:
    """Return the first bytes that the beginning of a gzip file unpacks to; none where it is damaged."""
    try:
        return zlib.decompressobj(GZIP).decompress(packed, size)
    except zlib.error:
        return b""


def find(file: Stream, position: int, magic: bytes) -> int | None:
    """Return where some bytes stand in a file, at or behind a position."""
    keep = len(magic) - 1
    file.seek(position)
    before = b""
    while data := file.read(_CHUNK):
        window = before + data
        index = window.find(magic)
        if index >= 0:
            return position + index
        position += max(0, len(window) - keep)
        before = window[-keep:]
    return None


def _is_record(beginning: bytes) -> bool:
    return beginning.startswith(b"WARC/")


#: WARC records that are not packed; and gzip members that hold one each, or all of them.
PLAIN = Form(None, _next_plain, read_warc_record)
PACKED = Form(GzipMembers, next_member(_is_record), read_warc_record)
