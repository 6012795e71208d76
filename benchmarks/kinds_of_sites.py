"""Measure `newsarchive add` and `newsarchive crawl` on small invented sites, each built as a content system builds one.

    python benchmarks/kinds_of_sites.py                              all kinds, 40 articles each
    python benchmarks/kinds_of_sites.py --only frames --keep build/x     one, and keep its file and archive

1 where an article is missed, or anything else is stored as one.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.kinds_of_sites import KINDS, Pages, stories  # noqa: E402
from support.running import plain_environment  # noqa: E402
from support.servers import Answer, Asked, Server, server  # noqa: E402

_TYPES = {"<?xml": "text/xml", "{": "application/json"}


def serving(pages: Pages, host: str) -> contextlib.AbstractContextManager[Server]:
    """Serve the pages of a site under its name, as a proxy does."""

    def answer(asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        body = pages.get((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if body is None or parts.netloc != host:
            return Answer(b"<title>404 Not Found</title>", 404, {"Content-Type": "text/html"})
        kind = next((kind for sign, kind in _TYPES.items() if body.startswith(sign)), "text/html; charset=utf-8")
        return Answer(body.replace("{base}", f"http://{host}").encode(), 200, {"Content-Type": kind})

    return server(answer)


def measure(name: str, articles: int, folder: Path) -> tuple[int, int, int, float]:
    """Add and crawl a site; return how many articles were found and how many others, the requests of both."""
    host, listed = f"{name.replace('_', '-')}.example", stories(articles)
    with serving(KINDS[name](listed), host) as site:
        environment = plain_environment(http_proxy=site.base_url, NEWSARCHIVE_SITES=str(folder), PYTHONPATH=str(ROOT))
        asked = []
        for arguments in (("add", "--delay", "0", "--name", name, f"http://{host}/"), ("crawl", name)):
            command = [sys.executable, "-m", "newsarchive", "--db", str(folder / "archive.db"), *arguments]
            with (folder / f"{arguments[0]}.log").open("wb") as out:
                subprocess.run(command, env=environment, cwd=ROOT, stdout=out, stderr=out, timeout=600, check=False)
            asked.append(len(site.asked))
    with contextlib.closing(sqlite3.connect(folder / "archive.db")) as connection:
        titles = [title for (title,) in connection.execute("SELECT title FROM articles")]
    found = len({one.title for one in listed} & set(titles))
    return found, len(titles) - found, asked[0], (asked[1] - asked[0]) / articles


def main() -> int:
    """Measure and print; 1 where it is not good enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--only", choices=KINDS, nargs="+", default=list(KINDS))
    parser.add_argument("--keep", type=Path, help="a folder for what is made")
    options = parser.parse_args()
    print(f"{'kind':18}{'found':>8}{'others':>8}{'to add':>8}{'an article':>12}")
    is_good = True
    with tempfile.TemporaryDirectory(prefix="kinds-of-sites-") as temporary:
        for name in options.only:
            folder = (options.keep or Path(temporary)) / name
            folder.mkdir(parents=True)
            found, others, looked, an_article = measure(name, options.articles, folder)
            print(f"{name:18}{found:8}{others:8}{looked:8}{an_article:12.2f}", flush=True)
            is_good &= found == options.articles and not others
    return int(not is_good)


if __name__ == "__main__":
    sys.exit(main())
