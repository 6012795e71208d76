"""How the crawls are doing as Prometheus reads it: `newsarchive status --metrics`.

The text exposition format (https://prometheus.io/docs/instrumenting/exposition_formats/): for each metric its HELP and
TYPE, then its samples, all of one metric together. Nothing here counts by itself; every value is read from the archive
when it is asked for, so each metric is a gauge.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsarchive.archive.health import SiteHealth

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]


class Metric(NamedTuple):
    """A metric: its name, what it means, and its values by their labels."""

    name: str
    about: str
    samples: list[Sample]


#: What is told, under names that begin with `PREFIX`; docs/operating.md lists them.
ABOUT = {
    "last_run_timestamp_seconds": "When the latest run began (Unix time).",
    "last_run_success": "1 if the latest run finished or still runs, 0 if it failed, was stopped or killed.",
    "last_good_run_timestamp_seconds": "When the latest run ended that finished.",
    "last_new_article_timestamp_seconds": "When the latest copy of an article came in.",
    "new_articles_today": "Articles that came in today (UTC).",
    "new_articles_usual": "Articles that come in on a usual day: the median of the days before.",
    "pending_addresses": "Addresses that are to be fetched, now or later.",
    "failing_addresses": "Those of them that failed before.",
    "uncollected_addresses": "Addresses that ended without an article in the last 7 days, by reason.",
    "dead_rules": "Fields that used to be filled and hardly are any more.",
    "alarms": "What `newsarchive status --check` would exit with status 1 for.",
    "size_bytes": "Bytes on disk: the database with its log, and the raw pages that it knows.",
}
PREFIX = "newsarchive_"


def exposition(found: Iterable[SiteHealth], alarms: Mapping[str, int], sizes: Mapping[str, int]) -> str:
    """Write the metrics of sites (`alarms` by site) and of the archive (`sizes` in bytes by kind)."""
    samples: dict[str, list[Sample]] = {name: [] for name in ABOUT}
    samples["size_bytes"] = [((("kind", kind),), size) for kind, size in sizes.items()]
    for one in found:
        site = ("site", one.site)
        for name, value in _values(one):
            if value is not None:
                samples[name].append(((site,), value))
        samples["alarms"].append(((site,), alarms[one.site]))
        samples["uncollected_addresses"] += [
            ((site, ("reason", reason)), count) for reason, count in one.not_collected.items()
        ]
    metrics = (Metric(PREFIX + name, about, samples[name]) for name, about in ABOUT.items())
    return "".join(line + "\n" for metric in metrics if metric.samples for line in _lines(metric))


def _values(one: SiteHealth) -> Iterator[tuple[str, float | None]]:
    yield "last_run_timestamp_seconds", _seconds(one.last_run)
    yield "last_run_success", None if one.outcome is None else float(one.outcome in ("finished", "running"))
    yield "last_good_run_timestamp_seconds", _seconds(one.last_good_run)
    yield "last_new_article_timestamp_seconds", _seconds(one.last_new)
    yield "new_articles_today", one.today
    yield "new_articles_usual", one.usual
    yield "pending_addresses", one.pending
    yield "failing_addresses", one.failing
    yield "dead_rules", len(one.dead_rules)


def _seconds(when: str | None) -> float | None:
    return None if when is None else datetime.fromisoformat(when).timestamp()


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {_escape(metric.about)}"
    yield f"# TYPE {metric.name} gauge"
    for labels, value in metric.samples:
        told = ",".join(f'{name}="{_escape(text, quotes=True)}"' for name, text in labels)
        yield metric.name + (f"{{{told}}}" if told else "") + f" {value:.15g}"


def _escape(text: str, *, quotes: bool = False) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if quotes else escaped
