"""An archive that may be read and not written: on a read-only disk, in a folder of somebody else."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.articles import article
from support.pages import page

from newsarchive.archive import Archive
from newsarchive.archive.connection import open_readonly
from newsarchive.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOBODY = 65534


def as_nobody(ask: Callable[[], str]) -> str:
    """Return what a function returns, or the error that it raises, in a process that may write nothing of ours."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        if os.getuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        try:
            told = ask()
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
        os.write(writer, told.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read()


@pytest.fixture
def closed() -> Iterator[Path]:
    """An archive that nobody has open, in a folder that everybody may read and nobody may write."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "archive.db"
    with Archive.open(path) as archive:
        where = page()
        archive.store(article(where), None, where.fetched_at)
    for beside in folder.glob("archive.db-*"):
        beside.unlink()
    path.chmod(0o444)
    folder.chmod(0o555)
    yield path
    folder.chmod(0o755)
    shutil.rmtree(folder)


def titles(path: Path) -> str:
    with Archive.open(path, readonly=True) as archive:
        search = archive.search
        return " ".join(hit.title for hit in search.hits(search.parse("港口")))


def test_it_is_searched(closed: Path) -> None:
    assert as_nobody(lambda: titles(closed)) == "港口今晨开放"
    assert [file.name for file in closed.parent.iterdir()] == ["archive.db"]


def test_writing_it_is_refused_with_a_reason(closed: Path) -> None:
    told = as_nobody(lambda: str(Archive.open(closed)))
    assert told.startswith("UserError: ")
    assert "owner and permissions" in told or "may not be read" in told


def test_what_another_program_has_not_folded_in_is_not_left_out_silently(closed: Path) -> None:
    closed.parent.chmod(0o755)
    closed.with_name("archive.db-wal").write_bytes(b"not yet in the archive")
    closed.parent.chmod(0o555)
    assert as_nobody(lambda: titles(closed)).startswith("UserError: ")


def test_what_is_read_as_it_is_cannot_be_written(closed: Path) -> None:
    def write() -> str:
        open_readonly(closed).execute("UPDATE sources SET name = 'x'")
        return "written"

    assert as_nobody(write).startswith("OperationalError: attempt to write a readonly database")


def test_a_file_that_is_not_there_is_no_empty_archive(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such file"):
        Archive.open(tmp_path / "archive.db", readonly=True)
