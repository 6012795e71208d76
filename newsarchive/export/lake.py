"""A lake: the articles of one or many archives as Parquet, published again and again under readers that go on reading.

    articles/month=2022-03/shard=archive/00000012.parquet    the month as the archive's 12th publication has it
    manifest.json                                            which files are the lake at present
    views.sql                                                the same for DuckDB

A file is written once and never changed. What has changed is written anew, then the manifest is replaced at once: who
reads the files that a manifest names sees each archive as it was at one moment. Files that no manifest names any more
stay for a while, for those who read by an older one.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsarchive.archive.joins import ARTICLES_WITH_NAMES
from newsarchive.archive.queries import COLUMNS, articles_of_month, one_moment, value
from newsarchive.atomic import atomic_file, make_folder_durably, replace_durably
from newsarchive.errors import UserError
from newsarchive.export.parquet import ROW_GROUP, article_file, month_folder, pyarrow
from newsarchive.i18n import _
from newsarchive.locks import locked
from newsarchive.search import Sql
from newsarchive.timestamps import stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

#: The form of the manifest.
VERSION = 1
MANIFEST, VIEWS = "manifest.json", "views.sql"

_SHARD = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# What a month shows, without the texts, of which the hash tells as much.
_ROWS = ", ".join(column for name, column in COLUMNS.items() if name != "body")
_FINGERPRINTS = (
    f"SELECT substr(a.published_at, 1, 7), a.id, a.content_hash, {_ROWS} {ARTICLES_WITH_NAMES} ORDER BY a.id",
    "SELECT substr(a.published_at, 1, 7), a.id, c.url, c.role, c.site, c.first_seen_at, c.last_seen_at, c.http_status,"
    " (SELECT max(r.id) FROM readings r WHERE r.copy_id = c.id)"
    " FROM copies c JOIN articles a ON a.id = c.article_id ORDER BY c.id",
)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did: its number for the archive, files written and taken off, and articles of the archive."""

    generation: int
    written: int
    removed: int
    articles: int


@dataclass(frozen=True, slots=True)
class Part:
    """What a lake shall have of an archive: all its files, of which so many were written and no manifest has yet."""

    shard: str
    archive_id: str
    generation: int
    files: list[dict[str, Any]]
    written: int

    @property
    def articles(self) -> int:
        """How many articles there are."""
        return sum(entry["articles"] for entry in self.files)


def lake_files(folder: Path | str) -> list[Path]:
    """Return the files that are the lake at present. Raises UserError where there is none."""
    folder = Path(folder)
    return [folder / entry["path"] for entry in _read(folder)["files"]]


def publish(connection: sqlite3.Connection, folder: Path, shard: str, *, keep: timedelta) -> Published:
    """Bring what a lake has of an archive up to date: months that have changed are written, those that are gone go.

    `shard` names the archive in the lake. Files that are replaced stay for `keep`. Killed at any time, the lake is as
    it was, or as it shall be.

    Raises:
        UserError: pyarrow is not installed, the lake cannot be written, or has another archive of that name.

    """
    with _writing(folder, shard), one_moment(connection):
        part = _write_part(connection, folder, shard)
        removed = commit(folder, [part], keep=keep)
    return Published(part.generation, part.written, removed, part.articles)


def write_part(connection: sqlite3.Connection, folder: Path, shard: str) -> Part:
    """Write the files that a lake lacks of an archive, for `commit` to publish together with those of others.

    Raises:
        UserError: as `publish`.

    """
    with _writing(folder, shard), one_moment(connection):
        return _write_part(connection, folder, shard)


def commit(folder: Path, parts: Sequence[Part], *, keep: timedelta) -> int:
    """Publish parts of a lake, all at once; return how many files are the lake no more.

    Raises:
        UserError: files of a part are gone, because another publication began meanwhile.

    """
    now = datetime.now(UTC)
    with locked(folder / ".lock"):
        manifest = _read_or_begin(folder)
        shards = {part.shard: {"archive_id": part.archive_id, "generation": part.generation} for part in parts}
        files = [entry for part in parts for entry in part.files]
        for entry in files:
            if not (folder / entry["path"]).exists():
                raise UserError(
                    _("{folder}: published by somebody else at the same time - publish again", folder=folder)
                )
        kept = {entry["path"] for entry in files}
        before = [entry for entry in manifest["files"] if entry["shard"] in shards]
        gone = [entry["path"] for entry in before if entry["path"] not in kept]
        if not gone and len(before) == len(files) and shards.items() <= manifest["shards"].items():
            return 0
        others = [entry for entry in manifest["files"] if entry["shard"] not in shards]
        retired = manifest["retired"] + [{"path": path, "at": stamp(now)} for path in gone]
        over = [one["path"] for one in retired if datetime.fromisoformat(one["at"]) + keep <= now]
        manifest |= {
            "published_at": stamp(now),
            "shards": manifest["shards"] | shards,
            "files": sorted([*others, *files], key=lambda entry: entry["path"]),
            "retired": [one for one in retired if one["path"] not in over],
        }
        with atomic_file(folder / MANIFEST) as stream:
            stream.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        with atomic_file(folder / VIEWS) as stream:
            stream.write(_views(manifest).encode())
        for path in over:
            (folder / path).unlink(missing_ok=True)
    return len(gone)


