"""An article of a page that prints none, or hardly any: taken from the data in its scripts."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from newsarchive.extract.credits.sources import Attribution
from newsarchive.extract.dates import parse_date
from newsarchive.extract.dates.zones import zone_of
from newsarchive.extract.fields import set_credit, set_time
from newsarchive.extract.heuristics.paragraphs import read_fragment_text, read_page_text
from newsarchive.extract.html import has_button
from newsarchive.extract.script_data import article_of_card, find_in_scripts
from newsarchive.models import Byline
from newsarchive.tree import ancestors, attribute, select, text_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.extract.script_data import ScriptArticle
    from newsarchive.models import Article, Paragraph
    from newsarchive.tree import Element

#: A printed text with fewer bytes than this (some sixty Chinese characters) may be no article's.
_HARDLY_ANY = 200
#: Where markup may stand that is not shown as it is, and how many of these are looked at.
_UNSHOWN = "noscript, textarea, script[type*='template' i], script[type*='text/html' i]"
_MOST_UNSHOWN = 40
#: Attributes that carry the data of a page.
_DATA_NAMES = ("data-page", "data-props", "data-state", "data-content", "data-article", "data-react-props", "data-json")
_CARRIERS = ", ".join(f"[{name}]" for name in _DATA_NAMES)
#: Rules of headlines that the page prints.
_PRINTED = ("page line", "only", "heading", "h1")
#: A text in a script is taken for a printed one when it is so many times as long.
_LONGER = 1.5


def take_text_of_scripts(article: Article, head: Head, body: Element, shown: Element | None) -> ScriptArticle | None:
    """Read the text from the page's scripts where it prints hardly any, or far more of it stands there.

    `body` is the page's, `shown` the element of the text that was found. Returns the article that was found in a
    script; None where the printed text is the article's.
    """
    printed = _bytes_of(article.paragraphs)
    found = article_of_card(head.card)
    is_cut = printed >= _HARDLY_ANY and shown is not None and has_button(shown)
    if (found is None or found.length < _LONGER * printed) and (printed < _HARDLY_ANY or is_cut):
        titles = [article.title or "", *(name for _, _, name in head.meta.get("title", ())), head.title]
        found = find_in_scripts(_scripts(body), titles)
        if found and not found.agrees and (is_cut or article.evidence.get("title", "").startswith(_PRINTED)):
            found = None
    if found is None or found.length <= _LONGER * printed:
        if printed < _HARDLY_ANY:
            _take_unshown(article, body, printed)
        return None
    text = read_fragment_text(found.html, article.title or found.title, article.page.url)
    if not text.paragraphs:
        return None
    article.paragraphs, article.images = text.paragraphs, text.images
    article.evidence["body"] = f"script {found.rule}"
    return found


def _take_unshown(article: Article, body: Element, printed: int) -> None:
    """Read the text from markup that a script would put into the page, or that stands there for browsers without."""
    for element in islice(select(_UNSHOWN, body), _MOST_UNSHOWN):
        markup = text_in(element)
        if len(markup) < _HARDLY_ANY // 2 or "<" not in markup:
            continue
        text = read_page_text(markup, article.page.url)
        length = _bytes_of(text.paragraphs)
        if length >= max(_HARDLY_ANY, _LONGER * printed):
            article.paragraphs, article.images = text.paragraphs, text.images
            article.evidence["body"] = f"markup in {element.tag}"
            return


def _bytes_of(paragraphs: Sequence[Paragraph]) -> int:
    return sum(len(paragraph.text.encode("utf-8", "replace")) for paragraph in paragraphs)


def _scripts(body: Element) -> list[tuple[str, str]]:
    """List the scripts of a page, id and type of each and its text, and the data that its elements carry."""
    root = next((outer for outer in ancestors(body) if outer.tag == "html"), body)
    scripts = [
        (f"{attribute(script, 'id')} {attribute(script, 'type')}".strip(), text_in(script))
        for script in select("script", root)
    ]
    return scripts + [
        (f"json {name}", value)
        for element in select(_CARRIERS, root)
        for name in _DATA_NAMES
        if (value := attribute(element, name)).startswith(("{", "["))
    ]


def take_rest_of_scripts(article: Article, found: ScriptArticle, zone: tzinfo | None) -> None:
    """Fill what the page itself is silent about from the data that holds the text."""
    rule = f"script {found.rule}"
    if found.title and (not article.title or not found.agrees):
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
