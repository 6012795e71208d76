"""Who wrote an article, where no label or form of the text says so: candidates from the head and from elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from newsarchive.extract.candidates import Candidate
from newsarchive.extract.credits.byline_patterns import DESK, ENGLISH_DAY
from newsarchive.extract.credits.byline_words import ABOUT, BETWEEN, LABEL, NOBODY, ROLE
from newsarchive.extract.credits.person_names import is_cased, is_chinese_name, is_latin_name
from newsarchive.extract.dates.months import month_of
from newsarchive.extract.heuristics.aside import is_aside
from newsarchive.extract.heuristics.class_names import COMMENTS, hints_of
from newsarchive.extract.heuristics.script_places import places_behind
from newsarchive.text import clean
from newsarchive.tree import TEXT, ancestors, attribute, descendants, names_of, select
from newsarchive.urls import split_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsarchive.extract.heuristics.accounts import Account
    from newsarchive.extract.heuristics.lines import PrintedLines
    from newsarchive.extract.heuristics.metadata import Head
    from newsarchive.tree import Element

# What a name is worth by where it stands: of one place all names are taken, of others none.
_CARD, _META, _MARKED, _PRINTED, _NAMED, _FAR, _SCRIPT = 50.0, 45.0, 40.0, 35.0, 30.0, 28.0, 27.0
_BESIDE_DATE, _BELOW = 9.0, 8.0
# What may be called like no person (a pen name, a desk) is worth so much less.
_DOUBT = 20.0
#: Elements that may be marked as the author, lead to the author's page, or be named so: few selectors, since each is
#: tried on every element of the page. What they find is looked at more closely.
_ELEMENTS = (
    "[rel~=author], [itemprop~=author], .vcard .fn, .p-author, a[href*=aut i], [class*=aut i], [class*=byline i]"
)
_PAGE = re.compile(r"/(?:auth?ors?|auteurs?|autoren)\b|[?&]author=|/author", re.IGNORECASE)
_NAME = re.compile("auth?or|auteur|byline", re.IGNORECASE)
_MARK = re.compile(r"\b(?:fn|vcard|p-author)\b")
# Names of classes that hold more than the name, or no author's name.
_NO_AUTHOR = re.compile(
    r"comment|related|avatar|image|img|photo|social|follow|share|bio\b|desc|date|time", re.IGNORECASE
)
# A date or a source, behind which a label may stand: 30.05.2024 von Rosa Hallmark.
_BEHIND_DATE = re.compile(
    r"(?:[^\n]{0,40}?(?P<day>[0-9])|sources?:)[^\n]{0,40}?(?:\s|[|·•])(?=(?:by|von|par|por|di|door|av|af)\s)",
    re.IGNORECASE,
)
_DATE_OR_SOURCE = re.compile(r"[0-9:]")
# A number that is no date by itself may be that of a part: Part 3 by another.
_DATED, _WORD = re.compile(r"[0-9]{4}|[0-9][:./-][0-9]|[0-9]h\b"), re.compile(r"[^\W\d_]{3,}")
# So many elements are looked at, and so far up for the line that they stand in.
_MOST, _UP = 40, 4
_LONGEST, _LONGEST_NAME, _MOST_WORDS = 120, 40, 4
_MOST_LINES, _MOST_PRINTED, _LONGEST_LABEL = 20, 6, 20
_NO_NAME = re.compile(
    r"[@:<>{}()!?。，©#]|https?|\b(?:no author|about|profile|posts?|articles?|more|view|all|follow|contact|email"
    r"|subscribe|authors?|autor(?:en)?|verfasser|writer|byline|by|beiträge|updated|published)\b",
    re.IGNORECASE,
)
# Where a name ends in a text that prints other things behind it.
_END = re.compile(
    r"\s?[|·•(]|\s[-–—/]\s|,?\s(?:am|on|le|el|il|vom|den|in|für|for|updated|published)(?:\s|$)|\s?@|,?\s[0-9]"
)
#: Elements that part what stands in them from what stands before.
_PARTING = frozenset(("a", "li", "p", "div", "address"))
#: Words of a script's names behind which the author's may stand, without a first letter of either case.
_SCRIPT_NAMES = ("uthor", "autor")
_SCRIPT_AUTHOR = re.compile(r"(?:en|s)?(?:_?[nN]ame)?[\"']?\s?[:=,]\s?\[?\s?[\"'](?P<name>[^\"'<>{}\\/@]{4,60})[\"']")
_ADDRESS = re.compile(r"\S+@\S*")
_EDGES = " ,.-–—/|:•·"
#: What parts the date from a name beside it, and words in capitals that are no person's.
_PARTS = re.compile(r"\s?[|•·/,]\s?|\s[-–—]\s|\s{2,}|\s(?=\d{1,2}[.:]\d)")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4"))
_NO_PERSON = re.compile(
    r"\b(?:News|New|Press|Release|Blog|Politics|Sports?|World|Business|Health|Stor(?:y|ies)|Home|Page|Read(?:ing)?|More|Share"
    r"|Print|Comments?|Views?|Min|Los|Las|San(?:ta)?|Saint|North|South|East|West|United|City|County|University|Institute"
    r"|Foundation|Company|Group|Magazine|Media|Online|Today|Daily|Weekly|Journal|Review|Report|Radio|Live|Video|Photo"
    r"|Images?|Pictures?|Getty|Redaktion|Verlag|Uhr|Kategorie|Artikel|Lesezeit|Presse|Pressemitteilung|Hong|Kong|Great"
    r"|Costa|Palma|Agence|Agencia|Noticias|Actualité|Última|Hora|Estados|Unidos|By|Von|Par|Por|In|On|All|Our|Your)\b"
)
_OF_CARD = "json-ld:author"
#: A credit and the byline behind it: Source: The Gazette By Jane Doe.
_BEFORE_BYLINE = re.compile(r"^.{0,40}?\b(?:Source|SOURCE|Via):.{1,60}?\s(?=By\s[A-Z])")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a page may name its authors.

    `lines` are the numbers of the lines about the headline and the ends of the text: elsewhere others are named. `page`
    is the text of the whole page, `lang` its language; `others` are names that the page has for itself: its site,
    headline and section; `account` is the platform's account on which it came out, `date_line` the line that prints the
    date (-1: none), `first` the text's first line, `below` are its last one and those behind it.
    """

    flow: PrintedLines
    head: Head
    lines: Sequence[int]
    page: str = ""
    lang: str | None = None
    others: Sequence[str] = ()
    account: Account | None = None
    date_line: int = -1
    first: int = 0
    below: Sequence[int] = ()

    @property
    def is_chinese(self) -> bool:
        """Whether the page is in Chinese, where the head names who put it up, and organisations are sources."""
        return (self.lang or "")[:2] == "zh"


