"""Where a kept page is replayed: the address at a server such as pywb that shows it as it was."""

from __future__ import annotations

import os

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.urls import quote_url

#: Under which `newsarchive replay-server` serves an archive: the first part of its addresses.
COLLECTION = "news"


def replay_base() -> str | None:
    """Return the address that the variable NEWSARCHIVE_REPLAY names, None where it names none.

    Raises:
        UserError: it is no http(s) address.

    """
    base = os.environ.get("NEWSARCHIVE_REPLAY", "").strip()
    if not base:
        return None
    from newsarchive.warc.cdxj import is_replayed  # noqa: PLC0415 - who has no replay server needs none of it

    if not is_replayed(base):
        raise UserError(
            _(
                "NEWSARCHIVE_REPLAY={base}: not the address of a replay server - write it as "
                "http://127.0.0.1:8080/{collection}/",
                base=base,
                collection=COLLECTION,
            )
        )
    return base.rstrip("/") + "/"


def replay_address(url: str, fetched_at: str | None) -> str | None:
    """Return where a page is shown as it was at a time (as the archive writes times); None where it is not.

    There has to be a replay server, the page has to be kept, and to have been on the web.
    """
    base = replay_base()
    if base is None or fetched_at is None:
        return None
    from newsarchive.warc.cdxj import is_replayed, time_digits  # noqa: PLC0415

    if not is_replayed(url):
        return None
    return f"{base}{time_digits(fetched_at)}/{quote_url(url)}"
