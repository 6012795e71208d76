"""Stories: found whatever is done to a text, the same in every order of arrival, and led by who was first."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from support.archives import story_tables

from benchmarks.story_corpus import KINDS, Series, corpus, edit
from benchmarks.story_prose import Prose
from newsarchive.archive import Archive
from newsarchive.stories import Stories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPORT = (
    "江湾市交通局三日公布，跨海渡轮自下月起延长夜航，末班船由二十一时改为二十三时三十分。",
    "局长林知远说，去年夜间候船的市民超过四十一万人次，渡口商铺联名请求延长营业。",
    "新船由长汀造船建造，载客五百二十人，航速十八节，耗油比旧船少三成。",
    "票价不变，老人与学生半价，月票可在江湾晚报社门前的售票亭购买。",
)
FOLLOW_UP = (
    "江湾市跨海渡轮夜航首周，平均每晚运送乘客三千八百人，比交通局的预计多出一倍。",
    "码头旁的鱼市街连夜开张，摊主顾小满说一晚卖出的鱼丸抵得上平日三天。",
    "也有居民抱怨汽笛扰眠，渡轮公司答应零时以后只鸣一声短笛。",
    "票价不变，老人与学生半价，月票可在江湾晚报社门前的售票亭购买。",
)


class Desk:
    """An archive with the least that stories need."""

    def __init__(self, path: Path) -> None:
        self.connection = story_tables(path)
        self.connection.execute("BEGIN")

    def add(self, key: str, *paragraphs: str, at: str | None = "2026-03-03T08:00:00+08:00", **more: object) -> int:
        """Store an article and give the id of its story."""
        columns = {
            "article_key": key,
            "title": key,
            "body": "\n\n".join(paragraphs),
            "published_at": at,
            "published_date": at and at[:10],
            "first_seen_at": "2026-03-03T01:00:00Z",
        } | more
        marks = ", ".join("?" * len(columns))
        cursor = self.connection.execute(
            f"INSERT INTO articles ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values())
        )
        assert cursor.lastrowid is not None
        return Stories(self.connection).link(cursor.lastrowid)

    def change(self, key: str, *paragraphs: str) -> int:
        """Give an article another text and link it again."""
        article_id = self.id(key)
        body = "\n\n".join(paragraphs)
        self.connection.execute("UPDATE articles SET body = ? WHERE id = ?", (body, article_id))
        return Stories(self.connection).link(article_id)

    def delete(self, key: str) -> None:
        article_id = self.id(key)
        self.change(key)  # without a text it is in a story of its own
        self.connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        self.connection.execute("DELETE FROM stories WHERE lead_article_id = ?", (article_id,))

    def id(self, key: str) -> int:
        return int(self.rows("SELECT id FROM articles WHERE article_key = ?", key)[0][0])

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def relation(self, key: str, other: str) -> tuple[object, ...] | None:
        """Return relation, share, other_share and joins of one article to another."""
        rows = self.rows(
            "SELECT relation, share, other_share, joins FROM story_links WHERE article_id = ? AND other_id = ?",
            self.id(key),
            self.id(other),
        )
        assert len(rows) < 2
        return rows[0] if rows else None

    def together(self, *keys: str) -> bool:
        marks = ", ".join("?" * len(keys))
        (count,) = self.rows(f"SELECT count(DISTINCT story_id) FROM articles WHERE article_key IN ({marks})", *keys)[0]
        return count == 1

    def state(self) -> tuple[object, ...]:
        """Return everything that stories keep, told by keys instead of ids."""
        groups: dict[object, list[str]] = {}
        for key, story in self.connection.execute("SELECT article_key, story_id FROM articles ORDER BY 1"):
            groups.setdefault(story, []).append(key)
        links = self.rows(
            "SELECT a.article_key, b.article_key, share, other_share, relation, joins FROM story_links"
            " JOIN articles a ON a.id = article_id JOIN articles b ON b.id = other_id ORDER BY 1, 2"
        )
        rows = self.rows(
            "SELECT lead.article_key, article_count, source_count, first_published_at, last_published_at"
            " FROM stories JOIN articles lead ON lead.id = lead_article_id ORDER BY 1"
        )
        assert {story for (story,) in self.rows("SELECT id FROM stories")} == set(groups)
        return sorted(groups.values()), links, rows

    def rebuilt(self) -> bool:
        """Rebuild, and return whether everything, ids included, is as it was."""
        queries = (
            "SELECT id, story_id FROM articles ORDER BY 1",
            "SELECT * FROM stories ORDER BY 1",
            "SELECT * FROM story_texts ORDER BY 1",
            "SELECT * FROM story_all_shingles ORDER BY 1, 2",
            "SELECT * FROM story_text_links ORDER BY 1, 2",
        )
        before = [self.rows(query) for query in queries]
        Stories(self.connection).rebuild()
        return [self.rows(query) for query in queries] == before


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "archive.db")
    yield desk
    desk.connection.close()


@dataclass
class Event:
    """One thing that happens to an archive; `before` is the index of an event that must come first."""

    do: str
    key: str
    paragraphs: list[str]
    at: str | None = None
    source: int = 0


def events_of(seed: int) -> list[list[Event]]:
    """Invent what happens to some 90 articles: each list in its order, the lists in any order.

    There are a story of thirty copies (more than the reach of a shingle on both sides), two templates filled in twenty
    times, items that change their text into another story's or away from it, and some that are taken out again.
    """
    rng = random.Random(seed)
    prose = Prose(rng, "zh")
    originals = [prose.article() for _ in range(6)]
    lives: list[list[Event]] = []

    def add(key: str, paragraphs: list[str]) -> Event:
        at = rng.choice([None, f"2026-03-{rng.randint(1, 28):02}T08:{rng.randint(0, 59):02}:00+08:00"])
        return Event("add", key, paragraphs, at, rng.randint(1, 4))

    def copy(number: int) -> list[str]:
        return edit(prose, rng.choice(KINDS), *originals[number])[1]

    lives += [[add(f"big{number}", copy(0))] for number in range(30)]
    lives += [[add(f"small{number}", copy(1 + number % 3))] for number in range(12)]
    for dense in (True, False):
        template = Series(prose, dense=dense)
        lives += [[add(f"template{dense}{number}", template.report()[1])] for number in range(20)]
    for number in range(10):
        first, then = rng.sample(range(6), 2)
        lives.append([add(f"changes{number}", copy(first)), Event("change", f"changes{number}", copy(then))])
    lives += [[add(f"goes{number}", copy(number % 4)), Event("delete", f"goes{number}", [])] for number in range(10)]
    # What joins the two halves of a text goes: the halves part.
    whole = originals[5][1]
    lives += [
        [add("front", whole[: len(whole) // 2])],
        [add("back", whole[len(whole) // 2 :])],
        [add("whole", whole), Event("change", "whole", prose.article()[1])],
    ]
    lives += [[add(f"brief{number}", ["沪指午后翻红。"])] for number in range(3)]
    return lives


def play(desk: Desk, lives: list[list[Event]], rng: random.Random) -> None:
    """Let everything happen in a random order that keeps each article's own."""
    turns = [life for life, events in enumerate(lives) for _ in events]
    rng.shuffle(turns)
    left = [iter(events) for events in lives]
    for turn in turns:
        event = next(left[turn])
        if event.do == "add":
            desk.add(event.key, *event.paragraphs, at=event.at, source_id=event.source)
        elif event.do == "change":
            desk.change(event.key, *event.paragraphs)
        else:
            desk.delete(event.key)


