"""Open a file of raw pages in any format that archives use, known by its first bytes and not by its name.

WARC and ARC, plain, with gzip or Zstandard by record or as a whole; and WACZ, which is a zip file with such files.
"""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, cast

from newsarchive.errors import UserError
from newsarchive.unpacking import GZIP_MAGIC
from newsarchive.warc.arc import PACKED_ARC, PLAIN_ARC, is_arc
from newsarchive.warc.reader import (
    PACKED,
    PLAIN,
    Damage,
    DamagedError,
    GzipMembers,
    Record,
    read_form,
    unpack_beginning,
)
from newsarchive.warc.window import Window
from newsarchive.warc.zstd import is_zstd, zstd_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsarchive.warc.reader import Form, Stream

#: How files in these formats are called.
SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz", ".wacz")

_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_HEAD = 4096
_ENCRYPTED = 1
# Bytes of the head of a file in a zip file, and where it says how long its name and its extra fields are.
_LOCAL_HEAD, _LOCAL_LENGTHS = 30, 26
# A zip file in a zip file is a collection of WACZ; gzip in gzip is a file that a server packed once more.
_DEEPEST = 2
#: Bytes of a packed file inside of another that are unpacked to the disk.
_LARGEST_INSIDE = 8 << 30
# What else is found under such names, and what a person can do.
_OTHERS = (
    (b"BZh", "packed with bzip2 - unpack it first (bunzip2)"),
    (b"\xfd7zXZ", "packed with xz - unpack it first (unxz)"),
    (b"7z\xbc\xaf", "a 7-Zip archive - unpack it first"),
    (b"Rar!", "a RAR archive - unpack it first"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "an SQLite file"),
    (b"<", "a page or XML (was an error page of a server saved under this name?)"),
    (b"version https://git-lfs", "a pointer of Git LFS - fetch the file itself (git lfs pull)"),
)


def read_pages(path: Path, limit: int) -> Iterator[Record | Damage]:
    """Yield the records of a file that carry pages, and what cannot be read of it, in the order of the file.

    `limit` is the most bytes of a block that are read; larger ones are passed over. A file in no known format is told
    as one damage that says what it is.

    Raises:
        OSError: the file cannot be opened or read.

    """
    with path.open("rb") as file:
        yield from _read(file, limit, 0)


def _read(file: Stream, limit: int, depth: int) -> Iterator[Record | Damage]:
    head = file.peek(_HEAD)[:_HEAD]
    if head.startswith(_ZIP_MAGIC):
        yield from _read_zip(file, limit, depth)
        return
    beginning = unpack_beginning(head) if head.startswith(GZIP_MAGIC) else b""
    if beginning.startswith((GZIP_MAGIC, *_ZIP_MAGIC)) or is_zstd(beginning):
        yield from _read_inside(GzipMembers(file, 0), limit, depth, "the file")
        return
    try:
        form = _form_of(file, head, beginning)
    except (UserError, DamagedError) as error:
        yield Damage(0, str(error))
        return
    yield from read_form(file, limit, form)


def _form_of(file: Stream, head: bytes, beginning: bytes) -> Form:
    known = (
        (head.startswith(b"WARC/"), PLAIN),
        (beginning.startswith(b"WARC/"), PACKED),
        (is_arc(head), PLAIN_ARC),
        (is_arc(beginning), PACKED_ARC),
    )
    if is_zstd(head):
        return zstd_form(file)
    form = next((form for is_it, form in known if is_it), None)
    if form is None and head.startswith(GZIP_MAGIC) and not beginning and not _unpacks_to_nothing(file):
        form = PACKED
    # What the head does not tell, a record further on may: a file of which the beginning is damaged.
    searched = (PACKED, PLAIN, PACKED_ARC)
    form = form or next((form for form in searched if form.next_start(file, 0) is not None), None)
    if form is None:
        is_packed = head.startswith(GZIP_MAGIC)
        raise DamagedError(_describe(beginning if is_packed else head, is_packed=is_packed))
    file.seek(0)
    return form


