"""Pages out of WARC files that anybody wrote: which records are taken, and what they are to an article."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from newsarchive.crawl.failures import BrokenTransfer, TooLarge
from newsarchive.crawl.warc_codings import unpack_body
from newsarchive.models import ROLES, Page, Role
from newsarchive.sites import SiteError, load_site, site_names
from newsarchive.timestamps import stamp
from newsarchive.unpacking import GZIP_MAGIC
from newsarchive.warc import zstd
from newsarchive.warc.http_answer import Answer, AnswerDamagedError, media_type, read_answer
from newsarchive.warc.record import ROLE_FIELD, SENT_AS, SITE_FIELD, SnapshotDamagedError, payload_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newsarchive.sites import Site
    from newsarchive.warc.reader import Record

_HTML = ("text/html", "application/xhtml+xml")
# A coding is only undone where the body looks like it: crawlers unpack bodies and keep the header.
_MAGIC = {"gzip": GZIP_MAGIC, "x-gzip": GZIP_MAGIC, "deflate": b"", "zstd": zstd.MAGIC}
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{40}")
_BOM = b"\xef\xbb\xbf"
#: Names of foreign bodies that are remembered; of one that is forgotten, the address and time still tell.
_MOST_DIGESTS = 200_000


class CaptureError(Exception):
    """A record that should give a page and does not; `reason` is from `problems.REASONS`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class MissingOriginalError(CaptureError):
    """A record refers to a page that is not known (yet): it may stand in a file that is read later."""

    def __init__(self, detail: str) -> None:
        super().__init__("missing-original", detail)


@dataclass(frozen=True, slots=True)
class Captures:
    """Makes pages of WARC records.

    `wants` tells for a URL whether it is asked for, and `limit` is the most bytes that a body may have. For records
    that only refer to an earlier one, `body_of` gives the body of a payload digest, and `body_at` that of a URL and
    time as the archive writes it.
    """

    sites: dict[str, Site]
    wants: Callable[[str], bool]
    body_of: Callable[[str], bytes | None]
    body_at: Callable[[str, str], bytes | None]
    limit: int
    #: Whether pages of hosts that no site names are taken as well.
    any_host: bool = True
    #: What later records call a body (its digest as it was sent, its record) -> its digest as the archive keeps it.
    _digests: dict[str, str] = field(default_factory=dict)

    def page_of(self, record: Record) -> Page | None:
        """Make a page of a record; None for one that holds none that was asked for.

        Raises:
            CaptureError: it should hold one, and is damaged or too large.
            MissingOriginalError: it refers to one that is not known.

        """
        url = record.headers.get("warc-target-uri", "").strip("<>")
        place = self._place(url, record.headers)
        if place is None or not self.wants(url):
            return None
        role, site = place
        answer = self._answer(record)
        if answer.status != 200 or not _may_be_read(answer, role):
            return None
        body = self._original(record) if _is_revisit(record) else self._body(answer, record)
        if not _looks_right(answer, body, role):
            return None
        return Page(
            url=url,
            role=role,
            site=site,
            body=body,
            fetched_at=_fetched_at(record),
            status=answer.status,
            headers={name: value for name, value in answer.headers.items() if name not in SENT_AS},
        )

    def _place(self, url: str, headers: dict[str, str]) -> tuple[Role, str] | None:
        """Return what a URL is to an article, and of which site; None where it is not taken.

        A record that this program wrote says it itself. Else the site that names the host does, by its layouts; a
        page of an unknown host is taken for an original.
        """
        role, name = headers.get(ROLE_FIELD.lower(), ""), headers.get(SITE_FIELD.lower(), "")
        if url.startswith("file:") and role != "file":  # a post file is no page that anybody served
            return None
        if role in ROLES and name and (self.any_host or name in {site.name for site in self.sites.values()}):
            return cast("Role", role), name
        host = _host(url)
        site = self.sites.get(host)
        if site is not None:
            layout = site.layout_for(url)
            return (layout.role, site.name) if layout else None
        return ("original", host) if host and self.any_host else None

    def _answer(self, record: Record) -> Answer:
        kind = record.headers.get("warc-type")
        if record.block is None:
            raise CaptureError("too-large", f"more than {self.limit} bytes")
        # What is cut off a revisit is the body, which stands in the record that it refers to.
        if "warc-truncated" in record.headers and kind != "revisit":
            raise CaptureError("broken-transfer", f"cut short by its crawler ({record.headers['warc-truncated']})")
        if kind == "resource":
            declared = record.headers.get("content-type", "")
            return Answer(200, {"content-type": declared} if _has_host(record) else {}, record.block)
        if kind == "revisit" and not record.block.strip():
            return Answer(200, {}, b"")
        try:
            return read_answer(record.block)
        except AnswerDamagedError as error:
            raise CaptureError("broken-transfer", str(error)) from error

    def _original(self, record: Record) -> bytes:
        """Return the body of a record that refers to an earlier one.

        The digest is that of the body as it was sent; of one that was sent packed the archive knows another digest.
        """
        digest = _digest_of(record)
        url = record.headers.get("warc-refers-to-target-uri", "").strip("<>")
        when = _time_of(record.headers.get("warc-refers-to-date", ""))
        try:
            body = self.body_of(self._digests.get(digest, digest)) if digest else None
            if body is None and (known := self._digests.get(record.headers.get("warc-refers-to", ""))) is not None:
                body = self.body_of(known)
            if body is None and url and when is not None:
                body = self.body_at(url, stamp(when))
        except SnapshotDamagedError as error:
            raise CaptureError("damaged-snapshot", str(error)) from error
        if body is None:
            raise MissingOriginalError(f"refers to a page that is not known: {url} {digest}".strip())
        return body

    def _body(self, answer: Answer, record: Record) -> bytes:
        body = self._unpacked(answer, record)
        digest = payload_digest(body)
        for name in (_digest_of(record), record.headers.get("warc-record-id", "")):
            if name and name != digest:
                self._digests[name] = digest
        while len(self._digests) > _MOST_DIGESTS:
            del self._digests[next(iter(self._digests))]
        return body

    def _unpacked(self, answer: Answer, record: Record) -> bytes:
        body = answer.body
        codings = [c.strip() for c in answer.headers.get("content-encoding", "").lower().split(",")]
        try:
            for coding in reversed(codings):
                if coding not in ("", "identity") and body.startswith(_MAGIC.get(coding, b"")):
                    body = unpack_body(body, coding, self.limit)
        except (BrokenTransfer, TooLarge) as error:
            # Unpacked by the crawler that wrote it, which kept the header: what was wrong for it reads as HTML.
            if record.headers.get("warc-type") == "response" and body.lstrip()[:1] == b"<":
                return body
            reason = "too-large" if isinstance(error, TooLarge) else "broken-transfer"
            raise CaptureError(reason, str(error)) from error
        return body


