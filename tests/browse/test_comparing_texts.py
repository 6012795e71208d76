"""Any two versions of an article beside each other, and its copies against each other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from datasette.utils import tilde_encode
from lxml import html
from support.articles import CHINA, article
from support.pages import AT, page
from support.serving import served

from newsarchive.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

SPOKEN = "盐场的闸门每天清晨由三个人一起抬起，潮水退后才开始量水位。"
TEXTS = [SPOKEN, SPOKEN + "风浪小。", SPOKEN + "风浪大。", SPOKEN + "风浪大。已停工。"]
MANY, COPIED = (f"/article/{tilde_encode(f'news.example/{key}')}/changes" for key in ("many", "copied"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """An article of four versions, and one with two copies of one version each, the second without a headline."""
    path = tmp_path_factory.mktemp("comparing") / "archive.db"
    with Archive.open(path) as archive:

        def say(key: str, text: str, *, copy: str = "a", title: str | None = "盐场日记", after: int = 0) -> None:
            where = page(f"https://{copy}.example/{key}.html", at=AT + timedelta(hours=after))
            archive.store(article(where, text, key=f"news.example/{key}", title=title), None, where.fetched_at)

        for hour, text in enumerate(TEXTS):
            say("many", text, after=hour)
        say("copied", SPOKEN)
        say("copied", SPOKEN + "（望海晨报）", copy="b", title=None, after=1)
        say("single", SPOKEN)
    with served(path) as client:
        yield client


def differences(answer: httpx.Response) -> tuple[list[str], list[str]]:
    """Return what is only in the first and only in the second."""
    page = html.fromstring(answer.text)
    shown = page.cssselect(".difference") or page.cssselect(".versions")
    return [one.text_content() for one in shown[0].cssselect("del")], [
        one.text_content() for one in shown[0].cssselect("ins")
    ]


def heading(answer: httpx.Response) -> str:
    return str(html.fromstring(answer.text).cssselect("h1")[0].text_content())


@pytest.mark.parametrize("view", ["", "side"])
@pytest.mark.parametrize(
    ("chosen", "differing"),
    [
        (("1", "4"), ("", "风浪大。已停工。")),
        (("4", "1"), ("风浪大。已停工。", "")),
        (("2", "3"), ("小", "大")),
        (("1", "2"), ("", "风浪小。")),
    ],
)
def test_any_two_versions_are_compared(
    site: httpx.Client, chosen: tuple[str, str], differing: tuple[str, str], view: str
) -> None:
    answer = site.get(MANY, params={"from": chosen[0], "to": chosen[1], "view": view})
    assert tuple(map("".join, differences(answer))) == differing
    assert heading(answer) == f"Comparing version {chosen[0]} with version {chosen[1]}"


def test_the_first_and_the_last_are_compared_unless_others_are_chosen(site: httpx.Client) -> None:
    answer = site.get(MANY)
    assert heading(answer) == "Comparing version 1 with version 4"
    chosen = [one.get("value") for one in html.fromstring(answer.text).cssselect("option[selected]")]
    assert chosen == ["1", "4"]


def test_every_version_can_be_chosen_with_when_it_was_seen_and_why(site: httpx.Client) -> None:
    options = html.fromstring(site.get(MANY).text).cssselect("select[name=from] option")
    assert [one.get("value") for one in options] == ["1", "2", "3", "4"]
    assert "first seen" in options[0].text_content()
    assert "changed at the site" in options[3].text_content()
    assert f"{(AT + timedelta(hours=3)).astimezone(CHINA):%Y-%m-%d %H:%M}" in options[3].text_content()


def test_a_step_offers_the_others_too(site: httpx.Client) -> None:
    page = html.fromstring(site.get(f"{MANY}/3").text)
    assert [one.get("value") for one in page.cssselect("option[selected]")] == ["2", "3"]


def test_copies_are_compared_with_each_other(site: httpx.Client) -> None:
    options = html.fromstring(site.get(COPIED).text).cssselect("select[name=to] option")
    copies = {one.text_content().split(" · ")[2]: one.get("value") for one in options if "copy" in one.get("value")}
    assert list(copies) == ["https://a.example/copied.html", "https://b.example/copied.html"]
    first, second = copies.values()
    answer = site.get(COPIED, params={"from": first, "to": second})
    assert differences(answer) == ([], ["（望海晨报）"])
    assert heading(answer) == "Comparing copy 1 (post) with copy 2 (post)"


def test_a_headline_that_only_one_copy_has_is_no_difference(site: httpx.Client) -> None:
    assert "盐场日记" not in "".join(differences(site.get(COPIED))[0])


def test_texts_that_are_the_same_are_said_to_be(site: httpx.Client) -> None:
    answer = site.get(MANY, params={"from": "2", "to": "2"})
    assert differences(answer) == ([], [])
    assert "Both say the same." in answer.text
    assert "Both say the same." not in site.get(MANY).text


@pytest.mark.parametrize("asked", [{"from": "0"}, {"to": "5"}, {"from": "copy-1"}, {"to": "x"}, {"from": "１"}])
def test_what_the_article_does_not_have_is_told(site: httpx.Client, asked: dict[str, str]) -> None:
    answer = site.get(MANY, params=asked)
    assert answer.status_code == 404
    assert "no such version or copy" in answer.text


def test_an_article_leads_to_the_comparison_where_there_is_one(site: httpx.Client) -> None:
    for path, there in ((MANY, True), (COPIED, True), (MANY.replace("many", "single"), False)):
        article_page = html.fromstring(site.get(path.removesuffix("/changes")).text)
        links = [link.get("href") for link in article_page.iter("a")]
        assert (path in links) is there, path


def test_a_comparison_in_chinese_is_chinese(site: httpx.Client) -> None:
    answer = site.get(MANY, params={"from": "1", "to": "3"}, headers={"accept-language": "zh-CN"})
    assert heading(answer) == "第 1 版与第 3 版对比"
