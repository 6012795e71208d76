"""The settings that are ours (`NEWSARCHIVE_*`): their defaults, where they come from, and their checked form.

A value is taken, the first wins, from `scrapy crawl -s NAME=VALUE`, from an environment variable of the same name, or
from the default here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.paths import ARCHIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.settings import BaseSettings

PREFIX = "NEWSARCHIVE_"
Value = str | int | float


@dataclass(frozen=True, slots=True)
class Options:
    """Our settings with their defaults; a setting's name is that of the field, in upper case after `NEWSARCHIVE_`."""

    #: Path of the archive.
    db: str = str(ARCHIVE)
    #: A URL or address at which the people who run this crawl can be reached; sent in the User-Agent.
    contact: str = ""
    #: Articles that one transaction stores at most: more is faster, and a crash costs that many pages to fetch again.
    batch_size: int = 50
    #: Seconds after which a started batch is stored although it is not full.
    batch_seconds: float = 1.0
    #: Listing pages that one run asks for at most, whatever they link to.
    listings_max: int = 20_000
    #: Pages of the frontier that are asked for at one time; the rest waits in the archive, not in memory.
    window: int = 200
    #: Runs in which a page may fail before it is given up; with the pauses between them, after about two days.
    attempts: int = 10
    #: Seconds until a failed page is due again; doubled after every further failure, one day at most.
    backoff: float = 300.0
    #: Hours after which all known category pages are asked for again, also where nothing new leads to them.
    sweep_hours: float = 6.0
    #: Stored pages that one run looks at again for changes at most.
    checks_max: int = 500
    #: Pages that failed, in percent of those that a run asked for, above which it ends with status 3.
    losses_percent: float = 10.0
    #: Hours without a new article of a site after which a run of it ends with status 3.
    silence_hours: float = 48.0
    #: Longest Retry-After that a run waits for, in seconds. Above it the host is left alone until a later run.
    retry_after_max: float = 120.0
    #: Longest Crawl-delay of a robots.txt that is obeyed, in seconds; a longer one counts as this.
    crawl_delay_max: float = 60.0

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Options:
        """Read and check our settings.

        Raises:
            UserError: a value is not of its kind, not above zero, or a name that begins like ours is not known.

        """
        known = defaults()
        for name in settings:
            if name.startswith(PREFIX) and name not in known:
                near = get_close_matches(name, known, n=1)
                raise UserError(f"there is no setting {name}" + (f" - did you mean {near[0]}?" if near else ""))
        return cls(**{_field(name): _read(name, settings.get(name, value), value) for name, value in known.items()})


def defaults() -> dict[str, Value]:
    """Return our settings with their defaults, under their full names."""
    plain = Options()
    return {PREFIX + field.name.upper(): getattr(plain, field.name) for field in fields(Options)}


def from_environment(variables: Mapping[str, str] = os.environ) -> dict[str, Value]:
    """Return our settings with what the environment says in place of the defaults; an empty variable says nothing."""
    return {name: variables.get(name) or value for name, value in defaults().items()}


def _field(name: str) -> str:
    return name.removeprefix(PREFIX).lower()


def _read(name: str, given: object, default: Value) -> Any:
    if isinstance(default, str):
        return str(given)
    kind = type(default)
    try:
        number = kind(str(given))
    except ValueError:
        number = kind(0)
    if not 0 < number < float("inf"):
        raise UserError(f"{name}={given} is not a number above zero" + (" without a fraction" if kind is int else ""))
    return number
