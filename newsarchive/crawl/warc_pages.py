"""Pages out of WARC files that anybody wrote: which records are taken, and what they are to an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from newsarchive.crawl.failures import BrokenTransfer, TooLarge
from newsarchive.crawl.http.decompression import decompress
from newsarchive.models import ROLES, Page, Role
from newsarchive.sites import load_site, site_names
from newsarchive.warc.http_answer import Answer, AnswerDamagedError, read_answer
from newsarchive.warc.record import ROLE_FIELD, SENT_AS, SITE_FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newsarchive.sites import Site
    from newsarchive.warc.reader import Record

_HTML = ("text/html", "application/xhtml+xml")
# A coding is only undone where the body looks like it: crawlers unpack bodies and keep the header.
_MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "deflate": b""}


class CaptureError(Exception):
    """A record that should give a page and does not; `reason` is from `problems.REASONS`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Captures:
    """Makes pages of WARC records.

    `wants` tells for a URL whether it is asked for, `body_of` gives the body of a payload digest, for records that
    only refer to it, and `limit` is the most bytes that a body may have.
    """

    sites: dict[str, Site]
    wants: Callable[[str], bool]
    body_of: Callable[[str], bytes | None]
    limit: int
    #: Whether pages of hosts that no site names are taken as well.
    any_host: bool = True

    def page_of(self, record: Record) -> Page | None:
        """Make a page of a record; None for one that holds none that was asked for.

        Raises:
            CaptureError: it should hold one, and is damaged or too large.

        """
        url = record.headers.get("warc-target-uri", "").strip("<>")
        place = self._place(url, record.headers)
        if place is None or not self.wants(url):
            return None
        role, site = place
        answer = self._answer(record)
        if answer is None or not _is_readable(answer, role):
            return None
        return Page(
            url=url,
            role=role,
            site=site,
            body=self._body(answer, record),
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

    def _answer(self, record: Record) -> Answer | None:
        kind = record.headers.get("warc-type")
        if record.block is None:
            raise CaptureError("too-large", f"more than {self.limit} bytes")
        if "warc-truncated" in record.headers:
            raise CaptureError("broken-transfer", f"cut short by its crawler ({record.headers['warc-truncated']})")
        if kind == "resource":
            media_type = record.headers.get("content-type", "")
            return Answer(200, {"content-type": media_type} if _has_host(record) else {}, record.block)
        if kind == "revisit":
            return self._revisited(record)
        try:
            return read_answer(record.block)
        except AnswerDamagedError as error:
            raise CaptureError("broken-transfer", str(error)) from error

    def _revisited(self, record: Record) -> Answer | None:
        """Return the answer of a record that refers to an earlier one, where the archive has the body."""
        body = self.body_of(record.headers.get("warc-payload-digest", ""))
        if body is None:
            return None
        if not record.block:
            return Answer(200, {}, body)
        try:
            answer = read_answer(record.block)
        except AnswerDamagedError as error:
            raise CaptureError("broken-transfer", str(error)) from error
        return Answer(answer.status, {k: v for k, v in answer.headers.items() if k not in SENT_AS}, body)

    def _body(self, answer: Answer, record: Record) -> bytes:
        body = answer.body
        codings = [c.strip() for c in answer.headers.get("content-encoding", "").lower().split(",")]
        try:
            for coding in reversed(codings):
                if coding not in ("", "identity") and body.startswith(_MAGIC.get(coding, b"")):
                    body = decompress(body, coding.encode(), self.limit)
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


def _is_readable(answer: Answer, role: Role) -> bool:
    if answer.status != 200:
        return False
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if role == "original":
        return media_type in _HTML or (not media_type and answer.body.lstrip()[:1] == b"<")
    return True


def _fetched_at(record: Record) -> datetime:
    text = record.headers.get("warc-date", "")
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise CaptureError("damaged-file", f"the record has no date ({text[:40]!r})") from error
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
