"""The keys of a site file: what each is for, and what reads its value or says what is wrong with it.

`docs/sites.md` is generated from these tables; the defaults are those of the dataclasses in `newsarchive.sites.model`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsarchive.i18n import _
from newsarchive.models import QUIET_DAYS, ROLES
from newsarchive.sites.selectors import read_selector
from newsarchive.timestamps import read_age
from newsarchive.tree import check_css

if TYPE_CHECKING:
    from datetime import timedelta

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?")

#: Reads one value; ValueError carries the reason why it cannot be used.
Reader = Callable[[Any], object]


class Key(NamedTuple):
    """A key of a table of a site file: what its value is, the reader of the value, and what it is for."""

    kind: str
    reader: Reader
    about: str
    required: bool = False


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_("must be a text, not {value!r}", value=value))
    return value


def _maybe_empty(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(_("must be a text, not {value!r}", value=value))  # noqa: TRY004 - all readers raise one kind
    return value


def texts(value: Any) -> tuple[str, ...]:
    """Read a list of texts."""
    if not isinstance(value, list):
        raise ValueError(_("must be a list of texts, not {value!r}", value=value))  # noqa: TRY004
    return tuple(_text(item) for item in value)


def _pattern(value: Any) -> re.Pattern[str]:
    try:
        return re.compile(_text(value))
    except re.error as error:
        raise ValueError(_("{value!r} is not a regular expression ({error})", value=value, error=error)) from error


def _patterns(value: Any) -> re.Pattern[str]:
    """Read a pattern, or a list of patterns of which one has to match; an empty list matches nothing."""
    if not isinstance(value, list):
        return _pattern(value)
    patterns = [_pattern(one).pattern for one in value]
    return re.compile("|".join(f"(?:{one})" for one in patterns) or "(?!)")


def _kinds(value: Any) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not isinstance(value, dict):
        raise ValueError(_("must be a table of kind = pattern, not {value!r}", value=value))  # noqa: TRY004
    return tuple((kind, _pattern(pattern)) for kind, pattern in value.items())


def _css(value: Any) -> str:
    check_css(_text(value))
    return str(value)


def _selectors(value: Any) -> tuple[str, ...]:
    for text in texts(value):
        read_selector(text)
    return tuple(value)


def _cut(value: Any) -> tuple[bytes, bytes]:
    marks = texts(value)
    if len(marks) != 2:
        raise ValueError(_("must be two marks: where the text begins and where it ends"))
    return marks[0].encode(), marks[1].encode()


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(_("must be a whole number from 1, not {value!r}", value=value))
    return value


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ValueError(_("must be a number of seconds, not {value!r}", value=value))
    return float(value)


def _seconds_above_zero(value: Any) -> float:
    if not (seconds := _seconds(value)):
        raise ValueError(_("must be more than zero seconds"))
    return seconds


def _age(value: Any) -> timedelta:
    return read_age(_text(value))


def read_runs_age(value: Any) -> timedelta:
    """Read for how long runs are kept; they are counted by day when they are `QUIET_DAYS` old, and not before."""
    age = _age(value)
    if age.days <= QUIET_DAYS:
        raise ValueError(_("must be more than {QUIET_DAYS} days, not {value!r}", QUIET_DAYS=QUIET_DAYS, value=value))
    return age


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("must be true or false, not {value!r}", value=value))  # noqa: TRY004
    return value


def _minutes(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list) or not value or not all(_seconds(number) for number in value):
        raise ValueError(_("must be a list of minutes above zero, not {value!r}", value=value))
    return tuple(map(float, value))


def _hours(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(hour) is int and 0 <= hour < 24 for hour in value):
        raise ValueError(_("must be a list of hours from 0 to 23, not {value!r}", value=value))
    if len(set(value)) == 24:
        raise ValueError(_("must leave an hour in which the site is crawled"))
    return tuple(sorted(set(value)))


def _one_of(*allowed: str) -> Reader:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(_("must be one of {allowed}, not {value!r}", allowed=", ".join(allowed), value=value))
        return str(value)

    return read


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(_("{value!r} is not a time zone (Asia/Shanghai, UTC ...)", value=value)) from error


def _url(value: Any) -> str:
    parts = urlsplit(_text(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(_("must be an address that begins with http:// or https://, not {value!r}", value=value))
    return str(value)


def _base_url(value: Any) -> str:
    return _url(value).rstrip("/")


def _code_url(value: Any) -> str:
    if "{code}" not in _url(value) and "{digits}" not in value:
        raise ValueError(_("must have {{code}} or {{digits}} in it: {value!r}", value=value))
    return str(value)


def _page_url(*fields: str) -> Reader:
    def read(value: Any) -> str:
        missing = [field for field in fields if field not in _text(value)]
        if missing:
            raise ValueError(_("must have {missing} in it: {value!r}", missing=" and ".join(missing), value=value))
        return str(value)

    return read


def _hosts(value: Any) -> tuple[str, ...]:
    hosts = texts(value)
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(_("{host!r} is not a host name in lower case", host=host))
    return hosts


def _site_name(value: Any) -> str:
    if not _NAME.fullmatch(_text(value)):
        raise ValueError(_("must be lower-case letters, digits, - and _, not {value!r}", value=value))
    return str(value)


_PATHS = "list of paths"
_CSS_OR_KEY = "list of selectors (html) or keys (json)"
_NAMES_OF_KEYS = "list of keys"

SITE: dict[str, Key] = {
    "name": Key("text", _site_name, "The site's name in commands; the file is called `NAME.toml`.", required=True),
    "title": Key(
        "text", _text, "The site's name for people. It is never taken for the title of an article.", required=True
    ),
    "base_url": Key("address", _base_url, "Where the site is; paths in this file are below it.", required=True),
    "hosts": Key(
        "list of host names",
        _hosts,
        "All hosts that belong to the site (channels, `m.`, `www.`). A crawl asks no others, but for those of `[share]`"
        " and `[vanished]`; a page of one of these hosts is read by this file's layouts.",
        required=True,
    ),
    "timezone": Key("zone", _zone, "The zone of printed times that name none, such as `Asia/Shanghai`.", required=True),
    "lang": Key("text", _text, "The language of the articles where a text does not show it."),
    "info_codes": Key(
        "true or false",
        _yes_or_no,
        "Whether 18 digits in an address (8 of a day, 10 more) are the number that the origin gave the article: pages"
        " with one number are one article, at this site and at all others that say so. Without this key a site with"
        " `[share]` says so.",
    ),
    "post_file_timezone": Key(
        "zone", _zone, "Jekyll post files: the zone of a date that names none, where it differs from `timezone`."
    ),
    "sitemaps": Key(
        _PATHS, texts, "Sitemaps; one that is an index leads to the others, `/robots.txt` to those that it names."
    ),
    "verified": Key(
        "true or false",
        _yes_or_no,
        "`false` where nobody has tried the file, as in the catalogue: `newsarchive sites check` does.",
    ),
    "layouts_of": Key(
        "list of sites", texts, "Sites whose layouts serve here, too, behind this file's own: a mirror and its origin."
    ),
}
LISTING: dict[str, Key] = {
    "start": Key(
        "list of paths or addresses",
        texts,
        "The pages with which a crawl begins; of another host, their addresses.",
        required=True,
    ),
    "article": Key(
        "pattern, or list of patterns",
        _patterns,
        "A link whose path, alone or with its query, matches (searched, so anchor it: `^/a/\\d+$`) leads to an article."
        " It also chooses among the addresses of sitemaps.",
        required=True,
    ),
    "category": Key(
        "pattern",
        _pattern,
        "A link whose path matches leads to a further listing; the group `slug`, if any, is the category's key.",
    ),
    "item": Key("CSS", _css, "The entries of a listing; each is a link or holds one."),
    "heading": Key("CSS", _css, "Headings: the nearest before an entry names the entry's category."),
    "heading_suffix": Key("text, may be empty", _maybe_empty, "Taken off a heading to get the category (`新闻`)."),
    "time": Key("CSS", _css, "The printed time inside an entry."),
    "next": Key("CSS", _css, "The link to the next page of a listing."),
    "max_pages": Key("whole number", _whole, "Pages of one listing that a run follows at most."),
    "category_page": Key(
        "address or path with {slug}",
        _page_url("{slug}"),
        "A category's page, for articles that name their category without a link to it.",
    ),
    "explore": Key(
        "true or false",
        _yes_or_no,
        "Every page of the site may list articles, or be one although its address does not look like it: pages are"
        " looked at, the most promising first, as long as that brings articles. Pagers are found by themselves.",
    ),
    "follow_articles": Key(
        "true or false",
        _yes_or_no,
        "Links from articles to articles are followed, too: related ones, the next, the last.",
    ),
    "folder_index": Key(
        "file name",
        _text,
        "`index.html` where `/x/index.html` and `/x/` are one page: links to both are followed once.",
    ),
    "numbered_page": Key(
        "address or path with {slug} and {page}",
        _page_url("{slug}", "{page}"),
        "Later pages of a category, counted from 2, where no link leads to the next.",
    ),
}
LAYOUT: dict[str, Key] = {
    "role": Key(
        f"one of {', '.join(ROLES)}",
        _one_of(*ROLES),
        "What such a page is to its article; a field is taken from the first role in this order that has it.",
        required=True,
    ),
    "url": Key("pattern", _pattern, "The layout serves pages whose URL matches (searched).", required=True),
    "format": Key("html or json", _one_of("html", "json"), "What the page is."),
    "cut": Key(
        "list of two texts",
        _cut,
        "Only what stands between the first mark behind `<body` and the last second mark is parsed, which is cheaper;"
        " where a mark is missing the whole page is.",
    ),
    "title": Key(_CSS_OR_KEY, _selectors, "The headline. `selector@name` takes an attribute in place of the text."),
    "published": Key(_CSS_OR_KEY, _selectors, "The time of publication."),
    "digest": Key(_CSS_OR_KEY, _selectors, "The summary before the text."),
    "body": Key(
        _CSS_OR_KEY,
        _selectors,
        "The element (or key) that holds the text; title, time, digest and credits inside it are no paragraphs.",
        required=True,
    ),
    "drop": Key("list of selectors", _selectors, "Elements that are removed from the body."),
    "stop": Key("list of texts", texts, "A paragraph that starts with one of these ends the body."),
    "trailing": Key("list of texts", texts, "Paragraphs at the body's end with one of these are left out."),
    "attribution": Key(
        _CSS_OR_KEY,
        _selectors,
        "The line that credits the source. In JSON, one with a `.` in it is a selector inside the HTML of the text.",
    ),
    "editor": Key(_CSS_OR_KEY, _selectors, "The line that names the editor."),
    "category": Key(_CSS_OR_KEY, _selectors, "The category that the page names."),
    "category_suffix": Key("text, may be empty", _maybe_empty, "Taken off the category's name."),
    "share_link": Key("pattern", _pattern, "A link on a line of its own at the end that leads to the share page."),
    "original_link": Key("pattern", _pattern, "A link on a line of its own at the end that leads to the original."),
    "category_link": Key("pattern", _pattern, "A link on a line of its own at the end, back to the category."),
    "kinds": Key(
        "table of kind = pattern",
        _kinds,
        "The article's kind: the first whose pattern is found in the URL (JSON: in the name of the body's key).",
    ),
    "error_marks": Key("list of texts", texts, "Texts that only an error page has, whatever its status."),
    "bracket_source": Key(
        "list of kinds", texts, "Kinds whose articles may credit their source in brackets at the very end: `（X）`."
    ),
}
SHARE: dict[str, Key] = {
    "page": Key("address with {code} or {digits}", _code_url, "The share page for people.", required=True),
    "data": Key("address with {code} or {digits}", _code_url, "The JSON behind it, which is fetched.", required=True),
    "origin": Key("address with {code} or {digits}", _code_url, "The origin's page, where the JSON does not come."),
    "hosts": Key("list of host names", _hosts, "The hosts of these addresses."),
}
VANISHED: dict[str, Key] = {
    "url": Key("pattern", _pattern, "Which posts have a second address (searched in their URL).", required=True),
    "address": Key("address", _url, "The second address; `{year}`, `{id}` ... are groups of `url`.", required=True),
    "hosts": Key("list of host names", _hosts, "The hosts of the second address."),
}
RECHECK: dict[str, Key] = {
    "days": Key("number", _seconds, "Days after publication in which a stored page is rechecked; 0: never."),
    "minutes": Key("list of numbers", _minutes, "Minutes between rechecks; the last is repeated."),
}
RENDER: dict[str, Key] = {
    "url": Key(
        "pattern",
        _pattern,
        "Pages whose URL matches (searched) are always rendered; without this key those in which no article, or of a"
        " listing no link to one, is found otherwise.",
    ),
    "wait": Key("CSS", _css, "What is waited for; else until the page asks for nothing any more."),
    "seconds": Key("seconds", _seconds_above_zero, "What a page may take, with all that it asks for."),
    "max_pages": Key("whole number", _whole, "Pages that a run renders at most; the others wait for the next run."),
    "memory": Key("MiB", _whole, "What the browser may take; above it, it is ended, and begun anew for the next page."),
}
RETENTION: dict[str, Key] = {
    "raw": Key("age", _age, "How long raw pages are kept; what a younger page takes its body from stays with it."),
    "runs": Key("age", read_runs_age, "How long rows of `runs` are kept."),
    "problems": Key("age", _age, "How long problems are kept that did not occur again."),
}
FEED: dict[str, Key] = {
    "path": Key("path", _text, "An RSS or Atom feed.", required=True),
    "full": Key(
        "true or false",
        _yes_or_no,
        "Entries hold the whole text: articles are read from the feed alone.",
    ),
    "max_pages": Key("whole number", _whole, "Pages and archives of the feed (RFC 5005) that a run follows at most."),
}
LIST: dict[str, Key] = {
    "url": Key(
        "address or path",
        _text,
        "A list of articles as JSON, also behind a JavaScript name. `{page}` counts, `{cursor}` is what the page before"
        " gave.",
        required=True,
    ),
    "items": Key(
        "key",
        _text,
        "Where the items are: keys joined by dots, without regard to case; `.` where the list is the whole answer.",
        required=True,
    ),
    "id": Key(_NAMES_OF_KEYS, texts, "The item's number; the first key that the item has."),
    "link": Key(_NAMES_OF_KEYS, texts, "The item's address."),
    "title": Key(_NAMES_OF_KEYS, texts, "The item's title."),
    "time": Key(_NAMES_OF_KEYS, texts, "The item's time."),
    "source": Key(_NAMES_OF_KEYS, texts, "The item's credited source."),
    "category": Key(_NAMES_OF_KEYS, texts, "The item's category."),
    "author": Key(_NAMES_OF_KEYS, texts, "The item's author."),
    "image": Key(_NAMES_OF_KEYS, texts, "The address of the item's picture."),
    "article": Key("address with {id}", _page_url("{id}"), "The address of an item without a link."),
    "cursor": Key("key", _text, "Where a page says how the next is asked for."),
    "first_page": Key("whole number", _whole, "What `{page}` begins with."),
    "max_pages": Key("whole number", _whole, "Pages of the list that a run follows at most."),
}
POLITENESS: dict[str, Key] = {
    "delay": Key("seconds", _seconds, "The pause between two requests to one host."),
    "concurrency": Key("whole number", _whole, "Requests to one host at a time."),
    "quiet_hours": Key(
        "list of hours",
        _hours,
        "Hours of the day (0 to 23, in the site's `timezone`) in which `newsarchive crawl --watch` does not begin to"
        " crawl it.",
    ),
}
#: Everything in a site file that is not a plain key of the site.
SECTIONS = (
    "listing", "layouts", "layouts_of", "share", "politeness", "vanished", "recheck", "retention", "feeds",
    "lists", "render",
)  # fmt: skip
