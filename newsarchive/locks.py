"""One crawl at a time of one site into one archive: a lock that dies with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
import re
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.processes import process_exists

if TYPE_CHECKING:
    from collections.abc import Iterator


#: Seconds in which the writing process of a killed crawl has committed what it was told, however busy the machine is.
LEFT_BEHIND = 60.0
_NO_NAME = re.compile(r"[^a-z0-9._-]+")


class AlreadyRunningError(UserError):
    """Another crawl of this site into this archive is going on: there is nothing to do, and nothing is wrong."""

    def __init__(self, label: str, holder: str) -> None:
        super().__init__(
            _("{label} is being crawled already (process {holder}): nothing to do", label=label, holder=holder)
        )
        self.label, self.holder = label, holder


class CrawlLock:
    """The lock of a site in an archive, held from when it is made until it is released or its process ends.

    The file `<archive>-<site>.lock` stays: taking it away would part those who wait for it from those who come later.

    Raises:
        AlreadyRunningError: another process holds it; the message names that process.
        UserError: the file cannot be made.

    """

    def __init__(self, archive: Path | str, label: str) -> None:
        self.path = lock_path(archive, label)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise UserError(
                _(
                    "{path}: cannot be made: {strerror} - check the folder's permissions",
                    path=self.path,
                    strerror=error.strerror,
                )
            ) from error
        end = time.monotonic() + LEFT_BEHIND
        while not try_lock(self._descriptor):
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip()
            if _is_there(holder) or time.monotonic() > end:
                os.close(self._descriptor)
                raise AlreadyRunningError(label, holder or "unknown")
            time.sleep(0.02)
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def fileno(self) -> int:
        """Return the descriptor, for a process that is to hold the lock as well; who ends last lets others crawl."""
        return self._descriptor

    def release(self) -> None:
        """Release the lock; releasing twice does no harm."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def is_left_behind(archive: Path | str, label: str) -> bool:
    """Return whether a crawl's lock is held though its process is gone: what that was told is still being stored."""
    try:
        descriptor = os.open(lock_path(archive, label), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        return not _is_there(holder) and not try_lock(descriptor)
    finally:
        os.close(descriptor)


# The bytes of a SQLite file by which its programs lock it; one that has it open holds some of them, in WAL mode always.
_SQLITE_LOCKS = (512, 0x40000000)


@contextmanager
def only_user(archive: Path | str) -> Iterator[None]:
    """Keep every program from using the SQLite file of an archive while the block runs, as SQLite itself would.

    The block must not open the file: closing it would give up the lock. A file that is not there needs no lock.

    Raises:
        UserError: a program has it open, or it may not be written.

    """
    path = Path(archive)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield
        return
    except OSError as error:
        raise UserError(
            _(
                "archive {path}: {strerror} - check the owner and permissions of the file",
                path=path,
                strerror=error.strerror,
            )
        ) from error
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, *_SQLITE_LOCKS)
    except OSError as error:
        os.close(descriptor)
        raise UserError(
            _(
                "archive {path}: another program has it open - end it (a crawl, browse, Datasette, an "
                "editor) and run the same command again",
                path=path,
            )
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def no_crawl(archive: Path | str) -> Iterator[None]:
    """Prevent any crawl into an archive from starting while the block runs.

    A site that was never crawled into it has no lock yet; its first crawl meets SQLite's own lock.

    Raises:
        UserError: a crawl is going on; the message names its site and process.

    """
    path = Path(archive)
    start = f"{path.name}-"
    labels = sorted(
        entry.name.removeprefix(start).removesuffix(".lock")
        for entry in path.parent.iterdir()
        if entry.name.startswith(start) and entry.suffix == ".lock"
    )
    with ExitStack() as held:
        for label in labels:
            try:
                held.callback(CrawlLock(path, label).release)
            except AlreadyRunningError as error:
                raise UserError(
                    _(
                        "archive {path}: {label} is being crawled (process {holder}) - run this again when the crawl "
                        "has ended",
                        path=path,
                        label=error.label,
                        holder=error.holder,
                    )
                ) from None
        yield


def _is_there(process: str) -> bool:
    """Return whether a process is there; one that has not written down its number yet is."""
    return not process.isdecimal() or process_exists(int(process))


def lock_path(archive: Path | str, label: str) -> Path:
    """Return the file that is locked while a site is crawled."""
    path = Path(archive)
    return path.with_name(f"{path.name}-{_NO_NAME.sub('-', label.lower()).strip('-.') or 'site'}.lock")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; who comes later waits."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Lock an open file or folder for this process alone; False, without waiting, where another holds it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
