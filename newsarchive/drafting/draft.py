"""A site file drafted from a few article pages: the heuristics say what is there, the elements say where."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from newsarchive.drafting.candidates import (
    body_candidate,
    credit_candidates,
    parse_page,
    time_candidates,
    title_candidates,
)
from newsarchive.drafting.locales import zone_of
from newsarchive.drafting.selectors import choose
from newsarchive.drafting.site_title import name_of_site
from newsarchive.drafting.survey import domain_of
from newsarchive.drafting.toml import toml_text
from newsarchive.errors import UserError
from newsarchive.extract import read
from newsarchive.extract.charset import decode
from newsarchive.extract.heuristics import read_by_heuristics
from newsarchive.i18n import _
from newsarchive.sites import load_site
from newsarchive.tree import attribute, select, text_in
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from newsarchive.models import Article, Page
    from newsarchive.sites import Site
    from newsarchive.tree import Element

#: key of the layout -> (what finds the elements that hold the value, attribute of an article that it gives)
_FIELDS: dict[str, tuple[Callable[[Element, Article], list[Element]], str]] = {
    "title": (title_candidates, "title"),
    "published": (time_candidates, "published_at"),
    "body": (body_candidate, "paragraphs"),
    "attribution": (credit_candidates, "source"),
}
# Labels of a host that do not name the site.
_COMMON = frozenset(("www", "m", "wap", "news", "com", "cn", "net", "org", "gov", "edu", "co", "html"))
_NOT_IN_NAME = re.compile(r"[^a-z0-9_-]")
_LONGEST_LINK = 2000


class Sure(NamedTuple):
    """How sure one field is: read again by the drafted rule, `right` of the `known` pages gave the same value."""

    field: str
    selector: str
    right: int
    known: int


class Proof(NamedTuple):
    """How a page that was no example is read by the drafted rules: the fields that the heuristics read otherwise.

    `url` among them means that the rules are not for addresses of its kind.
    """

    url: str
    otherwise: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted site file (`toml`, for a file called `name`.toml), and how sure each field is."""

    name: str
    toml: str
    sure: list[Sure]


def draft(pages: Sequence[Page], name: str | None = None) -> Draft:
    """Draft a site file from two or three article pages of one site.

    The file can be loaded as it is; fields that no selector finds on most pages are left to the heuristics.
    The hosts of one domain are one site, such as the channels of a portal. Raises UserError when the pages are of
    several sites, or no text is found in them.
    """
    hosts = list(dict.fromkeys(urlsplit(page.url).netloc for page in pages))
    if len({domain_of(host) for host in hosts}) != 1 or not all(
        page.url.startswith(("http://", "https://")) for page in pages
    ):
        raise UserError(
            _("rules: the pages must be of one web site, not of {value}", value=", ".join(sorted(hosts)) or "files")
        )
    articles = [_read_generic(page) for page in pages]
    roots = [parse_page(page) for page in pages]
    chosen: dict[str, str] = {}
    for key, (find, _attribute) in _FIELDS.items():
        choice = choose(roots, [find(root, article) for root, article in zip(roots, articles, strict=True)])
        if choice is not None:
            chosen[key] = choice.selector
    if "body" not in chosen:
        raise UserError(_("rules: no text was found in these pages - give pages that show an article each"))
    name = name or _name_of(hosts[0] if len(hosts) == 1 else domain_of(hosts[0]))
    toml = _toml(name, articles, roots, chosen)
    return Draft(name, toml, _check(name, toml, articles, chosen))


def _read_generic(page: Page) -> Article:
    """Read a page as if nobody had written rules for its site."""
    return read_by_heuristics(page, decode(page.body, page.headers.get("content-type")), None)


def prove(made: Draft, page: Page) -> Proof | None:
    """Read a page that was no example by the drafted rules; None where it shows no article, and proves nothing."""
    site = _load(made.name, made.toml)
    article = _read_generic(page)
    if not article.title or not article.paragraphs:
        return None
    if site.layout_for(page.url) is None:
        return Proof(page.url, ("url",))
    again = read(page, site)
    return Proof(
        page.url,
        tuple(
            sure.field
            for sure in made.sure
            if sure.selector
            and (value := getattr(article, _FIELDS[sure.field][1]))
            and not _is_same(value, getattr(again, _FIELDS[sure.field][1]))
        ),
    )