def gather_authors(evidence: Evidence, *, everything: bool = False) -> list[Candidate[str]]:
    """List the names that the head says, and those that stand in elements made for them or behind a word such as by.

    What the page calls itself signs nothing, unless the article's card says so. A kind of evidence that cannot be worth
    as much as what is found already is only asked for `everything`.
    """
    others = tuple(evidence.others)
    found: list[Candidate[str]] = []
    best = 0.0
    for gather, most in _GATHERERS:
        if everything or best < most:
            found += (
                one for one in gather(evidence) if one.rule == _OF_CARD or _plain(one.value) not in _plain_names(others)
            )
            best = max((one.points for one in found), default=0.0)
    if not everything and len(found) == 1:
        found += _printed_with_others(evidence, found[0].value)
    return found


def others_of_card(head: Head, known: Sequence[str]) -> list[str]:
    """List the persons that the card names beside the known ones; none where it does not name all of these."""
    said = [name for name, _ in _said(head.card.get("author") or head.card.get("creator"))]
    printed = {_plain(name) for name in known}
    if not printed < {_plain(name.text) for name in said} or not all(name.certain for name in said):
        return []
    return list({_plain(name.text): name.text for name in said if _plain(name.text) not in printed}.values())


def judge_authors(candidates: Sequence[Candidate[str]]) -> tuple[list[str], str]:
    """Return the names of the likeliest place and the rule that gave them; no names where there are none.

    A place that names the same persons and more is taken before one that is likelier.
    """
    places: dict[str, dict[str, str]] = {}
    for one in sorted(candidates, key=lambda one: -one.points):
        places.setdefault(one.rule, {}).setdefault(_plain(one.value), one.value)
    rule = next(iter(places), "")
    for other, names in places.items():
        if set(names) > set(places[rule]) and all(map(is_person, names.values())):
            rule = other
    return list(places.get(rule, {}).values()), rule


def names_of_page(head: Head, url: str, *others: str | None) -> list[str]:
    """List what a page calls its site, its headline and its section."""
    publisher = head.card.get("publisher")
    labels = (split_url(url).hostname or "").split(".")
    parts = re.split(r"\s[-–—|:»·]\s|[|_»]", head.title)
    named = [publisher.get("name") if isinstance(publisher, dict) else publisher, head.card.get("articleSection")]
    named += [name for _, _, name in head.meta.get("site", ())]
    return [
        text for text in (*named, *others, *parts, *labels, ".".join(labels[-2:])) if isinstance(text, str) and text
    ]


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


