"""Lists of articles as JSON, by what a site file tells of their keys; keys are compared without regard to case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from newsarchive.discovery.html_listing import ListedArticle, ListingPage
from newsarchive.models import Hints
from newsarchive.text import clean
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from newsarchive.models import Page
    from newsarchive.sites import JsonList, Site

# More than any list holds on one page; a page made to exhaust us ends here.
_MOST_ITEMS = 20_000
_LONGEST = 2_000  # characters of one value


def first_url(found: JsonList, base_url: str) -> str:
    """Return the address of a list's first page."""
    return page_url(found, base_url, page=found.first_page, cursor="")


def page_url(found: JsonList, base_url: str, *, page: int, cursor: str) -> str:
    """Return the address of a page of a list."""
    filled = found.url.replace("{page}", str(page)).replace("{cursor}", quote(cursor, safe=""))
    return urljoin(base_url + "/", filled)


def read_json_list(page: Page, site: Site) -> ListingPage:
    """Read a page of one of a site's JSON lists. Nothing is raised, whatever the bytes are."""
    listed = ListingPage()
    found = _list_of(page.url, site)
    data = parse_json(page.body.decode("utf-8", "replace"))
    if found is None or data is None:
        return listed
    items = _dig(data, found.items)
    for item in items[:_MOST_ITEMS] if isinstance(items, list) else ():
        article = _article(item, found, page.url) if isinstance(item, dict) else None
        if article is not None:
            listed.articles.append(article)
    if listed.articles:
        listed.next_url = _next(found, site, page.url, data)
    return listed


def parse_json(text: str) -> Any:
    """Read the first object or list in a text, whatever JavaScript stands around it; None where there is none."""
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    if not starts:
        return None
    try:
        return json.JSONDecoder().raw_decode(text, min(starts))[0]
    except (ValueError, RecursionError):
        return None


def _article(item: dict[str, Any], found: JsonList, page_url: str) -> ListedArticle | None:
    plain = {key.lower(): value for key, value in item.items()}
    link, number = _first(plain, found.link), _first(plain, found.id)
    url = absolute_url(link, page_url) if link else None
    if url is None and found.article and number:
        url = found.article.replace("{id}", quote(number, safe=""))
    if url is None:
        return None
    hints = Hints(_first(plain, found.title), _first(plain, found.time), None, _first(plain, found.source))
    return ListedArticle(url, hints)


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = item.get(name.lower())
        if isinstance(value, str | int) and not isinstance(value, bool) and (text := clean(str(value)[:_LONGEST])):
            return text
    return None


def _dig(data: Any, path: str) -> Any:
    """Return what lies at a path of keys, None where there is nothing.

    JMESPath would need all keys of the answer folded first, and quotes around keys with a hyphen.
    """
    for name in path.split("."):
        if not isinstance(data, dict):
            return None
        data = next((value for key, value in data.items() if key.lower() == name.lower()), None)
    return data


def _next(found: JsonList, site: Site, url: str, data: Any) -> str | None:
    if found.cursor and "{cursor}" in found.url:
        cursor = _dig(data, found.cursor)
        return page_url(found, site.base_url, page=1, cursor=str(cursor)) if isinstance(cursor, str | int) else None
    if "{page}" not in found.url:
        return None
    for number in range(found.first_page, found.first_page + found.max_pages - 1):
        if page_url(found, site.base_url, page=number, cursor="") == url:
            return page_url(found, site.base_url, page=number + 1, cursor="")
    return None


def _list_of(url: str, site: Site) -> JsonList | None:
    """Return which list a page belongs to: host, path and what is fixed in the query are those of its address."""
    parts = urlsplit(url)
    query = set(parse_qsl(parts.query))
    for found in site.lists:
        template = urlsplit(urljoin(site.base_url + "/", found.url))
        fixed = {(name, value) for name, value in parse_qsl(template.query) if "{" not in value}
        path = template.path.replace("{page}", "").replace("{cursor}", "")
        if parts.netloc == template.netloc and fixed <= query and (parts.path == path or path != template.path):
            return found
    return None
