"""Files and folders that appear whole or not at all, and names for files that a page cannot choose."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from newsarchive.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a name may hold on every file system; everything else becomes a hyphen.
_UNSAFE = re.compile(r"[^A-Za-z0-9._\-\u4e00-\u9fff]+")
_LONGEST_NAME = 80
# Names that mean a device on Windows, with any ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


@contextmanager
def atomic_file(path: Path | str) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes its name, replacing an older one, only when everything is written.

    On any error, and when the program is interrupted, nothing is left. Raises UserError where it cannot be written.
    """
    path = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".partial", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.chmod(0o666 & ~_umask())
        partial.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path | str) -> Iterator[Path]:
    """Make a folder that takes its name only when everything in it is written; an empty one may be there before.

    On any error, and when the program is interrupted, nothing is left. Raises UserError where it cannot be written or
    a folder of that name holds something.
    """
    path = Path(path)
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise UserError(f"{path}: there is something already - choose another folder, or remove it first")
    try:
        partial = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.", suffix=".partial", dir=path.parent))
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield partial
        partial.chmod(0o777 & ~_umask())
        partial.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def safe_name(text: str) -> str:
    """Make a file name of any text: no separators, no control or invisible characters, no leading dot, not long.

    Texts that differ keep different names: one that had to be changed ends with a short hash of the original.
    """
    name = _UNSAFE.sub("-", text).strip("-.")
    is_device = _DEVICES.match(name) is not None
    if text and name == text and len(name) <= _LONGEST_NAME and not is_device:
        return name
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    return f"{'_' if is_device else ''}{name[:_LONGEST_NAME].strip('-.') or 'article'}-{digest}"


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(f"{path}: cannot be written: {error.strerror or error} - choose another place")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
