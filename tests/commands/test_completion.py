"""What a shell proposes on TAB: values out of the archive, and fields of the query language."""

import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner
from support.running import ROOT

from newsarchive.archive import Archive
from newsarchive.cli import cli


def propose(db, *words, incomplete=""):
    """Ask as fish does; return the values proposed."""
    environment = {
        "_NEWSARCHIVE_COMPLETE": "fish_complete",
        "COMP_WORDS": " ".join(("newsarchive", "--db", str(db), *words, incomplete)),
        "COMP_CWORD": incomplete,
    }
    ran = CliRunner().invoke(cli, env=environment, prog_name="newsarchive", catch_exceptions=False)
    assert ran.stderr == ""
    return [one.partition(",")[2].partition("\t")[0] for one in ran.stdout.splitlines() if one]


@pytest.fixture(scope="module")
def source(sample):
    with Archive.open(sample, readonly=True) as archive:
        (name,) = archive.connection.execute("SELECT name FROM sources WHERE name NOT LIKE '% %' LIMIT 1").fetchone()
    return name


@pytest.mark.parametrize("command", [("search",), ("stats",), ("kwic",), ("export", "csv")])
def test_fields_of_a_query_are_proposed(sample, command):
    assert propose(sample, *command, incomplete="so") == ["source:"]


def test_values_of_a_field_are_those_that_there_are(sample, source):
    assert f"source:{source}" in propose(sample, "search", incomplete=f"source:{source[0]}")
    assert propose(sample, "search", incomplete="site:d") == ["site:demo"]


def test_sources_and_reasons_are_proposed(sample, source):
    assert source in propose(sample, "sources", "merge", incomplete=source[0])
    with Archive.open(sample, readonly=True) as archive:
        reasons = sorted(r for (r,) in archive.connection.execute("SELECT DISTINCT reason FROM problems"))
    assert propose(sample, "problems", "--reason") == reasons


def test_without_an_archive_nothing_is_proposed_and_nothing_made(tmp_path):
    assert propose(tmp_path / "nosuch.db", "search", incomplete="source:x") == []
    assert list(tmp_path.iterdir()) == []


BASH = """
export PATH={bin}:$PATH NEWSARCHIVE_DB={db} COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
eval "$(_NEWSARCHIVE_COMPLETE=bash_source newsarchive)"
compopt() {{ :; }}
while IFS= read -r COMP_LINE; do
    COMP_POINT=${{#COMP_LINE}}
    _newsarchive_completion newsarchive
    (IFS=,; echo "${{COMPREPLY[*]}}")
done
"""


def bash_replies(db, tmp_path, *lines):
    """Type lines and the tab key in a real bash; return what it would put in place of its last word."""
    program = "from newsarchive.cli import cli; cli(prog_name='newsarchive')"
    (tmp_path / "newsarchive").write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{program}" "$@"\n')
    (tmp_path / "newsarchive").chmod(0o755)
    ran = subprocess.run(
        ["bash", "-c", BASH.format(bin=tmp_path, db=db)],
        input="".join(f"newsarchive {line}\n" for line in lines),
        capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
    )  # fmt: skip
    assert ran.stderr == ""
    return [line.split(",") for line in ran.stdout.splitlines()]


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_gets_values_behind_a_colon_without_what_stands_before_it(sample, source, tmp_path):
    start = source[0]
    plain, excluded, quoted, field, command = bash_replies(
        sample,
        tmp_path,
        f"search 银行 source:{start}",
        f"search -source:{start}",
        f"search 'source:{start}",
        "search -sour",
        "sear",
    )
    assert source in plain
    assert excluded == plain
    assert f"source:{source}" in quoted
    assert (field, command) == (["-source:"], ["search"])


def test_behind_a_minus_sign_fields_are_proposed_beside_options(sample):
    assert propose(sample, "search", incomplete="-so") == ["-source:"]
    assert "--order" in propose(sample, "search", incomplete="-")
