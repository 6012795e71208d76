"""The real pages beside the project, crawled under their real host names through the replica: every field right."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "../shared/finews"
pytestmark = pytest.mark.skipif(
    not (SHARED / "replica.py").is_file(), reason=f"the real pages are not here: {SHARED} does not exist"
)

# No waiting for a server of our own.
FAST = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}


@pytest.fixture(scope="module")
def replica(tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("replica") / "requests.log"
    process = subprocess.Popen(
        [sys.executable, SHARED / "replica.py", "--port", str(port), "--log", log], stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}", log
    finally:
        process.terminate()
        process.wait(timeout=120)


def wait_for(port):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the replica does not answer")


def score(db):
    done = subprocess.run(
        [sys.executable, SHARED / "score.py", db, "--misses"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    found = re.search(r"score: (\d+) of (\d+) fields right", done.stdout)
    assert found, done.stderr
    return int(found[1]), int(found[2]), done.stdout


def crawl_all(crawl, address):
    for spider in ("category", "share"):
        done = crawl(spider, settings=FAST, environment={"http_proxy": address, "https_proxy": ""})
        assert done.status == 0, done.log
    return done


@pytest.fixture(scope="module")
def crawled(replica, shared_crawl):
    return crawl_all(shared_crawl, replica[0])


def test_every_field_of_the_crawled_pages_is_right(crawled):
    right, total, report = score(crawled.db)
    assert right == total > 0, report


def test_crawling_again_fetches_no_article_and_changes_no_field(replica, shared_crawl, crawled):
    address, log = replica
    articles = (
        "SELECT article_key, title, body, published_at, share_url, original_url, revision FROM articles ORDER BY 1"
    )
    before, asked = crawled.rows(articles), len(log.read_text(encoding="utf-8").splitlines())
    crawl_all(shared_crawl, address)
    assert crawled.rows(articles) == before
    paths = [line.split("\t")[3] for line in log.read_text(encoding="utf-8").splitlines()[asked:]]
    assert paths
    assert not [path for path in paths if re.search(r"/\d{4}/\d{2}/\d{2}/|GetNewsText|/a/\d", path)]


def test_every_field_of_the_post_files_is_right(crawl):
    done = crawl("posts", path=SHARED / "posts")
    assert done.status == 0, done.log
    right, total, report = score(done.db)
    assert right == total > 0, report


def test_the_post_file_without_a_page_is_kept_with_its_problems(crawl):
    done = crawl("posts", path=SHARED / "posts" / "-*.md")
    assert done.status == 0, done.log
    assert done.column("SELECT count(*) FROM articles WHERE char_count > 100") == [1]
    assert {"no-title", "no-date"} <= done.reasons("file:-")
