"""An article of a page that prints none, or hardly any: taken from the data in its scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsarchive.extract.credits.sources import Attribution
from newsarchive.extract.dates import parse_date
from newsarchive.extract.dates.zones import zone_of
from newsarchive.extract.fields import set_credit, set_time
from newsarchive.extract.heuristics.paragraphs import read_fragment_text
from newsarchive.extract.script_data import article_of_card, find_in_scripts
from newsarchive.models import Byline
from newsarchive.tree import ancestors, attribute, select, text_in

if TYPE_CHECKING:
    from datetime import tzinfo

    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.extract.script_data import ScriptArticle
    from newsarchive.models import Article
    from newsarchive.tree import Element

#: A printed text with fewer bytes than this (some sixty Chinese characters) may be no article's.
_HARDLY_ANY = 200
#: A text in a script is taken for a printed one when it is so many times as long.
_LONGER = 1.5


def take_text_of_scripts(article: Article, head: Head, body: Element) -> ScriptArticle | None:
    """Take the text from the page's scripts where it prints hardly any, or a card holds far more of it.

    Returns the article that was found there; None where the printed text is the article's.
    """
    printed = sum(len(paragraph.text.encode("utf-8", "replace")) for paragraph in article.paragraphs)
    found = article_of_card(head.card)
    if (found is None or found.length < _LONGER * printed) and printed < _HARDLY_ANY:
        titles = [article.title or "", *(name for _, _, name in head.meta.get("title", ())), head.title]
        found = find_in_scripts(_scripts(body), titles)
    if found is None or found.length <= _LONGER * printed:
        return None
    text = read_fragment_text(found.html, article.title or found.title, article.page.url)
    if not text.paragraphs:
        return None
    article.paragraphs, article.images = text.paragraphs, text.images
    article.evidence["body"] = f"script {found.rule}"
    return found


def _scripts(body: Element) -> list[tuple[str, str]]:
    """List the scripts of a page: id and type of each, and its text."""
    root = next((outer for outer in ancestors(body) if outer.tag == "html"), body)
    return [
        (f"{attribute(script, 'id')} {attribute(script, 'type')}".strip(), text_in(script))
        for script in select("script", root)
    ]


def take_rest_of_scripts(article: Article, found: ScriptArticle, zone: tzinfo | None) -> None:
    """Fill what the page itself is silent about from the data that holds the text."""
    rule = f"script {found.rule}"
    if not article.title and found.title:
        article.title = found.title
        article.evidence["title"] = rule
    if article.published_at is None and found.published:
        zone = zone or zone_of(article.lang)
        dated = parse_date(found.published, zone=zone, now=article.page.fetched_at, lang=article.lang)
        if dated:
            set_time(article, dated.in_zone(zone), rule)
    if article.source is None and found.source:
        set_credit(article, Attribution(found.source, found.source), rule)
    if found.authors and not any(byline.role == "author" for byline in article.bylines):
        article.bylines += [Byline("author", name) for name in found.authors]
        article.evidence["bylines"] = rule
