"""Articles that stand in the scripts of a page: the data of which a browser builds what is seen.

Such data is the state of a framework (`__NEXT_DATA__`, `__NUXT__`, `__INITIAL_STATE__`), a card (JSON-LD), or any
object that a script assigns. It is read as data and never run. Of all objects in it the one that tells the article of
the page is chosen by its keys and by the page's title; where none agrees there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any

from newsarchive.extract.literals import read_json, read_literal
from newsarchive.extract.script_markup import TAGS, letters_of, markup_of
from newsarchive.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Keys (without case and punctuation) under which the text stands, the surest first. What stands under one of the first
#: is an article's text and nothing else.
_SURE_KEYS = (
    "articlebody", "contentnoencode", "articlecontent", "newscontent", "postcontent", "contenthtml", "htmlcontent",
    "bodyhtml", "articlehtml", "articletext", "storybody", "storycontent", "maincontent", "contentrendered",
    "textcontentnoencode", "msgcontent",
)  # fmt: skip
_BODY_KEYS = (
    *_SURE_KEYS,
    "content", "body", "contentelements", "text", "html", "richtext", "fulltext", "maintext", "contents", "detail",
    "contentblocks", "bodyblocks", "modules", "parts",
    "blocks", "paragraphs", "components", "sections", "elements", "rendered", "document",
)  # fmt: skip
_RANKS = {key: rank for rank, key in enumerate(_BODY_KEYS)}
_TITLE_KEYS = ("headline", "title", "articletitle", "newstitle", "msgtitle", "headlines", "subject", "name")
_DATE_KEYS = (
    "datepublished", "publishedat", "publishdate", "publisheddate", "publishtime", "publishedtime", "publicationdate",
    "firstpublished", "firstpublishedat", "pubdate", "pubtime", "displaydate", "oricreatetime", "createtime",
    "createdat", "createdate", "ctime", "date", "time",
)  # fmt: skip
_AUTHOR_KEYS = ("author", "authors", "authorname", "byline", "bylines", "writer", "creator")
_SOURCE_KEYS = ("source", "sourcename", "copyrightsource", "medianame", "media", "nickname", "accountname", "origin")
_HEAD_KEY = re.compile(r"head|meta|info|title|basic|attributes|seo|article", re.IGNORECASE)

#: What a script assigns: an object, an array, a function that returns one, or JSON in a text. No alternative begins
#: with a class of characters, of which scripts are full; what stands before the sign is looked at when there is one.
_ASSIGNED = re.compile(
    r"=\s{0,9}(?=\{|\[|!?\(?function\b|\(\(|JSON\.parse\(|decodeURIComponent\()"
    r"|(?:J(?<!\wJ)SON\.parse|p(?<!\wp)ush)\s{0,9}(?=\()"
)
_BEFORE_SIGN = 10
#: A value that may be a text of an article.
_LONG_VALUE = re.compile(r"[:,(=]\s{0,9}(?:[\w.$]{1,40}\(\s{0,9})?\\{0,3}[\"'`][^\"'`\n]{40}")
#: A text that a variable is given, and the name of the variable before it.
_VARIABLE = re.compile(r"=\s{0,9}(?=(?:[\w.$]{1,60}\s{0,9}\|\|\s{0,9})?(?:[\w.$]{1,40}\(\s{0,9})?[\"'`])")
_NAME = re.compile(r"([\w$]{1,40})\s*$")
_MOST_VARIABLES = 500
_PUSH = "__next_f"
_FLIGHT_ROW = re.compile(r"([0-9a-f]{1,6}):(?:T([0-9a-f]{1,6}),|([\[{\"]))")
#: Characters that are read as literals of one page, nodes of its data that are looked at, articles that are compared.
_MOST_READ, _MOST_NODES, _MOST_FOUND = 8_000_000, 300_000, 200
_DEEPEST_LIST, _DEEPEST_OBJECT = 12, 4
#: A text of fewer characters is no JSON that holds an article.
_SHORTEST_JSON = 100

_SENTENCES = "。！？!?…"
#: The least text of an article that no title confirms, in sentences and bytes; and where its key is an article's alone.
_LEAST_SENTENCES, _LEAST_LENGTH, _LEAST_SURE = 2, 240, 60


@dataclass(slots=True)
class ScriptArticle:
    """An article as data: its text as HTML, and what is said beside it, as it stands there.

    `rule` names the place, `length` is that of the text in bytes; `sure` is a text whose key is an article's alone,
    `agrees` one whose title is the page's.
    """

    html: str
    rule: str
    title: str = ""
    published: str = ""
    source: str = ""
    authors: list[str] = field(default_factory=list)
    length: int = 0
    sure: bool = False
    agrees: bool = False


def find_in_scripts(scripts: Iterable[tuple[str, str]], titles: Iterable[str]) -> ScriptArticle | None:
    """Return the article that the data of a page tells; None where there is none, or none for certain.

    `scripts` are the id and type of each script, as one text, and what is in it; `titles` is what the page says that
    its article is called. Time is linear in the length of the scripts.
    """
    names = [letters for title in titles if len(letters := letters_of(title)) > 1]
    found: list[ScriptArticle] = []
    for place, state in _states(scripts):
        found += _articles_in(place, state)
        if len(found) > _MOST_FOUND:
            break
    return _judge(found, names)


def article_of_card(card: dict[str, Any]) -> ScriptArticle | None:
    """Return the article that a card (JSON-LD) holds with its whole text, or None."""
    body = card.get("articleBody") or card.get("text")
    html = markup_of(body) if isinstance(body, (str, list)) else ""
    if not html:
        return None
    found = _article("JSON-LD articleBody", card, html, sure=True)
    found.agrees = True
    return found


def _judge(found: list[ScriptArticle], names: list[str]) -> ScriptArticle | None:
    """Choose the longest text under the page's title; without one, an article whose text is by far the longest.

    Where no title agrees, the page may only be called as its site: then keys have to say that it is an article, by the
    text's own one, or by title and time beside it.
    """
    for one in found:
        one.agrees = _agrees(one.title, names)
    named = [one for one in found if one.agrees]
    if named:
        return max(named, key=lambda one: (one.sure, one.length))
    others = sorted((one for one in found if one.sure or (one.title and one.published)), key=lambda one: -one.length)
    if not others:
        return None
    best = others[0]
    least = _LEAST_SURE if best.sure else _LEAST_LENGTH
    if best.length < least or _sentences(best.html) < (1 if best.sure else _LEAST_SENTENCES):
        return None
    rival = next((one for one in others[1:] if one.html != best.html), None)
    return None if rival is not None and 2 * rival.length > best.length else best


def _agrees(title: str, names: list[str]) -> bool:
    letters = letters_of(title)
    if len(letters) < 2:
        return False
    return any(letters == name or (len(letters) > 5 and letters in name) or (len(name) > 5 and name in letters)
               for name in names)  # fmt: skip


# --- The data of a page -----------------------------------------------------------------------------------------------


def _states(scripts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    """Yield the values that scripts hold, each with the name of its place."""
    read = 0
    flight: list[str] = []
    variables: dict[str, Any] = {}
    for kind, text in scripts:
        if _PUSH in text:
            flight += _pushed(text)
            continue
        if _LONG_VALUE.search(text) is None or read > _MOST_READ:
            continue
        stripped = text.strip()
        if "json" in kind or stripped.startswith(("{", "[")):
            read += len(text)
            value = read_json(stripped)
            yield kind, _hydrated(value) if isinstance(value, list) and "nuxt" in kind.lower() else value
        else:
            for name, value, length in _assigned(text, _MOST_READ - read):
                read += length
                yield name, value
            _take_variables(text, variables)
    if variables:
        yield "variables", variables
    if flight:
        yield from (("flight", value) for value in _flight_rows("".join(flight)))


def _assigned(text: str, most: int) -> Iterator[tuple[str, Any, int]]:
    """Yield the values with long texts in them that a script assigns: name, value, characters that were read."""
    at = read = 0
    starts = _assignments(text)
    start = next(starts, None)
    while start is not None and read < most:
        name, begin = start
        long = _LONG_VALUE.search(text, max(at, begin - 1))
        if long is None:
            return
        # The last one that begins before the text may hold it.
        following = next(starts, None)
        while following is not None and following[1] <= long.start() + 1:
            (name, begin), following = following, next(starts, None)
        value, end = read_literal(text, begin)
        read += end - begin
        yield text[max(name - 40, 0) : name + 1].rsplit(None, 1)[-1][-40:], value, end - begin
        at = max(end, begin)
        while following is not None and following[1] < at:
            following = next(starts, None)
        start = following


def _assignments(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names end to which something is assigned, or calls begin, and where the values begin."""
    for match in _ASSIGNED.finditer(text):
        start = match.start()
        if text[start] == "=":
            before = text[max(start - _BEFORE_SIGN, 0) : start]
            name = before.rstrip()[-1:]
            if not (name.isalnum() or name in ("_", "$", ")", "]")):
                continue
            start -= len(before) - len(before.rstrip()) + 1
        yield start, match.end()


