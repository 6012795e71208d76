"""`newsarchive opml`: lists of feeds become site files, and site files a list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.running import run_on

from newsarchive.discovery.opml import read_opml
from newsarchive.sites import load_site

if TYPE_CHECKING:
    from pathlib import Path

    from support.running import Ran

LIST = """<opml version="2.0"><head><title>订阅</title></head><body>
<outline text="江湾晚报" type="rss" xmlUrl="http://press.example/rss.xml"/>
<outline text="River Post" type="rss" xmlUrl="http://river.example/a.xml"/>
<outline text="River Post" type="rss" xmlUrl="http://river.example/b.xml"/></body></opml>"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSARCHIVE_SITES", str(tmp_path / "sites"))
    return tmp_path


def run(folder: Path, *arguments: object, text: str = LIST) -> Ran:
    (folder / "list.opml").write_text(text, encoding="utf-8")
    return run_on(folder / "archive.db", "opml", *arguments)


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "sites").glob("*")) if (folder / "sites").is_dir() else []


def test_each_host_becomes_a_site_and_the_list_comes_back(folder: Path) -> None:
    ran = run(folder, "import", folder / "list.opml", "--json")
    assert ran.status == 0, ran.err
    rows = [json.loads(line) for line in ran.lines]
    assert [(row["site"], row["title"], row["feeds"], row["what"]) for row in rows] == [
        ("press", "江湾晚报", 1, "written"),
        ("river", "River Post", 2, "written"),
    ]
    assert len(load_site("river").feeds) == 2
    back = read_opml(run(folder, "export", "press", "river").out.encode())
    assert [feed.url for feed in back.feeds] == [feed.url for feed in read_opml(LIST.encode()).feeds]
    run(folder, "export", "river", "-o", folder / "out.opml")
    assert len(read_opml((folder / "out.opml").read_bytes()).feeds) == 2


def test_a_second_time_nothing_is_changed(folder: Path) -> None:
    run(folder, "import", folder / "list.opml")
    path = folder / "sites" / "river.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = path.read_bytes()
    more = LIST.replace("</body>", '<outline text="C" xmlUrl="http://river.example/c.xml"/></body>')
    ran = run(folder, "import", folder / "list.opml", text=more)
    assert ran.status == 1
    assert "3 feeds known already" in ran.err
    assert "http://river.example/c.xml: the host belongs to the site river - add it there" in ran.err
    assert path.read_bytes() == before


def test_all_feeds_become_one_site(folder: Path) -> None:
    assert run(folder, "import", folder / "list.opml", "--one-site", "mine").status == 0
    assert written(folder) == ["mine.toml"]
    site = load_site("mine")
    assert (site.title, len(site.feeds)) == ("订阅", 3)
    ran = run(folder, "import", folder / "list.opml", "--one-site", "mine", text=LIST.replace("/rss.xml", "/new.xml"))
    assert (ran.status, "there is a site of that name" in ran.err) == (2, True)


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    ran = run(folder, "import", folder / "list.opml", "--dry-run")
    assert ran.status == 0
    assert ran.out.count("would be written") == 2
    assert written(folder) == []


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("no list", 2, "list.opml: no feed in it"),
        ("<opml><body></body></opml>", 2, "no outline has an xmlUrl"),
        (
            '<opml><body><outline text="x" xmlUrl="ftp://a/b"/></body></opml>',
            1,
            "x: ftp://a/b is no address on the web",
        ),
        ('<opml><body><outline text="x" xmlUrl="http://a_b.example/f"/></body></opml>', 1, "is not a host name"),
    ],
)
def test_what_cannot_be_used_is_told(folder: Path, text: str, status: int, words: str) -> None:
    ran = run(folder, "import", folder / "list.opml", text=text)
    assert ran.status == status
    assert words in ran.err
    assert written(folder) == []


def test_a_list_that_is_not_there_is_told(folder: Path) -> None:
    ran = run(folder, "import", folder / "none.opml")
    assert (ran.status, "none.opml: cannot be read" in ran.err) == (2, True)
