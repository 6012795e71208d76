"""The walk-through is run block by block, and prints what it says."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from newsarchive.export.parquet import write_parquet

PAGE = Path(__file__).parents[2] / "docs" / "analysis.md"
BLOCKS = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)


def run(text, folder):
    """Run the blocks of a page in a folder; return what each prints."""
    names = {}
    printed = []
    with contextlib.chdir(folder):
        for code, _ in BLOCKS.findall(text):
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile(code, "analysis.md", "exec"), names)
            printed.append(output.getvalue())
    return printed


@pytest.fixture
def exported(archive, tmp_path):
    for module in ("duckdb", "polars", "pyarrow"):
        pytest.importorskip(module)
    (tmp_path / "articles").mkdir()
    write_parquet(archive.connection, tmp_path / "articles")
    return tmp_path


def test_every_block_prints_what_the_page_shows(exported):
    text = PAGE.read_text(encoding="utf-8")
    assert run(text, exported) == [shown for _, shown in BLOCKS.findall(text)]
