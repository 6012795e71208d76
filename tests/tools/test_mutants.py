"""What `make mutants` changes, and by which tests that is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.mutants import (
    ROOT,
    TARGETS,
    _numbers,
    _says_the_same,
    main,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", TARGETS)
def test_every_module_and_test_of_the_table_is_there(name: str) -> None:
    target = TARGETS[name]
    assert target.sources
    assert target.tests
    missing = [path for path in (*target.sources, *target.tests) if not (ROOT / path).is_file()]
    assert missing == []


def test_no_module_is_changed_twice() -> None:
    sources = [source for target in TARGETS.values() for source in target.sources]
    assert len(sources) == len(set(sources))


def test_numbers_outside_functions_become_others(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    source.write_text(
        'A = 3\nB = {"键": (0.5, True, "7")}\n\n\ndef f(x=1):\n    return 2\n\n\nclass C:\n    y = 9\n\n'
        "    def g(self):\n        return 8\n",
        encoding="utf-8",
    )
    changes = [(change.line, change.old, change.new) for change in _numbers(source)]
    assert changes == [
        (1, "3", "(2)"),
        (1, "3", "(4)"),
        (2, "0.5", "(0.475)"),
        (2, "0.5", "(0.525)"),
        (10, "9", "(8)"),
        (10, "9", "(10)"),
    ]
    line = source.read_bytes().splitlines()[1]
    half = next(change for change in _numbers(source) if change.old == "0.5")
    assert line[half.start : half.end] == b"0.5"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ('"SELECT id FROM copies"', '"select id from copies"', True),
        ('"SELECT id FROM copies"', '"XXSELECT id FROM copiesXX"', False),
        ('"SELECT id FROM copies"', "None", False),
        ('"a title"', '"A TITLE"', False),
        ("state = 'done' WHERE x", "STATE = 'DONE' WHERE X", False),
    ],
)
def test_only_the_case_of_sql_makes_no_difference(before: str, after: str, same: bool) -> None:
    shown = f"--- a.py\n+++ a.py\n@@ -1 +1 @@\n context = 1\n-    {before}\n+    {after}\n"
    assert _says_the_same(shown) is same


def test_a_module_that_is_not_in_the_table_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["merge", "nothing"])
    assert stopped.value.code == 2
    assert "no module is called nothing: write one of urls, merge" in capsys.readouterr().err
