"""Lists of articles as JSON that the scripts of a site name: which keys of an answer hold what."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from newsarchive.discovery.exploration import may_be_page
from newsarchive.discovery.json_list import parse_json
from newsarchive.discovery.page_links import has_date, is_headline
from newsarchive.extract.payload import read_payload
from newsarchive.sites import JsonList
from newsarchive.urls import absolute_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from newsarchive.models import Page

# Items that make a list, how deep one lies, and the part of the items that has to have a key.
_FEW, _DEEPEST, _NEARLY_ALL = 3, 4, 0.8
_LONGEST_TITLE = 300
_TITLE = re.compile("title|headline|subject|biaoti", re.IGNORECASE)
_TIME = re.compile("pub|time|date|creat", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{3,12}")
#: The parameter of an address that counts pages, with its number, or without one where a script puts it behind.
_PAGE = re.compile(r"(?<=[?&/])(p|pg|pn|page|page_?no|page_?num|page_?index|current_?page)=(\d{1,3}|$)", re.IGNORECASE)

_Items = list[dict[str, Any]]


def paged(path: str) -> tuple[str, str]:
    """Return the first page of an address that a script names, and the address with `{page}` where it counts pages."""
    match = _PAGE.search(path)
    if match is None:
        return path, path
    first = match[2] or "1"
    return f"{path[: match.start(2)]}{first}{path[match.end() :]}", _PAGE.sub(r"\1={page}", path, count=1)


def find_list(page: Page, path: str, known: Collection[str], is_own: Callable[[str], bool]) -> JsonList | None:
    """Return how an answer is read that came from a `path`; None for one that lists no articles.

    Addresses of the site that are `known` tell what those of the articles are made of, where the answer has their
    numbers alone.
    """
    first_page = int(number[2] or 1) if (number := _PAGE.search(page.url)) else 1
    data, _ = parse_json(read_payload(page.body, page.headers.get("content-type")).text)
    for items_path, items in sorted(_lists_in(data), key=lambda found: -len(found[1])):
        values = _values(items)
        title = _best(values, _is_title, _TITLE)
        if title is None:
            continue
        time = _best(values, _is_time, _TIME)
        found = JsonList(path, items_path, title=(title,), time=(time,) if time else (), first_page=first_page)

        def is_link(value: object) -> bool:
            url = absolute_url(value, page.base_url) if isinstance(value, str) and "/" in value else None
            return url is not None and is_own(url) and may_be_page(url)

        if (link := _best(values, is_link)) is not None:
            return replace(found, link=(link,))
        for name, numbers in values.items():
            if (template := _template([str(one) for one in numbers], known)) is not None:
                return replace(found, id=(name,), article=template)
    return None


def _lists_in(data: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, _Items]]:
    """Yield the lists of objects in an answer, each with the keys that lead to it."""
    if isinstance(data, list):
        items = [item for item in data if isinstance(item, dict)]
        if len(items) >= _FEW:
            yield path or ".", items
    elif isinstance(data, dict) and depth < _DEEPEST:
        for name, value in data.items():
            yield from _lists_in(value, f"{path}.{name}".lstrip("."), depth + 1)


def _values(items: _Items) -> dict[str, list[Any]]:
    """Return the values of every key that nearly all items have, those of objects in them with a dot."""
    values: dict[str, list[Any]] = {}
    for item in items:
        for name, value in item.items():
            inner = {f"{name}.{key}": one for key, one in value.items()} if isinstance(value, dict) else {name: value}
            for key, one in inner.items():
                if one is not None and one != "":
                    values.setdefault(key, []).append(one)
    return {name: found for name, found in values.items() if len(found) >= _NEARLY_ALL * len(items)}


def _best(
    values: dict[str, list[Any]], fits: Callable[[Any], bool], names: re.Pattern[str] | None = None
) -> str | None:
    """Return the key nearly all of whose values fit and differ; rather one that is named so, else the first."""
    fitting = [
        name
        for name, found in values.items()
        if sum(map(fits, found)) >= _NEARLY_ALL * len(found) and len(set(map(str, found))) * 2 > len(found)
    ]
    return next((name for name in fitting if names and names.search(name)), fitting[0] if fitting else None)


def _is_title(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST_TITLE
        and not value.startswith(("http", "/", "<"))
        and is_headline(value)
    )


def _is_time(value: object) -> bool:
    text = str(value)
    return (text.isdigit() and len(text) in (10, 13)) or (len(text) < 40 and has_date(text))


def _template(numbers: list[str], known: Collection[str]) -> str | None:
    """Return what known addresses have in common that are made of the numbers of items, with `{id}` in it."""
    found: dict[str, int] = {}
    for number in numbers:
        if not _NUMBER.fullmatch(number):
            return None
        pattern = re.compile(rf"(?<![0-9]){number}(?![0-9])")
        for url in known:
            if len(pattern.findall(url)) == 1:
                template = pattern.sub("{id}", url)
                found[template] = found.get(template, 0) + 1
    best = max(found, key=lambda template: found[template], default=None)
    return best if best is not None and found[best] >= _FEW - 1 else None
