"""The site file of a site that a survey looked at."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from newsarchive.discovery.exploration import is_department
from newsarchive.discovery.shapes import family_of, pattern_of, without_names
from newsarchive.drafting.feed_sites import free_name, other_spelling
from newsarchive.drafting.locales import locale_of, zone_of
from newsarchive.drafting.site_title import name_of_site
from newsarchive.drafting.survey import domain_of
from newsarchive.drafting.toml import toml_text
from newsarchive.sites import load_site
from newsarchive.text import plain
from newsarchive.url_keys import url_key
from newsarchive.urls import host_and_odd_port, split_url

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from newsarchive.drafting.address_groups import Group
    from newsarchive.drafting.survey import Survey
    from newsarchive.models import Article
    from newsarchive.sites import JsonList

#: Pages that the file names as ways in, and patterns of articles.
_MOST_STARTS, _MOST_PATTERNS = 12, 20
#: Folders in which one name stands, for it to be a department and no article.
_SEVERAL = 3
#: Pages of one listing that a crawl follows.
_MOST_PAGES = 500


class Pattern(NamedTuple):
    """A pattern of the addresses of articles, and what it rests on."""

    text: str
    addresses: int
    articles: int
    judged: int


@dataclass(slots=True)
class FoundSite:
    """What was found of a site, and its file (`toml`, called `name`.toml)."""

    name: str
    title: str
    title_reason: str
    base_url: str
    hosts: list[str]
    timezone: str
    timezone_reason: str
    lang: str
    #: Requests that it took to find all this.
    requests: int
    delay: float
    #: Feeds, and pages that lead to articles, each with the number of articles that it has, or adds.
    feeds: dict[str, int]
    sitemaps: list[str]
    starts: dict[str, int]
    patterns: list[Pattern]
    #: Lists of data that lead to articles, each with the number of them on its first page.
    lists: dict[JsonList, int]
    #: Known addresses of articles, and those of them that feeds and sitemaps name.
    articles: int
    listed: int
    #: On how many of the articles that were looked at the heuristics find a field.
    fields: dict[str, int]
    folder_index: str | None
    toml: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether there is any way to an article."""
        return bool(self.patterns or self.feeds or self.lists)


def found_site(
    survey: Survey, *, day: date, name: str | None = None, taken: Collection[str] = (), delay: float = 1.0
) -> FoundSite:
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
    title, title_reason = name_of_site(host, survey.site_names, survey.head_titles)
    patterns = _patterns(survey)
    wanted = _article_urls(survey, patterns)
    found = FoundSite(
        name=name or _name(host, taken),
        title=title,
        title_reason=title_reason,
        base_url=survey.base_url,
        hosts=_hosts(survey, host),
        timezone=zone,
        timezone_reason=zone_reason,
        lang=lang,
        requests=survey.requests,
        delay=max(delay, survey.crawl_delay or 0.0),
        feeds=survey.feeds,
        sitemaps=survey.sitemap_roots if any(survey.known[key].in_sitemap for key in wanted) else [],
        starts=_starts(survey, wanted),
        patterns=patterns,
        lists=_lists(survey, wanted),
        articles=len(wanted),
        listed=sum(survey.known[key].in_feed or survey.known[key].in_sitemap for key in wanted),
        fields=_fields([page.article for page in articles]),
        folder_index=survey.folder_index,
    )
    found.toml = _toml(found, f"{plain(survey.start)}` on {day}")
    _check(found)
    return found


def _name(host: str, taken: Collection[str]) -> str:
    """Return a name for a site; at a host of many the name of the owner, not that of the house."""
    domain = domain_of(host)
    return free_name(domain.partition(".")[0] + ".x" if domain.count(".") > 1 else host, taken)


# What the pages say


def _hosts(survey: Survey, host: str) -> list[str]:
    came = {host_and_odd_port(page.url) for page in survey.visited}
    named = {host_and_odd_port(known.url) for known in survey.known.values() if known.in_feed or known.in_sitemap}
    own = [host, *(one for one in survey.hosts if one != host and (one in came or one in named))]
    spellings = [other for one in own for other in other_spelling(one) if ":" not in one]
    return list(dict.fromkeys((*own, *spellings)))


def _fields(articles: list[Article]) -> dict[str, int]:
    return {
        "title": sum(bool(article.title) for article in articles),
        "date": sum(article.published_at is not None for article in articles),
        "source": sum(bool(article.source) for article in articles),
        "authors": sum(any(byline.role == "author" for byline in article.bylines) for article in articles),
    }


# Addresses of articles


def _patterns(survey: Survey) -> list[Pattern]:
    """Write patterns that fit the addresses of all groups that are articles, and no page that turned out to be none."""
    families: defaultdict[str, list[Group]] = defaultdict(list)
    for group in survey.groups:
        # One page alone may be an exception; a crawl looks at the others itself.
        if group.are_articles and (group.judged > 1 or len(group.urls) > 1 or any(map(survey.is_listed, group.urls))):
            families[family_of(next(iter(group.shapes)))].append(group)
    refused = {
        family_of(next(iter(group.shapes))) for group in survey.groups if group.judged and not group.are_articles
    }
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
        text = without_names(text, _departments(urls))
        judged, articles = sum(group.judged for group in groups), sum(group.articles + group.thin for group in groups)
        made.append(Pattern(text, len(urls), articles, judged))
    return made[:_MOST_PATTERNS]


