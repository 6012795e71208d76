"""Documents that are there in both languages have the same parts, commands and pictures."""

import re
from pathlib import Path

import pytest

from newsarchive.cli import COMMANDS

ROOT = Path(__file__).parents[2]
TRANSLATED = sorted([ROOT / "README.zh-CN.md", *(ROOT / "docs").glob("*.zh-CN.md")])
_NAMES = {name for section in COMMANDS.values() for name in section}
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def read(path):
    """The text of a document, and the same without its blocks of code."""
    text = path.read_text("utf-8")
    return text, _FENCED.sub("", text)


def headings(text):
    return [len(line) - len(line.lstrip("#")) for line in text.splitlines() if line.startswith("#")]


def commands(text):
    """The commands that a document names: newsarchive NAME and make NAME."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    ours = {name for name in re.findall(r"newsarchive (?:--db \S+ )?([a-z]+(?:-[a-z]+)*)\b", text) if name in _NAMES}
    return ours | {f"make {name}" for name in re.findall(r"\bmake ([a-z-]+)", text) if name in targets}


@pytest.fixture(params=TRANSLATED, ids=lambda path: path.name)
def pair(request):
    path = request.param
    return path.with_name(path.name.replace(".zh-CN", "")), path


def test_both_have_the_same_headings(pair):
    english, chinese = (read(path)[1] for path in pair)
    assert headings(chinese) == headings(english)


def test_the_chinese_text_names_every_command_that_the_english_one_does(pair):
    english, chinese = (read(path)[0] for path in pair)
    assert commands(english) - commands(chinese) == set()


def test_both_have_the_same_code_but_for_its_comments(pair):
    english, chinese = (_FENCED.findall(path.read_text("utf-8")) for path in pair)

    def bare(blocks):
        return [
            (kind, [line.partition("#")[0].rstrip() for line in code.splitlines()])
            for kind, code in blocks
            if kind in ("python", "sql", "toml", "text")
        ]

    assert bare(chinese) == bare(english)


def test_both_lead_to_each_other(pair):
    english, chinese = pair
    assert f"]({chinese.name})" in read(english)[0]
    assert f"]({english.name})" in read(chinese)[0]


def test_pictures_and_pages_that_the_chinese_text_leads_to_are_there(pair):
    _english, chinese = pair
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", read(chinese)[0])
    assert [link for link in links if not (chinese.parent / link).exists()] == []
