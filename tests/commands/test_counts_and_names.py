import csv
import io
import json
import shutil

import pytest
from support.running import run_on


@pytest.fixture
def own(sample, tmp_path):
    """Return a copy of the sample that may be written to."""
    run_on(sample, "backup", tmp_path / "copy", "--no-warc")
    return next((tmp_path / "copy").glob("*.db"))


def rows(ran):
    return [json.loads(line) for line in ran.lines]


def total(run):
    return int(run("sql", "select count(*) from articles").lines[1])


@pytest.mark.parametrize(
    "by", ["day", "month", "weekday", "hour", "source", "medium", "category", "site", "lang", "kind"]
)
def test_counts_add_up_to_all_articles(run, by):
    assert sum(row["articles"] for row in rows(run("stats", "--by", by, "--json"))) == total(run)


def test_counts_follow_a_query(run):
    number = int(run("search", "--count", "银行").out)
    assert sum(row["articles"] for row in rows(run("stats", "--by", "source", "银行", "--json"))) == number


def test_days_come_in_order_and_sources_by_number(run):
    days = [row["day"] for row in rows(run("stats", "--by", "day", "--json")) if row["day"]]
    assert days == sorted(days)
    numbers = [row["articles"] for row in rows(run("stats", "--by", "source", "--json"))]
    assert numbers == sorted(numbers, reverse=True)


def test_the_summary_counts_by_day_source_and_category(run):
    found = list(csv.DictReader(io.StringIO(run("stats", "--csv").out)))
    assert {row["by"] for row in found} == {"day", "source", "category"}


def test_the_page_for_people_shows_totals(run):
    assert f"{total(run)} articles from" in run("stats").out


def test_every_source_is_listed_with_its_articles(run):
    named = int(run("sql", "select count(source_id) from articles").lines[1])
    assert sum(row["articles"] for row in rows(run("sources", "--json"))) == named


def test_a_source_is_merged_and_split_again(own):
    names = [row["source"] for row in rows(run_on(own, "sources", "--json"))][:2]
    before = {row["source"]: row["articles"] for row in rows(run_on(own, "sources", "--json"))}
    merged = run_on(own, "sources", "merge", *names)
    assert merged.status == 0
    assert f"{before[names[0]]} articles moved" in merged.out
    after = {row["source"]: row for row in rows(run_on(own, "sources", "--json"))}
    assert names[0] not in after
    assert after[names[1]]["aliases"] == names[0]
    assert after[names[1]]["articles"] == before[names[0]] + before[names[1]]
    assert run_on(own, "sources", "split", names[0]).status == 0
    assert {row["source"]: row["articles"] for row in rows(run_on(own, "sources", "--json"))} == before


def test_a_source_is_put_into_a_house(own):
    name = rows(run_on(own, "sources", "--json"))[0]["source"]
    assert run_on(own, "sources", "medium", name, "潮声集团").status == 0
    assert "潮声集团" in {row["medium"] for row in rows(run_on(own, "sources", "--json"))}


def test_an_unknown_source_is_told(own):
    ran = run_on(own, "sources", "merge", "没有这家", "也没有")
    assert ran.status == 2
    assert "没有这家 is no source" in ran.err


def test_categories_count_their_articles(run):
    found = rows(run("categories", "--json"))
    assert found
    assert all(row["site"] == "demo" for row in found)


def test_mentions_of_a_code_are_found_with_and_without_its_market(run):
    best = rows(run("mentions", "--json", "--limit", 1))[0]
    plain = rows(run("mentions", best["code"], "--json"))
    exact = rows(run("mentions", f"{best['market']}.{best['code']}", "--json"))
    assert len(plain) == best["articles"]
    assert exact == plain


def test_a_code_that_nobody_names_is_status_1(run):
    ran = run("mentions", "000000")
    assert ran.status == 1
    assert ran.err == "No article names 000000.\n"


def test_the_doctor_finds_this_machine_well(sample):
    ran = run_on(sample, "doctor", "--json")
    states = {row["what"]: row["state"] for row in rows(ran)}
    assert ran.status == 0
    assert states["FTS5"] == states["SQLite"] == states["archive"] == "ok"


def test_the_doctor_names_what_is_wrong_with_an_archive(tmp_path):
    (tmp_path / "archive.db").write_bytes(b"no database at all" * 100)
    ran = run_on(tmp_path / "archive.db", "doctor", "--json")
    assert ran.status == 1
    assert [row["state"] for row in rows(ran) if row["what"] == "archive"] == ["wrong"]


def test_an_archive_that_is_not_there_yet_is_no_fault(tmp_path):
    assert run_on(tmp_path / "archive.db", "doctor").status == int(shutil.disk_usage(tmp_path).free < 500_000_000)