def _take_variables(text: str, variables: dict[str, Any]) -> None:
    """Add the texts that a script gives to variables: the first of each."""
    at = 0
    while len(variables) < _MOST_VARIABLES and (start := _VARIABLE.search(text, at)) is not None:
        at = start.end()
        name = _NAME.search(text, max(start.start() - 60, 0), start.start())
        if name is not None:
            value, end = read_literal(text, at)
            at = max(at, end)
            variables.setdefault(name[1], value)


def _pushed(text: str) -> Iterator[str]:
    """Yield the texts that a page hands to React in pieces."""
    at = text.find(_PUSH)
    while at >= 0:
        begin = text.find("[", at)
        if begin < 0:
            return
        value, end = read_literal(text, begin)
        if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
            yield value[1]
        at = text.find(_PUSH, max(end, begin + 1))


def _flight_rows(text: str) -> Iterator[Any]:
    """Yield the values of React's rows (`5:{...}`), with the texts that they name (`6:T1f,...`) in their places."""
    texts: dict[str, str] = {}
    values: list[Any] = []
    at = 0
    while (row := _FLIGHT_ROW.search(text, at)) is not None:
        if row[2] is not None:
            data = text[row.end() : row.end() + int(row[2], 16)].encode("utf-8", "replace")[: int(row[2], 16)]
            texts["$" + row[1]] = data.decode("utf-8", "ignore")
            at = row.end() + len(texts["$" + row[1]])
            continue
        end = text.find("\n", row.end())
        end = len(text) if end < 0 else end
        values.append(read_json(text[row.start(3) : end]))
        at = end
    for value in values:
        yield _with_texts(value, texts)


