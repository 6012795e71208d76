"""The site file of a site that a survey looked at, and what people are told of it."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin

from newsarchive.drafting.feed_sites import free_name, other_spelling
from newsarchive.drafting.locales import locale_of, zone_of
from newsarchive.drafting.toml import toml_text
from newsarchive.discovery.shapes import family_of, pattern_of
from newsarchive.drafting.survey import domain_of
from newsarchive.sites import load_site
from newsarchive.text import plain
from newsarchive.url_keys import url_key
from newsarchive.urls import host_and_odd_port, split_url

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from newsarchive.drafting.survey import Group, Survey

#: Pages that the file names as ways in, and patterns of articles.
_MOST_STARTS, _MOST_PATTERNS = 12, 20
_SEPARATOR = re.compile(r"\s*[|｜_–—·•»]\s*|\s+-\s+|(?<=[\u3400-\u9fff])-|-(?=[\u3400-\u9fff])|\s*::\s*")
_LONGEST_NAME = 60
_HOME_WORDS = frozenset(("home", "home page", "homepage", "index", "welcome", "首页", "主页", "网站首页", "首頁"))
#: Titles of articles that a site's name is taken from, at least.
_FEW = 3


class Pattern(NamedTuple):
    """A pattern of the addresses of articles, and what it rests on."""

    text: str
    addresses: int
    articles: int
    judged: int


@dataclass(slots=True)
class FoundSite:
    """A site file (`toml`, for a file called `name`.toml), and what was found, in the words of the report."""

    name: str
    title: str
    toml: str
    hosts: list[str]
    timezone: str
    lang: str
    requests: int
    feeds: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    #: What was found, how sure it is, and what was not found, for people.
    findings: list[tuple[str, str]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        """Whether there is any way to an article."""
        return bool(self.patterns or self.feeds)


def found_site(survey: Survey, *, day: date, name: str | None = None, taken: Collection[str] = (), delay: float = 1.0) -> FoundSite:
    """Write the site file of a survey made on a day; `taken` are the names that other sites have."""
    host = host_and_odd_port(survey.base_url)
    articles = survey.articles()
    texts = [page.article.body for page in articles]
    lang, _ = locale_of(host, "".join(texts)[:5000] or " ".join(survey.head_titles))
    languages = Counter(page.article.lang for page in articles if page.article.lang)
    if languages:
        spoken = languages.most_common(1)[0][0]
        lang = lang if lang.startswith(spoken) else spoken
    zone, zone_reason = zone_of(host, lang, zip(texts, survey.html, strict=False))
    title, title_reason = _title(survey, host)
    found = FoundSite(
        name or _name(host, taken), title, "", _hosts(survey, host), zone, lang, survey.requests,
        feeds=list(survey.feeds), patterns=_patterns(survey),
    )  # fmt: skip
    wanted = _article_urls(survey, found)
    known = survey.known
    listed = {url for url in wanted if known[url].in_feed or known[url].in_sitemap}
    found.sitemaps = survey.sitemap_roots if any(known[url].in_sitemap for url in wanted) else []
    starts = _starts(survey, wanted)
    found.starts = list(starts)
    found.toml = _toml(survey, found, starts, day, delay, zone_reason)
    _check(found)
    _report(survey, found, len(wanted), len(listed), title_reason, zone_reason)
    return found


def _name(host: str, taken: Collection[str]) -> str:
    """Return a name for a site; at a host of many the name of the owner, not that of the house."""
    domain = domain_of(host)
    return free_name(domain.partition(".")[0] + ".x" if domain.count(".") > 1 else host, taken)


# What the pages say


def _title(survey: Survey, host: str) -> tuple[str, str]:
    """Return the name of a site as it calls itself, and where that stands."""
    if survey.site_names:
        return _short(survey.site_names.most_common(1)[0][0]), "og:site_name"
    home, *others = survey.head_titles or [""]
    if len(others) >= _FEW:
        parts: Counter[str] = Counter(part for title in others for part in set(_SEPARATOR.split(title)[1:]) if part)
        parts.update(title for title in others if title == home)
        shared = [part for part, number in parts.most_common() if number * 2 > len(others)]
        # Behind the name of a section stands that of the site.
        shared = [part for part in shared if part in home] or shared
        if shared:
            return _short(shared[0]), "what the titles of its articles share"
    first = next((part for part in _SEPARATOR.split(home) if part and part.casefold() not in _HOME_WORDS), "")
    return (_short(first), "the title of the home page") if first else (host, "its host: it has no title")


def _short(text: str) -> str:
    return plain(text)[:_LONGEST_NAME].strip() or "-"


def _hosts(survey: Survey, host: str) -> list[str]:
    came = {host_and_odd_port(page.url) for page in survey.visited}
    named = {host_and_odd_port(known.url) for known in survey.known.values() if known.in_feed or known.in_sitemap}
    own = [host, *(one for one in survey.hosts if one != host and (one in came or one in named))]
    spellings = [other for one in own for other in other_spelling(one) if ":" not in one]
    return list(dict.fromkeys((*own, *spellings)))


# Addresses of articles


def _patterns(survey: Survey) -> list[Pattern]:
    """Write patterns that fit the addresses of all groups that are articles, and no page that turned out to be none."""
    families: defaultdict[str, list[Group]] = defaultdict(list)
    for group in survey.groups:
        # One page alone may be an exception; a crawl looks at the others itself.
        if group.are_articles and (group.judged > 1 or len(group.urls) > 1 or any(map(survey.is_listed, group.urls))):
            families[family_of(next(iter(group.shapes)))].append(group)
    refused = {family_of(next(iter(group.shapes))) for group in survey.groups if group.judged and not group.are_articles}
    no_articles = [page.url for page in survey.visited if page.kind in ("listing", "other")]
    made: list[Pattern] = []
    for family, groups in sorted(families.items(), key=lambda item: -sum(len(group.urls) for group in item[1])):
        shapes = {shape for group in groups for shape in group.shapes}
        urls = [url for group in groups for url in group.urls]
        if all(any(_fits(pattern.text, url) for pattern in made) for url in urls):
            continue
        text = pattern_of(family, shapes, urls, any_folder=family not in refused)
        if any(_fits(text, url) for url in no_articles):
            text = pattern_of(family, shapes, urls, any_folder=False)
        judged, articles = sum(group.judged for group in groups), sum(group.articles + group.thin for group in groups)
        made.append(Pattern(text, len(urls), articles, judged))
    return made[:_MOST_PATTERNS]


def _fits(pattern: str, url: str) -> bool:
    parts = split_url(url)
    path = unquote(parts.path)
    search = re.compile(pattern).search
    return search(path) is not None or (bool(parts.query) and search(f"{path}?{unquote(parts.query)}") is not None)


def _article_urls(survey: Survey, found: FoundSite) -> set[str]:
    """Return the keys of all addresses that are articles by the patterns, or because a feed or a look says so."""
    looked_at = {url_key(page.url) for page in survey.articles()}
    return {
        key
        for key, known in survey.known.items()
        if known.in_feed or key in looked_at or any(_fits(pattern.text, known.url) for pattern in found.patterns)
    }


def _starts(survey: Survey, wanted: set[str]) -> dict[str, int]:
    """Choose pages that lead to articles, the one that adds most first -> the number of articles that it adds."""
    leads = {
        page.url: {url_key(url) for url in page.links} & wanted
        for page in survey.visited
        if page.kind in ("listing", "other") or page is survey.visited[0]
    }
    home = survey.visited[0].url
    chosen = {home: len(leads.get(home, ()))}
    seen = set(leads.pop(home, ()))
    while leads and len(chosen) < _MOST_STARTS:
        best = max(leads, key=lambda url: len(leads[url] - seen))
        new = leads.pop(best) - seen
        if not new:
            break
        chosen[best] = len(new)
        seen |= new
    return chosen


# The file


def _toml(survey: Survey, found: FoundSite, starts: dict[str, int], day: date, delay: float, zone_reason: str) -> str:
    def path(url: str) -> str:
        return url.removeprefix(survey.base_url) or "/"

    lines = [
        f"# Found by `newsarchive add {plain(survey.start)}` on {day}, by {survey.requests} requests.",
        "# Change what is wrong; what each key means: docs/sites.md.",
        f"name = {toml_text(found.name)}",
        f"title = {toml_text(found.title)}",
        f"base_url = {toml_text(survey.base_url)}",
        f"hosts = {json.dumps(found.hosts)}",
        f"timezone = {toml_text(found.timezone)}  # {zone_reason}",
        f"lang = {toml_text(found.lang)}",
    ]
    if found.sitemaps:
        lines.append(f"sitemaps = {json.dumps([path(url) for url in found.sitemaps])}")
    lines += ["", "[politeness]", f"delay = {max(delay, survey.crawl_delay or 0.0)}  # seconds between two requests"]
    lines += ["", "[listing]", "# Pages that list articles, and how many each adds to those before it."]
    others = {url: number for url, number in starts.items() if host_and_odd_port(url) == host_and_odd_port(survey.base_url)}
    lines += ["start = [", *(f"    {toml_text(path(url))},  # {number}" for url, number in others.items()), "]"]
    lines += ["# Addresses of articles, and how many are known."]
    lines += ["article = ["]
    lines += [
        f"    {_literal(pattern.text)},  # {pattern.addresses}; {pattern.articles} of {pattern.judged} pages were articles"
        for pattern in found.patterns
    ]
    lines += ["]", "explore = true  # look at other pages, too, as long as that brings articles", "follow_articles = true"]
    if survey.folder_index:
        lines.append(f"folder_index = {toml_text(survey.folder_index)}")
    lines.append("max_pages = 500")
    for feed, number in survey.feeds.items():
        lines += ["", f"[[feeds]]  # {number} entries", f"path = {toml_text(path(feed))}"]
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    return toml_text(text) if "'" in text or not text.isprintable() else f"'{text}'"


def _check(found: FoundSite) -> None:
    """Load the file as a crawl does; a mistake in it is one of ours."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{found.name}.toml").write_text(found.toml, encoding="utf-8")
        load_site(found.name, folder)