@pytest.mark.slow
def test_twenty_orders_of_arrival_give_the_same_stories_links_and_leads(tmp_path: Path) -> None:
    for seed in range(2):
        lives = events_of(seed)
        states = []
        for order in range(10):
            desk = Desk(tmp_path / f"{seed}-{order}.db")
            play(desk, lives, random.Random(order))
            states.append(desk.state())
            assert order % 5 or desk.rebuilt()
            desk.connection.close()
        groups, links, _ = states[0]
        assert max(map(len, groups)) >= 30  # type: ignore[call-overload]
        assert len(links) > 100  # type: ignore[arg-type]
        for state in states[1:]:
            assert state == states[0]


def test_rebuilding_gives_what_linking_one_by_one_gave(desk: Desk) -> None:
    for item in corpus(400, seed=3):
        desk.add(item.key, *item.paragraphs, at=item.published_at.isoformat())
    told: list[tuple[int, int]] = []
    assert desk.rebuilt()
    Stories(desk.connection).rebuild(lambda done, total: told.append((done, total)))
    assert told == [(number, 400) for number in range(1, 401)]


def test_a_copy_with_other_title_credit_and_dateline_is_the_same_text(desk: Desk) -> None:
    desk.add("a", *REPORT, title="江湾渡轮延长夜航")
    first = f"江湾晚报3月3日电（记者 林若溪）{REPORT[0]}"
    desk.add("b", first, *REPORT[1:], "（文章来源：江湾晚报）", "责任编辑：顾砚秋", title="夜航渡轮来了")
    assert desk.relation("b", "a") == ("same", 1.0, 1.0, 1)
    assert desk.rows("SELECT count(*) FROM story_texts") == [(1,)]


