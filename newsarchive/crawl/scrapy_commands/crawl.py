"""`scrapy crawl` with two differences: wrong arguments stop it before it starts, and a failed crawl is seen to fail.

Exit status: 0 good (also when the same crawl is going on already), 1 failed or stopped, 2 wrong use, 3 ended well, but
lost more pages, or was silent for longer, than NEWSARCHIVE_LOSSES_PERCENT and NEWSARCHIVE_SILENCE_HOURS allow.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from newsarchive.crawl.run import check, crawl_with, hush_scrapy
from newsarchive.errors import UserError
from newsarchive.locks import AlreadyRunningError

if TYPE_CHECKING:
    import argparse

_STATUSES = (
    "Exit status: 0 good (also when the same crawl is going on already), 1 failed or stopped, 2 wrong use, 3 ended, "
    "but lost more pages, or found nothing new for longer, than NEWSARCHIVE_LOSSES_PERCENT and "
    "NEWSARCHIVE_SILENCE_HOURS allow."
)


class Command(crawl.Command):
    """The stock command, with its arguments checked and its end looked at."""

    def long_desc(self) -> str:
        """Explain the exit status in `--help`."""
        return f"{self.short_desc()}. {_STATUSES}"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the spider's name and arguments and our settings; nothing is opened or logged before."""
        super().process_options(args, opts)
        assert self.settings is not None
        if len(args) != 1:
            return  # told by run()
        try:
            check(self.settings, args[0], opts.spargs)
        except UserError as error:
            sys.stderr.write(f"scrapy crawl: {error}\n")
            # Without a text of its own this ends with status 2 and prints nothing more.
            raise UsageError(print_help=False) from None
        if self.settings["LOG_LEVEL"] != "DEBUG":
            hush_scrapy()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Crawl, and set the exit status by how the run ended."""
        if len(args) != 1:
            super().run(args, opts)
            return
        assert self.crawler_process is not None
        crawler = self._create_crawler(args[0])
        try:
            self.exitcode = crawl_with(self.crawler_process, crawler, opts.spargs).exit_status
        except AlreadyRunningError as error:
            sys.stderr.write(f"scrapy crawl: {error}\n")
        except UserError as error:
            sys.stderr.write(f"scrapy crawl: {error}\n")
            self.exitcode = 1
