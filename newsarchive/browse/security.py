"""What every answer carries, and who may ask: headers that let a browser load and run nothing but our own two files.

A page of the archive can hold anything that a page of the web holds. Templates escape it; these headers are the second
fence: no scripts but a file of ours, which may not make HTML of text, no pictures or frames from anywhere, no address
of ours given away.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from newsarchive.spreadsheet import cell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, MutableMapping

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]


_POLICY = (
    "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; "
    "style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; connect-src 'self'; manifest-src 'self'"
)
#: Headers of what is kept as data and must never be shown as a page.
DATA_ONLY = {"content-security-policy": "default-src 'none'; sandbox"}

_OTHER_HOST = "This archive is served under another host name: use the address that newsarchive browse printed."
_READING = ("GET", "HEAD", "OPTIONS")
_LIST = re.compile(r"(?:/[^/]+/-)?/list(?:\.[a-z]+)?")
# Style sheets and their like, which every page needs.
_FILES = ("/-/newsarchive/", "/-/static/", "/-/static-plugins/")
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "interest-cohort=()",
    "x-robots-tag": "noindex, nofollow",
}


def guarded(
    app: App,
    hosts: Collection[str] | None = None,
    *,
    is_public: bool = False,
    base: str = "/",
    others: Collection[str] = (),
    articles: Collection[str] = ("/archive/articles.csv",),
    views: Collection[str] = (),
    note: Callable[[str], None] | None = None,
) -> App:
    """Wrap an application. With `hosts` only requests to these host names are answered.

    On loopback that keeps a page elsewhere from reading the archive through a name that it lets point here. What
    Datasette tells of itself (paths, threads, settings) is not served where `is_public`. The archive is only read, so
    nothing but GET and HEAD is answered, except by Datasette's own pages, by `others`, the databases beside it, and by
    the page of a list, which is sent notes that are too long for an address.
    `articles` are the addresses of tables of articles as CSV, `views` those of views, whose rows are not counted: that
    would work out all of them. `note` is called with the path before it is answered.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        path = scope["path"].removeprefix(base.rstrip("/"))
        if hosts is not None and _host(scope) not in hosts:
            await _refuse(send, 421, _OTHER_HOST)
        elif is_public and path.startswith("/-/") and not path.startswith(_FILES):
            await _refuse(send, 404, "There is no such page here.")
        elif scope["method"] not in _READING and not (
            _first_part(path) in ("-", *others) or (scope["method"] == "POST" and is_list(path))
        ):
            await _refuse(send, 405, "The archive is only read: ask with GET.", ("allow", "GET, HEAD"))
        else:
            if note is not None:
                note(path)
            asked = _uncounted(scope) if path in views else _streamed(scope, path in articles)
            await app(asked, receive, _with_headers(send, _csv_of(scope)))

    return wrapped


def is_list(path: str) -> bool:
    """Return whether a path is that of a reader's list, or of a file of it."""
    return _LIST.fullmatch(path) is not None


def _streamed(scope: Scope, is_articles: bool) -> Scope:
    """Return a request for a whole table in the order of its keys.

    Datasette streams page by page, and where the order is by values that are not unique it loses rows between pages.
    """
    if not scope["path"].endswith(".csv"):
        return scope
    arguments = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if not any(name == "_stream" for name, _ in arguments):
        return scope
    ordered = [(name, value) for name, value in arguments if name not in ("_sort", "_sort_desc")]
    if is_articles:  # the only table that is shown in another order than that of its keys
        ordered.append(("_sort", "id"))
    return {**scope, "query_string": urlencode(ordered).encode("ascii")}


def _uncounted(scope: Scope) -> Scope:
    arguments = scope["query_string"]
    return {**scope, "query_string": arguments + b"&_nocount=1" if arguments else b"_nocount=1"}


def _first_part(path: str) -> str:
    return path.lstrip("/").split("/")[0].partition(".")[0]


def _csv_of(scope: Scope) -> SafeCsv | None:
    """Return what makes an answer harmless in a spreadsheet, where it is CSV; `bom=1` or `_bom=1` asks for a mark."""
    if not scope["path"].endswith(".csv"):
        return None
    arguments = parse_qs(scope["query_string"].decode("latin-1"))
    return SafeCsv(bom="1" in (*arguments.get("bom", ()), *arguments.get("_bom", ())))


def _with_headers(send: Send, csv: SafeCsv | None) -> Send:

    async def sending(message: Message) -> None:
        nonlocal csv
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            given = {name.lower(): value for name, value in headers}
            headers += [(k.encode(), v.encode()) for k, v in _HEADERS.items() if k.encode() not in given]
            if not given.get(b"content-type", b"").startswith((b"text/csv", b"text/plain")):
                csv = None
            if csv is not None:
                headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
            message = {**message, "headers": headers}
        elif message["type"] == "http.response.body" and csv is not None:
            is_last = not message.get("more_body", False)
            message = {**message, "body": csv.feed(message.get("body", b""), is_last=is_last)}
        await send(message)

    return sending


def _host(scope: Scope) -> str:
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).lower()


async def _refuse(send: Send, status: int, text: str, *more: tuple[str, str]) -> None:
    body = f"{text}\n".encode()
    given = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body))} | _HEADERS | dict(more)
    headers = [(name.encode(), value.encode()) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


# A field as Python's csv module writes it: in quotes, with quotes doubled, or free of everything special.
_FIELD = re.compile(r'"([^"]*(?:""[^"]*)*)"|[^",\r\n]+')
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


class SafeCsv:
    """Takes CSV in pieces, gives it back in pieces that end where a record ends.

    With `bom` it begins with a byte order mark, without which Excel reads Chinese as something else.
    """

    def __init__(self, *, bom: bool = False) -> None:
        self._mark = codecs.BOM_UTF8 if bom else b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending: list[str] = []
        self._open = False

    def feed(self, piece: bytes, *, is_last: bool = False) -> bytes:
        """Accept a piece and return what is complete; with `is_last` everything."""
        text = self._decoder.decode(piece, final=is_last)
        self._pending.append(text)
        if text.count('"') % 2:
            self._open = not self._open
        if not is_last and (self._open or not text.endswith("\n")):
            return b""
        whole = "".join(self._pending)
        self._pending.clear()
        mark, self._mark = self._mark, b""
        return mark + _FIELD.sub(_safe, whole).encode("utf-8")


def _safe(match: re.Match[str]) -> str:
    quoted = match[1]
    if quoted is not None:
        return f'"{cell(quoted)}"'
    return match[0] if _NUMBER.fullmatch(match[0]) else str(cell(match[0]))
