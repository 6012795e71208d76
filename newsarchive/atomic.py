"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.locks import try_lock

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def atomic_file(path: Path | str) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes its name, replacing an older one, only when everything is written.

    On any error, and when the program is interrupted, nothing is left. Raises UserError where it cannot be written.
    """
    path = Path(path)
    _remove_left(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".partial", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            try_lock(handle)
            yield stream
        partial.chmod(0o666 & ~_umask())
        replace_durably(partial, path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(path: Path | str) -> Iterator[Path]:
    """Make a folder that takes its name only when everything in it is written; an empty one may be there before.

    On any error, and when the program is interrupted, nothing is left. Raises UserError where it cannot be written or
    a folder of that name holds something.
    """
    path = Path(path)
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise UserError(_("{path}: there is something already - choose another folder, or remove it first", path=path))
    _remove_left(path)
    try:
        partial = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".partial", dir=path.parent))
    except OSError as error:
        raise _unwritable(path, error) from error
    folder = os.open(partial, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try_lock(folder)
        yield partial
        partial.chmod(0o777 & ~_umask())
        partial.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        os.close(folder)
        shutil.rmtree(partial, ignore_errors=True)


def _remove_left(path: Path) -> None:
    """Remove what killed programs left of files and folders of a name: what no program that is at work has locked."""
    for partial in path.parent.glob(f".{glob.escape(path.name[:40])}.*.partial"):
        with contextlib.suppress(OSError):  # another's, or gone already
            descriptor = os.open(partial, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if try_lock(descriptor):
                    shutil.rmtree(partial) if partial.is_dir() else partial.unlink()
            finally:
                os.close(descriptor)


def replace_durably(partial: Path, path: Path) -> None:
    """Rename a complete file into place once it is on the disk, replacing an older one at once. Raises OSError."""
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk: a new file is not safe before its name is. Raises OSError."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_folder_durably(path: Path) -> None:
    """Make a folder and those above it, and wait until the names of new ones are on the disk. Raises OSError."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync_folder(folder.parent)


def same_file(path: Path, descriptor: int) -> bool:
    """Return whether a name still leads to the file that is open. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    return False


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(
        _("{path}: cannot be written: {value} - choose another place", path=path, value=error.strerror or error)
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