def _with_texts(value: Any, texts: dict[str, str]) -> Any:
    """Put texts in the place of their names (`$6`), in place."""
    waiting = [value]
    while waiting and texts:
        inner = waiting.pop()
        places = inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        for place, one in list(places):
            if isinstance(one, str) and one in texts:
                inner[place] = texts[one]
            elif isinstance(one, (dict, list)):
                waiting.append(one)
    return value


def _hydrated(values: list[Any]) -> list[Any]:
    """Return the objects of a list in which values are named by their numbers in it, as Nuxt writes them."""

    def value_of(number: object, depth: int) -> Any:
        if not isinstance(number, int) or not 0 <= number < len(values):
            return None
        value = values[number]
        if isinstance(value, list) and depth < _DEEPEST_LIST:
            numbers = value[1:] if value and isinstance(value[0], str) else value
            return [value_of(one, depth + 1) for one in numbers[:_MOST_FOUND]]
        if isinstance(value, dict):
            return {key: value_of(one, depth + 1) for key, one in value.items()} if depth < _DEEPEST_OBJECT else None
        return value

    return [value_of(number, 0) for number, value in enumerate(values) if isinstance(value, dict)]


# --- The articles in it -----------------------------------------------------------------------------------------------


def _articles_in(place: str, state: Any) -> Iterator[ScriptArticle]:
    """Yield each object that has a text and looks like an article."""
    waiting: list[tuple[Any, str, dict[str, Any]]] = [(state, place, {})]
    nodes = 0
    while waiting and nodes < _MOST_NODES:
        value, name, outer = waiting.pop()
        nodes += 1
        if isinstance(value, str):
            inner = _inner_json(value)
            if inner is not None:
                waiting.append((inner, name, outer))
        elif isinstance(value, list):
            waiting += [(one, name, outer) for one in value if _may_hold(one)]
        elif isinstance(value, dict):
            keys = _keys_of(value)
            found = _text_of(value, keys)
            if found:
                key, html = found
                article = _article(f"{name} {key}".strip(), value, html, sure=letters_of(key) in _SURE_KEYS)
                for more in (*_heads_in(value), outer):
                    if not article.title and more:
                        _fill(article, more)
                yield article
            waiting += [(one, _longer(name, key), value) for key, one in value.items() if _may_hold(one)]


