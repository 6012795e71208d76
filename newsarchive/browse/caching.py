"""What a browser may keep: the style sheet for good, a page as long as nothing was written to the archive."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from newsarchive.browse.security import App, Message, Receive, Scope, Send

# Files with their version in the address.
_VERSIONED = "/-/newsarchive/"
_FOR_GOOD = b"public, max-age=31536000, immutable"
# A file that was written to a moment ago may be written to again without looking different. Seconds.
_SETTLED = 2.0
# What an answer may depend on besides its address.
_DEPENDS_ON = (b"accept-language", b"cookie", b"authorization")
#: What sets the pages of this program apart from those that another one, or another version, makes of the same archive.
KIND = secrets.token_bytes(8)


def cached(app: App, files: Callable[[], Iterable[str | None]], base: str = "/") -> App:
    """Wrap an application that shows what is in `files`, which are databases; None stands for one in memory.

    Its answers get an ETag that changes with the files, and who has the answer already is told so before it is made.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await app(scope, receive, send)
            return
        path = scope["path"].removeprefix(base.rstrip("/"))
        if path.startswith(_VERSIONED) and scope["query_string"]:
            await app(scope, receive, _adding(send, ((b"cache-control", _FOR_GOOD),)))
            return
        tag = _tag(scope, files())
        if tag is not None and tag in _known(scope):
            headers = [(b"etag", tag), (b"cache-control", b"private, no-cache")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        kept = () if tag is None else ((b"etag", tag), (b"cache-control", b"private, no-cache"))
        await app(scope, receive, _adding(send, kept))

    return wrapped


def _adding(send: Send, more: tuple[tuple[bytes, bytes], ...]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            names = {name for name, _ in more}
            headers = [pair for pair in message.get("headers", ()) if pair[0].lower() not in names]
            message = {**message, "headers": [*headers, *more]}
        await send(message)

    return sending


def _known(scope: Scope) -> list[bytes]:
    """Return the tags of the answers that who asks has already."""
    given = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    return [tag.strip() for tag in given.split(b",")]


def _tag(scope: Scope, files: Iterable[str | None]) -> bytes | None:
    """Return what tells an answer from that of another day or another state of the files; None where that is open."""
    state = _state(files)
    if state is None:
        return None
    today = datetime.now().astimezone().date().isoformat()  # `after:yesterday` asks for something else tomorrow
    headers = [f"{name!r}{value!r}" for name, value in scope["headers"] if name in _DEPENDS_ON]
    whole = "\n".join([scope["path"], repr(scope["query_string"]), today, *headers, *state])
    digest = hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), key=KIND, digest_size=12).hexdigest()
    return f'W/"{digest}"'.encode()


def _state(files: Iterable[str | None]) -> list[str] | None:
    found = []
    settled = time.time() - _SETTLED
    for path in files:
        if path is None:
            return None
        for name in (path, f"{path}-wal"):
            try:
                status = os.stat(name)  # noqa: PTH116 - of a text, on every request
            except FileNotFoundError:
                continue
            if status.st_mtime > settled:
                return None
            found.append(f"{status.st_mtime_ns} {status.st_size} {status.st_ino}")
    return found
