"""What people are told of a survey: what was found, how sure it is, and what was not found."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from newsarchive.drafting.json_lists import paged
from newsarchive.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsarchive.drafting.found_site import FoundSite
    from newsarchive.drafting.survey import Survey

_RENDER = N_("[render] in the site file has them filled by a browser, where there is no JSON behind them")
_FORBIDS = re.compile(r"^[ \t]*disallow[ \t]*:[ \t]*[^\s#]", re.IGNORECASE | re.MULTILINE)
#: Addresses of data that are named, and reasons why pages did not come.
_MOST_TOLD = 5
#: Links on all pages, below which a site shows nothing without a browser.
_HARDLY_ANY = 5


def findings(survey: Survey, found: FoundSite) -> Iterator[tuple[str, str]]:
    """Yield what was found, and how sure it is."""
    yield N_("title"), f"{found.title} ({found.title_reason})"
    yield N_("hosts"), ", ".join(found.hosts)
    yield (
        N_("language"),
        _("{lang}, zone {timezone} ({reason})", lang=found.lang, timezone=found.timezone, reason=found.timezone_reason),
    )
    yield from (
        (N_("feed"), _("{url} ({number} entries)", url=url, number=number)) for url, number in found.feeds.items()
    )
    yield from ((N_("sitemap"), url) for url in found.sitemaps)
    yield from (
        (N_("listing"), _("{url} ({number} more articles)", url=url, number=number))
        for url, number in found.starts.items()
    )
    for one in found.patterns:
        yield (
            N_("articles"),
            _(
                "{text} ({addresses} known; {articles} of {judged} looked at are articles)",
                text=one.text,
                addresses=one.addresses,
                articles=one.articles,
                judged=one.judged,
            ),
        )
    yield (
        N_("known"),
        _(
            "{articles} addresses of articles, {listed} of them from feeds and sitemaps",
            articles=found.articles,
            listed=found.listed,
        ),
    )
    if articles := len(survey.articles()):
        yield (
            N_("fields"),
            _(
                "title on {title}, date on {date}, source on {source}, authors on {authors} of {articles} articles, "
                "without rules",
                articles=articles,
                **found.fields,
            ),
        )
    if found.folder_index:
        yield N_("spelling"), _("/x/{folder_index} is /x/", folder_index=found.folder_index)
    if survey.robots:
        asked = (
            _(", asks for {crawl_delay:g} seconds between two requests", crawl_delay=survey.crawl_delay)
            if survey.crawl_delay
            else ""
        )
        rules = len(_FORBIDS.findall(survey.robots))
        yield (
            "robots.txt",
            _("{rules} rules that forbid something, obeyed by the crawl{asked}", rules=rules, asked=asked),
        )
    else:
        yield "robots.txt", _("none was read")
    yield N_("terms"), survey.terms or _("no link to them was found")
    yield from (
        (N_("list"), _("{url} (JSON, {number} articles)", url=one.url, number=number))
        for one, number in found.lists.items()
    )
    read = {one.url for one in found.lists}
    for path in [path for path in survey.json if read.isdisjoint(paged(path))][:_MOST_TOLD]:
        yield (
            N_("data"),
            _("{url} is named by a script of the site: it may serve as [[lists]]", url=urljoin(survey.base_url, path)),
        )


def doubts(survey: Survey, found: FoundSite) -> Iterator[str]:
    """Yield what was not found, or is not sure."""
    if not found.feeds:
        yield _("no feed")
    if not found.sitemaps:
        yield _("no sitemap that names articles")
    if survey.blank:
        yield _(
            "{blank} of {count} pages show nothing without scripts: {advice}",
            blank=survey.blank,
            count=len(survey.visited),
            advice=_(_RENDER),
        )
    if not found.patterns:
        yield _("no address tells articles from other pages: every page is looked at")
    articles = survey.articles()
    if not articles:
        yield _("no page that was looked at is an article")
    if not articles and sum(len(page.links) for page in survey.visited) < _HARDLY_ANY:
        yield _("its pages have hardly any link: they may be filled by scripts, in a browser")
    yield from _doubts_of_articles(survey, found)
    if survey.failures:
        reasons = Counter(reason for _url, reason in survey.failures).most_common(_MOST_TOLD)
        yield _("did not come: {reasons}", reasons=_(", ").join(f"{number} x {reason}" for reason, number in reasons))


def _doubts_of_articles(survey: Survey, found: FoundSite) -> Iterator[str]:
    articles = survey.articles()
    for one in found.patterns:
        if one.articles < one.judged:
            yield _(
                "{number} of {judged} pages at {text} are no articles",
                number=one.judged - one.articles,
                judged=one.judged,
                text=one.text,
            )
    if undated := sum(page.article.published_at is None for page in articles):
        yield _("{undated} of {count} articles print no date", undated=undated, count=len(articles))
