"""Lists of articles as JSON, by what a site file tells of their keys; keys are compared without regard to case."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

from newsarchive.discovery.html_listing import ListedArticle, ListingPage, damage_of, too_many, without_address
from newsarchive.extract.feed_entry import person_names, plain_line
from newsarchive.extract.payload import read_payload
from newsarchive.models import Category, Hints
from newsarchive.text import clean, valid_unicode
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from newsarchive.extract.payload import Payload
    from newsarchive.models import Page
    from newsarchive.sites import JsonList, Site

# More than any list holds on one page; a page made to exhaust us ends here.
_MOST_ITEMS = 20_000
_LONGEST = 2_000  # characters of one value
_OPENING = re.compile(r"[{\[]")
#: Texts in either quotes, commas that nothing follows, keys without quotes.
_JAVASCRIPT = re.compile(
    r"(?<!\\)\"(?:[^\"\\]|\\.|(?!))*+\"|(?<!\\)'(?:[^'\\]|\\.|(?!))*+'|,(?=\s*+[}\]])|(?<![\w$.])[A-Za-z_$][\w$]*+(?=\s*+:)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|.)", re.DOTALL)
_INDEX = re.compile("[0-9]{1,6}")
_BEGINS_JSON = re.compile(r"\{\s*\"|\[\s*[\[{\"]")
#: Brackets of JavaScript before the JSON begins (`try{f(`, `if(x){y=`).
_MOST_STARTS = 20


def read_json_list(page: Page, site: Site) -> ListingPage:
    """Read a page of one of a site's JSON lists. Nothing is raised, whatever the bytes are."""
    listed = ListingPage()
    found = _list_of(page.url, site)
    if found is None:
        return listed
    payload = read_payload(page.body, page.headers.get("content-type"))
    data, fault = parse_json(payload.text)
    items = _dig(data, found.items)
    if isinstance(items, dict):  # a list whose keys are numbers
        items = list(items.values())
    known = [item for item in items[:_MOST_ITEMS] if isinstance(item, dict)] if isinstance(items, list) else []
    for item in known:
        article = _article(item, found, page.base_url)
        if article is not None:
            listed.articles.append(article)
    if listed.articles:
        listed.next_url = _next(found, site, page.url, data)
    if items is None and fault is None and page.url == found.page_url(site.base_url, page=found.first_page):
        fault = f"nothing at {found.items!r}"  # on later pages that is how a list ends
    listed.damage = _damage(payload, fault, items, len(known), len(listed.articles))
    return listed


def _damage(payload: Payload, fault: str | None, items: Any, known: int, read: int) -> str | None:
    """Describe what of a list could not be read, and how much was; `known` are the items that are objects."""
    damage = payload.damage or fault
    if damage is not None or not isinstance(items, list):
        return damage_of(read, damage)
    if items and not read:
        return damage_of(read, "no item has an address by the keys of the site file")
    return damage_of(read, too_many(len(items), _MOST_ITEMS), without_address(known - read))


def parse_json(text: str) -> tuple[Any, str | None]:
    """Read the object or list in a text, whatever JavaScript stands around it, and say why there is none.

    Brackets of JavaScript are passed over (`try{f(`, `x[0]=`); control characters in texts are let pass. What is no
    JSON may be an object as JavaScript writes it (`{id: 1, title: 'x',}`).
    """
    found, fault = _find_json(text)
    # An empty object may be all that a script holds beside one that is no JSON.
    if (fault is not None or not found) and (repaired := _JAVASCRIPT.sub(_as_json, text)) != text:
        other, again = _find_json(repaired)
        if other:
            return other, None if again is None else fault
    return found, fault


