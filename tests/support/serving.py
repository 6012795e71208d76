"""Serve an archive on loopback as `newsarchive browse` does, and ask it over HTTP."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import uvicorn

from newsarchive.browse.serve import address_of, application, listen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HOSTILE = "<script>window.hit=1</script><img src=x onerror=window.hit=1>\u202egnp.exe\u202c \x1b[31m=1+1"

# What would end the elements in which a text may stand.
ESCAPING = "</title></bdi></textarea>--></script><script>window.hit=1</script>"


@contextmanager
def served(
    path: Path, host: str = "127.0.0.1", *, public: bool = False, others: Sequence[Path] = ()
) -> Iterator[httpx.Client]:
    """Serve until the end of the block; `host` says for whom it would be served, it is always on loopback."""
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(
            uvicorn.Config(application(path, host, public=public, others=others).app(), log_level="warning")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            address = address_of("127.0.0.1", listener.getsockname()[1])
            with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
