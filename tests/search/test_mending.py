"""What is proposed for a query that cannot be understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.searching import open_archive

from newsarchive.search import QueryError, Search
from newsarchive.search.folding import built_in_folding
from newsarchive.search.mending import nearest
from newsarchive.search.query import parse

if TYPE_CHECKING:
    from pathlib import Path

FOLDING = built_in_folding()


def proposed(text: str, search: Search) -> str | None:
    with pytest.raises(QueryError) as raised:
        search.parse(text)
    return nearest(text, raised.value, search.parse)


@pytest.fixture
def search(tmp_path: Path) -> Search:
    connection = open_archive(tmp_path / "archive.db")
    connection.execute("INSERT INTO sources (id, name) VALUES (1, '江湾晚报'), (2, '青岚 商报')")
    return Search(connection)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"降准', '"降准"'),
        ("“降准 银行", "“降准 银行”"),
        ("title:「降准", "title:「降准」"),
        ("(降准 OR 加息", "(降准 OR 加息)"),
        ("银行 (", "银行"),
        ("银行)", "银行"),
        ("AND 银行", "银行"),
        ("银行 OR", "银行"),
        ("source: 江湾晚报 银行", "source:江湾晚报 银行"),
        ("sorce:江湾晚报", "source:江湾晚报"),
        ("date:2026-03-05", "after:2026-03-05"),
        ("foo:bar 银行", '"foo:bar" 银行'),
        ("source:江湾晚抱 银行", "source:江湾晚报 银行"),
        ("source:青岚商保", 'source:"青岚 商报"'),
        ("source:龘龘龘 银行", "龘龘龘 银行"),
        ("lang:zh*", "lang:zh"),
        ("after:2026-13-45 银行", "银行"),
        ("sorce:江湾晚抱 (银行", "source:江湾晚报 (银行)"),
        ("！？", None),
        ("code:", None),
    ],
)
def test_the_nearest_form_is_proposed(search: Search, text: str, expected: str | None) -> None:
    assert proposed(text, search) == expected


@given(st.text(st.sampled_from('降准ab:"“」「()（） -*ORANDsource'), max_size=40))
def test_whatever_is_proposed_can_be_understood(text: str) -> None:
    try:
        parse(text, FOLDING)
    except QueryError as error:
        mended = nearest(text, error, lambda query: parse(query, FOLDING))
        if mended is not None:
            parse(mended, FOLDING)
            assert mended != text
