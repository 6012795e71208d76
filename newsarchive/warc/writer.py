"""The folder of an archive's WARC files: `warc/YYYY/MM/YYYYMMDD-<label>.warc.gz`, a file for each day and label.

The day is that of the page, in UTC. The label is the site of the crawl, of which one runs at a time, so that every
file has one writer. A file that may not be touched (of another archive, or one that lost records) is left as it is;
the day then goes on in `YYYYMMDD-<label>-2.warc.gz`.
"""

from __future__ import annotations

import contextlib
import os
import re
import weakref
from collections import OrderedDict
from itertools import count
from typing import TYPE_CHECKING

from newsarchive.atomic import make_folder_durably, same_file, sync_folder
from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.locks import try_lock
from newsarchive.warc.record import (
    SnapshotDamagedError,
    build_warcinfo,
    split_record,
    unpack_first,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


#: Files that are open at one time; a crawl needs one, an import of old pages one for each day it meets.
_OPEN_FILES = 8
_NO_NAME = re.compile(r"[^a-z0-9._-]+")
_LABEL_LENGTH = 80


class WarcFolder:
    """Appends records to the right file and reads them back; names of files are relative to the archive's folder."""

    def __init__(self, base: Path, part_of: Callable[[], str], known_end: Callable[[str], int]) -> None:
        """Make one for an archive.

        Args:
            base: the folder in which the archive lies.
            part_of: gives the name under which the files belong to the archive.
            known_end: gives the offset behind the last record of a file that the archive knows, 0 for none.

        """
        self.base = base
        self._part_of = part_of
        self._known_end = known_end
        self._open: OrderedDict[str, tuple[str, WarcFile]] = OrderedDict()
        self._tidied: set[str] = set()

    def append(self, record: bytes, when: datetime, label: str) -> tuple[str, int]:
        """Append a record to the file of a day and label; return the file's name and the record's offset in it.

        Raises:
            UserError: another process writes to that file, or it cannot be written.

        """
        stem = file_stem(when, label)
        if stem not in self._open:
            while len(self._open) >= _OPEN_FILES:
                self._open.popitem(last=False)[1][1].close()
            self._tidy(stem)
            self._open[stem] = self._open_file(stem)
        self._open.move_to_end(stem)
        name, file = self._open[stem]
        return name, file.append(record)

    def sync(self) -> None:
        """Wait until all that was appended is on the disk, so that rows that name it may be committed.

        Raises:
            UserError: a file cannot be written, or was removed or replaced meanwhile.

        """
        for _name, file in self._open.values():
            file.sync()

    def take_back(self, name: str, offset: int) -> None:
        """Undo the last `append`."""
        for known, file in self._open.values():
            if known == name:
                file.cut(offset)

    def read(self, name: str, offset: int, length: int) -> bytes:
        """Read one packed record.

        Raises:
            SnapshotDamagedError: the file is missing, shorter, or cannot be read.

        """
        try:
            descriptor = os.open(self.base / name, os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = os.pread(descriptor, length, offset)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:  # ValueError: a name that is no name of a file, in a damaged row
            reason = error.strerror if isinstance(error, OSError) else error
            raise SnapshotDamagedError(_("{name} cannot be read ({reason})", name=name, reason=reason)) from error
        if len(data) != length:
            raise SnapshotDamagedError(_("{name} ends before byte {value}", name=name, value=offset + length))
        return data

    def close(self) -> None:
        """Close all files, so that others may write to them."""
        while self._open:
            self._open.popitem()[1][1].close()

    def _tidy(self, stem: str) -> None:
        """Cut off what a killed run left in the label's last file of an earlier day; once is enough."""
        label = stem.rpartition("/")[2].partition("-")[2]
        if label in self._tidied:
            return
        self._tidied.add(label)
        names = [str(path.relative_to(self.base)) for path in self.base.glob(f"warc/*/*/????????-{label}.warc.gz")]
        earlier = max((name for name in names if name < f"{stem}.warc.gz"), default=None)
        if earlier is not None:
            file = WarcFile.open(self.base / earlier, part_of=self._part_of(), known_end=self._known_end(earlier))
            if file is not None:
                file.close()

    def _open_file(self, stem: str) -> tuple[str, WarcFile]:
        for part in count(1):
            name = f"{stem}.warc.gz" if part == 1 else f"{stem}-{part}.warc.gz"
            file = WarcFile.open(self.base / name, part_of=self._part_of(), known_end=self._known_end(name))
            if file is not None:
                return name, file
        raise AssertionError


def file_stem(when: datetime, label: str) -> str:
    """Name the file of a day (UTC) and label, without its ending."""
    safe = _NO_NAME.sub("-", label.lower()).strip("-.")[:_LABEL_LENGTH] or "site"
    return f"warc/{when:%Y/%m/%Y%m%d}-{safe}"


#: Bytes that the first record, which says whose file it is, is looked for in.
_HEAD = 4096
_PART_OF = "isPartOf: "


class WarcFile:
    """An open, locked WARC file and where its next record goes."""

    def __init__(self, path: Path, descriptor: int, end: int) -> None:
        self.path = path
        self.end = end
        self._descriptor = descriptor
        #: Whether something was written that may not be on the disk yet, and whether the file's name may not be.
        self._is_written = False
        self._is_made = False
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
            make_folder_durably(path.parent)
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
        self._is_written = True
        try:
            self._write(record, offset)
        except OSError as error:
            self.cut(offset)
            raise _cannot_write(self.path, error) from error
        self.end = offset + len(record)
        return offset

    def cut(self, offset: int) -> None:
        """Truncate the file at an offset, undoing what was appended."""
        self.end = offset
        # Where even this fails, the next record is written over it, and the next start cuts it off.
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, offset)

    def sync(self) -> None:
        """Wait until all of it is on the disk, its name too; costs nothing where nothing was written.

        Raises:
            UserError: the disk fails, or the name does not lead to this file any more.

        """
        if not self._is_written:
            return
        try:
            os.fdatasync(self._descriptor)
            if self._is_made:
                sync_folder(self.path.parent)
            is_named = same_file(self.path, self._descriptor)
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        self._is_written = self._is_made = False
        if not is_named:
            raise UserError(
                _(
                    "{path}: was removed or replaced while it was written to - put it back, or run the same "
                    "command again; what was not stored yet is fetched again",
                    path=self.path,
                )
            )

    def close(self) -> None:
        """Wait until all of it is on the disk, and let others write; closing twice does no harm."""
        if not self._release.alive:
            return
        try:
            self.sync()
        finally:
            self._release()

    def _take_over(self, part_of: str, known_end: int) -> bool:
        locked = try_lock(self._descriptor)
        size = os.fstat(self._descriptor).st_size
        is_new = size == 0 == known_end
        if not is_new and _owner(os.pread(self._descriptor, _HEAD, 0)) != part_of:
            return False
        if not locked:
            raise UserError(_("{path}: another crawl is writing to it - wait until it has finished", path=self.path))
        if size < known_end:
            return False
        self._is_written = size > known_end
        self._is_made = is_new
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


def owner_of(path: Path) -> str | None:
    """Return the archive that a file says it belongs to; None for one that does not say. Raises OSError."""
    with path.open("rb") as file:
        return _owner(file.read(_HEAD))


def _owner(head: bytes) -> str | None:
    """Return the archive that a file says it belongs to; None for one that does not say, or is no WARC file of ours."""
    try:
        _, block = split_record(unpack_first(head, _HEAD))
    except SnapshotDamagedError:
        return None
    lines = block.decode("utf-8", "replace").splitlines()
    return next((line.removeprefix(_PART_OF) for line in lines if line.startswith(_PART_OF)), None)


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        _(
            "{path}: cannot be written: {strerror} - make room or check the permissions, then run the "
            "same command again; nothing that was stored is lost",
            path=path,
            strerror=error.strerror,
        )
    )