@lru_cache(maxsize=1)  # asked for each candidate of a page, of which many have none
def _plain_names(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_plain, names))


def _of_card(evidence: Evidence) -> Iterator[Candidate[str]]:
    card = evidence.head.card
    found = list(_said(card.get("author") or card.get("creator")))
    # Beside a person others are believed as well.
    certain = any(name.certain for name, _ in found)
    for name, printed in found:
        if name.certain or not evidence.is_chinese or _is_printed(name.text, evidence):
            yield Candidate(name.text, printed, _OF_CARD, _CARD - _DOUBT * (not certain))


def _said(author: object) -> Iterator[tuple[Name, str]]:
    """Yield the names that a card gives as its authors, with the text that holds each."""
    for entry in author if isinstance(author, list) else [author]:
        is_person_said = isinstance(entry, dict) and entry.get("@type") == "Person"
        said: object = entry.get("name") if isinstance(entry, dict) else entry
        texts = [text for text in (said if isinstance(said, list) else [said]) if isinstance(text, str)]
        for printed in texts:
            for name in _names_of_card(clean(printed[:200])):
                # A person is believed in any script, also without a family name.
                yield Name(name.text, name.certain or (is_person_said and not name.text.isascii())), printed


def _names_of_card(text: str) -> list[Name]:
    """Split a name of the card where it is certainly those of several persons."""
    names = _names_in(text)
    whole = _END.split(text, maxsplit=1)[0].strip()
    if "://" in text or len(names) > 1 or (names and names[0].certain and len(BETWEEN.split(whole)) == 1):
        return names
    return [Name(whole, certain=is_person(whole))] if is_name(whole) else names


def _of_meta(evidence: Evidence) -> Iterator[Candidate[str]]:
    said = evidence.head.meta.get("author", [])
    best = said[0][1] if said else ""
    found = [
        (name, content, rule)
        for _, rule, content in said
        if rule == best and (content.isascii() or not evidence.is_chinese or _is_printed(content, evidence))
        for name in _names_in(content[:200])
    ]
    certain = any(name.certain for name, _, _ in found)
    for name, content, rule in found:
        if name.certain or not (certain or (evidence.is_chinese and content.isascii())):
            yield Candidate(name.text, content, f"meta:{rule}", _META - _DOUBT * (not certain))


def _is_printed(name: str, evidence: Evidence) -> bool:
    """Return whether a name stands alone near the headline: on Chinese pages the head names who put the page up."""
    flow = evidence.flow
    blocks = (flow.element[flow.block[number]] for number in evidence.lines[:_MOST_PRINTED] if flow.block[number] >= 0)
    texts = (node.text_content for block in blocks for node in descendants(block) if node.tag == TEXT)
    return any(text is not None and text.strip() == name for text in islice(texts, _MOST))


def _of_account(evidence: Evidence) -> Iterator[Candidate[str]]:
    """Read the pen name that the head of a platform's page names beside the account, which is the source."""
    said = evidence.head.meta.get("author", ())
    account = evidence.account
    for _, rule, content in said if account else ():
        if account and is_name(content) and content not in (account.name, account.original):
            yield Candidate(content, content, f"meta:{rule}", _META)
            return


def _of_elements(evidence: Evidence) -> Iterator[Candidate[str]]:
    """Read elements that are marked or named as the author, in the lines that may name one; elsewhere if all agree."""
    flow = evidence.flow
    if not flow.element:
        return
    places = {flow.element[flow.block[number]].mem_id: number for number in reversed(evidence.lines)}
    seen: set[int] = set()
    far: dict[str, Candidate[str]] = {}
    marks = [(mark, element) for element in select(_ELEMENTS, flow.element[0]) if (mark := _mark(element)) is not None]
    for is_marked, element in sorted(marks[: 2 * _MOST], key=lambda one: not one[0])[:_MOST]:
        around = [element, *islice(ancestors(element), _UP)]
        if seen.isdisjoint(one.mem_id for one in around):
            line = _line_of(element, around, places)
            for candidate in (
                _of_element(element, line, is_marked=is_marked) if line >= 0 or not is_aside(element) else ()
            ):
                seen.update(one.mem_id for one in descendants(element))
                if line >= 0:
                    yield candidate
                elif is_person(candidate.value):
                    far[_plain(candidate.value)] = candidate
    if len(far) == 1:
        yield from (replace(one, rule="author element of the page", points=_FAR) for one in far.values())


