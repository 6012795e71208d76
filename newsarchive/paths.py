"""Where things lie on this machine: the project's folder, and the folder of the user's own site files."""

from __future__ import annotations

import os
from pathlib import Path

#: The folder that holds `newsarchive`, `spiders` and `pipelines`: the checkout, or site-packages.
ROOT = Path(__file__).resolve().parents[1]

_IS_CHECKOUT = (ROOT / "scrapy.cfg").is_file()

#: The archive where none is named. In a checkout it does not depend on the folder in which a command is typed.
ARCHIVE = (ROOT if _IS_CHECKOUT else Path()) / "data" / "archive.db"


def user_sites() -> Path:
    """Return the folder of the user's own site files: NEWSARCHIVE_SITES, else `data/sites` of the checkout."""
    return Path(os.environ.get("NEWSARCHIVE_SITES") or ROOT / "data" / "sites")
