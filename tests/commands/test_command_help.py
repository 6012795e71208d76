import os
import re
import subprocess
import sys

import click
import pytest
from support.running import ROOT, command_line, run_on

from newsarchive.cli import COMMANDS, cli

CONTEXT = click.Context(cli, info_name="newsarchive")
LINES = [(name, line) for section in COMMANDS.values() for name, (_, line) in section.items()]
NAMES = [name for name, _ in LINES]
# Commands of this group have an example in their help; `crawl` and those that keep the archive explain themselves.
WITH_EXAMPLE = [
    "search",
    "show",
    "diff",
    "stats",
    "sources",
    "categories",
    "mentions",
    "plot",
    "sql",
    "export",
    "problems",
    "doctor",
    "read",
    "sites",
    "open",
]
WITH_ROWS = ["search", "diff", "stats", "sources", "categories", "mentions", "sql", "problems", "doctor", "sites"]


@pytest.mark.parametrize(("name", "line"), LINES, ids=NAMES)
def test_the_list_of_commands_says_what_the_command_says(name, line):
    command = cli.get_command(CONTEXT, name)
    assert " ".join(command.help.split("\n\n")[0].split()).startswith(line.rstrip("."))


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help(sample, name):
    if name != "demo":  # has a parser of its own
        assert "Usage:" in run_on(sample, name, "--help").out


@pytest.mark.parametrize("name", WITH_EXAMPLE)
def test_help_shows_an_example(sample, name):
    assert re.search(rf"Example: newsarchive {name}\b", run_on(sample, name, "--help").out)


@pytest.mark.parametrize("name", WITH_ROWS)
def test_commands_that_print_rows_know_json_and_csv(sample, name):
    out = run_on(sample, name, "--help").out
    assert "--json" in out
    assert "--csv" in out


def test_help_loads_no_crawler_and_no_archive(sample):
    code = (
        "import sys; sys.argv = ['newsarchive', '--help']\n"
        "from newsarchive.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'scrapy', 'lxml', 'rich', 'sqlite_utils', 'matplotlib', 'opencc'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_refused(sample):
    ran = run_on(sample, "serach", "x")
    assert ran.status == 2
    assert "serach" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [("search", "--json", "lang:zh", "--limit", "1000"), ("export", "jsonl"), ("sql", "select * from paragraphs")],
)
def test_a_pipe_that_is_closed_early_ends_the_command_quietly(sample, arguments):
    process = subprocess.Popen(
        command_line(sample, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    process.stdout.read(10)
    process.stdout.close()
    errors = process.stderr.read().decode()
    process.stderr.close()
    # Little output is written before the reader is missed.
    assert process.wait(300) in (0, 1)
    assert "Traceback" not in errors
    assert "Exception" not in errors


def test_a_mistake_is_told_in_one_line(tmp_path):
    done = subprocess.run(
        command_line(tmp_path / "none.db", "stats"), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stderr.startswith("newsarchive: archive ")
    assert done.stderr.count("\n") == 1


def test_a_damaged_archive_is_told_without_a_traceback(tmp_path, sample):
    damaged = tmp_path / "archive.db"
    content = bytearray(sample.read_bytes())
    content[20_000:-1000] = os.urandom(len(content) - 21_000)
    damaged.write_bytes(content)
    done = subprocess.run(
        command_line(damaged, "stats", "--by", "day"), capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr


def test_output_in_a_charset_without_chinese_is_no_crash(sample):
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        command_line(sample, "search", "银行"), capture_output=True, check=False, cwd=ROOT, env=environment
    )
    assert done.returncode == 0


def test_the_shell_completes_names_of_commands(sample):
    environment = os.environ | {
        "_NEWSARCHIVE_COMPLETE": "bash_complete",
        "COMP_WORDS": "newsarchive se",
        "COMP_CWORD": "1",
    }
    code = "import sys; sys.argv = ['newsarchive']; from newsarchive.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )
    assert "plain,search" in done.stdout
