"""Answers in gzip, for programs that take it: a page of Chinese text becomes a third or less."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.browse.security import App, Message, Receive, Scope, Send

# What is not worth it, in bytes; and how hard to try: the first levels do most of it in a fraction of the time.
_SMALLEST, _LEVEL = 1000, 3
_TEXTS = ("text/", "application/json", "application/atom+xml", "image/svg+xml")
# Tells zlib to write gzip, with the largest window.
_GZIP = 16 + zlib.MAX_WBITS
# An answer for which there is more to be said than a body.
_WITHOUT_BODY = (204, 304)


def compressed(app: App) -> App:
    """Wrap an application: texts are sent in gzip to who accepts it, piece by piece as they are made."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and _accepts(scope):
            await app(scope, receive, _Compressor(send))
        else:
            await app(scope, receive, send)

    return wrapped


class _Compressor:
    """Holds the head of an answer back until its first piece tells whether it is worth packing."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: Message = {}
        self._packer: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        body, is_last = message.get("body", b""), not message.get("more_body", False)
        if self._head:
            head, self._head = self._head, {}
            if _is_text(head) and (not is_last or len(body) >= _SMALLEST):
                self._packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
                head = _packed(head)
            await self._send(head)
        if self._packer is not None:
            body = self._packer.compress(body) + (self._packer.flush() if is_last else b"")
            message = {**message, "body": body}
        if body or is_last:
            await self._send(message)


def _accepts(scope: Scope) -> bool:
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding").decode("latin-1")
    codings = [coding.strip().replace(" ", "").lower() for coding in accepted.split(",")]
    return any(one in ("gzip", "*") or (one.startswith("gzip;") and not one.endswith("q=0")) for one in codings)


def _is_text(head: Message) -> bool:
    headers = {name.lower(): value for name, value in head.get("headers", ())}
    kind = headers.get(b"content-type", b"").decode("latin-1")
    return kind.startswith(_TEXTS) and b"content-encoding" not in headers and head["status"] not in _WITHOUT_BODY


def _packed(head: Message) -> Message:
    headers = [pair for pair in head.get("headers", ()) if pair[0].lower() != b"content-length"]
    return {**head, "headers": [*headers, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]}
