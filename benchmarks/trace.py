"""List the functions of this project that one article passes through, in the crawl and in the process that writes.

    python benchmarks/trace.py                         the counts of both processes
    python benchmarks/trace.py --functions             every function of the article, file by file
    python benchmarks/trace.py --calls                 its calls in their order, nested

One article of the sample site is crawled (`scrapy crawl category -a limit=1`) with a profiler in both processes.
Counted are the functions and methods that were entered at least once, comprehensions and lambdas left out: of the whole
process, and of the article alone, from the making of its request until the crawl ends, or until the writing process has
its raw page in hand and ends. `changes` are the pairs of files of which one called, or went on after, the other.
`--project` traces another checkout, with which the counts are to be compared.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from itertools import groupby, pairwise
from pathlib import Path

from static_site import ROOT, environment_of

from newsarchive.demo import DemoSite, serve

#: Runs when a Python process starts, as the module `sitecustomize`.
PROFILER = """
import atexit, os, sys, threading

root, folder = os.environ["TRACE_ROOT"], os.environ["TRACE_FOLDER"]
places = tuple(os.path.join(root, name) + os.sep for name in ("newsarchive", "spiders", "pipelines"))
calls = []

def profile(frame, event, argument):
    if event != "call":
        return
    code = frame.f_code
    if code.co_flags & 2 and code.co_filename.startswith(places):  # CO_NEWLOCALS: neither a module nor a class body
        depth = 0
        while frame := frame.f_back:
            depth += frame.f_code.co_filename.startswith(places)
        calls.append((depth, code.co_filename[len(root) + 1:], code.co_qualname))

def write():
    sys.setprofile(None)
    with open(os.path.join(folder, str(os.getpid())), "w") as file:
        file.write(" ".join(sys.orig_argv) + "\\n")
        file.writelines(f"{depth}\\t{name}\\t{function}\\n" for depth, name, function in calls)

atexit.register(write)
threading.setprofile(profile)
sys.setprofile(profile)
"""

Call = tuple[int, str, str]

#: The functions with which the article's part begins and ends, by their last names; None for the end of the process.
ARTICLE = {"crawl": ({"request_page"}, {"closed"}), "writer": ({"save", "keep"}, set())}


def trace(project: Path) -> dict[str, list[Call]]:
    """Crawl one article with the code of a project; return the calls of each process, in their order."""
    with tempfile.TemporaryDirectory(prefix="trace-") as name, serve(DemoSite(articles=20)) as server:
        folder = Path(name)
        (folder / "sitecustomize.py").write_text(PROFILER)
        (folder / "calls").mkdir()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "scrapy", "crawl", "category"),
                *("-a", "site=demo", "-a", f"base_url={server.base_url}", "-a", "limit=1"),
            ],
            cwd=project,
            env=environment_of(
                folder / "archive.db",
                PYTHONPATH=os.pathsep.join([str(folder), str(project)]),
                TRACE_ROOT=str(project),
                TRACE_FOLDER=str(folder / "calls"),
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or "articles: 1 new" not in done.stderr:
            raise SystemExit(f"the crawl ended with status {done.returncode}:\n{done.stderr[-3000:]}")
        return dict(map(read, (folder / "calls").iterdir()))


def read(path: Path) -> tuple[str, list[Call]]:
    """Return which process wrote a file, and its calls."""
    command, *lines = path.read_text(encoding="utf-8").splitlines()
    fields = (line.split("\t") for line in lines)
    calls = [(int(depth), file, function) for depth, file, function in fields]
    return "crawl" if "scrapy crawl" in command else "writer", calls


def part_of_article(process: str, calls: list[Call]) -> list[Call]:
    """Return the calls from the article's request, or its raw page, on until the end."""
    first, last = ARTICLE[process]
    names = [function.rpartition(".")[2] for _, _, function in calls]
    begin = next(number for number, name in enumerate(names) if name in first)
    end = next((number for number, name in enumerate(names) if number > begin and name in last), len(calls))
    return calls[begin:end]


def show(process: str, calls: list[Call], options: argparse.Namespace) -> None:
    """Print what a process called."""
    calls = [call for call in calls if "<" not in call[2].rpartition(".")[2]]
    of_article = part_of_article(process, calls)
    print(f"{process}: the article: {count(of_article)}; the whole process: {count(calls)}")
    if options.functions:
        for file, group in groupby(distinct(of_article), key=lambda function: function[0]):
            print(f"  {file}: {', '.join(name for _, name in group)}")
    if options.calls:
        for depth, file, function in of_article:
            print(f"  {'  ' * depth}{function} ({file})")


def distinct(calls: list[Call]) -> list[tuple[str, str]]:
    """Return the (file, function) pairs of calls, sorted."""
    return sorted({(file, function) for _, file, function in calls})


def count(calls: list[Call]) -> str:
    """Return the numbers of some calls in words."""
    functions = distinct(calls)
    changes = len({(one[1], other[1]) for one, other in pairwise(calls) if one[1] != other[1]})
    return f"{len(functions)} functions in {len({file for file, _ in functions})} files, {changes} changes"


def main() -> None:
    """Read the options, trace, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--functions", action="store_true")
    parser.add_argument("--calls", action="store_true")
    parser.add_argument("--project", type=Path, default=ROOT)
    options = parser.parse_args()
    traced = trace(options.project.resolve())
    for process in sorted(traced):
        show(process, traced[process], options)


if __name__ == "__main__":
    main()
