"""What a person mistypes is told, with what was meant; it never becomes another question or another archive."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.running import command_line, run_on

FINDS = [("search",), ("stats", "--json"), ("export", "csv"), ("plot", "volume", "chart.svg")]


@pytest.mark.parametrize("command", FINDS, ids=lambda command: command[0])
@pytest.mark.parametrize("mistyped", [("--tilte", "x"), ("--nosuch",), ("-n", "5"), ("-n5",), ("-x",)])
def test_an_unknown_option_is_no_word_of_the_query(run, tmp_path, monkeypatch, command, mistyped):
    monkeypatch.chdir(tmp_path)
    ran = run(*command, "银行", *mistyped)
    assert ran.status == 2
    assert "No such option" in ran.err
    assert not ran.out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", FINDS, ids=lambda command: command[0])
def test_the_short_form_of_help_is_help(run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    ran = run(*command, "-h")
    assert ran.out.startswith("Usage:")
    assert not list(tmp_path.iterdir())


def test_the_nearest_option_is_proposed(run):
    assert "--json" in run("search", "银行", "--josn").err
    assert "--output" in run("export", "csv", "--outptu", "x.csv").err


def test_an_option_with_one_minus_sign_is_refused_with_both_readings(run):
    ran = run("search", "银行", "-json")
    assert ran.status == 2
    assert "--json" in ran.err
    assert "NOT json" in ran.err
    assert "-o ut" in run("export", "csv", "-out").err


@pytest.mark.parametrize(
    "word", ["-工作日", '-"工作日"', "-(工作日 OR 工作日)", "-source:江湾晚报", "-M2", "-nosuchword", "-A股"]
)
def test_words_are_left_out_by_a_minus_sign_wherever_the_options_stand(run, word):
    plain = word[1:]
    expected = run("search", "--count", "银行", "NOT", plain).out
    assert run("search", word, "银行", "--count").out == expected
    assert run("search", "--count", "银行", word).out == expected
    assert run("search", "--count", "--", "银行", word).out == expected


def test_a_value_may_begin_with_a_minus_sign(run):
    assert "-5 is not in the range" in run("search", "--limit", "-5", "银行").err


@pytest.mark.parametrize(("typed", "meant"), [("serach", "search"), ("stat", "stats, status"), ("brows", "browse")])
def test_an_unknown_command_is_told_with_the_nearest(run, typed, meant):
    ran = run(typed, "x")
    assert ran.status == 2
    assert f"There is no command {typed}. Did you mean {meant}" in ran.err


def test_a_command_that_is_like_none_is_told_without_a_guess(run):
    assert run("zzzz").err == "There is no command zzzz."


def test_the_option_for_the_archive_behind_the_command_is_told_where_it_stands(sample):
    line = [sys.executable, "-m", "newsarchive", "search", "银行", "--db", str(sample)]
    ran = subprocess.run(line, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "--db stands before the command" in ran.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("stories", "rebuild"),
        ("search", "reindex"),
        ("sources", "merge", "甲", "乙"),
        ("sources", "split", "甲"),
        ("sources", "medium", "甲", "乙"),
        ("migrate",),
        ("vacuum",),
        ("search", "银行"),
    ],
    ids=" ".join,
)
def test_a_mistyped_archive_is_refused_and_nothing_is_made(tmp_path, command):
    ran = run_on(tmp_path / "no" / "x.db", *command)
    assert ran.status == 2
    assert "there is no such file" in ran.err
    assert not list(tmp_path.iterdir())


def test_an_empty_file_is_called_empty(tmp_path):
    path = tmp_path / "empty.db"
    path.touch()
    ran = run_on(path, "stats")
    assert ran.status == 2
    assert "an empty file" in ran.err
    assert not path.stat().st_size


@pytest.mark.parametrize("text", ["", "  ;\n", "-- nothing", "/* nothing */"])
def test_sql_that_asks_nothing_is_refused(run, text):
    ran = run("sql", "-", stdin=text)
    assert ran.status == 2
    assert "empty" in ran.err


@pytest.mark.parametrize("command", ["problems", "mentions", "search", "stats"])
@pytest.mark.parametrize("limit", ["-1", "0"])
def test_a_limit_below_one_is_refused(run, command, limit):
    ran = run(command, "银行", "--limit", limit)
    assert ran.status == 2
    assert "x>=1" in ran.err


def test_an_empty_argument_is_no_sql(run):
    assert run("sql", "").status == 2


def test_sql_behind_a_comment_is_run(run):
    assert run("sql", "-", "--json", stdin="-- one\nselect 1 as n").out == '{"n": 1}\n'


def drafted_from(folder):
    for number in (1, 2):
        page = folder / f"{number}.html"
        page.write_text(
            f"<html><head><title>灯塔第{number}号公告 - 河畔邮报</title></head><body><h1>灯塔第{number}号公告</h1>"
            "<p>2026-03-05 08:12 来源：河畔邮报</p><div class=text>"
            + "".join(
                f"<p>守塔人说，第{number}盏灯在第{line}个夜里又亮了起来，渔船因此都回了港。</p>" for line in range(6)
            )
            + "</div></body></html>",
            encoding="utf-8",
        )
        yield f"{page}=https://post.example/a/{number}.html"


def test_a_draft_makes_the_folder_of_its_file(tmp_path):
    target = tmp_path / "data" / "sites" / "post.toml"
    assert run_on(tmp_path / "none.db", "rules", "draft", *drafted_from(tmp_path), "-o", target).status in (0, 1)
    assert target.is_file()


def test_a_saved_page_may_declare_its_own_address(tmp_path):
    places = [place.partition("=")[0] for place in drafted_from(tmp_path)]
    for number, place in enumerate(places, start=1):
        page = Path(place)
        link = f'<link rel="canonical" href="https://post.example/a/{number}.html">'
        page.write_text(page.read_text(encoding="utf-8").replace("<title>", f"{link}<title>"), encoding="utf-8")
    ran = run_on(tmp_path / "none.db", "rules", "draft", *places)
    assert ran.status in (0, 1)
    assert "post.example" in ran.out


def test_saved_pages_without_any_address_are_refused(tmp_path):
    ran = run_on(tmp_path / "none.db", "rules", "draft", *(place.partition("=")[0] for place in drafted_from(tmp_path)))
    assert ran.status == 2
    assert "must be of one web site" in ran.err


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "x" / "post.toml"
    ran = run_on(tmp_path / "none.db", "rules", "draft", *drafted_from(tmp_path), "-o", target)
    assert ran.status == 2
    assert "cannot be made" in ran.err


def test_a_usage_error_ends_with_status_2(sample):
    ran = subprocess.run(command_line(sample, "search", "银行", "--josn"), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "--json" in ran.stderr
