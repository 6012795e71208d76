"""The keys of a site file, and the readers of their values: each gives a typed value or says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsarchive.models import ROLES
from newsarchive.sites.selectors import compile_css, simple_selector

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?")

#: Reads one value; ValueError carries the reason why it cannot be used.
Reader = Callable[[Any], object]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"must be a text, not {value!r}")
    return value


def _maybe_empty(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a text, not {value!r}")  # noqa: TRY004 - all readers raise one kind
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Read a list of texts."""
    if not isinstance(value, list):
        raise ValueError(f"must be a list of texts, not {value!r}")  # noqa: TRY004
    return tuple(_text(item) for item in value)


def _pattern(value: Any) -> re.Pattern[str]:
    try:
        return re.compile(_text(value))
    except re.error as error:
        raise ValueError(f"{value!r} is not a regular expression ({error})") from error


def _kinds(value: Any) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not isinstance(value, dict):
        raise ValueError(f"must be a table of kind = pattern, not {value!r}")  # noqa: TRY004
    return tuple((kind, _pattern(pattern)) for kind, pattern in value.items())


def _css(value: Any) -> str:
    compile_css(_text(value))
    return str(value)


def _selectors(value: Any) -> tuple[str, ...]:
    for text in texts(value):
        simple_selector(text)
    return tuple(value)


def _cut(value: Any) -> tuple[bytes, bytes]:
    marks = texts(value)
    if len(marks) != 2:
        raise ValueError("must be two marks: where the text begins and where it ends")
    return marks[0].encode(), marks[1].encode()


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"must be a whole number from 1, not {value!r}")
    return value


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ValueError(f"must be a number of seconds, not {value!r}")
    return float(value)


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {value!r}")  # noqa: TRY004
    return value


def _minutes(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list) or not value or not all(_seconds(number) for number in value):
        raise ValueError(f"must be a list of minutes above zero, not {value!r}")
    return tuple(map(float, value))


def _one_of(*allowed: str) -> Reader:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}, not {value!r}")
        return str(value)

    return read


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone (Asia/Shanghai, UTC ...)") from error


def _url(value: Any) -> str:
    parts = urlsplit(_text(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"must be an address that begins with http:// or https://, not {value!r}")
    return str(value)


def _base_url(value: Any) -> str:
    return _url(value).rstrip("/")


def _code_url(value: Any) -> str:
    if "{code}" not in _url(value) and "{digits}" not in value:
        raise ValueError(f"must have {{code}} or {{digits}} in it: {value!r}")
    return str(value)


def _page_url(*fields: str) -> Reader:
    def read(value: Any) -> str:
        missing = [field for field in fields if field not in _text(value)]
        if missing:
            raise ValueError(f"must have {' and '.join(missing)} in it: {value!r}")
        return str(value)

    return read


def _hosts(value: Any) -> tuple[str, ...]:
    hosts = texts(value)
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host!r} is not a host name in lower case")
    return hosts


def _site_name(value: Any) -> str:
    if not _NAME.fullmatch(_text(value)):
        raise ValueError(f"must be lower-case letters, digits, - and _, not {value!r}")
    return str(value)


# key -> (reader, is it required)
LISTING: dict[str, tuple[Reader, bool]] = {
    "start": (texts, True),
    "article": (_pattern, True),
    "category": (_pattern, False),
    "item": (_css, False),
    "heading": (_css, False),
    "heading_suffix": (_maybe_empty, False),
    "time": (_css, False),
    "next": (_css, False),
    "max_pages": (_whole, False),
    "category_page": (_page_url("{slug}"), False),
    "numbered_page": (_page_url("{slug}", "{page}"), False),
}
LAYOUT: dict[str, tuple[Reader, bool]] = {
    "role": (_one_of(*ROLES), True),
    "url": (_pattern, True),
    "format": (_one_of("html", "json"), False),
    "cut": (_cut, False),
    "title": (_selectors, False),
    "published": (_selectors, False),
    "digest": (_selectors, False),
    "body": (_selectors, True),
    "drop": (_selectors, False),
    "stop": (texts, False),
    "trailing": (texts, False),
    "attribution": (_selectors, False),
    "editor": (_selectors, False),
    "category": (_selectors, False),
    "category_suffix": (_maybe_empty, False),
    "share_link": (_pattern, False),
    "original_link": (_pattern, False),
    "category_link": (_pattern, False),
    "kinds": (_kinds, False),
    "error_marks": (texts, False),
    "bracket_source": (texts, False),
}
SHARE: dict[str, tuple[Reader, bool]] = {
    "page": (_code_url, True),
    "data": (_code_url, True),
    "origin": (_code_url, False),
    "hosts": (_hosts, False),
}
VANISHED: dict[str, tuple[Reader, bool]] = {
    "url": (_pattern, True),
    "address": (_url, True),
    "hosts": (_hosts, False),
}
RECHECK: dict[str, tuple[Reader, bool]] = {"days": (_seconds, False), "minutes": (_minutes, False)}
FEED: dict[str, tuple[Reader, bool]] = {"path": (_text, True), "full": (_yes_or_no, False)}
LIST: dict[str, tuple[Reader, bool]] = {
    "url": (_text, True),
    "items": (_text, True),
    **dict.fromkeys(("id", "link", "title", "time", "source"), (texts, False)),
    "article": (_page_url("{id}"), False),
    "cursor": (_text, False),
    "first_page": (_whole, False),
    "max_pages": (_whole, False),
}
POLITENESS: dict[str, tuple[Reader, bool]] = {"delay": (_seconds, False), "concurrency": (_whole, False)}
SITE: dict[str, tuple[Reader, bool]] = {
    "name": (_site_name, True),
    "title": (_text, True),
    "base_url": (_base_url, True),
    "hosts": (_hosts, True),
    "timezone": (_zone, True),
    "lang": (_text, False),
    "post_file_timezone": (_zone, False),
    "sitemaps": (texts, False),
}
SECTIONS = (
    "listing", "layouts", "layouts_of", "share", "politeness", "vanished", "recheck", "feeds", "lists",
)  # fmt: skip
