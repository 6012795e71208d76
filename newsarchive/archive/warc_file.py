"""One WARC file that this process alone appends to.

What is appended has left this process when `append` returns, so that a kill loses nothing of it. The disk is waited
for when the file is closed, not after every record: a power cut may cost the pages of the last half minute, as it may
cost the last commits of SQLite. Rows whose record went that way are told by `newsarchive check`.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from typing import TYPE_CHECKING

from newsarchive.archive.file_lock import try_lock
from newsarchive.archive.warc_record import SnapshotDamagedError, build_warcinfo, split_record, unpack_first
from newsarchive.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

#: Bytes that the first record, which says whose file it is, is looked for in.
_HEAD = 4096
_PART_OF = "isPartOf: "


class WarcFile:
    """An open, locked WARC file and where its next record goes."""

    def __init__(self, path: Path, descriptor: int, end: int) -> None:
        self.path = path
        self.end = end
        self._descriptor = descriptor
        # Whoever forgets to close it must not keep others from writing.
        self._release = weakref.finalize(self, os.close, descriptor)

    @classmethod
    def open(cls, path: Path, *, part_of: str, known_end: int) -> WarcFile | None:
        """Open a file to append to, or make it; None when it must not be touched.

        Args:
            path: where it lies; missing folders are made.
            part_of: the archive that it belongs to. A file of another archive is not touched.
            known_end: where the last record ends that the archive knows (0: it knows none). What lies behind is the
                rest of a killed run and is cut off. A file that is shorter has lost records and is not touched.

        Raises:
            UserError: another process writes to it, or it cannot be written.

        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _cannot_write(path, error) from error
        file = cls(path, descriptor, 0)
        try:
            return file if file._take_over(part_of, known_end) else None
        except OSError as error:
            raise _cannot_write(path, error) from error
        finally:
            if not file.end:
                file._release()

    def append(self, record: bytes) -> int:
        """Append a record and give its offset; all of it is written or nothing.

        Raises:
            UserError: the disk is full or fails. The file ends where it ended before.

        """
        offset = self.end
        try:
            self._write(record, offset)
        except OSError as error:
            self.cut(offset)
            raise _cannot_write(self.path, error) from error
        self.end = offset + len(record)
        return offset

    def cut(self, offset: int) -> None:
        """Take back what was appended from an offset on."""
        self.end = offset
        # Where even this fails, the next record is written over it, and the next start cuts it off.
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, offset)

    def close(self) -> None:
        """Wait until all of it is on the disk, and let others write; closing twice does no harm."""
        if not self._release.alive:
            return
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        finally:
            self._release()

    def _take_over(self, part_of: str, known_end: int) -> bool:
        locked = try_lock(self._descriptor)
        size = os.fstat(self._descriptor).st_size
        is_new = size == 0 == known_end
        if not is_new and _owner(os.pread(self._descriptor, _HEAD, 0)) != part_of:
            return False
        if not locked:
            raise UserError(f"{self.path}: another crawl is writing to it - wait until it has finished")
        if size < known_end:
            return False
        os.ftruncate(self._descriptor, known_end)
        self.end = known_end
        if not known_end:
            self.append(build_warcinfo(self.path.name, part_of))
        return True

    def _write(self, data: bytes, offset: int) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, offset)
            view, offset = view[written:], offset + written


def _owner(head: bytes) -> str | None:
    """Give the archive that a file says it belongs to; None for one that does not say, or is no WARC file of ours."""
    try:
        _, block = split_record(unpack_first(head, _HEAD))
    except SnapshotDamagedError:
        return None
    lines = block.decode("utf-8", "replace").splitlines()
    return next((line.removeprefix(_PART_OF) for line in lines if line.startswith(_PART_OF)), None)


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path}: cannot be written: {error.strerror} - make room or check the permissions, then run the same command "
        "again; nothing that was stored is lost"
    )
