"""Whatever a page said is printed as text by every command, in every form."""

import csv
import io
import json
import re

import pytest
from support.running import HOSTILE, on_terminal, run_on

KEY = "evil.example/0"
COMMANDS = [
    ("search", "alert"),
    ("show", KEY),
    ("diff", KEY),
    ("stats",),
    ("stats", "--by", "source"),
    ("stats", "--by", "code"),
    ("sources",),
    ("categories",),
    ("mentions",),
    ("mentions", "600160"),
    ("problems",),
    ("sql", "select title, body, digest from articles"),
]
WITH_ROWS = [command for command in COMMANDS if command[0] != "show" and command != ("stats",)]
# What rich and click themselves send to a terminal: colours, and nothing that moves the cursor or sets a title.
# Colours, and links whose address holds nothing that a terminal obeys.
COLOURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[a-z0-9=]*;[!-~]*\x1b\\")


def is_harmless(text):
    return all(character.isprintable() or character in "\n\t\u3000" for character in text)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_pipe_gets_no_control_character_and_no_bidi_mark(hostile, command):
    ran = run_on(hostile, *command)
    assert is_harmless(ran.out)
    assert is_harmless(ran.err)


@pytest.mark.parametrize("command", [("search", "alert"), ("show", KEY), ("stats",), ("sql", "select * from articles")])
def test_a_terminal_gets_colours_and_nothing_else_that_it_obeys(hostile, command):
    status, output = on_terminal(hostile, *command)
    assert status == 0
    assert "<script>alert(1)</script>" in COLOURS.sub("", output).replace("\r\n", "")
    assert is_harmless(COLOURS.sub("", output).replace("\r\n", "\n"))


@pytest.mark.parametrize("command", WITH_ROWS, ids=" ".join)
def test_json_is_harmless_to_a_terminal(hostile, command):
    ran = run_on(hostile, *command, "--json")
    assert is_harmless(ran.out)
    for line in ran.out.splitlines():
        json.loads(line)


def test_json_keeps_what_the_page_said(hostile):
    ran = run_on(hostile, "show", KEY, "--json")
    article = json.loads(ran.out)
    assert article["title"] == HOSTILE
    assert article["paragraphs"][0]["text"] == HOSTILE
    assert is_harmless(ran.out)


@pytest.mark.parametrize("command", WITH_ROWS, ids=" ".join)
def test_no_cell_of_csv_is_a_formula(hostile, command):
    ran = run_on(hostile, *command, "--csv")
    assert is_harmless(ran.out)
    for row in csv.reader(io.StringIO(ran.out)):
        assert not [cell for cell in row if cell.lstrip()[:1] in ("=", "+", "-", "@")]


def test_a_title_of_a_hundred_thousand_characters_takes_a_few_lines(hostile):
    ran = run_on(hostile, "show", "evil.example/1")
    assert len(ran.lines) < 60
    assert len(run_on(hostile, "search", "alert").out) < 200_000


def test_a_hundred_thousand_characters_do_not_fill_a_terminal(hostile):
    _, output = on_terminal(hostile, "sql", "select title from articles")
    assert len(output) < 5000


def test_the_charts_take_hostile_names_for_text(hostile, tmp_path):
    pytest.importorskip("matplotlib")
    for kind in ("volume", "hours", "gaps"):
        target = tmp_path / f"{kind}.svg"
        assert run_on(hostile, "plot", kind, target).status == 0
        assert "<script" not in target.read_text(encoding="utf-8")
