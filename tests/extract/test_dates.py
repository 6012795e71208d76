"""Printed dates become aware times, and what only looks like a date does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.growth import grows_linearly

from newsarchive.extract.dates import (
    Dated,
    find_dates,
    is_future,
    parse_date,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 6, 1, 10, 30, 15, tzinfo=CHINA)


def dated(text: str, **more: int | None) -> Dated | None:
    return parse_date(text, zone=CHINA, now=NOW, **more)


def when(text: str, **more: int | None) -> str | None:
    found = dated(text, **more)
    return found and f"{found.when.isoformat()} {found.precision}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-03-03 05:23:38", "2022-03-03T05:23:38+08:00 second"),
        ("2022-03-03 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("2022-03-03", "2022-03-03T00:00:00+08:00 day"),
        ("2022/3/3 5:23:38", "2022-03-03T05:23:38+08:00 second"),
        ("2022.03.03 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("2022年03月03日 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("2022年3月3日", "2022-03-03T00:00:00+08:00 day"),
        ("2022年3月3日05时23分", "2022-03-03T05:23:00+08:00 minute"),
        ("2022年3月3日5时23分38秒", "2022-03-03T05:23:38+08:00 second"),
        ("2022 年 3 月 3 日 5 时", "2022-03-03T05:00:00+08:00 minute"),
        ("2022年3月3日（星期四）下午3点20分", "2022-03-03T15:20:00+08:00 minute"),
        ("2022年3月3日週四 下午2:05", "2022-03-03T14:05:00+08:00 minute"),
        ("2022年3月3日晚8时", "2022-03-03T20:00:00+08:00 minute"),
        ("2022年3月3日凌晨12:05", "2022-03-03T00:05:00+08:00 minute"),
        ("2022年3月3日中午1点", "2022-03-03T13:00:00+08:00 minute"),
        ("2022年03月03日05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("２０２２年０３月０３日　０５：２３", "2022-03-03T05:23:00+08:00 minute"),
        ("二〇二二年三月三日", "2022-03-03T00:00:00+08:00 day"),
        ("二○二二年十二月三十一日 10:00", "2022-12-31T10:00:00+08:00 minute"),
        ("民國111年3月3日 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("20220303 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("二〇二二年元月二十日", "2022-01-20T00:00:00+08:00 day"),
        ("[2022-03-03 05:23:38]", "2022-03-03T05:23:38+08:00 second"),
        ("(GMT+8, Asia/Shanghai, CST) 2022-05-30 22:00:29", "2022-05-30T22:00:29+08:00 second"),
        ("2023 11/ 17 20:52:15", "2023-11-17T20:52:15+08:00 second"),
    ],
)
def test_forms_with_a_full_year(text: str, expected: str) -> None:
    assert when(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22-03-03", "2022-03-03T00:00:00+08:00 day"),
        ("18-03-08 23:16", "2018-03-08T23:16:00+08:00 minute"),
        ("18-03-0823:16", "2018-03-08T23:16:00+08:00 minute"),
        ("98年3月8日", "1998-03-08T00:00:00+08:00 day"),
        ("03-03 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("10-0812:00", "2021-10-08T12:00:00+08:00 minute"),
        ("发布时间：03-03", "2022-03-03T00:00:00+08:00 day"),
        ("3月3日 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("12月31日", "2021-12-31T00:00:00+08:00 day"),
    ],
)
def test_short_years_and_missing_years_are_counted_from_now(text: str, expected: str) -> None:
    assert when(text) == expected


def test_a_year_known_from_elsewhere_is_used() -> None:
    assert when("12月31日 08:00", year_hint=2019) == "2019-12-31T08:00:00+08:00 minute"
    assert when("02月29日", year_hint=2020) == "2020-02-29T00:00:00+08:00 day"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天 08:23", "2022-06-01T08:23:00+08:00 minute"),
        ("昨天18:22", "2022-05-31T18:22:00+08:00 minute"),
        ("昨天", "2022-05-31T00:00:00+08:00 day"),
        ("前天 18:22", "2022-05-30T18:22:00+08:00 minute"),
        ("5分钟前", "2022-06-01T10:25:00+08:00 minute"),
        ("半小时前", "2022-06-01T10:00:00+08:00 minute"),
        ("5小时前", "2022-06-01T05:30:00+08:00 day"),
        ("2个半小时前", "2022-06-01T08:00:00+08:00 day"),
        ("3天前", "2022-05-29T00:00:00+08:00 day"),
        ("2周前", "2022-05-18T00:00:00+08:00 day"),
        ("刚刚", "2022-06-01T10:30:00+08:00 minute"),
        ("发布时间：刚刚", "2022-06-01T10:30:00+08:00 minute"),
        ("2 hours ago", "2022-06-01T08:30:00+08:00 day"),
        ("an hour ago", "2022-06-01T09:30:00+08:00 day"),
        ("yesterday", "2022-05-31T00:00:00+08:00 day"),
    ],
)
def test_relative_forms_are_counted_from_now(text: str, expected: str) -> None:
    assert when(text) == expected


def test_relative_days_are_those_of_the_site_not_of_the_crawler() -> None:
    late = datetime(2022, 5, 31, 20, 0, tzinfo=UTC)  # four in the morning of the first of June in China
    assert parse_date("今天 03:00", zone=CHINA, now=late).when.isoformat() == "2022-06-01T03:00:00+08:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-03-03T05:23:38Z", "2022-03-03T05:23:38+00:00 second"),
        ("2022-03-03T05:23:38.123+08:00", "2022-03-03T05:23:38+08:00 second"),
        ("2022-03-03T05:23:38+0000", "2022-03-03T05:23:38+00:00 second"),
        ("2019-11-18T22:15:00-05:00", "2019-11-18T22:15:00-05:00 second"),
        ("Thu, 03 Mar 2022 05:23:38 GMT", "2022-03-03T05:23:38+00:00 second"),
        ("Thu, 3 Mar 2022 05:23:38 +0800", "2022-03-03T05:23:38+08:00 second"),
        ("March 3, 2022 5:23 pm ET", "2022-03-03T17:23:00-05:00 minute"),
        ("Nov. 19, 2019 at 10:15 a.m. EST", "2019-11-19T10:15:00-05:00 minute"),
        ("Updated 6:07 PM ET, Tue November 19, 2019", "2019-11-19T18:07:00-05:00 minute"),
        ("3 Mar 2022", "2022-03-03T00:00:00+08:00 day"),
        ("3rd of March 2022", "2022-03-03T00:00:00+08:00 day"),
        ("Thu Mar 03 05:23:38 +0800 2022", "2022-03-03T05:23:38+08:00 second"),
        ("Thu Mar 03 05:23:38 CST 2022", "2022-03-03T05:23:38+08:00 second"),
        ("Thu Mar  3 05:23:38 2022", "2022-03-03T05:23:38+08:00 second"),
        ("Thu Mar 03 05:23:38 EST 2022", "2022-03-03T05:23:38-05:00 second"),
        ("11/19/2019", "2019-11-19T00:00:00+08:00 day"),
        ("19/11/2019", "2019-11-19T00:00:00+08:00 day"),
        ("03.11.2019", "2019-11-03T00:00:00+08:00 day"),
        ("2012年12月10日, 格林尼治标准时间10:41", "2012-12-10T10:41:00+00:00 minute"),
        ("北京时间2022年3月3日 05:23", "2022-03-03T05:23:00+08:00 minute"),
    ],
)
def test_printed_zones_and_english_forms(text: str, expected: str) -> None:
    assert when(text) == expected


def test_cst_is_china_for_a_chinese_site_and_chicago_for_another() -> None:
    assert when("2012-06-04 09:20:26 CST") == "2012-06-04T09:20:26+08:00 second"
    american = parse_date("2012-12-04 09:20:26 CST", zone=ZoneInfo("America/New_York"), now=NOW)
    assert american.when.utcoffset() == timedelta(hours=-6)


@pytest.mark.parametrize("text", ["1646256218", "1646256218000", "20220303052338", "2022-03-03 05:23:38"])
def test_machine_forms_are_read_where_they_stand_alone(text: str) -> None:
    assert dated(text).when == datetime(2022, 3, 3, 5, 23, 38, tzinfo=CHINA)


def test_a_bare_day_in_digits_is_a_day() -> None:
    assert when("20220303") == "2022-03-03T00:00:00+08:00 day"


@pytest.mark.parametrize(
    "text",
    [
        "2022-02-30",
        "2022-13-01",
        "2022年2月29日",
        "0000-00-00 00:00:00",
        "13812345678",
        "4008123123",
        "010-65363263",
        "400-6533-789",
        "600160",
        "00700",
        "昇兴股份(002752)",
        "192.168.1.1",
        "v2022.03.03",
        "10.1.2",
        "NW202205302396671645",
        "202205302396671645",
        "http://a.example/2022/03/03/x.html",
        "http://a.example/news-2022-03-03.html",
        "1117%-1233%",
        "3-0大胜",
        "气温1-7℃",
        "2022年3月",
        "今天天气很好",
        "10:30",
        "",
        "   ",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert dated(text) is None
    assert find_dates(text, zone=CHINA, now=NOW) == []


def test_an_impossible_time_leaves_the_day() -> None:
    assert when("2022-03-03 25:61") == "2022-03-03T00:00:00+08:00 day"
    assert when("2022-03-03 24:00") == "2022-03-04T00:00:00+08:00 minute"
    assert when("2022-03-03 10:00-11:30") == "2022-03-03T10:00:00+08:00 minute"
    assert when("《 某日报 》（ 2022年03月03日 04 版）") == "2022-03-03T00:00:00+08:00 day"


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("2022-03-03 05:23:38 来源: 某周刊 举报", "2022-03-03 05:23:38"),
        ("2022-03-03 05:23:38来源：某某网", "2022-03-03 05:23:38"),
        ("来源：某某网-《某日报》2022-03-03 05:23", "2022-03-03 05:23"),
        ("2022年03月03日05:23 | 来源：某某网", "2022年03月03日05:23"),
        ("更新时间 2022年3月3日 星期四 05:23 阅读 1234", "2022年3月3日 星期四 05:23"),
        ("时间：2022.03.03 来源：某某网  分享到：", "2022.03.03"),
    ],
)
def test_the_span_is_the_printed_date_within_its_line(line: str, printed: str) -> None:
    found = dated(line)
    assert line[slice(*found.span)] == printed


def test_a_date_with_its_year_wins_over_one_without() -> None:
    assert when("5月20日起播出 发布：2022-05-18 09:00") == "2022-05-18T09:00:00+08:00 minute"


def test_all_dates_of_a_text_come_in_the_order_of_print() -> None:
    text = "5月24日，公司公告称，2021年3月3日签署的协议将于2022-12-31到期，昨天 18:22 有更正。第3-5页。"
    found = find_dates(text, zone=CHINA, now=NOW)
    assert [text[slice(*dated.span)] for dated in found] == ["5月24日", "2021年3月3日", "2022-12-31", "昨天 18:22"]


def test_weak_forms_need_company_in_a_longer_text() -> None:
    assert find_dates("编号 03-03 与 22-03-03，昨天很热", zone=CHINA, now=NOW) == []
    assert len(find_dates("评论 03-03 05:23 回复", zone=CHINA, now=NOW)) == 1


def test_the_future_is_told_with_some_slack() -> None:
    assert not is_future(NOW + timedelta(minutes=30), NOW)
    assert is_future(NOW + timedelta(hours=2), NOW)
    assert is_future(NOW + timedelta(minutes=2), NOW, timedelta(minutes=1))


PIECES = [
    "2022",
    "年",
    "3",
    "月",
    "日",
    "-",
    "/",
    ".",
    ":",
    "：",
    " ",
    "T",
    "05",
    "23",
    "小时前",
    "昨天",
    "Mar",
    "GMT+8",
    "二〇二二",
    "三",
    "十",
    "pm",
    "CST",
    "+08:00",
    "１",
    "前",
    "半",
    "周",
]


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map("".join)))
def test_any_text_gives_dates_whose_spans_lie_inside_it(text: str) -> None:
    one = dated(text)
    spans = [dated.span for dated in find_dates(text, zone=CHINA, now=NOW)]
    assert spans == sorted(spans)
    assert all(spans[i][1] <= spans[i + 1][0] for i in range(len(spans) - 1))
    for start, end in [*spans, *([one.span] if one else [])]:
        assert 0 <= start < end <= len(text)
    if one:
        assert one.when.tzinfo is not None


@given(
    st.datetimes(min_value=NOW.replace(year=1990, tzinfo=None), max_value=NOW.replace(tzinfo=None)),
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y年%m月%d日 %H:%M:%S",
            "%Y/%m/%d %H时%M分%S秒",
            "%d %b %Y %H:%M:%S",
            "%Y%m%d%H%M%S",
        ]
    ),
)
def test_what_a_format_prints_is_read_back(moment: datetime, form: str) -> None:
    moment = moment.replace(microsecond=0)
    assert dated(moment.strftime(form)).when == moment.replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    "piece",
    ["2022-03-03 05:23 ", "2022年", "1", "12-", "3月3日", "5小时前", "二〇二二年", "March 3, ", "（星期四", "昨天"],
)
def test_time_grows_with_the_size_of_a_hostile_text(piece: str) -> None:
    def work(size: int) -> Callable[[], object]:
        return partial(find_dates, piece * (size // len(piece)), zone=CHINA, now=NOW)

    assert grows_linearly(work, 8_000)
