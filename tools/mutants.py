"""Change the core modules in small ways, one at a time, and see that their tests notice: `make mutants`.

mutmut makes and runs the mutants. It forks one process a mutant from a parent that has loaded everything already, and
runs only the tests that reach the changed function: a tenth of a second a mutant, where cosmic-ray starts Python and
pytest again for each (two seconds). What mutmut 3 leaves alone, the numbers outside functions, is changed here.

A module's mutants are judged by the tests named beside it and by nothing else, so that a boundary is pinned where a
reader looks for it. Survivors, and why they may live, are listed in docs/mutants.md.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
#: What of the project the tests of a module need to run.
_COPIED = ("newsarchive", "spiders", "pipelines", "benchmarks", "tests", "pyproject.toml")
# The last looks for exceptions that nobody heard of, by collecting all garbage: a third of what a short run takes.
_PYTEST = ["-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:unraisableexception"]
#: Tests that measure time say nothing of a mutant, and take long.
_SELECTED = ["-k", "not time_grows"]
#: What the tests load and is not changed: loaded once, before processes are forked.
_LOADED = ("dateutil.parser", "hypothesis", "scrapy.crawler", "sqlite_utils", "twisted.internet", "zoneinfo")
#: Share of the mutants of a module that must be killed.
NEEDED = 0.9


@dataclass(frozen=True, slots=True)
class Target:
    """Source files that are changed together, and the tests that have to notice."""

    sources: Sequence[str]
    tests: Sequence[str]


TARGETS = {
    "urls": Target(
        ["newsarchive/urls.py"],
        ["tests/test_urls.py", "tests/test_url_boundaries.py"],
    ),
    "merge": Target(
        ["newsarchive/archive/merge.py"],
        ["tests/archive/test_merge.py"],
    ),
    "store": Target(
        ["newsarchive/archive/store.py"],
        ["tests/archive/test_storing.py", "tests/archive/test_identity.py"],
    ),
    "frontier": Target(
        ["newsarchive/archive/frontier.py"],
        ["tests/archive/test_frontier_states.py"],
    ),
    "writer": Target(
        ["newsarchive/crawl/writer/operations.py"],
        ["tests/crawl/test_writer_operations.py"],
    ),
    "dates": Target(
        [
            "newsarchive/extract/dates/__init__.py",
            "newsarchive/extract/dates/parts.py",
            "newsarchive/extract/dates/patterns.py",
        ],
        ["tests/extract/test_dates.py", "tests/extract/test_date_boundaries.py", "tests/extract/test_date_table.py"],
    ),
    "credits": Target(
        [
            "newsarchive/extract/credits/sources.py",
            "newsarchive/extract/credits/bylines.py",
            "newsarchive/extract/credits/person_names.py",
        ],
        [
            "tests/extract/test_credit_sources.py",
            "tests/extract/test_credit_source_boundaries.py",
            "tests/extract/test_bylines.py",
            "tests/extract/test_byline_boundaries.py",
            "tests/extract/test_people_lines_boundaries.py",
        ],
    ),
    "story_overlap": Target(
        ["newsarchive/stories/overlap.py"],
        ["tests/stories/test_story_overlap.py"],
    ),
    "search_query": Target(
        ["newsarchive/search/query.py"],
        ["tests/search/test_search_query.py", "tests/search/test_search_query_boundaries.py"],
    ),
    "snapshots": Target(
        ["newsarchive/archive/snapshots.py"],
        ["tests/archive/test_snapshot_rows.py"],
    ),
    "robots": Target(
        ["newsarchive/crawl/http/robots.py"],
        ["tests/crawl/test_robots.py"],
    ),
    "lock": Target(
        ["newsarchive/locks.py"],
        ["tests/test_lock_boundaries.py"],
    ),
}

_DIES = ("killed", "timeout")
_LIVES = ("survived", "no tests", "not checked")
_SQL = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|ORDER BY|PRAGMA|AND \w|FROM \w|VALUES \()")
_LITERAL = re.compile(r"'[^']*'")


def main(arguments: Sequence[str]) -> int:
    """Run the mutants of the named modules, or of all; 1 where too many live."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", metavar="MODULE", help=f"one of {', '.join(TARGETS)}; all if none is named")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once (default 1)")
    options = parser.parse_args(arguments)
    if unknown := set(options.only) - TARGETS.keys():
        parser.error(f"no module is called {', '.join(sorted(unknown))}: write one of {', '.join(TARGETS)}")
    print(f"{'module':<15}{'mutants':>9}{'killed':>9}{'survived':>10}{'percent':>9}", flush=True)
    too_many = []
    for name in options.only or TARGETS:
        count, survivors = run(name, TARGETS[name], options.jobs)
        share = 1 - len(survivors) / count
        print(f"{name:<15}{count:>9}{count - len(survivors):>9}{len(survivors):>10}{share:>9.1%}", flush=True)
        if share < NEEDED:
            too_many.append(name)
    print(f"survivors: {WORK.relative_to(ROOT)}/<module>.txt")
    if too_many:
        print(f"less than {NEEDED:.0%} killed: {', '.join(too_many)}", file=sys.stderr)
    return int(bool(too_many))


