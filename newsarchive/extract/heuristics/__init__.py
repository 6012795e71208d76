"""The reader for sites that nobody wrote rules for."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from newsarchive.extract.charset import decode
from newsarchive.extract.credits.sources import is_line_of_print, original_title
from newsarchive.extract.dates.zones import zone_of
from newsarchive.extract.fields import set_credit
from newsarchive.extract.heuristics.accounts import find_account
from newsarchive.extract.heuristics.authors import (
    Evidence,
    gather_authors,
    judge_authors,
    leads_elsewhere,
    names_of_page,
    others_of_card,
)
from newsarchive.extract.heuristics.body import find_body
from newsarchive.extract.heuristics.embeds import find_embeds
from newsarchive.extract.heuristics.lines import read_lines
from newsarchive.extract.heuristics.metadata import (
    find_address,
    find_people,
    find_section,
    is_walled,
    read_head,
)
from newsarchive.extract.heuristics.notices import find_numbers, find_region
from newsarchive.extract.heuristics.paragraphs import read_text
from newsarchive.extract.heuristics.published import (
    DateReader,
    Places,
    before_comments,
    is_dateline_of_publication,
    judge_dates,
    locale_of,
)
from newsarchive.extract.heuristics.scripts import take_rest_of_scripts, take_text_of_scripts
from newsarchive.extract.heuristics.source import Surroundings, gather_sources, judge_sources
from newsarchive.extract.heuristics.title import (
    gather_before_text,
    gather_titles,
    judge_titles,
    printed_headline,
)
from newsarchive.extract.heuristics.trim import kept_lines
from newsarchive.extract.identity import identity_of
from newsarchive.extract.language import language_of
from newsarchive.models import Article, Byline
from newsarchive.tree import attribute, parse

if TYPE_CHECKING:
    from datetime import tzinfo

    from newsarchive.extract.candidates import Candidate
    from newsarchive.extract.charset import Decoded
    from newsarchive.extract.credits.sources import Attribution
    from newsarchive.extract.dates import Dated
    from newsarchive.extract.heuristics.accounts import Account
    from newsarchive.extract.heuristics.body import Body
    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.extract.heuristics.title import Headline
    from newsarchive.extract.script_data import ScriptArticle
    from newsarchive.models import Page
    from newsarchive.tree import Element

#: How many lines about the headline are looked at for dates and credits: behind it, and before it.
_BEHIND_HEADLINE, _BEFORE_HEADLINE = 60, 8
#: So many lines before the text and behind other lines with the headline are looked at where they are not among these.
_BEFORE_TEXT, _BEHIND_OTHER = 12, 15
#: A date may stand among so many of the lines that were taken for the text's first.
_DATED_LINES = 8
#: A headline among so many first lines of the text was taken for its beginning.
_FIRST_LINES = 3
#: How many lines behind the article are looked at, and how many of its own last ones.
_BEHIND_TEXT, _LAST_LINES = 12, 3
#: How many of them are looked at for people.
_NEAREST = 12
_SHORT = 60


def read_by_heuristics(
    page: Page,
    decoded: Decoded,
    zone: tzinfo | None = None,
    site_name: str = "",
    *,
    root: Element | None = None,
    strict: bool = False,
) -> Article:
    """Read a page by what all news pages have in common; `zone` is the one in which it prints its times.

    Without a zone the language tells: Chinese pages are in China's. `site_name` is no title. Fields that are not on the
    page stay empty; `evidence` names the rule that gave each of the others. Time is linear in the size of the page.
    `root` is the page's tree, where it is at hand.

    Raises:
        TooComplexError: `strict`, and the page has more markup than any real one.

    """
    code, key = identity_of(page.url)
    article = Article(page, key, info_code=code or None, charset=decoded.charset, extractor="generic")
    if root is None:
        root = tree_of(page, decoded, strict=strict)
    if root is not None:
        head = read_head(root)
        reader = _Reader(article, read_lines(root), head, decoded.text)
        reader.site_name = site_name
        reader.read(zone)
    return article


def tree_of(page: Page, decoded: Decoded, *, strict: bool = False) -> Element | None:
    """Parse a page; None when it cannot be parsed at all."""
    return parse(page.body if decoded.as_sent else decoded.text, strict=strict)


def not_taken(article: Article) -> list[tuple[str, Candidate[Any]]]:
    """Read the page of an article once more; list what it may have meant and was not chosen: field and candidate."""
    page, chosen = article.page, article.published_at
    decoded = decode(page.body, page.headers.get("content-type"))
    root = tree_of(page, decoded)
    if root is None:
        return []
    reader = _Reader(Article(page, article.article_key), read_lines(root), read_head(root), decoded.text)
    reader.everything = True
    reader.read(chosen.tzinfo if chosen else None)
    names = {byline.name for byline in article.bylines}
    others: list[tuple[str, Candidate[Any]]] = [
        *(("title", one) for one in reader.titles if one.value != article.title),
        *(("source", one) for one in reader.sources if one.value.source != article.source),
        *(("published_at", one) for one in reader.dates if one.value.when != chosen),
        *(("author", one) for one in reader.authors if one.value not in names),
    ]
    return sorted(others, key=lambda other: (other[0], -other[1].points))


class _Reader:
    """One page that is being read into its article."""

    def __init__(self, article: Article, flow: PrintedLines, head: Head, text: str) -> None:
        self.article = article
        self.flow = flow
        self.head = head
        self.page_text = text
        self.kept: list[int] = []
        self.near: list[int] = []
        self.opening: list[int] = []
        self.ending: list[int] = []
        self.site_name = ""
        self.titles: list[Candidate[str]] = []
        self.sources: list[Candidate[Attribution]] = []
        self.dates: list[Candidate[Dated]] = []
        self.authors: list[Candidate[str]] = []
        self.everything = False
        self.scripted: ScriptArticle | None = None
        self.account: Account | None = None
        self.date_line = -1

    def read(self, zone: tzinfo | None) -> None:
        link = self.article.page.hints.title or ""
        self.titles = gather_titles(self.flow, self.head, link, self.site_name, everything=self.everything)
        headline = printed_headline(self.titles)
        start = headline.lines[0] if headline else -1
        body = find_body(self.flow, start)
        if body:
            self.kept = kept_lines(self.flow, body, start)
        if self.kept and (headline is None or self.everything):
            self.titles += gather_before_text(self.flow, self.head, self.kept[0], self.site_name)
        headline = judge_titles(self.titles)
        if body and headline and headline.lines and headline.lines[0] in self.kept[:_FIRST_LINES]:
            self.kept = kept_lines(self.flow, body, headline.lines[0])
        self._look_around(headline)
        self._take_title(headline)
        self._take_text(body)
        self._take_date(zone)
        self._take_people()
        self._take_head()
        if (self.article.lang or "").startswith("zh"):
            self._take_notice()
        if self.scripted:
            take_rest_of_scripts(article=self.article, found=self.scripted, zone=zone)

    def _look_around(self, headline: Headline | None) -> None:
        """Choose the lines that may print date and credit: about the headline, and about the end of the text."""
        first = self.kept[0] if self.kept else len(self.flow.text)
        last = self.kept[-1] + 1 if self.kept else 0
        before = [n for n in headline.lines if n < first] if headline else []
        # Without a printed headline the line right before the text is no headline, and is looked at first.
        anchor = max(before, default=first)
        self.near = list(range(anchor + 1, min(first, anchor + _BEHIND_HEADLINE)))
        self.near += range(anchor - 1, max(anchor - 1 - _BEFORE_HEADLINE, -1), -1)
        if before:
            self.near += range(first - 1, max(anchor + _BEHIND_HEADLINE, first - 1 - _BEFORE_TEXT), -1)
            likeliest = before[0]
            self.near += range(likeliest + 1, min(likeliest + 1 + _BEHIND_OTHER, anchor - _BEFORE_HEADLINE))
        self.opening = [
            n for n in self.kept[:2] if len(self.flow.text[n]) < _SHORT or is_line_of_print(self.flow.text[n])
        ]
        # Between a lead and the text they are printed, too, and are no part of it.
        begun = self.kept[: _FIRST_LINES + 1]
        between = [n for n in range(begun[0], begun[-1]) if n not in begun] if begun else []
        self.opening += between[:_BEHIND_TEXT]
        self.ending = list(range(last, min(last + _BEHIND_TEXT, len(self.flow.text))))

    def _set(self, name: str, found: tuple[str, str] | None) -> None:
        """Set a field of text to a value found, with the rule that gave it."""
        if found:
            setattr(self.article, name, found[0])
            self.article.evidence[name] = found[1]

    def _take_title(self, headline: Headline | None) -> None:
        if headline:
            self.article.title = headline.text
            self.article.evidence["title"] = headline.evidence

    def _take_text(self, body: Body | None) -> None:
        article = self.article
        if body:
            found = read_text(self.flow, body, self.kept, article.page.url)
            article.paragraphs, article.images = found.paragraphs, found.images
            if article.paragraphs:
                element = self.flow.element[body.block]
                name = attribute(element, "id") or attribute(element, "class")
                article.evidence["body"] = f"{self.flow.tag[body.block]} {name}".strip()
                article.embeds = find_embeds(element, article.page.url)
        shown = self.flow.element[body.block] if body else None
        self.scripted = take_text_of_scripts(article, self.head, self.flow.element[0], shown)
        sample = "".join(paragraph.text for paragraph in article.paragraphs[:20]) or article.title or ""
        self._set("lang", language_of(sample, self.head.lang or self.head.first("lang")))
        if (article.lang or "").startswith("zh"):
            self.account = find_account(self.flow, self.page_text, article.page.body)

    def _take_date(self, zone: tzinfo | None) -> None:
        article = self.article
        locale = locale_of(article.lang, self.head, article.page.url)
        dates = DateReader(zone or zone_of(locale), article.page.fetched_at.astimezone(UTC), locale)
        closing = [n for n in self.kept[: -_LAST_LINES - 1 : -1] if is_dateline_of_publication(self.flow.text[n])]
        text = self.flow.text
        places = Places(
            self.head,
            near=[(n, text[n]) for n in self.near + self.opening],
            behind=before_comments([(n, text[n]) for n in closing + self.ending]),
            url=article.page.url,
            page=self.page_text,
            flow=self.flow,
            headline=article.title or "",
            inside=[(n, text[n]) for n in self.kept[:_DATED_LINES] if len(text[n]) < _SHORT],
            first=[(n, text[n][:200]) for n in self.kept[:_FIRST_LINES]],
        )
        self.dates = dates.gather(places, everything=self.everything)
        found = judge_dates(self.dates)
        if found:
            article.published_at, article.precision = found.value.when, found.value.precision
            article.evidence["published_at"] = found.rule
        else:
            article.problems += [one for one in dates.refused if one.reason == "future-date"][:1]
        self.date_line = found.line if found else -1
        self._take_source()

    def _take_source(self) -> None:
        article = self.article
        places = Surroundings(
            self.flow,
            self.head,
            near=self.near,
            opening=self.opening,
            date_line=self.date_line,
            ending=self.kept[: -_LAST_LINES - 1 : -1] + self.ending,
            headline=article.title or "",
            lang=article.lang or "",
            account=self.account,
            listed=article.page.hints.source or "",
        )
        self.sources = gather_sources(places, everything=self.everything)
        credit = judge_sources(self.sources)
        if credit:
            set_credit(article, credit.attribution, credit.evidence)

    def _take_people(self) -> None:
        article = self.article
        around = [self.flow.text[n] for n in (*self.near[:_NEAREST], *self.ending[: _NEAREST // 2])]
        article.bylines = find_people(article.paragraphs, around)
        if article.bylines and (links := self._links_elsewhere()):
            own = [paragraph for paragraph in article.paragraphs if paragraph.text not in links]
            article.bylines = find_people(own, [text for text in around if text not in links])
        if article.bylines:
            article.evidence["bylines"] = "printed"
        printed = [person.name for person in article.bylines if person.role == "author"]
        if printed:
            article.bylines += [Byline("author", name) for name in others_of_card(self.head, printed)]
        else:
            lines = [*self.near, *self.opening, *self.kept[-_LAST_LINES:], *self.ending]
            below = [*self.kept[-1:], *self.ending]
            first = self.kept[0] if self.kept else len(self.flow.text)
            others = names_of_page(self.head, article.page.url, article.title, article.source)
            evidence = Evidence(
                self.flow,
                self.head,
                lines,
                self.page_text,
                article.lang,
                others,
                account=self.account,
                date_line=self.date_line,
                first=first,
                below=below,
            )
            self.authors = gather_authors(evidence, everything=self.everything)
            names, rule = judge_authors(self.authors)
            if names:
                article.bylines += [Byline("author", name) for name in names]
                article.evidence["bylines"] = rule
        first_lines = [paragraph.text for paragraph in article.paragraphs[:1] + article.paragraphs[-2:]]
        article.original_title = next(filter(None, map(original_title, [*around, *first_lines])), None)

    def _links_elsewhere(self) -> set[str]:
        """Return the lines of the text, and behind it, that lead to other articles, whose authors they may name."""
        return {self.flow.text[n] for n in (*self.kept, *self.ending) if leads_elsewhere(self.flow, n)}

    def _take_notice(self) -> None:
        """Read what Chinese notices and posts print around their text."""
        first = self.kept[0] if self.kept else 0
        before = range(max(first - _BEHIND_HEADLINE, 0), first)
        around = [self.flow.text[n] for n in (*before, *self.kept[:_FIRST_LINES], *self.ending)]
        for name, value, rule in find_numbers(around):
            self._set(name, (value, rule))
        region = find_region(around, self.page_text)
        self._set("region", (region, "platform") if region else None)

    def _take_head(self) -> None:
        article, head = self.article, self.head
        digest = head.first("digest")
        if digest and digest != article.title:
            article.digest = digest
            article.evidence["digest"] = head.meta["digest"][0][1]
        self._set("section", find_section(head, [self.flow.text[n] for n in self.near]))
        self._set("canonical_url", find_address(head, article.page.url))
        article.paywalled = is_walled(head, [self.flow.text[n] for n in self.ending])
