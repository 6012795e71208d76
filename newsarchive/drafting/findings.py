"""What people are told of a survey: what was found, how sure it is, and what was not found."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newsarchive.drafting.json_lists import paged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.drafting.found_site import FoundSite
    from newsarchive.drafting.survey import Survey

_RENDER = "[render] in the site file has them filled by a browser, where there is no JSON behind them"
_FORBIDS = re.compile(r"^[ \t]*disallow[ \t]*:[ \t]*[^\s#]", re.IGNORECASE | re.MULTILINE)
#: Addresses of data that are named, and reasons why pages did not come.
_MOST_TOLD = 5
#: Links on all pages, below which a site shows nothing without a browser.
_HARDLY_ANY = 5


def findings(survey: Survey, found: FoundSite) -> Iterator[tuple[str, str]]:
    """Yield what was found, and how sure it is."""
    yield "title", f"{found.title} ({found.title_reason})"
    yield "hosts", ", ".join(found.hosts)
    yield "language", f"{found.lang}, zone {found.timezone} ({found.timezone_reason})"
    yield from (("feed", f"{url} ({number} entries)") for url, number in found.feeds.items())
    yield from (("sitemap", url) for url in found.sitemaps)
    yield from (("listing", f"{url} ({number} more articles)") for url, number in found.starts.items())
    for one in found.patterns:
        yield "articles", f"{one.text} ({one.addresses} known; {one.articles} of {one.judged} looked at are articles)"
    yield "known", f"{found.articles} addresses of articles, {found.listed} of them from feeds and sitemaps"
    if found.folder_index:
        yield "spelling", f"/x/{found.folder_index} is /x/"
    if survey.robots:
        asked = f", asks for {survey.crawl_delay:g} seconds between two requests" if survey.crawl_delay else ""
        rules = len(_FORBIDS.findall(survey.robots))
        yield "robots.txt", f"{rules} rules that forbid something, obeyed by the crawl{asked}"
    else:
        yield "robots.txt", "none was read"
    yield "terms", survey.terms or "no link to them was found"
    yield from (("list", f"{one.url} (JSON, {number} articles)") for one, number in found.lists.items())
    read = {one.url for one in found.lists}
    for path in [path for path in survey.json if read.isdisjoint(paged(path))][:_MOST_TOLD]:
        yield "data", f"{urljoin(survey.base_url, path)} is named by a script of the site: it may serve as [[lists]]"


def doubts(survey: Survey, found: FoundSite) -> Iterator[str]:
    """Yield what was not found, or is not sure."""
    if not found.feeds:
        yield "no feed"
    if not found.sitemaps:
        yield "no sitemap that names articles"
    if survey.blank:
        yield f"{survey.blank} of {len(survey.visited)} pages show nothing without scripts: {_RENDER}"
    if not found.patterns:
        yield "no address tells articles from other pages: every page is looked at"
    articles = survey.articles()
    if not articles:
        links = sum(len(page.links) for page in survey.visited)
        scripts = " - its pages have hardly any link: they may be filled by scripts, in a browser"
        yield f"no page that was looked at is an article{scripts if links < _HARDLY_ANY else ''}"
    for one in found.patterns:
        if one.articles < one.judged:
            yield f"{one.judged - one.articles} of {one.judged} pages at {one.text} are no articles"
    if undated := sum(page.article.published_at is None for page in articles):
        yield f"{undated} of {len(articles)} articles print no date"
    if survey.failures:
        reasons = Counter(reason for _, reason in survey.failures).most_common(_MOST_TOLD)
        yield "did not come: " + ", ".join(f"{number} x {reason}" for reason, number in reasons)
