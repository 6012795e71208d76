"""Screenshots of the pages of `newsarchive browse` for the documentation, of the sample archive.

Needs Debian's `chromium` (or another one that NEWSARCHIVE_CHROMIUM names) and the Python package playwright.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsarchive.archive.connection import open_readonly
from newsarchive.errors import UserError
from tools.docs.sample import make_sample

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("NEWSARCHIVE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
#: A telephone's screen, and the pixels between two that stand side by side.
_PHONE, _GAP = (390, 780), 16


@dataclass(frozen=True, slots=True)
class _Screen:
    """A page, how much of it is shown (pixels), in which language and colours."""

    address: str
    height: int
    width: int = 1200
    language: str = "en-GB"
    dark: bool = False


def screenshots(folder: Path) -> Iterator[Path]:
    """Take all screenshots into a folder; yield each file when it is there.

    Raises:
        UserError: there is no Chromium, or playwright is not installed.

    """
    if CHROMIUM is None:
        raise UserError("there is no Chromium here: apt install chromium, or name one in NEWSARCHIVE_CHROMIUM")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only the screenshots need it
    except ImportError as error:
        raise UserError("playwright is not installed: make installed-all") from error

    with tempfile.TemporaryDirectory() as scratch:
        db = Path(scratch) / "archive.db"
        make_sample(db)
        with closing(open_readonly(db)) as connection:
            screens, phones = _screens(connection)
        with (
            served(db) as site,
            sync_playwright() as playwright,
            closing(playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)) as browser,
        ):
            for name, screen in screens.items():
                path = folder / f"browse-{name}.png"
                path.write_bytes(_take(browser, site, screen))
                yield path
            path = folder / "browse-phone.png"
            path.write_bytes(_side_by_side(browser, [_take(browser, site, screen) for screen in phones]))
            yield path


def _screens(connection: sqlite3.Connection) -> tuple[dict[str, _Screen], list[_Screen]]:
    """Return the pages of wide screens by their names, and those of telephones."""
    key, source = connection.execute(
        "SELECT a.article_key, s.name FROM articles a JOIN sources s ON s.id = a.source_id JOIN stories t"
        " ON t.id = a.story_id WHERE t.source_count = 3 AND a.title IS NOT NULL ORDER BY a.published_at LIMIT 1"
    ).fetchone()
    (story,) = connection.execute("SELECT story_id FROM articles WHERE article_key = ?", (key,)).fetchone()
    (changed,) = connection.execute(
        "SELECT a.article_key FROM articles a JOIN revisions r ON r.article_id = a.id"
        " WHERE r.revision = 2 AND r.cause = 'site' AND a.title IS NOT NULL ORDER BY a.published_at LIMIT 1"
    ).fetchone()
    search, of_source = f"/search?q={quote('银行')}", f"/source/{quote(source)}"
    compare = f"/compare?q={quote('银行')}&q={quote('公司')}"
    wide = {
        "front": _Screen("/", 860),
        "front-zh": _Screen("/", 860, language="zh-CN"),
        "search": _Screen(search, 860),
        "search-zh": _Screen(search, 860, language="zh-CN"),
        "dark": _Screen(search, 860, dark=True),
        "compare": _Screen(f"{compare}&q={quote('source:' + source)}", 700),
        "source": _Screen(of_source, 1100),
        "article": _Screen(f"/article/{key}", 1180),
        "article-zh": _Screen(f"/article/{key}", 860, language="zh-CN"),
        "story": _Screen(f"/story/{story}", 640),
        "change": _Screen(f"/article/{changed}/changes/2?view=side", 620),
        "tables": _Screen("/tables", 900),
        "question": _Screen("/archive/articles_per_day", 700),
        "table": _Screen("/archive/articles", 760),
    }
    width, height = _PHONE
    return wide, [_Screen(address, height, width) for address in ("/", search, of_source, compare)]


@contextmanager
def served(db: Path) -> Iterator[str]:
    """Let `newsarchive browse` serve the archive; yield its address."""
    command = [sys.executable, "-u", "-m", "newsarchive", "--db", str(db), "browse", "--port", "0"]
    environment = os.environ | {"NEWSARCHIVE_LANG": "en"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        address = next((word for word in server.stdout.readline().split() if word.startswith("http")), None)
        if address is None:
            raise UserError(f"{db} is not served")
        try:
            yield address
        finally:
            server.terminate()


def _take(browser: Browser, site: str, screen: _Screen) -> bytes:
    page = browser.new_page(
        viewport={"width": screen.width, "height": screen.height},
        locale=screen.language,
        color_scheme="dark" if screen.dark else "light",
    )
    with closing(page):
        answer = page.goto(site.rstrip("/") + screen.address)
        if answer is None or not answer.ok:
            raise UserError(f"{screen.address} cannot be shown: status {answer.status if answer else None}")
        return page.screenshot()


def _side_by_side(browser: Browser, pictures: list[bytes]) -> bytes:
    width, height = _PHONE
    shown = "".join(f'<img src="data:image/png;base64,{b64encode(picture).decode()}">' for picture in pictures)
    whole = len(pictures) * (width + _GAP) - _GAP
    with closing(browser.new_page(viewport={"width": whole, "height": height})) as page:
        page.set_content(f'<body style="margin:0;display:flex;gap:{_GAP}px">{shown}')
        page.wait_for_function("[...document.images].every(image => image.complete)")
        return page.screenshot()