def _departments(urls: Collection[str]) -> list[str]:
    """Return the last names of addresses that stand in several folders and mean no article, such as quizzes."""
    folders = Counter(split_url(url).path.rstrip("/").rpartition("/")[2] for url in urls if is_department(url))
    return sorted(name for name, number in folders.items() if number >= _SEVERAL)


def _fits(pattern: str, url: str) -> bool:
    parts = split_url(url)
    path = unquote(parts.path)
    search = re.compile(pattern).search
    return search(path) is not None or (bool(parts.query) and search(f"{path}?{unquote(parts.query)}") is not None)


def _article_urls(survey: Survey, patterns: list[Pattern]) -> set[str]:
    """Return the keys of all addresses that are articles by the patterns, or because a feed or a look says so."""
    looked_at = {url_key(page.url) for page in survey.articles()}
    return {
        key
        for key, known in survey.known.items()
        if known.in_feed or key in looked_at or any(_fits(pattern.text, known.url) for pattern in patterns)
    }


def _starts(survey: Survey, wanted: set[str]) -> dict[str, int]:
    """Choose pages that lead to articles, the one that adds most first -> the number of articles that it adds.

    What feeds and sitemaps name needs no page. The first page of the site is always chosen.
    """
    leads = {
        page.url: {url_key(url) for url in page.links} & wanted
        for page in survey.visited
        if page is survey.visited[0]
        or (page.kind in ("listing", "other") and not page.is_later and url_key(page.url) not in wanted)
    }
    home = survey.visited[0].url
    seen = {key for key in wanted if survey.known[key].in_feed or survey.known[key].in_sitemap}
    leading = leads.pop(home, set())
    chosen = {home: len(leading - seen)}
    seen |= leading
    while leads and len(chosen) < _MOST_STARTS:
        best = max(leads, key=lambda url: len(leads[url] - seen))
        new = leads.pop(best) - seen
        if not new:
            break
        chosen[best] = len(new)
        seen |= new
    return chosen


def _lists(survey: Survey, wanted: set[str]) -> dict[JsonList, int]:
    """Choose the lists of data most of whose addresses are those of articles."""
    numbers = {found: sum(url_key(url) in wanted for url in urls) for found, urls in survey.lists.items()}
    return {found: number for found, number in numbers.items() if number * 2 > len(survey.lists[found])}


# The file


def _toml(found: FoundSite, origin: str) -> str:
    def path(url: str) -> str:
        return url.removeprefix(found.base_url) or "/"

    lines = [
        f"# Found by `newsarchive add {origin}, by {found.requests} requests.",
        "# Change what is wrong; what each key means: docs/sites.md.",
        f"name = {toml_text(found.name)}",
        f"title = {toml_text(found.title)}",
        f"base_url = {toml_text(found.base_url)}",
        f"hosts = {json.dumps(found.hosts)}",
        f"timezone = {toml_text(found.timezone)}  # {found.timezone_reason}",
        f"lang = {toml_text(found.lang)}",
        *([f"sitemaps = {json.dumps([path(url) for url in found.sitemaps])}"] if found.sitemaps else []),
        "",
        "[politeness]",
        f"delay = {found.delay}  # seconds between two requests",
        "",
        "[listing]",
        "# Pages that list articles, and how many each adds to feeds, sitemaps and those before it.",
        "start = [",
        *(f"    {toml_text(path(url))},  # {number}" for url, number in found.starts.items()),
        "]",
        "# Addresses of articles: how many are known, and how many of the pages that were looked at are articles.",
        "article = [",
        *(f"    {_literal(one.text)},  # {one.addresses}; {one.articles} of {one.judged}" for one in found.patterns),
        "]",
        "explore = true  # look at other pages, too, as long as that brings articles",
        "follow_articles = true",
        *([f"folder_index = {toml_text(found.folder_index)}"] if found.folder_index else []),
        f"max_pages = {_MOST_PAGES}",
    ]
    for feed, number in found.feeds.items():
        lines += ["", f"[[feeds]]  # {number} entries", f"path = {toml_text(path(feed))}"]
    for one, number in found.lists.items():
        lines += ["", f"[[lists]]  # {number} articles on its first page"]
        said = {name: value for name, value in asdict(one).items() if value not in ((), None) and name != "max_pages"}
        lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    return toml_text(text) if "'" in text or not text.isprintable() else f"'{text}'"


def _check(found: FoundSite) -> None:
    """Load the file as a crawl does; a mistake in it is one of ours."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{found.name}.toml").write_text(found.toml, encoding="utf-8")
        load_site(found.name, folder)