# What people are told


def _report(survey: Survey, found: FoundSite, wanted: int, listed: int, title_reason: str, zone_reason: str) -> None:
    say = found.findings.append
    say(("title", f"{found.title} ({title_reason})"))
    say(("hosts", ", ".join(found.hosts)))
    say(("language", f"{found.lang}, zone {found.timezone} ({zone_reason})"))
    for url, number in survey.feeds.items():
        say(("feed", f"{url} ({number} entries)"))
    for url in found.sitemaps:
        total = sum(survey.sitemaps.values())
        say(("sitemap", f"{url} ({total} addresses)"))
    say(("listings", f"{len(found.starts)} pages that lead to articles, {found.starts[0]} first"))
    for pattern in found.patterns:
        sure = f"{pattern.articles} of {pattern.judged} pages were articles"
        say(("articles", f"{pattern.text} ({pattern.addresses} addresses known; {sure})"))
    say(("known", f"{wanted} addresses of articles, {listed} of them from feeds and sitemaps"))
    if survey.folder_index:
        say(("spelling", f"/x/{survey.folder_index} is /x/"))
    if survey.crawl_delay:
        say(("robots.txt", f"asks for {survey.crawl_delay:g} seconds between two requests"))
    if survey.terms:
        say(("terms", survey.terms))
    for path in survey.json[:5]:
        say(("data", f"{urljoin(survey.base_url, path)} is named by a script of the site; it may be a [[lists]]"))
    doubt = found.doubts.append
    if not survey.feeds:
        doubt("no feed")
    if not found.sitemaps:
        doubt("no sitemap that names articles")
    if not found.patterns:
        doubt("no address tells articles from other pages: every page is looked at")
    if not survey.articles():
        links = sum(len(page.links) for page in survey.visited)
        doubt(
            "no page that was looked at is an article"
            + (" - the pages have hardly any link: they may be made by scripts, in a browser" if links < 5 else "")
        )
    unlike = [pattern for pattern in found.patterns if pattern.articles < pattern.judged]
    for pattern in unlike:
        doubt(f"{pattern.judged - pattern.articles} of {pattern.judged} pages of {pattern.text} were no articles")
    undated = sum(page.article.published_at is None for page in survey.articles())
    if undated:
        doubt(f"{undated} of {len(survey.articles())} articles print no date that was found")
    if survey.failures:
        reasons = Counter(reason for _, reason in survey.failures)
        doubt("did not come: " + ", ".join(f"{number} x {reason}" for reason, number in reasons.most_common(4)))
