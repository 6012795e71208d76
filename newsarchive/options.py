"""The settings that are ours (`NEWSARCHIVE_*`): their defaults, where they come from, and their checked form.

A value is taken, the first wins, from `scrapy crawl -s NAME=VALUE`, from an environment variable of the same name, or
from the default here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from newsarchive.errors import UserError
from newsarchive.i18n import _
from newsarchive.paths import ARCHIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy.settings import BaseSettings

PREFIX = "NEWSARCHIVE_"
Value = str | int | float


def _option(default: Any, about: str) -> Any:
    """Make a field of `Options`; `about` says for people what the setting does (`docs/settings.md`)."""
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True)
class Options:
    """Our settings with their defaults; a setting's name is that of the field, in upper case after `NEWSARCHIVE_`."""

    db: str = _option(
        str(ARCHIVE),
        "Path of the archive.",
    )
    contact: str = _option(
        "",
        "A URL or address at which the people who run this crawl can be reached; sent in the User-Agent.",
    )
    batch_size: int = _option(
        50,
        "Articles that one transaction stores at most; more is faster, and a crash costs so many pages to fetch again.",
    )
    batch_seconds: float = _option(
        1.0,
        "Seconds after which a started batch is stored although it is not full.",
    )
    listings_max: int = _option(
        20_000,
        "Listing pages that one run asks for at most, whatever they link to.",
    )
    window: int = _option(
        200,
        "Pages of the frontier that are asked for at one time; the rest waits in the archive, not in memory.",
    )
    attempts: int = _option(
        10,
        "Runs in which a page may fail before it is given up; with the pauses between them, after about two days.",
    )
    backoff: float = _option(
        300.0,
        "Seconds until a failed page is due again; doubled after every further failure, one day at most.",
    )
    sweep_hours: float = _option(
        6.0,
        "Hours after which all known category pages are asked for again, also where nothing new leads to them.",
    )
    feed_pause_max: float = _option(
        6.0,
        "Longest time for which a feed is left alone because its ttl, Cache-Control or Expires asks for it, in hours."
        " With 0.001 every run asks for every feed.",
    )
    checks_max: int = _option(
        500,
        "Stored pages that one run rechecks for changes at most.",
    )
    losses_percent: float = _option(
        10.0,
        "Pages that brought no article, in percent of those that a run asked for, above which it ends with status 3.",
    )
    silence_hours: float = _option(
        48.0,
        "Hours without a new article of a site after which a run of it ends with status 3.",
    )
    retry_after_max: float = _option(
        120.0,
        "Longest Retry-After that a run waits for, in seconds. Above it the host is left alone until a later run.",
    )
    sites_at_once: int = _option(
        20,
        "Sites that `newsarchive crawl` crawls at one time in one process; the others wait for their turn.",
    )
    interval_min: float = _option(
        5.0,
        "Shortest time between two runs of a site that `newsarchive crawl --watch` crawls, in minutes.",
    )
    interval_max: float = _option(
        360.0,
        "Longest time between two runs of a watched site whose listings bring little, in minutes.",
    )
    turn_minutes: float = _option(
        10.0,
        "Minutes after which a run of a watched site gives way while others wait; it goes on when they had their turn.",
    )
    crawl_delay_max: float = _option(
        60.0,
        "Longest Crawl-delay of a robots.txt that is obeyed, in seconds; a longer one counts as this.",
    )
    chromium: str = _option(
        "",
        "Path of the Chromium that renders pages of sites with `[render]`; without it chromium, chromium-browser or"
        " google-chrome in PATH.",
    )
    alert_hosts: str = _option(
        "",
        "Hosts inside private networks, parted by commas, to which `newsarchive watch` may send; no others are asked.",
    )

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
                hint = " - " + _("did you mean {value}?", value=near[0]) if near else ""
                raise UserError(_("there is no setting {name}", name=name) + hint)
        return cls(**{_field(name): _read(name, settings.get(name, value), value) for name, value in known.items()})


def defaults() -> dict[str, Value]:
    """Return our settings with their defaults, under their full names."""
    plain = Options()
    return {PREFIX + one.name.upper(): getattr(plain, one.name) for one in fields(Options)}


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
        wanted = _("a whole number above zero") if kind is int else _("a number above zero")
        raise UserError(_("{name}={given} is not {wanted}", name=name, given=given, wanted=wanted))
    return number
