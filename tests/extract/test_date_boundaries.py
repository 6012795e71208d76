"""Dates at their boundaries: the last form, number and word that still counts, and the first that does not."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsarchive.extract.dates import (
    Dated,
    find_dates,
    months,
    parse_date,
)

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 6, 1, 10, 30, 15, 7, tzinfo=CHINA)


def read(text: str, *, now: datetime = NOW, zone: ZoneInfo = CHINA, year_hint: int | None = None) -> Dated | None:
    return parse_date(text, zone=zone, now=now, year_hint=year_hint)


def told(found: Dated | None) -> str | None:
    return found and f"{found.when.isoformat()} {found.precision}"


def found_in(text: str, *, now: datetime = NOW, year_hint: int | None = None) -> list[str]:
    return [text[slice(*dated.span)] for dated in find_dates(text, zone=CHINA, now=now, year_hint=year_hint)]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        # A time of day.
        ("2022-03-03 05:23:38", "2022-03-03T05:23:38+08:00 second"),
        ("2022-03-03 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("2022/03/03 00:00", "2022-03-03T00:00:00+08:00 minute"),
        ("2022-03-03 23:59:59", "2022-03-03T23:59:59+08:00 second"),
        ("2022/03/03 24:00", "2022-03-04T00:00:00+08:00 minute"),
        ("2022/03/03 24:00:00", "2022-03-04T00:00:00+08:00 second"),
        ("2022/03/03 24:00:01", "2022-03-03T00:00:00+08:00 day"),
        ("2022/03/03 24:01", "2022-03-03T00:00:00+08:00 day"),
        ("2022/03/03 25:00", "2022-03-03T00:00:00+08:00 day"),
        # Parts of the day.
        ("2022年3月3日 下午11:30", "2022-03-03T23:30:00+08:00 minute"),
        ("2022年3月3日 下午12:30", "2022-03-03T12:30:00+08:00 minute"),
        ("2022年3月3日 下午13:30", "2022-03-03T13:30:00+08:00 minute"),
        ("2022年3月3日 上午12:30", "2022-03-03T12:30:00+08:00 minute"),
        ("2022年3月3日 上午11:30", "2022-03-03T11:30:00+08:00 minute"),
        ("2022年3月3日 凌晨12:30", "2022-03-03T00:30:00+08:00 minute"),
        ("2022年3月3日 中午12:30", "2022-03-03T12:30:00+08:00 minute"),
        ("2022年3月3日 中午3:30", "2022-03-03T15:30:00+08:00 minute"),
        ("2022年3月3日 中午4:30", "2022-03-03T04:30:00+08:00 minute"),
        ("March 3, 2022 12:30 am", "2022-03-03T00:30:00+08:00 minute"),
        ("March 3, 2022 12:30 pm", "2022-03-03T12:30:00+08:00 minute"),
        ("March 3, 2022 1:30 p.m.", "2022-03-03T13:30:00+08:00 minute"),
        # An offset, right after seconds or a T.
        ("2022-03-03 05:23:38+0530", "2022-03-03T05:23:38+05:30 second"),
        ("2022-03-03 05:23:38 -03:30", "2022-03-03T05:23:38-03:30 second"),
        ("2022-03-03T05:23+05:30", "2022-03-03T05:23:00+05:30 minute"),
        ("2022-03-03 05:23:38+14:00", "2022-03-03T05:23:38+14:00 second"),
        ("2022-03-03 05:23:38+08:59", "2022-03-03T05:23:38+08:59 second"),
        ("2022-03-03 05:23 GMT+14", "2022-03-03T05:23:00+14:00 minute"),
        ("2022-03-03 05:23 UTC-3:30", "2022-03-03T05:23:00-03:30 minute"),
        # Day first, month first.
        ("12/05/2022", "2022-12-05T00:00:00+08:00 day"),
        ("13/05/2022", "2022-05-13T00:00:00+08:00 day"),
        ("12-05-2022", "2022-05-12T00:00:00+08:00 day"),
        ("12.05.2022 05:23", "2022-05-12T05:23:00+08:00 minute"),
        # Words.
        ("November 19, 2019", "2019-11-19T00:00:00+08:00 day"),
        ("6:07 PM ET, Tue November 19, 2019", "2019-11-19T18:07:00-05:00 minute"),
        ("6:07 PM CST, November 19, 2019", "2019-11-19T18:07:00+08:00 minute"),
        ("6:07, November 19, 2019", "2019-11-19T06:07:00+08:00 minute"),
        ("二〇二二年元月一日", "2022-01-01T00:00:00+08:00 day"),
        ("二〇二二年十月十日", "2022-10-10T00:00:00+08:00 day"),
        ("二〇一九年十二月三十一日", "2019-12-31T00:00:00+08:00 day"),
        ("一九九八年九月二十日", "1998-09-20T00:00:00+08:00 day"),
        ("民國111年3月3日", "2022-03-03T00:00:00+08:00 day"),
        # Years in two digits: next year's at the latest.
        ("22年3月3日", "2022-03-03T00:00:00+08:00 day"),
        ("23年3月3日", "2023-03-03T00:00:00+08:00 day"),
        ("24年3月3日", "1924-03-03T00:00:00+08:00 day"),
        ("99-03-03 05:23", "1999-03-03T05:23:00+08:00 minute"),
        # No year: this one's, unless that lies more than two days ahead.
        ("6月2日", "2022-06-02T00:00:00+08:00 day"),
        ("6月3日 10:30:15", "2022-06-03T10:30:15+08:00 second"),
        ("6月3日 10:31", "2021-06-03T10:31:00+08:00 minute"),
        ("6月4日", "2021-06-04T00:00:00+08:00 day"),
        ("12-31", "2021-12-31T00:00:00+08:00 day"),
        # Times ago.
        ("500秒前", "2022-06-01T10:21:00+08:00 minute"),
        ("500 seconds ago", "2022-06-01T10:21:00+08:00 minute"),
        ("59分钟前", "2022-06-01T09:31:00+08:00 minute"),
        ("59 minutes ago", "2022-06-01T09:31:00+08:00 minute"),
        ("60分钟前", "2022-06-01T09:30:00+08:00 day"),
        ("半小时前", "2022-06-01T10:00:00+08:00 minute"),
        ("1小时前", "2022-06-01T09:30:00+08:00 day"),
        ("1个半小时前", "2022-06-01T09:00:00+08:00 day"),
        ("99小时前", "2022-05-28T07:30:00+08:00 day"),
        ("99 hours ago", "2022-05-28T07:30:00+08:00 day"),
        ("99 hr ago", "2022-05-28T07:30:00+08:00 day"),
        ("an hour ago", "2022-06-01T09:30:00+08:00 day"),
        ("1天前", "2022-05-31T00:00:00+08:00 day"),
        ("2 days ago", "2022-05-30T00:00:00+08:00 day"),
        ("刚刚", "2022-06-01T10:30:00+08:00 minute"),
        # Words for days.
        ("今天 05:23", "2022-06-01T05:23:00+08:00 minute"),
        ("今日 05:23", "2022-06-01T05:23:00+08:00 minute"),
        ("today 05:23", "2022-06-01T05:23:00+08:00 minute"),
        ("昨天 05:23", "2022-05-31T05:23:00+08:00 minute"),
        ("昨日 05:23", "2022-05-31T05:23:00+08:00 minute"),
        ("Yesterday 05:23", "2022-05-31T05:23:00+08:00 minute"),
        ("前天 05:23", "2022-05-30T05:23:00+08:00 minute"),
        ("前日", "2022-05-30T00:00:00+08:00 day"),
        # Numbers.
        ("20220303", "2022-03-03T00:00:00+08:00 day"),
        ("202203030523", "2022-03-03T05:23:00+08:00 minute"),
        ("20220303052338", "2022-03-03T05:23:38+08:00 second"),
        ("20220303052338Z", "2022-03-03T05:23:38+00:00 second"),
        ("20220303T0523Z", "2022-03-03T05:23:00+00:00 minute"),
        ("946684800", None),
        ("0946684799", None),
        ("0946684800", "2000-01-01T08:00:00+08:00 second"),
        ("1646256218", "2022-03-03T05:23:38+08:00 second"),
        ("1646256218123", "2022-03-03T05:23:38+08:00 second"),
        ("1646256218.5", "2022-03-03T05:23:38+08:00 second"),
        ("2147483647", "2038-01-19T11:14:07+08:00 second"),
        ("2147483648", None),
        # Odd English forms.
        ("Thu Mar 03 05:23:38 +0900 2022", "2022-03-03T05:23:38+09:00 second"),
        ("Thu Mar 03 05:23 +0900 2022", "2022-03-03T05:23:00+09:00 minute"),
        ("Thu Mar 03 05:23:38 2022", "2022-03-03T05:23:38+08:00 second"),
        ("Thu Mar 03 05:23:38 GMT 2022", "2022-03-03T05:23:38+00:00 second"),
        ("2022 March 3", "2022-03-03T00:00:00+08:00 day"),
        # What only looks like a date.
        ("Thu Mar 2022", None),
        ("Thu Mar 03 05:23:38", None),
        ("February 30, 2022", None),
        ("2022-02-29", None),
        ("二〇二二年十三月一日", None),
        ("二〇二二年三月十十日", None),
        ("二〇二二年三月十二三日", None),
        ("二〇二二年三月二三十日", None),
        ("二〇二二年三月三二日", None),
        ("", None),
        ("2022", None),
        ("昨晚", None),
    ],
)
def test_a_line_that_is_a_date_is_read_and_its_span_leaves_out_the_blanks_around(
    printed: str, expected: str | None
) -> None:
    for line in (printed, f"  {printed} "):
        found = read(line)
        assert told(found) == expected
        if found:
            assert line[slice(*found.span)] == printed


@pytest.mark.parametrize("offset", ["+14:01", "+15:00", "+08:60", "-14:30"])
def test_an_offset_that_no_zone_has_is_not_read(offset: str) -> None:
    assert told(read(f"2022-03-03 05:23:38{offset}")) == "2022-03-03T05:23:38+08:00 second"


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        *[(name, "+00:00") for name in ("Z", "UTC", "GMT", "WET", "格林尼治标准时间", "格林尼治时间")],
        *[("BST", "+01:00"), ("CET", "+01:00"), ("CEST", "+02:00"), ("EET", "+02:00"), ("EEST", "+03:00")],
        *[("MSK", "+03:00"), ("IST", "+05:30"), ("ICT", "+07:00")],
        *[(name, "+08:00") for name in ("HKT", "SGT", "BJT", "PHT", "北京时间", "北京時間")],
        *[("JST", "+09:00"), ("KST", "+09:00"), ("ACST", "+09:30"), ("AEST", "+10:00"), ("AEDT", "+11:00")],
        *[("NZST", "+12:00"), ("NZDT", "+13:00"), ("EST", "-05:00"), ("EDT", "-04:00"), ("CDT", "-05:00")],
        *[("MST", "-07:00"), ("MDT", "-06:00"), ("PST", "-08:00"), ("PDT", "-07:00")],
        *[("ET", "-05:00"), ("CT", "-06:00"), ("MT", "-07:00"), ("PT", "-08:00"), ("CST", "-06:00")],
        ("XYZ", "+01:00"),
    ],
)
def test_a_named_zone_is_that_of_the_time_before_it(name: str, offset: str) -> None:
    zone = ZoneInfo("Europe/Paris")
    line = f"2022-03-03 05:23 {name}"
    assert told(read(line, zone=zone)) == f"2022-03-03T05:23:00{offset} minute"
    if name != "XYZ":
        assert read(line, zone=zone).span == (0, len(line))  # type: ignore[union-attr]


def test_a_zone_with_summer_time_is_read_as_it_is_on_that_day() -> None:
    for name, winter, summer in [("ET", 5, 4), ("CT", 6, 5), ("MT", 7, 6), ("PT", 8, 7)]:
        assert told(read(f"2022-01-03 05:23 {name}")) == f"2022-01-03T05:23:00-0{winter}:00 minute"
        assert told(read(f"2022-07-03 05:23 {name}")) == f"2022-07-03T05:23:00-0{summer}:00 minute"


@pytest.mark.parametrize(
    ("name", "offset"),
    [("北京时间", 8), ("北京時間", 8), ("格林尼治标准时间", 0), ("格林尼治标准時間", 0), ("格林尼治时间", 0)],
)
def test_a_zone_may_stand_between_day_and_time(name: str, offset: int) -> None:
    line = f"2022-03-03 {name}05:23"
    found = read(line, zone=ZoneInfo("Europe/Paris"))
    assert told(found) == f"2022-03-03T05:23:00+0{offset}:00 minute"
    assert found is not None
    assert found.span == (0, len(line))


def test_a_zone_may_stand_before_the_day_in_the_same_line() -> None:
    assert told(read("GMT+9 2022-03-03 05:23")) == "2022-03-03T05:23:00+09:00 minute"
    assert told(read("UTC-03:30 2022-03-03 05:23")) == "2022-03-03T05:23:00-03:30 minute"
    assert told(read(f"GMT+9{'，' * 40}2022-03-03 05:23")) == "2022-03-03T05:23:00+09:00 minute"
    assert told(read(f"GMT+9{'，' * 41}2022-03-03 05:23")) == "2022-03-03T05:23:00+08:00 minute"
    assert told(read("GMT+9\n2022-03-03 05:23")) == "2022-03-03T05:23:00+08:00 minute"
    assert told(read("2022-03-03 05:23 / GMT+9")) == "2022-03-03T05:23:00+08:00 minute"


def test_central_time_is_chinas_where_the_site_is_in_china_and_americas_elsewhere() -> None:
    assert told(read("2022-03-03 05:23 CST")) == "2022-03-03T05:23:00+08:00 minute"
    found = read("2022-03-03 05:23 CST", zone=ZoneInfo("Asia/Tokyo"))
    assert told(found) == "2022-03-03T05:23:00-06:00 minute"


@pytest.mark.parametrize(("hour", "minute"), [(0, 5), (23, 55)])
@pytest.mark.parametrize(
    ("units", "days"),
    [("天 day", 1), ("周 week", 7), ("週 week", 7), ("星期 week", 7)],
)
def test_a_time_ago_is_counted_in_whole_units(units: str, days: int, hour: int, minute: int) -> None:
    now = NOW.replace(hour=hour, minute=minute)
    then = (now - timedelta(days=days * 400)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    chinese, english = units.split()
    for line in (f"400{chinese}前", f"400 {english}s ago"):
        found = read(line, now=now)
        assert found is not None
        assert (found.when.replace(tzinfo=None), found.precision) == (then, "day")


def test_a_year_in_two_digits_is_of_the_century_of_the_fetch() -> None:
    assert told(read("19年3月3日", now=NOW.replace(year=2019))) == "2019-03-03T00:00:00+08:00 day"
    assert told(read("01年3月3日", now=NOW.replace(year=2000))) == "2001-03-03T00:00:00+08:00 day"
    assert told(read("01年3月3日", now=NOW.replace(year=1999))) == "1901-03-03T00:00:00+08:00 day"


def test_a_year_known_from_elsewhere_stands_in_for_one_that_is_not_printed() -> None:
    assert told(read("12月3日", year_hint=2019)) == "2019-12-03T00:00:00+08:00 day"
    assert told(read("12月3日", year_hint=2030)) == "2030-12-03T00:00:00+08:00 day"
    assert told(read("2月29日", year_hint=2021)) is None
    assert told(read("2月29日", now=NOW.replace(year=2021))) == "2020-02-29T00:00:00+08:00 day"
    (found,) = find_dates("于12月3日公布", zone=CHINA, now=NOW, year_hint=2019)
    assert found.when.year == 2019


def test_full_width_digits_are_digits() -> None:
    assert told(read("２０１９年９月１０日 １８：０７")) == "2019-09-10T18:07:00+08:00 minute"


def test_only_the_first_four_hundred_characters_of_a_line_are_looked_at() -> None:
    assert told(read("，" * 390 + "2022-03-03")) == "2022-03-03T00:00:00+08:00 day"
    assert read("，" * 391 + "2022-03-03") is None
    assert len(find_dates("，" * 900 + "2022-03-03", zone=CHINA, now=NOW)) == 1


def test_an_odd_form_may_have_sixty_characters() -> None:
    for length, known in ((60, True), (61, False)):
        day, year = "Thu Mar 03 05:23:38 +0900", "2022"
        line = day + " " * (length - len(day) - len(year)) + year
        assert (read(line) is not None) is known


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2021年3月3日5月24日", ["2021年3月3日", "5月24日"]),
        ("5月24日2021年3月3日", ["5月24日", "2021年3月3日"]),
        ("民國 11年3月3日", ["民國 11年3月3日"]),
        ("会议1天前结束，3小时前公布", ["1天前", "3小时前"]),
        ("会议2周前开始，3小时前结束", ["3小时前"]),
        ("开会2 weeks ago，3 hours ago", ["3 hours ago"]),
        ("2周前", []),
        ("03-03", []),
        ("昨天", []),
        ("刚刚", []),
        ("20220303", []),
        ("昨天 18:22与前天 18:23", ["昨天 18:22", "前天 18:23"]),
        ("2022-02-30与2022-02-28", ["2022-02-28"]),
        ("31/02/2022与28/02/2022", ["28/02/2022"]),
        ("Feb 30, 2022 and Feb 28, 2022", ["Feb 28, 2022"]),
        ("二〇二二年二月三十日，二〇二二年二月三日", ["二〇二二年二月三日"]),
        ("民國111年2月30日，民國111年2月3日", ["民國111年2月3日"]),
        ("2月30日，2月3日", ["2月3日"]),
        ("没有日期的一句话", []),
    ],
)
def test_a_text_gives_its_dates_and_no_weak_or_impossible_ones(text: str, printed: list[str]) -> None:
    assert found_in(text) == printed


@pytest.mark.parametrize(
    "line", ["他们2周前结婚了", "他刚刚结婚", "昨天他结婚了", "于03-03结婚", "3年前的事", "10:30分钟前"]
)
def test_a_weak_form_is_no_date_where_something_else_stands_beside_it(line: str) -> None:
    assert read(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "发布：2周前",
        "更新:3小时前",
        "时间: 刚刚 |",
        "（昨天）",
        "【03-03】",
        "  3年前  ",
        "发布于 3个月前",
        "1周前更新",
        "刚刚 来源：河湾报",
    ],
)
def test_a_weak_form_is_a_date_beside_a_label_or_in_brackets(line: str) -> None:
    assert read(line) is not None


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        # A part of the day behind the time.
        ("2022/03/03 02:26:26 下午", "2022-03-03T14:26:26+08:00 second"),
        ("2022-03-03 3:30下午", "2022-03-03T15:30:00+08:00 minute"),
        ("2022-03-03 3:30（下午）", "2022-03-03T15:30:00+08:00 minute"),
        ("2022-03-03 3:30 上午", "2022-03-03T03:30:00+08:00 minute"),
        ("2022年3月3日 10点 晚", "2022-03-03T22:00:00+08:00 minute"),
        ("2022-03-03 15:30 下午", "2022-03-03T15:30:00+08:00 minute"),
        ("2022-03-03 PM 3:30", "2022-03-03T15:30:00+08:00 minute"),
        ("昨天 3:30 下午", "2022-05-31T15:30:00+08:00 minute"),
        # Minutes without their sign, quarters, hours in words.
        ("2022年3月3日下午3点半", "2022-03-03T15:30:00+08:00 minute"),
        ("2022年3月3日3时一刻", "2022-03-03T03:15:00+08:00 minute"),
        ("2022年3月3日3點三刻", "2022-03-03T03:45:00+08:00 minute"),
        ("2022年3月3日10点05", "2022-03-03T10:05:00+08:00 minute"),
        ("2022年3月3日10点05分", "2022-03-03T10:05:00+08:00 minute"),
        ("2022年3月3日10点整", "2022-03-03T10:00:00+08:00 minute"),
        ("2022年3月3日10点钟", "2022-03-03T10:00:00+08:00 minute"),
        ("2022年3月3日下午三点半", "2022-03-03T15:30:00+08:00 minute"),
        ("2022年3月3日下午两点", "2022-03-03T14:00:00+08:00 minute"),
        ("2022年3月3日十点五十分", "2022-03-03T10:50:00+08:00 minute"),
        ("2022年3月3日下午三点零五分", "2022-03-03T15:05:00+08:00 minute"),
        ("2022年3月3日零时", "2022-03-03T00:00:00+08:00 minute"),
        ("2022年3月3日三时", "2022-03-03T03:00:00+08:00 minute"),
        ("二〇二二年三月廿一日晚上八时", "2022-03-21T20:00:00+08:00 minute"),
        # In the evening past twelve the day is not certain, nor is an hour that two words speak against.
        ("2022年3月3日晚上12:05", "2022-03-03T00:00:00+08:00 day"),
        ("2022年3月3日晚上12点", "2022-03-03T00:00:00+08:00 day"),
        ("2022年3月3日晚上1点", "2022-03-03T00:00:00+08:00 day"),
        ("2022年3月3日晚上4:59", "2022-03-03T00:00:00+08:00 day"),
        ("2022年3月3日晚上5:00", "2022-03-03T17:00:00+08:00 minute"),
        ("2022年3月3日夜里6:59", "2022-03-03T00:00:00+08:00 day"),
        ("2022年3月3日夜里7:00", "2022-03-03T19:00:00+08:00 minute"),
        ("2022年3月3日深夜11:30", "2022-03-03T23:30:00+08:00 minute"),
        ("2022年3月3日晚上20:30", "2022-03-03T20:30:00+08:00 minute"),
        ("2022年3月3日凌晨13:00", "2022-03-03T00:00:00+08:00 day"),
        ("2022年3月3日上午14:00", "2022-03-03T00:00:00+08:00 day"),
        # Zones.
        ("2022-03-03 05:23 +0000", "2022-03-03T05:23:00+00:00 minute"),
        ("2022-03-03 05:23+0900", "2022-03-03T05:23:00+09:00 minute"),
        ("2022-03-03 05:23+09:00", "2022-03-03T05:23:00+09:00 minute"),
        ("2022-03-03 05:23-04:00", "2022-03-03T05:23:00-04:00 minute"),
        ("2022-03-03T05:23-0400", "2022-03-03T05:23:00-04:00 minute"),
        ("2022-03-03t05:23:38z", "2022-03-03T05:23:38+00:00 second"),
        ("2022-03-03T05:23Z", "2022-03-03T05:23:00+00:00 minute"),
        ("2022-03-03T05:23:38+09", "2022-03-03T05:23:38+09:00 second"),
        ("2022-03-03 05:23 utc", "2022-03-03T05:23:00+00:00 minute"),
        ("03 Mar 2022 12:00 -0400", "2022-03-03T12:00:00-04:00 minute"),
        # Days and times ago.
        ("大前天 12:10", "2022-05-29T12:10:00+08:00 minute"),
        ("三天前", "2022-05-29T00:00:00+08:00 day"),
        ("两小时前", "2022-06-01T08:30:00+08:00 day"),
        ("二十分钟前", "2022-06-01T10:10:00+08:00 minute"),
        ("昨晚10:30", "2022-05-31T22:30:00+08:00 minute"),
        ("昨晚八点", "2022-05-31T20:00:00+08:00 minute"),
        ("昨晚12:30", "2022-05-31T00:00:00+08:00 day"),
        ("今早 8:30", "2022-06-01T08:30:00+08:00 minute"),
        ("今晨5时", "2022-06-01T05:00:00+08:00 minute"),
        ("今晚", None),
        ("前晚8点", "2022-05-30T20:00:00+08:00 minute"),
        ("数天前", None),
        ("几分钟前", None),
        # YYYYMMDDHH.
        ("2022030310", "2022-03-03T00:00:00+08:00 day"),
        ("2022030324", "2022-03-03T00:00:00+08:00 day"),
        ("2022030310001", "2022-03-03T00:00:00+08:00 day"),
        ("2022130310", "2034-01-29T14:51:50+08:00 second"),
        # Taiwan.
        ("111/03/03 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("111/3/3", "2022-03-03T00:00:00+08:00 day"),
        ("111.3.3 05:23", "2022-03-03T05:23:00+08:00 minute"),
        ("111.3.3", None),
        ("112/3/3", "2023-03-03T00:00:00+08:00 day"),
        ("113/3/3", None),
        ("99/3/3", None),
        ("111年3月3日", "2022-03-03T00:00:00+08:00 day"),
        ("民國111/3/3", "2022-03-03T00:00:00+08:00 day"),
        ("民國一一一年三月三日", "2022-03-03T00:00:00+08:00 day"),
        ("民國一百零二年三月三日", "2013-03-03T00:00:00+08:00 day"),
        ("民國一百一十一年三月三日下午三時", "2022-03-03T15:00:00+08:00 minute"),
        ("一一一年三月三日", "2022-03-03T00:00:00+08:00 day"),
        ("一一三年三月三日", None),
        ("民國元年元月一日", "1912-01-01T00:00:00+08:00 day"),
        ("2022/03/03 (四) 12:00", "2022-03-03T12:00:00+08:00 minute"),
        ("2022/03/03（週四）下午 03:20", "2022-03-03T15:20:00+08:00 minute"),
        ("2022/03/03 晚間 08:20", "2022-03-03T20:20:00+08:00 minute"),
        ("2022/03/03 午後 3:20", "2022-03-03T15:20:00+08:00 minute"),
        # A lunar day between, the time before the day.
        ("2022年3月3日 农历二月初一 12:00", "2022-03-03T12:00:00+08:00 minute"),
        ("2022年3月3日（農曆二月初一）12:00", "2022-03-03T12:00:00+08:00 minute"),
        ("2022年3月3日 壬寅年十二月廿八 星期四 12:00", "2022-03-03T12:00:00+08:00 minute"),
        ("2022年3月3日 农历二月初一日 12:00", "2022-03-03T12:00:00+08:00 minute"),
        ("08:00 3月3日", "2022-03-03T08:00:00+08:00 minute"),
        ("08:00 | 2022年3月3日", "2022-03-03T08:00:00+08:00 minute"),
        ("下午3:20 2022-03-03", "2022-03-03T15:20:00+08:00 minute"),
        ("08:00:30, 03.11.2019", "2019-11-03T08:00:30+08:00 second"),
        # Korea, Vietnam.
        ("2022년 3월 3일 오후 3:20", "2022-03-03T15:20:00+08:00 minute"),
        ("2022년 3월 3일 15시 20분", "2022-03-03T15:20:00+08:00 minute"),
        ("3 tháng 3 năm 2022 14:30", "2022-03-03T14:30:00+08:00 minute"),
    ],
)
def test_a_time_is_read_with_all_that_belongs_to_it_or_left_out_where_it_is_not_certain(
    printed: str, expected: str | None
) -> None:
    for line in (printed, f"  {printed} "):
        found = read(line)
        assert told(found) == expected
        if found:
            assert line[slice(*found.span)] == printed


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("2022-03-03 10:30 晚报讯", "2022-03-03 10:30"),
        ("2022-03-03 3:30 下午茶时间", "2022-03-03 3:30"),
        ("2022-03-03 3:30下午发布", "2022-03-03 3:30下午"),
        ("2022年3月3日 10点30人到场", "2022年3月3日 10点"),
        ("2022年3月3日3点建议", "2022年3月3日"),
        ("2022年3月3日三点建议", "2022年3月3日"),
        ("发布时间：08:00 2022-03-03", "08:00 2022-03-03"),
        ("10:00-11:30 2022-03-03", "2022-03-03"),
        ("2022-03-03 10:00-11:30", "2022-03-03 10:00"),
        ("2022-03-03 04:23-04:00", "2022-03-03 04:23"),
        ("Thu 2022-03-03, 10:00-11:30", "2022-03-03, 10:00"),
    ],
)
def test_what_stands_beside_a_time_is_no_part_of_it(line: str, printed: str) -> None:
    found = read(line)
    assert found is not None
    assert line[slice(*found.span)] == printed


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("更新：2022-05-20 09:00 发布：2022-05-19 08:00", "2022-05-19 08:00"),
        ("发布：2022-05-19 08:00 更新：2022-05-20 09:00", "2022-05-19 08:00"),
        ("2022-05-20 09:00 更新 2022-05-19 08:00 发布", "2022-05-19 08:00"),
        ("2022-05-19 08:00 发布 | 2022-05-20 09:00 更新", "2022-05-19 08:00"),
        ("最后修改于2022-05-20，首发2022-05-19", "2022-05-19"),
        ("更新时间：2022-05-20 来源：河湾报 2022-05-19", "2022-05-19"),
        ("最后更新 2022-05-20 10:00", "2022-05-20 10:00"),
        ("报名截止：2022-12-01 发布时间：2022-05-19", "2022-05-19"),
        ("活动时间：2022-05-28 2022-05-19 08:00", "2022-05-19 08:00"),
        ("Updated March 4, 2022 9:00 am, Published March 3, 2022 5:00 pm", "March 3, 2022 5:00 pm"),
        ("3月3日更新的名单 2022-05-18 09:00", "2022-05-18 09:00"),
        ("字号 打印 2022-05-20 10:00", "2022-05-20 10:00"),
        ("活动 2022-05-20 10:00", "2022-05-20 10:00"),
        ("截稿日期：2022-12-01", None),
        ("报名截止时间：2022-12-01", None),
        ("截至2022年5月20日", None),
        ("当前时间：2022-05-20 10:00", None),
    ],
)
def test_the_words_beside_the_dates_of_a_line_tell_which_is_that_of_publication(line: str, printed: str | None) -> None:
    found = read(line)
    assert (found and line[slice(*found.span)]) == printed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1个月前", "2022-05-01"),
        ("3个月前", "2022-03-01"),
        ("两个月前", "2022-04-01"),
        ("4 months ago", "2022-02-01"),
        ("半年前", "2021-12-01"),
        ("1年前", "2021-06-01"),
        ("2 years ago", "2020-06-01"),
    ],
)
def test_months_and_years_ago_are_those_of_the_calendar_and_no_more_exact_than_a_day(text: str, expected: str) -> None:
    assert told(read(text)) == f"{expected}T00:00:00+08:00 day"


def test_months_ago_end_with_the_month() -> None:
    late = datetime(2022, 5, 31, 12, 0, tzinfo=CHINA)
    assert told(read("3个月前", now=late)) == "2022-02-28T00:00:00+08:00 day"
    assert read("999年前", now=datetime(998, 5, 31, tzinfo=CHINA)) is None


@pytest.mark.parametrize(
    "printed",
    [
        *["3. März 2022, 14:30 Uhr", "3. März 2022 um 14.30 Uhr", "3. Mär 2022 - 14:30", "3 mars 2022 à 14h30"],
        *["3 de marzo de 2022 14:30", "3 de março de 2022 às 14h30", "3 marzo 2022 alle ore 14:30"],
        *["3 maart 2022 om 14:30", "3 марта 2022 г. в 14:30", "3 marca 2022 14:30", "3 mars 2022 kl. 14:30"],
        *["3 března 2022 14:30", "3 Mart 2022 saat 14:30", "3 Maret 2022 pukul 14:30", "3. marts 2022 kl. 14:30"],
        *["3 marco 2022 14:30", "3 MÄRZ 2022 14:30", "3 brezna 2022 14:30"],
        *["3 martie 2022 14:30", "3 березня 2022, 14:30", "03.03.2022 u 14:30"],
    ],
)
def test_months_are_known_in_the_languages_that_print_the_day_first(printed: str) -> None:
    assert told(read(printed)) == "2022-03-03T14:30:00+08:00 minute"


def test_every_language_names_twelve_months_and_each_name_is_read_as_its_month() -> None:
    tables = tomllib.loads((Path(months.__file__).with_name("months.toml")).read_text(encoding="utf-8"))
    for language, listed in tables.items():
        assert len(listed) == 12, language
        for number, names in enumerate(listed, start=1):
            for name in names.split("|"):
                assert months.month_of(name, language) == number, (language, name)
                found = parse_date(f"3 {name} 2022", zone=CHINA, now=NOW, lang=language)
                assert told(found) == f"2022-{number:02}-03T00:00:00+08:00 day", (language, name)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("hr", "2021-10-03T00:00:00+08:00 day"), ("pl", "2021-11-03T00:00:00+08:00 day"), (None, None)],
)
def test_a_name_that_is_of_two_months_is_read_in_the_language_of_the_page(lang: str | None, expected: str) -> None:
    assert told(parse_date("3. listopada 2021", zone=CHINA, now=NOW, lang=lang)) == expected


@pytest.mark.parametrize("text", ["3 Tore 2022", "12 Uhr 2022", "3 Marzipan 2022", "31. Februar 2022"])
def test_a_word_that_is_no_month_makes_no_date(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("lang", "month"),
    [("de", 4), ("FR-ca", 4), ("pt_BR", 4), ("en-GB", 4), ("en", 3), ("en-US", 3), ("zh", 3), (None, 3)],
)
def test_day_and_month_in_numbers_stand_as_the_language_prints_them(lang: str | None, month: int) -> None:
    found = parse_date("3/4/2022", zone=CHINA, now=NOW, lang=lang)
    assert found is not None
    assert (found.when.month, found.when.day) == (month, 7 - month)
    found = parse_date("3/14/2022", zone=CHINA, now=NOW, lang=lang)
    assert told(found) == "2022-03-14T00:00:00+08:00 day"