def _heads_in(value: dict[str, Any]) -> list[dict[str, Any]]:
    """List the objects directly in one that may tell of the article whose text stands beside them."""
    return [one for key, one in value.items() if isinstance(one, dict) and _HEAD_KEY.search(str(key))]


def _longer(name: str, key: object) -> str:
    return f"{name}.{key}"[-60:]


def _may_hold(value: object) -> bool:
    """Return whether a value may hold objects: it is one, a list, or a text that may be JSON itself."""
    if isinstance(value, str):
        return len(value) >= _SHORTEST_JSON and value[0] in "{[" and value[-1] in "}]"
    return isinstance(value, (dict, list))


def _keys_of(value: dict[str, Any]) -> dict[str, str]:
    """Return the keys of an object by their letters."""
    return {_letters_of_key(key): key for key in value if isinstance(key, str)}


# The same few keys stand in all objects of a page.
_letters_of_key = lru_cache(maxsize=4096)(letters_of)


def _inner_json(text: str) -> Any:
    """Return the value of a text that is JSON itself."""
    value = read_json(text) if _may_hold(text) else None
    return value if isinstance(value, (dict, list)) else None


def _text_of(value: dict[str, Any], keys: dict[str, str]) -> tuple[str, str] | None:
    """Return the key of an object's text, and the text as HTML, where it has one that is worth a look."""
    best: tuple[str, str] | None = None
    for name in sorted(_RANKS.keys() & keys.keys(), key=_RANKS.__getitem__):
        key = keys[name]
        html = markup_of(value[key])
        if len(html) > 60 and (best is None or len(html) > 2 * len(best[1])):
            best = key, html
    return best


def _article(rule: str, value: dict[str, Any], html: str, *, sure: bool) -> ScriptArticle:
    keys = _keys_of(value)
    article = ScriptArticle(html, rule, length=_length(html), sure=sure)
    article.title = _first(value, keys, _TITLE_KEYS)
    article.published = _first(value, keys, _DATE_KEYS)
    article.source = _first(value, keys, _SOURCE_KEYS)
    article.authors = _names(value, keys)
    return article


def _fill(article: ScriptArticle, other: dict[str, Any]) -> None:
    """Read from an object beside a text or around it what its own does not say."""
    more = _article(article.rule, other, "", sure=article.sure)
    article.title = more.title
    article.published = article.published or more.published
    article.source = article.source or more.source
    article.authors = article.authors or more.authors


def _first(value: dict[str, Any], keys: dict[str, str], names: tuple[str, ...]) -> str:
    """Return the first value of some keys that is a text or a number; of an object, its name."""
    for name in names:
        one = value.get(keys.get(name, ""))
        if isinstance(one, dict):
            one = next((one[key] for key in ("name", "title", "main", "text", "rendered", "basic") if key in one), None)
        if isinstance(one, str) and (line := clean(unescape(TAGS.sub("", one[:2000])))):
            return line
        if isinstance(one, int) and not isinstance(one, bool) and one:
            return str(one)
    return ""


def _names(value: dict[str, Any], keys: dict[str, str]) -> list[str]:
    for name in _AUTHOR_KEYS:
        one = value.get(keys.get(name, ""))
        listed = one if isinstance(one, list) else [one]
        names = [each.get("name") if isinstance(each, dict) else each for each in listed[:20]]
        found = [clean(each) for each in names if isinstance(each, str) and 1 < len(clean(each)) < 60]
        if found:
            return list(dict.fromkeys(found))
    return []


def _length(html: str) -> int:
    text = TAGS.sub("", html)
    return len(text.encode("utf-8", "replace"))


def _sentences(html: str) -> int:
    text = TAGS.sub(" ", html)
    return sum(map(text.count, _SENTENCES)) + text.count(". ") + text.count(".\n") + text.endswith(".")