def test_a_link_tells_the_relation_and_the_overlap_from_both_sides(desk: Desk) -> None:
    desk.add("whole", *REPORT, *FOLLOW_UP[:2])
    desk.add("half", *REPORT[:3])
    relation, share, other_share, joins = desk.relation("half", "whole") or ()
    assert (relation, share, joins) == ("shortened", 1.0, 1)
    assert 0.4 < float(str(other_share)) < 0.7
    assert desk.relation("whole", "half") == ("extended", other_share, share, 1)
    assert desk.together("whole", "half")


def test_a_follow_up_that_repeats_a_paragraph_is_another_story(desk: Desk) -> None:
    desk.add("report", *REPORT)
    desk.add("next day", *FOLLOW_UP)
    assert desk.relation("report", "next day") is None
    assert not desk.together("report", "next day")


def test_the_flash_that_opens_a_longer_report_belongs_to_its_story(desk: Desk) -> None:
    desk.add("flash", f"【江湾渡轮延长夜航】{REPORT[0]}（江湾晚报）")
    desk.add("report", *REPORT, *FOLLOW_UP[:3])
    relation = desk.relation("flash", "report")
    assert relation is not None
    assert (relation[0], relation[3]) == ("excerpt", 1)
    assert desk.relation("report", "flash") == ("whole", relation[2], relation[1], 1)
    assert desk.together("flash", "report")


def test_a_round_up_is_linked_with_its_items_but_does_not_make_one_story_of_them(desk: Desk) -> None:
    prose = Prose(random.Random(8), "zh")
    items = [prose.paragraph(prose.cast()) for _ in range(15)]
    for number, item in enumerate(items):
        desk.add(str(number), item)
    desk.add("round-up", *items)
    assert desk.rows("SELECT count(*) FROM story_links WHERE relation = 'excerpt'")[0][0] >= 10  # type: ignore[operator]
    assert desk.rows("SELECT max(article_count) FROM stories") == [(1,)]


def joined(desk: Desk, one: str, other: str, credit: str = "（江湾晚报）") -> list[str]:
    """Add two texts of one template and a copy of the first with a credit; return what is in the first one's story."""
    for key, text in (("one", one), ("other", other), ("copy", one + credit)):
        desk.add(key, *text.split("\n"))
    return [key for key in ("other", "copy") if desk.together("one", key)]


def test_flash_items_of_one_template_with_another_name_or_figure_stay_apart(desk: Desk) -> None:
    flash = "{}今日盘中快速拉升，截至午间收盘涨{}%，报{}元，成交额{}亿元，换手率{}%，总市值{}亿元。"
    one, other = (
        flash.format("青禾电力", "5.12", "18.36", "4.27", "3.18", "212.6"),
        flash.format("云帆物流", "6.40", "7.91", "2.05", "1.77", "98.3"),
    )
    assert joined(desk, one, other) == ["copy"]


