"""WARC files packed with Zstandard, a frame a record; the dictionary of all frames may stand in a frame before them.

How many bytes a frame has is read off its blocks, so that a damaged one costs its record only, and no more is ever
unpacked than is asked for. Python 3.14 brings the codec; older ones need the extra `zstd` (backports.zstd).
"""

from __future__ import annotations

import io
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.warc.reader import DamagedError, Form, Members, find, read_warc_record
from newsarchive.warc.window import Window

if TYPE_CHECKING:
    from newsarchive.warc.reader import Stream

#: The codec in the standard library, since Python 3.14, and the package that stands for it before.
MODULES = ("compression.zstd", "backports.zstd")
MAGIC = b"\x28\xb5\x2f\xfd"
#: The frame that holds the dictionary; decoders that know nothing of it pass it over, as all of the 16 of its kind.
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
# With which a dictionary begins that is not only a text (RFC 8878, 5).
_DICTIONARY_CONTENT = b"\x37\xa4\x30\xec"
_PASSED_OVER = tuple(bytes((number, 0x2A, 0x4D, 0x18)) for number in range(0x50, 0x60))
_LARGEST_DICTIONARY = 64 << 20
# Bytes of the number that says how large the content is and of the dictionary's id, by the descriptor's bits.
_CONTENT_SIZES, _ID_SIZES = (0, 2, 4, 8), (0, 1, 2, 4)
_RLE, _RESERVED = 1, 3


def is_zstd(beginning: bytes) -> bool:
    """Return whether a file begins with a frame of Zstandard."""
    return beginning.startswith((MAGIC, *_PASSED_OVER))


def zstd_form(file: Stream) -> Form:
    """Return how the records of a file are read, whose dictionary is read now where it has one.

    Raises:
        UserError: the codec is not there.
        DamagedError: the dictionary cannot be read.

    """
    package = zstd_package()
    if package is None:
        raise UserError(
            _("packed with Zstandard, which needs a package - install it with: pip install 'newsarchive[zstd]'")
        )
    codec = _Codec(package, _read_dictionary(file, package))
    codec.open(io.BytesIO())  # a dictionary that is none is told once, and not with each frame
    return Form(partial(Frames, codec), codec.next_start, read_warc_record)


def zstd_package() -> Any:
    """Return the module of the standard library, or the package that stands for it; None where neither is there."""
    for name in MODULES:
        with suppress(ImportError):
            return import_module(name)
    return None


class _Codec:
    """Unpacks the frames of one file."""

    def __init__(self, package: Any, dictionary: bytes | None) -> None:
        self.errors: tuple[type[Exception], ...] = (package.ZstdError, EOFError)
        self._package = package
        self._dictionary = None if dictionary is None else self._read(dictionary)

    def _read(self, dictionary: bytes) -> Any:
        is_raw = not dictionary.startswith(_DICTIONARY_CONTENT)
        try:
            return self._package.ZstdDict(dictionary, is_raw=is_raw)
        except (ValueError, self._package.ZstdError) as error:
            raise DamagedError(f"the dictionary is damaged ({error})") from error

    def open(self, frame: io.RawIOBase | io.BytesIO) -> Any:
        """Return a stream of what a frame unpacks to."""
        try:
            return self._package.ZstdFile(frame, zstd_dict=self._dictionary)
        except self.errors as error:
            raise DamagedError(f"the dictionary is damaged ({error})") from error

    def next_start(self, file: Stream, position: int) -> int | None:
        """Find the next frame at or behind a position that unpacks to the beginning of a record."""
        while (found := find(file, position, MAGIC)) is not None:
            try:
                begins = self.open(Window(file, found, frame_end(file, found))).read(5) == b"WARC/"
            except DamagedError:
                begins = False
            except self.errors:
                begins = False
            if begins:
                return found
            position = found + 1
        return None


class Frames(Members):
    """The unpacked bytes of a row of frames."""

    def __init__(self, codec: _Codec, file: Stream, start: int) -> None:
        super().__init__()
        self.member = start
        self._codec = codec
        self._file = file
        self._next = start
        self._reader: Any = None

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Return bytes of one frame only; 0 at the end of the file."""
        while True:
            if self._reader is None and not self._open_next():
                return 0
            try:
                data = self._reader.read(len(buffer))
            except self._codec.errors as error:
                raise DamagedError(f"a packed record is damaged ({error})") from error
            if data:
                buffer[: len(data)] = data
                return len(data)
            self._reader = None

    def _open_next(self) -> bool:
        while True:
            self.member = start = self._next
            self._file.seek(start)
            magic = self._file.read(4)
            if not magic:
                return False
            self._next = frame_end(self._file, start)
            if magic == MAGIC:
                self._reader = self._codec.open(Window(self._file, start, self._next))
                return True


def frame_end(file: Stream, start: int) -> int:
    """Return the position behind a frame (RFC 8878, 3.1).

    Raises:
        DamagedError: no frame begins there, or the file ends before it does.

    """
    size = file.seek(0, io.SEEK_END)
    file.seek(start)
    magic = _exactly(file, 4)
    if magic in _PASSED_OVER:
        end = start + 8 + int.from_bytes(_exactly(file, 4), "little")
    elif magic == MAGIC:
        end = _end_of_blocks(file, size)
    else:
        raise DamagedError("no packed record begins where one should")
    if end > size:
        raise DamagedError("the file ends in the middle of a record")
    return end


def _end_of_blocks(file: Stream, size: int) -> int:
    (descriptor,) = _exactly(file, 1)
    is_single = bool(descriptor & 0x20)
    content = _CONTENT_SIZES[descriptor >> 6] or int(is_single)
    at = file.tell() + int(not is_single) + _ID_SIZES[descriptor & 3] + content
    while at < size:
        file.seek(at)
        head = int.from_bytes(_exactly(file, 3), "little")
        kind = head >> 1 & 3
        if kind == _RESERVED:
            raise DamagedError("a packed record is damaged (a block of no known kind)")
        at += 3 + (1 if kind == _RLE else head >> 3)
        if head & 1:
            return at + (4 if descriptor & 4 else 0)
    raise DamagedError("the file ends in the middle of a record")


def _exactly(file: Stream, length: int) -> bytes:
    data = file.read(length)
    if len(data) < length:
        raise DamagedError("the file ends in the middle of a record")
    return data


def _read_dictionary(file: Stream, package: Any) -> bytes | None:
    """Return the dictionary in a file's first frame, which may be packed itself."""
    file.seek(0)
    if file.read(4) != DICTIONARY_MAGIC:
        return None
    length = int.from_bytes(_exactly(file, 4), "little")
    if length > _LARGEST_DICTIONARY:
        raise DamagedError(f"the dictionary is larger than {_LARGEST_DICTIONARY} bytes")
    data = _exactly(file, length)
    if not data.startswith(MAGIC):
        return data
    try:
        unpacked = bytes(package.ZstdFile(io.BytesIO(data)).read(_LARGEST_DICTIONARY + 1))
    except (package.ZstdError, EOFError) as error:
        raise DamagedError(f"the dictionary is damaged ({error})") from error
    if len(unpacked) > _LARGEST_DICTIONARY:
        raise DamagedError(f"the dictionary is larger than {_LARGEST_DICTIONARY} bytes")
    return unpacked
