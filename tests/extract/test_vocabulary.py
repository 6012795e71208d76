"""A label of a credit that the vocabulary holds is known to every reader that meets credits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsarchive.extract import read
from newsarchive.extract.credits.bylines import find_bylines
from newsarchive.extract.credits.person_names import is_chinese_name
from newsarchive.extract.credits.sources import is_only_credit, original_title, read_attribution
from newsarchive.extract.credits.vocabulary import ORIGINAL_TITLE, ROLE_LABELS, SOURCE_LABELS
from newsarchive.models import Byline, Page

FIRM = SOURCE_LABELS["firm"].split()
OF_PERSONS = [(role, label) for role, labels in ROLE_LABELS.items() if role for label in labels.split()]
TEXT = [
    "渡口今晨恢复通航，首班渡轮于七时三十分离港，船上多是赶集的人，也有几位赶早班火车的旅客，神情都很轻松。",
    "到傍晚为止，两岸一共往来了二十多班，运送旅客三千余人，比上周同一天多出一成，码头上添了两名引导人员。",
    "港务所说，夜航将在下月恢复，末班船改为二十三时三十分，票价暂时不变，具体的时刻表会在码头张贴出来。",
]


@pytest.mark.parametrize("label", FIRM)
def test_a_label_of_the_source_is_known_wherever_credits_are_read(label: str) -> None:
    found = read_attribution(f"渡口恢复通航 {label}：渡口日报")
    assert found is not None
    assert found.source == "渡口日报"
    assert is_only_credit(f"（{label}：渡口日报）")
    assert find_bylines([f"作者：林若溪 {label}：渡口日报"]) == [Byline("author", "林若溪")]
    assert not is_chinese_name(label)


@pytest.mark.parametrize("label", FIRM)
def test_a_line_with_a_label_of_the_source_ends_an_article_of_an_unknown_site(label: str) -> None:
    lines = [*TEXT, f"{label}：渡口日报", "读者可以在这里留言。"]
    body = "".join(f"<p>{line}</p>" for line in lines)
    html = f"<html><head><title>渡口恢复通航</title></head><body><h1>渡口恢复通航</h1><div>{body}</div></body></html>"
    now = datetime(2026, 3, 2, tzinfo=UTC)
    article = read(Page("https://ferry.example/1.html", "original", "", html.encode(), now))
    assert [paragraph.text for paragraph in article.paragraphs] == TEXT
    assert article.source == "渡口日报"


@pytest.mark.parametrize(("role", "label"), OF_PERSONS)
def test_a_label_of_persons_names_its_role_and_is_no_person(role: str, label: str) -> None:
    assert find_bylines([f"{label}：林若溪 责编：顾砚秋"]) == [Byline(role, "林若溪"), Byline("editor", "顾砚秋")]
    assert not is_chinese_name(label)


@pytest.mark.parametrize("label", ORIGINAL_TITLE.split())
def test_a_label_of_the_original_title_is_read(label: str) -> None:
    assert original_title(f"（{label}：渡口今晨开航）") == "渡口今晨开航"