def test_a_template_of_many_small_figures_stays_apart_though_nearly_all_its_words_are_the_same(desk: Desk) -> None:
    forecast = (
        "江湾市气象台{}日{}时发布天气预报：今天白天到夜间{}转{}，偏{}风{}到{}级，最高气温{}℃，最低气温{}℃。"
        "气象台提醒，近期天气变化频繁，请市民及时关注最新预报预警信息，外出注意交通安全，合理增减衣物，谨防感冒。"
    )
    one, other = (
        forecast.format(27, 5, "小雨", "多云", "南", 3, 6, 22, 12),
        forecast.format(23, 7, "晴", "中雨", "西", 4, 4, 19, 11),
    )
    assert joined(desk, one, other) == ["copy"]


def test_a_template_whose_figures_stand_in_the_other_at_other_places_stays_apart(desk: Desk) -> None:
    forecast = (
        "{}市气象台{}日15时发布天气预报：今天白天到夜间{}转小雨，偏{}风4到5级，最高气温{}℃，最低气温{}℃；"
        "明天{}，气温{}到{}℃；后天{}，气温{}到{}℃。"
        "气象台提醒，近期天气变化频繁，请市民及时关注最新预报预警信息，外出注意交通安全，合理增减衣物，谨防感冒。"
    )
    one, other = (
        forecast.format("江湾", 6, "多云", "东", 13, 9, "中雨", 2, 34, "晴", 3, 33),
        forecast.format("青浦", 5, "晴", "北", 32, 13, "阴", 3, 19, "多云", 10, 21),
    )
    assert joined(desk, one, other) == ["copy"]


def test_a_template_filled_in_with_other_names_stays_apart(desk: Desk) -> None:
    template = (
        "{company}（{code}）{day}日公告，公司董事会近日收到公司财务总监{name}先生提交的书面辞职报告，{name}因家庭原因申请辞去公司"
        "副总经理职务，辞职后不再担任公司任何职务。根据公司章程的有关规定，辞职报告自送达董事会之日起生效，不会导致董事会成员人数低于"
        "法定最低人数，不会影响公司董事会的正常运作，也不会对公司的日常经营管理产生不利影响，公司将按照法定程序尽快完成补选工作。"
        "公司董事会对其任职期间为公司发展所做出的贡献表示衷心的感谢。"
        "公司同时聘任{heir}接任，{heir}曾任{former}，毕业于江湾大学，未持有公司股份。"
    )
    one, other = (
        template.format(company="白鹭电子", code=682164, day=8, name="林远", heir="顾满", former="长汀造船财务经理"),
        template.format(company="云帆物流", code=689666, day=9, name="程夏", heir="俞轩", former="北渚食品法务总监"),
    )
    assert joined(desk, one, other) == ["copy"]


def test_an_english_template_with_a_long_paragraph_that_is_always_the_same_stays_apart(desk: Desk) -> None:
    template = (
        "{company} today announced that its board of directors has declared a quarterly cash dividend of {amount}"
        " dollars per share of common stock, unchanged from the previous quarter. The dividend is payable on {payable}"
        " to holders of record at the close of business on {record}. {company} is a {trade} company with its head"
        " office in {town}, founded in 1995 and listed since 2004. For more details contact {person} there.\n"
        "The statements made here about the future rest on what the management expects today, and what really happens"
        " may differ from them for many reasons, among them the economy, interest rates, competition, legislation and"
        " the weather. The company takes no duty upon itself to bring these statements up to date, and warns investors"
        " not to rely upon them more than is due, nor to take past dividends for a promise of those to come."
    )
    one = template.format(
        company="Falcon Pharma", amount="0.409", payable="April 14", record="September 8",
        trade="airline", town="Wexcombe", person="Daniel Rivers",
    )  # fmt: skip
    other = template.format(
        company="Apex Bancorp", amount="0.192", payable="February 14", record="January 8",
        trade="banking", town="Omberly", person="Ruth Ferrers",
    )  # fmt: skip
    assert joined(desk, one, other, "\n(Reporting by Jo Doe)") == ["copy"]


