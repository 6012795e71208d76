"""A crawl that is broken off, in whatever way, costs no article."""

import signal
import time

import pytest
from support.crawler import Crawled
from support.small_site import small_site

from newsarchive.demo import DemoSite, serve, truth

FAST = {"NEWSARCHIVE_CRAWL_DELAY_MAX": 0.001}


@pytest.fixture(scope="module")
def demo():
    # Slow enough that a crawl is still at work when it has been seen to be.
    with serve(DemoSite(articles=60, crawl_delay=0.05)) as server:
        yield server


@pytest.fixture(scope="module")
def whole(demo, shared_crawl):
    done = shared_crawl("category", site="demo", base_url=demo.base_url, settings=FAST)
    return stored(done)


def stored(done):
    return done.rows("SELECT url, role, content_hash FROM copies ORDER BY 1")


def break_off(crawl, demo, *signals):
    process = crawl.start("category", site="demo", base_url=demo.base_url, settings={"NEWSARCHIVE_BATCH_SIZE": 7})
    seen = len(demo.requests)
    while len(demo.requests) < seen + 40:
        assert process.poll() is None, "the crawl was to be broken off and ended by itself"
        time.sleep(0.01)
    for number in signals:
        process.send_signal(number)
        time.sleep(0.02)
    return process.wait(timeout=120)


@pytest.mark.parametrize(
    ("signals", "ends"),
    [
        ((signal.SIGKILL,), {"killed"}),
        # The second comes when the first has stopped it already, or before it could.
        ((signal.SIGTERM, signal.SIGTERM), {"killed", "stopped"}),
        ((signal.SIGTERM,), {"stopped"}),
    ],
)
def test_the_next_run_takes_up_what_was_left(crawl, demo, whole, signals, ends):
    assert break_off(crawl, demo, *signals) != 0
    done = crawl("category", site="demo", base_url=demo.base_url, settings=FAST)
    assert done.status == 0, done.log
    assert stored(done) == whole
    broken_off, finished = done.column("SELECT outcome FROM runs ORDER BY id")
    assert broken_off in ends
    assert finished == "finished"
    assert done.column("PRAGMA integrity_check") == ["ok"]


def test_a_site_that_does_not_answer_makes_the_crawl_fail(crawl):
    with serve(DemoSite(articles=1)) as server:
        address = server.base_url
    done = crawl("category", site="demo", base_url=address, settings={"RETRY_TIMES": 0})
    assert done.status == 1
    assert done.rows("SELECT outcome, reason FROM runs") == [("failed", "no listing page could be read")]
    assert done.reasons(address) == {"unreachable"}


def test_chosen_days_and_categories_are_kept_to(crawl, demo):
    newest = next(truth(demo.site, ("post",)))
    assert newest.category
    slug, day = newest.category.slug, f"{newest.published_at:%Y-%m-%d}"
    done = crawl("category", site="demo", base_url=demo.base_url, settings=FAST, category=slug, since=day, until=day)
    assert done.status == 0, done.log
    paths = done.column("SELECT url FROM frontier WHERE role = 'post'")
    assert paths
    assert {path.split("/")[3] for path in paths} == {slug}
    assert {"-".join(path.split("/")[4:7]) for path in paths} == {day}


def test_a_page_that_kills_the_process_is_given_up_and_costs_no_other(crawl, tmp_path):
    running = []
    with small_site() as site:
        site.fill(*range(6))
        crawl.environment |= site.describe(tmp_path / "sites")
        answer = site.answer

        def deadly(request):
            if request.path == "/news/1.html":
                time.sleep(0.5)  # a page kills when it is read, long after its try was noted
                running[-1].kill()
                running[-1].wait()
            return answer(request)

        site.answer = deadly
        statuses = []
        for _ in range(4):
            running.append(crawl.start("category", site="small"))
            statuses.append(running[-1].wait(timeout=120))
    assert statuses == [-signal.SIGKILL] * 3 + [0]
    done = Crawled(0, "", crawl.db)
    assert done.rows("SELECT state, reason FROM frontier WHERE url LIKE '%/1.html'") == [("failed", "unfinished")]
    assert done.column("SELECT count(*) FROM articles") == [5]
