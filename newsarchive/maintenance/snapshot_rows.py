"""Compare the rows of snapshots with their records in the WARC files, which say the same, and set the rows right."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from newsarchive.models import Page
from newsarchive.timestamps import stamp
from newsarchive.warc.record import SENT_AS, Original, build_record, split_record, unpack

if TYPE_CHECKING:
    from newsarchive.archive import Archive

_ROW = "SELECT url, fetched_at, http_status, headers, digest, length FROM snapshots WHERE id = ?"
_KNOWN_URLS = "SELECT url FROM frontier UNION SELECT url FROM copies"
_SENT_PREFIX = "x-crawl-"
_HEADERS = "headers"


def row_differences(archive: Archive, snapshot_id: int) -> list[str]:
    """Return the columns in which a snapshot's row says something else than its record.

    Raises:
        SnapshotDamagedError: the record is not whole, and bears no witness.

    """
    record, block = split_record(archive.snapshots.unpacked(snapshot_id))
    row = _row_of(archive, snapshot_id)
    found = [] if _is_its_time(row["fetched_at"], record, block) else ["fetched_at"]
    try:
        written, http = _written(row, record)
    except (ValueError, TypeError, AttributeError):
        # Nothing can be written of such a row: the time and the headers are what may be unreadable.
        return found or [_HEADERS]
    if written.get("warc-target-uri") != record.get("warc-target-uri"):
        found.append("url")
    was, wanted = _http(http), _http(block if record.get("warc-type") in ("response", "revisit") else b"")
    if was[0] != wanted[0]:
        found.append("http_status")
    if was[1] != wanted[1]:
        found.append(_HEADERS)
    return found


def set_right(archive: Archive, snapshot_id: int) -> list[str]:
    """Set in a snapshot's row what its record says; return the columns that were changed.

    Raises:
        SnapshotDamagedError: the record is not whole.

    """
    changed: list[str] = []
    # A row of which nothing can be written tells of one column at a time.
    while names := [name for name in row_differences(archive, snapshot_id) if name not in changed]:
        record, block = split_record(archive.snapshots.unpacked(snapshot_id))
        row = _row_of(archive, snapshot_id)
        for name in names:
            value = _recorded(archive, name, row, record, block)
            archive.connection.execute(
                f"UPDATE snapshots SET {name} = ? WHERE id = ?",  # noqa: S608 - a name of ours
                (value, snapshot_id),
            )
        changed += names
    return changed


def _is_its_time(fetched_at: str, record: dict[str, str], block: bytes) -> bool:
    """Return whether a row has the time of its record, or one to which a clock that was ahead was set back."""
    written = record.get("warc-date")
    if written is None or fetched_at == written:
        return True
    try:
        row, was = datetime.fromisoformat(fetched_at), datetime.fromisoformat(written)
        if stamp(row) != fetched_at:
            return False
    except ValueError:
        return False
    dates = [line.partition(":")[2] for line in _http(block)[1] if line.lower().startswith("date:")]
    try:
        said = parsedate_to_datetime(dates[0]).replace(tzinfo=UTC)
    except (ValueError, IndexError):
        return row < was  # no server said which time it was
    return row < was and abs(row - said) < abs(was - said)


def _row_of(archive: Archive, snapshot_id: int) -> dict[str, Any]:
    cursor = archive.connection.execute(_ROW, (snapshot_id,))
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _written(row: dict[str, Any], record: dict[str, str]) -> tuple[dict[str, str], bytes]:
    """Return the headers and the HTTP headers that a record of a row would have; the body is left out."""
    page = Page(
        url=row["url"],
        role=record.get("x-newsarchive-role", "original"),  # type: ignore[arg-type]
        site=record.get("x-newsarchive-site", ""),
        body=bytes(row["length"]),
        fetched_at=datetime.fromisoformat(row["fetched_at"]),
        status=row["http_status"],
        headers=json.loads(row["headers"]),
    )
    return split_record(unpack(build_record(page, row["digest"], Original(0, "", "")), 0))


def _http(block: bytes) -> tuple[str, list[str]]:
    """Return the status and the header lines of an HTTP answer."""
    head = block.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    status, *lines = head.split("\r\n")
    return status.split(" ")[1] if " " in status else "", [line for line in lines if line]


def _recorded(archive: Archive, name: str, row: dict[str, Any], record: dict[str, str], block: bytes) -> Any:
    """Return the value of a column as the record has it."""
    if name == "fetched_at":
        return record["warc-date"]
    status, lines = _http(block)
    if name == "http_status":
        return int(status)
    if name == "url":
        return _known_url(archive, row, record)
    # A record has the length of its body at the end, wherever the server said it, and if at all: the nearest is taken.
    own = ("content-length", str(row["length"]))
    said = [header for line in lines if (header := _plain_header(line)) != own]
    ways = [said, *([*said[:place], own, *said[place:]] for place in range(len(said) + 1))]
    texts = [json.dumps(dict(way), ensure_ascii=False) for way in ways]
    return min(texts, key=lambda text: _distance(text, str(row[_HEADERS])))


def _known_url(archive: Archive, row: dict[str, Any], record: dict[str, str]) -> str:
    wanted = record["warc-target-uri"]
    for (url,) in archive.connection.execute(_KNOWN_URLS):
        if _written(row | {"url": url}, record)[0].get("warc-target-uri") == wanted:
            return str(url)
    return wanted


def _plain_header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    name = name.lower()
    plain = name.removeprefix(_SENT_PREFIX)
    return plain if plain in SENT_AS else name, unquote(value.strip()) if "%E" in value else value.strip()


def _distance(one: str, other: str) -> int:
    return sum(a != b for a, b in zip_longest(one, other))
