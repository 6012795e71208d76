"""`scrapy crawl` with two differences: wrong arguments stop it before it starts, and a failed crawl is seen to fail.

Exit status: 0 good (also when the same crawl is going on already), 1 failed or stopped, 2 wrong use, 3 ended well, but
lost more pages, or was silent for longer, than NEWSARCHIVE_LOSSES_PERCENT and NEWSARCHIVE_SILENCE_HOURS allow.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from scrapy.commands import crawl
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from newsarchive.crawl.log_formatter import is_warning, without_traceback
from newsarchive.crawl.run import crawl_with
from newsarchive.errors import UserError
from newsarchive.locks import AlreadyRunningError
from newsarchive.options import Options

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import Settings

_STATUSES = (
    "Exit status: 0 good (also when the same crawl is going on already), 1 failed or stopped, 2 wrong use, 3 ended, "
    "but lost more pages, or found nothing new for longer, than NEWSARCHIVE_LOSSES_PERCENT and "
    "NEWSARCHIVE_SILENCE_HOURS allow."
)
# What these say at INFO is about Scrapy, not about the crawl; `-L DEBUG` shows it.
_CHATTY = ("scrapy.utils.log", "scrapy.addons", "scrapy.middleware", "scrapy.crawler")


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
            _spider_class(self.settings, args[0]).check(opts.spargs)
            Options.from_settings(self.settings)
        except UserError as error:
            sys.stderr.write(f"scrapy crawl: {error}\n")
            # Without a text of its own this ends with status 2 and prints nothing more.
            raise UsageError(print_help=False) from None
        if self.settings["LOG_LEVEL"] != "DEBUG":
            _hush()

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


def _hush() -> None:
    # Filters, because Scrapy sets the levels of its loggers again when it starts.
    for name in _CHATTY:
        logging.getLogger(name).addFilter(is_warning)
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").addFilter(without_traceback)


def _spider_class(settings: Settings, name: str) -> Any:
    loader = get_spider_loader(settings)
    if name not in loader.list():
        raise UserError(f"there is no spider {name!r} - there are {', '.join(sorted(loader.list()))}")
    return loader.load(name)
