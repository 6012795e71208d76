"""The HTTP answer inside a WARC record: status, headers, and the body as the server meant it before it was packed.

warcio reads whole answers as well, but not damaged ones: its ChunkedDataReader returns a body that was cut short as if
it were whole and puts a trailer into the body; its StatusAndHeadersParser takes any word for a status, and ends the
headers at a line of blanks, so that the others become text of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Without its version, or with a blank before it, as some servers write it; old streaming servers call themselves ICY.
_STATUS = re.compile(rb"^[ \t]*(?:HTTP(?:/[\d.]+)?|ICY)[ \t]+(\d{3})(?!\d)", re.IGNORECASE | re.MULTILINE)
# Bytes in which the status line is looked for: some records have other lines before it.
_ODD_LINES = 4096
# Answers that announce another one (103 Early Hints) before the one that counts.
_MOST_ANNOUNCED = 8
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEAD_LIMIT = 1 << 18
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,200})?\r?\n")


class AnswerDamagedError(Exception):
    """The record holds no whole HTTP answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names lower-cased, the body out of its chunks but still packed."""

    status: int
    headers: dict[str, str]
    body: bytes


def read_answer(block: bytes) -> Answer:
    """Read the block of a response or revisit record.

    Raises:
        AnswerDamagedError: it does not begin as an HTTP answer does, or its chunks are cut short.

    """
    for _ in range(_MOST_ANNOUNCED):
        begin, status = _find_status(block)
        end = _HEAD_END.search(block, begin, begin + _HEAD_LIMIT)
        head, body = (block[begin : end.start()], block[end.end() :]) if end else (block[begin:_HEAD_LIMIT], b"")
        if not (100 <= status < 200 and body):
            break
        block = body
    headers = _read_headers(head)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = join_chunks(body)
    return Answer(status, headers, body)


def _find_status(block: bytes) -> tuple[int, int]:
    """Return where the status line begins, and its code; what looks like a page stands behind no odd line."""
    found = _STATUS.search(block, 0, _ODD_LINES)
    if found is None or b"<" in block[: found.start()]:
        raise AnswerDamagedError("no HTTP answer begins there")
    return found.start(), int(found[1])


def media_type(content_type: str) -> str:
    """Return the media type that a Content-Type names, in lower case; of several the last that is one, as in browsers.

    Headers of one name are joined by commas; servers and the programs behind them often send two.
    """
    found = ""
    for value in content_type.split(","):
        essence = value.partition(";")[0].strip().lower()
        if _MEDIA_TYPE.fullmatch(essence) and essence != "*/*":
            found = essence
    return found


def join_chunks(body: bytes) -> bytes:
    """Join the chunks of a body (RFC 9112, 7.1); one that has none, because a crawler joined them, stays as it is.

    Raises:
        AnswerDamagedError: the last chunk is missing.

    """
    parts: list[bytes] = []
    position = 0
    while head := _CHUNK_SIZE.match(body, position):
        size = int(head[1], 16)
        if size == 0:
            return b"".join(parts)
        position = head.end() + size
        parts.append(body[head.end() : position])
        position += len(b"\r\n") if body[position : position + 1] == b"\r" else len(b"\n")
    if parts:
        raise AnswerDamagedError("the body ends before its last chunk")
    return body


def _read_headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    name = ""
    for line in head.splitlines()[1:]:
        text = _decode(line)
        if text[:1] in (" ", "\t") and name:
            headers[name] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if colon and name:
            headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
        else:
            name = ""
    return headers


def _decode(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
