"""One search of several archives: the newest exactly as one archive with all articles gives them."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from support.archives import new_archive
from support.articles import article
from support.pages import page
from support.running import run_on

CHINA = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """One archive with thirty articles, and three that have them among themselves."""
    folder = tmp_path_factory.mktemp("several")
    paths = [folder / f"{name}.db" for name in ("whole", "a", "b", "c")]
    opened = [new_archive(path) for path in paths]
    for number in range(30):
        url = f"http://press.example/{number}.html"
        published = datetime(2026, 1, 1 + number * 7 % 28, 8, number, tzinfo=CHINA) if number % 10 else None
        for archive in (opened[0], opened[1 + number % 3]):
            text = f"江湾港口第{number}号泊位今晨恢复作业" + "，货轮离港" * (number % 4)
            told = article(
                page(url), text, key=f"press.example/{number}.html", published_at=published, source="江湾晚报"
            )
            archive.store(told, None, told.page.fetched_at, fetched=False)
    for archive in opened:
        archive.close()
    return paths


def keys(ran):
    return [json.loads(line)["article_key"] for line in ran.lines]


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("offset", [0, 7])
def test_several_archives_are_searched_as_one(archives, order, offset):
    whole, first, *also = archives
    options = ("--order", order, "--limit", 12, "--offset", offset, "--json", "泊位")
    several = run_on(first, "search", *(part for path in also for part in ("--also", path)), *options)
    alone = run_on(whole, "search", *options)
    dated = [key for key in keys(alone) if int(key.split("/")[1].split(".")[0]) % 10]
    assert [key for key in keys(several) if key in dated] == dated
    assert len(keys(several)) == len(keys(alone)) == 12
    assert several.err == alone.err


def test_numbers_are_summed_up_and_every_archive_may_be_the_one_that_has_it(archives):
    _, first, *also = archives
    options = [part for path in also for part in ("--also", path)]
    assert run_on(first, "search", *options, "--count", "泊位").out == "30\n"
    found = run_on(first, "search", *options, "--json", "--order", "rank", "第4号泊位")
    assert keys(found)[0] == "press.example/4.html"
    assert "there is no source" in run_on(first, "search", *options, "source:无此报").err
