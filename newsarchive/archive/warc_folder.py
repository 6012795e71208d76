"""The folder of an archive's WARC files: `warc/YYYY/MM/YYYYMMDD-<label>.warc.gz`, a file for each day and label.

The day is that of the page, in UTC. The label is the site of the crawl, of which one runs at a time, so that every
file has one writer. A file that may not be touched (of another archive, or one that lost records) is left as it is;
the day then goes on in `YYYYMMDD-<label>-2.warc.gz`.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from itertools import count
from typing import TYPE_CHECKING

from newsarchive.archive.warc_file import WarcFile
from newsarchive.archive.warc_record import SnapshotDamagedError

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
        """Append a record to the file of a day and label; give the file's name and the record's offset in it.

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
        except OSError as error:
            raise SnapshotDamagedError(f"{name} cannot be read ({error.strerror})") from error
        if len(data) != length:
            raise SnapshotDamagedError(f"{name} ends before byte {offset + length}")
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
