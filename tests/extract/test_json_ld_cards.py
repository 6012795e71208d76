"""Cards of JSON-LD: which one is the article's, and what is read of it however the page writes it."""

from __future__ import annotations

import json

import pytest
from support.growth import grows_linearly
from support.unknown_pages import read_unknown

from newsarchive.extract.literals import read_json_as_printed

TITLE = "Early ferry to run twice"
TEXT = "<p>The ferry council said on Monday that two more boats will run before dawn, so that growers reach it.</p>" * 4
CARD = (
    '{"@type": "NewsArticle", "datePublished": "2024-05-30T08:15:00+02:00", "author": {"@type": "Person", "name": '
    '"Rosa Hallmark"}'
)


def read(*cards: str, head: str = "", url: str = "https://gazette.example/a/1.html"):
    scripts = "".join(f'<script type="application/ld+json">{card}</script>' for card in cards)
    html = f"<html lang=en><head><title>{TITLE} - The Gazette</title>{head}{scripts}</head>"
    return read_unknown(f"{html}<body><h1>{TITLE}</h1><div class=story>{TEXT}</div></body></html>", url)


def facts(*cards: str, **given) -> tuple[str | None, list[str]]:
    article = read(*cards, **given)
    when = article.published_at.isoformat() if article.published_at else None
    return when, [byline.name for byline in article.bylines]


@pytest.mark.parametrize(
    "card",
    [
        CARD + "}",
        CARD + ",}",
        CARD + "};",
        "//<![CDATA[\n" + CARD + "}\n//]]>",
        "<!--\n" + CARD + "}\n-->",
        CARD + ', "headline": "The "early" ferry"}',
        CARD + ', "description": "He said "twice", and left"}',
        '{"@type": "Organization", "name": "The Gazette"}\n' + CARD + "}",
        CARD.replace("NewsArticle", "https://schema.org/NewsArticle") + "}",
        CARD.replace('"2024-05-30T08:15:00+02:00"', '["2024-05-30T08:15:00+02:00"]') + "}",
        CARD.replace('"2024-05-30T08:15:00+02:00"', '{"@value": "2024-05-30T08:15:00+02:00"}') + "}",
        '{"@type": "WebPage", "mainEntity": [' + CARD + "}]}",
    ],
)
def test_a_card_is_read_however_the_page_writes_it(card: str) -> None:
    assert facts(card) == ("2024-05-30T08:15:00+02:00", ["Rosa Hallmark"])


def test_quotes_inside_a_text_that_nobody_escaped_stay_in_it() -> None:
    assert read_json_as_printed('{"a": "the "early" one", "b": "x",}') == [{"a": 'the "early" one', "b": "x"}]
    assert read_json_as_printed('{"a": "he said "twice", and left", "b": 1,}') == [
        {"a": 'he said "twice", and left', "b": 1}
    ]
    assert read_json_as_printed("nothing of the kind") is None


@pytest.mark.parametrize("shape", ['"', '{"a": ', '["', '{"a" "', '{"a":"b"   '])
def test_hostile_blocks_are_read_in_linear_time(shape: str) -> None:
    assert grows_linearly(lambda size: lambda: read_json_as_printed(shape * size), 4000)


def test_entities_in_a_card_are_those_of_html() -> None:
    card = {
        "@type": "Article",
        "headline": "Boats &amp; ferries",
        "author": {"@type": "Person", "name": "Ro O&#39;Hara"},
    }
    assert facts(json.dumps(card))[1] == ["Ro O'Hara"]


@pytest.mark.parametrize("apart", [False, True])
def test_authors_that_a_card_refers_to_are_found_in_the_graph_or_in_another_block(apart: bool) -> None:
    article = {"@type": "NewsArticle", "author": [{"@id": "#rosa"}, {"@id": "#jon"}]}
    people = [
        {"@type": "Person", "@id": "#rosa", "name": "Rosa Hallmark"},
        {"@type": "Person", "@id": "#jon", "name": "Jon Pike"},
    ]
    blocks = [article, *people] if apart else [{"@graph": [*people, article]}]
    assert facts(*map(json.dumps, blocks))[1] == ["Rosa Hallmark", "Jon Pike"]


@pytest.mark.parametrize("own", [{"headline": TITLE}, {"url": "https://gazette.example/a/1.html"}])
def test_of_several_articles_cards_the_one_that_names_the_page_is_its_own(own: dict[str, str]) -> None:
    other = {"@type": "NewsArticle", "headline": "Bridge to close", "url": "https://gazette.example/a/2.html"}
    other |= {"datePublished": "2021-01-02", "author": "Zed Other", "description": "More keys than the other has."}
    mine = {"@type": "NewsArticle", "datePublished": "2024-05-30T08:15:00+02:00", "author": "Rosa Hallmark", **own}
    canonical = "<link rel=canonical href='https://gazette.example/a/1.html'>"
    assert facts(json.dumps([other, mine]), head=canonical) == ("2024-05-30T08:15:00+02:00", ["Rosa Hallmark"])


def test_persons_whom_the_card_names_beside_the_printed_one_are_authors_too() -> None:
    people = [{"@type": "Person", "name": name} for name in ("Rosa Hallmark", "Jon Pike")]
    card = json.dumps({"@type": "NewsArticle", "author": people})
    html = f"<html lang=en><head><title>{TITLE}</title><script type='application/ld+json'>{card}</script></head>"
    article = read_unknown(f"{html}<body><h1>{TITLE}</h1><p>By ROSA HALLMARK</p><div>{TEXT}</div></body></html>")
    assert [byline.name for byline in article.bylines] == ["ROSA HALLMARK", "Jon Pike"]
