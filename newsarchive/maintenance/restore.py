"""Bring a backup back to where an archive was, under all its locks; what was there is kept aside.

Raw pages come first and the database last, in one step: a kill at any moment leaves the archive that was there or the
one that is restored. No log of the archive that was there is applied to the one that takes its place.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsarchive.archive.archive import Archive
from newsarchive.archive.snapshots import part_of
from newsarchive.atomic import make_folder_durably, replace_durably
from newsarchive.errors import ArchiveDamagedError, UserError
from newsarchive.i18n import _
from newsarchive.locks import no_crawl
from newsarchive.maintenance.backup import generations, locked_folder
from newsarchive.maintenance.check import check_content
from newsarchive.maintenance.copying import (
    PARTIAL,
    clear_errors,
    copy_bytes,
    copy_database,
    count_damaged,
    is_other,
    remove,
    size_of,
    warc_files,
)
from newsarchive.maintenance.replacing import aside, replace_archive
from newsarchive.timestamps import stamp
from newsarchive.warc.writer import owner_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from newsarchive.maintenance.copying import WarcFile


@dataclass(slots=True)
class Restored:
    """What was restored. `damaged` names WARC files of which records are damaged in the backup, too."""

    path: Path
    articles: int
    files: int = 0
    files_copied: int = 0
    damaged: list[str] = field(default_factory=list)
    kept: Path | None = None


def restore(folder: Path, path: Path, now: datetime, *, generation: str | None = None) -> Restored:
    """Restore an archive from a folder that `backup` has filled.

    Args:
        folder: the backup.
        path: where the archive is to be; what is there now is kept in a folder beside it.
        now: names that folder.
        generation: the name of an earlier backup in the folder; without it the newest is taken.

    Raises:
        UserError: the folder holds no backup of this archive, a crawl or another program uses the archive, or the disk
            is full. What was there stays as it is.
        ArchiveDamagedError: the backup is damaged; the message names earlier ones.

    """
    source = _find(folder, path.name, generation)
    with clear_errors(path):
        make_folder_durably(path.parent.absolute())
    with no_crawl(path), locked_folder(folder, path), Archive.open(source, readonly=True) as backup:
        _refuse_other(backup, path)
        partial, kept = path.with_name(path.name + PARTIAL), aside(path, "before-restore", stamp(now))
        try:
            with clear_errors(partial):
                done = Restored(path, copy_database(backup.connection, partial))
                _refuse_damaged(partial, source)
                with Archive.open(partial, readonly=True) as copy:
                    files = warc_files(copy)
                    done.files = len(files)
                    for file in files:
                        _restore_file(copy, file, folder, kept, done)
                    strangers = _unknown_files(copy, {file.name for file in files}, path)
                replace_archive(partial, path, kept)
                # What is longer holds pages that this archive does not know: a crawl would cut them off.
                for file in files:
                    _cut(path.parent / file.name, file.end, kept / file.name)
                for name in strangers:
                    _move(path.parent / name, kept / name)
        finally:
            remove(partial)
    done.kept = kept if kept.exists() else None
    return done


def _find(folder: Path, name: str, generation: str | None) -> Path:
    if not folder.is_dir():
        raise UserError(
            _("{folder}: there is no such folder - name one that newsarchive backup has filled", folder=folder)
        )
    source = folder / (generation or name)
    if source.is_file():
        return source
    there = sorted(path.name for path in (*folder.glob("*.db"), *generations(folder / name)))
    if generation is None and len(there) == 1:
        return folder / there[0]
    told = (
        _("there are {there}: name one with --generation", there=", ".join(there))
        if there
        else _("name another folder")
    )
    raise UserError(_("{source}: there is no such backup - {told}", source=source, told=told))


def _refuse_other(backup: Archive, path: Path) -> None:
    """Refuse to put a backup where another archive is."""
    if path.is_file() and is_other(path, backup.connection):  # where it is damaged, that is why it is restored
        raise UserError(
            _("archive {path}: that is another archive than the one of the backup - name another with --db", path=path)
        )


def _refuse_damaged(partial: Path, source: Path) -> None:
    with Archive.open(partial, readonly=True) as copy:
        faults = check_content(copy.connection)
    if faults:
        earlier = ", ".join(path.name for path in generations(source)) or "none"
        raise ArchiveDamagedError(
            _(
                "backup {source}: damaged ({faults} x, {first}) - restore an earlier one with --generation "
                "(there are: {earlier}), or run newsarchive repair on it",
                source=source,
                faults=len(faults),
                first=faults[0],
                earlier=earlier,
            )
        )


def _restore_file(copy: Archive, file: WarcFile, folder: Path, kept: Path, done: Restored) -> None:
    """Have a WARC file whole in place; one that is whole there, or longer, stays for the present."""
    there = done.path.parent / file.name
    damaged = count_damaged(copy, file.records, file.name) if size_of(there) >= file.end else len(file.records)
    if damaged and size_of(folder / file.name):
        partial = there.with_name(there.name + PARTIAL)
        try:
            copy_bytes([(folder / file.name, 0, file.end)], partial)
            in_backup = count_damaged(copy, file.records, file.name + PARTIAL)
            if in_backup < damaged:
                damaged = in_backup
                if there.exists():
                    _link(there, kept / file.name)
                replace_durably(partial, there)
                done.files_copied += 1
        finally:
            remove(partial)
    if damaged:
        done.damaged.append(file.name)


def _unknown_files(copy: Archive, known: set[str], path: Path) -> list[str]:
    """Return the WARC files of this archive that the restored one does not know."""
    names = [str(file.relative_to(path.parent)) for file in sorted((path.parent / "warc").rglob("*.warc.gz"))]
    ours = part_of(copy.connection, path.name)
    lost = {name for (name,) in copy.connection.execute("SELECT DISTINCT warc_file FROM snapshots")}
    return [name for name in names if name not in known | lost and owner_of(path.parent / name) == ours]


def _cut(there: Path, end: int, kept: Path) -> None:
    """Shorten a file to what is known of it, and keep it as it was."""
    if size_of(there) <= end:
        return
    _link(there, kept)
    partial = there.with_name(there.name + PARTIAL)
    try:
        copy_bytes([(there, 0, end)], partial)
        replace_durably(partial, there)
    finally:
        remove(partial)


def _move(there: Path, kept: Path) -> None:
    _link(there, kept)
    there.unlink()


def _link(there: Path, kept: Path) -> None:
    make_folder_durably(kept.parent)
    with contextlib.suppress(FileExistsError):
        os.link(there, kept)