def _find_json(text: str) -> tuple[Any, str | None]:
    decoder = json.JSONDecoder(strict=False)
    best: Any = None
    at = 0
    for _ in range(_MOST_STARTS):
        match = _OPENING.search(text, at)
        if match is None:
            break
        at = match.end()
        try:
            found, end = decoder.raw_decode(text, match.start())
        except json.JSONDecodeError as error:
            # A bracket of JavaScript is none of JSON at once; what has begun as JSON is the answer, and broken.
            if error.pos > at + 1 and _BEGINS_JSON.match(text, match.start()):
                return None, f"no JSON: {error.msg} at character {error.pos} of {len(text)}"
            continue
        except (ValueError, RecursionError) as error:
            return None, f"no JSON: {error}"
        if (isinstance(found, dict) and found) or (
            isinstance(found, list) and any(isinstance(item, dict) for item in found)
        ):
            return found, None
        best = found if best is None else best
        at = max(at, end)
    if best is not None:
        return best, None
    return None, "no JSON" if text.strip() else "empty"


def _as_json(match: re.Match[str]) -> str:
    """Write a token of JavaScript as JSON has it: a text, a key without quotes, a comma that nothing follows."""
    token = match[0]
    if token[0] == ",":
        return ""
    if token[0] not in "\"'":
        return f'"{token}"'
    if token[0] == '"':
        return _ESCAPE.sub(_escape, token)
    inner = _ESCAPE.sub(lambda escape: '"' if escape[0] == '\\"' else _escape(escape), token[1:-1])
    # What is escaped still is no quotation mark: all that are left stand for themselves.
    return '"' + inner.replace('"', '\\"') + '"'


def _escape(match: re.Match[str]) -> str:
    """Write an escape of JavaScript as JSON has it; one that JSON does not know is the character itself."""
    token = match[0]
    if token[1] == "x" and len(token) == 4:
        return "\\u00" + token[2:]
    return token if token[1] in '\\/bfnrtu"' else token[1:]


def _article(item: dict[str, Any], found: JsonList, base_url: str) -> ListedArticle | None:
    link, number = _first(item, found.link), _first(item, found.id)
    url = absolute_url(link, base_url) if link else None
    if url is None and found.article and number:
        url = found.article.replace("{id}", quote(number, safe=""))
    if url is None:
        return None
    title, category, author, image = (
        _first(item, names) for names in (found.title, found.category, found.author, found.image)
    )
    hints = Hints(
        plain_line(title) if title else None,
        _first(item, found.time),
        Category(category) if category else None,
        _first(item, found.source),
        authors=person_names(author) if author else (),
        image=absolute_url(image, base_url) if image else None,
    )
    return ListedArticle(url, hints)


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = _dig(item, name)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str | int) and not isinstance(value, bool):
            text = clean(valid_unicode(str(value)))
            if 0 < len(text) <= _LONGEST:  # half an address is another one
                return text
    return None


def _dig(data: Any, path: str) -> Any:
    """Return what lies at a path of keys and of numbers of items, None where there is nothing; "." is the whole.

    A key that holds dots itself goes before a path of the same spelling. JMESPath would need all keys of the answer
    folded first, and quotes around keys with a hyphen.
    """
    if path.strip(".") == "":
        return data
    if "." in path and isinstance(data, dict) and (whole := _get(data, path)) is not None:
        return whole
    for name in path.split("."):
        data = _get(data, name)
    return data


def _get(data: Any, name: str) -> Any:
    if isinstance(data, list):
        # Digits of ASCII alone, and no more of them than any list has items.
        return data[int(name)] if _INDEX.fullmatch(name) and int(name) < len(data) else None
    if not isinstance(data, dict):
        return None
    wanted = name.lower()
    return next((value for key, value in data.items() if key.lower() == wanted), None)


def _next(found: JsonList, site: Site, url: str, data: Any) -> str | None:
    if found.cursor and "{cursor}" in found.url:
        cursor = _dig(data, found.cursor)
        return (
            found.page_url(site.base_url, page=1, cursor=valid_unicode(str(cursor)))
            if isinstance(cursor, str | int)
            else None
        )
    if "{page}" not in found.url:
        return None
    for number in range(found.first_page, found.first_page + found.max_pages - 1):
        if found.page_url(site.base_url, page=number) == url:
            return found.page_url(site.base_url, page=number + 1)
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
