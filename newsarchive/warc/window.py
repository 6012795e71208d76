"""A part of an open file, as a file of its own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.warc.reader import Stream


class Window(io.RawIOBase):
    """The bytes of a file from one position to another (None: to its end); nobody else may move the file meanwhile."""

    def __init__(self, file: Stream, start: int, end: int | None = None) -> None:
        super().__init__()
        self._file, self._start, self._at = file, start, 0
        self._length = (file.seek(0, io.SEEK_END) if end is None else end) - start

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position inside of the window, and return it."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read bytes from where the window stands; 0 at its end."""
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._length - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