def _line_of(element: Element, around: Sequence[Element], places: dict[int, int]) -> int:
    """Return the line that an element stands in or holds; -1 for none that may name the author."""
    number = next((places[one.mem_id] for one in around if one.mem_id in places), -1)
    if number < 0:
        number = next((places[one.mem_id] for one in islice(descendants(element), _MOST) if one.mem_id in places), -1)
    return -1 if any(hints_of(outer) & COMMENTS for outer in around) else number


def _of_element(element: Element, line: int, *, is_marked: bool) -> Iterator[Candidate[str]]:
    text = clean(attribute(element, "content") or _text_of(element))
    if len(text) > _LONGEST or _NO_AUTHOR.search(names_of(element)):
        return
    rule, points = ("author element", _MARKED) if is_marked else ("element named author", _NAMED)
    for name in _names_in(text):
        is_pen_name = is_chinese_name(name.text, surname=False) and not DESK.search(name.text)
        if name.certain or points == _MARKED or is_pen_name:
            yield Candidate(name.text, text, rule, points - _DOUBT * (not name.certain), line)


def _mark(element: Element) -> bool | None:
    """Return whether an element is marked as the author; False for one that is only named so, None for another."""
    get = element.attributes.get
    name = get("class") or ""
    marks = f"{get('rel') or ''} {get('itemprop') or ''}"
    if "author" in marks or _MARK.search(name) or _PAGE.search((get("href") or "")[:_LONGEST]):
        return True
    return False if _NAME.search(name) else None


def _text_of(element: Element) -> str:
    """Return the text of an element, what stands in elements of their own parted by commas."""
    parts: list[str] = []
    length = 0
    for node in descendants(element):
        if node.tag != TEXT:
            parts.append(", " if node.tag in _PARTING and length else " ")
            continue
        parts.append(node.text_content or "")
        length += len(parts[-1])
        if length > 2 * _LONGEST:
            break
    return "".join(parts)


def _of_lines(evidence: Evidence) -> Iterator[Candidate[str]]:
    for number in evidence.lines[:_MOST_LINES]:
        text = evidence.flow.text[number]
        if len(text) <= _LONGEST_LABEL and LABEL.fullmatch(f"{text} ") and number + 1 < len(evidence.flow.text):
            text = f"{text} {evidence.flow.text[number + 1]}"
        text = _BEFORE_BYLINE.sub("", text, count=1) if ":" in text else text
        found = list(_of_line(text, number))
        if found and not (number >= evidence.first and leads_elsewhere(evidence.flow, number)):
            yield from found


def _of_line(text: str, number: int) -> Iterator[Candidate[str]]:
    """Read the names behind a word such as by at the beginning of a line, or before a word such as 기자 at its end."""
    if len(text) > _LONGEST:
        return
    text = (_ADDRESS.sub("", text) if "@" in text else text).strip()
    inside = _BEHIND_DATE.match(text) if _DATE_OR_SOURCE.search(text) else None
    if inside and (not inside["day"] or _DATED.search(inside[0]) or any(map(month_of, _WORD.findall(inside[0])))):
        text = text[inside.end() :]
    label = LABEL.match(text)
    if label is None and (len(text) > _LONGEST_NAME or ROLE.search(text) is None):
        return
    for name in _names_in(text):
        if name.certain or (label is not None and label["firm"] and not is_cased(name.text)):
            yield Candidate(name.text, text, "printed", _PRINTED, number)
        elif label is not None and name.text[0].isupper():
            yield Candidate(name.text, text, "printed", _PRINTED - _DOUBT, number)


def _printed_with_others(evidence: Evidence, known: str) -> Iterator[Candidate[str]]:
    """Read the names of a line that prints a known one among others: heads often name the first of several."""
    for number in evidence.lines[:_MOST_LINES]:
        text = evidence.flow.text[number]
        if len(known) < len(text) <= _LONGEST and known in text:
            names = [one for one in _of_line(text, number) if is_person(one.value)]
            if len(names) > 1 and any(one.value == known for one in names):
                yield from (replace(one, rule="printed with others") for one in names)
                return


def _of_script(evidence: Evidence) -> Iterator[Candidate[str]]:
    """Read the names that a script has for the authors, where it has them once."""
    page = "" if evidence.is_chinese else evidence.page
    said = {
        clean(match["name"])
        for place in places_behind(page, _SCRIPT_NAMES)
        if (match := _SCRIPT_AUTHOR.match(page, place))
    }
    found = {text for text in said if not text[:1].islower()}
    if len(found) == 1:
        (printed,) = found
        names = _names_in(printed)
        if all(name.certain for name in names):
            yield from (Candidate(name.text, printed, "script", _SCRIPT) for name in names)


