"""Measure `newsarchive add` and `newsarchive crawl` on whole real sites, one after the other, no hand in between.

    python benchmarks/sites.py --sites ../shared/sites                        all of them
    python benchmarks/sites.py --sites ../shared/sites --only NAME,NAME       some of them
    python benchmarks/sites.py --sites ../shared/sites --keep build/sites     and keep files, archives, logs, requests

The folder holds `serve_sites.py` (the sites, under their own host names, behind a proxy on loopback), `sites.tsv` and
`score_sites.py` (what of an archive is right). `requests` are those of the crawl for an article, `in all` those of the
look before it, too. 1 where less than 97 % of the articles of nine sites in eleven are found, or less than 90 % of
those of any, more than 2 % of what is stored are no articles, an article costs more than 1.5 requests, or looking at
a site more than 80.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.running import plain_environment  # noqa: E402

#: What is wanted: the part of the articles on most sites and on all, of what is stored that is none, and requests.
LEAST_MOSTLY, LEAST, MOST_FALSE, MOST_AN_ARTICLE, MOST_LOOKED = 0.97, 0.90, 0.02, 1.5, 80
#: The part of the sites that may have less than is wanted on most of them.
FEW = 2 / 11
_LONGEST = 1800
_HEADINGS = ("site", "recall", "false", "stored", "requests", "to add", "in all", "title", "date", "authors", "seconds")


@dataclass(slots=True)
class Result:
    """What came of one site."""

    name: str
    score: dict[str, Any]
    looked: int
    fetched: int
    seconds: float

    @property
    def recall(self) -> float:
        """The part of the articles that can be reached that was found."""
        return float(self.score["found_reachable"]) / max(1, int(self.score["reachable"]))

    @property
    def articles(self) -> int:
        """What was stored and is an article."""
        return int(self.score["stored"]) - int(self.score["other"])

    @property
    def an_article(self) -> float:
        """Requests of the crawl for each article that is one; those of the look before it are counted apart."""
        return self.fetched / max(1, self.articles)

    @property
    def is_good(self) -> bool:
        """Whether nothing but the recall falls short of what is wanted."""
        few_false = self.score["other"] <= MOST_FALSE * self.score["stored"]
        return few_false and round(self.an_article, 2) <= MOST_AN_ARTICLE and self.looked <= MOST_LOOKED

    def row(self) -> tuple[str, ...]:
        """Return its row of the table."""
        right = [_part(self.score["fields"], key) for key in ("title", "date", "author")]
        return (
            self.name,
            f"{self.recall:.3f}",
            str(self.score["other"]),
            str(self.score["stored"]),
            f"{self.an_article:.2f}",
            str(self.looked),
            f"{(self.looked + self.fetched) / max(1, self.articles):.2f}",
            *right,
            f"{self.seconds:.0f}",
        )


def _part(fields: dict[str, int], key: str) -> str:
    return f"{fields.get(key, 0)}/{fields[key + '/']}" if fields.get(key + "/") else "-"


@contextlib.contextmanager
def served(sites: Path, log: Path) -> Iterator[str]:
    """Serve the sites; yield the address of the proxy. Every request is written to the log."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, str(sites / "serve_sites.py"), "--port", str(port), "--log", str(log)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):  # the first time it unpacks the sites
        if process.poll() is not None:
            raise SystemExit("serve_sites.py did not start")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("serve_sites.py does not answer")


def measure(name: str, host: str, sites: Path, proxy: str, log: Path) -> Result:
    """Add and crawl one site, in a folder beside the log of requests; score its archive."""
    folder = log.parent / name
    folder.mkdir()
    archive, began = folder / "archive.db", time.monotonic()
    environment = plain_environment(http_proxy=proxy, NEWSARCHIVE_SITES=str(folder), PYTHONPATH=str(ROOT))
    looked, fetched = (
        _run(log, environment, archive, *arguments)
        for arguments in (("add", "--delay", "0", "--name", name, f"http://{host}/"), ("crawl", name))
    )
    seconds = time.monotonic() - began
    command = [sys.executable, str(sites / "score_sites.py"), str(archive), "--json"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    score: dict[str, Any] = json.loads(answer[1]) if len(answer) > 1 else _nothing(name, sites)
    (folder / "score.json").write_text(json.dumps(score, ensure_ascii=False, indent=1), encoding="utf-8")
    return Result(name, score, looked, fetched, seconds)


def _run(log: Path, environment: dict[str, str], archive: Path, *arguments: str) -> int:
    """Run a command, its output and its requests into files beside the archive; return the number of requests."""
    folder = archive.parent
    before = len(log.read_bytes().splitlines())
    command = [sys.executable, "-m", "newsarchive", "--db", str(archive), *arguments]
    with (folder / f"{arguments[0]}.log").open("wb") as out:
        subprocess.run(command, env=environment, cwd=ROOT, stdout=out, stderr=out, timeout=_LONGEST, check=False)
    asked = log.read_bytes().splitlines(keepends=True)[before:]
    (folder / f"{arguments[0]}.requests").write_bytes(b"".join(asked))
    return len(asked)


def _nothing(name: str, sites: Path) -> dict[str, Any]:
    truth = json.loads((sites / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    reachable = len(set(truth["articles"]) - set(truth["unreachable"]))
    return {"reachable": reachable, "found_reachable": 0, "stored": 0, "other": 0, "fields": {}}


def are_good(results: list[Result]) -> bool:
    """Return whether the sites are found, stored and asked as is wanted."""
    recalls = [result.recall for result in results]
    few = sum(recall < LEAST_MOSTLY for recall in recalls)
    return min(recalls) >= LEAST and few <= FEW * len(recalls) and all(result.is_good for result in results)


def main() -> int:
    """Measure and print; 1 where it is not good enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=Path, default=ROOT.parent / "shared" / "sites", help="the folder of the sites")
    parser.add_argument("--only", default="", help="names of sites, with commas")
    parser.add_argument("--keep", type=Path, help="a folder, not there yet, for site files, archives and logs")
    options = parser.parse_args()
    if not (options.sites / "serve_sites.py").is_file():
        print(f"skipped: {options.sites} has no serve_sites.py: the real sites are not part of the project")
        return 0
    with (options.sites / "sites.tsv").open(encoding="utf-8", newline="") as file:
        hosts = {row["id"]: row["host"] for row in csv.DictReader(file, delimiter="\t")}
    chosen = [name for name in options.only.split(",") if name] or sorted(hosts)
    if unknown := set(chosen) - set(hosts):
        parser.error(f"no such site: {', '.join(sorted(unknown))} (there are {', '.join(sorted(hosts))})")
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sites-")))
        folder.mkdir(parents=True, exist_ok=options.keep is None)
        log = folder / "requests.log"
        log.touch()
        proxy = stack.enter_context(served(options.sites, log))
        print("".join(f"{heading:>9}" for heading in _HEADINGS), flush=True)
        results = []
        for name in chosen:
            result = measure(name, hosts[name], options.sites, proxy, log)
            results.append(result)
            print("".join(f"{value:>9.9}" for value in result.row()), flush=True)
    fields = [_total(results, key) for key in ("title", "date", "author")]
    print("right in all: " + ", ".join(fields))
    return int(not are_good(results))


def _total(results: list[Result], key: str) -> str:
    right, there = (sum(result.score["fields"].get(name, 0) for result in results) for name in (key, key + "/"))
    return f"{key} {right}/{there}"


if __name__ == "__main__":
    sys.exit(main())