def test_a_copy_in_which_somebody_replaced_two_words_or_a_paragraph_is_still_one(desk: Desk) -> None:
    desk.add("a", *REPORT, FOLLOW_UP[1])
    desk.add("words", *(text.replace("市民", "居民").replace("延长营业", "晚些打烊") for text in REPORT), FOLLOW_UP[1])
    desk.add("paragraph", *REPORT, FOLLOW_UP[2])
    assert desk.together("a", "words")
    assert desk.together("a", "paragraph")


def test_letters_mistyped_as_digits_do_not_make_a_template_of_a_copy(desk: Desk) -> None:
    rng = random.Random(4)
    for number in range(10):
        title, paragraphs = Prose(rng, "en").article()
        typed = ["".join(rng.choice("0123456789") if rng.random() < 0.03 else c for c in text) for text in paragraphs]
        desk.add(f"{number}", *paragraphs, title=title)
        desk.add(f"{number} typed", *typed, title=title)
        assert desk.together(f"{number}", f"{number} typed")


def test_one_mended_figure_leaves_a_copy_a_copy(desk: Desk) -> None:
    desk.add("a", *REPORT)
    desk.add("b", *(text.replace("五百二十人", "520人") for text in REPORT))
    desk.add("c", *(text.replace("五百二十人", "530人") for text in REPORT))
    assert desk.together("a", "b", "c")
    assert desk.relation("b", "c") is not None


def test_short_items_are_one_story_only_when_they_are_equal_and_of_one_day(desk: Desk) -> None:
    desk.add("monday", "江湾指数午后翻红。", at="2026-03-02T13:30:00+08:00")
    desk.add("monday too", "江湾指数午后翻红！（白鹭网）", at="2026-03-02T13:31:00+08:00")
    desk.add("tuesday", "江湾指数午后翻红。", at="2026-03-03T13:30:00+08:00")
    desk.add("other", "江湾指数午后翻绿。", at="2026-03-02T14:30:00+08:00")
    assert desk.together("monday", "monday too")
    assert not desk.together("monday", "tuesday")
    assert not desk.together("monday", "other")


def test_articles_with_hardly_any_text_are_stories_of_their_own(desk: Desk) -> None:
    desk.add("a", "如图", at=None)
    desk.add("b", "如图", at=None)
    desk.add("c", "", at=None)
    assert desk.rows("SELECT count(*), max(article_count) FROM stories") == [(3, 1)]
    assert desk.add("d", "", at=None, title=None) == desk.id("d")


def test_a_common_notice_does_not_make_one_story_of_two_flash_items(desk: Desk) -> None:
    notice = (
        "本栏目编辑整理各方公开资料，不构成任何投资建议，投资者据此操作，风险自担，"
        "本网站对文中陈述保持中立，请读者仅作参考，并自行承担全部责任。"
    )
    desk.add("a", REPORT[0], notice)
    desk.add("b", FOLLOW_UP[0], notice)
    assert not desk.together("a", "b")


def test_a_late_arrival_joins_two_stories_and_the_older_id_stays(desk: Desk) -> None:
    whole = (*REPORT, *FOLLOW_UP[:3])
    first = desk.add("front", *whole[:4])
    second = desk.add("back", *whole[4:])
    assert first != second
    assert desk.add("whole", *whole) == first
    assert desk.together("front", "back", "whole")
    assert desk.rows("SELECT id, article_count FROM stories") == [(first, 3)]


def test_a_changed_text_leaves_its_story_and_parts_what_it_held_together(desk: Desk) -> None:
    whole = (*REPORT, *FOLLOW_UP[:3])
    for key, text in (("front", whole[:4]), ("back", whole[4:]), ("whole", whole)):
        desk.add(key, *text)
    desk.change("whole", "青岚商报在线版全面改版，读者可以按栏目订阅早晚两期简报，编辑部每周六公布勘误并回答来信。")
    assert desk.rows("SELECT count(*), max(article_count) FROM stories") == [(3, 1)]
    assert desk.rows("SELECT count(*) FROM story_links") == [(0,)]


def test_linking_again_without_a_change_does_nothing(desk: Desk) -> None:
    desk.add("a", *REPORT)
    desk.add("b", *REPORT[:3])
    before, article_id = desk.state(), desk.id("b")
    written = desk.connection.total_changes
    Stories(desk.connection).link(article_id)
    assert desk.connection.total_changes == written
    assert desk.state() == before


