"""Every module below the crawl can be imported first: no circle of imports works only by luck of the order."""

import pkgutil
import subprocess
import sys

import newsarchive
from newsarchive.crawl.writer.messages import Crawl
from newsarchive.crawl.writer.wire import encode_crawl
from newsarchive.models import Recheck
from newsarchive.options import Options

_PACKAGES = ("archive", "export", "maintenance", "search", "stories", "warc")

# What others wrote is imported once, so that each fork only has our modules to import.
_PROGRAM = """
import os, sys
import click, datasette.app, lxml.html, rich.console, scrapy.crawler, sqlite_utils, warcio.warcwriter
failed = 0
for name in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        try:
            __import__(name)
        except BaseException as error:
            print(f"{name}: {type(error).__name__}: {error}", flush=True)
            os._exit(1)
        os._exit(0)
    failed += os.waitpid(pid, 0)[1] != 0
sys.exit(failed)
"""


def test_every_module_can_be_imported_first():
    found = [module.name for module in pkgutil.walk_packages(newsarchive.__path__, "newsarchive.")]
    names = [name for name in found if name.split(".")[1] in _PACKAGES or name == "newsarchive.locks"]
    assert "newsarchive.warc.record" in names
    ran = subprocess.run([sys.executable, "-c", _PROGRAM, *names], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr


def test_the_writing_process_loads_nothing_of_the_crawl_that_it_writes_for():
    crawl = Crawl(1, "demo", "demo", fetches=True, reread_at=None, recheck=Recheck(), options=Options())
    program = (
        f"import sys, newsarchive.crawl.writer.process as process; process.decode({encode_crawl(crawl)!r});"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'scrapy', 'twisted', 'lxml', 'asyncio'}))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