def run(name: str, target: Target, jobs: int) -> tuple[int, list[str]]:
    """Return how many mutants a module has, and those that live as differences of its source."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in _COPIED:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, folder / part)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(_configuration(target))
    count, survivors = _in_functions(folder, target.sources, jobs)
    for module in _LOADED:
        importlib.import_module(module)
    for source in target.sources:
        for change in _numbers(ROOT / source):
            count += 1
            if _lives(folder, source, change, target.tests):
                survivors.append(f"{source}:{change.line}: {change.old} -> {change.new}\n")
    (WORK / f"{name}.txt").write_text("\n".join(survivors), encoding="utf-8")
    return count, survivors


def _configuration(target: Target) -> str:
    lines = [
        "",
        "[tool.mutmut]",
        'source_paths = ["newsarchive"]',
        'also_copy = ["spiders", "pipelines", "benchmarks"]',
        f"only_mutate = {json.dumps(list(target.sources))}",
        f"pytest_add_cli_args_test_selection = {json.dumps([*target.tests, *_SELECTED])}",
        f"pytest_add_cli_args = {json.dumps(_PYTEST)}",
        # What a run of all tests left in a cache would hide that nobody fills it.
        'process_isolation = "forkserver"',
        # Half a minute at least: on a busy machine a slow test is no endless loop.
        "timeout_multiplier = 5.0",
        "timeout_constant = 6.0",
        "track_dependencies = false",
        "use_git_change_detection = false",
        "",
    ]
    return "\n".join(lines)


def _in_functions(folder: Path, sources: Sequence[str], jobs: int) -> tuple[int, list[str]]:
    """Run mutmut on what is inside functions."""
    mutmut = Path(sys.executable).with_name("mutmut")
    done = _call([str(mutmut), "run", "--max-children", str(jobs)], folder)
    if done.returncode:
        raise SystemExit(f"mutmut failed in {folder}:\n{done.stdout[-4000:]}")
    count, survivors = 0, []
    for source in sources:
        found = json.loads((folder / "mutants" / f"{source}.meta").read_text(encoding="utf-8"))["exit_code_by_key"]
        if strange := {name: code for name, code in found.items() if _verdict(code) not in _DIES + _LIVES}:
            raise SystemExit(f"pytest could not judge these mutants in {folder} (exit status): {strange}")
        lives = [name for name, code in found.items() if _verdict(code) in _LIVES]
        with contextlib.chdir(folder):
            shown = [get_diff_for_mutant(name, path=source) for name in lives]
        differing = [change for change in shown if not _says_the_same(change)]
        count += len(found) - (len(shown) - len(differing))
        survivors += differing
    return count, survivors


def _verdict(code: int | None) -> str:
    # 255 stands for a timeout in mutmut's table, and is also how its workers end when pytest refuses a test's name.
    return "refused" if code == 255 else str(status_by_exit_code[code])


def _says_the_same(shown: str) -> bool:
    """Whether only the case of SQL's own words and names differs, which SQLite does not look at."""
    lines = shown.splitlines()
    before, after = (
        "\n".join(line[1:] for line in lines if line.startswith(sign) and not line.startswith(sign * 3))
        for sign in "-+"
    )
    if not _SQL.search(before) or before.casefold() != after.casefold():
        return False
    return _LITERAL.findall(before) == _LITERAL.findall(after)


@dataclass(frozen=True, slots=True)
class _Change:
    """Another number in place of one; `start` and `end` are bytes of the line, which counts from 1."""

    line: int
    start: int
    end: int
    old: str
    new: str


def _numbers(source: Path) -> Iterator[_Change]:
    """Change every number outside functions: whole ones by one, others by a twentieth."""
    text = source.read_text(encoding="utf-8")
    outside = [node for node in ast.parse(text).body if not isinstance(node, ast.FunctionDef)]
    for node in (inner for statement in outside for inner in _walk(statement)):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        if not isinstance(node.value, int | float):
            continue
        assert node.end_col_offset is not None
        old = ast.get_source_segment(text, node) or ""
        for new in (node.value - 1, node.value + 1) if isinstance(node.value, int) else _around(node.value):
            yield _Change(node.lineno, node.col_offset, node.end_col_offset, old, f"({new!r})")


def _around(value: float) -> tuple[float, float]:
    return round(value * 0.95, 6), round(value * 1.05, 6)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk(child)


def _lives(folder: Path, source: str, change: _Change, tests: Sequence[str]) -> bool:
    path = folder / source
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    line = lines[change.line - 1]
    lines[change.line - 1] = line[: change.start] + change.new.encode() + line[change.end :]
    path.write_bytes(b"".join(lines))
    try:
        return _passes(folder, tests)
    finally:
        path.write_bytes(whole)


def _passes(folder: Path, tests: Sequence[str]) -> bool:
    """Run tests in a process of their own, which loads the project's modules but finds all others loaded."""
    process = os.fork()
    if process == 0:
        try:
            os.chdir(folder)
            sys.path.insert(0, str(folder))
            sys.dont_write_bytecode = True  # two changes of one size in one second would look the same to Python
            with Path(os.devnull).open("w") as nowhere:
                sys.stdout = sys.stderr = nowhere
                code = pytest.main(["-x", "-q", *_PYTEST, *tests, *_SELECTED])
        except BaseException:  # whatever it is, the tests did not pass
            code = 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0


def _call(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
