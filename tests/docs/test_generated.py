"""The generated pages say what the program does today."""

import sqlite3
from pathlib import Path

import pytest

from newsarchive.search import FIELDS, register_functions
from newsarchive.sites import schema
from tools.docs.__main__ import main
from tools.docs.commands_page import commands_page
from tools.docs.questions import questions, questions_page
from tools.docs.schema_page import schema_page
from tools.docs.settings_page import settings_page
from tools.docs.sites_page import sites_page

DOCS = Path(__file__).parents[2] / "docs"
ADVICE = "out of date: run python -m tools.docs write"
QUESTIONS = [question for _, group in questions() for question in group]


def generated(name):
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_page_of_tables_is_up_to_date(archive):
    assert schema_page(archive.connection) == generated("schema.md"), ADVICE


def test_every_question_has_the_answer_that_the_page_shows(archive):
    assert questions_page(archive.connection) == generated("questions.md"), ADVICE


def test_the_page_of_commands_is_up_to_date():
    assert commands_page() == generated("commands.md"), ADVICE


def test_the_page_of_settings_is_up_to_date():
    assert settings_page() == generated("settings.md"), ADVICE


def test_the_page_of_site_files_is_up_to_date():
    assert sites_page() == generated("sites.md"), ADVICE


def test_every_key_of_a_site_file_is_on_its_page():
    tables = (value for name, value in vars(schema).items() if name.isupper() and isinstance(value, dict))
    keys = [key for table in tables for key in table]
    assert len(keys) > 60
    assert not [key for key in keys if f"| `{key}` |" not in generated("sites.md")]


def test_the_page_about_browsing_names_every_field():
    assert [name for name in FIELDS if f"`{name}:`" not in generated("browsing.md")] == []


def test_there_are_thirty_questions():
    assert len(QUESTIONS) == 30
    assert len({question.title for question in QUESTIONS}) == 30


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.title for question in QUESTIONS])
def test_the_sample_answers_every_question(archive, question):
    assert archive.connection.execute(question.sql).fetchall()


@pytest.mark.parametrize("question", QUESTIONS, ids=[question.title for question in QUESTIONS])
def test_no_question_leaves_the_order_of_its_answer_to_chance(archive, question):
    with sqlite3.connect(f"{archive.path.as_uri()}?mode=ro", uri=True) as other:
        register_functions(other)
        # SQLite gives unordered rows the other way round.
        other.execute("PRAGMA reverse_unordered_selects = ON")
        backwards = other.execute(question.sql).fetchall()
    assert backwards == archive.connection.execute(question.sql).fetchall()


def test_every_column_that_people_see_is_described(archive):
    page_text = schema_page(archive.connection).partition("## Machinery")[0]
    lines = [line for line in page_text.splitlines() if line.startswith("| ") and line.count("|") == 5]
    assert not [line for line in lines if line.split("|")[3].strip() == ""]


def test_the_sample_is_made_once_and_never_over_another_file(tmp_path, capsys):
    (tmp_path / "there.db").write_bytes(b"something")
    with pytest.raises(SystemExit) as stopped:
        main(["sample", str(tmp_path / "there.db")])
    assert stopped.value.code == 2
    assert (tmp_path / "there.db").read_bytes() == b"something"
