"""Site files for a list of feeds: a file for each site that the feeds belong to, or one for all of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newsarchive.drafting.locales import locale_of
from newsarchive.drafting.toml import toml_text
from newsarchive.text import plain
from newsarchive.urls import ascii_netloc, host_and_odd_port

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from newsarchive.discovery.opml import FeedOutline

# Labels of a host that do not name the site.
_COMMON = frozenset(
    ("www", "m", "wap", "rss", "feed", "feeds", "news", "blog", "com", "net", "org", "gov", "edu", "co", "ac")
)
_NOT_IN_NAME = re.compile(r"[^a-z0-9_-]+")
# Two letters or digits side by side, and the letters and digits at the end.
_IN_WORD, _LAST_WORD = re.compile("[0-9A-Za-z]{2}"), re.compile("[0-9A-Za-z]+$")
# What separates the name of a paper from that of a section: 江湾晚报 - 财经.
_SEPARATORS = " \u3000-–—_|｜:：·•»/\\,，.<([（【"


@dataclass(frozen=True, slots=True)
class FeedSite:
    """A site file (`toml`, for a file called `name`.toml) and the feeds in it.

    `own_hosts` are those of its pages, without those of services that serve its feeds.
    """

    name: str
    title: str
    own_hosts: tuple[str, ...]
    feeds: tuple[FeedOutline, ...]
    toml: str


def feed_sites(feeds: Iterable[FeedOutline], *, taken: Collection[str] = ()) -> list[FeedSite]:
    """Make a site of the feeds of each host; `taken` are the names that other sites have.

    The host is that of the page that a feed belongs to, because services serve the feeds of many sites.
    """
    groups: dict[str, list[FeedOutline]] = {}
    for feed in feeds:
        groups.setdefault(_bare(_host(feed.page or feed.url)), []).append(feed)
    names = set(taken)
    made = []
    for host, group in groups.items():
        name = free_name(host, names)
        names.add(name)
        made.append(_site(name, _title(group) or host, group))
    return made


def one_site(feeds: Sequence[FeedOutline], name: str, title: str) -> FeedSite:
    """Make one site of all feeds."""
    return _site(name, title or name, feeds)


def _site(name: str, title: str, feeds: Sequence[FeedOutline]) -> FeedSite:
    first = urlsplit(feeds[0].page or feeds[0].url)
    pages = dict.fromkeys(_host(feed.page or feed.url) for feed in feeds)
    # The addresses of articles may have the `www.` that the list leaves out, or the other way round.
    own_hosts = tuple(dict.fromkeys(other for host in pages for other in (host, *other_spelling(host))))
    hosts = list(dict.fromkeys((*own_hosts, *(_host(feed.url) for feed in feeds))))
    lang, zone = _language(feeds, title)
    lines = [
        "# Made of a list of feeds (OPML). Look over: the zone of times that name none, and the hosts.",
        f"name = {toml_text(name)}",
        f"title = {toml_text(title)}",
        f"base_url = {toml_text(f'{first.scheme.lower()}://{own_hosts[0]}')}",
        f"hosts = {json.dumps(hosts)}",
        f"timezone = {toml_text(zone)}",
        f"lang = {toml_text(lang)}",
    ]
    for feed in feeds:
        where = plain(" / ".join((*feed.folders, feed.title) if feed.title else feed.folders))
        lines += ["", f"[[feeds]]{f'  # {where}' if where else ''}", f"path = {toml_text(feed.url)}"]
    return FeedSite(name, title, own_hosts, tuple(feeds), "\n".join(lines) + "\n")


def _title(feeds: Sequence[FeedOutline]) -> str:
    """Return the name of a site: that of its only feed, or what those of all begin with."""
    titles = [feed.title for feed in feeds if feed.title]
    if len(titles) == 1:
        return titles[0]
    shared = "".join(letters[0] for letters in takewhile(lambda one: len(set(one)) == 1, zip(*titles, strict=False)))
    if any(_IN_WORD.match(title, max(0, len(shared) - 1)) for title in titles):
        shared = _LAST_WORD.sub("", shared)
    shared = shared.strip(_SEPARATORS)
    return shared if len(shared) > 1 else ""


def _language(feeds: Sequence[FeedOutline], title: str) -> tuple[str, str]:
    text = title + "".join(feed.title for feed in feeds)
    lang, zone = locale_of(_host(feeds[0].page or feeds[0].url), text)
    return next((feed.lang for feed in feeds if feed.lang), lang), zone


def _host(address: str) -> str:
    """Return the host of an address, with a port where it names one that is not the scheme's own."""
    return ascii_netloc(host_and_odd_port(address))


def _bare(host: str) -> str:
    return host.removeprefix("www.").removeprefix("m.")


def other_spelling(host: str) -> tuple[str, ...]:
    """Return the host with `www.` or without it, the other way round than it is given; nothing where it has no such."""
    if host.startswith("www."):
        return (host.removeprefix("www."),)
    return (f"www.{host}",) if host.count(".") == 1 and not host.replace(".", "").isdigit() and ":" not in host else ()


def free_name(host: str, taken: Collection[str]) -> str:
    """Return the shortest name of a site that its host allows and that is free."""
    labels = host.partition(":")[0].split(".")
    telling = [label for label in labels[:-1] if label not in _COMMON] or labels[:1]
    candidates = [telling[-1], "-".join(telling), "-".join(labels), *(f"{telling[-1]}-{n}" for n in range(2, 10_000))]
    if host.replace(".", "").replace(":", "").isdigit():
        candidates.insert(0, f"site-{host}")
    for candidate in candidates:
        name = _NOT_IN_NAME.sub("-", candidate.lower()).strip("-_") or "site"
        if name not in taken:
            return name
    raise AssertionError