def sites_by_host(sites: Iterable[Site] | None = None) -> dict[str, Site]:
    """Return the site of each host that a site names; all sites unless some are given."""
    found: dict[str, Site] = {}
    for site in sites or [load_site(name) for name in site_names()]:
        for host in (*site.hosts, *(site.share.hosts if site.share else ())):
            found.setdefault(host, site)
    return found


@lru_cache(maxsize=1024)
def known_site(name: str) -> Site | None:
    """Return the site of a name; None where there is no such file."""
    try:
        return load_site(name)
    except SiteError:
        return None


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    return parts.hostname if port in (None, 80, 443) else f"{parts.hostname}:{port}"


def _has_host(record: Record) -> bool:
    return bool(_host(record.headers.get("warc-target-uri", "")))


def _is_revisit(record: Record) -> bool:
    return record.headers.get("warc-type") == "revisit"


def _digest_of(record: Record) -> str:
    """Return the payload digest of a record; one of SHA-1 in the form in which the archive writes it."""
    digest = record.headers.get("warc-payload-digest", "").strip()
    algorithm, _, text = digest.partition(":")
    if algorithm.lower() not in ("sha1", "sha-1"):
        return digest
    if _HEXADECIMAL.fullmatch(text):
        text = base64.b32encode(bytes.fromhex(text)).decode()
    return f"sha1:{text.upper()}"


def _may_be_read(answer: Answer, role: Role) -> bool:
    """Return whether the headers allow for a page; those of an answer without a type do."""
    return role != "original" or media_type(answer.headers.get("content-type", "")) in ("", *_HTML)


def _looks_right(answer: Answer, body: bytes, role: Role) -> bool:
    """Return whether a body without a type looks like a page."""
    if role != "original" or media_type(answer.headers.get("content-type", "")):
        return True
    return body.removeprefix(_BOM).lstrip()[:1] == b"<"


def _fetched_at(record: Record) -> datetime:
    text = record.headers.get("warc-date", "")
    when = _time_of(text)
    if when is None:
        raise CaptureError("damaged-file", f"the record has no date ({text[:40]!r})")
    return when


def _time_of(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
