"""Times of publication: which of a page's many dates is the article's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.unknown_pages import NOW, read_unknown

from newsarchive.extract.dates.zones import zone_of
from newsarchive.extract.heuristics.metadata import Head
from newsarchive.extract.heuristics.published import DateReader, Places, judge_dates

READER = DateReader(zone_of("zh"), NOW)


def find(*, near=(), behind=(), url="", page="", meta=(), card=None):
    head = Head(meta={"published": [(rank, name, value) for rank, (name, value) in enumerate(meta)]}, card=card or {})
    lines, later = list(enumerate(near)), list(enumerate(behind, 100))
    return judge_dates(READER.gather(Places(head, lines, later, url, page)))


def when(**given) -> str | None:
    found = find(**given)
    return found.value.when.isoformat() if found else None


def test_structured_data_and_meta_come_before_what_is_printed():
    assert when(card={"datePublished": "2024-05-30T00:15:00Z"}, near=["2024-05-29"]) == "2024-05-30T08:15:00+08:00"
    assert (
        when(meta=[("article:published_time", "2024-05-30 08:15")], near=["2024-05-29"]) == "2024-05-30T08:15:00+08:00"
    )


def test_a_printed_time_adds_the_hour_that_the_head_lacks():
    assert when(meta=[("pubdate", "2024-05-30")], near=["2024年05月30日 08:15"]) == "2024-05-30T08:15:00+08:00"


@pytest.mark.parametrize(
    "line",
    [
        "发布时间：2024-05-30 08:15",
        "2024年5月30日08:15　来源：河湾报",
        "２０２４年５月３０日 ０８:１５",
        "2024/05/30 08:15",
    ],
)
def test_dates_near_the_headline_are_read_in_the_usual_forms(line: str):
    assert when(near=["字号", line]) == "2024-05-30T08:15:00+08:00"


def test_a_labelled_date_wins_over_an_unlabelled_one():
    assert when(near=["2020-01-01 更多", "发布时间：2024-05-30 08:15"]) == "2024-05-30T08:15:00+08:00"


@pytest.mark.parametrize(
    "lines",
    [
        ["更新时间：2024-05-31 09:00", "发布时间：2024-05-30 08:15"],
        ["发布时间：2024-05-30 08:15", "更新时间：2024-05-31 09:00"],
        ["Last updated 2024-05-31 09:00", "Published 2024-05-30 08:15"],
        ["更新：2024-05-31 09:00 发布：2024-05-30 08:15"],
        ["报名截止：2024-06-01 09:00", "2024-05-30 08:15"],
    ],
)
def test_the_publication_wins_over_an_update_and_a_deadline(lines: list[str]):
    assert when(near=lines) == "2024-05-30T08:15:00+08:00"


def test_an_update_tells_the_time_where_nothing_else_does():
    assert when(near=["更新时间：2024-05-31 09:00"]) == "2024-05-31T09:00:00+08:00"


def test_a_date_that_lies_within_a_day_ahead_or_in_the_first_days_of_the_web_is_taken():
    assert when(near=["2024-06-02 19:00"]) == "2024-06-02T19:00:00+08:00"
    assert when(near=["2024-06-02 21:00"]) is None
    assert str(when(near=["1991-08-06 10:00"])).startswith("1991-08-06T10:00:00")
    assert when(near=["1991-08-05 10:00"]) is None


def test_a_date_in_the_future_is_never_taken():
    assert when(near=["2024-06-09 08:15", "2024-05-30 08:15"]) == "2024-05-30T08:15:00+08:00"
    assert when(near=["2033-01-01"]) is None


def test_what_stands_near_the_headline_wins_over_what_stands_behind_the_text():
    assert when(near=["2024-05-30"], behind=["时间：2024-05-31 10:00"]) == "2024-05-30T00:00:00+08:00"
    assert when(behind=["时间：2024-05-31 10:00"]) == "2024-05-31T10:00:00+08:00"


def test_a_date_without_a_year_takes_it_from_the_rest_of_the_page():
    found = find(near=["发布时间：05-30 08:15"], meta=[("dateupdate", "2021-05-30 09:00:00")])
    assert found is not None
    assert (found.value.when.isoformat(), found.line) == ("2021-05-30T08:15:00+08:00", 0)


@pytest.mark.parametrize(
    "url",
    [
        "https://n.example/2024/05/30/1.html",
        "https://n.example/20240530/1.html",
        "https://n.example/a/2024-05/30/c_1.htm",
        "https://n.example/t20240530_7.htm",
    ],
)
def test_the_address_tells_the_day_where_nothing_is_printed(url: str):
    found = find(url=url)
    assert found is not None
    assert (found.value.when.date().isoformat(), found.value.precision, found.rule) == ("2024-05-30", "day", "url")


@pytest.mark.parametrize(
    "script",
    [
        'var ct = "1717028100";',
        '{"publish_time": 1717028100}',
        "createTime = '2024-05-30 08:15'",
    ],
)
def test_a_script_is_the_last_resort(script: str):
    assert str(when(page=f"<script nonce='1545761157'>{script}</script>")).startswith("2024-05-30T08:15")


def test_a_printed_relative_date_gives_way_to_a_number_in_the_script():
    assert when(near=["前天"], page='var ct = "1653869700";') == "2022-05-30T08:15:00+08:00"


@pytest.mark.parametrize(
    "script",
    [
        'e(0,"1717028100",0,document.getElementById("t"))',
        'var qq = "1717028100";',
        '{"publisherId": "1717028100"}',
        '{"publisher_id": 1717028100}',
        "var publishNo = '1717028100'",
        '{"released_by": "1717028100"}',
        '{"release_version": "2024-05-30"}',
    ],
)
def test_a_number_is_no_time_without_a_name_that_says_so(script: str):
    assert when(page=f"<script>{script}</script>") is None


def test_the_address_of_a_picture_tells_no_day():
    body = "<h1>河湾镇的桥</h1><div><p>河湾镇的桥修好了，大家都很高兴，集市也开放。</p>"
    assert read_unknown(body + '<img src="/upload/2024/05/30/1.jpg"></div>').published_at is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("刚刚", "2024-06-01T20:00"),
        ("半小时前", "2024-06-01T19:30"),
        ("十分钟前", "2024-06-01T19:50"),
        ("1周前", "2024-05-25T00:00"),
        ("2个月前", "2024-04-01T00:00"),
        ("3日前", "2024-05-29T00:00"),
        ("大前天 12:10", "2024-05-29T12:10"),
        ("just now", "2024-06-01T20:00"),
        ("yesterday", "2024-05-31T00:00"),
        ("113/05/30 08:15", "2024-05-30T08:15"),
        ("民國一一三年五月三十日", "2024-05-30T00:00"),
    ],
)
def test_relative_and_republican_dates_near_the_headline_are_read(line: str, expected: str):
    assert str(when(near=["字号", line])).startswith(expected)


def test_day_and_month_in_numbers_follow_the_language_of_the_page():
    head, lines = Head(meta={}, card={}), [(0, "04/05/2024 08:15")]
    for lang, expected in (
        ("de", "2024-05-04"),
        ("fr-CA", "2024-05-04"),
        ("en-GB", "2024-05-04"),
        ("en", "2024-04-05"),
    ):
        found = judge_dates(DateReader(zone_of(lang), NOW, lang).gather(Places(head, lines, [], "", "")))
        assert found is not None
        assert found.value.when.date().isoformat() == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("发布日期：2024-05-30 责任编辑：龙河", "2024-05-30"),
        ("（发表于2024年5月30日）", "2024-05-30"),
        ("集市将于2024年5月30日再次开放。", None),
        ("镇上的人说，发布日期：2024-05-30", None),
    ],
)
def test_a_line_at_the_end_of_the_text_may_print_the_time_of_publication(last: str, expected: str | None):
    body = "<h1>河湾镇的桥</h1><div><p>河湾镇的桥修好了，大家都很高兴，集市也开放，来的人比往年多。</p>"
    article = read_unknown(body + f"<p>过河的车比往年多，镇里说，秋天会更多，桥面还要再铺一次。</p><p>{last}</p></div>")
    assert (article.published_at and article.published_at.date().isoformat()) == expected


def test_a_date_in_the_future_is_told_and_not_taken():
    body = "<h1>河湾镇的桥</h1><div><p>2031-05-30 10:00</p><p>河湾镇的桥修好了，大家都很高兴，集市也开放。</p></div>"
    article = read_unknown(body)
    assert article.published_at is None
    assert [(p.reason, p.detail) for p in article.problems if p.reason == "future-date"] == [
        ("future-date", "2031-05-30T10:00:00+08:00")
    ]


BRIDGE = "".join(
    f"<p>The bridge at Bendbay was opened on its day {n}, and the market moved there at once.</p>" for n in range(5)
)
HEADLINE = "<h1>Market moves to new bridge</h1>"
TITLE = "<title>Market moves to new bridge</title>"


def date_of(body: str, head: str = TITLE) -> str | None:
    article = read_unknown(f"<html lang=en><head>{head}</head><body>{body}</body></html>")
    return article.published_at.date().isoformat() if article.published_at else None


def test_a_date_between_the_headings_that_were_taken_for_the_text_is_found():
    lines = "<p>The council moved the market, and the people went with it, on foot.</p><h4>From our reporter</h4>"
    assert date_of(f"{HEADLINE}<div>{lines}<div>Mar 28, 2024, 06:15 PM</div>{BRIDGE}</div>") == "2024-03-28"


def test_a_date_within_a_sentence_of_the_first_lines_is_none_of_publication():
    lines = "<p>The council moved the market, and the people went with it.</p>"
    lines = f"{lines}{lines}<p>It was the day of May 3, 2021.</p>"
    assert date_of(f"{HEADLINE}<div>{lines}{BRIDGE}</div>") is None


def test_todays_date_above_all_pages_is_not_that_of_the_article():
    top = "<div class='topbar_date'>May 30, 2024</div>" + "<p>Menu</p>" * 6
    assert (
        date_of(
            f"{top}{HEADLINE}<div><span>by Bendbay Mail</span><span>May 21, 2024</span><span>01747</span></div>"
            f"<div>{BRIDGE}</div>"
        )
        == "2024-05-21"
    )


@pytest.mark.parametrize(
    "line", ["A version of this article appears in print on May 22, 2024, Page 1", "Ausgabe vom 22.05.2024"]
)
def test_the_date_of_the_printed_newspaper_is_not_that_of_the_article(line: str):
    found = find(near=[line], url="https://news.example/2024/05/21/bridge.html")
    assert found is not None
    assert found.value.when.date().isoformat() == "2024-05-21"


def test_a_label_in_the_line_before_may_say_that_a_date_is_another_one():
    body = "<dl><dt>Effective Date</dt><dd>May 21, 2024</dd><dt>Place</dt><dd>Bendbay</dd></dl>"
    assert date_of(f"{HEADLINE}{body}<div>{BRIDGE}</div>") is None


def test_the_headline_of_a_gallery_hides_no_date_behind_the_first_one():
    gallery = "<p>1 / 1</p>" * 20 + "<div class='gallery-title'>Market moves to new bridge</div>"
    body = f"{HEADLINE}<div>Updated 9:53 am, Tuesday, May 21, 2024</div>{gallery}<div>{BRIDGE}</div>"
    assert date_of(body) == "2024-05-21"


def test_the_date_of_a_quoted_message_is_that_of_the_message():
    near = ["— Ann River (@annriver) January 2, 2020", "May 21, 2024"]
    assert when(near=near) == "2024-05-21T00:00:00+08:00"


def test_what_the_article_says_of_itself_comes_before_what_its_page_says():
    page = '{"@type": "WebPage", "datePublished": "2019-01-01", "a": 1, "b": 2, "c": 3}'
    article = '{"@type": "NewsArticle", "datePublished": "2024-05-21"}'
    head = f"{TITLE}<script type='application/ld+json'>[{page}, {article}]</script>"
    assert date_of(f"{HEADLINE}<div>{BRIDGE}</div>", head) == "2024-05-21"


def test_a_page_of_an_unknown_zone_may_print_the_day_after_that_of_the_universal_time():
    reader = DateReader(UTC, NOW, "en")
    head = Head(meta={}, card={"datePublished": "2024-05-21T23:10:00Z"})
    found = judge_dates(reader.gather(Places(head, [(0, "May 22, 2024")], [], "", "")))
    assert found is not None
    assert found.value.when.date().isoformat() == "2024-05-22"
    assert found.value.when == datetime(2024, 5, 21, 23, 10, tzinfo=UTC)
    later = judge_dates(reader.gather(Places(head, [(0, "Updated May 22, 2024")], [], "", "")))
    assert later is not None
    assert later.value.when.date().isoformat() == "2024-05-21"


def test_a_label_makes_numbers_a_day_of_the_republic():
    assert when(near=["發布日期：113-05-30"]) == "2024-05-30T00:00:00+08:00"
    assert when(near=["電話 113-05-30"]) is None


@pytest.mark.parametrize(
    "caption", ["<p>图为 2023-11-02 发布的示意图</p>", "<figcaption>模型于2023-11-02发布，供展览</figcaption>"]
)
def test_the_date_of_a_picture_is_not_that_of_the_article(caption: str):
    assert date_of(f"{HEADLINE}{caption}<p>2024-05-30 08:15</p><div>{BRIDGE}</div>") == "2024-05-30"


@pytest.mark.parametrize(
    "wrapped",
    [
        "<!--\n{}\n//-->", "//<![CDATA[\n{}\n//]]>", "{};", '{{"@type": "BreadcrumbList"}}{}', '{{"hasPart": [{}]}}',
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "card",
    [
        '{"@type": "NewsArticle", "datePublished": "2024-05-30T08:15:00+08:00"}',
        '{"@type": "http://schema.org/NewsArticle", "datePublished": "2024-05-30T08:15:00+08:00",}',
        "{'@type': 'schema:NewsArticle', 'datePublished': '2024-05-30T08:15:00+08:00'}",
    ],
)
def test_structured_data_that_is_not_quite_right_is_read(wrapped: str, card: str):
    head = f"{TITLE}<script type='application/ld+json'>{wrapped.format(card)}</script>"
    assert date_of(f"{HEADLINE}<div>{BRIDGE}</div>", head) == "2024-05-30"


META = (
    "<html lang=en><head><title>Early ferry to run twice</title>{}</head>"
    "<body><h1>Early ferry to run twice</h1>{}</body>"
)
SENTENCES = (
    "<p>The ferry council said on Monday that two more boats will run before dawn, so that growers reach it.</p>" * 4
)


def published(head: str, url: str = "https://gazette.example/a/1.html", line: str = "") -> str | None:
    article = read_unknown(META.format(head, line + SENTENCES), url)
    return article.published_at.isoformat() if article.published_at else None


@pytest.mark.parametrize(
    "name",
    [
        "gazette:publishDate", "GAZ.articleFirstPublished", "pdate", "schema:datePublished", "dcterms:created",
        "date.available", "gaz-upload_date", "analytics.articledate", "dc:date", "gazette:issued",
    ],
)  # fmt: skip
def test_a_name_that_only_one_site_has_for_its_date_is_understood(name: str) -> None:
    assert published(f"<meta name='{name}' content='2024-05-30'>") == "2024-05-30T00:00:00+00:00"


@pytest.mark.parametrize(
    "name", ["article:expiration_time", "gaz:modified", "publisher", "builddate", "lastreviewed", "event:startdate"]
)
def test_other_dates_of_a_site_are_none_of_publication(name: str) -> None:
    assert published(f"<meta name='{name}' content='2024-05-30'>") is None


def test_of_two_times_of_publication_the_later_one_is_a_repetition() -> None:
    card = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-05-30"}</script>'
    first = "<meta property='article:published_time' content='2021-03-04T08:15:00Z'>"
    assert published(card + first) == "2021-03-04T08:15:00+00:00"
    assert published(first, "https://gazette.example/2019/07/08/ferry.html") == "2019-07-08T00:00:00+00:00"
    assert published(first, "https://gazette.example/2021/03/03/ferry.html")[:10] == "2021-03-03"
    assert published(first, "https://gazette.example/2021/03/09/ferry.html") == "2021-03-04T08:15:00+00:00"


def test_a_time_is_not_told_by_clocks_that_nobody_has() -> None:
    said = "<meta property='article:published_time' content='2024-05-30T20:03:00Z'>"
    assert published(said, line="<div>Updated 4:48 PM EST, Thu May 30, 2024</div>") == "2024-05-30T20:03:00+00:00"
    assert published(said, line="<div>Thu May 30, 2024, 4:03 PM EDT</div>") == "2024-05-30T16:03:00-04:00"
    assert published(said, line="<div>Fri May 31, 2024, 1:48</div>") == "2024-05-31T01:48:00+05:45"


def test_the_time_that_is_printed_behind_a_text_is_more_than_the_day_of_the_address() -> None:
    url = "https://gazette.example/2024/0529/7.html"
    article = read_unknown(META.format("", SENTENCES + "<div>2024-05-30 10:02 The Gazette</div>"), url)
    assert article.published_at.isoformat() == "2024-05-30T10:02:00+00:00"
    assert published("", url) == "2024-05-29T00:00:00+00:00"


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("de", "<p>Stand: 29.05.2024 10:11 Uhr | Erstveröffentlicht: 28.05.2024, damals noch ohne Fahrplan</p>"),
        ("fr", "<p>Publié le 28/05/2024 à 10h11, mis à jour le 29/05/2024 à 11h00, par la rédaction</p>"),
        ("es", "<p>Actualizado: 29/05/2024 11:00, por la redacción | Publicado: 28/05/2024 10:11</p>"),
        ("en", "<span class=ts data-timestamp=1716891060>in May</span>"),
        ("en", "<span data-date='2024-05-28T10:11:00Z'>4 days ago</span>"),
        ("en", "<span title='May 28, 2024 10:11 am'>4 days ago</span>"),
        ("en", "<relative-time datetime='2024-05-28T10:11:00Z'>on May 28</relative-time>"),
        ("en", "<p>Reviewed May 29, 2024</p><p>Written May 28, 2024</p>"),
        ("en", "<p>MILLBROOK, Ohio, May 28, 2024 /Riverwire/ -- The council said that boats will run before dawn.</p>"),
        ("en", "<p>MILLBROOK, May 28, 2024 (RW) - The ferry council said that two boats will run before dawn.</p>"),
    ],
)
def test_long_lines_attributes_and_datelines_tell_when_an_article_was_published(lang: str, line: str) -> None:
    page = META.replace("lang=en", f"lang={lang}").format("", line + SENTENCES)
    assert read_unknown(page).published_at.date().isoformat() == "2024-05-28"


@pytest.mark.parametrize(
    "line",
    ["<p>The ferry was built on May 28, 2024, and it cost less than the bridge.</p>", "<p>Joined May 28, 2024</p>"],
)
def test_dates_of_the_text_and_of_members_are_none_of_publication(line: str) -> None:
    assert published("", line=line) is None


def test_the_long_line_that_says_when_is_no_part_of_the_text() -> None:
    line = "<p>Publié le 28/05/2024 à 10h11, mis à jour le 29/05/2024 à 11h00, par la rédaction</p>"
    article = read_unknown(META.replace("lang=en", "lang=fr").format("", f"<div>{line}{SENTENCES}</div>"))
    assert article.paragraphs[0].text.startswith("The ferry council")