def test_another_credit_line_leaves_the_links_as_they_are_and_is_remembered(desk: Desk) -> None:
    desk.add("a", *REPORT)
    desk.add("b", *REPORT[:3])
    before = desk.rows("SELECT * FROM story_links ORDER BY 1, 2")
    desk.change("b", *REPORT[:3], "责任编辑：顾砚秋")
    written = desk.connection.total_changes
    Stories(desk.connection).link(desk.id("b"))
    assert desk.connection.total_changes == written
    assert desk.rows("SELECT * FROM story_links ORDER BY 1, 2") == before


def test_an_archive_without_a_table_for_recent_shingles_finds_stories_as_before(tmp_path: Path) -> None:
    def store(archive: Archive, key: str, paragraphs: list[str]) -> None:
        row = archive.connection.execute(
            "INSERT INTO articles (article_key, site, url, body, content_hash, first_seen_at, last_seen_at)"
            " VALUES (?1, 'demo', ?1, ?2, '', '2026-03-03T01:00:00Z', '2026-03-03T01:00:00Z')",
            (key, "\n\n".join(paragraphs)),
        )
        assert row.lastrowid is not None
        Stories(archive.connection).link(row.lastrowid)

    with Archive.open(tmp_path / "archive.db") as archive:
        store(archive, "old", REPORT)
        archive.connection.executescript(
            "INSERT INTO story_shingles SELECT * FROM story_recent_shingles;"
            "DROP TABLE story_recent_shingles; DROP VIEW story_all_shingles;"
            "DELETE FROM _sqlite_migrations WHERE name = 'm0009_recent_shingles'"
        )
    with Archive.open(tmp_path / "archive.db") as archive:
        store(archive, "new", REPORT[:-1])
        assert archive.connection.execute("SELECT article_count FROM stories").fetchall() == [(2,)]


