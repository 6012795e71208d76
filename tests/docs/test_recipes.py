"""The recipes are run block by block, and print what the page shows."""

import contextlib
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest
from support.running import run_on

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"
BLOCKS = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)


def run(text):
    """Run the blocks of a page in this folder; return what each prints."""
    names = {}
    for code, _ in BLOCKS.findall(text):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(code, "recipes.md", "exec"), names)
        yield output.getvalue()
    names["archive"].close()


def test_every_block_prints_what_the_page_shows(archive, tmp_path, monkeypatch):
    for module in ("pandas", "polars", "duckdb"):
        pytest.importorskip(module)
    shutil.copy(archive.path, tmp_path / "sample.db")
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    assert list(run(text)) == [shown for _, shown in BLOCKS.findall(text)]


def test_every_command_line_of_the_page_works(archive, tmp_path, monkeypatch):
    """Run what stands behind `newsarchive --db sample.db` in the page."""
    shutil.copy(archive.path, tmp_path / "sample.db")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = re.findall(r"^newsarchive --db sample\.db ((?:'[^']*'|[^'\n])*)", "\n".join(blocks), re.MULTILINE)
    assert len(lines) == 7
    for line in lines:
        words = shlex.split(line)
        words = words[: words.index(">")] if ">" in words else words
        assert run_on("sample.db", *words).status == 0, line
