"""One Chromium, driven by scrapy-playwright's download handler, without a way of its own into any network.

It is begun for the first page that is rendered, and anew when it takes too much memory, has rendered many pages, or
hangs. A process has few at one time, whichever sites it crawls.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
import signal
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.settings import Settings

from newsarchive.errors import UserError
from newsarchive.i18n import _

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Pages after which a browser is begun anew, and browsers that a process has at one time.
_MOST_PAGES, _MOST_BROWSERS = 100, 2
# Seconds between two looks at the memory, for the beginning, and for an end that does not come by itself.
_LOOK_AGAIN, _STARTING, _CLOSING = 0.5, 120.0, 10.0
_FLAGS = (
    # What the page asks for is answered by the crawl. Were something to go around that, it would end here: no name and
    # no address can be connected to, and what asks for neither goes to a proxy that is not there.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--no-pings",
    # Nothing by itself, and little of everything.
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-notifications",
    "--disable-sync",
    "--mute-audio",
    "--no-first-run",
    "--renderer-process-limit=2",
    "--js-flags=--max-old-space-size=512",
)
_browsers = asyncio.Semaphore(_MOST_BROWSERS)


class RenderingError(Exception):
    """A page could not be rendered."""


def find_chromium(setting: str) -> str:
    """Return the path of the browser: that of the setting, else the first that PATH has.

    Raises:
        UserError: there is none, or the package that drives it is not installed.

    """
    if find_spec("scrapy_playwright") is None:
        raise UserError(_("[render] needs the package scrapy-playwright: pip install 'newsarchive[render]'"))
    found = shutil.which(setting) if setting else next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        missing = (
            _("NEWSARCHIVE_CHROMIUM={setting} is no program", setting=setting)
            if setting
            else _("PATH has no {names}", names=" or ".join(_NAMES))
        )
        raise UserError(
            _(
                "[render] needs Chromium: {missing} - apt-get install chromium, or let NEWSARCHIVE_CHROMIUM name it",
                missing=missing,
            )
        )
    return found


class Browser:
    """Renders pages one after the other, and is begun when there is one; `memory` is in MiB."""

    def __init__(self, crawler: Crawler, executable: str, *, seconds: float, memory: int) -> None:
        self.crawler = crawler
        self.executable = executable
        self.seconds = seconds
        self.memory = memory
        self._handler: Any = None
        self._mark = ""
        self._home: tempfile.TemporaryDirectory[str] | None = None
        self._pages = 0
        self._turn = asyncio.Lock()

    async def render(self, request: Request) -> Response:
        """Render a page, in the time that it has.

        Raises:
            RenderingError: the page took too long or too much memory, or the browser failed.

        """
        async with self._turn:
            if self._pages >= _MOST_PAGES:
                await self.close()
            try:
                if self._handler is None:
                    await self._within_bounds(self._begin(), _STARTING)
                self._pages += 1
                response: Response = await self._within_bounds(self._handler.download_request(request), self.seconds)
            except RenderingError:
                await self.close()  # whatever still runs in it
                raise
            return response

    async def close(self) -> None:
        """End the browser; one that does not end by itself is killed."""
        handler, self._handler = self._handler, None
        if handler is None:
            return
        try:
            async with asyncio.timeout(_CLOSING):
                await handler.close()
        except Exception as error:  # every way in which a browser can be broken
            logger.debug("the browser did not end by itself: %s", error)
        finally:
            for pid in _tree(self._mark):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if self._home is not None:
                self._home.cleanup()
            _browsers.release()

    async def _within_bounds(self, work: Awaitable[Any], seconds: float) -> Any:
        rendering = asyncio.ensure_future(work)
        end = asyncio.get_running_loop().time() + seconds
        try:
            while not (await asyncio.wait([rendering], timeout=_LOOK_AGAIN))[0]:
                self._check(end, seconds)
            return rendering.result()
        except RenderingError:
            raise
        except Exception as error:  # whatever Playwright raises
            words = str(error).strip().partition("\n")[0] or type(error).__name__
            raise RenderingError(f"the browser could not render it: {words[:300]}") from error
        finally:
            if not rendering.done():
                rendering.cancel()
                await asyncio.wait([rendering], timeout=_CLOSING)

    def _check(self, end: float, seconds: float) -> None:
        if asyncio.get_running_loop().time() > end:
            raise RenderingError(f"rendering took longer than {seconds:g} seconds")
        if not self.crawler.crawling:
            raise RenderingError("the crawl was stopped while the page was rendered")
        if self._handler is not None and (taken := memory_of(_tree(self._mark))) > self.memory * 2**20:
            raise RenderingError(f"the browser took {taken >> 20} MiB, and may take {self.memory}")

    async def _begin(self) -> None:
        from scrapy_playwright.handler import (  # noqa: PLC0415 - an extra, of few sites
            Config,
            ScrapyPlaywrightDownloadHandler,
        )

        logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)  # what fails is told once, by the crawl
        await _browsers.acquire()
        try:
            self._mark = f"--newsarchive={secrets.token_hex(8)}"
            self._home = tempfile.TemporaryDirectory(prefix="newsarchive-browser-", ignore_cleanup_errors=True)
            handler = ScrapyPlaywrightDownloadHandler(self.crawler)
            handler.config = Config.from_settings(Settings(self._playwright_settings(self._home.name)))
            self._handler, self._pages = handler, 0
        except BaseException:
            _browsers.release()
            raise
        # Scrapy's engine would have it begun with every crawl, also one that has nothing to render.
        await handler._launch()  # noqa: SLF001
        logger.info(_("A browser renders pages: %s"), self.executable)

    def _playwright_settings(self, home: str) -> dict[str, Any]:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        if is_root:
            logger.info(_("Chromium has no sandbox of its own when root runs it: let an ordinary user crawl"))
        return {
            "PLAYWRIGHT_BROWSER_TYPE": "chromium",
            "PLAYWRIGHT_LAUNCH_OPTIONS": {
                "executable_path": self.executable,
                "args": [*_FLAGS, self._mark],
                "chromium_sandbox": not is_root,
                "timeout": _STARTING * 1000,
                # Nothing of ours: no keys, no proxies, no folders.
                "env": {"PATH": os.environ.get("PATH", os.defpath), "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8"},
                "handle_sigint": False,
                "handle_sigterm": False,
                "handle_sighup": False,
            },
            # No cookies of others, no worker that answers later, nothing saved.
            "PLAYWRIGHT_CONTEXTS": {"default": {"service_workers": "block", "accept_downloads": False}},
            "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
            "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": self.seconds * 1000,
        }


def memory_of(pids: list[int]) -> int:
    """Return the bytes that processes have for themselves, as Linux tells; 0 where no /proc tells it."""
    page = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    pages = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split())
            pages += resident - shared
    return pages * page


def _tree(mark: str) -> list[int]:
    """Return the process whose command line has a mark, and all that it began."""
    children: dict[int, list[int]] = {}
    roots = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            pid = int(folder.name)
            parent = int((folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(pid)
            if mark and mark.encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                roots.append(pid)
    found: list[int] = []
    while roots:
        pid = roots.pop()
        found.append(pid)
        roots += children.pop(pid, [])
    return found
