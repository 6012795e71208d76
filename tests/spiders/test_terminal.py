"""A crawl that a person watches: one line that renews itself, and fits."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from support.crawler import ROOT

from newsarchive.demo import DemoSite, serve

COLUMNS = 60


def test_the_line_that_renews_itself_fits_a_narrow_terminal(crawl):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    environment = {name: value for name, value in crawl.environment.items() if name not in ("COLUMNS", "LINES")}
    with serve(DemoSite(articles=12, crawl_delay=0.05)) as server:
        process = subprocess.Popen(
            crawl.command("category", {}, {"site": "demo", "base_url": server.base_url}),
            cwd=ROOT, env=environment | {"TERM": "xterm"}, stdin=slave, stdout=slave, stderr=slave,
        )  # fmt: skip
        os.close(slave)
        written = b"".join(parts(master)).decode()
        assert process.wait(60) == 0, written
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written))
    shown = [line for line in lines if re.search(r"\d+ pages, .*\d+ pending", line)]
    assert shown
    assert max(len(line) for line in shown) < COLUMNS


def parts(master):
    with os.fdopen(master, "rb", buffering=0) as terminal:
        while True:
            try:
                part = terminal.read(65536)
            except OSError:  # the other side is closed
                return
            yield part
