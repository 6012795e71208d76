"""Serve the sample site in the foreground: `python -m newsarchive.demo --port 8095`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from newsarchive.demo import hostile
from newsarchive.demo.server import RunningServer, serve
from newsarchive.demo.site import DemoSite

if TYPE_CHECKING:
    from collections.abc import Sequence

PORT = 8095


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 0 when stopped, 2 when the port is taken."""
    options = _parser().parse_args(arguments)
    site = DemoSite(articles=options.articles, hostile=options.hostile)
    try:
        with serve(site, options.port) as server:
            sys.stderr.write(describe(server))
            sys.stderr.flush()
            server.wait()
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"newsarchive.demo: cannot listen on 127.0.0.1:{options.port}: {error.strerror}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m newsarchive.demo", description="Serve the built-in sample site.")
    parser.add_argument("--port", type=int, default=PORT, help="port on 127.0.0.1 (default: %(default)s)")
    parser.add_argument("--articles", type=_count, default=160, help="articles on the mirror (default: %(default)s)")
    parser.add_argument("--hostile", action="store_true", help="add the section of bad inputs")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError(f"must be from 1 to 100000, not {text}")
    return number


def describe(server: RunningServer) -> str:
    """Describe what is served where."""
    site, base = server.site, server.base_url
    digits = site.planner.digits(site.live[-1])
    lines = [
        f"sample site: {len(site.live)} articles, clock {site.now:%Y-%m-%d %H:%M}, on {base} (Ctrl-C stops it)",
        f"  mirror  {base}/   {base}/category/jiangwanwanbao.html   {base}/feed.xml",
        f"  share   {base}/html_News/NewsShare.html?infoCode=NW{digits}",
        f"  origin  {base}/a/{digits}.html   {base}/a/ccjyw.html",
    ]
    if site.hostile:
        lines.append(f"  hostile {base}/category/{hostile.SLUG}.html")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