def test_an_archive_with_the_older_form_of_the_index_finds_its_stories_again(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive.db") as archive:
        rows = ((f"k{number}", "\n\n".join(REPORT[: 2 + number])) for number in range(3))
        archive.connection.executemany(
            "INSERT INTO articles (article_key, site, url, body, content_hash, first_seen_at, last_seen_at)"
            " VALUES (?1, 'demo', ?1, ?2, '', '2026-03-03T01:00:00Z', '2026-03-03T01:00:00Z')",
            rows,
        )
        archive.connection.execute("DROP TABLE story_texts")
        archive.connection.execute(
            "CREATE TABLE story_texts (id INTEGER PRIMARY KEY, rate INTEGER NOT NULL, shingles BLOB NOT NULL) STRICT"
        )
        archive.connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm0006_lighter_story_index'")
    with Archive.open(tmp_path / "archive.db") as archive:
        assert archive.connection.execute("SELECT article_count FROM stories").fetchall() == [(3,)]
        assert archive.connection.execute("SELECT count(*) FROM story_links").fetchall() == [(6,)]


def test_the_article_published_first_leads_and_then_the_one_crawled_first(desk: Desk) -> None:
    desk.add("undated", *REPORT, at=None)
    desk.add("late", *REPORT, at="2026-03-03T10:00:00+08:00", source_id=1)
    story = desk.add(
        "early", *REPORT, at="2026-03-03T03:30:00+02:00", source_id=2, first_seen_at="2026-03-03T09:00:00Z"
    )
    desk.add("also early", *REPORT, at="2026-03-03T09:30:00+08:00", source_id=2, first_seen_at="2026-03-03T08:00:00Z")
    assert desk.rows("SELECT * FROM stories") == [
        (story, desk.id("also early"), 2, 4, 2, "2026-03-03T03:30:00+02:00", "2026-03-03T10:00:00+08:00")
    ]


def test_an_article_of_which_the_day_alone_is_known_leads_only_where_no_other_is_of_that_day(desk: Desk) -> None:
    def first() -> list[tuple[object, ...]]:
        return desk.rows(
            "SELECT article_key, first_published_at, last_published_at FROM stories t JOIN articles a"
            " ON a.id = t.lead_article_id"
        )

    day = {"at": "2026-03-03T00:00:00+08:00", "published_precision": "day"}
    desk.add("day", *REPORT, **day)
    assert first() == [("day", "2026-03-03", "2026-03-03")]
    desk.add("day after", *REPORT, at="2026-03-04T00:10:00+08:00", published_precision="minute")
    assert first() == [("day", "2026-03-03", "2026-03-04T00:10:00+08:00")]
    desk.add("evening", *REPORT, at="2026-03-03T23:50:00+08:00", published_precision="minute")
    assert first() == [("evening", "2026-03-03T23:50:00+08:00", "2026-03-04T00:10:00+08:00")]
    desk.add("midnight", *REPORT, at="2026-03-03T00:00:00+08:00", published_precision="second")
    assert first() == [("midnight", "2026-03-03T00:00:00+08:00", "2026-03-04T00:10:00+08:00")]
    desk.add("another day", *REPORT, at="2026-03-05T00:00:00+08:00", published_precision="day")
    assert first() == [("midnight", "2026-03-03T00:00:00+08:00", "2026-03-05")]
    assert desk.rebuilt()


def test_unreadable_times_count_as_none(desk: Desk) -> None:
    story = desk.add("a", *REPORT, at="soon")
    desk.add("b", *REPORT, at="2026-03-03T10:00:00+08:00")
    assert desk.rows("SELECT lead_article_id, first_published_at FROM stories WHERE id = ?", story) == [
        (desk.id("b"), "2026-03-03T10:00:00+08:00")
    ]


def test_a_source_that_changed_is_counted_anew(desk: Desk) -> None:
    story = desk.add("a", *REPORT, source_id=1)
    desk.add("b", *REPORT, source_id=2)
    desk.connection.execute("UPDATE articles SET source_id = 1")
    Stories(desk.connection).refresh([story])
    assert desk.rows("SELECT article_count, source_count FROM stories") == [(2, 1)]


def test_an_unknown_article_cannot_be_linked(desk: Desk) -> None:
    with pytest.raises(KeyError):
        Stories(desk.connection).link(7)


def test_a_row_factory_of_the_caller_is_no_hindrance(desk: Desk) -> None:
    desk.connection.row_factory = sqlite3.Row
    desk.add("a", *REPORT)
    desk.add("b", *REPORT[:3])
    assert desk.connection.row_factory is sqlite3.Row
    desk.connection.row_factory = None
    assert desk.together("a", "b")


def test_a_text_that_changed_but_is_not_linked_again_yet_is_left_alone(desk: Desk) -> None:
    desk.add("a", *REPORT)
    desk.connection.execute("UPDATE articles SET body = ?", ("\n\n".join(FOLLOW_UP),))
    desk.add("b", *FOLLOW_UP)
    Stories(desk.connection).link(desk.id("a"))
    assert desk.together("a", "b")
    assert desk.rebuilt()


@pytest.mark.parametrize("english", [False, True])
def test_every_kind_of_copy_is_found_and_no_look_alike_is_joined(desk: Desk, english: bool) -> None:
    items = corpus(400, seed=11, english=english)
    found = {item.key: desk.add(item.key, *item.paragraphs, title=item.title) for item in items}
    found = dict(desk.connection.execute("SELECT article_key, story_id FROM articles"))
    missed = [item.kind for item in items if item.kind in KINDS and found[item.key] != found[f"o{item.story}"]]
    members: dict[int, set[int]] = {}
    for item in items:
        members.setdefault(found[item.key], set()).add(item.story)
    assert not missed
    assert all(len(true) == 1 for true in members.values())


@pytest.mark.parametrize(
    "body",
    ["啊" * 100_000, "a" * 100_000, "（" * 100_000, "1" * 100_000, "a b " * 25_000, "来源：" * 30_000, "\ud800" * 999],
)
def test_a_hostile_text_costs_no_more_than_a_long_one(desk: Desk, body: str) -> None:
    body = body.encode("utf-8", "replace").decode()
    desk.add("a", body, at=None)
    desk.add("b", body + "。", at=None)
    desk.add("c", body[:60_000], at=None)
    assert desk.rebuilt()
