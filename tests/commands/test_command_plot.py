import subprocess
import sys
from pathlib import Path

import pytest
from support.running import ROOT, command_line, run_on

from newsarchive.archive import Archive
from newsarchive.plots.data import hours
from newsarchive.plots.fonts import VARIABLE, find_font

KINDS = ["volume", "hours", "lag", "gaps"]


@pytest.fixture(autouse=True)
def _matplotlib():
    pytest.importorskip("matplotlib")


@pytest.mark.parametrize(
    ("kind", "form", "start"), [*((kind, "svg", b"<?xml") for kind in KINDS), ("volume", "png", b"\x89PNG")]
)
def test_a_chart_is_a_picture_of_the_asked_form(run, tmp_path, kind, form, start):
    target = tmp_path / f"chart.{form}"
    assert run("plot", kind, target).status == 0
    assert target.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [target]


def test_the_same_archive_gives_the_same_picture(run, tmp_path):
    for name in ("one.svg", "two.svg"):
        run("plot", "volume", tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


@pytest.mark.skipif(find_font() is None, reason="no Chinese font on this machine")
def test_chinese_letters_are_drawn_with_a_font_that_has_them(sample, tmp_path):
    command = command_line(sample, "plot", "gaps", tmp_path / "gaps.png")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0
    assert "missing" not in done.stderr  # matplotlib warns of every glyph that the font has not


def test_without_a_font_the_hint_says_what_to_install(run, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.ttf"))
    ran = run("plot", "hours", tmp_path / "hours.svg")
    assert ran.status == 0
    assert "apt-get install fonts-noto-cjk" in ran.err


def test_a_query_narrows_the_chart(run, tmp_path):
    run("plot", "volume", tmp_path / "all.svg")
    run("plot", "volume", tmp_path / "some.svg", "银行")
    assert (tmp_path / "all.svg").read_bytes() != (tmp_path / "some.svg").read_bytes()


def test_nothing_to_draw_is_told(run, tmp_path):
    ran = run("plot", "volume", tmp_path / "none.svg", "没有这样的词语")
    assert ran.status == 2
    assert "nothing to draw" in ran.err
    assert not list(tmp_path.iterdir())


def test_another_ending_is_refused(run, tmp_path):
    assert "ends in .svg or .png" in run("plot", "volume", tmp_path / "chart.jpg").err


def test_without_matplotlib_the_extra_is_named(sample, tmp_path):
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        f"sys.argv = ['newsarchive', '--db', {str(sample)!r}, 'plot', 'volume', {str(tmp_path / 'x.svg')!r}]\n"
        "from newsarchive.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "newsarchive[plot]" in done.stderr


def test_the_chosen_font_goes_before_all_others(tmp_path, monkeypatch):
    chosen = tmp_path / "mine.ttf"
    chosen.touch()
    monkeypatch.setenv(VARIABLE, str(chosen))
    assert find_font() == Path(chosen)


def test_an_empty_archive_has_nothing_to_draw(tmp_path):
    Archive.open(tmp_path / "archive.db").close()
    for kind in KINDS:
        assert run_on(tmp_path / "archive.db", "plot", kind, tmp_path / "x.svg").status == 2


def test_articles_without_a_time_of_day_are_at_no_hour(run, sample):
    with Archive.open(sample, readonly=True) as archive:
        counts = dict(archive.connection.execute("SELECT published_precision, count(*) FROM articles GROUP BY 1"))
        assert sum(map(sum, hours(archive.connection))) == counts["second"] + counts.get("minute", 0)
    assert counts["day"] > 0
    told = run("stats", "--by", "hour", "--csv").lines
    assert f",{counts['day'] + counts.get(None, 0)}" in told
