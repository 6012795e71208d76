"""In which zone a page prints its times where neither the page nor its site says so (`zones.toml`)."""

from __future__ import annotations

import tomllib
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import tzinfo

_TABLES = Path(__file__).with_name("zones.toml")
# Ends of hosts' names that tell no country, however many letters they have.
_NO_COUNTRIES = frozenset(("ai", "cc", "co", "fm", "gg", "io", "ly", "me", "sh", "to", "tv", "ws", "eu"))


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(_TABLES.read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def zone_of(locale: str | None) -> tzinfo:
    """Return the zone of a language with its country (pt-BR): that of the country, else of the language, else UTC."""
    language, _, country = (locale or "").lower().replace("_", "-").partition("-")
    tables = _tables()
    name = tables["country"].get(country) or tables["language"].get(language)
    return ZoneInfo(name) if name else UTC


def country_of(host: str) -> str:
    """Return the country that the end of a host's name tells, as two letters; "" where it tells none."""
    end = host.rpartition(".")[2].lower()
    return end if len(end) == 2 and end not in _NO_COUNTRIES else ""