def _unpacks_to_nothing(file: Stream) -> bool:
    try:
        return not GzipMembers(file, 0).read(1)
    except (DamagedError, zlib.error):
        return False


def _describe(head: bytes, *, is_packed: bool) -> str:
    what = "gzip of something that is " if is_packed else ""
    if not head.strip(b"\0"):
        return f"{what}no WARC file: it is empty" if not head else f"{what}no WARC file: it begins with zeros"
    stripped = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = next((kind for magic, kind in _OTHERS if stripped.startswith(magic)), None)
    begins = " ".join(head[:40].decode("utf-8", "replace").split())
    return f"{what}no WARC file: " + (kind or f"it begins with {begins!r}")


def _read_zip(file: Stream, limit: int, depth: int) -> Iterator[Record | Damage]:
    try:
        container = zipfile.ZipFile(cast("Any", file))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        yield Damage(0, f"the zip file is damaged ({error}); records inside that can be found are read")
        yield from _read_remains(file, limit)
        return
    with container:
        inside = [info for info in container.infolist() if info.filename.lower().endswith(SUFFIXES)]
        if not inside:
            yield Damage(0, f"a zip file without a WARC file in it ({', '.join(SUFFIXES)})")
        for info in inside:
            for found in _read_zipped(file, container, info, limit, depth):
                yield _inside(found, info)


def _read_remains(file: Stream, limit: int) -> Iterator[Record | Damage]:
    """Read the packed records of a zip file whose directory is lost: WACZ keeps them as they are."""
    start = PACKED.next_start(file, 0)
    if start is not None:
        yield from read_form(io.BufferedReader(Window(file, start)), limit, PACKED)


def _read_zipped(
    file: Stream, container: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, depth: int
) -> Iterator[Record | Damage]:
    if info.flag_bits & _ENCRYPTED:
        yield Damage(info.header_offset, "encrypted - unpack it first")
    elif info.compress_type == zipfile.ZIP_STORED and depth < _DEEPEST:
        yield from _read(io.BufferedReader(_stored(file, info)), limit, depth + 1)
    else:
        try:
            packed = container.open(info)
        except (zipfile.BadZipFile, NotImplementedError) as error:
            yield Damage(info.header_offset, str(error))
            return
        with packed:
            yield from _read_inside(packed, limit, depth, info.filename)


def _stored(file: Stream, info: zipfile.ZipInfo) -> Window:
    """Return a file that is kept in a zip file as it is, for reading to and fro."""
    file.seek(info.header_offset + _LOCAL_LENGTHS)
    lengths = file.read(4)
    start = info.header_offset + _LOCAL_HEAD + sum(struct.unpack("<HH", lengths) if len(lengths) == 4 else (0,))
    return Window(file, start, start + info.file_size)


def _inside(found: Record | Damage, info: zipfile.ZipInfo) -> Record | Damage:
    return Damage(found.offset, f"{info.filename}: {found.detail}") if isinstance(found, Damage) else found


def _read_inside(packed: Any, limit: int, depth: int, name: str) -> Iterator[Record | Damage]:
    """Read a file that is packed inside of another: unpacked to the disk, because reading goes to and fro in it."""
    if depth >= _DEEPEST:
        yield Damage(0, f"{name} is packed more often than any archive is")
        return
    with tempfile.TemporaryFile() as copy:
        try:
            is_whole = _copy(packed, copy)
        except (DamagedError, zlib.error, zipfile.BadZipFile, EOFError) as error:
            yield Damage(0, f"{name} is damaged ({error}); what could be unpacked is read")
            is_whole = True
        if not is_whole:
            yield Damage(0, f"{name} unpacks to more than {_LARGEST_INSIDE >> 30} GiB - unpack it first")
            return
        copy.seek(0)
        yield from _read(cast("Stream", copy), limit, depth + 1)


def _copy(packed: Any, copy: Any) -> bool:
    """Copy a stream up to the limit; return whether that was all."""
    left = _LARGEST_INSIDE
    while left and (data := packed.read(min(left, 1 << 20))):
        copy.write(data)
        left -= len(data)
    return bool(left) or not packed.read(1)