def linked_articles(made: Draft, pages: Sequence[Page]) -> list[str]:
    """List the addresses to which example pages link and which the drafted rules take for articles, the first first."""
    site = _load(made.name, made.toml)
    examples = {page.url for page in pages}
    links = (
        absolute_url(attribute(link, "href")[:_LONGEST_LINK], page.base_url)
        for page in pages
        for link in select("a[href]", parse_page(page))
    )
    found = (url for url in links if url and url not in examples and site.is_own(url) and site.layout_for(url))
    return list(dict.fromkeys(found))


def _load(name: str, toml: str) -> Site:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"{name}.toml").write_text(toml, encoding="utf-8")
        return load_site(name, folder)


def _check(name: str, toml: str, articles: Sequence[Article], chosen: dict[str, str]) -> list[Sure]:
    """Load the file and read the pages by it: that is what counts."""
    site = _load(name, toml)
    again = [read(article.page, site) for article in articles]
    sure = []
    for key, (_find, name_of_value) in _FIELDS.items():
        pairs = [
            (getattr(one, name_of_value), getattr(other, name_of_value))
            for one, other in zip(articles, again, strict=True)
        ]
        known = [pair for pair in pairs if pair[0]]
        right = sum(_is_same(one, other) for one, other in known) if key in chosen else 0
        sure.append(Sure(key, chosen.get(key, ""), right, len(known)))
    return sure


def _is_same(one: object, other: object) -> bool:
    """Compare two values; of two texts nine paragraphs in ten must be in both."""
    if not isinstance(one, list) or not isinstance(other, list):
        return one == other
    texts, others = ({paragraph.text for paragraph in paragraphs} for paragraphs in (one, other))
    return len(texts & others) >= 0.9 * max(len(texts), len(others))


def _toml(name: str, articles: Sequence[Article], roots: Sequence[Element], chosen: dict[str, str]) -> str:
    urls = [article.page.url for article in articles]
    parts = urlsplit(urls[0])
    hosts = dict.fromkeys(urlsplit(url).hostname or "" for url in urls)
    pattern = url_pattern(urls)
    lang = Counter(article.lang or "zh" for article in articles).most_common(1)[0][0]
    zone, _sure = zone_of(parts.netloc, lang, [(article.body, article.page.body) for article in articles])
    title, reason = name_of_site(parts.hostname or name, Counter(), ["", *(_head_title(root) for root in roots)])
    lines = [
        f"# Drafted from {len(urls)} pages; before it is used: newsarchive read URL --site {name} --explain",
        f"name = {toml_text(name)}",
        f"title = {toml_text(title)}  # {reason}; it must be the site's own name as its titles print it",
        f"base_url = {toml_text(f'{parts.scheme}://{parts.netloc}')}",
        f"hosts = [{', '.join(map(toml_text, hosts))}]",
        f"timezone = {toml_text(zone)}",
        f"lang = {toml_text(lang)}",
        "\n[listing]",
        'start = ["/"]  # pages that list articles',
        f"article = {toml_text(pattern)}",
        "\n[[layouts]]",
        'role = "original"',
        f"url = {toml_text(pattern)}",
        *(f"{key} = [{toml_text(selector)}]" for key, selector in chosen.items()),
    ]
    return "\n".join(lines) + "\n"


def _head_title(root: Element) -> str:
    return next((" ".join(text_in(element).split()) for element in select("title", root)), "")


def url_pattern(urls: Sequence[str]) -> str:
    """Write a regular expression for addresses of this kind: digits stand for any digits, what differs for anything."""
    paths = [urlsplit(url).path.split("/")[1:] for url in urls]
    if len({len(path) for path in paths}) > 1:
        return r"/[^?#]*" + _one_of([_digits(path[-1]) for path in paths])
    return "".join(f"/{_one_of([_digits(part) for part in parts])}" for parts in zip(*paths, strict=True))


def _digits(part: str) -> str:
    return "".join(r"\d+" if piece.isdigit() else re.escape(piece) for piece in re.split(r"([0-9]+)", part))


def _one_of(patterns: list[str]) -> str:
    if len(set(patterns)) == 1:
        return patterns[0]
    endings = {pattern.rpartition(r"\.")[2] for pattern in patterns if r"\." in pattern}
    return r"[^/?#]+" + (rf"\.{endings.pop()}" if len(endings) == 1 and all(r"\." in p for p in patterns) else "")


def _name_of(host: str) -> str:
    labels = [label for label in host.partition(":")[0].lower().split(".") if label not in _COMMON]
    name = _NOT_IN_NAME.sub("", labels[-1]) if labels else ""
    return name if name and not name.isdigit() else "site"