@contextmanager
def _writing(folder: Path, shard: str) -> Iterator[None]:
    """Hold what an archive has in a lake; who comes later waits."""
    pyarrow()
    if not _SHARD.fullmatch(shard):
        raise UserError(
            _("{shard}: no name for an archive in a lake - write small letters, digits, '.', '_', '-'", shard=shard)
        )
    try:
        make_folder_durably(folder)
        with locked(folder / f".{shard}.lock"):
            yield
    except OSError as error:
        raise UserError(
            _(
                "{folder}: cannot be written: {strerror} - check the folder",
                folder=folder,
                strerror=error.strerror or error,
            )
        ) from error


def _write_part(connection: sqlite3.Connection, folder: Path, shard: str) -> Part:
    archive_id = value(connection, "SELECT archive_id FROM identity")
    with locked(folder / ".lock"):
        manifest = _read_or_begin(folder)
        _remove_unlisted(folder, shard, manifest)
    about = manifest["shards"].get(shard, {"archive_id": archive_id, "generation": 0})
    if about["archive_id"] != archive_id:
        raise UserError(
            _(
                "{folder}: has another archive of the name {shard} - name this one with --shard",
                folder=folder,
                shard=shard,
            )
        )
    generation = about["generation"] + 1
    known = {entry["key"]: entry for entry in manifest["files"] if entry["shard"] == shard}
    files = []
    for month, fingerprint in sorted(_fingerprints(connection).items(), key=lambda item: item[0] or ""):
        entry = known.get(month or "")
        if entry is None or entry["fingerprint"] != fingerprint:
            path, number = _write_month(connection, folder, shard, month, generation)
            entry = {"path": path, "shard": shard, "key": month or "", "fingerprint": fingerprint, "articles": number}
        files.append(entry)
    written = sum(entry not in known.values() for entry in files)
    is_changed = written or len(files) < len(known) or shard not in manifest["shards"]
    return Part(shard, archive_id, generation if is_changed else about["generation"], files, written)


def _write_month(
    connection: sqlite3.Connection, folder: Path, shard: str, month: str | None, generation: int
) -> tuple[str, int]:
    # Times that are no ISO text have months of their own, which lie beside the undated.
    odd = blake2b((month or "").encode(), digest_size=4).hexdigest() if month_folder(month) != f"month={month}" else ""
    name = f"{generation:08}{odd and f'-{odd}'}.parquet"
    path = folder / "articles" / month_folder(month) / f"shard={shard}" / name
    make_folder_durably(path.parent)
    partial = path.with_suffix(".part")
    number = 0
    with article_file(partial) as write:
        found = articles_of_month(connection, Sql("true"), month)
        while group := list(islice(found, ROW_GROUP)):
            write(group)
            number += len(group)
    replace_durably(partial, path)
    return path.relative_to(folder).as_posix(), number


def _fingerprints(connection: sqlite3.Connection) -> dict[str | None, str]:
    """Return a hash of all that each month shows."""
    hashes: dict[str | None, Any] = {}
    for sql in _FINGERPRINTS:
        for month, *values in connection.execute(sql):
            if month not in hashes:
                hashes[month] = blake2b(digest_size=16)
            hashes[month].update(json.dumps(values).encode())
    return {month: found.hexdigest() for month, found in hashes.items()}


def _views(manifest: dict[str, Any]) -> str:
    paths = ",\n    ".join(f"'{entry['path']}'" for entry in manifest["files"])
    # DuckDB knows no empty list of files.
    source = f"read_parquet([\n    {paths}\n], hive_partitioning = true)" if paths else "(SELECT 1) WHERE false"
    view = f"CREATE OR REPLACE VIEW articles AS SELECT * FROM {source};\n"  # noqa: S608 - names of ours
    return f"-- In the folder of the lake: duckdb -init {VIEWS}\n{view}"


def _remove_unlisted(folder: Path, shard: str, manifest: dict[str, Any]) -> None:
    """Remove what a publication of the archive that was killed has left."""
    listed = {entry["path"] for entry in (*manifest["files"], *manifest["retired"])}
    for path in (folder / "articles").glob(f"month=*/shard={shard}/*"):
        if path.relative_to(folder).as_posix() not in listed:
            path.unlink(missing_ok=True)


def _read_or_begin(folder: Path) -> dict[str, Any]:
    """Return the manifest of a lake; one without anything where there is none yet."""
    if (folder / MANIFEST).exists():
        return _read(folder)
    return {"version": VERSION, "published_at": None, "shards": {}, "files": [], "retired": []}


def _read(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        if manifest["version"] > VERSION:
            raise UserError(
                _("{folder}: published by a newer version of newsarchive - update newsarchive", folder=folder)
            )
    except FileNotFoundError:
        raise UserError(_("{folder}: no lake - make one with: newsarchive publish {folder}", folder=folder)) from None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            _("{path}: no manifest of a lake ({error}) - choose another folder", path=folder / MANIFEST, error=error)
        ) from error
    return manifest
