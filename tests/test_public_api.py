"""What other programs import from the package, and that nothing of it is loaded before it is asked for."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

import newsarchive

TEXT = "渡口今晨恢复通航，首班渡轮于七时三十分离港，船上多是赶集的人。到傍晚为止，两岸一共往来了二十多班。"
HEAD = "<head><title>渡口今晨恢复通航</title></head>"
BAR = "<h1>渡口今晨恢复通航</h1><p>2026-03-01 08:00 来源：渡口日报</p>"
HTML = f"<html>{HEAD}<body>{BAR}<div><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></body></html>"


def test_a_page_is_processed_and_stored_with_nothing_but_the_public_names(tmp_path):
    now = datetime(2026, 3, 2, tzinfo=UTC)
    page = newsarchive.Page(
        url="https://ferry.example/1.html", role="original", site="", body=HTML.encode(), fetched_at=now
    )
    article = newsarchive.process(page)
    assert isinstance(article, newsarchive.Article)
    assert (article.title, article.source) == ("渡口今晨恢复通航", "渡口日报")
    assert newsarchive.read(page).paragraphs == article.paragraphs
    with newsarchive.Archive.open(tmp_path / "a.db") as archive:
        run = archive.runs.start(spider="category", site="demo", arguments={}, now=now)
        archive.store(article, run, now)
        assert archive.connection.execute("SELECT title FROM articles").fetchall()[0][0] == article.title


def test_sites_are_loaded_by_name():
    assert newsarchive.load_site("demo").name == "demo"


def test_every_public_name_can_be_imported_and_is_listed():
    assert set(newsarchive.__all__) <= set(dir(newsarchive))
    assert all(getattr(newsarchive, name) for name in newsarchive.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'write'"):
        _ = newsarchive.write


def test_importing_the_package_loads_none_of_its_parts():
    code = (
        "import sys, newsarchive; print(sorted(n for n in sys.modules if n.startswith('newsarchive.') or n == 'lxml'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