def _beside_date(evidence: Evidence) -> Iterator[Candidate[str]]:
    """Read the one name that stands without a word in the line of the date, or alone in a line beside it."""
    flow, date = evidence.flow, evidence.date_line
    if date < 0 or evidence.is_chinese:
        return
    for number in (date, date - 1, date + 1):
        text = flow.text[number] if 0 <= number < len(flow.text) else ""
        if not 0 < len(text) <= _LONGEST or flow.tag[flow.block[number]] in _HEADINGS:
            continue
        parts = [
            _without_label(part) for part in _PARTS.split(text) if part.strip() and not _DATE_OR_SOURCE.search(part)
        ]
        if len(parts) != 1 or not is_latin_name(parts[0]) or _NO_PERSON.search(parts[0]):
            continue
        if not flow.linked[number] or _leads_to(flow.element[flow.block[number]], parts[0]):
            yield Candidate(parts[0], text, "beside the date", _BESIDE_DATE, number)
            return


def _below_text(evidence: Evidence) -> Iterator[Candidate[str]]:
    """Read the name that signs the text in brackets or behind a dash, or with which words about the author begin."""
    flow = evidence.flow
    for place, number in enumerate(() if evidence.is_chinese else evidence.below):
        text = flow.text[number]
        about = ABOUT.match(text[:_LONGEST])
        if about:
            text = text[about.end() :] or (flow.text[number + 1] if number + 1 < len(flow.text) else "")
            words = text[:_LONGEST].split()[:_MOST_WORDS]
            names = [" ".join(words[:count]).rstrip(".,;:") for count in range(len(words), 1, -1)]
        else:
            names = [text.strip("()—– .")] if not place and text[0] in "(—–" else []
        name = next((name for name in names if is_latin_name(name) and _NO_PERSON.search(name) is None), None)
        if name:
            yield Candidate(name, text, "below the text", _BELOW, number)
            return


def leads_elsewhere(flow: PrintedLines, number: int) -> bool:
    """Return whether a line is a link as a whole, and not to an author: whom it names wrote another article."""
    if flow.linked[number] < len(flow.text[number]):
        return False
    block = flow.element[flow.block[number]]
    links = [*select("a[href]", block)[:_UP], *(one for one in islice(ancestors(block), _UP) if one.tag == "a")]
    if any(_mark(link) is not None for link in links):
        return False
    return len(flow.text[number]) > _LONGEST_NAME or not _leads_to(block, flow.text[number])


def _leads_to(block: Element, name: str) -> bool:
    """Return whether a link with a name leads to a page that is called so."""
    last = name.rsplit(maxsplit=1)[-1].casefold()
    return any(last in attribute(link, "href").casefold() for link in select("a[href]", block)[:_UP])


#: What finds candidates, each by itself, and the most that one of them is worth; the likeliest first.
_GATHERERS = (
    (_of_card, _CARD), (_of_meta, _META), (_of_account, _META), (_of_lines, _CARD), (_of_elements, _MARKED),
    (_of_script, _SCRIPT), (_beside_date, _BESIDE_DATE), (_below_text, _BELOW),
)  # fmt: skip


class Name(NamedTuple):
    """A name, and whether it is certainly that of a person."""

    text: str
    certain: bool


def _names_in(text: str) -> list[Name]:
    """List the names in a text of names, labels and roles: the persons, else the first that may be one."""
    if "://" in text:
        return []
    names: list[Name] = []
    text = ENGLISH_DAY.sub("", _ADDRESS.sub("", text) if "@" in text else text)
    for part in BETWEEN.split(_without_label(text)):
        printed = _without_label(_END.split(part, maxsplit=1)[0])
        name = ROLE.sub("", printed).strip(_EDGES)
        if is_name(name):
            # Scripts without capitals show a name by what its bearer does.
            has_role = len(name) < len(printed.strip(_EDGES)) and not is_cased(name)
            names.append(Name(name, is_person(name) or has_role))
        elif name and not names and not ROLE.fullmatch(f" {printed}"):
            break
    return [name for name in names if name.certain] or names[:1]


def _without_label(text: str) -> str:
    match = LABEL.match(text)
    return text[match.end() :].strip() if match else text.strip()


def is_person(text: str) -> bool:
    """Return whether a text is certainly a person's name."""
    return is_chinese_name(text) or is_latin_name(text)


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a person or a pen name, where something else says that it is one."""
    if not 1 < len(text) <= _LONGEST_NAME or _NO_NAME.search(text) or text.lower() in NOBODY:
        return False
    return len(text.split()) <= _MOST_WORDS and any(map(str.isalpha, text))
